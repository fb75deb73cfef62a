"""The bulletin: its text made from the figures by a template that the office can edit, and its tables."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from app import store
from app.conference import words
from app.conference.content import FEWEST, Content
from app.conference.words import say
from app.i18n import spoken
from app.labels import label
from app.pages import number, percent
from geo.targets import FIGURES

KEY = "bulletin_template"
LONGEST = 20_000
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_TABLE = re.compile(r"^\[([^\[\]]+)\]$")
ENDS = 3
"""Counties named first and last."""


@dataclass(frozen=True)
class Table:
    """A table of a document: heads, rows of texts, relative widths; the first ``words`` columns are texts."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    words: int = 2


@dataclass(frozen=True)
class Part:
    """One paragraph (kind: title · note · heading · text) or one table."""

    kind: str
    text: str = ""
    table: Table | None = None


def in_force(session: Session) -> str:
    """Return the office's own template, else the one that ships."""
    return str(store.settings.get(session, KEY) or words.template())


def faults(text: str) -> list[str]:
    """Return what a template names that there is not: placeholders in braces, tables in brackets."""
    unknown = [f"{{{name}}}" for name in _PLACEHOLDER.findall(text) if name not in VALUES]
    tables = [match[1] for line in text.splitlines() if (match := _TABLE.match(line.strip()))]
    return list(dict.fromkeys([*unknown, *(f"[{name}]" for name in tables if name not in TABLES)]))


@spoken("zh")
def parts(content: Content, template: str) -> list[Part]:
    """Return the bulletin's paragraphs and tables in their order; empty paragraphs are left out."""
    known = values(content)
    result = []
    for line in template.splitlines():
        match = _TABLE.match(line.strip())
        if match:
            table = TABLES[match[1]](content)
            result.append(Part("table", table=table))
            if table.name in ("building", "market"):
                result.append(Part("note", note(content, table)))
            continue
        text = _PLACEHOLDER.sub(lambda found: known[found[1]], line).strip()
        kind = next((kind for mark, kind in _MARKS if text.startswith(mark)), "text")
        text = text.lstrip("#> ").strip()
        if content.county is not None:
            text = text.replace(say("below_city"), say("below_county"))
        if text:
            result.append(Part(kind, text))
    return result


@spoken("zh")
def values(content: Content) -> dict[str, str]:
    """Return every placeholder with its text."""
    return {name: make(content) for name, make in VALUES.items()}


def _total(figure: str) -> Callable[[Content], str]:
    return lambda content: content.text(content.total, figure)


def _census(content: Content) -> str:
    rate = content.total.get("rate_census")
    return "" if rate is None or pd.isna(rate) else f"；普查口径{percent(rate)}"


def _progress(content: Content) -> str:
    if content.progress["done"].isna().all():
        return say("no_base", day=content.year.year.before.isoformat())
    told = []
    for figure in FIGURES:
        row = content.progress.loc[figure]
        if pd.isna(row["done"]) or pd.isna(row["target"]):
            told.append(f"{label('target_figure', figure)}基数不详，暂不计算完成率")
            continue
        share = (
            "" if pd.isna(row["rate"]) else f"，完成率{percent(row['rate'])}（{label('target_state', row['state'])}）"
        )
        told.append(
            f"{label('target_figure', figure)}净增{number(row['done'])}，年度任务{number(row['target'])}{share}"
        )
    return "；".join(told) + "。"


def _with_state(content: Content, states: tuple[str, ...], lead: str) -> str:
    rows = content.counties_progress.xs("unions", level="figure")
    names = dict(zip(content.counties.index, content.counties["name"], strict=True))
    found = rows[rows["state"].isin(states) & rows.index.isin(list(names))].sort_values("rate", ascending=False)
    named = [f"{names[str(key)]}（{percent(row['rate'], 0)}）" for key, row in found.iterrows()]
    return f"{lead}{'、'.join(named)}。" if named else ""


def _ranked(table: pd.DataFrame, content: Content, figure: str, unit: str = "") -> str:
    return "、".join(f"{row['name']}（{content.text(row, figure)}{unit}）" for _key, row in table.iterrows())


def what_if(content: Content) -> str:
    """Return what the first suggestions would bring, in a sentence; empty without any."""
    known = content.what_if
    if not known["unions"]:
        return ""
    return say(
        "what_if",
        city=content.city,
        unions=known["unions"],
        firms=number(known["firms"]),
        workers=number(known["workers"]),
        rate=percent(known["rate"]),
        after=percent(known["after"]),
    )


VALUES: Mapping[str, Callable[[Content], str]] = {
    "全市": lambda content: content.city,
    "截止日期": lambda content: f"{content.read.on.year}年{content.read.on.month}月{content.read.on.day}日",
    "口径说明": lambda _content: say("basis"),
    "普查口径": _census,
    "应建会企业": _total("eligible"),
    "已建会企业": _total("covered"),
    "建会率": _total("rate"),
    "单独建会": _total("own"),
    "联合建会": _total("joint"),
    "未建会企业": _total("gap"),
    "未建会职工": _total("gap_workers"),
    "25人以上企业": _total("eligible_25"),
    "25人以上单独": _total("own_25"),
    "25人以上单独率": _total("rate_own_25"),
    "25人以上未单独": _total("without_own_25"),
    "基层工会": _total("unions"),
    "会员": _total("members"),
    "年度起": lambda content: content.year.year.first.isoformat(),
    "年度止": lambda content: content.year.year.last.isoformat(),
    "时序进度": lambda content: percent(content.year.elapsed),
    "任务进度": _progress,
    "完成县市区": lambda content: _with_state(content, ("reached",), "已完成基层工会年度任务的："),
    "滞后县市区": lambda content: _with_state(content, ("behind",), "滞后于时序进度的："),
    "居前": lambda content: _ranked(content.places.head(ENDS), content, "rate"),
    "居后": lambda content: _ranked(content.places.tail(ENDS).iloc[::-1], content, "rate"),
    "园区数": lambda content: number(len(content.zones)),
    "园区居多": lambda content: _ranked(content.zones.head(ENDS), content, "gap", "家"),
    "楼宇数": lambda content: number(len(content.buildings)),
    "市场数": lambda content: number(len(content.markets)),
    "建会测算": what_if,
    "说明": lambda content: f"{content.unplaced}{content.note}；{say('worksheet')}；{content.stamp}。",
}
"""What a template may name, and how it is told."""

