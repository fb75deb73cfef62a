"""Firms: the list behind every figure, and the page of one firm with everything known of it and why."""

import pandas as pd
from flask import Blueprint, Response, render_template, request

from app import query, store
from app.arguments import asks
from app.config import settings
from app.current import partial, reading
from app.db import session
from app.downloads import download
from app.errors import NotFoundError
from app.listing import ordered, page
from app.maps import locator
from app.reading import Reading
from app.reports import gap_list
from app.reports.notes import conditions
from geo.gaps import Filter, walk
from geo.registry import ESTIMATED

bp = Blueprint("firms", __name__, url_prefix="/firms")

SORTS = ("name", "workers", "county_code", "building", "street", "sector", "primary", "level", "established")


@bp.get("")
@asks(filters=True, sort=SORTS, page=True)
def index() -> str:
    """List the firms of a choice; htmx asks for the table alone."""
    read, chosen = reading(), query.read(request.args)
    sort = request.args.get("sort", "")
    rows = page(listed(read, chosen, sort), request.args.get("page", 1, type=int), settings().page_size)
    template = "firms/table.html" if partial() else "firms/page.html"
    return render_template(
        template, read=read, chosen=chosen, conditions=conditions(read, chosen), sort=sort, page=rows,
        total=read.total(chosen),
    )  # fmt: skip


@bp.get("/list.<any(xlsx, csv):form>")
@asks(filters=True, sort=SORTS)
def export(form: str) -> Response:
    """Give the whole list as a file, in the order of a visit unless another one was chosen."""
    read, chosen = reading(), query.read(request.args)
    sort = request.args.get("sort", "")
    table = ordered(read.firms(chosen), sort, SORTS) if sort else walk(read.firms(chosen))
    return download(gap_list.sheet(read, chosen, table), form)


@bp.get("/<path:key>")
@asks()
def show(key: str) -> str:
    """Show one firm: register, place with its evidence, coverage, legal path, suggestion."""
    read = reading()
    if key not in read.survey.firms.index:
        raise NotFoundError(f"no firm {key!r}")
    firm = read.survey.firms.loc[key]
    return render_template(
        "firms/firm.html", read=read, key=key, firm=firm, part=locator.firm(read, key), estimated=_estimated(read, key)
    )


def _estimated(read: Reading, key: str) -> bool:
    """Return whether the register gave no exact number of workers (约20, 20-30)."""
    with session() as opened:
        basis = store.headcounts.basis(opened, "enterprise", key, read.on)
    return basis is not None and basis.startswith(ESTIMATED)


def listed(read: Reading, chosen: Filter, sort: str) -> pd.DataFrame:
    """Return the firms of a choice in the order asked for; by default the largest first."""
    return ordered(read.firms(chosen), sort or "-workers", SORTS)
