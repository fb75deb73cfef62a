"""Tasks: given out by list, place or drawn area; what each person has on hand; the pressing ones first."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from app import store
from app.arguments import asks, counties, of
from app.auth import signed
from app.config import settings
from app.current import partial, reading, scope
from app.db import session
from app.errors import UnknownValueError
from app.labels import label
from app.ledger_desk import hands, recording, standings, tasks
from app.listing import page
from app.pages import known
from app.query import NOT_KNOWN
from app.reading import Reading
from app.runs.survey import today
from app.store.tasks import Order
from app.views import Nav
from geo.errors import AtlasError
from geo.ledger import STALE_DAYS

bp = Blueprint("tasks", __name__, url_prefix="/tasks")

nav = Nav(34, "tasks.index", lazy_gettext("走访任务"), "work")

MINE = "mine"
CLOSING = {"drop": "dropped", "done": "finished"}
"""What closes tasks by hand, and the reason that is kept."""


class TaskError(AtlasError):
    """Tasks cannot be given out as asked; the message is for the page."""

    code = "TASK"


@bp.get("")
@asks("hands", page=True, choices={"state": tasks.STATES, "county": counties, "who": (MINE,)})
def index() -> str:
    """List the tasks of the area, the pressing ones first, with what each person or team has on hand."""
    read, args, who = reading(), request.args, signed.account()
    with session() as opened:
        every = tasks.read(opened, read, scope(), done=True)
        people, teams = hands.people(opened, scope()), hands.teams(opened, scope())
        found = every
        if args.get("who") == MINE and who is not None:
            found = tasks.of_account(opened, found, who)
    state, county, name = args.get("state", ""), args.get("county", ""), args.get("hands", "")
    found = found[found["state"].eq(state) if state else found["state"].ne("done")]
    if county:
        found = found[found["county_code"].isna() if county == NOT_KNOWN else found["county_code"].eq(county)]
    if name:
        found = found[found["hands"].eq(name)]
    rows = page(found, args.get("page", 1, type=int), settings().page_size)
    template = "tasks/table.html" if partial() else "tasks/page.html"
    return render_template(
        template, read=read, page=rows, loads=tasks.loads(every), states=tasks.STATES, people=people, teams=teams,
        counts=every["state"].value_counts().to_dict(), stale_days=STALE_DAYS, today=today(),
    )  # fmt: skip


@bp.post("/assign")
def assign() -> Redirect:
    """Give firms (or unions) to a person or team: those ticked (``key``), or the whole list (``every``)."""
    read = reading()
    kind = "union" if request.form.get("kind") == "union" else "enterprise"
    try:
        with session(write=True) as opened:
            order = _order(opened_people := hands.people(opened, scope()), set(hands.teams(opened, scope())))
            subjects = _subjects(read, kind)
            county = opened_people[order.person][1] if order.person else None
            fitting = {key: code for key, code in subjects.items() if county is None or code in (None, county)}
            new, moved = store.tasks.assign(opened, kind, fitting, order, at=datetime.now(UTC))
    except TaskError as error:
        flash(str(error), "bad")
        return redirect(_back())
    flash(_("已分派 %(n)s 项，另有 %(m)s 项改派。", n=new, m=moved), "ok")
    if len(fitting) < len(subjects):
        flash(_("%(n)s 家不在该账号的县（市、区），没有分派。", n=len(subjects) - len(fitting)), "warn")
    return redirect(_back())


@bp.post("/change")
def change() -> Redirect:
    """Give ticked tasks to other hands, or close them (``act=drop``, ``act=done``)."""
    keys, at = request.form.getlist("key"), datetime.now(UTC)
    try:
        with session(write=True) as opened:
            if request.form.get("act") in CLOSING:
                because = CLOSING[request.form["act"]]
                count = store.tasks.drop(opened, keys, scope(), at=at, because=because)
            else:
                order = _order(hands.people(opened, scope()), set(hands.teams(opened, scope())))
                count = store.tasks.reassign(opened, keys, order, scope(), at=at)
    except TaskError as error:
        flash(str(error), "bad")
    else:
        flash(_("已改 %(n)s 项任务。", n=count) if count else _("没有选任务。"), "ok" if count else "warn")
    return redirect(_back())


@bp.post("/teams")
def team() -> Redirect:
    """Keep a team with its people; without people it goes."""
    name = request.form.get("name", "").strip()[: hands.MOST_NAME]
    area = scope().county_code
    with session(write=True) as opened:
        people, known = hands.people(opened, scope()), hands.teams(opened, store.CITY)
        chosen = [login for login in request.form.getlist("people") if login in people]
        theirs = name in known and area is not None and known[name]["county"] != area
        if not name or theirs:
            flash(_("请另取一个小组名称。"), "bad")
        else:
            hands.save_team(opened, name, known.get(name, {}).get("county") or area, chosen)
            flash(_("小组已保存。") if chosen else _("小组已删除。"), "ok")
    return redirect(url_for("tasks.index", _anchor="teams"))


def _order(people: Mapping[str, object], teams: set[str]) -> Order:
    chosen = request.form.get("hands", "")
    kind, _sep, name = chosen.partition(":")
    person, team_name = (name if kind == "person" else None), (name if kind == "team" else None)
    if (person and person not in people) or (team_name and team_name not in teams) or not (person or team_name):
        raise TaskError(_("请选分派给谁。"))
    step, faults = recording.read({"next_on": request.form.get("due_on", ""), "note": request.form.get("note", "")})
    due: date | None = step["next_on"]
    if faults or (due is not None and due < today()):
        raise TaskError(_("完成日期应是今天以后的日期，写成 2026-03-05。"))
    return Order(person, team_name, due, (step["note"] or "")[:200] or None, signed.login())


def _subjects(read: Reading, kind: str) -> dict[str, str | None]:
    """Return the county of each subject meant, by key; of what the survey of the area does not hold, nothing."""
    frame = read.survey.unions if kind == "union" else read.survey.firms
    if request.form.get("every"):
        args: MultiDict[str, str] = MultiDict(parse_qsl(request.form.get("asked", "")))
        # A list that is not named is not every firm there is.
        if kind != "enterprise" or "asked" not in request.form or of("ledger.index").unknown(args):
            raise UnknownValueError("asked", detail={"say": "", "names": []})
        keys = list(standings.listed(read, args).index)
    else:
        keys = [key for key in request.form.getlist("key") if key in frame.index]
    if not keys:
        raise TaskError(_("没有选企业。"))
    counties_of = frame.loc[keys, "county_code"].astype("object")
    return {str(key): str(code) if known(code) else None for key, code in counties_of.items()}


def _back() -> str:
    to = request.form.get("back", "")
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else url_for("tasks.index")


@bp.app_template_global("closed_words")
def closed_words(because: str) -> str:
    """Return what closed a task: a finding, a stage, or somebody by hand."""
    for kind in ("task_closed", "outcome", "stage"):
        if label(kind, because) != because:
            return label(kind, because)
    return ""
