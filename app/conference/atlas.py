"""The atlas as PDF, drawn as vectors: the city, each county, each zone, the buildings and markets to begin with."""

import io
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from app.conference import maps, shading
from app.conference.content import FEWEST, Content
from app.conference.marks import INK, QUIET, Spot, font
from app.conference.words import say
from app.plotting import DRAWING

A4 = (11.69, 8.27)
METADATA = {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None}
ROWS = 16
"""Numbered places beside a map."""
FIGURES = ("eligible", "covered", "own", "joint", "gap", "gap_workers", "without_own_25", "rate", "rate_own_25")
PLACE_FIGURES = ("eligible", "covered", "gap", "gap_workers", "without_own_25", "rate")
CARDS = 4
SUMS = ("gap", "gap_workers", "gap_workers_unknown")
LINES = 32
"""Rows of a table that fills a page."""
LETTERS = 15
"""Letters of a name in the list beside a map."""

Page = tuple[str, Callable[[Figure], None]]


def atlas(content: Content, tell: Callable[[int, int], None] | None = None) -> bytes:
    """Return the PDF; ``tell`` hears how many of how many pages are done."""
    pages = list(_pages(content))
    stream = io.BytesIO()
    style = rc_context({"pdf.fonttype": 42, "pdf.compression": 6, "hatch.linewidth": 0.4})
    with DRAWING, style, PdfPages(stream, metadata=METADATA) as book:
        for number, (title, paint) in enumerate(pages, 1):
            figure = Figure(figsize=A4, facecolor="white")
            maps.Canvas(figure)  # measures the labels
            paint(figure)
            _frame(figure, content, title, number, len(pages))
            book.savefig(figure)
            if tell:
                tell(number, len(pages))
    return stream.getvalue()


def _pages(content: Content) -> Iterator[Page]:
    yield say("atlas_city", city=content.city), lambda figure: _city(figure, content)
    for key, row in content.counties.iterrows():
        yield say("atlas_county", place=row["name"]), _bind(_county, content, str(key), row)
    drawn = content.zones.index.isin(maps.places(content, "zone").index)
    for key, row in content.zones[drawn].iterrows():
        yield say("atlas_zone", place=row["name"]), _bind(_zone, content, str(key), row)
    rest = content.zones[~drawn]
    for start in range(0, len(rest), LINES):
        yield say("zones_undrawn"), _bind(_undrawn, content, rest.iloc[start : start + LINES])
    cards = [*_cards(content.buildings.head(8), "building"), *_cards(content.markets.head(4), "market")]
    for start in range(0, len(cards), CARDS):
        yield say("atlas_building"), _bind(_building, content, cards[start : start + CARDS])


def _bind(function: Callable[..., None], content: Content, *args: Any) -> Callable[[Figure], None]:
    return lambda figure: function(figure, content, *args)


def _cards(table: pd.DataFrame, kind: str) -> list[tuple[str, str, pd.Series]]:
    return [(kind, str(key), row) for key, row in table.iterrows()]


def _city(figure: Figure, content: Content) -> None:
    for left, column in ((0.03, "rate"), (0.51, "gap")):
        axes = figure.add_axes((left, 0.32, 0.46, 0.56))
        values, title = shading.shown(content, content.counties, column), "rate" if column == "rate" else "firms"
        maps.choropleth(axes, content, values, shading.scale(content, column), say(f"legend_{title}"))
    heads = [say("col_place"), *(say(f"col_{name}") for name in FIGURES)]
    rows = [[row["name"], *(content.text(row, name) for name in FIGURES)] for _key, row in content.counties.iterrows()]
    rows.append([content.city, *(content.text(content.total, name) for name in FIGURES)])
    # Ten counties and the city leave the foot of the page no line: the sentence stands between map and table.
    _table(figure, 0.04, 0.27, [0.11, *[0.09] * len(FIGURES)], [heads, *rows], last=True)
    figure.text(0.04, 0.295, content.unplaced, fontproperties=font(size=8), color=QUIET)


