"""The layers that map programs see: places by kind with their figures, and firms that were found at a house."""

import pandas as pd

from app.api import atlas
from app.api.fields import placed
from app.api.forms import points
from app.reading import Reading

FIRMS = "firms"
COLLECTIONS = {
    "buildings": "building", "markets": "market", "zones": "zone", "streets": "street", "villages": "village",
    "towns": "town", "counties": "county", FIRMS: "",
}  # fmt: skip
"""Layers by name, with the kind of place of each."""


def table_of(read: Reading, name: str) -> pd.DataFrame:
    """Return the features of a layer with their ``geometry``, in order of their keys."""
    if name != FIRMS:
        return atlas.places(read, COLLECTIONS[name])
    return read.kept.get("api.house", lambda: _at_house(read))


def _at_house(read: Reading) -> pd.DataFrame:
    firms = placed(read.survey.firms)
    firms = firms[firms["lon"].notna()].sort_index()
    return pd.DataFrame(firms).assign(geometry=pd.Series(points(firms), index=firms.index, dtype="object"))
