"""The ledger of firms without a union: the list, how complete it is by place, a firm's steps and the form for them."""

from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import query, store
from app.arguments import asks
from app.auth import signed
from app.config import settings
from app.current import partial, reading, scope
from app.db import session
from app.downloads import download
from app.errors import NotFoundError
from app.labels import title
from app.ledger_desk import hands, recording, standings
from app.ledger_desk.days import day
from app.listing import ordered, page
from app.reading import Reading
from app.reports import ledger_list
from app.reports.notes import conditions
from app.runs.survey import today
from app.views import Nav
from geo.gaps import KINDS as PLACES
from geo.ledger import CLEARS, MEASURES, completeness, following

bp = Blueprint("ledger", __name__, url_prefix="/ledger")
nav = Nav(33, "ledger.index", lazy_gettext("四清台账"), "work")

KINDS = ("county", "town", "zone", "building", "market", "street", "village", "sector")
UNPROCESSABLE = 422
_Page = str | tuple[str, int] | Redirect


@bp.get("")
@asks("shape", filters=True, sort=standings.SORTS, page=True, choices=standings.CONDITIONS)
def index() -> str:
    """List the firms of the ledger; htmx asks for the table alone."""
    read, chosen, sort = reading(), query.read(request.args), request.args.get("sort", "-workers")
    rows = standings.listed(read, request.args)
    whole = completeness(standings.table(read)[read.rows(chosen)])
    with session() as opened:
        people, teams = hands.people(opened, scope()), hands.teams(opened, scope())
    template = "ledger/table.html" if partial() else "ledger/page.html"
    return render_template(
        template, read=read, chosen=chosen, conditions=conditions(read, chosen), sort=sort,
        page=page(ordered(rows, sort, standings.SORTS), request.args.get("page", 1, type=int), settings().page_size),
        whole=whole.loc["all"] if len(whole) else None, people=people, teams=teams, asked=query_text(),
        day=day(read), clears=CLEARS,
    )  # fmt: skip


@bp.get("/list.<any(xlsx, csv):form>")
@asks("shape", filters=True, sort=standings.SORTS, choices=standings.CONDITIONS)
def export(form: str) -> Response:
    """Give the whole list as a file."""
    read, sort = reading(), request.args.get("sort", "-workers")
    rows = ordered(standings.listed(read, request.args), sort, standings.SORTS)
    return download(ledger_list.sheet(read, request.args, rows), form)


@bp.get("/progress")
@asks(filters=True, page=True, choices={"kind": KINDS})
def progress() -> str:
    """Tell how complete the ledger is, by county, town, zone, building or another kind of place."""
    read, kind, chosen = reading(), request.args.get("kind") or KINDS[0], query.read(request.args)
    whole, rows = counted(read, kind)
    return render_template(
        "ledger/progress.html", read=read, kind=kind, kinds=KINDS, chosen=chosen, whole=whole, clears=CLEARS,
        page=page(rows, request.args.get("page", 1, type=int), settings().page_size), day=day(read),
    )  # fmt: skip


@bp.get("/progress.<any(xlsx, csv):form>")
@asks(filters=True, choices={"kind": KINDS})
def progress_file(form: str) -> Response:
    """Give the table of completeness as a file."""
    read, kind = reading(), request.args.get("kind") or KINDS[0]
    _whole, rows = counted(read, kind)
    return download(ledger_list.progress_sheet(read, kind, query.read(request.args), rows), form)


@bp.get("/firm/<path:key>")
@asks()
def show(key: str) -> str:
    """Show the ledger of one firm: the four clears, how it stands and why, its steps, the form for the next one."""
    return _firm(key)


@bp.post("/firm/<path:key>")
def record(key: str) -> _Page:
    """Record a step of a firm; what is wrong is told field by field and nothing is recorded."""
    read, who = reading(), signed.account()
    _known(read, key)
    step, faults = recording.read(request.form)
    with session(write=True) as opened:
        before = recording.before(opened, key, read.survey.firms.loc[key])
        faults = faults or recording.check(step, before)
        if not faults and who is not None:
            sender = recording.Sender(str(who.id), str(who.name), "page")
            recording.record(opened, key, step, sender)
    if faults:
        return _firm(key, request.form, {fault.field: fault for fault in faults}), UNPROCESSABLE
    flash(_("已记下。"), "ok")
    return redirect(url_for("ledger.show", key=key))


def counted(read: Reading, kind: str) -> tuple[pd.Series | None, pd.DataFrame]:
    """Return the completeness of all firms that the request's filter leaves, and by place with its ``name``."""
    table = standings.table(read)[read.rows(query.read(request.args))]
    rows, whole = completeness(table, PLACES.get(kind, kind)), completeness(table)
    names = [read.name(kind, key) for key in rows.index]
    around = [read.around(kind, key) if key and kind in PLACES and kind != "county" else "" for key in rows.index]
    drawn = rows.assign(name=names, around=around)
    return (whole.loc["all"] if len(whole) else None), drawn


def query_text() -> str:
    """Return the request's conditions as one text, so that a form can say which list it was sent from."""
    return request.query_string.decode("ascii", "replace")


def _firm(key: str, form: Any = None, faults: dict[str, Any] | None = None) -> str:
    read = reading()
    _known(read, key)
    firm = standings.of_firm(read, key)
    with session() as opened:
        steps = store.steps.of_firms(opened, [key]).iloc[::-1]
        tasks = store.tasks.read(opened, scope(), open_only=False)
        people = hands.people(opened, scope())
    who = signed.account()
    return render_template(
        "ledger/firm.html", read=read, key=key, firm=firm, steps=steps, form=form or {}, faults=faults or {},
        following=following(str(firm["stage"])), worded=recording.worded, today=today(), clears=CLEARS,
        name=who.name if who else "", tasks=tasks[tasks["subject"].eq(key)], day=day(read), people=people,
    )  # fmt: skip


def _known(read: Reading, key: str) -> None:
    if key not in read.survey.firms.index:
        raise NotFoundError(f"no firm {key!r}")


@bp.app_template_global("ledger_url")
def ledger_url(kind: str | None = None, key: str = "", chosen: Any = None, **args: Any) -> str:
    """Return the address of the list behind a figure of the ledger: of one place, within a choice of firms."""
    within = query.write(chosen) if chosen is not None else {}
    if kind is not None:
        within[kind] = key or query.NOT_KNOWN
    return url_for("ledger.index", **{**within, **args})


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Let templates name measures and lists of codes."""
    return {"measure_name": ledger_list.measure_name, "title_of": title, "measures": MEASURES}
