"""The longest way through the pieces of a street."""

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.courses.middle import STEP_M, length_of, line_of
from geo.courses.options import CourseOptions

_NOWHERE = -9999
_MOST_POINTS = 40_000
_MOST_PAIRS = 8_000_000


class Net:
    """Points along the lines of one street, linked along the lines, across to those beside, and over gaps."""

    def __init__(self, lines: np.ndarray, options: CourseOptions) -> None:
        self._options = options
        total = float(shapely.length(lines).sum())
        self._step = max(STEP_M, total / _MOST_POINTS)
        dense = shapely.segmentize(lines, self._step)
        self.points, self._of = shapely.get_coordinates(dense, return_index=True)
        follows = np.flatnonzero(self._of[:-1] == self._of[1:])
        steps = np.hypot(*(self.points[follows + 1] - self.points[follows]).T)
        pairs = _pairs(self.points, options.beside)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points, axis=0).T))])
        elsewhere = self._of[pairs[:, 0]] != self._of[pairs[:, 1]]  # or a line that turns and comes back
        pairs = pairs[elsewhere | (np.abs(along[pairs[:, 0]] - along[pairs[:, 1]]) > 2.5 * options.beside)]
        apart = np.hypot(*(self.points[pairs[:, 0]] - self.points[pairs[:, 1]]).T)
        # changing over costs something, so that a path keeps to its carriageway; touching ends cost nothing
        over = np.where(apart < 1.0, apart, apart + options.beside / 2) + 1e-6
        self._links = _undirected(
            np.concatenate([follows, pairs[:, 0]]),
            np.concatenate([follows + 1, pairs[:, 1]]),
            np.concatenate([steps + 1e-6, over]),
            len(self.points),
        )
        self._close_gaps()

    def _close_gaps(self) -> None:
        """Link what still lies apart, nearest first, until all is one."""
        while True:
            count, label = connected_components(self._links, directed=False)
            if count == 1:
                return
            inside = np.flatnonzero(label == 0)
            rest = np.flatnonzero(label != 0)
            gap, at = cKDTree(self.points[inside]).query(self.points[rest])
            best = int(np.argmin(gap))
            link = _undirected(
                np.array([inside[at[best]]]), np.array([rest[best]]), np.array([gap[best] + 1.0]), len(self.points)
            )
            self._links = (self._links + link).tocsr()

    def paths(self) -> list[np.ndarray]:
        """Return the points of the course, then of arms that are too long to be left out."""
        main = self._longest(np.ones(len(self.points), dtype=bool))
        arms: list[np.ndarray] = []
        while True:
            free = self._far_from([main, *arms])
            arm = self._longest(free) if free.sum() > 1 else np.empty((0, 2))
            length, all_of = length_of(arm), length_of(main)
            if length < self._options.arm or length < self._options.arm_share * all_of:
                return [main, *arms]
            longer = _continued(main, arm, reach=2.5 * self._options.beside)
            if longer is None:
                arms.append(arm)
            else:
                main = longer

    def _far_from(self, paths: Sequence[np.ndarray]) -> np.ndarray:
        dense = np.vstack([shapely.get_coordinates(shapely.segmentize(line_of(p), STEP_M)) for p in paths])
        gap, _ = cKDTree(dense).query(self.points)
        return gap > self._options.beside

    def _longest(self, allowed: np.ndarray) -> np.ndarray:
        """Return the longest way through the allowed points that takes no detour."""
        at = np.flatnonzero(allowed)
        links = self._links[at][:, at]
        best: np.ndarray = np.empty((0, 2))
        count, label = connected_components(links, directed=False)
        for k in range(count):
            members = np.flatnonzero(label == k)
            if len(members) * self._step * 2 < length_of(best) or len(members) < 2:
                continue
            path = _sweep(links, members[0])
            if length_of(self.points[at[path]]) > length_of(best):
                best = self.points[at[path]]
        return best


def _pairs(points: np.ndarray, reach: float) -> np.ndarray:
    """Return the pairs of points within reach of each other; a smaller reach where there would be too many."""
    tree = cKDTree(points)
    while int(tree.count_neighbors(tree, reach)) > _MOST_PAIRS and reach > 1.0:
        reach /= 2
    return np.asarray(tree.query_pairs(reach, output_type="ndarray")).reshape(-1, 2)


def _undirected(one: np.ndarray, two: np.ndarray, weight: np.ndarray, size: int) -> csr_matrix:
    rows, columns = np.concatenate([one, two]), np.concatenate([two, one])
    return coo_matrix((np.concatenate([weight, weight]), (rows, columns)), shape=(size, size)).tocsr()


def _sweep(links: csr_matrix, start: int) -> list[int]:
    """Return the shortest way between two points that lie about as far apart as any two."""
    away = dijkstra(links, directed=False, indices=start)
    first = int(np.argmax(np.where(np.isfinite(away), away, -1.0)))
    away, before = dijkstra(links, directed=False, indices=first, return_predecessors=True)
    at = int(np.argmax(np.where(np.isfinite(away), away, -1.0)))
    path = []
    while at != _NOWHERE:
        path.append(at)
        at = int(before[at])
    return path


def _continued(main: np.ndarray, arm: np.ndarray, reach: float) -> np.ndarray | None:
    """Return the course going on along an arm that begins where it ends (a ring's other half), None if it does not."""
    joints = (
        (main, arm, main[-1], arm[0]),
        (main, arm[::-1], main[-1], arm[-1]),
        (main[::-1], arm, main[0], arm[0]),
        (main[::-1], arm[::-1], main[0], arm[-1]),
    )
    one, two, end, begin = min(joints, key=lambda joint: float(np.hypot(*(joint[2] - joint[3]))))
    if np.hypot(*(end - begin)) > reach:
        return None
    whole = np.vstack([one, two])
    closes = np.hypot(*(whole[0] - whole[-1])) <= reach and len(two) > 2
    return np.vstack([whole, whole[:1]]) if closes else whole