def _county(figure: Figure, content: Content, code: str, row: pd.Series) -> None:
    spots, table = _spots(content, "county_code", code)
    maps.county_page(figure.add_axes((0.03, 0.09, 0.60, 0.79)), content, code, spots)
    _facts(figure, content, row, FIGURES)
    _listed(figure, content, table)


def _zone(figure: Figure, content: Content, key: str, row: pd.Series) -> None:
    spots, table = _spots(content, "zone", key)
    maps.zone_page(figure.add_axes((0.03, 0.09, 0.60, 0.79)), content, key, spots)
    figure.text(0.66, 0.895, row["where"], fontproperties=font(size=9), color=QUIET)
    _facts(figure, content, row, PLACE_FIGURES)
    if not content.public and (more := maps.firms_of(content, key)[1]):
        note = say("firms_undrawn", n=f"{more:,}")
        figure.text(
            0.66, 0.66, textwrap.fill(note, 30), fontproperties=font(size=8), color=QUIET, va="top", linespacing=1.5
        )
    _listed(figure, content, table)


def _undrawn(figure: Figure, content: Content, table: pd.DataFrame) -> None:
    heads = [say("col_place"), say("col_where"), *(say(f"col_{name}") for name in PLACE_FIGURES)]
    rows = [
        [row["name"], row["where"], *(content.text(row, name) for name in PLACE_FIGURES)]
        for _key, row in table.iterrows()
    ]
    _table(figure, 0.04, 0.87, [0.26, 0.18, *[0.08] * len(PLACE_FIGURES)], [heads, *rows])


