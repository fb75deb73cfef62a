"""The truth of a firm on a day: who covers it, and why nobody does."""

import datetime as dt
import random
from collections.abc import Iterable

from .firms import DAYS, Firm


def coverage(firm: Firm, day: dt.date) -> tuple[str, list[str]]:
    """Return how the firm is covered on the day (own, joint, none) and by which unions, own first."""
    now = [(role, code) for code, role, since, until in firm.cover if since <= day and (until is None or until > day)]
    own = sorted(code for role, code in now if role == "own")
    joint = sorted(code for role, code in now if role == "covered")
    return ("own" if own else "joint" if joint else "none"), own + joint


def give_reasons(firms: Iterable[Firm], rng: random.Random) -> None:
    """Write why there is no union, and how far the matter is, for some of the firms without one."""
    for firm in firms:
        if not firm.legal or firm.closed or coverage(firm, DAYS[-1])[0] != "none" or rng.random() > 0.24:
            continue
        usual = ("R02", "R03", "R04", "R05", "R06", "R12", "R13", "R14", "R15", "R16", "R07", "R08", "R10", "R99")
        firm.reason = (
            "R01"
            if firm.established.year >= 2025
            else rng.choices(usual, (30, 10, 14, 9, 8, 2, 5, 14, 6, 1, 3, 2, 4, 2))[0]
        )
        firm.stage = rng.choices(("P0", "P1", "P2", "P3", "P4", "P5", "P6", "PX"), (10, 34, 28, 10, 5, 4, 2, 7))[0]
