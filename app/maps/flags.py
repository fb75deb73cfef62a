"""Places whose share without a union is more than chance: higher or lower than the city's, or among their like."""

import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _
from scipy.sparse import csr_array

from app import palette
from app.maps import positions
from app.maps.classes import Classes
from app.maps.scene import Scene
from app.maps.view import Measure
from geo import rates

CLASSES = Classes((-0.5, 0.5), (palette.COVERED[3], "#e6eaee", palette.GAP[3]), rate=True)
"""Of -1 (lower), 0 (no more than chance) and 1 (higher)."""

LIKE = Classes(
    (-1.5, -0.5, 0.5, 1.5),
    (palette.COVERED[3], palette.COVERED[1], "#e6eaee", palette.GAP[1], palette.GAP[3]),
    rate=True,
)
_KINDS = {"LL": -2.0, "LH": -1.0, "none": 0.0, "HL": 1.0, "HH": 2.0}
_SIGNS = {False: {1.0: "▲", -1.0: "▼"}, True: {2.0: "▲", 1.0: "△", -1.0: "▽", -2.0: "▼"}}


def scale(measure: Measure) -> Classes:
    """Return the classes of a measure that flags."""
    return LIKE if measure.like else CLASSES


def labels(measure: Measure) -> tuple[str, ...]:
    """Return what the classes of a measure that flags are called."""
    if measure.like:
        return _("低，周边也低"), _("低，周边却高"), _("无显著规律"), _("高，周边却低"), _("高，周边也高")
    return _("低于全市，非偶然"), _("与全市无显著差别"), _("高于全市，非偶然")


def sign(measure: Measure, value: float) -> str:
    """Return the mark of a place on a map of areas, "" for one that is not flagged."""
    return _SIGNS[measure.like].get(value, "")


def of(measure: Measure, part: np.ndarray, whole: np.ndarray, neighbours: csr_array) -> np.ndarray:
    """Return the class of each place: -1, 0 or 1 (``geo.rates.flag``), or -2 to 2 (``geo.rates.local_moran``)."""
    if measure.like:
        kinds = rates.local_moran(pd.Series(part), pd.Series(whole), neighbours)["kind"]
        return kinds.map(_KINDS).to_numpy(dtype=float)
    return rates.flag(pd.Series(part), pd.Series(whole), neighbours)["flag"].to_numpy(dtype=float)


def around(scene: Scene, kind: str, keys: pd.Index) -> csr_array:
    """Return the neighbours among units of a kind: those whose outlines touch; a place of another kind has none."""
    shapes = positions.areas(scene, kind).reindex(keys)
    if kind != "county" or shapes.isna().any():
        return csr_array((len(keys), len(keys)))
    return rates.of_areas(np.array(list(shapes), dtype=object).astype(shapely.Geometry))
