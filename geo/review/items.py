"""Items of the review queue, their worth, and which of them decisions have closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

KINDS = ("pin", "county", "homonym", "address", "nowhere", "same", "link", "double")
"""pin: a place or village without a position. county: a name of doubtful county. homonym: a village of several.
address: contradicting or doubtful. nowhere: no or a foreign answer. same: two names that may mean one place.
link: a doubtful link of a union. double: two records that may be one firm."""
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"building": 1.0, "market": 1.0, "village": 0.5, "street": 0.3, "zone": 0.2, "town": 0.2, "same": 0.5}
)
"""What one firm counts that a pin of this kind locates: a point for a street or zone says less than one for a building.

Our own choice; whatever is settled for good counts 1.
"""


@dataclass(frozen=True)
class Candidate:
    """A possible answer: the key it would put the firms into (``""``: the position itself), where it lies, how likely.

    ``told`` says where it comes from: ``reading`` (the address), ``register`` (positions the register gives), ``name``
    (a place of a similar name), ``link`` (a firm of the register), ``inside`` (amid what is known to lie in it).
    """

    target: str
    kind: str
    told: str
    lon: float = float("nan")
    lat: float = float("nan")
    score: float = float("nan")
    firms: int = 0


@dataclass(frozen=True, eq=False)
class Item:
    """One thing to decide. ``rows`` are the places of its firms in FIRMS, in their order.

    ``subject`` is what it is about: a place key, a village code, a learned name, a link. ``closed_by`` are the kinds of
    decisions that settle it, ``subjects`` what these are about (``*`` for any county). ``worth`` orders the queue.
    ``workers`` are a sum of the known counts, ``unsized`` firms have none.
    """

    key: str
    kind: str
    subject: str
    place_kind: str
    name: str
    county: str
    rows: np.ndarray
    workers: int
    unsized: int
    gap: int
    worth: float
    closed_by: frozenset[str]
    subjects: frozenset[str]
    candidates: tuple[Candidate, ...] = ()
    other: str = ""

    @property
    def firms(self) -> int:
        """How many firms one decision locates or settles."""
        return len(self.rows)


class Counts:
    """Makes items with the figures of their firms, from FIRMS."""

    def __init__(self, firms: pd.DataFrame) -> None:
        self._workers = firms["workers"].fillna(0).to_numpy(dtype="int64")
        self._unsized = firms["workers"].isna().to_numpy(dtype=bool)
        self._gap = firms["gap"].fillna(value=False).to_numpy(dtype=bool)

    def item(self, key: str, kind: str, rows: Sequence[int] | np.ndarray, *, weight: float = 1.0, **more: Any) -> Item:
        """Return an item; its worth is the number of its firms by ``weight``."""
        at = np.asarray(sorted({int(row) for row in rows}), dtype=np.int64)
        workers, gap = int(self._workers[at].sum()), int(self._gap[at].sum())
        unsized, worth = int(self._unsized[at].sum()), round(len(at) * weight, 1)
        return Item(key, kind, rows=at, workers=workers, unsized=unsized, gap=gap, worth=worth, **more)


def ordered(items: Iterable[Item]) -> list[Item]:
    """Return the items, what is worth most first; of equals those with more firms without a union, more workers."""
    return sorted(items, key=lambda item: (-item.worth, -item.gap, -item.workers, item.key))


def closed(items: Iterable[Item], decisions: pd.DataFrame) -> set[str]:
    """Return the keys of the items that decisions (``DECISIONS``) have settled, surveyed already or not."""
    told: dict[str, set[str]] = {}
    for kind, subject, target in zip(decisions["kind"], decisions["subject"], decisions["target"], strict=True):
        told.setdefault(str(kind), set()).update((str(subject), anywhere(str(subject)), pair(str(subject), target)))
    return {item.key for item in items if any(item.subjects & told[kind] for kind in item.closed_by if kind in told)}


def listed(value: object) -> list[Any]:
    """Return a cell that holds a list, read once where the store keeps it as text; empty where it holds none."""
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def anywhere(subject: str) -> str:
    """Return the key of a name whatever its county: ``road:*:人民路``."""
    kind, _, rest = subject.partition(":")
    return f"{kind}:*:{rest.partition(':')[2]}"


def pair(one: str, two: object) -> str:
    """Return what stands for two places, whichever is named first."""
    return " = ".join(sorted((one, str(two))))


def located_together(items: Iterable[Item]) -> int:
    """Return how many different firms the pins among these items would give a position."""
    rows = [item.rows for item in items if item.kind == "pin"]
    return len(np.unique(np.concatenate(rows))) if rows else 0
