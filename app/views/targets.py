"""The year's targets: how far the city, its counties and towns are, the form that sets them, the year's calendar."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import annual, reviewer, store
from app.annual import Annual, Choice
from app.arguments import asks, counties
from app.current import reading, this_year, yearly
from app.db import session
from app.downloads import download
from app.errors import NotFoundError
from app.reports import target_list
from app.store.targets import Written
from app.views import Nav
from geo.coverage import statistical_year, with_empty
from geo.targets import FIGURES, GROWTH, TRAPS, count_traps, cumulative

bp = Blueprint("targets", __name__, url_prefix="/year")
nav = Nav(45, "targets.index", lazy_gettext("目标与进度"), "year")

UNPROCESSABLE = 422
LONGEST = 200
YEARS = 3
"""Years that the founding document asks 6 % growth for."""


@dataclass(frozen=True)
class Line:
    """One place of the table: its key and name, its figures of the day, and its progress by figure."""

    key: str
    name: str
    row: pd.Series
    parts: dict[str, pd.Series]


@bp.get("")
@asks(choices={"county": counties})
def index() -> str:
    """Show targets and progress of the city and its counties, or of a county and its towns."""
    year, county = this_year(), request.args.get("county", "")
    return render_template(
        "year/targets.html", **told(year, county), years=three_years(year), traps=traps(), figures=FIGURES,
        counties=[pair for pair in year.read.counties() if year.seen([pair[0]])],
    )  # fmt: skip


@bp.get("/targets.<any(xlsx, csv):form>")
@asks(choices={"county": counties})
def export(form: str) -> Response:
    """Give the table as a file."""
    year, county = this_year(), request.args.get("county", "")
    return download(target_list.sheet(year, lines(year, county)), form)


@bp.get("/calendar")
@asks()
def calendar() -> str:
    """Show the year's calendar with what each month needs, ready to print."""
    return render_template("year/calendar.html", read=this_year().read)


@bp.get("/edit")
@asks(choices={"county": counties})
def edit() -> str:
    """Show the form of targets: of the city and its counties, or of the towns of a county."""
    return _form(this_year(), request.args.get("county", ""), {}, {})


@bp.post("/edit")
@asks(choices={"county": counties})
def save() -> Redirect | tuple[str, int]:
    """Keep the targets typed, or show the form again with what is wrong."""
    year, county = this_year(), request.args.get("county", "")
    typed, errors = _typed(year, county)
    chosen = _choice(errors) if not county else year.choice
    if errors:
        return _form(year, county, request.form, errors), UNPROCESSABLE
    with session(write=True) as opened:
        store.targets.keep(opened, year.year.last, typed, Written.now(reviewer.name()))
        if chosen != year.choice:
            annual.keep(opened, chosen)
    flash(_("任务指标已保存。"), "ok")
    return redirect(url_for("targets.index", county=county or None))


def told(year: Annual, county: str) -> dict[str, Any]:
    """Return what the page tells: lines of the places, the whole above them, and the sum check."""
    parts = lines(year, county)
    return {
        "read": year.read, "year": year, "county": county, "whole": whole(year, county), "lines": parts,
        "short": year.short("town" if county else "county", county or None),
        "shown_all": year.county is None or bool(county),
    }  # fmt: skip


def whole(year: Annual, county: str) -> Line:
    """Return the line above the places: the city, or one county."""
    own = county or year.county or ""
    kind = "county" if own else None
    key = own or "all"
    rows = year.progress(kind)
    if (key, FIGURES[0]) not in rows.index:
        raise NotFoundError(f"no figures of {key}")
    name = year.read.name("county", own) if own else year.read.city()
    return Line(
        key,
        name,
        with_empty(year.figures(kind), [key]).loc[key],
        {figure: rows.loc[(key, figure)] for figure in FIGURES},
    )


def lines(year: Annual, county: str) -> list[Line]:
    """Return the places below, by what they have done of the target of unions, those without one last."""
    kind = "town" if county else "county"
    named = year.read.towns(county) if county else year.read.counties()
    rows = year.progress(kind, county or None)
    figures = with_empty(year.figures(kind), [key for key, _name in named])
    result = [
        Line(key, name, figures.loc[key], {figure: rows.loc[(key, figure)] for figure in FIGURES})
        for key, name in named
        if year.seen([key])
    ]
    return sorted(result, key=lambda line: _rank(line.parts["unions"]["rate"]))


