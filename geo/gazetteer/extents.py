"""How far a shape reaches around a point of it: the radius that holds nine of ten of its points.

Second moments of area (or of length) are exact and cheap; how much further the ninth tenth reaches than their root
depends on how drawn-out the shape is, and is taken from rectangles. Areas in several parts, with yards or corners, and
lines that wind or turn are looked at point by point.
"""

import numpy as np
import shapely

METRES = 111_320.0
"""Of a degree of latitude; of longitude at the equator."""
SHARE = 0.905
"""What a stated radius is to hold: the middle of 88 to 93 of a hundred."""
_DRAWN_OUT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
_NINE_OF_TEN = (1.567, 1.558, 1.545, 1.525, 1.489, 1.445, 1.409, 1.380, 1.374)
"""By the ratio of the smaller to the larger second moment: in how many roots of both 90.5 % of a rectangle lie."""


def reach_of_shapes(shapes: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Return the radius in metres, around a point of each shape, that holds nine of ten points spread evenly over it.

    ``shapes`` (degrees) are areas or lines, ``lons`` and ``lats`` their points. NaN where there is no shape, or it is
    but a point.
    """
    found = np.full(len(shapes), np.nan)
    dimension = shapely.get_dimensions(shapes)
    for of, moments in ((2, _of_areas), (1, _of_lines)):
        rows = np.flatnonzero(dimension == of)
        if len(rows):
            found[rows] = _reach(moments(shapes[rows], lons[rows], lats[rows]))
    rows = np.flatnonzero(dimension == 2)
    rows = rows[shapely.area(shapes[rows]) < _FULL * shapely.area(shapely.convex_hull(shapes[rows]))]
    for start in range(0, len(rows), _MOST):
        some = rows[start : start + _MOST]
        found[some] = _looked_at(shapes[some], lons[some], lats[some])
    rows = np.flatnonzero(dimension == 1)
    rows = rows[~_straight(shapes[rows])]
    found[rows] = _walked(shapes[rows], lons[rows], lats[rows])
    return found


_STRAIGHT, _STEPS = 0.9, 40
"""Share of a line's length that its ends lie apart, if it hardly turns; points looked at along one that does."""


def _straight(lines: np.ndarray) -> np.ndarray:
    west, south, east, north = shapely.bounds(lines).T
    return np.hypot(east - west, north - south) >= _STRAIGHT * shapely.length(lines)


def _walked(lines: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Return the radii that hold nine of ten points evenly along each line."""
    share = (np.arange(_STEPS) + 0.5) / _STEPS
    at = shapely.line_interpolate_point(lines[:, None], share[None, :], normalized=True)
    east = (shapely.get_x(at) - lons[:, None]) * METRES * np.cos(np.radians(lats[:, None]))
    away = np.sort(np.hypot(east, (shapely.get_y(at) - lats[:, None]) * METRES), axis=1)
    return away[:, int(SHARE * _STEPS)]


_FULL = 0.8
"""Share of its hull that an area fills to be treated like a rectangle."""
_LATTICE, _MOST = 12, 2_000


def _looked_at(shapes: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Return the radii that hold nine of ten points of a lattice inside each area."""
    west, south, east, north = (side[:, None] for side in shapely.bounds(shapes).T)
    share = (np.arange(_LATTICE) + 0.5) / _LATTICE
    x = west + (east - west) * np.repeat(share, _LATTICE)
    y = south + (north - south) * np.tile(share, _LATTICE)
    shapely.prepare(shapes)
    inside = shapely.contains_xy(np.broadcast_to(shapes[:, None], x.shape), x, y)
    inside[~inside.any(axis=1)] = True  # narrower than the lattice: as far as its box goes
    away = np.hypot((x - lons[:, None]) * METRES * np.cos(np.radians(lats[:, None])), (y - lats[:, None]) * METRES)
    away = np.sort(np.where(inside, away, np.inf), axis=1)
    at = np.floor(SHARE * inside.sum(axis=1)).astype(int)
    return away[np.arange(len(away)), at]


def _reach(moments: np.ndarray) -> np.ndarray:
    """Return radii from rows of size and second moments (xx, yy, xy) around a point."""
    size, east, north, both = moments
    with np.errstate(divide="ignore", invalid="ignore"):
        east, north, both = east / size, north / size, both / size
        apart = np.hypot((east - north) / 2, both)
        middle = (east + north) / 2
        drawn = np.clip((middle - apart) / (middle + apart), 0.0, 1.0)
        return np.sqrt(np.maximum(east + north, 0.0)) * np.interp(drawn, _DRAWN_OUT, _NINE_OF_TEN)


def _of_areas(shapes: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    polygons, owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)  # holes run the other way and take away
    x, y, p, q, of = _edges(rings, owner[polygon], lons, lats)
    cross = x * q - p * y
    parts = (
        cross / 2,
        cross * (x * x + x * p + p * p) / 12,
        cross * (y * y + y * q + q * q) / 12,
        cross * (2 * x * y + x * q + p * y + 2 * p * q) / 24,
    )
    return _summed(parts, of, len(shapes))


def _of_lines(shapes: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    lines, owner = shapely.get_parts(shapes, return_index=True)
    x, y, p, q, of = _edges(lines, owner, lons, lats)
    length = np.hypot(p - x, q - y)
    parts = (
        length,
        length * (x * x + x * p + p * p) / 3,
        length * (y * y + y * q + q * q) / 3,
        length * (2 * x * y + x * q + p * y + 2 * p * q) / 6,
    )
    return _summed(parts, of, len(shapes))


def _edges(lines: np.ndarray, owner: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the ends of all edges in metres around the points of the shapes, and the shapes they belong to."""
    at, line = shapely.get_coordinates(lines, return_index=True)
    of = owner[line]
    x = (at[:, 0] - lons[of]) * METRES * np.cos(np.radians(lats[of]))
    y = (at[:, 1] - lats[of]) * METRES
    same = line[1:] == line[:-1]
    return x[:-1][same], y[:-1][same], x[1:][same], y[1:][same], of[1:][same]


def _summed(parts: tuple[np.ndarray, ...], of: np.ndarray, count: int) -> np.ndarray:
    return np.stack([np.bincount(of, part, count) for part in parts])
