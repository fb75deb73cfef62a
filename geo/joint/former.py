"""Groups of an earlier survey read back from their keys, so that who was together may stay together."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from geo.joint.problem import Integers

LOCKED = "!"
"""End of the key under which a locked group is known beside the groups of the earlier survey."""


class Former(NamedTuple):
    """What the key of a group says (``engine.Draft.group_id``)."""

    kind: str
    seat: str
    jurisdiction: str
    part: int


def read(key: str) -> Former | None:
    """Return what a key says; None for a key of something else, as a case."""
    head, sign, part = key.rstrip(LOCKED).rpartition("#")
    kind, bar, place = head.partition("|")
    if not (sign and bar and part.isascii() and part.isdigit()):
        return None
    seat, at, jurisdiction = (place, "", "") if kind == "existing" else place.rpartition("@")
    return Former(kind, seat, jurisdiction, int(part)) if at or kind == "existing" else None


def seat_name(kind: str, place: str) -> str:
    """Return the name of a seat of the survey in wishes: all unions of a place, or all along a street, have one."""
    return f"{kind}/{place}"


def with_locks(former: Mapping[str, str], locks: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the group of each firm: of locked ones (members by key of the group) the locked group's key."""
    found = dict(former)
    for key, members in sorted(locks.items()):
        found |= dict.fromkeys(members, key + LOCKED)
    return found


def middle(at: Integers, workers: Integers, reach: int) -> int:
    """Return where along a street a union of these members sits: nearest to the workers, within reach of both ends."""
    spots = np.unique(at)
    good = spots[np.abs(spots[:, None] - at).max(axis=1) <= reach]
    spots = good if len(good) else spots
    return int(spots[np.argmin((np.abs(spots[:, None] - at) * workers).sum(axis=1))])
