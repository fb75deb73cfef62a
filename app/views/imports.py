"""Imports: upload, match the columns, look at what would happen, import, take back."""

import io
from dataclasses import replace
from datetime import date
from functools import partial as partial_of
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import imports, runs, store
from app.arguments import asks
from app.auth import signed
from app.current import partial, scope
from app.db import current, session
from app.errors import NotFoundError
from app.i18n import language
from app.imports.opening import PREVIEW_ROWS, Opened, open_request, word_lists
from app.imports.stops import refuse_empty
from app.imports.templates import template_book
from app.imports.wording import GLOBALS, KINDS
from app.labels import label
from app.views import Nav
from geo.errors import AtlasError
from geo.registry import REJECT, SKIP, WARN, column_kind
from geo.registry.cells import show as cell_text

bp = Blueprint("imports", __name__, url_prefix="/imports")
nav = Nav(70, "imports.index", lazy_gettext("导入"), "data")

FORBIDDEN = 403
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 50
MOST_HELD = 20
"""Uploads of one account that wait at the same time."""
WEIGHTS = (REJECT, SKIP, WARN)
UNREAD = 10
"""Unread columns that are shown; where there are twice as many, the others are folded away."""
HELPED = frozenset(
    {"NO_HEADER", "NO_COLUMN", "UNKNOWN_SHEET", "UNKNOWN_LAYER", "UNKNOWN_COLUMN", "LAYER_CRS_MISSING", "LAYER_DATUM"}
)
"""Refusals that another header row, sheet or datum may mend."""
for function in GLOBALS:
    bp.add_app_template_global(function)

SOURCED = ("enterprises", "unions")
"""Registers whose source has to be named: what may be done with them depends on it (统计法 art. 28)."""


@bp.get("")
@asks(page=True)
def index() -> str:
    """Show the upload form and the imports so far; htmx asks for the list alone."""
    number = max(request.args.get("page", 1, type=int), 1)
    with session() as opened:
        batches = store.imports.latest(opened, scope(), limit=ROWS + 1, offset=(number - 1) * ROWS)
    template = "imports/list.html" if partial() else "imports/index.html"
    return render_template(
        template,
        batches=batches[:ROWS],
        more=len(batches) > ROWS,
        number=number,
        kinds=KINDS,
        held=imports.drafts.held(signed.login()),
    )


