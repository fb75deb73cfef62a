"""What people decided about learned names and about places, applied to what the registry taught.

Decisions are kept by the key that a person saw. The writing of a learned place may change with the next register, so a
decision is about its core (kind of name, county, name without the city in front), and the place keeps the key that was
decided on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.decisions import shape, standing
from geo.frames import ALIASES, CRS, DIVISIONS, PLACES
from geo.gazetteer.facts import KIND_LABEL, LABELS, RULED, Fact
from geo.gazetteer.variants import short_name
from geo.text import normalise

Named = tuple[str, str, str]
"""Label of a name, county code, core of the name."""
ACCEPTED = 50
"""Mentions that the word of a person is worth, at the least."""
_RULED = ("accept", "alias", "forbid", "place")
_ALONE = ("accept", "forbid")
"""Rulings that need no target."""
_LONGEST_CHAIN = 8


@dataclass(frozen=True)
class Rulings:
    """Decisions about learned names by their core; ``pins`` by key. Made by ``read_rulings``."""

    regions: frozenset[str]
    forbidden: frozenset[Named] = frozenset()
    accepted: Mapping[Named, str] = field(default_factory=dict)
    moved: Mapping[Named, str] = field(default_factory=dict)
    same: Mapping[Named, str] = field(default_factory=dict)
    keys: Mapping[Named, str] = field(default_factory=dict)
    kinds: Mapping[Named, str] = field(default_factory=dict)
    pins: Mapping[str, BaseGeometry] = field(default_factory=dict)

    def facts(self, facts: Iterable[Fact]) -> list[Fact]:
        """Return facts without those forbidden or told to be something else, with those accepted or put elsewhere."""
        kept: dict[tuple[str, str, str, str], Fact] = {}
        for fact in facts:
            ruled = self._fact(fact)
            if ruled is None:
                continue
            key = (ruled.kind, ruled.name, ruled.county, ruled.detail)
            known = kept.get(key)
            kept[key] = ruled if known is None else _joined(known, ruled)
        for (label, county, core), name in self.accepted.items():
            known = kept.get((label, core, county, "")) or Fact(label, core, county, 0, 0.0, "", name)
            kept[label, core, county, ""] = known._replace(mentions=max(known.mentions, ACCEPTED), detail=RULED)
        return sorted(kept.values())

    def places(self, learned: gpd.GeoDataFrame, given: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return learned places (``PLACES``) as ruled: dropped, put elsewhere, renamed to their decided key, pinned.

        Places that people decided on and that no address names any more come back with origin ``decision``.
        """
        rows: dict[str, dict[str, object]] = {}
        for key, row in zip(learned.index, learned.to_dict("records"), strict=True):
            found = self._place(str(key), row)
            if found is not None:
                rows.setdefault(found[0], found[1])
        for key in sorted({*self.pins, *self._accepted_places(), *self.same.values()}):
            if key not in rows and key not in given.index and key.partition(":")[0] in KIND_LABEL:
                rows[key] = _decided_place(key)
        for key, pin in self.pins.items():
            if key in rows:
                rows[key]["geometry"] = pin
        return _layer(rows)

    def aliases(self, aliases: pd.DataFrame, learned: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return ``ALIASES`` with the writings of names that were told to be the same as something else."""
        texts = {(named[2], self._target(named)) for named in self.same}
        for key, name in zip(learned.index, learned["name"], strict=True):
            named = self.named(str(key))
            if named is not None and named in self.same:
                texts.add((normalise(name).text, self._target(named)))
        return _with_aliases(aliases, sorted(texts))

    def named(self, subject: str) -> Named | None:
        """Return the core of a learned name by the key of its fact or place."""
        kind, _, rest = subject.partition(":")
        county, _, name = rest.partition(":")
        label = KIND_LABEL.get(kind, kind if kind in LABELS else "")
        text = normalise(name.partition("#")[0]).text
        return (label, county, short_name(text, label, self.regions)) if label and text else None

    def _fact(self, fact: Fact) -> Fact | None:
        if fact.kind == "door":
            return self._door(fact)
        named = (fact.kind, fact.county, fact.name)
        if named in self.forbidden or named in self.same:
            return None
        return fact._replace(county=self.moved.get(named, fact.county))

    def _door(self, fact: Fact) -> Fact | None:
        named = self.named(fact.surface)
        if named is None or named in self.forbidden:
            return None
        if named in self.same:
            return fact._replace(surface=self._target(named))
        return fact._replace(surface=self._key(named, fact.surface))

    def _place(self, key: str, row: dict[str, object]) -> tuple[str, dict[str, object]] | None:
        named = self.named(key)
        if named is None or named in self.forbidden or named in self.same:
            return None
        ruled = self._key(named, key)
        kind, county, name = ruled.split(":", 2)
        row = {**row, "kind": kind, "name": name.partition("#")[0]}
        if county != named[1]:
            row = {**row, "county_code": county, "town_code": None}
        return ruled, row

    def _key(self, named: Named, key: str) -> str:
        """The key a learned place goes by: the one decided on, in the county and of the kind decided on."""
        kind, county, name = self.keys.get(named, key).split(":", 2)
        return f"{self.kinds.get(named, kind)}:{self.moved.get(named, county)}:{name}"

    def _target(self, named: Named) -> str:
        """What a name is the same as, along a chain of such decisions."""
        target = self.same[named]
        for _ in range(_LONGEST_CHAIN):
            onward = self.named(target)
            if onward is None or onward not in self.same:
                return target
            target = self.same[onward]
        return target

    def _accepted_places(self) -> set[str]:
        return {self.keys[named] for named in self.accepted if named in self.keys}


def read_rulings(decisions: pd.DataFrame, regions: frozenset[str]) -> Rulings:
    """Return the decisions (``DECISIONS``) about learned names and places; others are left to their stages."""
    bare = Rulings(regions)
    keys: dict[Named, str] = {}
    told: dict[str, dict[Named, Any]] = {kind: {} for kind in _RULED}
    for row in standing(decisions, *_RULED).itertuples():
        named = bare.named(row.subject)
        if named is not None and (row.kind in _ALONE or isinstance(row.target, str)):
            _keep_key(keys, named, row.subject)
            told[row.kind][named] = row.subject if row.kind in _ALONE else row.target
    kinds: dict[Named, str] = {}
    for row in standing(decisions, "retype").itertuples():
        named = bare.named(row.subject)
        if named is not None and KIND_LABEL.get(row.text) == named[0]:
            kinds[named] = row.text
            _keep_key(keys, named, row.subject)
    pins = _pins(decisions)
    same = told["alias"]
    for key in (*pins, *same.values()):
        named = bare.named(key)
        if named is not None:
            _keep_key(keys, named, key)
    accepted = {named: subject.split(":", 2)[2].partition("#")[0] for named, subject in told["accept"].items()}
    ruled = Rulings(regions, frozenset(told["forbid"]), accepted, told["place"], same, keys, kinds)
    return replace(ruled, pins={ruled._key(named, k) if (named := bare.named(k)) else k: p for k, p in pins.items()})


def laid(
    decisions: pd.DataFrame, divisions: pd.DataFrame, aliases: pd.DataFrame, places: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, gpd.GeoDataFrame]:
    """Return divisions, aliases and given places with what people decided about them: pins, and other names."""
    pins = _pins(decisions)
    ruled = standing(decisions, *_RULED)
    named = ruled[ruled["kind"].eq("alias") & ruled["text"].notna() & ruled["target"].notna()]
    told = [(normalise(text).text, str(key)) for text, key in zip(named["text"], named["target"], strict=True)]
    return _pinned_divisions(divisions, pins), _with_aliases(aliases, told), _pinned_places(places, pins)


def _pins(decisions: pd.DataFrame) -> dict[str, BaseGeometry]:
    rows = standing(decisions, "pin")
    found = zip(rows["subject"], rows["lon"], rows["lat"], rows["text"], strict=True)
    return {str(key): pin for key, lon, lat, text in found if (pin := shape(lon, lat, text)) is not None}


def _pinned_divisions(divisions: pd.DataFrame, pins: Mapping[str, BaseGeometry]) -> pd.DataFrame:
    codes = [code for code in divisions.index if code in pins]
    if not codes:
        return divisions
    points = [pins[code].representative_point() for code in codes]
    result = divisions.copy()
    result.loc[codes, "lon"], result.loc[codes, "lat"] = [p.x for p in points], [p.y for p in points]
    return DIVISIONS.conform(result)


def _pinned_places(places: gpd.GeoDataFrame, pins: Mapping[str, BaseGeometry]) -> gpd.GeoDataFrame:
    if not any(key in pins for key in places.index):
        return places
    shapes = [pins.get(key, known) for key, known in zip(places.index, places.geometry, strict=True)]
    return places.set_geometry(gpd.GeoSeries(shapes, index=places.index, crs=CRS))


def _with_aliases(aliases: pd.DataFrame, told: Iterable[tuple[str, str]]) -> pd.DataFrame:
    rows = {f"decided:{target}:{text}": {"alias": text, "target": target, "kind": "decided"} for text, target in told}
    new = {key: row for key, row in rows.items() if key not in aliases.index}
    if not new:
        return aliases
    added = ALIASES.conform(pd.DataFrame.from_dict(new, orient="index"))
    return ALIASES.conform(pd.concat([frame for frame in (aliases, added) if len(frame)]))


def _keep_key(keys: dict[Named, str], named: Named, subject: str) -> None:
    if subject.partition(":")[0] in KIND_LABEL:
        keys[named] = subject


def _joined(one: Fact, two: Fact) -> Fact:
    return one._replace(mentions=one.mentions + two.mentions, support=one.support + two.support)


def _decided_place(key: str) -> dict[str, object]:
    kind, county, name = key.split(":", 2)
    known = None if county.endswith("00") else county  # a place of which only the city is known
    return {"kind": kind, "name": name.partition("#")[0], "county_code": known, "origin": "decision"}


def _layer(rows: Mapping[str, dict[str, object]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame.from_dict(dict(rows), orient="index") if rows else PLACES.empty()
    frame.index = frame.index.astype("object")
    shapes = [row.get("geometry") for row in rows.values()]
    columns = frame.drop(columns="geometry", errors="ignore")
    conformed = PLACES.conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=CRS)))
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed
