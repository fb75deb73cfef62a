"""Building the gazetteer from frames: divisions with dated aliases, places of the user's layers, facts learned."""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import ahocorasick
import pandas as pd

from geo.gazetteer import variants
from geo.gazetteer.elsewhere import elsewhere_keys
from geo.gazetteer.entries import DOUBT, Entity, Name, votes_of
from geo.gazetteer.facts import FACTS, Fact, learned_names, priors_of, read_facts
from geo.gazetteer.index import FULL, LEARNED, SHORT, TOWN, VILLAGE, Gazetteer, Key
from geo.gazetteer.layers import place_doors, place_names, street_points
from geo.gazetteer.tree import GazetteerError, Tree, read_tree
from geo.text import normalise


def build(
    divisions: pd.DataFrame,
    aliases: pd.DataFrame,
    places: pd.DataFrame,
    *,
    facts: pd.DataFrame | None = None,
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

    Raises
    ------
    GazetteerError
        If ``divisions`` holds no city in force.
    """
    maker = _Maker(read_tree(divisions))
    learned = read_facts(facts)
    maker.add_divisions()
    maker.add_aliases(aliases)
    maker.add_former_counties()
    maker.add_places(places, taught=bool(learned))
    maker.add_learned(learned)
    gazetteer = maker.finish(places, learned)
    return _with_doors(gazetteer, places)


def _with_doors(gazetteer: Gazetteer, places: pd.DataFrame) -> Gazetteer:
    """Add house numbers, and doors that belong to one building of the layers."""
    addresses = place_doors(places, gazetteer.read)
    held: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for key, (county, road, number) in addresses.items():
        if gazetteer.entities[key].origin != "registry":  # a learned door must be agreed on by its addresses
            held[county, road, number.text].add(key)
    doors = {door: min(keys) for door, keys in held.items() if len(keys) == 1}
    points = street_points(places, gazetteer.read)
    return replace(gazetteer, points=points, doors={**gazetteer.doors, **doors}, addresses=addresses)


@dataclass
class _Group:
    """All entities that one text may mean under one label and form."""

    label: str
    mode: int
    entities: dict[str, Entity] = field(default_factory=dict)
    bare: bool = False


class _Maker:
    """Collects names, then freezes them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._groups: dict[tuple[str, int, str], _Group] = {}
        self._elsewhere: dict[str, str] = {}
        self._learned: dict[tuple[str, str], Name] = {}
        self._entities = dict(tree.entities)
        self._renamed: set[str] = set()

    # --- divisions ---------------------------------------------------------------------------------------------------

    def add_divisions(self) -> None:
        for entity in self._tree.entities.values():
            if entity.kind == "county" and entity.former:
                continue  # its name lives on in the aliases
            self._division_name(entity.name, entity)

    def _division_name(self, raw: str, entity: Entity) -> None:
        text = (
            normalise(raw).text.replace("(", "").replace(")", "") if entity.kind != "village" else normalise(raw).text
        )
        if entity.kind == "city":
            self._add(text, FULL, "city", entity)
            self._add(f"{text}区", FULL, "city", entity)
            self._add(f"{text}市区", FULL, "city", entity)
            if short := variants.county_short(text):
                self._add(short, SHORT, "city", entity)
        elif entity.kind == "county":
            self._add(text, FULL, "district", entity)
            if short := variants.county_short(text):
                self._add(short, SHORT, "district", entity)
        elif entity.kind == "town":
            self._town_name(text, entity)
        elif (core := variants.village_core(text)) is not None:
            self._add(core, VILLAGE, "community", entity)
        elif len(text) >= 2:
            self._add(text, FULL, "community", entity)

    def _town_name(self, text: str, entity: Entity) -> None:
        core = variants.town_core(text)
        if core is not None:
            self._add(core, TOWN, "town", entity)
            return
        label = "devzone" if variants.ZONE_WORDS.search(text) else "town"
        for name in {text} | (self._zone_names(text) if label == "devzone" else set()):
            self._add(name, FULL, label, entity)

    def _zone_names(self, text: str) -> set[str]:
        owners = (self._tree.city.name, *(self._tree.entities[c].name for c in self._tree.counties))
        province = self._elsewhere.get(self._tree.province, "")
        return variants.zone_variants(text, owners, province)

    def add_aliases(self, aliases: pd.DataFrame) -> None:
        rows = sorted((str(r.target), normalise(r.alias).text) for r in aliases.itertuples())
        for target, text in rows:
            if target not in self._entities and target.isdigit() and len(target) == 6:
                self._elsewhere[target] = text
        for target, text in rows:
            entity = self._entities.get(target)
            if entity is None or not text or (entity.kind == "county" and (entity.former or entity.name == text)):
                continue
            if entity.kind == "county" and variants.ZONE_WORDS.search(text):
                zone = Entity(
                    f"zone:{target}:{text}", "zone", text, target, None, math.nan, math.nan, "division", math.nan
                )
                self._entities[zone.key] = zone
                for name in {text} | self._zone_names(text):
                    self._add(name, FULL, "devzone", zone)
            elif entity.kind == "county":
                self._add(text, FULL, "district", entity)
                if (short := variants.county_short(text)) and short != variants.county_short(self._tree.city.name):
                    self._add(short, SHORT, "district", entity)
            else:
                self._division_name(text, entity)

    def add_former_counties(self) -> None:
        """Add counties that are gone and that no alias explains: they name a county, though not which one today."""
        for entity in self._tree.entities.values():
            text = normalise(entity.name).text
            if entity.kind == "county" and entity.former and (text, FULL, "district") not in self._groups:
                self._add(text, FULL, "district", entity)

    def add_places(self, places: pd.DataFrame, *, taught: bool) -> None:
        for label, text, entity in place_names(places, self._zone_names):
            self._entities[entity.key] = entity
            if text and not (taught and entity.origin == "registry"):  # those get their votes from the facts
                self._add(text, FULL, label, entity)

    def add_learned(self, facts: Iterable[Fact]) -> None:
        owners = frozenset(text for text, _, label in self._groups if label in ("city", "district"))
        self._learned = learned_names(facts, self._tree.counties, self._entities, owners)

    def _add(self, text: str, mode: int, label: str, entity: Entity) -> None:
        if len(text) < 2 and mode != TOWN:
            return
        group = self._groups.setdefault((text, mode, label), _Group(label, mode))
        group.entities.setdefault(entity.key, entity)

    def finish(self, places: pd.DataFrame, facts: tuple[Fact, ...]) -> Gazetteer:
        keys: dict[str, list[Key]] = defaultdict(list)
        lookup: dict[tuple[str, str], Name] = dict(self._learned)
        for (text, mode, label), group in sorted(self._groups.items()):
            key = self._key(text, group)
            keys[text].append(key)
            if mode == FULL:
                known = lookup.get((label, text))
                lookup[label, text] = key.name if known is None else _joined(key.name, known)
        for (label, text), name in self._learned.items():
            if label != "stem" and name.mentions >= 2 and len(text) >= 3 and (text, FULL, label) not in self._groups:
                keys[text].append(Key(len(text), LEARNED, name))
                for surface in name.surfaces:
                    keys[surface].append(Key(len(surface), LEARNED, name))
        for code, text in self._elsewhere.items():
            for words, key in elsewhere_keys(code, text, self._tree.city.key):
                keys[words].append(key)
        automaton = ahocorasick.Automaton()
        for text in sorted(keys):
            automaton.add_word(text, tuple(keys[text]))
        automaton.make_automaton()
        return self._frozen(automaton, keys, lookup, places, facts)

    def _key(self, text: str, group: _Group) -> Key:
        entities = tuple(group.entities[k] for k in sorted(group.entities))
        doubt = DOUBT["bare"] if group.mode == SHORT else DOUBT[group.label] if group.label != "city" else 0.0
        shares: dict[str, float] = {}
        for entity in entities:
            if entity.county:
                shares[entity.county] = 1.0
        votes = votes_of(shares, self._tree.counties, doubt)
        name = Name(text, group.label, "bare" if group.mode == SHORT else "full", entities, votes)
        bare = None
        if group.mode == VILLAGE or (group.mode == TOWN and not variants.DIRECTION.match(text)):
            bare = Name(text, group.label, "bare", entities, votes_of(shares, self._tree.counties, DOUBT["bare"]))
        return Key(len(text), group.mode, name, bare)

    def _frozen(
        self,
        automaton: ahocorasick.Automaton,
        keys: Mapping[str, list[Key]],
        lookup: dict[tuple[str, str], Name],
        places: pd.DataFrame,
        facts: tuple[Fact, ...],
    ) -> Gazetteer:
        core = self._core_counties()
        owners = {
            text: key.name
            for text, found in keys.items()
            for key in found
            if key.name.label == "district" and key.name.votes
        }
        regions = set(owners) | {self._tree.city.name, "中国"}
        regions |= {short} if (short := variants.county_short(self._tree.city.name)) else set()
        regions |= {t for t, found in keys.items() if any(k.name.label in ("prov", "city") for k in found)}
        doors = {(f.county, f.name, f.detail): f.surface for f in facts if f.kind == "door"}
        return Gazetteer(
            city=self._tree.city,
            city_name=Name(self._tree.city.name, "city", "bare", (self._tree.city,), None),
            counties=self._tree.counties,
            core=core,
            entities=self._entities,
            lookup=lookup,
            priors=priors_of(facts, self._tree.counties, core),
            regions=frozenset(regions),
            owners=owners,
            owner_words=_words(owners),
            inner={text: _inner(name, self._tree.counties) for text, name in owners.items()},
            town_cores=self._town_cores(),
            bare_zone=self._bare_zone(),
            doors=doors,
            points={},
            addresses={},
            hash=_digest(keys, facts, places),
            automaton=automaton,
        )

    def _town_cores(self) -> dict[str, Name]:
        """Cores of towns of one county only: an unknown 姜灶工业区 probably lies in the land of 姜灶镇."""
        cores = {}
        for (text, mode, label), group in sorted(self._groups.items()):
            shares = {e.county: 1.0 for e in group.entities.values() if e.county}
            if (
                mode == TOWN
                and label == "town"
                and len(text) >= 2
                and len(shares) == 1
                and not variants.DIRECTION.match(text)
            ):
                votes = votes_of(shares, self._tree.counties, DOUBT["core"])
                cores[text] = Name(text, "poi", "inner core", (), votes)
        return cores

    def _bare_zone(self) -> Name | None:
        """What 开发区 without any owner means: the city's own."""
        short = variants.county_short(self._tree.city.name) or self._tree.city.name
        group = self._groups.get((f"{short}开发区", FULL, "devzone"))
        if group is None:
            return None
        entities = tuple(group.entities[k] for k in sorted(group.entities))
        shares = {e.county: 1.0 for e in entities if e.county}
        votes = votes_of(shares, self._tree.counties, DOUBT["bare zone"])
        return Name("开发区", "devzone", "bare", (), votes)

    def _core_counties(self) -> frozenset[str]:
        """Return the districts of the city proper: those that never were a county or a city of their own."""
        former = {
            entity.key
            for (text, _, label), group in self._groups.items()
            for entity in group.entities.values()
            if label == "district" and text.endswith(("市", "县")) and entity.kind == "county"
        }
        core = frozenset(c for c in self._tree.counties if c not in former)
        return core or frozenset(self._tree.counties)


def _words(owners: Mapping[str, Name]) -> re.Pattern[str]:
    longest_first = sorted(owners, key=lambda word: (-len(word), word))
    return re.compile("(?:" + "|".join(map(re.escape, longest_first)) + ")(?![路街湾道])")


def _inner(name: Name, counties: tuple[str, ...]) -> Name:
    """The county that an unknown zone or building carries in its name: 通州开发区."""
    shares = {e.county: 1.0 for e in name.entities if e.county}
    return Name(name.text, "poi", "inner", (), votes_of(shares, counties, DOUBT["inner"]))


def _joined(known: Name, learned: Name) -> Name:
    """A name of the layers that addresses mention too: the layer's entities, the addresses' votes where it has none."""
    return Name(known.text, known.label, known.form, known.entities, known.votes or learned.votes, learned.mentions)


def _digest(keys: Mapping[str, list[Key]], facts: tuple[Fact, ...], places: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for text in sorted(keys):
        for key in keys[text]:
            digest.update(f"{text}|{key.mode}|{key.name.label}|{','.join(e.key for e in key.name.entities)}\n".encode())
    for fact in facts:
        digest.update(repr(fact).encode())
    for row in (
        sorted(zip(places.index.astype(str), places.geometry.to_wkb(hex=True).fillna(""), strict=True))
        if len(places)
        else ()
    ):
        digest.update("|".join(map(str, row)).encode())
    return digest.hexdigest()[:16]


__all__ = ["FACTS", "GazetteerError", "build"]
