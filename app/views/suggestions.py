"""Suggested joint unions: the list, why each, and what people decide about it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from app import store
from app.arguments import Allowed, asks, codes, counties, stray_town, towns
from app.auth import signed
from app.auth.roles import ROLES
from app.config import settings
from app.current import partial, reading, scope
from app.db import session
from app.downloads import download
from app.labels import label
from app.ledger_desk import hands, recording
from app.links import without
from app.listing import ordered, page
from app.maps import locator
from app.reading import Reading
from app.reports import proposal as proposal_paper
from app.reports import suggestion_list
from app.runs.survey import today
from app.suggesting import adjusting, charters, deciding, outlooks, proposals, scenarios
from app.suggesting.charters import Terms
from app.suggesting.founding import UnionExistsError
from app.suggesting.proposals import Proposal
from app.views import Nav
from geo.gaps import Filter
from geo.joint import life
from geo.ledger import Refusal, following

bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")
nav = Nav(50, "suggestions.index", lazy_gettext("组建建议"))

TOPS = ("5", "10", "20", "50")
"""How many suggestions can be looked at as the next ones to do."""


CONDITIONS: dict[str, Allowed] = {
    "kind": codes("group_kind"), "county": counties, "town": towns, "state": (*life.STATES[:4], "all"),
}  # fmt: skip
TERMS: dict[str, Allowed] = {"rules": charters.RULE_SETS, "share": charters.SHARES}
"""What the law of one suggestion can be looked at by; see ``charters.Terms``."""
SORTS = ("name", "kind", "county_code", "firms", "workers", "state")
NOT_FOUND, UNPROCESSABLE = 404, 422
_Page = str | tuple[str, int] | Redirect


@bp.get("")
@asks(sort=SORTS, page=True, choices={**CONDITIONS, "top": TOPS})
def index() -> str | Redirect:
    """List the suggested unions; htmx asks for the table alone."""
    if stray_town():
        return redirect(without(["town"]))
    read, sort = reading(), request.args.get("sort", "-workers")
    every = proposals.listed(read, _cases())
    groups = chosen(every)
    rows = page(ordered(groups, sort, SORTS), request.args.get("page", 1, type=int), settings().page_size)
    known = {
        "read": read,
        "sort": sort,
        "page": rows,
        "groups": groups,
        "reached": outlooks.reached(read, groups),
        "coming": outlooks.coming(read, groups, request.args.get("county", "")),
        "top": int(request.args.get("top") or TOPS[1]),
        "tops": TOPS,
        "total": read.total(),
        "grouped": grouped(read, groups),
        "proposed_name": proposals.name_of,
    }
    if partial():
        return render_template("suggestions/table.html", **known)
    with session() as opened:
        proof = scenarios.proof_of(store.surveys.record(opened, read.on), read.survey.proof)
    return render_template("suggestions/page.html", **known, part=locator.groups(read, groups), proof=proof)


@bp.get("/list.<any(xlsx, csv):form>")
@asks(sort=SORTS, choices=CONDITIONS)
def export(form: str) -> Response:
    """Give the whole list as a file."""
    read, args = reading(), request.args
    asked = [(_("形式"), label("group_kind", args["kind"]))] if args.get("kind") else []
    asked += [(_("县（市、区）"), read.name("county", args["county"]))] if args.get("county") else []
    asked += [(_("镇（街道）"), read.name("town", args["town"]))] if args.get("town") else []
    asked += [(_("办理状态"), label("case_state", args["state"]))] if args.get("state", "all") != "all" else []
    known = _cases()
    table = ordered(chosen(proposals.listed(read, known)), args.get("sort", "-workers"), SORTS)
    firms = suggestion_list.members(read, table, proposals.firms_by_key(read, known, table).__getitem__)
    return download(suggestion_list.sheet(read, asked, table), form, [firms])


@bp.get("/paper/<path:key>")
@asks(choices=TERMS)
def paper(key: str) -> str:
    """Show the proposal of a suggestion as a page to print."""
    read, proposal, members, outlook = _looked_at(key)
    content = proposal_paper.paper(read, proposal, members, outlook, proposals.name_of(read, key, proposal.group))
    return render_template("suggestions/paper.html", read=read, key=key, paper=content)


@bp.get("/document/<path:key>")
@asks(choices=TERMS)
def document(key: str) -> Response:
    """Give the proposal of a suggestion as a Word document."""
    from app.reports import proposal_word  # python-docx loads when a document is asked for

    read, proposal, members, outlook = _looked_at(key)
    content = proposal_paper.paper(read, proposal, members, outlook, proposals.name_of(read, key, proposal.group))
    answer = Response(proposal_word.document(content), mimetype=proposal_word.MEDIA)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(content.title)}.docx"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/<path:key>")
@asks(choices=TERMS)
def show(key: str) -> _Page:
    """Show one suggested union: members, reasons, cautions, effect on the rate, what was decided and can be.

    One that a survey lists no more leads to its case, or says what is suggested there now.
    """
    read, known = reading(), _cases()
    case = proposals.moved_to(read, known, key)
    if case is not None:
        return redirect(
            url_for("suggestions.show", key=case, rules=request.args.get("rules"), share=request.args.get("share"))
        )
    if key not in read.survey.groups.index and key not in known.index:
        now = proposals.there_now(read, key)
        if now is not None:
            return render_template("suggestions/gone.html", read=read, key=key, now=now), NOT_FOUND
    return _show(key)


@bp.post("/decide/<path:key>")
def decide(key: str) -> _Page:
    """Accept, reject, move on, withdraw or reopen a suggestion."""
    return _decide(key, "decide")


@bp.post("/approve/<path:key>")
def approve(key: str) -> _Page:
    """Approve a union in preparation, or take back an approval entered by mistake."""
    return _decide(key, "approve")


def grouped(read: Reading, groups: pd.DataFrame) -> Filter | None:
    """Return the choice of the firms that the groups listed reach; None where no filter says just these."""
    chosen = Filter(gap=True, suggested=True)
    for name in ("county", "town"):
        if request.args.get(name):
            chosen = chosen.but(**{name: (request.args[name],)})
    return chosen if len(read.firms(chosen)) == groups["firms"].sum() else None


def chosen(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``proposals.listed`` that meet the request's conditions.

    Without a state those where something is to be done.
    """
    state = request.args.get("state", "")
    keep = _meeting(groups)
    if state != "all":
        keep &= groups["state"].isin([state] if state else proposals.OPEN)
    return groups[keep]


