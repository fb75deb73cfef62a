"""The review queue: what a person should decide next, each answer an input of the next survey."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import reviewer, reviewing, spots, store
from app.arguments import Allowed, asks, codes, counties
from app.coordinates import Written
from app.current import reading, scope
from app.db import session as database
from app.labels import label
from app.listing import page
from app.maps import canvas
from app.pages import known
from app.reading import Reading
from app.views import Nav
from geo import decisions as deciding
from geo.errors import AtlasError
from geo.joint import edits
from geo.review import Answer, Item, rows

bp = Blueprint("review", __name__, url_prefix="/review")
nav = Nav(55, "review.index", lazy_gettext("核对"), "data")

ADDRESS, WORDS = deciding.ADDRESS, (deciding.OUTSIDE, deciding.NOWHERE)
CONDITIONS: dict[str, Allowed] = {"kind": codes("review_kind"), "county": counties}
LISTED = 20
UNPROCESSABLE = 422
SKIP = ""
"""Stands in the list of a visitor's acts for going on without one."""


@bp.get("")
@asks("at", "skipped", page=True, choices=CONDITIONS)
def index() -> str:
    """Show the item asked for (``at``), else the first, with its map and the queue."""
    _skip(request.args.get("skipped"))
    read = reading()
    found = _queue(read)
    item = found.at(request.args.get("at", ""))
    drawn = canvas.blank(read, label=_("核对用的地图"))
    return render_template("review/page.html", part=drawn, **_around(read, found, item))


@bp.get("/item")
@asks("at", "after", page=True, choices=CONDITIONS)
def show() -> Response:
    """Give what the page shows for an item (``at``), or for the one behind an item (``after``)."""
    read = reading()
    found = _queue(read)
    after = request.args.get("after")
    _skip(after)
    item = found.after(after) if after is not None else found.at(request.args.get("at", ""))
    return _parts(read, found, item)


@bp.post("/decide")
def decide() -> Response | Redirect | tuple[Response, int]:
    """Record an answer and give the next item."""
    read = reading()
    before = _queue(read)
    item = next((i for i in before.items if i.key == request.form.get("item", "")), None)
    if item is None:
        return _moved(read, before, before.at(""), _("这一项已经有人处理。"))
    pasted = spots.pasted(read, request.form)
    if pasted is not None and pasted.fault:
        return _refused(spots.why(read, pasted))
    if fault := spots.outline_fault(read, request.form.get("drawn", "")):
        return _refused(fault)
    try:
        made = rows(item, _answer(read, item, pasted))
    except AtlasError:
        return _refused(_("这个回答用不上：请先在图上点出位置，或选一个答案。"))
    with database(write=True) as opened:
        act = store.decisions.record(opened, made, by=reviewer.name(), at=datetime.now(UTC))
    reviewer.keep([*reviewer.acts(), [act, item.key]])
    following = before.after(item.key)
    found = _queue(read)
    said = _("已记下：%(what)s。", what=item.name) + _shared(read, made)
    return _moved(read, found, found.at(following.key if following else ""), said)


def _shared(read: Reading, made: list[dict[str, object]]) -> str:
    """Say that a pin was set on the very point of another place: the map was not moved, or a point was pasted twice."""
    for row in made:
        if row["kind"] == "pin" and not row.get("text"):
            other = deciding.sharing(_decisions(), str(row["subject"]), float(str(row["lon"])), float(str(row["lat"])))
            if other is not None:
                return _("它与“%(other)s”标在同一个点上，如果点错了请撤回。", other=_place_name(read, other))
    return ""


@bp.post("/undo")
def undo() -> Response | Redirect | tuple[Response, int]:
    """Withdraw an act (``act``), else the visitor's last one, and show its item again; a skip only goes back."""
    acts = reviewer.acts()
    asked = request.form.get("act", "")
    if not asked and acts and acts[-1][0] == SKIP:
        return _unskipped(acts)
    act, key = (
        next((pair for pair in acts if pair[0] == asked), (asked, "")) if asked else (acts[-1] if acts else ("", ""))
    )
    with database(write=True) as opened:
        count = reviewer.withdraw(opened, act, scope())
    reviewer.keep([pair for pair in acts if pair[0] != act])
    if asked and "back" in request.form:
        flash(_("已撤回 %(n)s 条决定。", n=count) if count else _("没有可以撤回的决定。"), "ok" if count else "warn")
        return redirect(url_for("review.decisions"))
    read = reading()
    found = _queue(read)
    return _moved(read, found, found.at(key), _("已撤回。") if count else _("没有可以撤回的决定。"))


@bp.get("/spot")
@asks("written", "datum")
def spot() -> Response:
    """Give the position (WGS-84) of pasted coordinates for the map, or say why they are refused."""
    read = reading()
    pasted = spots.pasted(read, request.args)
    if pasted is None or pasted.fault:
        return jsonify(said=spots.why(read, pasted) if pasted is not None else "")
    return jsonify(lon=pasted.lon, lat=pasted.lat, said="")


def _skip(key: str | None) -> None:
    """Keep in mind which item was skipped, so that a key goes back to it; asked for again, it is one skip."""
    acts = reviewer.acts()
    if key and acts[-1:] != [[SKIP, key]]:
        reviewer.keep([*acts, [SKIP, key]])


def _unskipped(acts: list[list[str]]) -> Response | Redirect:
    reviewer.keep(acts[:-1])
    read = reading()
    found = _queue(read)
    return _moved(read, found, found.at(acts[-1][1]), _("回到刚才跳过的一项。"))