def _building(figure: Figure, content: Content, cards: Sequence[tuple[str, str, pd.Series]]) -> None:
    for place, (kind, key, row) in enumerate(cards):
        left, low = 0.03 + 0.485 * (place % 2), 0.50 - 0.42 * (place // 2)
        axes = figure.add_axes((left, low, 0.26, 0.35))
        if not maps.around(axes, content, key, kind):
            axes.set_axis_off()
            axes.text(0.5, 0.5, say("not_drawn"), fontproperties=font(size=8), ha="center", color=QUIET)
        x = left + 0.275
        for line, text in enumerate(textwrap.wrap(row["name"], 14)[:2]):
            figure.text(x, low + 0.325 - 0.026 * line, text, fontproperties=font(True, 11), color=INK)
        figure.text(x, low + 0.27, textwrap.shorten(row["where"], 40), fontproperties=font(size=8), color=QUIET)
        names = ("eligible", "gap", "gap_workers", "group_firms", "group_workers")
        for line, name in enumerate(names):
            y = low + 0.225 - 0.036 * line
            figure.text(x, y, say(f"col_{name}"), fontproperties=font(size=8), color=QUIET)
            figure.text(left + 0.445, y, content.text(row, name), fontproperties=font(True, 9), color=INK, ha="right")


def _spots(content: Content, column: str, key: str) -> tuple[list[Spot], pd.DataFrame]:
    """Return the circles of buildings and markets with most firms without a union, and their table."""
    seats = content.read.kept.get("print seats", lambda: _seats(content))
    found = seats[seats[column].eq(key).fillna(False) & seats["gap"].ge(FEWEST if content.public else 1)]
    found = found.groupby(["kind", "place"], sort=True)[list(SUMS)].sum().reset_index()
    found = found.sort_values(["gap", "gap_workers", "place"], ascending=[False, False, True]).head(ROWS)
    drawn = [row.place in maps.places(content, row.kind).index for row in found.itertuples()]
    names = [content.read.name(row.kind, row.place) for row in found.itertuples()]
    found = found.assign(name=names, drawn=drawn)
    spots = []
    for number, row in enumerate(found.itertuples(), 1):
        shapes = maps.places(content, row.kind)
        if row.place in shapes.index:
            point = shapes.geometry[row.place].representative_point()
            spots.append(Spot(point.x, point.y, float(row.gap), number))
    return spots, found


def _seats(content: Content) -> pd.DataFrame:
    """Return firms without a union and their known workers by building or market, county and zone."""
    firms = content.read.survey.firms
    gaps = firms[firms["gap"].astype(bool)]
    parts = []
    for kind in ("building", "market"):
        rows = gaps[gaps[kind].notna()][["county_code", "zone", kind, "workers"]].rename(columns={kind: "place"})
        known = rows["workers"].notna()
        sums = {"gap": 1, "gap_workers": rows["workers"].fillna(0), "gap_workers_unknown": (~known).astype(int)}
        parts.append(rows.assign(kind=kind, **sums))
    return (
        pd.concat(parts).groupby(["kind", "place", "county_code", "zone"], dropna=False)[list(SUMS)].sum().reset_index()
    )


def _facts(figure: Figure, content: Content, row: pd.Series, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        x, y = 0.66 + 0.165 * (place % 2), 0.855 - 0.058 * (place // 2)
        figure.text(x, y, say(f"col_{name}"), fontproperties=font(size=8), color=QUIET)
        figure.text(x, y - 0.027, content.text(row, name), fontproperties=font(True, 12), color=INK)


def _listed(figure: Figure, content: Content, table: pd.DataFrame) -> None:
    if table.empty:
        return
    heads = [say("col_rank"), say("legend_building").partition("（")[0], say("col_gap"), say("col_gap_workers")]
    rows = [
        [str(number), _short(row), content.text(row, "gap"), content.text(row, "gap_workers")]
        for number, (_key, row) in enumerate(table.iterrows(), 1)
    ]
    _table(figure, 0.655, 0.52, [0.03, 0.155, 0.055, 0.07], [heads, *rows])


def _short(row: pd.Series) -> str:
    """Return the name of a place as the list beside a map has room for it."""
    name = row["name"] if len(row["name"]) <= LETTERS else row["name"][: LETTERS - 1] + "…"
    return name if row["drawn"] else say("undrawn", name=name[: LETTERS - 4])


def _table(
    figure: Figure,
    left: float,
    top: float,
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    *,
    last: bool = False,
) -> None:
    """Write rows from ``top`` down, the first as heads; numbers stand right."""
    step = 0.0238
    for line, row in enumerate(rows):
        y, x = top - step * line, left
        bold = line == 0 or (last and line == len(rows) - 1)
        for place, (width, text) in enumerate(zip(widths, row, strict=True)):
            right = place > 0 and (place > 1 or len(widths) > 5)
            figure.text(
                x + (width - 0.006 if right else 0),
                y,
                text,
                fontproperties=font(bold, 7.4),
                color=QUIET if line == 0 else INK,
                ha="right" if right else "left",
                va="baseline",
            )
            x += width
        figure.add_artist(_rule(left, x, y - 0.007, 0.7 if line == 0 else 0.25))


def _rule(left: float, right: float, y: float, width: float) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([left, right], [y, y], color="#8a95a1", linewidth=width)


def _frame(figure: Figure, content: Content, title: str, number: int, pages: int) -> None:
    figure.text(0.03, 0.935, title, fontproperties=font(True, 16), color=INK)
    figure.text(0.97, 0.94, say("atlas_title", city=content.city), fontproperties=font(size=9), color=QUIET, ha="right")
    figure.add_artist(_rule(0.03, 0.97, 0.922, 1.0))
    figure.text(0.03, 0.045, content.footer, fontproperties=font(size=7), color=QUIET)
    below = "　".join(filter(None, (say("estimated"), content.stamp, "；".join(content.read.credits))))
    figure.text(0.03, 0.025, below, fontproperties=font(size=6.5), color=QUIET)
    figure.text(0.97, 0.045, say("page_of", n=number, m=pages), fontproperties=font(size=7), color=QUIET, ha="right")
    if content.watermark:
        figure.text(
            0.45,
            0.5,
            content.watermark,
            fontproperties=font(size=30),
            color="#000000",
            alpha=0.06,
            rotation=28,
            ha="center",
            va="center",
            zorder=50,
        )
