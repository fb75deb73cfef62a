"""Faults of a draft in words, which of them stop it, and their repair as a preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
from flask_babel import gettext as _

from app.labels import explain
from app.reading import Reading
from app.zones import lying, requests
from app.zones.drawing import drawn, features
from app.zones.requests import Ground
from app.zones.words import area, measured
from app.zones.work import REPAIR, Work
from geo.zones.check import Fault, check
from geo.zones.difference import difference
from geo.zones.lying import Left
from geo.zones.plan import Plan
from geo.zones.repair import REPAIRABLE
from geo.zones.repair import repair as mend

WARNINGS = frozenset({"CHILD_OUTSIDE", "LEFT_OUTSIDE", "PARENT_UNKNOWN", "DUPLICATE_NAME", "OUTSIDE_PARENT"})
"""Faults that do not keep a draft from being submitted; our own choice."""


@dataclass(frozen=True)
class Told:
    """A fault in words: ``bad`` ones stop a draft, ``warn`` are told; those that were there before are told too."""

    fault: Fault
    said: str
    weight: str


def told(done: Work, own: Ground, read: Reading, left: Sequence[Left]) -> list[Told]:
    """Return the faults of a draft in words, those first that stop it; ``left``: what it leaves outside (``lying``)."""
    outside = (one for one in left if one.key not in done.after)  # of sub-parks OUTSIDE_PARENT tells
    found = [*_checked(done, own, read), *(_left(one, lying.named(done, done.state, one.zone)) for one in outside)]
    return sorted(found, key=lambda one: one.weight != "bad")


def _checked(done: Work, own: Ground, read: Reading) -> list[Told]:
    known = {(fault.code, fault.keys) for fault in faults_of(done.before, own)}
    names = {**{key: zone.name for key, zone in done.after.zones.items()}}
    found = []
    for fault in faults_of(done.after, own):
        old = (fault.code, fault.keys) in known and not set(fault.keys) & set(done.changed)
        weight = "warn" if old or fault.code in WARNINGS else "bad"
        where = _("、").join(dict.fromkeys(names.get(key) or read.named(key) for key in fault.keys))
        words = explain("zone_fault", fault.code, measured(fault.detail), names=read.named)
        found.append(Told(fault, f"{where}{_('：')}{words}", weight))
    return [*found, *(_unnamed(key, done) for key in requests.unnamed(done))]


def _unnamed(key: str, done: Work) -> Told:
    words = explain("zone_fault", "UNNAMED")
    return Told(
        Fault("UNNAMED", (key,), 0.0, done.after.frame.geometry[key]), f"{done.named(key)}{_('：')}{words}", "bad"
    )


def _left(one: Left, zone: str) -> Told:
    words = explain("zone_fault", "LEFT_OUTSIDE", {"zone": zone})
    return Told(Fault("LEFT_OUTSIDE", (one.key, one.zone), 0.0, one.at), f"{one.name}{_('：')}{words}", "warn")


def faults_of(plan: Plan, own: Ground) -> list[Fault]:
    """Return the faults of a plan against the counties of today."""
    return check(plan, county_outlines=own.counties)


def sound(done: Work, own: Ground, read: Reading) -> bool:
    """Return whether no fault stops a draft."""
    return not any(one.weight == "bad" for one in _checked(done, own, read))


def repair(own: Ground, done: Work) -> dict[str, Any]:
    """Return the repair of a draft's faults: the shapes that change, in words, and the step that does it."""
    mended = mend(done.after, [fault for fault in faults_of(done.after, own) if fault.code in REPAIRABLE])
    outlines = mended.frame
    changed = [key for key in mended if mended[key] is not done.after[key]]
    left = len(faults_of(mended, own))
    rest = _("修补后还有 %(n)s 处问题。", n=left) if left else _("修补后没有问题。")
    shapes = {key: drawn(outlines.geometry[key]) for key in changed}
    return {
        "said": f"{_told(difference(done.after, mended))}{rest}",
        "features": features(outlines.loc[changed])["features"],
        "operation": {"kind": REPAIR, "arguments": {"shapes": shapes}},
    }


def _told(found: gpd.GeoDataFrame) -> str:
    lines = [
        _("%(name)s：增加 %(a)s，减少 %(t)s", name=name, a=area(added), t=area(taken))
        for name, added, taken in zip(found["name"], found["added_m2"], found["taken_m2"], strict=True)
    ]
    return (" · ".join(lines) or _("没有能自动修补的")) + " · "
