"""What a draft of boundaries changes, and the way to be in force: impact, consent, approval, history, restoring."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app import runs, store
from app.arguments import asks
from app.current import day_of, reading, scope, sketch_on, this_year
from app.db import session as database
from app.downloads import download
from app.errors import NotFoundError
from app.labels import label
from app.maps import canvas
from app.reports import moved
from app.views.zones import loaded, names
from app.zones import asked, counts, course, faults, history, lying, requests, sights, work
from app.zones.drawing import differences
from app.zones.words import said
from geo.errors import AtlasError
from geo.targets import FIGURES
from geo.zones import transitions

bp = Blueprint("boundary", __name__, url_prefix="/zones")

MOST_COMMENT = 2000
LISTED = 50
STEPS = {step.action for step in transitions.STEPS} - {"enforce"}


@bp.get("/<draft>/review")
@asks()
def review(draft: str) -> str:
    """Show what a draft changes, with the steps that the caller may take."""
    read = reading()
    if course.bring_due():
        runs.wake()
    with database() as opened:
        done = loaded(opened, draft)
        around = _statement(opened, done)
        around["people"] = names(opened)
    part = canvas.blank(read, label=_("改动前后的边界"))
    today = runs.survey.today()
    share = asked.asked(this_year(), read, done) if done.rows else None
    return render_template(
        "zones/review.html", part=part, read=read, listed=LISTED, today=today, figures=FIGURES,
        latest=today + transitions.MOST_AHEAD, asked=share, **around,
    )  # fmt: skip


@bp.post("/<draft>/take")
def take(draft: str) -> Redirect:
    """Take a step: submit, withdraw, return, approve, restore."""
    ask = course.Ask(
        request.form.get("action", ""), request.form.get("comment", "").strip()[:MOST_COMMENT],
        day_of(request.form.get("day", "")), False,
    )  # fmt: skip
    with database(write=True) as opened:
        done = loaded(opened, draft)
        try:
            fresh = _taken(opened, done, ask)
        except AtlasError as error:
            flash(said(error), "bad")
            return redirect(url_for("boundary.review", draft=draft))
        title, status = done.draft.title, done.draft.status
    runs.wake()
    if fresh:
        flash(_("“%(title)s”：%(status)s", title=title, status=label("zone_status", status)), "ok")
    else:
        flash(_("别人刚改了这个草案，已载入最新的。"), "warn")
    return redirect(url_for("boundary.review", draft=draft))


@bp.post("/<draft>/consent")
def consent(draft: str) -> Redirect:
    """Consent to a draft across counties, for the caller's own."""
    with database(write=True) as opened:
        done = loaded(opened, draft)
        try:
            course.consent(opened, done.draft)
            flash(_("已记下本县（市、区）的同意。"), "ok")
        except AtlasError as error:
            flash(said(error), "bad")
    return redirect(url_for("boundary.review", draft=draft))


@bp.post("/<draft>/comment")
def comment(draft: str) -> Redirect:
    """Leave a word on a draft."""
    text = request.form.get("comment", "").strip()[:MOST_COMMENT]
    with database(write=True) as opened:
        done = loaded(opened, draft)
        if text:
            store.zones.tell(opened, done.draft, "comment", course.act(), comment=text)
    return redirect(url_for("boundary.review", draft=draft, _anchor="zone-events"))


@bp.get("/<draft>/moved.<any(xlsx, csv):form>")
@asks(choices={"what": ("firm", "union")})
def export(draft: str, form: str) -> Response:
    """Give the firms or unions that move as a file."""
    with database() as opened:
        done = loaded(opened, draft)
    found = counts.statement(reading(), done)
    return download(moved.sheet(reading(), done, found, request.args.get("what") or "firm"), form)


@bp.get("/history/<path:place>")
@asks()
def past(place: str) -> str:
    """Show the versions of a zone, and the figures of each surveyed day on the lines of then and of today."""
    read = reading()
    with database() as opened:
        versions = store.lines.versions_of(opened, scope(), place)
        if not len(versions):
            raise NotFoundError(f"no place {place!r}")
        drafts = store.zones.of_place(opened, list(versions["draft_key"].dropna()))
        figures = history.figures(opened, scope(), place, [sketch_on(day) for day in read.days])
        people = names(opened)
    part = canvas.blank(read, label=_("各版边界"))
    return render_template(
        "zones/history.html", part=part, read=read, place=place, versions=versions, drafts=drafts, figures=figures,
        people=people, shapes=history.shapes(versions), areas=history.areas(versions), scope_county=scope().county_code,
    )  # fmt: skip


@bp.post("/history/<path:place>/restore")
def restore(place: str) -> Redirect:
    """Begin a draft that puts an earlier version of a zone back; it goes the way of every draft."""
    number = request.form.get("version", 0, type=int)
    with database(write=True) as opened:
        versions = store.lines.versions_of(opened, scope(), place)
        if number not in versions.index:
            raise NotFoundError(f"no version {number} of {place!r}")
        county = str(versions.loc[number, "county_code"])
        if not course.caller().draws(county):
            raise NotFoundError(f"no place {place!r} to draw on")
        title = _("恢复%(name)s第 %(n)s 版", name=versions.loc[number, "name"], n=number)[:60]
        base, act = work.snapshot(opened, county), course.act()
        draft = store.zones.make(opened, title, county, base, act)
        step = history.restoring(place, versions.loc[number])
        store.zones.add(opened, draft, step, store.zones.Seen(draft.version, draft.head), act)
    return redirect(url_for("boundary.review", draft=draft.key))


def _taken(opened: Session, done: work.Work, ask: course.Ask) -> bool:
    read = reading()
    own = sights.ground(opened, read, done.draft)
    if ask.action not in STEPS:
        raise transitions.TransitionError("no step", detail={"action": ask.action})
    nameless = requests.unnamed(done) if ask.action in ("submit", "approve") else []
    if nameless:
        names = [done.named(key) for key in nameless]
        raise transitions.TransitionError("not named", code="ZONE_UNNAMED", detail={"zones": names})
    found = counts.statement(read, done)
    seen = "seen" in request.form and request.form.get("digest") == found.digest
    facts = course.Facts(
        faults.sound(done, own, read), work.concerned(done.after, done.changed, own.counties, done.draft.county_code),
        {"firms": len(found.firms), "unions": len(found.unions), "on": read.on.isoformat(), "digest": found.digest},
    )  # fmt: skip
    ask = course.Ask(ask.action, ask.comment, ask.day, seen)
    return course.move(opened, done, ask, facts, request.form.get("version", 0, type=int))


def _statement(opened: Session, done: work.Work) -> dict[str, Any]:
    read, draft = reading(), done.draft
    found = counts.statement(read, done)
    own = sights.ground(opened, read, draft)
    left = lying.left(done, own)
    zones = {
        **{key: zone.name for key, zone in done.before.zones.items()},
        **{k: z.name for k, z in done.after.zones.items()},
    }
    over = course.overtaken(opened, done) if draft.status in ("draft", "returned", "submitted") else []
    return {
        "draft": draft, "impact": found, "faults": faults.told(done, own, read, left), "zone_names": zones,
        "drawn": differences(done, found), "events": store.zones.events(opened, draft), "steps": _offered(done),
        "missing": course.missing_consents(draft), "own_county": scope().county_code,
        "branches": store.zones.branches(opened, draft), "groups": sights.groups(read, done),
        "left": lying.rows(done, left),
        "overtaken": [zones.get(key, key) for key in over], "changed": bool(done.rows), "held": done.state.held,
        "failed": [(one.number, one.kind, said(one.error)) for one in done.failed], "returned": None,
        "drawable": draft.status in transitions.EDITABLE and course.caller().draws(draft.county_code),
    }  # fmt: skip


def _offered(done: work.Work) -> list[transitions.Step]:
    draft = done.draft
    return transitions.offered(draft.status, course.caller(), draft.county_code)
