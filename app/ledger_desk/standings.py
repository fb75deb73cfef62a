"""The ledger of the firms without a union as pages read it: survey and steps together, as of today."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from werkzeug.datastructures import MultiDict

from app import polygons, query, store
from app.arguments import Allowed, codes
from app.config import settings
from app.current import scope
from app.db import session
from app.ledger_desk.days import day
from app.maps import scene, shape
from app.reading import Reading
from geo.io.codes import read_codes
from geo.ledger import SHOWN, shown, stand, states

CONDITIONS: dict[str, Allowed] = {
    "show": SHOWN, "at": codes("stage"), "why": codes("reason"), "because": codes("contradiction"),
    "given": ("0", "1"),
}  # fmt: skip
"""What the ledger can be narrowed by beside a choice of firms, with the allowed values."""
SORTS = ("name", "workers", "stage", "stage_on", "reason", "last_on", "next_on", "building")


def table(read: Reading) -> pd.DataFrame:
    """Return the ledger (``geo.ledger.stand``) of every firm of the reading; made anew when a step was recorded.

    Only the newest is kept: each step makes another.
    """
    with session() as opened:
        key = (store.steps.version(opened), day(read))
    held: dict[str, tuple[Any, pd.DataFrame]] = read.kept.get("ledger of firms", dict)
    found = held.get("newest")
    if found is None or found[0] != key:
        found = held["newest"] = (key, _made(read))
    return found[1]


def of_firm(read: Reading, key: str) -> pd.Series:
    """Return the ledger of one firm."""
    with session() as opened:
        found = states(store.steps.of_firms(opened, [key]), day(read))
    return stand(read.survey.firms.loc[[key]], found, on=day(read), leaving=leaving()).loc[key]


def listed(read: Reading, args: MultiDict[str, str]) -> pd.DataFrame:
    """Return the rows of the ledger that an address's arguments ask for; those due where it does not say."""
    made = table(read)
    keep = read.rows(query.read(args)) & shown(made, args.get("show") or SHOWN[0]).to_numpy(dtype=bool)
    for name, column in (("at", "stage"), ("why", "reason")):
        if args.get(name):
            keep &= made[column].eq(args[name]).fillna(value=False).to_numpy(dtype=bool)
    if args.get("because"):
        keep &= np.fromiter((args["because"] in each for each in made["because"]), dtype=bool, count=len(made))
    if args.get("given"):
        keep &= made.index.isin(_given()) == (args["given"] == "1")
    drawn = polygons.parse(args.get("shape", ""))
    if drawn is not None:
        keep &= shape.inside(scene.of(read), drawn)
    return made[keep]


def leaving() -> frozenset[str]:
    """Return the reasons that take a firm out of the denominator."""
    return _leaving(settings().data / "codes")


def _made(read: Reading) -> pd.DataFrame:
    with session() as opened:
        steps = store.read(opened, "steps", scope())
    return stand(read.survey.firms, states(steps, day(read)), on=day(read), leaving=leaving())


def _given() -> set[Any]:
    with session() as opened:
        found = store.tasks.read(opened, scope())
    return set(found.loc[found["subject_kind"].eq("enterprise"), "subject"])


@lru_cache(maxsize=2)
def _leaving(folder: Path) -> frozenset[str]:
    reasons = read_codes(folder)["reason"].values()
    return frozenset(code.code for code in reasons if code.facts["leaves_denominator"])
