"""Drafts of boundaries: their list, and the desk on which lines are drawn, split, merged and counted."""

from typing import Any

import pandas as pd
from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app import store
from app.arguments import asks, codes, counties
from app.auth import accounts
from app.current import reading, scope
from app.db import session as database
from app.errors import NotFoundError
from app.listing import page
from app.maps import canvas
from app.models import ZoneDraft
from app.store.zones import Seen
from app.views import Nav
from app.zones import counts, course, faults, lying, requests, sights, tree, work
from app.zones.drawing import features
from app.zones.words import area, said
from geo.errors import AtlasError
from geo.zones.errors import OperationError
from geo.zones.transitions import EDITABLE

bp = Blueprint("zones", __name__, url_prefix="/zones")
nav = Nav(35, "zones.index", lazy_gettext("园区边界"), "work")

MOST_TITLE = 60


@bp.get("")
@asks(page=True, choices={"status": codes("zone_status"), "county": counties})
def index() -> str:
    """List the drafts and the zones in force."""
    read = reading()
    course.bring_due()
    with database() as opened:
        status, county = (request.args.get(name, "") for name in ("status", "county"))
        drafts = store.zones.every(opened, scope(), status=status, county=county)
        zones = store.lines.in_force(opened, scope())
        held = store.lines.in_force(opened, scope(), store.lines.HELD)
        people = names(opened)
    listed = page(
        pd.DataFrame({"draft": pd.Series(drafts, dtype=object)}), request.args.get("page", 1, type=int),
        current_app.config["ATLAS"].page_size,
    )  # fmt: skip
    return render_template(
        "zones/index.html", read=read, page=listed, zones=zones, tree=tree.tree(read, zones, held), people=people,
        own_county=scope().county_code,
    )  # fmt: skip


@bp.post("")
def begin() -> Redirect:
    """Begin a draft on the zones in force."""
    title, county = " ".join(request.form.get("title", "").split()), request.form.get("county", "")
    own = scope().county_code
    fault = "ZONE_TITLE" if not 0 < len(title) <= MOST_TITLE else ""
    if county not in {code for code, _name in reading().counties()} or own not in (None, county):
        fault = fault or "ZONE_COUNTY"
    if fault:
        flash(said(AtlasError(fault, code=fault)), "bad")
        return redirect(url_for("zones.index"))
    with database(write=True) as opened:
        draft = store.zones.make(opened, title, county, work.snapshot(opened, county), course.act())
    return redirect(url_for("zones.show", draft=draft.key))


@bp.get("/<draft>")
@asks()
def show(draft: str) -> str | Redirect:
    """Show the desk of a draft; one that cannot be drawn on now shows its review."""
    read = reading()
    with database() as opened:
        done = loaded(opened, draft)
        if not _drawable(done.draft):
            return redirect(url_for("boundary.review", draft=draft))
        around = sights.around(opened, read, done)
        around["people"] = names(opened)
    part = canvas.blank(read, label=_("画边界的地图"))
    return render_template(
        "zones/editor.html", part=part, addresses=_addresses(done.draft), words=sights.words(), **around
    )


@bp.get("/<draft>/state")
@asks()
def state(draft: str) -> Response:
    """Give what the desk shows of a draft as it is now."""
    with database() as opened:
        return _parts(opened, loaded(opened, draft))


@bp.post("/<draft>/operate")
def operate(draft: str) -> Response:
    """Do one operation on the state that the caller sees; where somebody was quicker it is kept as a branch."""
    asked = _asked()
    with database(write=True) as opened:
        done = drawable(opened, draft)
        seen = _seen(asked)
        before = work.load(opened, done.draft, seen.head)
        try:
            made = _made(opened, before, asked)
        except AtlasError as error:
            return _refused(error, before)
        now = store.zones.add(opened, done.draft, made, seen, course.act())
        if now.key != draft:
            parts = {"said": _("别人刚改了这个草案；您的改动保存为分支，两份都在。")}
            return jsonify(branch=url_for("zones.show", draft=now.key), **parts)
        return _parts(opened, work.load(opened, now))


@bp.post("/<draft>/<any(undo, redo):way>")
def turn(draft: str, way: str) -> Response:
    """Take the last operation back, or do the next one again."""
    asked = _asked()
    with database(write=True) as opened:
        done = drawable(opened, draft)
        moved = store.zones.turn(opened, done.draft, way == "undo", _seen(asked), course.act())
        now = work.load(opened, done.draft)
        return _parts(opened, now, "" if moved else _("没有可以撤销或重做的，或别人刚改了草案；已载入最新的。"))


@bp.post("/<draft>/tally")
def tally(draft: str) -> Response:
    """Count what an operation would change, without doing it: asked for while somebody draws."""
    asked = _asked()
    read = reading()
    with database() as opened:
        done = loaded(opened, draft)
        try:
            own = sights.ground(opened, read, done.draft)
            made = requests.operation(asked, done, own)
            after = work.taken(done.state, made)
        except AtlasError as error:
            return _refused(error, done)
    counted, left = counts.tally(read, done, after), lying.rows(done, lying.left(done, own, after), after)
    others = counts.beside(done, after, made)
    shown = render_template("zones/tally.html", read=read, tally=counted, left=left, beside=others)
    return jsonify(tally=shown, rows=counted.plain(), left=left, beside=others)