def three_years(year: Annual) -> list[dict[str, Any]]:
    """Return the stocks at the ends of the last statistical years that have a survey, and their growth."""
    days = dict(yearly())
    ends = [statistical_year(year.read.on, year.choice.year_end).before]
    for _step in range(YEARS - 1):
        ends.insert(0, statistical_year(ends[0], year.choice.year_end).before)
    chosen = [(on, days[on]) for on in [*ends, year.read.on] if on in days]
    first = chosen[0][1] if chosen else None
    return [
        {
            "on": on, "row": row, "growth": _growth(row, before),
            "since": _growth(row, first) if before is not None else None,
            "asked": cumulative(year.choice.growth, place) if place else None,
        }
        for place, ((on, row), before) in enumerate(zip(chosen, [None, *(row for _on, row in chosen)], strict=False))
    ]  # fmt: skip


def traps() -> list[tuple[Any, int, list[tuple[str, str]]]]:
    """Return each double-count check with what it found and the flags whose lists show it."""
    read = reading()
    found = count_traps(read.survey.firms, read.survey.unions)
    return [
        (trap, int(found[trap.code]), [(flag, _flagged(trap.about, flag)) for flag in trap.flags]) for trap in TRAPS
    ]


def _flagged(about: str, flag: str) -> str:
    return url_for("firms.index", flag=flag) if about == "firm" else url_for("unions.index", flag=flag)


def _growth(row: pd.Series, before: pd.Series | None) -> dict[str, float | None]:
    if before is None:
        return {"unions": None, "members": None}
    result: dict[str, float | None] = {}
    for name in ("unions", "members"):
        untold = not before[name] or (name == "members" and not row[name])
        result[name] = None if untold else float(row[name] - before[name]) / float(before[name])
    return result


def _rank(rate: Any) -> tuple[bool, float]:
    return (True, 0.0) if pd.isna(rate) else (False, -float(rate))


def _form(year: Annual, county: str, form: Any, errors: dict[str, str]) -> str:
    kind = "town" if county else "county"
    named = year.read.towns(county) if county else year.read.counties()
    if not county:
        named = [(annual.CITY, _("全市")), *named]
    base, proposed = year.base(kind), year.proposed(kind, county or None)
    if not county:
        base = pd.concat([base, year.base(None).rename(index={"all": annual.CITY})])
        proposed = pd.concat([proposed, year.proposed(None).rename(index={"all": annual.CITY})])
    return render_template(
        "year/edit.html", read=year.read, year=year, county=county, named=named, figures=FIGURES, base=base,
        proposed=proposed, typed=year.typed.reindex([key for key, _name in named]), form=form, errors=errors,
        short=year.short(kind, county or None), ends=annual.YEAR_ENDS,
    )  # fmt: skip


def _typed(year: Annual, county: str) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    named = year.read.towns(county) if county else [(annual.CITY, ""), *year.read.counties()]
    source = request.form.get("source", "").strip()[:LONGEST] or None
    typed: dict[str, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    for key, _name in named:
        values: dict[str, Any] = {}
        for name in (*FIGURES, *(f"base_{figure}" for figure in FIGURES)):
            field = f"{name}-{key}"
            text = request.form.get(field, "").strip()
            values[name] = annual.whole_number(text) if text else None
            if text and values[name] is None:
                errors[field] = _("请填 0 或正整数，不要带单位或小数。")
        based = any(values[f"base_{figure}"] is not None for figure in FIGURES)
        values["source"] = source if based else None
        if based and source is None:
            errors["source"] = _("填了基数，请写明来源（如：2024 年度工会统计年报）。")
        typed[key] = values
    return typed, errors


def _choice(errors: dict[str, str]) -> Choice:
    growth = annual.share(request.form.get("growth", ""))
    if growth is None:
        errors["growth"] = _("请填大于 0、不超过 100 的百分数，如 6。")
    month, _sep, day = request.form.get("year_end", "").partition("-")
    end = (int(month), int(day)) if month.isdigit() and day.isdigit() else (0, 0)
    if end not in annual.YEAR_ENDS:
        errors["year_end"] = _("请选择统计年度截止日。")
        end = annual.YEAR_ENDS[-1]
    return Choice(end, growth or GROWTH)


@bp.app_template_global("stock_url")
def stock_url(figure: str, kind: str | None, key: str) -> str:
    """Return the address of the list behind a stock of one place."""
    endpoint, args = annual.stock_list(figure, kind, key)
    return url_for(endpoint, **args)


@bp.app_template_global("moved_url")
def moved_url(figure: str, kind: str | None, key: str) -> str:
    """Return the address of the list of unions founded in the year behind what is done; "" for other figures."""
    if figure not in ("unions", "own"):
        return stock_url(figure, kind, key)
    args: dict[str, Any] = {} if kind is None else {kind: key}
    only: dict[str, Any] = {"kind": "own"} if figure == "own" else {"layer": "basic"}
    return url_for("unions.index", **args, **only, year="founded")


@bp.app_template_filter("ymd")
def ymd(value: date) -> str:
    """Return a day as Chinese documents write it: 2025年12月31日."""
    return f"{value.year}年{value.month}月{value.day}日"
