"""What became of a town or a village: followed from table to table until the last one.

Each step is one of ``HOW``; a chain is as sure as its weakest step. Nothing is guessed across counties: where no rule
applies, the village is gone and only the town that holds its land is known.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from datasets.snapshots import Snapshot, Unit

HOW = {
    "same": "high",  # code and name stay
    "renumbered": "high",  # the name stays in the same county, the code changes
    "renamed": "medium",  # the code stays, the name changes
    "town_of_that_name": "medium",  # 掘港镇 becomes 掘港街道
    "moved": "medium",  # the only village of that name in the county is in another town
    "shared_villages": "medium",  # most villages of the town went there
    "town_only": "low",  # the village is gone; its town's successor is known
    "county_only": "low",  # the town is gone, and no village of it is found elsewhere
}
"""Kinds of step and how sure each is."""

_SURE = ("low", "medium", "high")
_VILLAGE_TAIL = re.compile(r"(（新）|\(新\))$")
_COMMITTEE = re.compile(r"(村|社区)?(居民|村民|居|村)?(委员会|委会|委委会)$")


@dataclass(frozen=True)
class Step:
    """The unit that follows, how it was found, and the share of villages that speak for it (towns only)."""

    unit: Unit
    how: str
    share: float = 1.0


@dataclass(frozen=True)
class Fate:
    """What a former unit is today: ``code`` of a town or village, how and how sure, first day the old name was gone."""

    code: str
    how: str
    sure: str
    gone: str


def core(name: str) -> str:
    """Name of a village without what its committee is called: 新村社区居委会 -> 新村, 十里坊村委会 -> 十里坊."""
    bare = _COMMITTEE.sub("", _VILLAGE_TAIL.sub("", name))
    for tail in ("社区", "村"):
        if bare.endswith(tail) and len(bare) - len(tail) >= 2:
            bare = bare.removesuffix(tail)
            break
    return bare or name


def town_core(name: str, owners: tuple[str, ...] = ()) -> str:
    """Name of a town without 镇, 乡, 街道, without 管理委员会 and without the names of city and county before it.

    掘港镇 and 掘港街道 -> 掘港; 海门市大东农场 and 南通市海门区大东农场 -> 大东农场.
    """
    for owner in owners:
        name = name.removeprefix(owner)
    bare = name.removesuffix("管理委员会").removesuffix("街道")
    return bare.removesuffix("镇").removesuffix("乡") or name


class Lineage:
    """The tables of a city, linked: ``town`` and ``village`` follow a unit from one table to the next."""

    def __init__(self, snapshots: list[Snapshot], counties_today: dict[str, str], city_name: str) -> None:
        self.snapshots = snapshots
        self.counties_today = counties_today
        counties = sorted({unit.name for snapshot in snapshots for unit in snapshot.counties.values()})
        self._owners = (city_name, *counties)
        self._members = [_by_parent(snapshot) for snapshot in snapshots]
        self._towns = [self._link_towns(index) for index in range(len(snapshots) - 1)]
        self._villages = [self._link_villages(index) for index in range(len(snapshots) - 1)]

    def county(self, code: str) -> str:
        """Code of the county today in whose land the county lay."""
        return self.counties_today.get(code, code)

    def town(self, index: int, code: str) -> Fate:
        """Follow a town of table ``index`` to the last table."""
        return self._follow(self._towns, index, code)

    def village(self, index: int, code: str) -> Fate:
        """Follow a village of table ``index`` to the last table; to its town where the village is gone."""
        start = self.snapshots[index].villages[code]
        hows = []
        for at in range(index, len(self.snapshots) - 1):
            step = self._villages[at].get(code)
            if step is None:
                town = self.town(at, self.snapshots[at].villages[code].parent)
                return Fate(town.code, "town_only", "low", _gone(self.snapshots, index, start))
            hows.append(step.how)
            code = step.unit.code
        return Fate(code, _main(hows), _weakest(hows), _gone(self.snapshots, index, start))

    def _follow(self, links: list[dict[str, Step]], index: int, code: str) -> Fate:
        start, hows = self.snapshots[index].towns[code], []
        for at in range(index, len(self.snapshots) - 1):
            step = links[at].get(code)
            if step is None:
                county = self.county(self.snapshots[at].towns[code].parent)
                return Fate(county, "county_only", "low", _gone(self.snapshots, index, start))
            hows.append(step.how)
            code = step.unit.code
        return Fate(code, _main(hows), _weakest(hows), _gone(self.snapshots, index, start))

    def _link_towns(self, index: int) -> dict[str, Step]:
        steps = {code: self._next_town(index, unit) for code, unit in self.snapshots[index].towns.items()}
        return {code: step for code, step in steps.items() if step is not None}

    def _next_town(self, index: int, town: Unit) -> Step | None:
        later = self.snapshots[index + 1]
        county = self.county(town.parent)
        rivals = [unit for unit in later.towns.values() if self.county(unit.parent) == county]
        if later.towns.get(town.code, town).name == town.name and town.code in later.towns:
            return Step(later.towns[town.code], "same")
        for unit in rivals:
            if unit.name == town.name:
                return Step(unit, "renumbered")
        if town.code in later.towns:
            return Step(later.towns[town.code], "renamed")
        for unit in rivals:
            if town_core(unit.name, self._owners) == town_core(town.name, self._owners):
                return Step(unit, "town_of_that_name")
        return self._by_villages(index, town, rivals)

    def _by_villages(self, index: int, town: Unit, rivals: list[Unit]) -> Step | None:
        names = {core(unit.name) for unit in self._members[index][town.code]}
        votes = Counter(
            {unit.code: len(names & {core(v.name) for v in self._members[index + 1][unit.code]}) for unit in rivals}
        )
        best, count = votes.most_common(1)[0]
        if not count:
            return None
        return Step(self.snapshots[index + 1].towns[best], "shared_villages", count / max(len(names), 1))

    def _link_villages(self, index: int) -> dict[str, Step]:
        homes: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        later = self.snapshots[index + 1]
        for unit in later.villages.values():
            homes[self.county(later.towns[unit.parent].parent), core(unit.name)].append(unit)
        links = {}
        for code, unit in self.snapshots[index].villages.items():
            step = self._next_village(index, unit, homes)
            if step is not None:
                links[code] = step
        return links

    def _next_village(self, index: int, unit: Unit, homes: dict[tuple[str, str], list[Unit]]) -> Step | None:
        later = self.snapshots[index + 1]
        home = self._towns[index].get(unit.parent)
        if home is None:
            return None
        town = home.unit
        namesakes = homes[self.county(town.parent), core(unit.name)]
        same_code = later.villages.get(town.code + unit.code[9:])
        if same_code is not None and same_code in namesakes:
            return Step(same_code, _kept(unit, same_code))
        for other in namesakes:
            if other.parent == town.code:
                return Step(other, _kept(unit, other))
        if len(namesakes) == 1:
            return Step(namesakes[0], "moved")
        if same_code is not None and not self._was_known(index, same_code):
            return Step(same_code, "renamed")
        return None

    def _was_known(self, index: int, unit: Unit) -> bool:
        """Whether a village of that name was already there: then it is another one, not a new name."""
        county = self.county(self.snapshots[index + 1].towns[unit.parent].parent)
        return any(
            core(other.name) == core(unit.name)
            for town, members in self._members[index].items()
            if self.county(self.snapshots[index].towns[town].parent) == county
            for other in members
        )


def _kept(before: Unit, after: Unit) -> str:
    if before.name != after.name:
        return "renamed"
    return "same" if before.code == after.code else "renumbered"


def _by_parent(snapshot: Snapshot) -> dict[str, list[Unit]]:
    members: dict[str, list[Unit]] = {code: [] for code in snapshot.towns}
    for unit in snapshot.villages.values():
        members[unit.parent].append(unit)
    return members


def _gone(snapshots: list[Snapshot], index: int, unit: Unit) -> str:
    """First day a table no longer shows the unit by its code and name; empty if the last one still does."""
    for snapshot in snapshots[index + 1 :]:
        now = snapshot.towns.get(unit.code) or snapshot.villages.get(unit.code)
        if now is None or now.name != unit.name:
            return snapshot.day.isoformat()
    return ""


def _weakest(hows: list[str]) -> str:
    return min((HOW[how] for how in hows), key=_SURE.index, default="high")


def _main(hows: list[str]) -> str:
    ranked = [how for how in HOW if how in hows]
    return ranked[-1] if ranked else "same"
