"""``geocode``: a table of addresses in, divisions, places and positions out; needs no database."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import click
import geopandas as gpd
import pandas as pd
from flask import current_app

from app import budget
from app.cli import Share, Target
from app.confidence import locate_options
from app.db import session
from geo import gazetteer as gazetteers
from geo import places as placing
from geo.frames import ALIASES, OUTLINES
from geo.geocode import LocateOptions, locate
from geo.io.divisions import read_aliases, read_divisions, read_outlines, read_zones
from geo.io.geocoding import AnswerFile, Ground, join_places, read_addresses, read_elsewhere, read_place_file
from geo.io.models import SEGMENTER, read_segmenter
from geo.io.words import read_words
from geo.registry import Words

_PART = 50_000
_DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")


@click.command()
@click.argument("source", metavar="INPUT.csv", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUTPUT.csv", type=Target())
@click.option(
    "--places",
    "layers",
    multiple=True,
    metavar="KIND=FILE",
    help="图层 / a layer: zone, building, market, street, address",
)
@click.option(
    "--divisions", type=click.Path(path_type=Path), help="区划表 / divisions of another city (see: flask divisions)"
)
@click.option(
    "--datum", type=click.Choice(_DATUMS), default="wgs84", show_default=True, help="图层坐标系 / datum of the layers"
)
@click.option("--no-database", is_flag=True, help="不用数据库 / use only the files given and the divisions that ship")
@click.option("--no-learning", is_flag=True, help="不从输入学习 / do not learn names from the input itself")
@click.option(
    "--error-budget",
    type=Share(),
    metavar="SHARE",
    help="自动采用的答案中允许的错误比例，如 0.5% / wrong answers allowed among the automatic ones, such as 0.5%",
)
def geocode(
    source: Path,
    target: Path,
    layers: tuple[str, ...],
    divisions: Path | None,
    datum: str,
    no_database: bool,
    no_learning: bool,
    error_budget: float | None,
) -> None:
    """定位地址 / locate the addresses of a table.

    INPUT.csv needs a column of addresses (address, 地址, 住所 …); id and name may be missing. Each row is answered
    in order. Exit status: 0 all rows read, 1 some rows or features were not taken, 2 nothing done.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise click.BadParameter("不能写回输入文件 / the output must not be the input", param_hint="OUTPUT.csv")
    words = read_words(current_app.config["ATLAS"].data / "words")
    rows = read_addresses(source, words)
    known = _from_files(divisions) if no_database or divisions else _from_database()
    known, left = _with_layers(known, layers, words, datum)
    names, known = _names(rows.frame["address"], known, learning=not no_learning)
    if error_budget is None and not (no_database or divisions):
        with session() as opened:
            error_budget = budget.in_force(opened).share
    tally = _answer(rows.frame, names, known, target, locate_options(error_budget))
    _report(tally, names.hash, len(rows.malformed), left)
    sys.exit(1 if rows.malformed or left else 0)


def _names(addresses: pd.Series, known: Ground, *, learning: bool) -> tuple[gazetteers.Gazetteer, Ground]:
    """Return the gazetteer and what is known, with what people decided and what the addresses teach."""
    told = known.decisions
    divisions, aliases, places = gazetteers.laid(told, known.divisions, known.aliases, known.places)
    base = gazetteers.build(divisions, aliases, places)
    known = replace(known, divisions=divisions, aliases=aliases, places=places)
    if not learning:
        return base, known
    rulings = gazetteers.read_rulings(told, base.regions)
    with _bar("学习 / learning") as reach:
        taught = gazetteers.learn(addresses, base, amend=rulings.facts, progress=reach)
    known = replace(known, places=join_places([places, rulings.places(taught.places, places)]))
    aliases = rulings.aliases(aliases, taught.places)
    return gazetteers.build(divisions, aliases, known.places, facts=taught.facts), known


