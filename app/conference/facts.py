"""Every figure of the documents with a code, its basis, the address of its list, and the digest of that list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from app import annual, query
from app.conference import snapshots
from app.conference.content import SHARES, Content
from app.i18n import spoken
from app.labels import label
from app.reading import Reading
from geo.gaps import FIGURES, Filter
from geo.targets import FIGURES as ASKED

CITY = (
    "eligible",
    "covered",
    "own",
    "joint",
    "gap",
    "gap_workers",
    "eligible_25",
    "own_25",
    "without_own_25",
    "unions",
    "members",
    "rate",
    "rate_census",
    "rate_own",
    "rate_joint",
    "rate_own_25",
    "rate_members",
    "unlocated",
)
"""Figures told of the city and its counties."""
PLACE = ("eligible", "covered", "gap", "gap_workers", "without_own_25", "rate")
"""Figures told of a zone, building or market."""
UNION_FIGURES = ("unions", "members")
BLOCKS = ("county", "zone", "building", "market")


@dataclass(frozen=True)
class Fact:
    """One figure: code ``block.place.figure``, what it is in words, its value as told, basis, list and its digest."""

    code: str
    title: str
    place: str
    value: Any
    shown: str
    basis: str
    link: str
    digest: str


@spoken("zh")
def facts(content: Content) -> list[Fact]:
    """Return the facts of the city, its counties, zones, top buildings and markets, and of the targets."""
    return [*_city(content), *_blocks(content), *_targets(content)]


def _city(content: Content) -> Iterator[Fact]:
    for figure in CITY:
        yield _fact(content, "city", None, "", content.total, figure)


def _blocks(content: Content) -> Iterator[Fact]:
    tables = {
        "county": content.counties,
        "zone": content.zones,
        "building": content.buildings,
        "market": content.markets,
    }
    for kind, table in tables.items():
        for key, row in table.iterrows():
            for figure in CITY if kind == "county" else PLACE:
                yield _fact(content, kind, kind, str(key), row, figure)


def _fact(content: Content, block: str, kind: str | None, key: str, row: pd.Series, figure: str) -> Fact:
    link, keys = listed(content, kind, key, figure)
    name = content.city if kind is None else str(row["name"])
    basis = label("basis", SHARES[figure].basis) if figure in SHARES else _basis(figure)
    title = label("rate" if figure in SHARES else "figure", figure)
    hidden = content.hidden(row, figure)
    code = ".".join(filter(None, (block, key, figure)))
    value = None if content.value(row, figure) is None else row[figure]
    return Fact(
        code, title, name, value, content.text(row, figure), basis, link, "" if hidden else snapshots.digest(keys)
    )


def _basis(figure: str) -> str:
    """Return what a count is of."""
    if figure in UNION_FIGURES:
        return label("counted", figure)
    return label("counted", "workers" if "workers" in figure else "firms_25" if figure.endswith("_25") else "firms")


def listed(content: Content, kind: str | None, key: str, figure: str) -> tuple[str, "pd.Index"]:
    """Return the address of the list behind a figure of a place, and the keys that stand in it."""
    part = SHARES[figure].part if figure in SHARES else figure
    if part in UNION_FIGURES:
        place = {} if kind is None else {kind: key}
        unions = _basic(content.read, kind, key)
        return _address(content, "/unions", {**place, "state": "in_force", "layer": "basic"}), unions.index
    within = Filter() if kind is None else query.of_place(kind, key)
    chosen = query.both(within, FIGURES[part])
    assert chosen is not None
    return _address(content, "/firms", query.write(chosen)), content.read.firms(chosen).index


def _targets(content: Content) -> Iterator[Fact]:
    for figure in ASKED:
        yield from _parts(content, None, "all", content.city, figure, content.progress.loc[figure])
    for key, name in zip(content.counties.index, content.counties["name"], strict=True):
        if (key, "unions") in content.counties_progress.index:
            for figure in ASKED:
                row = content.counties_progress.loc[(key, figure)]
                yield from _parts(content, "county", str(key), str(name), figure, row)


def _parts(content: Content, kind: str | None, key: str, name: str, figure: str, row: pd.Series) -> Iterator[Fact]:
    endpoint, args = annual.stock_list(figure, kind, key)
    path, days = "/" + endpoint.partition(".")[0], {"base": content.year.year.before}
    for part in ("base", "now", "done", "target", "rate"):
        title = f"{label('target_figure', figure)} {label('target_part', part)}"
        value = None if pd.isna(row[part]) else row[part]
        shown = "—" if value is None else f"{float(value):.1%}" if part == "rate" else f"{int(value):,}"
        link = _address(content, path, args, days.get(part))
        basis = label("counted", f"target_{part}")
        digest = _digest(content, part, figure, kind, key) if value is not None else ""
        yield Fact(f"target.{key}.{figure}.{part}", title, name, value, shown, basis, link, digest)


def _digest(content: Content, part: str, figure: str, kind: str | None, key: str) -> str:
    """Return the digest of the lists behind a stock: of today, of the base date, or of both for what lies between.

    A target has no list: it is typed, or shared out by the stocks of the base date, whose list is its own.
    """
    reads: dict[str, list[Reading | None]] = {
        "base": [content.year.before],
        "target": [content.year.before],
        "now": [content.read],
    }
    days = reads.get(part, [content.year.before, content.read])
    found = [_stock(read, figure, kind, key) for read in days if read is not None]
    both = [f"{day}:{one}" for day, keys in enumerate(found) for one in keys]
    return snapshots.digest(found[0] if len(found) == 1 else both)


def _stock(read: Reading, figure: str, kind: str | None, key: str) -> list[str]:
    if figure == "joint_units":
        firms = read.survey.firms
        rows = firms["eligible"].astype(bool) & firms["primary"].eq("joint").fillna(False)
        if kind is not None:
            rows &= firms[f"{kind}_code"].eq(key).fillna(False)
        return [str(one) for one in firms.index[rows]]
    unions = _basic(read, kind, key)
    return [str(one) for one in (unions[unions["kind"].eq("own")] if figure == "own" else unions).index]


def _basic(read: Reading, kind: str | None, key: str) -> pd.DataFrame:
    """Return the basic unions in force of a place, of the city for no kind."""
    unions = read.survey.unions
    rows = unions["in_force"].astype(bool) & unions["kind"].ne("federation")
    if kind is not None:
        rows &= unions[f"{kind}_code"].eq(key).fillna(False)
    return unions[rows]


def _address(content: Content, path: str, args: dict[str, Any], on: date | None = None) -> str:
    return f"{path}?{urlencode({**args, 'on': (on or content.read.on).isoformat()}, doseq=True)}"
