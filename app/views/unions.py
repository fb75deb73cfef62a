"""Unions: the list with what each covers and when its term ends, and the page of one union."""

import pandas as pd
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app import ledger
from app.arguments import Allowed, asks, codes, counties, towns
from app.config import settings
from app.current import partial, reading
from app.downloads import download
from app.errors import NotFoundError
from app.labels import label
from app.links import union_filter
from app.listing import ordered, page
from app.query import NOT_KNOWN, words
from app.reading import Reading
from app.reports import union_list
from app.views import Nav
from geo.registry.identity import COUNTY_DIGITS

bp = Blueprint("unions", __name__, url_prefix="/unions")
nav = Nav(40, "unions.index", lazy_gettext("工会"))

LAYERS, STATES, DUE = ("basic", "federation"), ("in_force", "ended"), ("1",)
MOVES = ("founded", "ended")


def _towns() -> set[str]:
    return {*towns(), NOT_KNOWN}


CONDITIONS: dict[str, Allowed] = {
    "layer": LAYERS, "kind": codes("union_kind"), "county": counties, "town": _towns, "state": STATES, "due": DUE,
    "year": MOVES, "flag": codes("union_flag"),
}  # fmt: skip
"""What the list can be narrowed by, with the allowed values."""
SORTS = ("name", "kind", "county_code", "members", "covered_firms", "covered_workers", "approved_on", "term_end")


@bp.get("")
@asks("text", sort=SORTS, page=True, choices=CONDITIONS)
def index() -> str:
    """List the unions; htmx asks for the table alone."""
    read, sort = reading(), request.args.get("sort", "-covered_firms")
    rows = page(ordered(listed(read), sort, SORTS), request.args.get("page", 1, type=int), settings().page_size)
    template = "unions/table.html" if partial() else "unions/page.html"
    county, town = _where()
    return render_template(template, read=read, sort=sort, page=rows, county=county, town=town)


@bp.get("/list.<any(xlsx, csv):form>")
@asks("text", sort=SORTS, choices=CONDITIONS)
def export(form: str) -> Response:
    """Give the whole list as a file."""
    read, sort = reading(), request.args.get("sort", "-covered_firms")
    return download(union_list.sheet(read, asked(read), ordered(listed(read), sort, SORTS)), form)


@bp.get("/<path:key>")
@asks()
def show(key: str) -> str:
    """Show one union with the firms it covers and those its register lists."""
    read = reading()
    unions, links = ledger.table(read), read.survey.links
    if key not in unions.index:
        raise NotFoundError(f"no union {key!r}")
    union = unions.loc[key]
    return render_template(
        "unions/union.html", read=read, key=key, union=union, links=links[links["union_id"].eq(key)],
        members=read.firms(union_filter(key, str(union["kind"]))), roll=ledger.roll_of(read, key),
    )  # fmt: skip


def _where() -> tuple[str, str]:
    """Return county and town asked for, "" for any: a town alone names its county, one of another county is none."""
    county, town = request.args.get("county", ""), request.args.get("town", "")
    if not county and town and town != NOT_KNOWN:
        return town[:COUNTY_DIGITS], town
    return county, town if town == NOT_KNOWN or town.startswith(county) else ""


def asked(read: Reading) -> list[tuple[str, str]]:
    """Return the request's conditions in words, name and value."""
    args = request.args
    county, town = _where()
    told = [
        (_("工会名称"), words(args.get("text", ""))),
        (_("层次"), {"basic": _("基层工会"), "federation": _("联合会")}.get(args.get("layer", ""), "")),
        (_("工会类型"), label("union_kind", args["kind"]) if args.get("kind") else ""),
        (_("县（市、区）"), _("未知") if county == NOT_KNOWN else read.name("county", county)),
        (_("状态"), {"in_force": _("在册"), "ended": _("已终止")}.get(args.get("state", ""), "")),
        (_("换届"), _("届期已满") if args.get("due") else ""),
        (_("镇（街道）"), _("未知") if town == NOT_KNOWN else read.name("town", town)),
        (_("本统计年度"), {"founded": _("新建"), "ended": _("终止")}.get(args.get("year", ""), "")),
        (_("核对提示"), label("union_flag", args["flag"]) if args.get("flag") else ""),
    ]
    return [(name, value) for name, value in told if value]


def listed(read: Reading) -> pd.DataFrame:
    """Return the unions that meet the request's conditions: kind, county, state, term due, words of the name."""
    table, args = ledger.table(read), request.args
    keep = pd.Series(data=True, index=table.index)
    county, town = _where()
    for value, column in ((args.get("kind"), "kind"), (county, "county_code"), (town, "town_code")):
        if value:
            keep &= table[column].isna() if value == NOT_KNOWN else table[column].eq(value).fillna(False)
    if args.get("state") in STATES:
        keep &= table["in_force"].astype(bool) == (args["state"] == "in_force")
    if args.get("layer") in LAYERS:
        keep &= table["kind"].eq("federation") == (args["layer"] == "federation")
    if args.get("due"):
        keep &= (table["term_end"] <= pd.Timestamp(read.on)).fillna(False) & table["in_force"].astype(bool)
    if args.get("flag"):
        keep &= table["flags"].map(lambda flags: args["flag"] in flags).astype(bool)
    if args.get("year") in MOVES:
        keep &= read.moves()[args["year"]]
    for word in words(args.get("text", "")).split():
        keep &= table["name"].str.contains(word, case=False, regex=False, na=False)
    return table[keep]
