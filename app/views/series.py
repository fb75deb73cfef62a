"""Snapshots: the city at the ends of years and months, side by side in one scale, and the days still to be surveyed."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from werkzeug.wrappers import Response as Redirect

from app import palette, runs
from app.annual import Annual
from app.arguments import asks
from app.conference import series, snapshots
from app.current import day_of, reading, sketch_on, this_year, yearly
from app.db import session
from app.links import figure_url
from app.maps import classes, counties
from app.reading import Reading
from app.views import Nav
from app.views.overview import years_chart
from geo.coverage import UNPLACED

bp = Blueprint("series", __name__, url_prefix="/year/series")
nav = Nav(46, "series.index", lazy_gettext("快照与对比"), "year")


def surveyed() -> Collection[str]:
    """Return the days that can be compared with, as an address writes them."""
    return {on.isoformat() for on in reading().days}


@bp.get("")
@asks(choices={"with": surveyed})
def index() -> str:
    """Show the yearly and the monthly series, and two days in one scale: the base date's, or the one asked for."""
    year, read, totals = this_year(), reading(), yearly()
    months = series.monthly(totals, read.on)
    known = [(on, row) for on, row in months if row is not None]
    then = _then(year, read)
    before = sketch_on(then) if then is not None else None
    return render_template(
        "year/series.html",
        read=read,
        year=year,
        months=months,
        missing=[on for on, row in months if row is None],
        yearly=series.yearly(totals, year.choice.year_end, read.on),
        chart=years_chart(known) if len(known) > 1 else None,
        pair=pair(read, before),
        before=before,
        offered=[("", _("统计年度开始")), *((str(on), str(on)) for on in read.days if on != read.on)],
        today=runs.survey.today(),
        print_mark=snapshots.fingerprint(read)[:12],
    )


@bp.post("")
@asks()
def order() -> Redirect:
    """Put the month-ends that have not been surveyed in line."""
    with session(write=True) as opened:
        ordered = series.order_missing(opened, reading().on)
    runs.wake()
    flash(_("已排入 %(n)s 个时点，算完后自动出现在这里。", n=len(ordered)), "ok")
    return redirect(url_for("series.index"))


@bp.get("/snapshot.json")
@asks()
def export() -> Response:
    """Give the snapshot of the day as a file: the same rows give the same bytes."""
    read = reading()
    answer = Response(snapshots.snapshot(read), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="snapshot_{read.on}.json"'
    return answer


def _then(year: Annual, read: Reading) -> date | None:
    asked = day_of(request.args.get("with", ""))
    if asked is not None and asked != read.on:
        return asked
    return year.before.on if year.before is not None else None


def pair(read: Reading, before: Reading | None) -> dict[str, Any] | None:
    """Return two county maps of the rate with one scale, None where the base date has no survey."""
    if before is None:
        return None
    now, then = (
        each.figures("county")["rate"].drop(UNPLACED, errors="ignore").astype("float64") for each in (read, before)
    )
    scale = classes.of_rates(pd.concat([now, then]).to_numpy(), palette.COVERED)
    maps: list[Markup] = []
    for each, values in ((before, then), (read, now)):
        links = {str(key): figure_url("gap", "county", str(key), on=each.on.isoformat()) for key in values.index}
        maps.append(counties.svg(each.outlines, values, classes=scale, href=links, label=_("建会率")))
    return {"maps": maps, "legend": list(zip(scale.colours, scale.labels(), strict=False))}
