"""Workbooks for visits: the gap list of any place to take along, all parks at once, and the filled ones back."""

import tempfile
from pathlib import Path

import pandas as pd
from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import query, reviewer, runs
from app.arguments import asks
from app.auth import signed
from app.config import settings
from app.current import reading, scope
from app.db import session
from app.downloads import download, mark, send
from app.errors import NotFoundError
from app.labels import refusal_text
from app.ledger_desk import recording, returned, standings, visits
from app.ledger_desk.days import day
from app.listing import page
from app.models import Run
from app.reading import Reading
from app.reports import pages, visit
from app.reports.site_map import picture
from app.views import Nav
from geo.coverage import UNPLACED
from geo.errors import FileRefused
from geo.gaps import KINDS, PRIORITIES, Filter, walk
from geo.ledger import completeness

bp = Blueprint("visits", __name__, url_prefix="/visits")
nav = Nav(35, "visits.index", lazy_gettext("走访表"), "work")

OFFERED = ("zone", "building", "market", "street", "town", "village", "county", "sector", "priority")
PACKS = 8
_Page = str | Redirect


@bp.get("")
@asks(page=True, choices={"kind": OFFERED})
def index() -> str:
    """Offer the workbook of each place of a kind, all of them at once, and the way back for filled ones."""
    return _page()


@bp.get("/list.<any(xlsx, csv, pdf):form>")
@asks("shape", filters=True, choices=standings.CONDITIONS)
def export(form: str) -> Response:
    """Give the firms of any choice in the order of a walk: a workbook to fill in, a table, or pages to print."""
    read, chosen = reading(), query.read(request.args)
    rows = standings.listed(read, request.args)
    taken = mark(reviewer.name())
    if form == "xlsx":
        name, body = visits.book(read, chosen, rows, taken)
        return send(body, name, form)
    rows, place = walk(rows), visits.place_name(read, chosen)
    made = visit.sheet(read, chosen, rows, place, taken)
    if form == "csv":
        return download(made, form)
    drawn = picture(read, chosen, rows, place or read.city()) if len(rows) else None
    return send(pages.pdf(made, drawn), made.name, form)


@bp.post("/pack")
def pack() -> Redirect:
    """Put in line the workbooks of all places of a kind, as one zip."""
    kind = request.form.get("kind", "zone")
    if kind not in visits.PACKED:
        raise NotFoundError(f"no pack of {kind!r}")
    asked = {"county": scope().county_code, "kind": kind, "mark": mark(reviewer.name())}
    with session(write=True) as opened:
        runs.enqueue(opened, runs.Order(visits.KIND, asked))
    runs.wake()
    flash(_("正在逐个做走访表，做好后在本页下载。"), "ok")
    return redirect(url_for("visits.index", _anchor="packs"))


@bp.get("/packs")
@asks()
def packs() -> str:
    """Show the packs of the area with their progress; htmx asks for it while one goes on."""
    return render_template("visits/packs.html", packs=_packs())


@bp.get("/pack/<key>.zip")
@asks()
def packed(key: str) -> Response:
    """Give the zip of a pack of one's own area."""
    path = visits.file_of(key)
    if key not in {run.key for run in _packs()} or not path.is_file():
        raise NotFoundError(f"no pack {key!r}")
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=f"{key}.zip")


@bp.post("/return")
def take_back() -> _Page:
    """Read a filled workbook, record what it says, and show what became of every row and cell."""
    file, who = request.files.get("file"), signed.account()
    if file is None or not file.filename or who is None:
        flash(_("请选填好的走访表。"), "warn")
        return redirect(url_for("visits.index", _anchor="return"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visit.xlsx"
        file.save(path)
        try:
            with session(write=True) as opened:
                sender = recording.Sender(str(who.id), str(who.name), "workbook")
                report = returned.take(opened, path, reading(), sender)
        except FileRefused as error:
            flash(_("没有导入：%(why)s", why=refusal_text(error.code, error.detail)), "bad")
            return redirect(url_for("visits.index", _anchor="return"))
    because = standings.table(reading())["because"]
    report.against = [(change.key, because[change.key]) for change in report.changes if because[change.key]]
    return _page(report, file.filename[-80:])


def _page(report: returned.Report | None = None, filename: str = "") -> str:
    read, kind = reading(), request.args.get("kind") or OFFERED[0]
    rows = _offered(read, kind)
    around = [read.around(kind, key) if kind in KINDS and kind != "county" else "" for key in rows.index]
    rows = rows.assign(name=[read.name(kind, key) for key in rows.index], around=around)
    return render_template(
        "visits/page.html", read=read, kind=kind, kinds=OFFERED, report=report, filename=filename, packs=_packs(),
        page=page(rows, request.args.get("page", 1, type=int), settings().page_size), packed=visits.PACKED,
        worded=recording.worded, day=day(read),
    )  # fmt: skip


def _offered(read: Reading, kind: str) -> pd.DataFrame:
    """Return how complete the ledger is by the places of a kind, by industry, or by priority type."""
    table = standings.table(read)
    if kind != "priority":
        rows = completeness(table, KINDS.get(kind, kind))
        return rows[rows.index != UNPLACED]
    parts = {code: completeness(table[read.rows(Filter(priority=(code,)))]) for code in PRIORITIES}
    told = [part.rename(index={"all": code}) for code, part in parts.items() if len(part)]
    return pd.concat(told) if told else completeness(table).iloc[:0]


def _packs() -> list[Run]:
    with session() as opened:
        found = runs.latest(opened, kind=visits.KIND, limit=40)
    return [run for run in found if run.params.get("county") == scope().county_code][:PACKS]