def listed(read: Reading) -> pd.DataFrame:
    """Return the groups of the survey that meet the request's conditions: kind, county and town."""
    return read.survey.groups[_meeting(read.survey.groups)]


def _meeting(groups: pd.DataFrame) -> pd.Series:
    keep = pd.Series(data=True, index=groups.index)
    for name, column in (("kind", "kind"), ("county", "county_code"), ("town", "town_code")):
        if request.args.get(name):
            keep &= groups[column].eq(request.args[name]).fillna(value=False)
    return keep


def _looked_at(key: str) -> tuple[Reading, Proposal, pd.DataFrame, outlooks.Outlook]:
    """Return the reading, the suggestion, its firms as rows of FIRMS, and its outlook."""
    read = reading()
    proposal = proposals.find(read, _cases(), key)
    firms = read.survey.firms
    members = firms.loc[[member for member in proposal.members if member in firms.index]]
    return read, proposal, members, outlooks.of(read, proposal, members, Terms.of(request.args))


def _cases() -> pd.DataFrame:
    with session() as opened:
        return proposals.cases(opened, scope())


def _decide(key: str, right: str) -> _Page:
    read, form, who = reading(), request.form, signed.account()
    move = form.get("move", "")
    with session(write=True) as opened:
        known = proposals.cases(opened, scope())
        proposal = proposals.find(read, known, key)
        named = form.getlist("member") if move == "approve" else proposal.members
        given, faults = deciding.read(form, named)
        if move not in life.MOVES or life.MOVES[move].right != right:
            faults.append(Refusal("move", "state"))
        faults = faults or deciding.refusals(proposal, move, given, known[known["state"].isin(life.LIVE)])
        decider, unclear = _decider(who, opened, str(given["name"]), move)
        faults += unclear
        faults = faults or _made(opened, read, proposal, given, decider)
    if faults:
        return _show(key, form, faults), UNPROCESSABLE
    flash(label("case_move", move) + _("：已记下。下次计算后清单和地图随之更新。"), "ok")
    return redirect(url_for("suggestions.show", key=proposal.case_id))