def _from_files(divisions: Path | None) -> Ground:
    """Divisions that ship, or another city's; aliases, outlines and zones where files of its name lie beside them."""
    data: Path = current_app.config["ATLAS"].data
    path = divisions or data / "divisions" / "nantong.csv"
    beside = path.with_name(path.stem + "_aliases.csv")
    outlines = data / "boundaries" / f"{path.stem}.geojson"
    zones = data / "zones" / f"{path.stem}.geojson"
    others = data / "zones" / f"{path.stem}_aliases.csv"
    aliases = [read_aliases(file) for file in (beside, others) if file.is_file()]
    empty = OUTLINES.empty()
    assert isinstance(empty, gpd.GeoDataFrame)
    return Ground(
        read_divisions(path),
        ALIASES.conform(pd.concat([*aliases, read_elsewhere(data / "words")])),
        read_outlines(outlines) if outlines.is_file() else empty,
        join_places([read_zones(zones)] if zones.is_file() else []),
    )


def _from_database() -> Ground:
    from app import store
    from app.db import session

    with session() as opened:
        inputs = store.inputs(opened)
    if not len(inputs.divisions):
        return _from_files(None)
    elsewhere = read_elsewhere(current_app.config["ATLAS"].data / "words")
    aliases = pd.concat([inputs.aliases, elsewhere[~elsewhere.index.isin(inputs.aliases.index)]])
    return Ground(inputs.divisions, ALIASES.conform(aliases), inputs.outlines, inputs.places, inputs.decisions)


def _with_layers(known: Ground, layers: tuple[str, ...], words: Words, datum: str) -> tuple[Ground, int]:
    frames, left = [], 0
    for layer in layers:
        kind, sign, file = layer.partition("=")
        if not sign:
            raise click.BadParameter(f"{layer!r}: KIND=FILE, for instance address=doors.csv", param_hint="--places")
        places, rejected = read_place_file(
            Path(file),
            kind,
            words,
            known=known,
            datum=datum,
            on=date.today(),  # noqa: DTZ011
        )
        frames.append(places)
        left += rejected
    return replace(known, places=join_places([*frames, known.places])), left


def _answer(
    rows: pd.DataFrame, names: gazetteers.Gazetteer, ground: Ground, target: Path, options: LocateOptions
) -> dict[str, int]:
    """Locate and write part by part; the target appears only when all is written."""
    tally: dict[str, int] = {}
    segmenter = read_segmenter(current_app.config["ATLAS"].data / SEGMENTER)
    with (
        _finished(target) as unfinished,
        AnswerFile(unfinished, ground.divisions, names.hash) as out,
        _bar("定位 / locating") as reach,
    ):
        for start in range(0, len(rows), _PART):
            part = rows.iloc[start : start + _PART]
            reached = partial(_reach, reach, start, len(rows))
            found = locate(
                part, names, options=options, progress=reached, segmenter=segmenter, decisions=ground.decisions
            )
            placed = placing.assign(found, ground.places, ground.outlines)
            out.write(part, placed)
            for status, count in placed["status"].value_counts().items():
                tally[str(status)] = tally.get(str(status), 0) + int(count)
    return tally


def _reach(reach: Callable[[int, int], None], start: int, of: int, done: int, _of_part: int) -> None:
    reach(start + done, of)


@contextmanager
def _finished(target: Path) -> Iterator[Path]:
    """Give a name to write to; it takes the target's place at the end, or is removed if something fails."""
    unfinished = target.with_name(target.name + ".part")
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden) as bar:

        def reach(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        yield reach
        bar.update((bar.length or 1) - bar.pos)


def _report(tally: dict[str, int], version: str, malformed: int, left: int) -> None:
    counts = ", ".join(f"{status} {tally[status]}" for status in sorted(tally))
    click.echo(f"{sum(tally.values())} 行 / rows: {counts or 'none'} (gazetteer {version})")
    if malformed:
        click.echo(f"{malformed} 行列数多于表头 / rows have more cells than the header", err=True)
    if left:
        click.echo(f"{left} 个图层要素未采用 / features of the layers were not taken", err=True)


commands = [geocode]
