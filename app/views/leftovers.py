"""Firms that no suggestion takes in: each with its reason and the figures that prove it."""

import pandas as pd
from flask import Blueprint, Response, render_template, request

from app import query
from app.arguments import asks
from app.config import settings
from app.current import partial, reading
from app.downloads import download
from app.listing import ordered, page
from app.reading import Reading
from app.reports import leftover_list
from app.reports.notes import conditions
from app.suggesting import explanations
from geo.gaps import Filter

bp = Blueprint("leftovers", __name__, url_prefix="/leftovers")

SORTS = ("name", "workers", "county_code", "left_because")


@bp.get("")
@asks(filters=True, sort=SORTS, page=True)
def index() -> str:
    """List the firms left over; htmx asks for the table alone."""
    read, chosen = reading(), query.read(request.args)
    sort = request.args.get("sort", "-workers")
    table = ordered(left(read, chosen), sort, SORTS)
    rows = page(table, request.args.get("page", 1, type=int), settings().page_size)
    codes = left(read, chosen.but(left=()))["left_because"].value_counts().sort_index()
    return render_template(
        "leftovers/table.html" if partial() else "leftovers/page.html", read=read, chosen=chosen, sort=sort, page=rows,
        codes=codes, total=read.total(chosen), conditions=conditions(read, chosen.but(left=())),
        proofs=explanations.proofs(read, [str(key) for key in rows.rows.index]),
        each=read.survey.joint.workers_if_unknown,
    )  # fmt: skip


@bp.get("/list.<any(xlsx, csv):form>")
@asks(filters=True, sort=SORTS)
def export(form: str) -> Response:
    """Give the whole list as a file."""
    read, chosen = reading(), query.read(request.args)
    table = ordered(left(read, chosen), request.args.get("sort", "-workers"), SORTS)
    return download(leftover_list.sheet(read, chosen, table), form)


@bp.app_template_global("left_proof")
def left_proof(read: Reading, key: str) -> str:
    """Return why one firm is left over, for pages of a firm."""
    return explanations.proof(read, key)


def left(read: Reading, chosen: Filter) -> pd.DataFrame:
    """Return the firms of a choice that no suggestion takes in."""
    firms = read.firms(chosen)
    return firms[firms["left_because"].notna()]
