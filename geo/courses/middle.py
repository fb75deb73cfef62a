"""A way along one carriageway, moved to the middle of all that run beside it."""

import numpy as np
import shapely

STEP_M = 20.0
_SIMPLER_M = 1.5


def line_of(points: np.ndarray) -> shapely.LineString:
    """Return the line through points; a single one gives a line without length."""
    return shapely.linestrings(points if len(points) > 1 else np.vstack([points, points]))


def length_of(points: np.ndarray) -> float:
    """Return the length of the line through points."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def simpler(line: shapely.LineString) -> shapely.LineString:
    """Drop what bends less than a road's width."""
    return shapely.simplify(line, _SIMPLER_M)


def middle(path: np.ndarray, lines: np.ndarray, beside: float) -> shapely.LineString:
    """Move a path to the middle of the lines that run beside it."""
    line = line_of(path)
    count = max(2, round(line.length / (0.75 * STEP_M)) + 1)
    at = np.linspace(0.0, line.length, count)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    reach = 1.5 * STEP_M
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(at + reach, line.length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(at - reach, 0.0)))
    ways = ahead - behind
    ways /= np.maximum(np.hypot(*ways.T), 1e-9)[:, None]
    sides = np.column_stack([-ways[:, 1], ways[:, 0]])
    offset = _smooth(_offsets(points, ways, sides, lines, beside))
    moved = points + offset[:, None] * sides
    closed = len(path) > 3 and np.allclose(path[0], path[-1])
    if closed:
        moved[-1] = moved[0]
    return oriented(simpler(line_of(moved)))


def _offsets(points: np.ndarray, ways: np.ndarray, sides: np.ndarray, lines: np.ndarray, reach: float) -> np.ndarray:
    """Return, for each point, how far to its left the middle of the lines beside it lies."""
    ends, of = shapely.get_coordinates(lines, return_index=True)
    begins = np.flatnonzero(of[:-1] == of[1:])
    a, b = ends[begins], ends[begins + 1]
    rays = shapely.linestrings(np.stack([points - reach * sides, points + reach * sides], axis=1))
    ray, piece = shapely.STRtree(shapely.linestrings(np.stack([a, b], axis=1))).query(rays, predicate="intersects")
    way = b[piece] - a[piece]
    way = way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    along = np.abs((way * ways[ray]).sum(axis=1))
    ray, piece, way = ray[along > 0.8], piece[along > 0.8], way[along > 0.8]
    normal = np.column_stack([-way[:, 1], way[:, 0]])
    slope = (normal * sides[ray]).sum(axis=1)
    left = ((a[piece] - points[ray]) * normal).sum(axis=1) / np.where(np.abs(slope) < 1e-9, 1e-9, slope)
    least, most = np.full(len(points), np.inf), np.full(len(points), -np.inf)
    np.minimum.at(least, ray, left)
    np.maximum.at(most, ray, left)
    return np.where(
        np.isfinite(least), (np.where(np.isfinite(least), least, 0) + np.where(np.isfinite(most), most, 0)) / 2, 0.0
    )


def _smooth(values: np.ndarray, width: int = 5) -> np.ndarray:
    """Return running means of running medians, the ends held."""
    if len(values) < width:
        return np.full(len(values), float(np.median(values)))
    padded = np.pad(values, width // 2, mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    padded = np.pad(medians, width // 2, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, width).mean(axis=1))


def oriented(line: shapely.LineString) -> shapely.LineString:
    """Turn a line so that it runs east or north, a ring so that it runs counter-clockwise."""
    points = shapely.get_coordinates(line)
    if line.is_closed:
        turned = shapely.is_ccw(line) if len(points) > 3 else True
        return line if turned else shapely.reverse(line)
    way = points[-1] - points[0]
    return line if way[np.argmax(np.abs(way))] >= 0 else shapely.reverse(line)
