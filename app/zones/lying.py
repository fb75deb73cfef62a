"""What a draft leaves outside of the zone it belongs to: buildings, markets, sub-parks; told before it is submitted."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from app.zones.requests import Ground
from app.zones.work import State, Work
from geo.zones.lying import Left
from geo.zones.lying import left as left_outside


def left(done: Work, own: Ground, state: State | None = None) -> list[Left]:
    """Return what a draft leaves outside, of what its steps give or of a state besides."""
    now = state or done.state
    decided = [now.held.get(key, parent) for key, parent in own.held["parent"].astype("object").items()]
    held = own.held.assign(parent=pd.array(decided, dtype="string"))
    return left_outside(done.before, now.plan, held, renamed=done.heirs(now.plan))


def named(done: Work, state: State, key: str | None) -> str:
    """Return the name of a zone of a draft, "" for none."""
    zone = state.plan.zones.get(key or "") or done.before.zones.get(key or "")
    return "" if zone is None else zone.name


def rows(done: Work, found: Sequence[Left], state: State | None = None) -> list[dict[str, Any]]:
    """Return what is left outside for a page: name, the zone it belongs to, the zone it would lie in."""
    now = state or done.state
    return [{"name": one.name, "zone": named(done, now, one.zone), "now": named(done, now, one.now)} for one in found]