@bp.get("/search")
@asks("item", "q")
def search() -> str:
    """List places that an item may be the same as, or lie in."""
    read = reading()
    item = next((i for i in reviewing.items(read) if i.key == request.args.get("item", "")), None)
    found = reviewing.search(read, request.args.get("q", "")[:40], item) if item else []
    return render_template("review/found.html", read=read, item=item, found=found, asked=request.args.get("q", ""))


@bp.get("/decisions")
@asks(page=True)
def decisions() -> str:
    """List what was decided, newest first, each act to be withdrawn."""
    read = reading()
    made = _decisions().iloc[::-1]
    made = made[~made["kind"].isin(edits.KINDS)]  # those stand beside the suggestions
    acts = [store.decisions.act_of(str(key)) for key in made.index]
    made = made.assign(act=acts)
    listed = page(made, request.args.get("page", 1, type=int), current_app.config["ATLAS"].page_size)
    return render_template("review/decisions.html", read=read, page=listed, waiting=_waiting())


def _queue(read: Reading) -> reviewing.Queue:
    args = request.values
    with database() as opened:  # an item is closed by whoever decided it
        made = store.read(opened, "decisions", store.CITY)
    return reviewing.queue(read, made, args.get("kind", ""), args.get("county", ""))


def _decisions() -> pd.DataFrame:
    with database() as opened:
        return store.read(opened, "decisions", scope())


def _waiting() -> int:
    with database() as opened:
        return store.decisions.waiting(opened, store.surveys.record(opened))


def _answer(read: Reading, item: Item, pasted: Written | None) -> Answer:
    form = request.form
    act, target = form.get("act", ""), form.get("target", "")
    lon, lat = spots.position(form) if pasted is None else (pasted.lon, pasted.lat)
    chosen = form.get("choice", type=int)
    if chosen and act in ("", "choose"):
        act = "choose"
        offered = {choice.number: choice for choice in reviewing.choices(read, item)}
        choice = offered.get(chosen)
        if choice is not None and choice.kind == "point":
            act, lon, lat = "pin", choice.lon, choice.lat
        target = choice.target if choice is not None else ""
    lon, lat = spots.inside(read, lon, lat)
    return Answer(act, target, lon, lat, form.get("drawn", ""), form.get("only", ""))


def _around(read: Reading, found: reviewing.Queue, item: Item | None) -> dict[str, Any]:
    number = request.args.get("page", 1, type=int)
    listed = page(pd.DataFrame({"item": pd.Series(found.items, dtype=object)}), number, LISTED)
    around: dict[str, Any] = {
        "read": read, "queue": found, "item": item, "listed": listed, "reviewer": reviewer.name(),
        "acts": len(reviewer.acts()), "waiting": _waiting(), "first": reviewing.FIRST, "records": reviewing.RECORDS,
        "kind": request.values.get("kind", ""), "county": request.values.get("county", ""),
    }  # fmt: skip
    if item is not None:
        around |= {
            "choices": reviewing.choices(read, item), "firms": reviewing.shown_firms(read, item),
            "reasons": reviewing.reasons(read, item), "picture": reviewing.picture(read, item),
        }  # fmt: skip
    return around


def _parts(read: Reading, found: reviewing.Queue, item: Item | None, said: str = "") -> Response:
    around = _around(read, found, item)
    pieces = {name: render_template(f"review/{name}.html", **around) for name in ("item", "state", "list")}
    return jsonify(said=said, key=item.key if item else "", **pieces)


def _moved(read: Reading, found: reviewing.Queue, item: Item | None, said: str) -> Response | Redirect:
    """Answer the page's script with the next item, a browser without script with the page."""
    if request.accept_mimetypes.best == "application/json":
        return _parts(read, found, item, said)
    flash(said, "ok")
    kind, county = (request.values.get(name) or None for name in ("kind", "county"))
    return redirect(url_for("review.index", at=item.key if item else None, kind=kind, county=county))


def _refused(said: str) -> Redirect | tuple[Response, int]:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(said=said), UNPROCESSABLE
    flash(said, "warn")
    return redirect(url_for("review.index", at=request.form.get("item")))


@bp.app_template_global("review_page")
def review_page(number: int) -> str:
    """Return the address of another page of the queue."""
    kind, county, at = (request.values.get(name) or None for name in ("kind", "county", "at"))
    return url_for("review.index", page=number, kind=kind, county=county, at=at, _anchor="review-list")


@bp.app_template_global("decided_about")
def decided_about(read: Reading, row: Any) -> str:
    """Return what a decision is about: the firm, place or name, the address as normalised."""
    subject = str(row.subject)
    if subject.startswith(ADDRESS):
        return subject.removeprefix(ADDRESS)
    if row.kind in ("link", "unlink") and subject in read.survey.links.index:
        return str(read.survey.links.at[subject, "listed_name"])
    if subject in read.survey.firms.index:
        return read.firm_name(subject)
    return _place_name(read, subject)


def _place_name(read: Reading, subject: str) -> str:
    """Return the name of a place, of one that is gone the one in its key."""
    found = read.named(subject)
    return found if found != subject else subject.split(":", 2)[-1]


@bp.app_template_global("decided_what")
def decided_what(read: Reading, row: Any) -> str:
    """Return what a decision says: where, which, or of what kind."""
    if row.kind == "pin":
        drawn = _("，画了范围") if known(row.text) else ""
        return f"{row.lon:.5f}, {row.lat:.5f}{drawn}"
    if row.kind == "retype":
        return label("place_kind", row.text)
    if row.kind == "accept":
        return read.name("county", str(row.subject).split(":")[1]) if str(row.subject).count(":") >= 2 else ""
    if not known(row.target):
        return ""
    target = str(row.target)
    if target in WORDS:
        return label("location_status", target)
    return read.firm_name(target) if target in read.survey.firms.index else read.named(target)
