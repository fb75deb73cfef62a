"""Places whose share without a union is more than chance: higher or lower than the city's, or neither."""

import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _
from scipy.sparse import csr_array

from app import palette
from app.maps import positions
from app.maps.classes import Classes
from app.maps.scene import Scene
from geo import rates

CLASSES = Classes((-0.5, 0.5), (palette.COVERED[3], "#e6eaee", palette.GAP[3]), rate=True)
"""Of -1 (lower), 0 (no more than chance) and 1 (higher)."""


def labels() -> tuple[str, ...]:
    """Return what the three classes are called."""
    return _("低于全市，非偶然"), _("与全市无显著差别"), _("高于全市，非偶然")


def of(part: np.ndarray, whole: np.ndarray, neighbours: csr_array) -> np.ndarray:
    """Return -1, 0 or 1 for each place (``geo.rates.flag``)."""
    return rates.flag(pd.Series(part), pd.Series(whole), neighbours)["flag"].to_numpy(dtype=float)


def around(scene: Scene, kind: str, keys: pd.Index) -> csr_array:
    """Return the neighbours among units of a kind: those whose outlines touch; a place of another kind has none."""
    shapes = positions.areas(scene, kind).reindex(keys)
    if kind != "county" or shapes.isna().any():
        return csr_array((len(keys), len(keys)))
    return rates.of_areas(np.array(list(shapes), dtype=object).astype(shapely.Geometry))
