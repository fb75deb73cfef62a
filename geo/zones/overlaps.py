"""Which zones overlap. Shapes have to be noded: vertices of each in the borders of the others that they lie on.

GEOS' coverage validator alone does not tell: an edge is sound to it as soon as one other polygon matches it, although
a third may lie over both.
"""

import numpy as np
import shapely

from geo.zones.lattice import Geometries


def is_coverage(shapes: Geometries, *, edges_match: bool | None = None) -> bool:
    """Whether lattice polygons share their borders and nowhere overlap; ``edges_match`` if the validator was asked."""
    if len(shapes) < 2:
        return True
    if not (shapely.coverage_is_valid(shapes) if edges_match is None else edges_match):
        return False
    return bool(abs(shapely.area(shapely.coverage_union_all(shapes)) - shapely.area(shapes).sum()) < 1)


def overlapping(shapes: Geometries) -> list[tuple[int, int]]:
    """Return the rows of each two lattice polygons whose insides meet, in order.

    Of two polygons that overlap and are not the same, one has an edge inside the other: middles of edges are looked for
    in all polygons, exactly, as half units are.
    """
    xy, shape = shapely.get_coordinates(shapes, return_index=True)
    middles = (xy[1:] + xy[:-1]) / 2
    inner = shape[1:] == shape[:-1]  # the step from ring to ring of one polygon is no edge, and told apart below
    inner &= ~_between_rings(shapes)
    points, owner = shapely.points(middles[inner]), shape[1:][inner]
    around, point = shapely.STRtree(points).query(shapes, predicate="contains")
    found = {(int(min(a, b)), int(max(a, b))) for a, b in zip(around, owner[point], strict=True) if a != b}
    return sorted(found | _same(shapes))


def _between_rings(shapes: Geometries) -> np.ndarray:
    rings = shapely.get_rings(shapely.get_parts(shapes))
    steps = np.zeros(int(shapely.get_num_coordinates(rings).sum()), dtype=bool)
    steps[np.cumsum(shapely.get_num_coordinates(rings))[:-1]] = True
    return steps[1:]


def _same(shapes: Geometries) -> set[tuple[int, int]]:
    first: dict[bytes, int] = {}
    found = set()
    for row, text in enumerate(shapely.to_wkb(shapely.normalize(shapes))):
        if text in first:
            found.add((first[text], row))
        first.setdefault(text, row)
    return found
