"""Unions: the list with what each covers and when its term ends, and the page of one union."""

import pandas as pd
from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext

from app.config import settings
from app.current import partial, reading
from app.errors import NotFoundError
from app.listing import ordered, page
from app.query import NOT_KNOWN
from app.reading import Reading
from app.views import Nav
from geo.gaps import Filter

bp = Blueprint("unions", __name__, url_prefix="/unions")
nav = Nav(40, "unions.index", lazy_gettext("工会"))

SORTS = ("name", "kind", "county_code", "members", "covered_firms", "covered_workers", "approved_on", "term_end")


@bp.get("")
def index() -> str:
    """List the unions; htmx asks for the table alone."""
    read, sort = reading(), request.args.get("sort", "-covered_firms")
    rows = page(ordered(listed(read), sort, SORTS), request.args.get("page", 1, type=int), settings().page_size)
    template = "unions/table.html" if partial() else "unions/page.html"
    return render_template(template, read=read, sort=sort, page=rows, total=read.total())


@bp.get("/<path:key>")
def show(key: str) -> str:
    """Show one union with the firms it covers and those its register lists."""
    read = reading()
    if key not in read.survey.unions.index:
        raise NotFoundError(f"no union {key!r}")
    links = read.survey.links
    return render_template(
        "unions/union.html", read=read, key=key, union=read.survey.unions.loc[key],
        members=read.firms(Filter(union=(key,))), links=links[links["union_id"].eq(key)],
    )  # fmt: skip


def listed(read: Reading) -> pd.DataFrame:
    """Return the unions that meet the request's conditions: kind, county, state, term due, words of the name."""
    table, args = read.survey.unions, request.args
    keep = pd.Series(data=True, index=table.index)
    for name, column in (("kind", "kind"), ("county", "county_code")):
        if args.get(name):
            keep &= table[column].isna() if args[name] == NOT_KNOWN else table[column].eq(args[name]).fillna(False)
    if args.get("state") in ("in_force", "ended"):
        keep &= table["in_force"].astype(bool) == (args["state"] == "in_force")
    if args.get("layer") in ("basic", "federation"):
        keep &= table["kind"].eq("federation") == (args["layer"] == "federation")
    if args.get("due"):
        keep &= (table["term_end"] <= pd.Timestamp(read.on)).fillna(False) & table["in_force"].astype(bool)
    for word in args.get("text", "").split():
        keep &= table["name"].str.contains(word, case=False, regex=False, na=False)
    return table[keep]
