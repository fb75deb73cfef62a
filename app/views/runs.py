"""Runs: long work with its progress, its tally and what went wrong; starting a survey."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import runs, store
from app.arguments import asks
from app.current import partial, scope
from app.db import session
from app.errors import NotFoundError
from app.labels import label
from app.models import Run
from app.views import Nav

bp = Blueprint("runs", __name__, url_prefix="/runs")
nav = Nav(80, "runs.index", lazy_gettext("计算任务"), "data")

ROWS = 30
_TALLIES = {
    "gazetteer": ("origin",),
    "geocode": ("location_status",),
    "places": ("level",),
    "same": ("record_kind",),
    "linkage": ("link_status",),
    "coverage": ("primary",),
    "joint": ("left_because",),
}
"""The lists that the words of a stage's tally are from."""
OPEN = (runs.QUEUED, runs.RUNNING)


@bp.get("")
@asks(page=True)
def index() -> str:
    """List the runs, newest first; htmx asks for the list alone while something goes on."""
    number = max(request.args.get("page", 1, type=int), 1)
    with session() as opened:
        listed = runs.latest(opened, scope(), limit=ROWS + 1, offset=(number - 1) * ROWS)
        outdated = store.surveys.outdated(opened)
        days = store.surveys.days(opened)
    going = any(run.status in OPEN for run in listed)
    template = "runs/list.html" if partial() else "runs/index.html"
    return render_template(
        template,
        runs=listed[:ROWS],
        more=len(listed) > ROWS,
        number=number,
        going=going,
        outdated=outdated,
        days=days,
        today=runs.survey.today(),
    )


@bp.post("")
def start() -> Redirect:
    """Put a survey in line; without a day, every one that was surveyed, the newest first."""
    day = _day("on_day")
    with session(write=True) as opened:
        again = runs.survey.renew(opened) if day is None else []
        key = again[0] if again else runs.survey.order(opened, day, _day("rules_day"))
    runs.wake()
    flash(_("已排入任务，算完后各页自动更新。"), "ok")
    return redirect(url_for("runs.show", key=key))


@bp.get("/<key>")
def show(key: str) -> str:
    """Show one run; htmx asks for its state alone while it goes on."""
    with session() as opened:
        run = runs.get(opened, key, scope())
        if run is None:
            raise NotFoundError(f"no run {key!r}")
    template = "runs/state.html" if partial() else "runs/show.html"
    return render_template(template, run=run, going=run.status in OPEN)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


@bp.app_template_filter("moment")
def moment(value: Any) -> str:
    """Return an instant as day and time of the machine the atlas runs on."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else "—"


@bp.app_template_filter("took")
def took(run: Run) -> str:
    """Return how long a run has taken, or has been going on."""
    if run.started_at is None:
        return "—"
    seconds = int(((run.finished_at or datetime.now(UTC)) - run.started_at).total_seconds())
    if seconds < 60:
        return _("%(s)s 秒", s=max(seconds, 0))
    return _("%(m)s 分 %(s)s 秒", m=seconds // 60, s=seconds % 60)


@bp.app_template_global("tally_text")
def tally_text(stage: str, code: str) -> str:
    """Return what a word of a stage's tally means."""
    for kind in (*_TALLIES.get(stage, ()), "survey_tally"):
        told = label(kind, code)
        if told != code:
            return told
    return code


@bp.app_template_global("run_badge")
def run_badge(status: str) -> str:
    """Return the kind of badge for the state of a run or import."""
    known = {"done": "ok", "failed": "bad", "stale": "bad", "running": "run", "queued": "run", "undone": "warn"}
    return known.get(status, "")