RANKED = ("eligible", "covered", "gap", "gap_workers", "rate", "rate_own_25", "unions", "members")


def counties(content: Content) -> Table:
    """Return the counties ranked by their rate, the city below; a county's own document tells it once."""
    names = [*RANKED]
    if content.year.census is not None:
        names.insert(5, "rate_census")
    return _ranking(content, "county", content.counties, names, whole=content.county is None)


def ranked(content: Content) -> Table:
    """Return the counties ranked; in a county's own bulletin its towns, with the county below."""
    if content.county is None:
        return counties(content)
    return _ranking(content, "town", content.places, RANKED, whole=True)


def _ranking(content: Content, kind: str, table: pd.DataFrame, names: Sequence[str], *, whole: bool) -> Table:
    rows = [
        (str(place), row["name"], *(content.text(row, name) for name in names))
        for place, (_key, row) in enumerate(table.iterrows(), 1)
    ]
    if whole:
        rows.append(("", content.city, *(content.text(content.total, name) for name in names)))
    heads = (say("col_rank"), say("col_place"), *(say(f"col_{name}") for name in names))
    title = say({"county": "counties_table", "town": "towns_table"}[kind])
    return Table(kind, title, heads, tuple(rows), (0.5, 1.1, *[1.0] * len(names)))


def zones(content: Content, most: int = 20) -> Table:
    """Return the zones with most firms without a union."""
    return _places(content, "zone", content.zones.head(most), ("eligible", "covered", "gap", "gap_workers", "rate"))


def buildings(content: Content, most: int = 20) -> Table:
    """Return the buildings with most firms without a union, and what one joint union would reach."""
    names = ("eligible", "gap", "gap_workers", "group_firms", "group_workers")
    return _places(content, "building", content.buildings.head(most), names)


def markets(content: Content, most: int = 20) -> Table:
    """Return the same of markets."""
    names = ("eligible", "gap", "gap_workers", "group_firms", "group_workers")
    return _places(content, "market", content.markets.head(most), names)


def _places(content: Content, kind: str, table: pd.DataFrame, names: tuple[str, ...]) -> Table:
    rows = tuple(
        (str(place), row["name"], row["where"], *(content.text(row, name) for name in names))
        for place, (_key, row) in enumerate(table.iterrows(), 1)
    )
    heads = (say("col_rank"), say("col_place"), say("col_where"), *(say(f"col_{name}") for name in names))
    return Table(kind, say(f"{kind}s_table"), heads, rows, (0.5, 2.2, 1.7, *[1.0] * len(names)), words=3)


def targets(content: Content) -> Table:
    """Return net growth against the target, by county and figure."""
    heads = [say("col_place")]
    for figure in FIGURES:
        heads += [f"{label('target_figure', figure)}{say('col_done')}", say("col_target"), say("col_done_rate")]
    rows = [(content.city, *_progress_cells(content.progress))]
    for key, name in zip(content.counties.index, content.counties["name"], strict=True):
        if content.county is None and (key, "unions") in content.counties_progress.index:
            rows.append((str(name), *_progress_cells(content.counties_progress.loc[key])))
    return Table("target", say("targets"), tuple(heads), tuple(rows), (1.1, *[1.1, 0.8, 0.9] * len(FIGURES)), words=1)


def _progress_cells(rows: pd.DataFrame) -> Iterator[str]:
    for figure in FIGURES:
        row = rows.loc[figure]
        yield from (number(row["done"]), number(row["target"]), percent(row["rate"]))


def note(content: Content, table: Table) -> str:
    """Return what has to be said below a table where it is shown alone; "" for nothing."""
    if table.name == "county":
        return content.unplaced
    if table.name == "target":
        unknown = content.progress["done"].isna()
        return say("no_stock") if unknown.any() and not unknown.all() else ""
    return say("reached") if table.name in ("building", "market") else ""


def checks(content: Content) -> Table:
    """Return the ten checks against counting twice with what they found."""
    rows = tuple(
        (str(place), label("trap", code), "＜3" if content.public and 0 < found < FEWEST else number(found))
        for place, (code, found) in enumerate(content.traps, 1)
    )
    heads = (say("col_number"), say("col_check"), say("col_found"))
    return Table("check", say("checks"), heads, rows, (0.6, 4.0, 1.0))


TABLES: Mapping[str, Callable[[Content], Table]] = {
    "任务表": targets,
    "县市区表": ranked,
    "园区表": zones,
    "楼宇表": buildings,
    "市场表": markets,
    "核查表": checks,
}
"""Tables that a template may name."""

_MARKS: tuple[tuple[str, str], ...] = (("##", "heading"), ("#", "title"), (">", "note"))
