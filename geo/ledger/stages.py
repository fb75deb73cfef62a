"""The one table of stages: what each may follow, who takes the step, what it is shown by, and what counts as built.

Stages after the steps of founding a union (C) and Trade Union Law 2021 art. 12 (A): a union stands with the approval of
the next higher one. Which stage may follow which is our own choice: checks and visits come in any order, the steps of
founding in theirs, and whoever joins a joint union is approved without an election of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Stage:
    """One stage: ``after`` which stages it may be recorded, by what ``actor`` it is taken, what ``evidence`` it needs.

    ``evidence`` names columns of STEPS; the day and who recorded it are always needed.
    """

    code: str
    actor: str
    after: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    built: bool = False


_OPEN = ("P0", "P1", "P2", "P3", "P4", "P5", "P6", "PX")
_ALL = (*_OPEN, "P7", "P8", "P9")

STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        stage.code: stage
        for stage in (
            Stage("P0", "office", _ALL, ("note",)),
            Stage("P1", "office", ("P0", "P1", "P2", "PX"), ("taken_by",)),
            Stage("P2", "office", _OPEN, ("taken_by",)),
            Stage("P3", "firm", ("P0", "P1", "P2", "P3", "PX")),
            Stage("P4", "higher_union", ("P3", "P4", "PX")),
            Stage("P5", "preparatory_group", ("P3", "P4", "P5", "PX"), ("members",)),
            Stage("P6", "assembly", ("P5", "P6", "PX"), ("committee",)),
            Stage("P7", "higher_union", ("P5", "P6", "P7"), ("document",), built=True),
            Stage("P8", "union", ("P7", "P8"), built=True),
            Stage("P9", "union", ("P7", "P8", "P9"), built=True),
            Stage("PX", "office", _OPEN, ("reason", "next_on")),
        )
    }
)
"""Stages by code, in their order. Going back to P0 is opening anew and says why in a note."""

BUILT = tuple(code for code, stage in STAGES.items() if stage.built)
"""Stages from which on a firm counts as built."""

UNDER_WAY = tuple(code for code in _OPEN if code != "P0")
"""Stages between the first check and approval."""


def following(stage: str) -> tuple[str, ...]:
    """Return the stages that may be recorded after one, in their order."""
    return tuple(code for code, each in STAGES.items() if stage in each.after)