def _made(
    opened: Any, read: Reading, proposal: Proposal, given: Mapping[str, Any], decider: deciding.Decider
) -> list[Refusal]:
    """Make the move of the form and return what stood in its way after all."""
    move = request.form["move"]
    try:
        deciding.make(opened, read, proposal, move, given, decider)
    except UnionExistsError:
        return [Refusal("name", "exists")]
    except deciding.TakenError:
        return [Refusal("move", "meanwhile")]
    signed.note(opened, "suggestion", proposal.case_id, move=move, name=str(given["name"] or proposal.group["name"]))
    return []


def _decider(who: Any, opened: Any, name: str, move: str) -> tuple[deciding.Decider, list[Refusal]]:
    """Return who decides, with the order for tasks that the form gives; and what is wrong with that."""
    decider = deciding.Decider(str(who.id), str(who.name))
    kind, _sep, chosen = request.form.get("hands", "").partition(":")
    if move != "accept" or not chosen:
        return decider, []
    people, teams = hands.people(opened, scope()), hands.teams(opened, scope())
    if chosen not in (people if kind == "person" else teams):
        return decider, [Refusal("hands", "unknown", {"value": chosen[:40]})]
    step, faults = recording.read({"next_on": request.form.get("due_on", "")})
    due = step["next_on"]
    if faults or (due is not None and due < today()):
        return decider, [Refusal("due_on", "day", {"value": request.form.get("due_on", "")[:40]})]
    person, team = (chosen, None) if kind == "person" else (None, chosen)
    order = deciding.task_order(person, team, due, name, decider.account)
    return deciding.Decider(decider.account, decider.name, order), []


def _show(key: str, form: Any = None, faults: list[Refusal] | None = None) -> str:
    read, who = reading(), signed.account()
    with session() as opened:
        proposal = proposals.find(read, proposals.cases(opened, scope()), key)
        steps = store.cases.steps(opened, proposal.case_id).iloc[::-1]
        people, teams = hands.people(opened, scope()), hands.teams(opened, scope())
        waiting = adjusting.about(adjusting.entries(opened, read, scope()), proposal)
    firms = read.survey.firms
    members = firms.loc[[member for member in proposal.members if member in firms.index]]
    rights = ROLES.get(who.role, frozenset()) if who else frozenset()
    stage = proposal.stage
    return render_template(
        "suggestions/group.html", read=read, key=key, proposal=proposal, group=proposal.group, members=members,
        total=read.total(), part=locator.members(read, proposal.group, members.index), steps=steps,
        undotted=int((~locator.dotted(members)).sum()), moves=life.moves(proposal.state, rights),
        stages=[code for code in following(stage or "P0") if code in life.PREPARING], people=people, teams=teams,
        may_approve=stage is not None and "P7" in following(stage), form=form or MultiDict(), today=today(),
        who=who, waiting=waiting,
        faults={fault.field: fault for fault in faults or []}, worded=recording.worded,
        proposal_name=proposals.name_of(read, key, proposal.group), terms=TERMS,
        outlook=outlooks.of(read, proposal, members, Terms.of(request.args)),
    )  # fmt: skip
