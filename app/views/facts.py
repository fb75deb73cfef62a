"""What the registry taught: names with their counties, each with the addresses behind it; a person rules on them."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import learned, reviewer, reviewing, store
from app.arguments import Allowed, asks, codes, counties
from app.config import settings
from app.current import partial, reading, scope
from app.db import session
from app.errors import NotFoundError
from app.listing import ordered, page
from app.reading import Reading
from app.views import Nav
from geo.review import rule

bp = Blueprint("facts", __name__, url_prefix="/facts")
nav = Nav(56, "facts.index", lazy_gettext("自学地名"), "data")

SORTS = ("name", "kind", "county_code", "mentions", "support", "counties", "state")
MOST_FIRMS = 100
ANY = "any"
"""State of a name that a person said anything of."""
LEAST = ("2", "5", "20")
"""Numbers of addresses from which a name can be asked for."""


def _states() -> set[str]:
    return {ANY, *codes("fact_state")()}


CONDITIONS: dict[str, Allowed] = {"kind": codes("fact_kind"), "county": counties, "state": _states, "least": LEAST}


@bp.get("")
@asks("text", sort=SORTS, page=True, choices=CONDITIONS)
def index() -> str:
    """List learned names; htmx asks for the table alone."""
    read, sort = reading(), request.args.get("sort", "-mentions")
    every = _table(read)
    found = learned.chosen(every, request.args)
    rows = page(ordered(found, sort, SORTS), request.args.get("page", 1, type=int), settings().page_size)
    template = "facts/table.html" if partial() else "facts/page.html"
    return render_template(template, read=read, page=rows, sort=sort, every=every, total=len(found))


@bp.get("/<path:key>")
@asks("q")
def show(key: str) -> str:
    """Show a learned name: counts, counties, registers, addresses, and what was decided on it."""
    read = reading()
    fact = _fact(read, key)
    firms = learned.firms(read, fact)
    every = _table(read)
    others = every[every["kind"].eq(fact["kind"]) & every["name"].eq(fact["name"]) & (every.index != key)]
    asked = request.args.get("q", "")[:40]
    return render_template(
        "facts/fact.html", read=read, key=key, fact=fact, firms=firms, others=others, shown=firms.head(MOST_FIRMS),
        sources=learned.sources(firms), reviewer=reviewer.name(), asked=asked, found=_found(read, fact, asked),
        cut=[reviewing.pieces(read, firm) for firm in firms.head(MOST_FIRMS).index],
    )  # fmt: skip


@bp.post("/<path:key>")
def decide(key: str) -> Redirect:
    """Record what a person says of a name, or take it back (``act=undo``)."""
    read = reading()
    fact = _fact(read, key)
    act, target = _word()
    by = reviewer.name()
    if act == "undo":
        _withdraw(str(fact["decision"] or ""))
    elif made := rule(fact, act, target):
        with session(write=True) as opened:
            store.decisions.record(opened, made, by=by, at=datetime.now(UTC))
        flash(_("已记下，下一次计算采用。"), "ok")
    else:
        flash(_("这个回答用不上"), "warn")
    return redirect(url_for("facts.show", key=key))


def _word() -> tuple[str, str]:
    """Return what a person says of a name, and the place, county or kind that it names."""
    for act in ("same", "retype"):
        if request.form.get(act):
            return act, request.form[act]
    return request.form.get("act", ""), request.form.get("target", "")


def _withdraw(decision: str) -> None:
    with session(write=True) as opened:
        count = reviewer.withdraw(opened, store.decisions.act_of(decision), scope())
    flash(_("已撤回。") if count else _("没有可以撤回的决定。"), "ok" if count else "warn")


def _table(read: Reading) -> pd.DataFrame:
    with session() as opened:
        decisions = store.read(opened, "decisions", scope())
    return learned.table(read, decisions)


def _fact(read: Reading, key: str) -> pd.Series:
    table = _table(read)
    if key not in table.index:
        raise NotFoundError(f"no learned name {key!r}")
    return table.loc[key]


def _found(read: Reading, fact: pd.Series, asked: str) -> list[tuple[str, str, str]]:
    """Return places and divisions that a name may be the same as."""
    subject = fact["place_id"] if isinstance(fact["place_id"], str) else ""
    known: list[tuple[str, str, str]] = reviewing.places_named(
        read, asked, county=str(fact["county_code"]), but=subject
    )
    return known


@bp.app_template_global("other_kind")
def other_kind(place_id: Any) -> str:
    """Return what a learned building may also be, and a market; "" for anything else."""
    kind = str(place_id).partition(":")[0]
    return {"building": "market", "market": "building"}.get(kind, "")
