"""How sure an answer is: what speaks for and against it, turned into the chance that it is right.

``Calibration`` is fitted on reviewed rows (``geo.geocode.fitting``) and read from a text file. Its ``reliability``
says, for rows that the fit had not seen, how often answers of a given confidence were right; from it a share of errors
that a person allows among the automatic answers becomes a threshold.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from geo.gazetteer import Reading
from geo.geocode.resolve import Resolved

EVIDENCE = (
    "unsure", "silent", "road_first", "city_first", "second", "against", "conflict", "faults", "doubtful", "house",
    "village", "town", "rare", "homonym", "by_name",
)  # fmt: skip
"""What is known of an answer, in order: how unsure its county is (logarithm); no name tells a county; begins with a
road or nothing; names only the city; changed by evidence from outside the text; a name speaks against it; contradicts
itself; faults (logarithm of what they cost); a doubtful repair; level house or street; level village; level zone or
town; only names that few addresses taught; several villages of the name; a place that only the firm's name tells."""

_HOUSE = frozenset(("building", "number", "market", "street"))
_LEAST = 1e-4
_ROUGH = {
    "building": 0.98, "number": 0.97, "street": 0.99, "market": 0.98, "zone": 0.98, "village": 0.98, "town": 0.99,
}  # fmt: skip
_SURE = 0.9999
_WILSON = 1.96


class Bin(NamedTuple):
    """Answers of like confidence: what was claimed (mean), how many, how many of them right."""

    low: float
    high: float
    claimed: float
    n: int
    right: int

    @property
    def share(self) -> float:
        """Share that was right."""
        return self.right / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share, 95 %."""
        return wilson(self.right, self.n)


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return Wilson's interval (95 %) of a share of which ``k`` of ``n`` were seen; NaN where nothing was."""
    if not n:
        return math.nan, math.nan
    share, z2 = k / n, _WILSON**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _WILSON * math.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Calibration:
    """A fitted confidence: logistic ``weights`` by evidence, then ``steps`` (score, chance) between which lies a line.

    ``reliability`` are held-out rows in bins of confidence, rising; ``ece`` the expected calibration error over them;
    ``n`` the rows; ``source``, ``on`` and ``how`` say what was fitted and when.
    """

    intercept: float
    weights: dict[str, float]
    steps: tuple[tuple[float, float], ...]
    reliability: tuple[Bin, ...] = ()
    ece: float = math.nan
    n: int = 0
    source: str = ""
    on: str = ""
    how: str = ""
    _known: dict[tuple[float, ...], float] = field(default_factory=dict, compare=False, repr=False)

    def confidence(self, evidence: tuple[float, ...]) -> float:
        """Return the chance that an answer with this evidence is right."""
        found = self._known.get(evidence)
        if found is None:
            if len(self._known) > _MOST:
                self._known.clear()
            found = self._known[evidence] = self.chance(self.score(evidence))
        return found

    def score(self, evidence: Sequence[float]) -> float:
        """Return the logistic score, before the steps."""
        return self.intercept + sum(self.weights[name] * x for name, x in zip(EVIDENCE, evidence, strict=True) if x)

    def chance(self, score: float) -> float:
        """Return the chance of a score: a line between the steps, the last ones beyond them."""
        at = bisect_right(self.steps, (score, math.inf))
        if at == 0:
            return self.steps[0][1]
        if at == len(self.steps):
            return self.steps[-1][1]
        (x, low), (z, high) = self.steps[at - 1], self.steps[at]
        return low + (high - low) * (score - x) / (z - x)

    def threshold(self, budget: float) -> float:
        """Return the confidence from which at most ``budget`` (a share) of all answers above it are wrong.

        Held-out rows decide, from the surest bin downwards, the bin as a whole; with none that keeps the budget no
        answer is automatic (above 1).
        """
        n = wrong = 0
        least = 1.01
        for one in sorted(self.reliability, reverse=True):
            n, wrong = n + one.n, wrong + one.n - one.right
            if n and wrong <= budget * n:
                least = one.low
        return least

    def above(self, least: float) -> tuple[int, int]:
        """Return how many held-out answers have such a confidence, by whole bins, and how many of them were wrong."""
        bins = [one for one in self.reliability if one.low >= least]
        return sum(one.n for one in bins), sum(one.n - one.right for one in bins)


_MOST = 100_000


def evidence_of(reading: Reading, found: Resolved, level: str, *, against: bool) -> tuple[float, ...]:
    """Return what speaks for and against an answer, in the order of ``EVIDENCE``."""
    form, chance = reading.form, reading.chance
    return (
        _unsure(chance),
        not reading.voices,
        form in ("road", "none"),
        form in ("city", "citywide"),
        abs(chance - reading.alone) > 0.02,
        against,
        reading.conflict,
        round(-math.log(found.penalty), 2) if found.penalty != 1.0 else 0.0,
        found.doubtful,
        level in _HOUSE,
        level == "village",
        level in ("zone", "town"),
        _rarity(reading),
        bool(found.homonyms),
        found.by_name,
    )


@lru_cache(maxsize=100_000)
def _unsure(chance: float) -> float:
    """Return the logarithm of what a chance leaves to others; chances recur."""
    return round(math.log(max(1.0 - chance, _LEAST)), 1)


def _rarity(reading: Reading) -> float:
    """Return how few addresses taught the best known name; nothing where a name is not learned, or none tells."""
    most = 0
    for _, name in reading.voices:
        if name.form != "learned":
            return 0.0
        if name.mentions > most:
            most = name.mentions
    return round(1.0 / (1.0 + most), 2) if reading.voices else 0.0


def rough(reading: Reading, found: Resolved, level: str, *, against: bool) -> float:
    """Return a confidence by rule of thumb, where nothing was fitted yet."""
    value = reading.chance * _ROUGH.get(level, 1.0) * found.penalty
    return value * (0.6 if reading.conflict else 1.0) * (0.9 if against else 1.0)
