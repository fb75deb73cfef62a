"""The health of what exists: unions due for an election, without bodies, grades or staff; firms won first."""

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.arguments import Allowed, asks, counties
from app.config import settings
from app.current import partial, reading, scope
from app.db import session
from app.downloads import download
from app.ledger_desk import checked, hands
from app.ledger_desk.checked import ANY, MONTHS
from app.listing import ordered, page
from app.maps import ailing
from app.maps.ailing import Layer
from app.reports import health_list
from app.views import Nav
from geo.gaps import KINDS
from geo.health import CHECKS, counted, won_first

bp = Blueprint("health", __name__, url_prefix="/health")
nav = Nav(41, "health.index", lazy_gettext("工会体检"), "work")

CONDITIONS: dict[str, Allowed] = {"check": (ANY, *CHECKS), "answer": ("unknown",), "county": counties}
SORTS = ("name", "county_code", "term_end", "members", "covered_workers")
PARTY_KINDS = ("building", "zone", "market", "town")
TOP = 8


@bp.get("")
@asks("spot", sort=SORTS, page=True, choices=CONDITIONS)
def index() -> str:
    """Show what each check finds, the unions of one of them, and the firms and places that are won first."""
    read, check, sort = reading(), request.args.get("check") or CHECKS[0], request.args.get("sort", "term_end")
    rows = ordered(checked.listed(read, request.args, check), sort, SORTS)
    with session() as opened:
        people, teams = hands.people(opened, scope()), hands.teams(opened, scope())
    due, every = checked.due_firms(read), checked.of_place(checked.examined(read), request.args)
    party = {kind: won_first(due, KINDS[kind]).head(TOP) for kind in PARTY_KINDS}
    return render_template(
        "health/table.html" if partial() else "health/page.html", read=read, check=check, checks=CHECKS,
        totals=counted(every[list(CHECKS)]), people=people, teams=teams, party=party, sort=sort,
        page=page(rows, request.args.get("page", 1, type=int), settings().page_size), any=ANY, said=checked.said,
        spot=checked.spot_name(read, request.args.get("spot", "")), won=int(due["party_org"].eq(other=True).sum()),
        party_unknown=int(due["party_org"].isna().sum()), months=MONTHS,
    )  # fmt: skip


@bp.get("/map")
@asks(choices={"check": (ANY, *CHECKS), "county": counties})
def show_map() -> str:
    """Show ailing unions and firms with a party organisation and no union on a map; each circle opens its list."""
    read, check = reading(), request.args.get("check") or ANY
    unions, firms = (checked.spots_of_unions(read, request.args, check), checked.spots_of_firms(read, request.args))
    layers = [
        Layer("unions", checked.said(check), _("个"), ailing.UNIONS, unions),
        Layer("party", _("有党组织、没有工会"), _("家"), ailing.PARTY, firms),
    ]
    return render_template(
        "health/map.html", read=read, check=check, any=ANY, layers=layers, name_of=ailing.name_of, top=2 * TOP,
        part=ailing.draw(read, layers, label=_("工会体检和党建带工建的地图；同样内容见旁边的清单")),
    )  # fmt: skip


@bp.get("/list.<any(xlsx, csv):form>")
@asks("spot", sort=SORTS, choices=CONDITIONS)
def export(form: str) -> Response:
    """Give the unions of one check as a file."""
    read, check = reading(), request.args.get("check") or CHECKS[0]
    rows = ordered(checked.listed(read, request.args, check), request.args.get("sort", "term_end"), SORTS)
    county, spot = request.args.get("county", ""), checked.spot_name(read, request.args.get("spot", ""))
    asked = [(_("检查"), checked.said(check))]
    asked += [(_("答案"), _("未知"))] if request.args.get("answer") else []
    asked += [(_("县（市、区）"), read.name("county", county) or _("未知"))] if county else []
    asked += [(_("地点"), spot)] if spot else []
    return download(health_list.sheet(read, checked.said(check), rows, asked), form)
