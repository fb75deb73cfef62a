"""Building the gazetteer from frames: divisions with dated aliases, places of the user's layers, facts learned."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import ahocorasick
import numpy as np
import pandas as pd
import shapely

from geo.frames import FACTS
from geo.gazetteer import variants
from geo.gazetteer.collect import Names
from geo.gazetteer.contents import digest
from geo.gazetteer.doors import KnownDoors, NumberedStreet, know_doors
from geo.gazetteer.elsewhere import elsewhere_keys
from geo.gazetteer.entries import DOUBT, Entity, Name, votes_of
from geo.gazetteer.facts import Fact, priors_of, read_facts
from geo.gazetteer.habits import Habits
from geo.gazetteer.index import FULL, LEARNED, NEAR, SHORT, TOWN, VILLAGE, Gazetteer, Key, key_of
from geo.gazetteer.layers import place_doors, place_storeys, street_courses
from geo.gazetteer.memory import paused_collector
from geo.gazetteer.premises import premises
from geo.gazetteer.tree import GazetteerError, read_tree
from geo.gazetteer.trust import Trust, reach


def build(
    divisions: pd.DataFrame,
    aliases: pd.DataFrame,
    places: pd.DataFrame,
    *,
    facts: pd.DataFrame | None = None,
    doors: KnownDoors | bool = True,
) -> Gazetteer:
    """Build a gazetteer.

    Parameters
    ----------
    divisions, aliases, places
        ``DIVISIONS``, ``ALIASES``, ``PLACES`` (WGS-84). A division with ``valid_to`` is a former one; its parent is
        where its land lies today. An alias whose target is no row of ``divisions`` or ``places`` names a place
        elsewhere.
    facts
        What ``learn`` returned as ``facts``, ``None`` for nothing learned.
    doors
        Whether house numbers are wanted; ``learn`` reads names only. What ``known_doors`` returned of the same places
        saves putting the doors together.

    Raises
    ------
    GazetteerError
        If ``divisions`` holds no city in force.
    """
    with paused_collector():
        names = Names(read_tree(divisions), aliases)
        learned = read_facts(facts)
        names.add_divisions()
        names.add_places(places, taught=bool(learned))
        names.add_aliases()
        names.add_learned(learned)
        found = _Freezer(names).gazetteer(places, learned)
        del names
        if doors is False:
            return found
        return _with_doors(found, places, known_doors(found, places) if doors is True else doors)


def known_doors(gazetteer: Gazetteer, places: pd.DataFrame) -> KnownDoors:
    """Return what the house numbers of ``PLACES`` tell, read with the names of a gazetteer."""
    return know_doors(places, gazetteer.read, gazetteer.owners, gazetteer.city.name, street_courses(places))


def _with_doors(gazetteer: Gazetteer, places: pd.DataFrame, known: KnownDoors) -> Gazetteer:
    """Add house numbers, and doors that belong to one building of the layers."""
    addresses = place_doors(places, gazetteer.read)
    held: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for key, (county, road, number) in addresses.items():
        if gazetteer.entities[key].origin != "registry":  # a learned door must be agreed on by its addresses
            held[county, road, number.text].add(key)
    doors = {door: min(keys) for door, keys in held.items() if len(keys) == 1}
    return replace(
        gazetteer,
        entities=_with_reach(gazetteer.entities, known.points, places),
        points=known.points,
        habits=known.habits,
        trust=known.trust,
        courses=known.courses,
        doors={**gazetteer.doors, **doors},
        addresses=addresses,
        storeys=place_storeys(places),
        premises_m=premises(addresses, gazetteer.entities, known.points),
    )


def _with_reach(
    entities: Mapping[str, Entity], points: Mapping[tuple[str, str], NumberedStreet], places: pd.DataFrame
) -> Mapping[str, Entity]:
    """Give counties and zones with a position the radius within which nine of ten of their known doors lie.

    A town's radius grows only: its numbers stand in its streets, and who names only the town stands out of them.
    """
    doors: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for known in points.values():
        for point in known.points:
            doors[point.county].add((point.lon, point.lat))
            doors[point.town].add((point.lon, point.lat))
    every = np.array(sorted(set().union(*doors.values())), dtype="float64").reshape(-1, 2)
    zones = places[places["kind"] == "zone"] if len(places) else places
    which, within = shapely.STRtree(shapely.points(every)).query(zones.geometry.to_numpy(), predicate="intersects")
    for zone, door in zip(zones.index[which], every[within].tolist(), strict=True):
        doors[str(zone)].add((door[0], door[1]))
    changed = {}
    for key, around in doors.items():
        entity = entities.get(key)
        if entity is not None and entity.placed and len(around) >= _LEAST_DOORS:
            least = entity.radius_m if entity.kind == "town" else 0.0
            changed[key] = entity._replace(radius_m=max(reach(sorted(around), (entity.lon, entity.lat)), least))
    return {**entities, **changed}


_LEAST_DOORS = 30
_CORES = (TOWN, VILLAGE)


class _Freezer:
    """Makes the automaton and the look-up tables out of collected names."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._behind = {mode: names.above(mode) for mode in (SHORT, TOWN)}
        self._known_votes: dict[tuple[frozenset[str], float], tuple[float, ...] | None] = {}

    def gazetteer(self, places: pd.DataFrame, facts: tuple[Fact, ...]) -> Gazetteer:
        """Return the gazetteer, without house numbers as yet."""
        keys: dict[str, tuple[Key, ...]] = {}
        lookup: dict[tuple[str, str], Name] = dict(self._names.learned)
        for (text, mode, label), group in sorted(self._names.groups.items()):
            key = self._key(text, mode, label, group)
            keys[text] = (*keys.get(text, ()), key)
            if mode == FULL:
                known = lookup.get((label, text))
                name = key[4]
                lookup[label, text] = name if known is None else _joined(name, known)
        for (label, text), name in self._names.learned.items():
            if (
                label != "stem"
                and name.mentions >= 2
                and len(text) >= 3
                and (text, FULL, label) not in self._names.groups
                and (text, TOWN, label) not in self._names.groups
            ):
                keys[text] = (*keys.get(text, ()), key_of(text, LEARNED, name))
                for surface in name.surfaces:
                    keys[surface] = (*keys.get(surface, ()), key_of(surface, LEARNED, name))
        for code, text in self._names.elsewhere:
            for words, key in elsewhere_keys(code, text, self._names.tree.city.key):
                keys[words] = (*keys.get(words, ()), key)
        automaton = ahocorasick.Automaton()
        for text in sorted(keys):
            automaton.add_word(text, keys[text])
        automaton.make_automaton()
        return self._frozen(automaton, keys, lookup, places, facts)

    def _key(self, text: str, mode: int, label: str, group: list[Entity]) -> Key:
        entities = _distinct(group)
        doubt = DOUBT["bare"] if mode == SHORT else DOUBT[label] if label != "city" else 0.0
        name = Name(text, label, "bare" if mode == SHORT else "full", entities, self._votes(entities, doubt))
        bare = None
        if mode in _CORES and not _is_road_too(text, mode):
            bare = Name(text, label, "bare", entities, self._votes(entities, DOUBT["bare"]))
        return key_of(text, mode, name, bare, behind=self._behind.get(mode, ""))

    def _votes(self, entities: tuple[Entity, ...], doubt: float) -> tuple[float, ...] | None:
        """Return the votes of a name for the counties of its entities; the same tuple for the same counties."""
        counties = frozenset([entity.county for entity in entities if entity.county])
        known = self._known_votes.get((counties, doubt))
        if known is None:
            known = votes_of(dict.fromkeys(counties, 1.0), self._names.tree.counties, doubt)
            self._known_votes[counties, doubt] = known
        return known

    def _frozen(
        self,
        automaton: ahocorasick.Automaton,
        keys: Mapping[str, tuple[Key, ...]],
        lookup: dict[tuple[str, str], Name],
        places: pd.DataFrame,
        facts: tuple[Fact, ...],
    ) -> Gazetteer:
        core = self._core_counties()
        owners = {
            text: name
            for text, found in keys.items()
            for mode, _, label, _, name, _, _ in found
            if label == "district" and name.votes and mode != NEAR
        }
        regions = set(owners) | {self._names.tree.city.name, "中国"}
        regions |= {short} if (short := variants.county_short(self._names.tree.city.name)) else set()
        regions |= {t for t, found in keys.items() if any(key[2] in ("prov", "city") for key in found)}
        doors = {(f.county, f.name, f.detail): f.surface for f in facts if f.kind == "door"}
        return Gazetteer(
            city=self._names.tree.city,
            city_name=Name(self._names.tree.city.name, "city", "bare", (self._names.tree.city,), None),
            counties=self._names.tree.counties,
            core=core,
            entities=self._names.entities,
            lookup=lookup,
            priors=priors_of(facts, self._names.tree.counties, core),
            regions=frozenset(regions),
            owners=owners,
            owner_words=_words(owners),
            inner={text: _inner(name, self._names.tree.counties) for text, name in owners.items()},
            town_cores=self._town_cores(),
            bare_zone=self._bare_zone(),
            namesakes=frozenset((t, code[:2]) for code, t in self._names.elsewhere if t in owners),
            doors=doors,
            points={},
            habits=Habits(),
            trust=Trust({}),
            courses={},
            addresses={},
            storeys={},
            premises_m=0.0,
            hash=digest(keys, facts, places),
            automaton=automaton,
        )

    def _town_cores(self) -> dict[str, Name]:
        """Cores of towns of one county only: an unknown 姜灶工业区 probably lies in the land of 姜灶镇."""
        cores = {}
        for (text, mode, label), group in sorted(self._names.groups.items()):
            shares = {e.county: 1.0 for e in group if e.county}
            if (
                mode == TOWN
                and label == "town"
                and len(text) >= 2
                and len(shares) == 1
                and not variants.DIRECTION.match(text)
            ):
                votes = votes_of(shares, self._names.tree.counties, DOUBT["core"])
                cores[text] = Name(text, "poi", "inner core", (), votes)
        return cores

    def _bare_zone(self) -> Name | None:
        """What 开发区 without any owner means: the city's own, as the layers know it or addresses taught it."""
        short = variants.county_short(self._names.tree.city.name) or self._names.tree.city.name
        group = self._names.groups.get((f"{short}开发区", FULL, "devzone"))
        if group is None:
            taught = self._names.learned.get(("devzone", f"{short}开发区"))
            if taught is None or taught.votes is None:
                return None
            least = math.log(DOUBT["bare zone"] / len(self._names.tree.counties))
            return Name("开发区", "devzone", "bare", (), tuple([max(vote, least) for vote in taught.votes]))
        shares = {e.county: 1.0 for e in group if e.county}
        votes = votes_of(shares, self._names.tree.counties, DOUBT["bare zone"])
        return Name("开发区", "devzone", "bare", (), votes)

    def _core_counties(self) -> frozenset[str]:
        """Return the districts of the city proper: those that never were a county or a city of their own."""
        former = {
            entity.key
            for (text, _, label), group in self._names.groups.items()
            for entity in group
            if label == "district" and text.endswith(("市", "县")) and entity.kind == "county"
        }
        core = frozenset(c for c in self._names.tree.counties if c not in former)
        return core or frozenset(self._names.tree.counties)


