"""What a person settled about suggested unions, read back from DECISIONS: the hard edits that the next survey keeps.

============ =================================== ============================================ ========================
kind         subject                             target                                       text
============ =================================== ============================================ ========================
joint_out    enterprise                          –                                            –
joint_bar    enterprise                          seat it must not be in                       –
joint_must   enterprise                          seat it has to be in                         –
joint_close  ``seat:county:seat``                the seat where no union is to be founded     –
joint_lock   the enterprise of the least key     key of the group                             keys of its firms (JSON)
============ =================================== ============================================ ========================

Seats are named ``kind/place`` (``former.seat_name``): all unions in a place, or all along a street, have one name.
"""

import json
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from geo.joint import former
from geo.joint.asked import Asked
from geo.joint.former import seat_name

OUT, BAR, MUST, CLOSE, LOCK = KINDS = ("joint_out", "joint_bar", "joint_must", "joint_close", "joint_lock")
"""Kinds of DECISIONS that are hard edits."""

MOST_LOCKED = 2_000
"""Firms of one locked group that are read."""


@dataclass(frozen=True)
class Edits:
    """Hard edits that stand; a later word about a firm takes the place of an earlier one of the same kind."""

    out: frozenset[str] = frozenset()
    bar: frozenset[tuple[str, str]] = frozenset()
    must: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
    close: frozenset[str] = frozenset()
    lock: MappingProxyType[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Members by key of the group."""

    def asked(self, before: pd.DataFrame, forbid: frozenset[tuple[str, str]] = frozenset()) -> Asked:
        """Return what a grouping is asked, around the groups of an earlier survey.

        Parameters
        ----------
        before : GROUPINGS
        forbid : pairs of firm and seat that are forbidden besides
        """
        from geo.joint.wishes import Wishes  # with the compiler of loops

        had = before["group_id"].dropna()
        groups = former.with_locks({str(firm): str(key) for firm, key in had.items()}, self.lock)
        locked = frozenset(key + former.LOCKED for key in self.lock)
        wishes = Wishes(exclude=self.out, lock=locked, forbid_seats=self.close, forbid=self.bar | forbid,
                        must=dict(self.must))  # fmt: skip
        return Asked(wishes, groups)


def read(decisions: pd.DataFrame) -> Edits:
    """Return the hard edits among DECISIONS; what cannot be read is passed over."""
    rows = decisions[decisions["kind"].isin(KINDS)]
    out, bar, must, close, lock = set(), set(), {}, set(), {}
    for kind, subject, target, text in rows[["kind", "subject", "target", "text"]].itertuples(index=False, name=None):
        if kind == OUT:
            out.add(str(subject))
        elif pd.isna(target):
            continue
        elif kind == BAR:
            bar.add((str(subject), str(target)))
        elif kind == MUST:
            must[str(subject)] = str(target)
        elif kind == CLOSE:
            close.add(str(target))
        else:
            lock[str(target)] = _members(text)
    known = MappingProxyType({key: members for key, members in lock.items() if members})
    return Edits(frozenset(out), frozenset(bar), MappingProxyType(must), frozenset(close), known)


def _members(text: object) -> tuple[str, ...]:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return ()
    firms = found if isinstance(found, list) and len(found) <= MOST_LOCKED else []
    return tuple(firm for firm in firms if isinstance(firm, str))


def unmet(edits: Edits, groups: pd.DataFrame, groupings: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the edits that an answer does not keep: kind and subject (of a lock the group), and a code why.

    Parameters
    ----------
    groups, groupings : GROUPS and GROUPINGS of the answer

    Returns
    -------
    ``gone``: the firm is no candidate any more, it has a union or is out of the count · ``seat``: the rules do not let
    the firm join there, or no union stands there · ``rules``: the group as it was locked breaks a rule by now
    """
    told: dict[tuple[str, str], str] = {}
    of = groupings["group_id"]
    for firm, seat in edits.must.items():
        group = of.get(firm) if firm in of.index else None
        if group is None:
            told[MUST, firm] = "gone"
        elif pd.isna(group) or seat_name(*groups.loc[group, ["kind", "place_id"]]) != seat:
            told[MUST, firm] = "seat"
    for key, members in edits.lock.items():
        here = of.reindex([firm for firm in members if firm in of.index])
        if not len(here):
            told[LOCK, key] = "gone"
        elif here.isna().any() or here.nunique() > 1:
            told[LOCK, key] = "rules"
    return told


def row(kind: str, subject: str, target: str | None = None, members: tuple[str, ...] = ()) -> dict[str, str | None]:
    """Return the columns of DECISIONS of an edit."""
    if kind == CLOSE:
        subject = f"seat:{subject}:{target}"
    if kind == LOCK:
        subject = min(members)
    return {"kind": kind, "subject": subject, "target": target,
            "text": json.dumps(sorted(members), ensure_ascii=False) if kind == LOCK else None}  # fmt: skip
