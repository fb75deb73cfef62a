"""By which options unions are suggested: those of a scenario that somebody put in force, else the standard ones."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.store import settings, versions
from geo.joint import JointOptions

KEPT = "joint_policy"
"""Setting: ``name`` of the scenario, its ``options``, ``by`` and ``at``; empty for the standard."""


def in_force(opened: Session) -> JointOptions:
    """Return the options that the next survey suggests by."""
    return JointOptions.of(told(opened).get("options") or {})


def told(opened: Session) -> Mapping[str, Any]:
    """Return what is kept of the policy in force; empty for the standard."""
    found: dict[str, Any] = settings.get(opened, KEPT, default={})
    return found


def put(opened: Session, name: str, options: JointOptions, by: str, at: str) -> None:
    """Put the options of a scenario in force; without a name, the standard. Surveys made before are out of date."""
    kept = {"name": name, "options": asdict(options), "by": by, "at": at} if name else {}
    settings.put(opened, KEPT, kept)
    versions.bump(opened, versions.INPUTS)
