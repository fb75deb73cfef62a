"""Where a federation over existing unions may be offered (二次覆盖): the list and its file."""

import pandas as pd
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.arguments import Allowed, asks, counties
from app.config import settings
from app.current import reading
from app.downloads import download
from app.listing import page
from app.reading import Reading
from app.reports import federation_list
from app.suggesting import federations
from geo.joint.federations import KINDS

bp = Blueprint("federations", __name__, url_prefix="/federations")

CONDITIONS: dict[str, Allowed] = {"kind": KINDS, "county": counties}


@bp.get("")
@asks(page=True, choices=CONDITIONS)
def index() -> str:
    """List the places with so many unions that a federation over them may be offered."""
    read = reading()
    return render_template(
        "suggestions/federations.html", read=read, kinds=KINDS, least=read.survey.joint.federation_from,
        total=read.total(), page=page(_chosen(read), request.args.get("page", 1, type=int), settings().page_size),
    )  # fmt: skip


@bp.get("/list.<any(xlsx, csv):form>")
@asks(choices=CONDITIONS)
def export(form: str) -> Response:
    """Give the list as a file."""
    read, county = reading(), request.args.get("county", "")
    asked = [(_("县（市、区）"), read.name("county", county))] if county else []
    return download(federation_list.sheet(read, asked, _chosen(read)), form)


def _chosen(read: Reading) -> pd.DataFrame:
    found = federations.listed(read)
    for name, column in (("kind", "kind"), ("county", "county_code")):
        if request.args.get(name):
            found = found[found[column].eq(request.args[name]).fillna(value=False)]
    return found
