"""The quality of the data: how finely firms are located, how sure, what is wrong, each figure with its list."""

import math
from typing import Any

import numpy as np
import pandas as pd
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app import budget, confidence, reviewing, store
from app.arguments import asks
from app.config import settings
from app.current import reading, scope
from app.db import session
from app.errors import NotFoundError
from app.labels import label
from app.listing import page
from app.reading import Reading
from app.views import Nav
from geo.gaps import Filter
from geo.quality import FAULTS, Quality

bp = Blueprint("quality", __name__, url_prefix="/quality")
nav = Nav(57, "quality.show", lazy_gettext("数据质量"), "data")

MOST_LAYERS = 12
MOST_NAMES = 12


@bp.get("")
@asks()
def show() -> str:
    """Show the figures, each a link to its rows."""
    read = reading()
    with session() as opened:
        decisions = store.read(opened, "decisions", scope())
        allowed = budget.in_force(opened)
        batches = [b for b in store.imports.latest(opened, scope(), limit=60) if b.status == "done"]
    found = of(read)
    return render_template(
        "quality/page.html", read=read, quality=found, total=read.total(), faults=FAULTS,
        claims=found.claims(decisions), fitted=confidence.fitted(), budget=allowed, batches=batches[:MOST_LAYERS],
        pairs=int(read.survey.same["status"].eq("review").sum()), open_pairs=_open_pairs(read),
        stale=list(found.stale.items())[:MOST_NAMES], stale_count=len(found.stale),
    )  # fmt: skip


def _open_pairs(read: Reading) -> int:
    """Return how many pairs that may be one firm nobody has decided on since the survey, as the review page counts."""
    with session() as opened:  # whoever decided it, it waits no more
        made = store.read(opened, "decisions", store.CITY)
    return reviewing.queue(read, made).counts.get("double", 0)


@bp.get("/rows/<what>/<path:code>")
@asks(page=True)
def rows(what: str, code: str) -> str:
    """List the firms behind a fault, a double or a former name."""
    read = reading()
    found, title = _rows(read, what, code)
    listed = page(read.survey.firms.iloc[found], request.args.get("page", 1, type=int), settings().page_size)
    return render_template("quality/rows.html", read=read, page=listed, title=title, what=what, code=code)


def of(read: Reading) -> Quality:
    """Return the quality of a survey, kept with it."""
    return read.kept.get("quality", lambda: Quality(read.survey.firms))


def _rows(read: Reading, what: str, code: str) -> tuple[np.ndarray, str]:
    found = of(read)
    if what == "reason" and code in found.reasons:
        return found.reasons[code], label("location_reason", code)
    if what == "double" and code in found.doubles:
        return found.doubles[code], label("double_kind", code)
    before, _arrow, now = code.partition("→")
    if what == "stale" and (before, now) in found.stale:
        return found.stale[before, now], _("旧名“%(a)s”，今为%(b)s", a=before, b=now)
    raise NotFoundError(f"no rows {what} {code!r}")


@bp.app_template_global("quality_badge")
def quality_badge(read: Reading) -> dict[str, Any]:
    """Return what the badge of a map tells of eligible firms: shares at a door, automatic; unlocated."""

    def made() -> dict[str, Any]:
        firms = read.counted("eligible")
        auto = read.counted("eligible", Filter(location=("auto",))) / max(firms, 1)
        fine = read.counted("precise") / firms if firms else math.nan
        return {"eligible": firms, "auto": auto, "fine": fine, "unlocated": read.counted("unlocated")}

    return read.kept.get("quality.badge", made)


@bp.app_template_filter("metres")
def metres(value: Any) -> str:
    """Return a distance in metres or kilometres, a dash where there is none."""
    if value is None or pd.isna(value):
        return "—"
    return _("%(n)s 公里", n=f"{value / 1000:.1f}") if value >= 1000 else _("%(n)s 米", n=round(float(value)))
