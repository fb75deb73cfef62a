"""Which places are neighbours, as sparse matrices of ones with an empty diagonal."""

import numpy as np
import shapely
from scipy.sparse import csr_array

AROUND = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
"""Steps to the six neighbours of a hexagon in axial coordinates."""


def of_hexagons(q: np.ndarray, r: np.ndarray) -> csr_array:
    """Return the neighbours among hexagons with axial coordinates ``q`` and ``r`` (integers, each cell once)."""
    place = {cell: n for n, cell in enumerate(zip(q.tolist(), r.tolist(), strict=True))}
    pairs = [(n, place.get((a + x, b + y), -1)) for (a, b), n in place.items() for x, y in AROUND]
    left, right = np.array(pairs, dtype="int64").reshape(-1, 2).T
    return _matrix(left[right >= 0], right[right >= 0], len(place))


def of_areas(areas: np.ndarray) -> csr_array:
    """Return the areas (Shapely polygons, any CRS) that touch or overlap each other, corners included ("queen")."""
    left, right = shapely.STRtree(areas).query(areas, predicate="intersects")
    apart = left != right
    return _matrix(left[apart], right[apart], len(areas))


def _matrix(left: np.ndarray, right: np.ndarray, size: int) -> csr_array:
    return csr_array((np.ones(len(left)), (left, right)), shape=(size, size))
