"""Names collected from divisions, aliases, places and facts, each with all that it may mean."""

import math
from collections.abc import Iterable

import pandas as pd

from geo.gazetteer import variants
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.facts import Fact, learned_names
from geo.gazetteer.index import FULL, NEAR, SHORT, TOWN, VILLAGE
from geo.gazetteer.layers import PLACE_LABELS, place_names
from geo.gazetteer.tree import Tree
from geo.text import normalise


class Names:
    """Names as they are collected: divisions first, then places, then aliases of both, then what was learned."""

    def __init__(self, tree: Tree, aliases: pd.DataFrame) -> None:
        self.tree = tree
        self.entities = dict(tree.entities)
        self.groups: dict[tuple[str, int, str], list[Entity]] = {}
        """The entities that a text may mean, by text, way of matching and label; of equal keys the first counts."""
        self.learned: dict[tuple[str, str], Name] = {}
        columns = zip(aliases["target"].tolist(), aliases["alias"].tolist(), strict=True)
        self._aliases = sorted((str(target), normalise(alias).text) for target, alias in columns)
        self.elsewhere = [
            (target, text)
            for target, text in self._aliases
            if target not in tree.entities and target.isdigit() and len(target) == 6
        ]
        """Codes of today and names, former ones too (大丰市 and 大丰区), of places elsewhere."""
        former = [text for target, text in self._aliases if target in tree.counties and text[-1:] in "市区县"]
        self._owners = (tree.city.name, *(tree.entities[c].name for c in tree.counties), *former)
        self._province = next((text for code, text in self.elsewhere if code == tree.province), "")

    def above(self, mode: int) -> str:
        """Return the short names of city and province, for towns also of the counties, with blanks between them."""
        counties = [self.tree.entities[code].name for code in self.tree.counties] if mode == TOWN else []
        shorts = [variants.county_short(name) for name in (self.tree.city.name, *counties)]
        return " ".join(filter(None, [*shorts, self._province.removesuffix("省")]))

    def add(self, text: str, mode: int, label: str, entity: Entity) -> None:
        """Add one writing of an entity; texts of one character only where a suffix must follow."""
        if len(text) < 2 and mode != TOWN:
            return
        self.groups.setdefault((text, mode, label), []).append(entity)

    def add_divisions(self) -> None:
        """Add the divisions, former towns and villages included; former counties live on in the aliases."""
        for entity in self.tree.entities.values():
            if not (entity.kind == "county" and entity.former):
                self._add_division(normalise(entity.name).text, entity)

    def add_places(self, places: pd.DataFrame, *, taught: bool) -> None:
        """Add the places of the layers; of learned ones, whose votes the facts hold, only the entities."""
        for label, text, entity in place_names(places, self._zone_names):
            self.entities[entity.key] = entity
            if text and not (taught and entity.origin == "registry"):
                self.add(text, FULL, label, entity)

    def add_aliases(self) -> None:
        """Add the other names of divisions and places, and of counties that are gone and that no alias explains."""
        for target, text in self._aliases:
            entity = self.entities.get(target)
            if entity is None or not text or entity.name == text:
                continue
            if entity.kind in PLACE_LABELS:
                for name in {text} | (self._zone_names(text) if entity.kind == "zone" else set()):
                    self.add(name, FULL, PLACE_LABELS[entity.kind], entity)
            elif entity.kind == "county" and variants.ZONE_WORDS.search(text):
                self._add_zone_of(entity, text)
            elif not (entity.kind == "county" and entity.former):
                self._add_division(text, entity)
        for entity in self.tree.entities.values():
            text = normalise(entity.name).text
            if entity.kind == "county" and entity.former and (text, FULL, "district") not in self.groups:
                self.add(text, FULL, "district", entity)

    def add_learned(self, facts: Iterable[Fact]) -> None:
        """Add what the registry taught."""
        owners = frozenset(text for text, _, label in self.groups if label in ("city", "district"))
        self.learned = learned_names(facts, self.tree.counties, self.entities, owners)

    def _add_division(self, text: str, entity: Entity) -> None:
        if entity.kind == "city":
            for name in (text, f"{text}区", f"{text}市区"):
                self.add(name, FULL, "city", entity)
            self._add_short(text, "city", entity)
        elif entity.kind == "county":
            self.add(text, FULL, "district", entity)
            self._add_short(text, "district", entity)
            city = variants.county_short(self.tree.city.name)
            if city is not None and text.startswith(city) and len(text) - len(city) > 2:
                self.add(text[len(city) :], NEAR, "district", entity)  # 苏州市工业园区 is 苏州工业园区
        elif entity.kind == "town":
            self._add_town(text.replace("(", "").replace(")", ""), entity)
        elif (core := variants.village_core(text)) is not None:
            self.add(core, VILLAGE, "community", entity)
        else:
            self.add(text, FULL, "community", entity)

    def _add_short(self, text: str, label: str, entity: Entity) -> None:
        """Add 海门 for 海门区; a county's short name that is the city's own (南通县) would mean the city."""
        short = variants.county_short(text)
        if short is not None and (label == "city" or short != variants.county_short(self.tree.city.name)):
            self.add(short, SHORT, label, entity)

    def _add_town(self, text: str, entity: Entity) -> None:
        core = variants.town_core(text)
        if core is not None:
            self.add(core, TOWN, "town", entity)
            return
        label = "devzone" if variants.ZONE_WORDS.search(text) else "town"
        for name in {text} | (self._zone_names(text) if label == "devzone" else variants.park_names(text)):
            self.add(name, FULL, label, entity)

    def _add_zone_of(self, county: Entity, text: str) -> None:
        """Add a zone that only an alias of its county tells."""
        key = f"zone:{county.key}:{text}"
        zone = self.entities.get(key)
        if zone is None:
            zone = Entity(key, "zone", text, county.key, None, math.nan, math.nan, "division", math.nan)
            self.entities[key] = zone
        for name in {text} | self._zone_names(text):
            self.add(name, FULL, "devzone", zone)

    def _zone_names(self, text: str) -> set[str]:
        return variants.zone_variants(text, self._owners, self._province)
