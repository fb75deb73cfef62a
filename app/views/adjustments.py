"""Hard edits of suggestions: what would change, what it costs, what is kept for the next survey, and its undoing."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import reviewer, store
from app.arguments import asks
from app.auth import signed
from app.current import reading, scope
from app.db import session
from app.errors import NotFoundError
from app.labels import label
from app.reading import Reading
from app.suggesting import adjusting, outlooks, proposals
from app.suggesting.charters import Terms
from app.suggesting.proposals import Proposal
from geo.joint import life
from geo.joint.replan import Change

bp = Blueprint("adjustments", __name__, url_prefix="/adjustments")

UNPROCESSABLE = 422


@bp.get("")
@asks()
def index() -> str:
    """List what people settled about suggestions, each to be taken back, and the suggestions that were rejected."""
    read = reading()
    with session() as opened:
        listed = adjusting.entries(opened, read, scope())
        known = proposals.cases(opened, scope())
    return render_template(
        "adjustments/page.html", read=read, entries=listed, refused=known[known["state"].eq(life.REJECTED)],
        most=adjusting.MOST_NAMED,
    )  # fmt: skip


@bp.get("/edit/<path:key>")
@asks()
def edit(key: str) -> str:
    """Show the ways to adjust one suggestion."""
    read, proposal = _found(key)
    return _form(read, proposal)


@bp.errorhandler(adjusting.AdjustError)
def refused(error: adjusting.AdjustError) -> tuple[str, int]:
    """Show the form again with what is wrong in it."""
    return _form(*_found((request.view_args or {})["key"]), error.detail["fault"]), UNPROCESSABLE


@bp.get("/preview/<path:key>")
@asks("act", "member", "other", "firm")
def preview(key: str) -> str:
    """Show what an edit would change in its township, and its price; nothing is kept, and Back finds it again."""
    read, proposal = _found(key)
    asked = adjusting.read(request.args, read, proposal)
    with session() as opened:
        change = adjusting.preview(opened, read, asked)
    return render_template(
        "adjustments/preview.html", read=read, key=key, proposal=proposal, edit=asked, change=change,
        name=proposals.name_of(read, key, proposal.group), unmet=adjusting.unmet(asked, change),
        changed=_changed(read, change), towns=[read.name("town", code) for code in change.towns],
        most=adjusting.MOST_NAMED, form=request.args,
    )  # fmt: skip


@bp.post("/keep/<path:key>")
def keep(key: str) -> Redirect:
    """Keep an edit for the next survey."""
    read, proposal = _found(key)
    asked = adjusting.read(request.form, read, proposal)
    name = proposals.name_of(read, key, proposal.group)
    with session() as opened:
        adjusting.refuse_unmet(opened, read, asked)
    with session(write=True) as opened:
        act = store.decisions.record(opened, asked.rows, by=reviewer.name(), at=datetime.now(UTC))
        signed.note(opened, "adjustment", act, act=asked.act, name=name, firms=len(asked.rows))
    flash(f"{label('adjust_act', asked.act)}{_('：已记下。下次计算时采用。')}", "ok")
    return redirect(url_for("adjustments.index"))


@bp.post("/undo")
def undo() -> Redirect:
    """Take an edit back: the next survey is made without it."""
    act = request.form.get("act", "")
    with session(write=True) as opened:
        count = reviewer.withdraw(opened, act, scope()) if _is_edit(opened, act) else 0
        if count:
            signed.note(opened, "adjustment_undone", act, firms=count)
    flash(_("已撤回，下次计算不再采用。") if count else _("没有找到，可能已经撤回。"), "ok" if count else "warn")
    return redirect(url_for("adjustments.index"))


def _is_edit(opened: Any, act: str) -> bool:
    """Tell whether an act is an edit of suggestions: others are taken back where they were made."""
    made = store.read(opened, "decisions", store.CITY)
    mine = made[[store.decisions.act_of(str(key)) == act for key in made.index]]
    return bool(len(mine)) and bool(mine["kind"].isin(list(adjusting.ACTS.values())).all())


def _found(key: str) -> tuple[Reading, Proposal]:
    read = reading()
    if key not in read.survey.groups.index:
        raise NotFoundError(f"no suggestion {key!r}")
    with session() as opened:
        return read, proposals.find(read, proposals.cases(opened, scope()), key)


def _form(read: Reading, proposal: Proposal, fault: str = "") -> str:
    firms = read.survey.firms
    members = firms.loc[[key for key in proposal.members if key in firms.index]]
    near = outlooks.of(read, proposal, members, Terms()).near
    others = firms.loc[[key for code in ("left_over", "other_group") for key in near.get(code, ())]]
    return render_template(
        "adjustments/edit.html", read=read, key=proposal.key, proposal=proposal, members=members, others=others,
        name=proposals.name_of(read, proposal.key, proposal.group), fault=fault, form=request.values,
        acts=adjusting.ACTS,
    )  # fmt: skip


def _changed(read: Reading, change: Change) -> list[dict[str, Any]]:
    """The groups that change, as the page tells them: names, figures before and after, who comes and who goes."""
    found = []
    for row in change.groups().itertuples():
        if row.code == "same":
            continue
        was = change.before.groups.loc[row.was] if row.was else None
        now = change.after.groups.loc[row.now] if row.now else None
        shown: Any = now if now is not None else was
        found.append({
            "code": row.code, "name": str(shown["name"]), "kind": str(shown["kind"]), "was": was, "now": now,
            "from": None if was is None or now is None or was["name"] == now["name"] else str(was["name"]),
            "joined": [read.firm_name(key) for key in row.joined], "left": [read.firm_name(key) for key in row.left],
        })  # fmt: skip
    return found
