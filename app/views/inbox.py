"""The inbox of the ledger: two versions of one firm side by side, positions from the field, what could not be taken."""

import math

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.arguments import asks
from app.auth import signed
from app.current import reading, scope
from app.db import session
from app.errors import NotFoundError
from app.ledger_desk import inbox, recording
from app.ledger_desk.arrivals import step_of
from app.models import FieldOutcome
from app.pages import known
from app.reading import Reading
from geo.ledger import Refusal

bp = Blueprint("inbox", __name__, url_prefix="/inbox")

_M_PER_DEGREE = 111_320.0


@bp.get("")
@asks()
def index() -> str:
    """Show what waits."""
    read = reading()
    with session() as opened:
        rows = inbox.waiting(opened, scope())
        others = {row.client_id: step_of(opened, row.other) for row in rows if row.other}
    return render_template(
        "ledger/inbox.html", read=read, rows=rows, others=others, refusals=_refusals, worded=recording.worded,
        fields=recording.FIELDS, distance=lambda row: _distance(read, row),
    )  # fmt: skip


@bp.post("/settle")
def settle() -> Redirect:
    """Choose a version (``take`` or ``leave``), or answer a position (``pin`` or ``drop``)."""
    read, who, act = reading(), signed.account(), request.form.get("act", "")
    assert who is not None
    with session(write=True) as opened:
        row = inbox.find(opened, request.form.get("key", ""), scope())
        if row is None:
            raise NotFoundError("no such arrival")
        done = True
        if act == "take":
            done = inbox.take(opened, row, read, str(who.id))
        elif act == "leave":
            inbox.leave(row, str(who.id))
        elif act == "pin" and row.fix_status == "waiting":
            inbox.accept_fix(opened, row, str(who.name))
        elif act == "drop":
            row.fix_status = inbox.DISMISSED
        else:
            done = False
    flash(_("已处理。") if done else _("这一份现在用不上，没有改动。"), "ok" if done else "warn")
    return redirect(url_for("inbox.index"))


def _refusals(row: FieldOutcome) -> list[Refusal]:
    return [Refusal(*each) for each in row.refusals]


def _distance(read: Reading, row: FieldOutcome) -> float | None:
    """Return the metres between a position from the field and where the firm was located; None without either."""
    firms = read.survey.firms
    if row.lon is None or row.lat is None or row.enterprise_id not in firms.index:
        return None
    lon, lat = firms.at[row.enterprise_id, "lon"], firms.at[row.enterprise_id, "lat"]
    if not known(lon) or not known(lat):
        return None
    stretch = math.cos(math.radians(row.lat))
    return math.hypot((lon - row.lon) * stretch, lat - row.lat) * _M_PER_DEGREE


@bp.app_template_global("inbox_count")
def inbox_count() -> int:
    """Return how many wait within the caller's area."""
    with session() as opened:
        return inbox.count(opened, scope())
