"""Gap lists: places of a kind ranked by the firms without a union, each opening its firms."""

import pandas as pd
from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext

from app import query
from app.arguments import asks
from app.config import settings
from app.current import partial, reading
from app.downloads import download
from app.listing import ordered, page
from app.maps import positions, scene
from app.reading import DIVISION_KINDS, Reading
from app.reports import rankings
from app.views import Nav
from geo.coverage import UNPLACED

bp = Blueprint("gaps", __name__, url_prefix="/gaps")
nav = Nav(30, "gaps.index", lazy_gettext("空白点"))

KINDS = ("building", "market", "zone", "street", "village", "town", "county", "sector")
SORTS = ("name", "eligible", "covered", "gap", "gap_workers", "gap_25", "without_own_25", "rate", "unlocated")


@bp.get("")
@asks(filters=True, sort=SORTS, page=True, choices={"kind": KINDS})
def index() -> str:
    """List the places of a kind; htmx asks for the table alone."""
    read, kind, chosen = reading(), kind_asked(), query.read(request.args)
    sort = request.args.get("sort", "-gap")
    table, hidden = ranked(read, kind, sort)
    rows = page(table, request.args.get("page", 1, type=int), settings().page_size)
    template = "gaps/table.html" if partial() else "gaps/page.html"
    return render_template(
        template,
        read=read,
        kind=kind,
        kinds=KINDS,
        chosen=chosen,
        sort=sort,
        page=rows,
        hidden=hidden,
        total=read.total(chosen),
    )


@bp.get("/list.<any(xlsx, csv):form>")
@asks(filters=True, sort=SORTS, choices={"kind": KINDS})
def export(form: str) -> Response:
    """Give the whole ranking as a file."""
    read, kind = reading(), kind_asked()
    table, _hidden = ranked(read, kind, request.args.get("sort", "-gap"))
    return download(rankings.sheet(read, kind, query.read(request.args), table), form)


def kind_asked() -> str:
    """Return the kind of place asked for, buildings if none."""
    return request.args.get("kind") or KINDS[0]


def ranked(read: Reading, kind: str, sort: str) -> tuple[pd.DataFrame, int]:
    """Return the places of a kind within the filter of the request, in the order asked for, unplaced last.

    Whoever chose firms looks for gaps among them: places without one are left out then; their number is returned too.
    """
    chosen = query.read(request.args)
    every = read.ranking(kind, chosen)
    if kind in DIVISION_KINDS:  # a division without a position of its own is drawn amid what lies in it
        spots = positions.points(scene.of(read), kind)["lon"]
        every = every.assign(drawn=spots.reindex(every.index).notna())
    table = every[every["gap"].gt(0)] if chosen.conditions() else every
    table = ordered(table.assign(last=table.index == UNPLACED), sort, SORTS)
    return table.sort_values("last", kind="stable"), len(every) - len(table)
