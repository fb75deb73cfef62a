"""Fitting the confidence on rows whose answers are known to be right or wrong.

Logistic regression (iteratively reweighted least squares with a ridge), then pool-adjacent-violators (Ayer and others,
1955) over its score, each fitted on four fifths and tried on the fifth, split by group, so that no building vouches for
itself; what ships is fitted on all, what is claimed about it comes from the fifths.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import AtlasError
from geo.geocode.confidence import EVIDENCE, Bin, Calibration

Floats = NDArray[np.float64]
EDGES = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.965, 0.98, 0.99, 0.995, 0.997, 0.998, 0.999, 0.9995, 1.0)
"""Edges of the bins of confidence in which reliability is told."""
_FOLDS, _RIDGE, _ROUNDS = 5, 1.0, 60
_LEAST_STEP = 25
"""Rows that a step must hold: fewer say nothing about a chance."""
LEAST_ROWS, LEAST_WRONG = 200, 5
"""Rows, and wrong ones among them, without which nothing can be fitted."""


class FittingError(AtlasError):
    """There are too few reviewed rows, or too few wrong ones among them, to fit a confidence."""

    code = "CALIBRATION_FEW"


class Reviewed(NamedTuple):
    """An answer that was looked at: its evidence, whether it was right, and the group that it must not leave."""

    evidence: tuple[float, ...]
    right: bool
    group: str


def fit(rows: Sequence[Reviewed], *, source: str, on: str) -> Calibration:
    """Fit a calibration; ``on`` is the day, as text.

    Raises
    ------
    FittingError
        For less than ``LEAST_ROWS`` rows or less than ``LEAST_WRONG`` wrong ones.
    """
    right = np.array([row.right for row in rows], dtype=np.float64)
    wrong = int(len(rows) - right.sum())
    if len(rows) < LEAST_ROWS or wrong < LEAST_WRONG:
        detail = {"rows": len(rows), "wrong": wrong, "least_rows": LEAST_ROWS, "least_wrong": LEAST_WRONG}
        raise FittingError(f"{len(rows)} rows, {wrong} wrong: too few to fit a confidence", detail=detail)
    matrix = np.array([row.evidence for row in rows], dtype=np.float64)
    parts = np.array([_part(row.group) for row in rows])
    held = np.empty(len(rows))
    for part in range(_FOLDS):
        inside = parts == part
        if inside.any():
            made = _fitted(matrix[~inside], right[~inside])
            held[inside] = [made.confidence(tuple(row)) for row in matrix[inside].tolist()]
    bins = rising(reliability(zip(held.tolist(), right.tolist(), strict=True)))
    final = _fitted(matrix, right)
    how = f"logistic, then isotonic; {_FOLDS} parts by group, each held out once"
    return Calibration(
        final.intercept, final.weights, final.steps, bins, round(expected_error(bins), 5), len(rows), source, on, how
    )


def reliability(rows: Iterable[tuple[float, float]], edges: Sequence[float] = EDGES) -> list[Bin]:
    """Return bins of (confidence, right) pairs, empty ones left out."""
    table = np.array(list(rows), dtype=np.float64).reshape(-1, 2)
    at = np.clip(np.searchsorted(edges, table[:, 0], side="right") - 1, 0, len(edges) - 2)
    bins = []
    for k, (low, high) in enumerate(pairwise(edges)):
        inside = table[at == k]
        if len(inside):
            bins.append(Bin(low, high, round(float(inside[:, 0].mean()), 5), len(inside), int(inside[:, 1].sum())))
    return bins


def rising(bins: Sequence[Bin]) -> tuple[Bin, ...]:
    """Return bins whose share of right answers rises: neighbours between which it falls are one.

    Classes of which the surer one is less often right are finer than the rows can tell apart.
    """
    found: list[Bin] = []
    for one in bins:
        found.append(one)
        while len(found) > 1 and found[-2].share >= found[-1].share:
            above, below = found.pop(), found.pop()
            n = below.n + above.n
            claimed = round((below.claimed * below.n + above.claimed * above.n) / n, 5)
            found.append(Bin(below.low, above.high, claimed, n, below.right + above.right))
    return tuple(found)


def expected_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far claimed and right shares lie apart, weighted by rows."""
    total = sum(one.n for one in bins)
    return sum(one.n * abs(one.claimed - one.share) for one in bins) / total if total else 0.0


def _part(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % _FOLDS


def _fitted(matrix: Floats, right: Floats) -> Calibration:
    intercept, weights = _logistic(matrix, right)
    named = {name: round(float(w), 4) for name, w in zip(EVIDENCE, weights, strict=True)}
    plain = Calibration(round(intercept, 4), named, ())
    scores = np.array([plain.score(row) for row in matrix.tolist()])
    return Calibration(plain.intercept, named, _isotonic(scores, right))


def _logistic(matrix: Floats, right: Floats) -> tuple[float, Floats]:
    """Return intercept and weights; the ridge leaves the intercept free."""
    design = np.column_stack([np.ones(len(matrix)), matrix])
    ridge = np.diag([1e-6] + [_RIDGE] * matrix.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (right - chance) - ridge @ weights
        curve = design.T @ (design * (chance * (1 - chance))[:, None]) + ridge
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(weights[0]), weights[1:]


def _isotonic(scores: Floats, right: Floats) -> tuple[tuple[float, float], ...]:
    """Return rising steps (mean score, chance) by pooling adjacent violators, each of enough rows.

    A chance is that of its rows with half a right and half a wrong one added (Jeffreys), so none is certain.
    """
    order = np.argsort(scores, kind="stable")
    blocks: list[list[float]] = []
    for x, y in zip(scores[order].tolist(), right[order].tolist(), strict=True):
        blocks.append([x, y, 1.0])
        while len(blocks) > 1 and (_chance(blocks[-2]) >= _chance(blocks[-1]) or blocks[-2][2] < _LEAST_STEP):
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    if len(blocks) > 1 and blocks[-1][2] < _LEAST_STEP:
        last = blocks.pop()
        blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    return tuple((round(x / n, 4), round((y + 0.5) / (n + 1.0), 5)) for x, y, n in blocks)


def _chance(block: list[float]) -> float:
    return block[1] / block[2]
