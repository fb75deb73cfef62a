"""Open land between zones that is no wider than a slip: enclosed, or between two borders that run beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.zones.lattice import Geometries, area_m2, from_metric, joined, metric, polygonal, scale, width

_LONG = 4.0
"""A gap that is open at an end is at least so many times longer than ``gap_m``; shorter it is the tip of a corner."""


@dataclass(frozen=True)
class Gap:
    """One gap on the lattice, with the rows of the shapes beside it."""

    shape: Any
    beside: tuple[int, ...]
    width_m: float


def unmatched(shapes: Geometries, gap_m: float) -> Geometries:
    """Return the edges of each lattice polygon that match no neighbour's although one is nearer than ``gap_m``.

    In metres of the local plane; found by GEOS' coverage validator. Empty where all is well.
    """
    return shapely.coverage_invalid_edges(metric(shapes, scale(shapes)), gap_width=gap_m)


def between(shapes: Geometries, edges: Geometries, *, gap_m: float, gap_m2: float) -> Iterator[Gap]:
    """Yield the gaps between lattice polygons of one level, given their edges that are ``unmatched``.

    Enclosed land beside two or more of them, up to ``gap_m2``; and land up to ``gap_m`` wide between borders, found by
    GEOS' coverage validator and cut out by a closing (Serra 1982) of that radius around what it finds.
    """
    if len(shapes) < 2:
        return
    by, tree = scale(shapes), shapely.STRtree(shapes)
    edges = edges[~shapely.is_empty(edges)]
    whole = joined(shapes) if len(edges) else polygonal(shapely.coverage_union_all(shapes))
    found = [hole for hole in _holes(whole) if 0 < area_m2(hole) <= gap_m2]
    narrow = _narrow(edges, whole, by, gap_m) if len(edges) else []
    found += [part for part in narrow if not any(shapely.intersects(part, hole) for hole in found)]
    for shape in found:
        beside = np.unique(tree.query(shape, predicate="dwithin", distance=2.0))
        plane = metric(shape, by)
        if len(beside) > 1 and width(plane) > 0:
            yield Gap(shape, tuple(int(k) for k in beside), float(width(plane)))


def _holes(whole: Any) -> Geometries:
    rings = [shapely.get_rings(part)[1:] for part in shapely.get_parts(whole)]
    holes = shapely.polygons(np.concatenate(rings)) if rings else np.empty(0, dtype=object)
    return np.array([polygonal(shapely.difference(hole, whole, grid_size=1.0)) for hole in holes], dtype=object)


def _narrow(edges: Geometries, whole: Any, by: tuple[float, float], gap_m: float) -> list[Any]:
    around = shapely.buffer(shapely.union_all(edges), gap_m, quad_segs=4)
    land = shapely.intersection(metric(whole, by), shapely.buffer(around, 3 * gap_m, quad_segs=2))
    closed = shapely.buffer(shapely.buffer(land, gap_m / 2), -gap_m / 2)
    open_land = shapely.intersection(shapely.difference(closed, metric(whole, by)), around)
    parts = shapely.get_parts(polygonal(open_land))
    parts = parts[shapely.length(parts) / 2 >= _LONG * gap_m]
    lattice = [polygonal(shapely.set_precision(part, 1.0)) for part in from_metric(parts, by)]
    return [part for part in lattice if not part.is_empty]
