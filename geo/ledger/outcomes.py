"""What a visit can find, and what follows from it for the register as the next survey reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Outcome:
    """One finding: whether somebody ``verified`` the firm on its spot, the ``status`` and ``reason`` it implies."""

    code: str
    verified: bool
    status: str | None = None
    reason: str | None = None


OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        outcome.code: outcome
        for outcome in (
            Outcome("verified", verified=True, status="active"),
            Outcome("agreed", verified=True, status="active"),
            Outcome("refused", verified=True, status="active", reason="R16"),
            Outcome("unionised", verified=True, status="active"),
            Outcome("not_reached", verified=False),
            Outcome("closed", verified=True, status="closed", reason="R09"),
            Outcome("moved", verified=True, status="moved", reason="R08"),
            Outcome("not_found", verified=True, reason="R08"),
            Outcome("duplicate", verified=True),
        )
    }
)
"""Findings by code. A finding alone takes no firm out as closed for ever: a later one that finds it at work wins."""

IMPLIED = MappingProxyType({code: each.reason for code, each in OUTCOMES.items() if each.reason})
GONE = tuple(code for code, each in OUTCOMES.items() if each.status in ("closed", "moved"))
"""Findings that agree with a register that says closed or moved."""
VERIFIED = tuple(code for code, each in OUTCOMES.items() if each.verified)
