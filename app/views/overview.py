"""The overview: the city's figures with their bases, its counties ranked, and where most is to be done."""

import math
from collections.abc import Collection
from datetime import date
from typing import Any

import pandas as pd
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from app import runs
from app.arguments import asks
from app.census import Totals
from app.current import census_totals, outdated_days, partial, sketch, yearly
from app.db import session
from app.links import figure_url, list_url
from app.listing import ordered
from app.maps import classes, counties
from app.pages import day, percent
from app.reading import Reading
from app.views import Nav
from geo.coverage import UNPLACED
from geo.gaps import Filter

bp = Blueprint("overview", __name__)
nav = Nav(10, "overview.show", lazy_gettext("总览"))

SORTS = (
    "name",
    "eligible",
    "rate",
    "rate_census",
    "gap",
    "gap_workers",
    "rate_own_25",
    "without_own_25",
    "unions",
    "net_growth",
    "unlocated",
)
TOP = 10
OPEN = (runs.QUEUED, runs.RUNNING)
LEVELS = ("building", "number", "market", "street", "zone", "village", "town", "county", "none")
"""Levels a firm is located to, fine to coarse."""


@bp.get("/")
@asks(sort=SORTS)
def show() -> str:
    """Show the city at a glance; htmx asks for the county table alone."""
    read = sketch()  # its figures are those of a slim reading, which is there in a tenth of the time
    sort = request.args.get("sort", "-rate")
    census = census_totals()
    table, total = counties_ranked(read, sort, census), read.figures_on_census(None, census).loc["all"]
    common = {"read": read, "total": total, "counties": table, "sort": sort, "census": census}
    common["growth"] = read.growth().loc["all"]
    if partial():
        return render_template("overview/counties.html", **common)
    tops = {kind: top(read, kind) for kind in ("building", "market")}
    years, old = [(on, with_known_rate(row)) for on, row in yearly()], outdated_days()
    return render_template(
        "overview/page.html", **common, tops=tops, years=years, years_chart=years_chart(years, old),
        county_map=county_map(read), levels=levels(read),
        old_years=old, renewing=renewing(old),
    )  # fmt: skip


def with_known_rate(row: pd.Series) -> pd.Series:
    """Return the figures of a day; its rate is NaN where it knew neither a union nor a firm that one covers."""
    return row if row["unions"] or row["covered"] else pd.concat([row.drop("rate"), pd.Series({"rate": math.nan})])


def renewing(days: list[date]) -> bool:
    """Return whether surveys of all these days wait in line or go on."""
    with session() as opened:
        going = {run.on_day for run in runs.latest(opened, kind=runs.survey.KIND, limit=200) if run.status in OPEN}
    return set(days) <= going


def counties_ranked(read: Reading, sort: str, census: Totals | None) -> pd.DataFrame:
    """Return the figures by county in the order asked for, firms of no known county last."""
    figures = read.figures_on_census("county", census).join(read.growth("county")["net_growth"])
    names = [read.name("county", key) for key in figures.index]
    figures = figures.assign(name=names, last=figures.index == UNPLACED)
    shown = figures[~figures["last"] | figures["eligible"].gt(0) | figures["unions"].gt(0)]
    return ordered(shown, sort, SORTS).sort_values("last", kind="stable")


def top(read: Reading, kind: str) -> pd.DataFrame:
    """Return the places of a kind with most firms without a union."""
    table = read.ranking(kind, Filter(gap=True))
    return table[table.index != UNPLACED].head(TOP)


def years_chart(years: list[tuple[date, pd.Series]], old: Collection[date] = ()) -> dict[str, Any]:
    """Return what the chart of the yearly states draws; days of ``old`` registers bear a star."""
    names = {"own": _("单独建会"), "joint": _("联合建会"), "gap": _("未建会")}
    return {
        "days": [f"{day(on)}{'*' if on in old else ''}" for on, _row in years],
        "series": [{"name": name, "values": [int(row[key]) for _on, row in years]} for key, name in names.items()],
        "totals": [int(row["eligible"]) for _on, row in years],
        "rates": [percent(row["rate"]) for _on, row in years],
        "rate_label": _("建会率"),
    }


def levels(read: Reading) -> list[tuple[str, int, str]]:
    """Return each level with its eligible firms and the address of their list, fine to coarse."""
    counts = read.figures("level")["eligible"]
    eligible = Filter(eligible=True)
    return [(level, int(counts.get(level, 0)), list_url(eligible.but(level=(level,)))) for level in LEVELS]


def county_map(read: Reading) -> tuple[Markup, list[tuple[str, str]]]:
    """Return the map of firms without a union by county, each a link to its list, and its classes (colour, text)."""
    gaps = read.figures("county")["gap"].drop(UNPLACED, errors="ignore")
    links = {str(key): figure_url("gap", "county", key) for key in gaps.index}
    label = _("各县（市、区）未建会企业数")
    scale = classes.of_counts(gaps)
    drawn = counties.svg(read.outlines, gaps, classes=scale, href=links, label=label)
    return drawn, list(zip(scale.colours, scale.labels(), strict=False))
