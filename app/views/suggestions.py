"""Suggested first joint unions: the list, and why each."""

import pandas as pd
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.arguments import Allowed, asks, codes, counties
from app.config import settings
from app.current import partial, reading
from app.downloads import download
from app.errors import NotFoundError
from app.labels import label
from app.listing import ordered, page
from app.maps import locator
from app.reading import Reading
from app.reports import suggestion_list
from app.views import Nav
from geo.coverage import UNPLACED
from geo.gaps import Filter

bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")
nav = Nav(50, "suggestions.index", lazy_gettext("组建建议"))

CONDITIONS: dict[str, Allowed] = {"kind": codes("group_kind"), "county": counties}
SORTS = ("name", "kind", "county_code", "firms", "workers")


@bp.get("")
@asks(sort=SORTS, page=True, choices=CONDITIONS)
def index() -> str:
    """List the suggested unions; htmx asks for the table alone."""
    read, sort = reading(), request.args.get("sort", "-firms")
    groups = listed(read)
    rows = page(ordered(groups, sort, SORTS), request.args.get("page", 1, type=int), settings().page_size)
    known = {
        "read": read,
        "sort": sort,
        "page": rows,
        "groups": groups,
        "total": read.total(),
        "grouped": grouped(read, groups),
    }
    if partial():
        return render_template("suggestions/table.html", **known)
    return render_template("suggestions/page.html", **known, part=locator.groups(read, groups))


@bp.get("/list.<any(xlsx, csv):form>")
@asks(sort=SORTS, choices=CONDITIONS)
def export(form: str) -> Response:
    """Give the whole list as a file."""
    read, args = reading(), request.args
    asked = [(_("形式"), label("group_kind", args["kind"]))] if args.get("kind") else []
    asked += [(_("县（市、区）"), read.name("county", args["county"]))] if args.get("county") else []
    table = ordered(listed(read), args.get("sort", "-firms"), SORTS)
    return download(suggestion_list.sheet(read, asked, table), form)


@bp.get("/<path:key>")
@asks()
def show(key: str) -> str:
    """Show one suggested union: members, reasons, cautions, effect on the rate."""
    read = reading()
    if key not in read.survey.groups.index:
        raise NotFoundError(f"no suggestion {key!r}")
    group = read.survey.groups.loc[key]
    members = read.firms(Filter(group=(key,)))
    return render_template(
        "suggestions/group.html", read=read, key=key, group=group, members=members, total=read.total(),
        part=locator.group(read, key), undotted=int((~locator.dotted(members)).sum()),
    )  # fmt: skip


def grouped(read: Reading, groups: pd.DataFrame) -> Filter | None:
    """Return the choice of the firms that the groups listed reach; None where no filter says just these."""
    chosen = Filter(gap=True, left=(UNPLACED,), size=("under_25", "unknown"))
    if request.args.get("county"):
        chosen = chosen.but(county=(request.args["county"],))
    return chosen if len(read.firms(chosen)) == groups["firms"].sum() else None


def listed(read: Reading) -> pd.DataFrame:
    """Return the groups that meet the request's conditions: kind and county."""
    groups, args = read.survey.groups, request.args
    keep = pd.Series(data=True, index=groups.index)
    for name, column in (("kind", "kind"), ("county", "county_code")):
        if args.get(name):
            keep &= groups[column].eq(args[name]).fillna(False)
    return groups[keep]