def _is_road_too(core: str, mode: int) -> bool:
    """Whether the core of a town or village says nothing without its suffix: it is a direction, a road or an estate."""
    if mode == VILLAGE:
        return bool(variants.ROADLIKE.search(core))
    return bool(variants.DIRECTION.search(core) or variants.ROAD_END.search(core))


def _distinct(group: list[Entity]) -> tuple[Entity, ...]:
    """Return the entities in the order of their keys, each key once."""
    if len(group) == 1:
        return (group[0],)
    first = {entity.key: entity for entity in reversed(group)}
    return tuple(first[key] for key in sorted(first))


def _words(owners: Mapping[str, Name]) -> re.Pattern[str]:
    if not owners:
        return re.compile(r"(?!)")
    longest_first = sorted(owners, key=lambda word: (-len(word), word))
    return re.compile("(?:" + "|".join(map(re.escape, longest_first)) + ")(?![路街湾道])")


def _inner(name: Name, counties: tuple[str, ...]) -> Name:
    """The county that an unknown zone or building carries in its name: 通州开发区."""
    shares = {e.county: 1.0 for e in name.entities if e.county}
    return Name(name.text, "poi", "inner", (), votes_of(shares, counties, DOUBT["inner"]))


def _joined(known: Name, learned: Name) -> Name:
    """A name of the layers that addresses mention too: the layer's entities, the addresses' votes where it has none."""
    return Name(known.text, known.label, known.form, known.entities, known.votes or learned.votes, learned.mentions)


__all__ = ["FACTS", "GazetteerError", "build"]