@bp.post("")
def upload() -> Redirect:
    """Hold an upload and go on to its columns."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("请先选择一个文件。"), "warn")
        return redirect(url_for("imports.index"))
    if len(imports.drafts.held(signed.login())) >= MOST_HELD:
        flash(_("还有 %(n)s 个上传的文件没有导入或放弃，请先处理。", n=MOST_HELD), "warn")
        return redirect(url_for("imports.index"))
    kind = request.form.get("kind", KINDS[0])
    if kind in SOURCED and not request.form.get("source", "").strip():
        flash(_("请写明名录来源：从哪里来、依据什么取得；普查单位资料不得使用（统计法）。"), "bad")
        return redirect(url_for("imports.index", kind=kind))
    draft = imports.drafts.keep(file.save, file.filename, _asked)
    return redirect(url_for("imports.draft", token=draft.token))


@bp.get("/draft/<token>")
def draft(token: str) -> str:
    """Show how the columns of an upload are read, and what its import would do once that is worked out."""
    found = _draft(token)
    with session() as opened:
        planned = runs.get(opened, found.planned, scope()) if found.planned else None
    if partial():
        return render_template("imports/state.html", draft=found, planned=planned)
    with session() as opened:
        content, refusal = _look(found, opened)
    return render_template(
        "imports/draft.html",
        draft=found,
        planned=planned,
        content=content,
        refusal=refusal,
        helped=content is not None or (refusal is not None and refusal.code in HELPED),
        sheets=[(name, name) for name in content.sheets] if content else [],
        columns=_columns(content) if content else [],
        fields=_fields(found.request),
    )


@bp.post("/draft/<token>")
def choose(token: str) -> Redirect:
    """Take the columns, sheet, header row and datum that a person chose, and work out what would happen if asked."""
    found = _draft(token)
    values = found.request.to_json()
    asked: dict[str, Any] = {name: request.form[name] or None for name in ("sheet", "datum") if name in request.form}
    header = request.form.get("header_row", "")
    asked["header_row"] = int(header) if header.isdigit() and int(header) else None
    asked |= _kind_chosen()
    if asked.get("kind") in SOURCED and not found.request.source:
        flash(_("请写明名录来源：从哪里来、依据什么取得；普查单位资料不得使用（统计法）。"), "bad")
        return redirect(url_for("imports.index", kind=asked["kind"]))
    moved = asked["header_row"] != values["header_row"] or asked.get("sheet") != (request.form.get("shown") or None)
    moved = moved or any(asked.get(name, values[name]) != values[name] for name in ("kind", "place_kind"))
    columns = {} if moved else _chosen_columns()
    found = imports.drafts.change(found, imports.Request.from_json({**values, **asked, "columns": columns}))
    if request.form.get("act") == "plan" and not moved:
        _plan(found)
        return redirect(url_for("imports.draft", token=token, _anchor="result"))
    return redirect(url_for("imports.draft", token=token))


def _kind_chosen() -> dict[str, str]:
    """Return what the file holds, where the form says it: who forgot to choose it need not upload it again."""
    kind, _colon, place_kind = request.form.get("kind", "").partition(":")
    return {"kind": kind, "place_kind": place_kind} if kind else {}


@bp.post("/draft/<token>/datum")
def change_datum(token: str) -> Redirect:
    """Read an upload in another datum, all else as chosen, and work out what would happen."""
    found = _draft(token)
    datum = request.form.get("datum", "")
    asked = imports.Request.from_json({**found.request.to_json(), "datum": datum, "datum_confirmed": False})
    _plan(imports.drafts.change(found, asked))
    return redirect(url_for("imports.draft", token=token, _anchor="result"))


def _order(kind: str, found: imports.drafts.Draft) -> runs.Order:
    told = {"token": found.token, "name": found.request.filename}
    return runs.Order(kind, told, county_code=found.request.county_code)


def _plan(found: imports.drafts.Draft) -> None:
    with session(write=True) as opened:
        order = _order(imports.work.PLAN, found)
        key = runs.enqueue(opened, order)
    imports.drafts.put(imports.drafts.Draft(found.token, found.request, key))
    runs.wake()


@bp.post("/draft/<token>/commit")
def commit(token: str) -> Redirect:
    """Put the import of an upload in line; one that failed can be asked for again."""
    found = _draft(token)
    with session(write=True) as opened:
        before = runs.get(opened, found.done, scope()) if found.done else None
        if before is not None and before.status != runs.FAILED:
            return redirect(url_for("runs.show", key=found.done))
        datum, outside = (bool(request.form.get(f"{what}_confirmed")) for what in ("datum", "outside"))
        asked = replace(found.request, datum_confirmed=datum, outside_confirmed=outside)
        order = _order(imports.work.IMPORT, found)
        key = runs.enqueue(opened, order)
    imports.drafts.put(imports.drafts.Draft(token, asked, found.planned, key))
    runs.wake()
    return redirect(url_for("runs.show", key=key))


@bp.post("/clear-sample")
def clear_sample() -> Redirect:
    """Take the sample city out, so that an office can go on with its own registers."""
    count = imports.clear_sample(current())
    flash(_("演示数据已清空（%(n)s 个文件）。", n=count), "ok")
    return redirect(url_for("imports.index"))


@bp.post("/draft/<token>/drop")
def drop(token: str) -> Redirect:
    """Give an upload up."""
    imports.drafts.drop(_draft(token).token)
    flash(_("已放弃，文件已删除，数据没有改动。"), "ok")
    return redirect(url_for("imports.index"))


@bp.get("/<key>")
@asks(page=True, choices={"severity": WEIGHTS})
def show(key: str) -> str:
    """Show what became of an import, with the rows that were not taken."""
    weight = request.args.get("severity", "")
    number = max(request.args.get("page", 1, type=int), 1)
    with session() as opened:
        batch = store.imports.get(opened, key, scope())
        if batch is None:
            raise NotFoundError(f"no import {key!r}")
        rows = store.imports.rows(opened, key, severity=weight or None, offset=(number - 1) * ROWS, limit=ROWS + 1)
        listed = [(row, imports.reasons(row)) for row in rows]
        outdated = store.surveys.outdated(opened)
    template = "imports/rows.html" if partial() else "imports/show.html"
    return render_template(
        template,
        batch=batch,
        rows=listed[:ROWS],
        more=len(listed) > ROWS,
        number=number,
        severity=weight,
        weights=WEIGHTS,
        outdated=outdated,
    )


@bp.post("/<key>/undo")
def undo(key: str) -> Redirect:
    """Take an import back."""
    with session() as opened:
        mine = store.imports.get(opened, key, scope())
        if mine is None:
            raise NotFoundError(f"no import {key!r}")
        if not may_undo(mine):
            abort(FORBIDDEN)
    imports.work.take_back(current(), key)
    runs.wake()
    with session() as opened:
        batch = store.imports.get(opened, key)
        assert batch is not None
        flash(_("已撤回：删除 %(a)s 条，恢复 %(b)s 条。", a=batch.new, b=batch.changed), "ok")
    flash(_("已排入任务，算完后各页自动更新。"), "ok")
    return redirect(url_for("imports.show", key=key))


@bp.get("/<key>/rejected.xlsx")
def rejected(key: str) -> Response:
    """Give the rows that were not taken as a workbook."""
    with session() as opened:
        batch = store.imports.get(opened, key, scope())
        if batch is None:
            raise NotFoundError(f"no import {key!r}")
        book, _count = imports.rejected_book(partial_of(imports.rows_of, opened, key))
    return _workbook(book, _("未导入的行_%(name)s", name=Path(batch.filename).stem))


@bp.get("/draft/<token>/rejected.xlsx")
def would_reject(token: str) -> Response:
    """Give the rows that the dry run found at fault as a workbook."""
    found = _draft(token)
    book, _count = imports.rejected_book(partial_of(imports.drafts.rows, token))
    return _workbook(book, _("问题行_%(name)s", name=Path(found.request.filename).stem))


@bp.get("/template/<kind>.xlsx")
def template(kind: str) -> Response:
    """Give an empty workbook with the columns of a kind."""
    if kind not in KINDS:
        raise NotFoundError(f"no kind {kind!r}")
    return _workbook(template_book(kind), label("import_kind", kind))


def _workbook(book: Any, name: str) -> Response:
    body = io.BytesIO()
    book.save(body)
    body.seek(0)
    answer = send_file(body, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"atlas.xlsx\"; filename*=UTF-8''{quote(name)}.xlsx"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(path: Path, name: str) -> imports.Request:
    kind, _colon, place_kind = request.form.get("kind", KINDS[0]).partition(":")
    day = request.form.get("source_date", "")
    return imports.Request(
        path,
        kind,
        place_kind,
        filename=name,
        source=request.form.get("source", "").strip() or None,
        source_date=date.fromisoformat(day) if day else None,
        datum=request.form.get("datum") or None,
        county_code=scope().county_code,
        user_key=signed.login(),
    )


def _draft(token: str) -> imports.drafts.Draft:
    """Return an upload: a county's account finds those it brought for that county."""
    found = imports.drafts.get(token)
    here = scope().county_code
    own = here, signed.login()
    if found is not None and here is not None and (found.request.county_code, found.request.user_key) != own:
        found = None
    if found is None:
        raise NotFoundError("the upload has been imported, given up, or deleted after a week")
    return found


