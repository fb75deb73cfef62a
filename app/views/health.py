"""The health of what exists: unions due for an election, without bodies, grades or staff; firms won first."""

import pandas as pd
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app import ledger
from app.arguments import Allowed, asks, counties
from app.config import settings
from app.current import partial, reading, scope
from app.db import session
from app.downloads import download
from app.labels import label
from app.ledger_desk import hands, standings
from app.listing import ordered, page
from app.query import NOT_KNOWN
from app.reading import Reading
from app.reports import health_list
from app.views import Nav
from geo.gaps import KINDS
from geo.health import CHECKS, counted, examine, won_first
from geo.ledger import shown

bp = Blueprint("health", __name__, url_prefix="/health")
nav = Nav(41, "health.index", lazy_gettext("工会体检"), "work")

MONTHS = 6
CONDITIONS: dict[str, Allowed] = {"check": CHECKS, "answer": ("unknown",), "county": counties}
SORTS = ("name", "county_code", "term_end", "members", "covered_workers")
PARTY_KINDS = ("building", "zone", "market", "town")
TOP = 8


@bp.get("")
@asks(sort=SORTS, page=True, choices=CONDITIONS)
def index() -> str:
    """Show what each check finds, the unions of one of them, and the firms and places that are won first."""
    read, check = reading(), request.args.get("check") or CHECKS[0]
    every = examined(read)
    rows = page(
        ordered(listed(every), request.args.get("sort", "term_end"), SORTS),
        request.args.get("page", 1, type=int), settings().page_size,
    )  # fmt: skip
    with session() as opened:
        people, teams = hands.people(opened, scope()), hands.teams(opened, scope())
    due = standings.table(read)
    due = due[shown(due, "due").to_numpy(dtype=bool)]
    party = {kind: won_first(due, KINDS[kind]).head(TOP) for kind in PARTY_KINDS}
    return render_template(
        "health/table.html" if partial() else "health/page.html", read=read, check=check, checks=CHECKS,
        totals=counted(of_county(every)[list(CHECKS)]), page=rows, people=people, teams=teams, party=party,
        sort=request.args.get("sort", "term_end"), won=int(due["party_org"].eq(other=True).sum()),
        party_unknown=int(due["party_org"].isna().sum()), months=MONTHS,
    )  # fmt: skip


@bp.get("/list.<any(xlsx, csv):form>")
@asks(sort=SORTS, choices=CONDITIONS)
def export(form: str) -> Response:
    """Give the unions of one check as a file."""
    read, check = reading(), request.args.get("check") or CHECKS[0]
    rows = ordered(listed(examined(read)), request.args.get("sort", "term_end"), SORTS)
    county = request.args.get("county", "")
    asked = [(_("检查"), label("union_check", check))]
    asked += [(_("答案"), _("未知"))] if request.args.get("answer") else []
    asked += [(_("县（市、区）"), read.name("county", county) or _("未知"))] if county else []
    return download(health_list.sheet(read, check, rows, asked), form)


def examined(read: Reading) -> pd.DataFrame:
    """Return the unions examined with the register's columns and an answer a check; kept while the survey lasts."""

    def made() -> pd.DataFrame:
        found = examine(read.survey.unions, read.survey.firms, on=read.on, months=MONTHS)
        return ledger.table(read).loc[found.index].join(found)

    return read.kept.get("health", made)


def of_county(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the county that the request asks for."""
    county = request.args.get("county", "")
    if not county:
        return table
    here = table["county_code"].isna() if county == NOT_KNOWN else table["county_code"].eq(county).fillna(value=False)
    return table[here]


def listed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the unions that the request's check is true of, or of which it is not known."""
    check, table = request.args.get("check") or CHECKS[0], of_county(table)
    if request.args.get("answer") == "unknown":
        return table[table[check].isna()]
    return table[table[check].fillna(value=False).astype(bool)]
