"""Records that are, or may be, one firm: pairs with their why, to be joined or told apart, and taken back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import reviewer, store
from app.arguments import asks
from app.config import settings
from app.current import partial, reading, scope
from app.db import session as database
from app.errors import NotFoundError
from app.listing import page
from app.reading import Reading
from geo import linkage

bp = Blueprint("same", __name__, url_prefix="/same")

STATES = ("review", "auto", "none")


@bp.get("")
@asks("firm", page=True, choices={"state": STATES})
def index() -> str:
    """List the pairs of a state, what a decision is worth most first; ``firm`` shows those of one firm in any state."""
    read = reading()
    state = request.args.get("state") or "review"
    pairs, firm = read.survey.same, request.args.get("firm", "")
    chosen = pairs[pairs["one"].eq(firm) | pairs["other"].eq(firm)] if firm else pairs[pairs["status"].eq(state)]
    listed = linkage.by_worth(chosen, read.survey.firms)
    rows = page(listed, request.args.get("page", 1, type=int), settings().page_size // 2)
    with database() as opened:
        decided = linkage.decided(store.read(opened, "decisions", scope()), read.survey.firms.index)
        waiting = store.decisions.waiting(opened, store.surveys.record(opened))
    template = "same/list.html" if partial() else "same/page.html"
    return render_template(
        template, read=read, page=rows, state=state, firm=firm, decided=decided, waiting=waiting,
        counts=pairs["status"].value_counts(), reviewer=reviewer.name(),
    )  # fmt: skip


@bp.post("/decide")
def decide() -> Redirect:
    """Record that two records are one firm (``same``) or two (``different``)."""
    read, form = reading(), request.form
    one, other, answer = (form.get(name, "") for name in ("one", "other", "answer"))
    if not {one, other} <= set(read.survey.firms.index) or one == other or answer not in ("same", "different"):
        raise NotFoundError(f"no pair {one!r}, {other!r}")
    row = {"kind": "link" if answer == "same" else "unlink", "subject": one, "target": other}
    with database(write=True) as opened:
        store.decisions.record(opened, [row], by=reviewer.name(), at=datetime.now(UTC))
    told = (
        _("已记下：是同一家，下一次计算时归并。") if answer == "same" else _("已记下：不是同一家，下一次计算时分开。")
    )
    flash(told, "ok")
    return _back()


@bp.post("/undo")
def undo() -> Redirect:
    """Take the decision of a pair back."""
    with database(write=True) as opened:
        count = reviewer.withdraw(opened, request.form.get("act", ""), scope())
    flash(_("已撤回 %(n)s 条决定。", n=count) if count else _("没有可以撤回的决定。"), "ok" if count else "warn")
    return _back()


def _back() -> Redirect:
    state, firm, number = (request.form.get(name) or None for name in ("state", "firm", "page"))
    return redirect(url_for("same.index", state=state, firm=firm, page=number))


@bp.app_template_global("records_of")
def records_of(read: Reading, key: str) -> pd.DataFrame:
    """Return the other records (rows of FIRMS) that are the same firm as a record, the one that stands for it first."""
    firms = read.survey.firms
    top = firms.at[key, "same_as"] if pd.notna(firms.at[key, "same_as"]) else key
    keys = [top, *firms.index[firms["same_as"].eq(top).fillna(False)]]
    return firms.loc[[other for other in keys if other != key and other in firms.index]]


@bp.app_template_global("pairs_of")
def pairs_of(read: Reading, key: str) -> pd.DataFrame:
    """Return the pairs (rows of SAME) of a record, sure ones first."""
    pairs = read.survey.same
    mine = pairs[pairs["one"].eq(key) | pairs["other"].eq(key)]
    return mine.sort_values(["status", "bits"], ascending=[True, False])


@bp.app_template_global("links_of")
def links_of(read: Reading, key: str) -> pd.DataFrame:
    """Return the links (rows of LINKS) that lead to a firm, sure ones first."""
    links = read.survey.links
    return links[links["member_id"].eq(key).fillna(False)].sort_values("status", kind="stable")


@bp.app_template_global("firm_or_place")
def firm_or_place(read: Reading) -> Callable[[str], str]:
    """Return what names a key of a firm, place, division or union."""
    return lambda key: read.firm_name(key) if key in read.survey.firms.index else read.named(key)


@bp.app_template_global("decision_of")
def decision_of(decided: pd.DataFrame, pair: Any) -> Any:
    """Return the standing decision of a pair with its ``act``, None without."""
    key = linkage.pair_key(pair.one, pair.other)
    if key not in decided.index:
        return None
    row = decided.loc[key]
    act = store.decisions.act_of(str(row["key"]))
    return {"kind": row["kind"], "by": row["decided_by"], "on": row["decided_on"], "act": act}
