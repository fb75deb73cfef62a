"""Sheets that zones and towns are scored by: the office writes the lines, the atlas puts its figures beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import reviewer, store
from app.arguments import asks
from app.current import reading, scope
from app.db import session
from app.errors import NotFoundError
from app.labels import label
from app.reading import Reading
from app.store.targets import Written
from geo.coverage import RATES, with_empty

bp = Blueprint("sheets", __name__, url_prefix="/year/sheets")

SHEETS = ("zone", "town")
UNPROCESSABLE = 422
LINES = 30
"""Lines that a sheet has at most."""
LONGEST = 200
COUNTED = ("unions", "rate", "rate_own_25", "unions_joint", "joint", "members", "rate_members_unionised", "gap")
"""Figures of a place that zones report (domain notes 4.4), offered to stand beside a score."""
SHARES = frozenset(rate.name for rate in RATES)


@bp.get("")
@asks("place", choices={"sheet": SHEETS})
def index() -> str:
    """Show a sheet with its lines, and what one place was given."""
    return _page({})


@bp.post("/lines")
@asks(choices={"sheet": SHEETS})
def save_lines() -> Redirect | tuple[str, int]:
    """Keep the lines of a sheet; one without a name goes."""
    sheet, errors = _sheet(), {}
    lines = []
    for number in range(LINES):
        name = request.form.get(f"name-{number}", "").strip()[:LONGEST]
        full = _score(request.form.get(f"full-{number}", ""))
        if full is False:
            errors[f"full-{number}"] = _("分值请填数字。")
        if name:
            figure = request.form.get(f"figure-{number}", "")
            standard = request.form.get(f"standard-{number}", "").strip()[:LONGEST] or None
            lines.append({
                "key": request.form.get(f"key-{number}", ""), "name": name, "standard": standard,
                "figure": figure if figure in COUNTED else None, "full_score": full or None,
            })  # fmt: skip
    if errors:
        return _page(errors), UNPROCESSABLE
    with session(write=True) as opened:
        store.targets.keep_indicators(opened, sheet, lines, Written.now(reviewer.name()))
    flash(_("考评指标已保存。"), "ok")
    return redirect(url_for("sheets.index", sheet=sheet))


@bp.post("/scores")
@asks("place", choices={"sheet": SHEETS})
def save_scores() -> Redirect | tuple[str, int]:
    """Keep what one place was given."""
    sheet, place, errors = _sheet(), request.args.get("place", ""), {}
    if place not in dict(_places(reading(), sheet)):
        raise NotFoundError(f"no place {place!r}")
    given: dict[str, tuple[float | None, str | None]] = {}
    with session() as opened:
        lines = store.targets.indicators(opened, sheet)
    for line in lines:
        score = _score(request.form.get(f"score-{line.key}", ""))
        over = isinstance(score, float) and line.full_score is not None and score > line.full_score
        if score is False or over:
            errors[f"score-{line.key}"] = _("得分请填数字，不超过分值。")
        given[line.key] = (score or None, request.form.get(f"evidence-{line.key}", "").strip()[:LONGEST] or None)
    if errors:
        return _page(errors), UNPROCESSABLE
    with session(write=True) as opened:
        store.targets.keep_scores(opened, place, given, Written.now(reviewer.name()))
    flash(_("得分已保存。"), "ok")
    return redirect(url_for("sheets.index", sheet=sheet, place=place))


def _page(errors: dict[str, str]) -> str:
    read, sheet, place = reading(), _sheet(), request.args.get("place", "")
    places = _places(read, sheet)
    if place and place not in dict(places):
        raise NotFoundError(f"no place {place!r}")
    with session() as opened:
        lines = store.targets.indicators(opened, sheet)
        scores = store.targets.scores(opened, place) if place else {}
    row = with_empty(read.figures(sheet), [place]).loc[place] if place else None
    return render_template(
        "year/sheets.html", read=read, sheet=sheet, place=place, places=places, lines=lines, scores=scores, row=row,
        errors=errors, sums=_sums(lines, scores), offered=[(code, _called(code)) for code in COUNTED], called=_called,
        shares=SHARES,
        blank=min(LINES, len(lines) + 5), form=request.form, area=scope().county_code,
    )  # fmt: skip


def _sums(lines: Sequence[Any], scores: Mapping[str, Any]) -> tuple[float, float | None]:
    """Return the full score of a sheet and what a place has of it, None where nothing was given."""
    given = [scores[line.key].score for line in lines if line.key in scores and scores[line.key].score is not None]
    return sum(line.full_score or 0 for line in lines), sum(given) if given else None


def _sheet() -> str:
    return request.args.get("sheet") or SHEETS[0]


def _places(read: Reading, sheet: str) -> list[tuple[str, str]]:
    if sheet == "town":
        return [
            (key, f"{read.name('county', key[:6])} {name}")
            for code, _n in read.counties()
            for key, name in read.towns(code)
        ]
    places = read.survey.places
    zones = places[places["kind"].eq("zone")]
    return sorted(((str(key), str(name)) for key, name in zones["name"].items()), key=lambda pair: pair[1])


def _called(code: str) -> str:
    return label("rate" if code in SHARES else "figure", code)


def _score(text: str) -> Any:
    """Return a score as typed, None if empty, False if it is no number."""
    text = text.strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return False
    return value if 0 <= value < 10_000 and not pd.isna(value) else False
