"""``gaps``: the firms without a union of one place, or the ranking of all places of a kind, as a file."""

from datetime import datetime
from pathlib import Path

import click
import pandas as pd

from app import store
from app.cli import NOTHING_DONE, Day, Target
from app.db import session
from app.errors import NoSurveyError
from app.labels import label
from app.pages import untold
from app.reading import Reading, with_plain_villages
from app.reports import gap_list, rankings
from app.reports.sheet import Sheet, comma_separated, xlsx
from geo.gaps import KINDS, Filter, walk

_DAY = Day()
_BY_LENGTH = {6: "county", 9: "town", 12: "village"}
_SHOWN = 20


@click.command("gaps")
@click.option(
    "--place", help="地点：building:…、zone:…、market:…、street:…，或县镇村代码 / key of a place or a division"
)
@click.option("--kind", type=click.Choice(list(KINDS)), help="给一类地点排行 / rank all places of a kind")
@click.option("--out", type=Target(), help="写入 .xlsx 或 .csv / file to write")
@click.option("--on", type=_DAY, help="哪一天的结果（默认最新）/ the day of the survey; the newest if not given")
@click.option("--all", "every", is_flag=True, help="也列出已建会和不计入的企业 / list firms that are no gap, too")
def gaps(place: str | None, kind: str | None, out: Path | None, on: datetime | None, every: bool) -> None:
    """空白点 / firms without a union: a list for one place, or a ranking of places.

    Exit status: 0 written, 2 nothing done.
    """
    if (place is None) == (kind is None):
        raise click.UsageError("--place 和 --kind 选其一 / give either --place or --kind")
    if out is not None and out.suffix not in (".xlsx", ".csv"):
        raise click.BadParameter("只能写 .xlsx 或 .csv / the name must end in .xlsx or .csv", param_hint="--out")
    read = stored(on)
    chosen = Filter() if every else Filter(gap=True)
    sheet = _ranking(read, kind, out) if kind else _list(read, str(place), chosen)
    if sheet is None:
        raise SystemExit(NOTHING_DONE)
    if out is not None:
        write(sheet, out)


def stored(on: datetime | None) -> Reading:
    """Return the survey of a day, or the newest, as pages read it.

    Raises
    ------
    NoSurveyError
        If there is none.
    """
    with session() as opened:
        found = store.surveys.latest(opened, store.CITY, on.date() if on else None)
        if found is None:
            raise NoSurveyError("nothing has been surveyed yet: run flask --app app survey")
        divisions, outlines = (store.read(opened, layer, store.CITY) for layer in ("divisions", "outlines"))
        return Reading(found, with_plain_villages(divisions), outlines, tuple(store.surveys.days(opened)))


def write(sheet: Sheet, out: Path) -> None:
    """Write a sheet to a file whose name tells the form."""
    body = xlsx(sheet, labels=("说明", "清单")) if out.suffix == ".xlsx" else comma_separated(sheet)
    out.write_bytes(body)
    click.echo(f"{out}: {sheet.title}")


def _list(read: Reading, place: str, chosen: Filter) -> Sheet | None:
    kind = place.partition(":")[0] if ":" in place else _BY_LENGTH.get(len(place), "")
    known = place in read.survey.places.index or place in read.divisions.index
    if place in read.divisions.index and pd.notna(ended := read.divisions.at[place, "valid_to"]):
        click.echo(
            f"{place} 是旧区划代码（{read.name(kind, place)}，用到 {ended.date()}），请用现行代码 / a former division",
            err=True,
        )
        return None
    table = read.firms(chosen.but(**{kind: (place,)})) if kind in KINDS else read.survey.firms.iloc[:0]
    if kind not in KINDS or not (known or len(table)):
        click.echo(f"没有这个地点 / no such place: {place}", err=True)
        return None
    click.echo(f"{read.name(kind, place)}: {len(table)} 家 / firms, {counted(table)} ({read.on})")
    return gap_list.sheet(read, chosen.but(**{kind: (place,)}), walk(table))


def counted(table: pd.DataFrame) -> str:
    """Return the workers of some firms in words, and for how many firms they are not known."""
    unknown = int(table["workers"].isna().sum())
    return size(int(table["workers"].sum()), unknown)


def size(workers: int, unknown: int) -> str:
    """Return a sum of workers in words; where not one count behind it is known, that it is not known."""
    if untold(workers, unknown):
        return "人数不详 / workers not known"
    more = f", {unknown} 家人数不详 / of unknown size" if unknown else ""
    return f"{workers} 人 / workers{more}"


def _ranking(read: Reading, kind: str, out: Path | None) -> Sheet:
    table = read.ranking(kind, Filter())
    if out is None:
        for key, row in table.head(_SHOWN).iterrows():
            name = row["name"] if key else label("figure", "unlocated")
            workers = size(row["gap_workers"], row["gap_workers_unknown"])
            click.echo(f"{row['rank']:>4} {name}: {row['gap']}/{row['eligible']}, {workers}")
    return rankings.sheet(read, kind, Filter(), table)


commands: list[click.Command] = [gaps]