@bp.get("/<draft>/repair")
@asks()
def repair(draft: str) -> Response:
    """Give the repair of all faults as a preview: what would change, and the step that does it."""
    with database() as opened:
        done = loaded(opened, draft)
        return jsonify(faults.repair(sights.ground(opened, reading(), done.draft), done))


@bp.post("/<draft>/rebase")
def rebase(draft: str) -> Redirect:
    """Move a draft onto the lines of today: its operations are done again on them."""
    with database(write=True) as opened:
        done = drawable(opened, draft)
        base, act = work.snapshot(opened, done.draft.county_code), course.act()
        version = request.form.get("version", 0, type=int)
        if store.zones.change(opened, done.draft, version, act, base=base):
            store.zones.tell(opened, done.draft, "rebased", act)
        else:
            flash(_("别人刚改了这个草案，已载入最新的。"), "warn")
    return redirect(url_for("zones.show", draft=draft))


@bp.app_template_filter("land")
def land(m2: float) -> str:
    """Return an area of so many square metres as people read it."""
    return area(m2)


def loaded(opened: Session, key: str) -> work.Work:
    """Return a draft that the caller may see, at work."""
    draft = store.zones.get(opened, key, scope())
    if draft is None:
        raise NotFoundError(f"no draft {key!r}")
    return work.load(opened, draft)


def drawable(opened: Session, key: str) -> work.Work:
    """Return a draft that the caller may draw on now."""
    done = loaded(opened, key)
    if not course.caller().draws(done.draft.county_code):
        raise NotFoundError(f"no draft {key!r} to draw on")
    if done.draft.status not in EDITABLE:
        raise OperationError("closed", code="ZONE_CLOSED")
    return done


def names(opened: Session) -> dict[str, str]:
    """Return the names of accounts by login."""
    return {str(user.key): user.name for user in accounts.every(opened)}


def _drawable(draft: ZoneDraft) -> bool:
    return draft.status in EDITABLE and course.caller().draws(draft.county_code)


def _asked() -> dict[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise OperationError("no JSON", code="ZONE_REQUEST")
    return asked


def _seen(asked: dict[str, Any]) -> Seen:
    version, head = asked.get("version"), asked.get("head")
    return Seen(version if isinstance(version, int) else 0, head if isinstance(head, str) else None)


def _made(opened: Session, done: work.Work, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the operation to store; it has been tried on the draft as the caller sees it."""
    read = reading()
    ground = sights.ground(opened, read, done.draft)
    if asked.get("kind") == "repair":
        made = faults.repair(ground, done)["operation"]
    else:
        made = requests.operation(asked, done, ground)
    if made["kind"] == work.HOLD:
        held = store.lines.in_force(opened, work.area(done.draft.county_code), store.lines.HELD)
        if not set(made["arguments"]["parents"]) <= set(held.index):
            raise OperationError("a place of another county", code="ZONE_UNKNOWN")
    requests.done(done, made, ground)
    return made


def _parts(opened: Session, done: work.Work, told: str = "") -> Response:
    around = sights.around(opened, reading(), done)
    around["people"] = names(opened)
    pieces = {name: render_template(f"zones/{name}.html", **around) for name in ("tally", "faults", "list", "notices")}
    return jsonify(said=told, state=around["state"], **pieces)


@bp.errorhandler(OperationError)
def closed(error: OperationError) -> Response | Redirect:
    """Answer what cannot be done on a draft now: the script in JSON, a form by the page of the draft."""
    if request.accept_mimetypes.best == "application/json":
        return _refused(error)
    flash(said(error), "bad")
    return redirect(url_for("boundary.review", draft=(request.view_args or {})["draft"]))


def _refused(error: AtlasError, done: work.Work | None = None) -> Response:
    """Answer a script whose request cannot be done: an answer like others, as drawing passes through many of these.

    ``where`` is what of the drawing is wrong, as GeoJSON; ``repaired`` what would be right.
    """
    detail = error.detail or {}
    where = detail.get("where") or ({"type": "Point", "coordinates": detail["at"]} if detail.get("at") else None)
    told = said(error, None if done is None else done.named)
    return jsonify(said=told, refused=error.code, repaired=detail.get("repaired"), where=where)


def _addresses(draft: ZoneDraft) -> dict[str, str]:
    told = {name: url_for(f"zones.{name}", draft=draft.key) for name in ("state", "operate", "tally", "repair")}
    told |= {way: url_for("zones.turn", draft=draft.key, way=way) for way in ("undo", "redo")}
    return told | {"paint": url_for("zones.painted", draft=draft.key)}


@bp.get("/<draft>/painted")
@asks()
def painted(draft: str) -> Response:
    """Give the outlines that can be painted into a zone: towns, and villages where they have one."""
    read = reading()
    with database() as opened:
        done = loaded(opened, draft)
        ground = sights.ground(opened, read, done.draft)
    return jsonify(features(ground.painted))