def _look(found: imports.drafts.Draft, opened: Any) -> tuple[Opened | None, AtlasError | None]:
    try:
        content = open_request(found.request, opened)
        refuse_empty(content, len(content.preview()))
        return content, None
    except AtlasError as error:
        return None, error


def _columns(content: Opened) -> list[dict[str, Any]]:
    """Return each column with the field it is read as and some of its cells.

    Of many unread columns all but the first are ``folded`` and come last.
    """
    fields = {column: name for name, column in content.matching.columns.items()}
    first = content.preview()
    unread = [column for column in content.columns if column not in fields]
    folded = frozenset(unread[UNREAD:] if len(unread) > 2 * UNREAD else ())
    listed = []
    for column in sorted(content.columns, key=folded.__contains__):
        cells = [cell_text(cell) for cell in first[column]] if column in first else []
        seen = list(dict.fromkeys(text for text in cells if text))[:3]
        told = {"name": column, "field": fields.get(column, ""), "cells": seen, "of": PREVIEW_ROWS}
        listed.append({**told, "folded": column in folded})
    return listed


def _fields(asked: imports.Request) -> list[tuple[str, str]]:
    """Return the fields that a file of this kind may have, with what they are called."""
    names = word_lists().columns[column_kind(asked.kind, asked.place_kind)]
    if language() == "zh":
        return [(name, words[0]) for name, words in names.items()]
    return [(name, label("import_field", name)) for name in names]


def _chosen_columns() -> dict[str, str]:
    """Return field → column as the form has it; fields that no column has any more are left unread."""
    pairs = zip(request.form.getlist("column"), request.form.getlist("field"), strict=False)
    chosen = {name: column for column, name in pairs if name}
    before = request.form.get("before", "").split()
    return {**dict.fromkeys((name for name in before if name not in chosen), ""), **chosen}


@bp.app_template_global("may_confined")
def may_confined() -> bool:
    """Return whether only rows of one county are taken from the caller."""
    return scope().county_code is not None


@bp.app_template_global("may_undo")
def may_undo(batch: Any) -> bool:
    """Return whether the caller may take an import back: of a county's accounts, who imported it."""
    return scope().county_code is None or batch.user_key == signed.login()
