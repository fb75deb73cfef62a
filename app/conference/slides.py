"""The slides: native text, tables and charts that can be edited, maps as pictures of 300 dpi."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.slide import Slide
from pptx.util import Inches, Pt

from app import palette
from app.conference import bulletin, maps, pieces, shading
from app.conference.bulletin import Table
from app.conference.content import Content
from app.conference.pieces import INK, QUIET, RED
from app.conference.series import yearly
from app.conference.shading import shown
from app.conference.stable import stable
from app.conference.words import say
from app.i18n import spoken
from app.labels import label
from app.maps import classes
from app.pages import number, percent

WIDE, HIGH = Inches(13.333), Inches(7.5)
ROWS = 14
"""Rows of a table on one slide."""
NARROW = 0.04
"""Share of the longest bar below which a piece has no room for its figure."""
MAP = (7.5, 5.3)
"""Size of a map in inches."""


@spoken("zh")
def deck(content: Content) -> bytes:
    """Return the slides."""
    made = Presentation()
    made.slide_width, made.slide_height = WIDE, HIGH
    for number_, paint in enumerate(_pages(content), 1):
        slide = made.slides.add_slide(made.slide_layouts[6])
        paint(slide)
        if number_ > 1:
            pieces.footing(slide, content, number_)
    properties = made.core_properties
    properties.title, properties.author = say("deck_title", city=content.city), content.mark.by
    properties.last_modified_by, properties.revision = content.mark.by, 1
    stream = io.BytesIO()
    made.save(stream)
    return stable(stream.getvalue(), content.mark.at)


def _pages(content: Content) -> list[Callable[[Slide], None]]:
    pages: list[Callable[[Slide], None]] = [
        lambda slide: _cover(slide, content),
        lambda slide: _glance(slide, content),
        lambda slide: _targets(slide, content),
        lambda slide: _table(slide, content, say("counties_table"), bulletin.counties(content), "county.*"),
        lambda slide: _counties(slide, content),
        lambda slide: _map(slide, content, "rate"),
        lambda slide: _map(slide, content, "gap"),
        *([lambda slide: _before_after(slide, content)] if content.year.before is not None else []),
        *([lambda slide: _years(slide, content)] if len(told(content)) > 1 else []),
        lambda slide: _large(slide, content),
        lambda slide: _table(slide, content, say("zones_table"), bulletin.zones(content, ROWS), "zone.*"),
        lambda slide: _zone_map(slide, content),
        lambda slide: _table(slide, content, say("buildings_table"), bulletin.buildings(content, ROWS), "building.*"),
        lambda slide: _table(slide, content, say("markets_table"), bulletin.markets(content, ROWS), "market.*"),
        lambda slide: _what_if(slide, content),
        lambda slide: _table(slide, content, say("checks"), bulletin.checks(content), ""),
        lambda slide: _method(slide, content),
    ]
    return pages


def told(content: Content) -> list[tuple[date, pd.Series]]:
    """Return the days of the yearly series with their figures; one day alone is none."""
    return yearly(list(content.series), content.year.choice.year_end, content.read.on)


def _targets(slide: Slide, content: Content) -> None:
    _table(slide, content, say("targets"), bulletin.targets(content), "target.*")
    if content.progress["done"].isna().all():
        said = say("no_base", day=content.year.year.before.isoformat())
        pieces.text(slide, 0.5, 6.1, 12.3, 0.5, said, 14, colour=QUIET)


def _cover(slide: Slide, content: Content) -> None:
    pieces.watermark(slide, content)
    bar = slide.shapes.add_shape(1, 0, Inches(2.35), Inches(0.22), Inches(2.2))
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(RED)
    bar.line.fill.background()
    pieces.text(slide, 0.8, 2.3, 11.5, 1.2, say("deck_title", city=content.city), 44, bold=True)
    pieces.text(slide, 0.8, 3.5, 11.5, 0.8, say("deck_subtitle", day=content.read.on.isoformat()), 24, colour=QUIET)
    pieces.text(slide, 0.8, 6.5, 11.8, 0.6, content.footer, 12, colour=QUIET)


def _glance(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("glance", city=content.city))
    names = ("rate", "gap", "gap_workers", "without_own_25", "eligible", "own", "joint", "unions", "members")
    for place, name in enumerate(names):
        left, top = 0.6 + 4.1 * (place % 3), 1.45 + 1.75 * (place // 3)
        title = label("rate" if name == "rate" else "figure", name)
        pieces.text(slide, left, top, 3.9, 0.4, title, 14, colour=QUIET)
        pieces.text(slide, left, top + 0.38, 3.9, 0.85, content.text(content.total, name), 40, bold=True)
    pieces.traced(slide, "city.*")


def _counties(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("counties_chart"))
    data = CategoryChartData()
    table, largest = content.counties.iloc[::-1], float(content.counties["eligible"].max())
    data.categories = list(table["name"])
    for name in ("own", "joint", "gap"):
        data.add_series(say(f"col_{name}"), [content.value(row, name) for _key, row in table.iterrows()])
    chart = pieces.chart(slide, XL_CHART_TYPE.BAR_STACKED, data)
    for series, colour, ink in zip(chart.plots[0].series, ("own", "joint", "none"), ("FFFFFF", INK, INK), strict=True):
        pieces.filled(series, palette.STATES[colour])
        series.data_labels.show_value, series.data_labels.number_format = True, "#,##0"
        series.data_labels.number_format_is_linked = False
        series.data_labels.font.size, series.data_labels.font.color.rgb = Pt(12), RGBColor.from_string(ink)
        for place, value in enumerate(series.values):
            if value is not None and value < NARROW * largest:  # no room for its label; the table before tells it
                pieces.unlabelled(series, place)
    chart.plots[0].overlap, chart.plots[0].gap_width = 100, 45
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = "#,##0", False
    pieces.traced(slide, "county.*")


def _large(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("large_chart"))
    data = CategoryChartData()
    table = content.counties.sort_values("without_own_25", ascending=False, kind="stable")
    data.categories = list(table["name"])
    data.add_series(say("col_without_own_25"), [content.value(row, "without_own_25") for _key, row in table.iterrows()])
    chart = pieces.chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, data, legend=False)
    series = chart.plots[0].series[0]
    pieces.filled(series, palette.GAP[3])
    series.data_labels.show_value, series.data_labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    series.data_labels.font.size = Pt(14)
    chart.plots[0].gap_width = 60
    pieces.traced(slide, "county.*.without_own_25")


def _years(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("years"))
    days = told(content)
    data = CategoryChartData(number_format="0.0%")
    data.categories = [on.isoformat() for on, _row in days]
    data.add_series(say("col_rate"), [content.value(row, "rate") for _on, row in days])
    # Columns: their labels stand above them, where a line that rises or falls would cross its own.
    chart = pieces.chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, data, legend=False, width=7.0)
    series = chart.plots[0].series[0]
    pieces.filled(series, palette.SERIES[0])
    series.data_labels.show_value, series.data_labels.number_format = True, "0.0%"
    series.data_labels.number_format_is_linked, series.data_labels.font.size = False, Pt(14)
    series.data_labels.position, chart.plots[0].gap_width = XL_LABEL_POSITION.OUTSIDE_END, 80
    chart.value_axis.minimum_scale = 0
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = "0%", False
    names = ("eligible", "covered", "gap", "unions", "rate")
    heads = (say("col_day"), *(say(f"col_{name}") for name in names))
    rows = tuple((on.isoformat(), *(content.text(row, name) for name in names)) for on, row in days[-ROWS:])
    pieces.grid(slide, Table("years", "", heads, rows, (1.7, 1.35, 1.0, 1.0, 1.15, 1.0), words=1), 7.7, 1.4, 5.1)


def _map(slide: Slide, content: Content, figure: str) -> None:
    pieces.heading(slide, content, say(f"map_{figure}"))
    values = shown(content, content.counties, figure)
    scale = shading.scale(content, figure)
    title = say("legend_rate" if figure == "rate" else "legend_firms")
    body = maps.picture(MAP, lambda axes: maps.choropleth(axes, content, values, scale, title))
    slide.shapes.add_picture(io.BytesIO(body), Inches(0.5), Inches(1.25), width=Inches(MAP[0]))
    table = content.counties.sort_values(figure, ascending=False, kind="stable")
    heads = (say("col_rank"), say("col_place"), say(f"col_{figure}"))
    rows = tuple((str(n), row["name"], content.text(row, figure)) for n, (_key, row) in enumerate(table.iterrows(), 1))
    pieces.grid(slide, Table("map", "", heads, rows, (0.7, 1.6, 1.4)), 8.5, 1.4, 4.2)
    pieces.text(slide, 8.5, 6.1, 4.3, 0.5, say("unlocated", n=number(content.total["unlocated"])), 12, colour=QUIET)
    pieces.traced(slide, f"county.*.{figure}")


def _zone_map(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("map_zones"))
    table = content.zones.head(ROWS)
    body = maps.picture(MAP, lambda axes: maps.zones_of_city(axes, content, table))
    slide.shapes.add_picture(io.BytesIO(body), Inches(0.5), Inches(1.25), width=Inches(MAP[0]))
    heads = (say("col_rank"), say("col_place"), say("col_gap"))
    rows = tuple((str(n), row["name"], content.text(row, "gap")) for n, (_key, row) in enumerate(table.iterrows(), 1))
    pieces.grid(slide, Table("map", "", heads, rows, (0.6, 2.8, 0.9)), 8.3, 1.3, 4.5)
    pieces.traced(slide, "zone.*.gap")


def _before_after(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("before_after"))
    before = content.year.before
    assert before is not None
    now = shown(content, content.counties, "rate")
    then, scale = shading.before(content), shading.scale(content, "rate")
    assert then is not None
    for left, values, on in ((0.4, then, before.on), (6.8, now, content.read.on)):
        body = maps.picture((6.1, 4.9), _choropleth(content, values, scale))
        pieces.text(slide, left, 1.15, 6.1, 0.4, on.isoformat(), 16, bold=True)
        slide.shapes.add_picture(io.BytesIO(body), Inches(left), Inches(1.6), width=Inches(6.1))


def _choropleth(content: Content, values: pd.Series, scale: classes.Classes) -> Callable[[Any], None]:
    return lambda axes: maps.choropleth(axes, content, values, scale, say("legend_rate"))


def _what_if(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("what_if_title"))
    known = content.what_if
    if not known["unions"]:
        return
    for left, rate, on in ((0.8, known["rate"], say("col_now")), (7.2, known["after"], say("col_after"))):
        pieces.text(slide, left, 1.9, 5, 0.5, on, 20, colour=QUIET)
        pieces.text(slide, left, 2.3, 5, 1.4, percent(rate), 72, bold=True)
    said = bulletin.what_if(content)
    pieces.text(slide, 0.8, 4.3, 11.6, 1.5, said, 24)
    pieces.traced(slide, "building.*")


def _method(slide: Slide, content: Content) -> None:
    pieces.heading(slide, content, say("method"))
    year = content.year
    lines = [
        say("method_1"),
        say("method_2"),
        say("method_3"),
        say(
            "method_4",
            elapsed=percent(year.elapsed),
            first=year.year.first.isoformat(),
            last=year.year.last.isoformat(),
        ),
        say("method_5", stamp=content.stamp),
        say("method_6", unlocated=number(content.total["unlocated"])) + content.unplaced,
        *content.read.credits,
    ]
    for place, text in enumerate(lines):
        pieces.text(slide, 0.8, 1.4 + 0.75 * place, 11.8, 0.7, f"· {text}", 18)


def _table(slide: Slide, content: Content, title: str, table: Table, code: str) -> None:
    pieces.heading(slide, content, title)
    pieces.grid(slide, table, 0.5, 1.25, 12.3)
    note = bulletin.note(content, table)
    if note:
        pieces.text(slide, 0.5, 6.38, 12.3, 0.3, note, 11, colour=QUIET)
    if code:
        pieces.traced(slide, code)
