"""A draft as a value: the zones it began with, the zones its steps give, and what could not be done."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from app import store
from app.labels import shown
from app.models import ZoneDraft, ZoneStep
from app.reading import Kept
from geo.errors import AtlasError
from geo.frames import CRS
from geo.zones.impact import heirs
from geo.zones.lattice import to_lattice
from geo.zones.operations import Operation, apply
from geo.zones.plan import FACTS, Plan, Zone, same_shape

WHOLE = "city"
"""County of a draft that is about the whole city."""

AREAL = ("Polygon", "MultiPolygon")

HOLD = "hold"
"""Kind of the step that says which buildings and markets lie in a zone; the lines do not change."""

REPAIR = "repair"
"""Kind of the step that takes a repair over as it was shown: outlines by key."""

RESTORE = "restore"
"""Kind of the step that puts an earlier version of a zone back; what others hold of its land by now stays a fault."""

_kept = Kept(400)
"""Plans by base and step: steps are never changed, so a plan that was made once stays right."""


@dataclass(frozen=True)
class Failed:
    """A step that cannot be done on these lines any more, and why."""

    number: int
    kind: str
    error: AtlasError


@dataclass(frozen=True)
class State:
    """A plan and the parents of buildings and markets that the steps decide."""

    plan: Plan
    held: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """A draft with what its steps give. ``held``: the zone of each building or market that a step decided."""

    draft: ZoneDraft
    steps: Sequence[ZoneStep]
    before: Plan
    state: State
    failed: tuple[Failed, ...] = ()

    @property
    def after(self) -> Plan:
        """The zones that the steps give."""
        return self.state.plan

    @property
    def county(self) -> str | None:
        """Code of the county that the draft is about, None for the whole city."""
        return None if self.draft.county_code == WHOLE else self.draft.county_code

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """Keys of the zones that are not as they were, new ones and those that are no more among them."""
        keys = dict.fromkeys([*self.before, *self.after])
        return tuple(key for key in keys if _differ(self.before, self.after, key))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """What comes in force if the draft does: rows of ``store.lines.write`` as JSON."""
        return [self._row(key) for key in self.changed] + [
            {"key": key, "parent": parent} for key, parent in sorted(self.state.held.items())
        ]

    def named(self, key: str) -> str:
        """Return what a zone of the draft is called; another text as ``labels.shown`` has it."""
        zone = self.after.zones.get(key) or self.before.zones.get(key)
        return shown(key) if zone is None else zone.name

    def heirs(self, plan: Plan) -> dict[str, str | None]:
        """Return what an address will mean that names a zone that is no more on a plan."""
        merges = [step.operation["arguments"] for step in self.steps if step.operation.get("kind") == "merge"]
        return heirs(self.before, plan, [(told["keys"], told["into"]) for told in merges])

    def _row(self, key: str) -> dict[str, Any]:
        if key not in self.after:
            return {"key": key, "removed": True, "into": self.heirs(self.after)[key]}
        facts = self.after.frame.loc[key]
        told = {name: None if pd.isna(facts[name]) else facts[name] for name in FACTS}
        told |= {name: bool(told[name]) for name in ("locked", "cross_county")}
        return {"key": key, "kind": "zone", **told, "geometry": store.lines.shape_text(facts.geometry)}


def snapshot(session: Session, county: str) -> dict[str, Any]:
    """Return the zones in force of a county (``WHOLE``: of the city) as a draft keeps them.

    A zone that is known by a point only counts as not drawn.
    """
    frame = store.lines.in_force(session, area(county))
    places = {str(key): _kept_row(row) for key, row in frame.iterrows()}
    return {"mark": secrets.token_hex(6), "places": places}


def area(county: str) -> store.Scope:
    """Return the scope of a draft's county."""
    return store.CITY if county == WHOLE else store.Scope(county)


def load(session: Session, draft: ZoneDraft, head: str | None = "") -> Work:
    """Return a draft at work, or as it was at a step; a step that fails on these lines is left out and told."""
    steps = store.zones.steps(session, draft, draft.head if head == "" else head)
    mark = str(draft.base["mark"])
    before = _kept.get((mark, None), partial(_begin, draft.base["places"]))
    state, failed = State(before), []
    for number, step in enumerate(steps, 1):
        found = _kept.get((mark, step.key), partial(_after, state, step))
        if isinstance(found, AtlasError):
            failed.append(Failed(number, str(step.operation.get("kind")), found))
        else:
            state = found
    return Work(draft, steps, before, state, tuple(failed))


def taken(state: State, operation: Mapping[str, Any]) -> State:
    """Return the state after one more operation (``kind`` and ``arguments``).

    Raises
    ------
    AtlasError
        ShapeError, LockedError or OperationError of ``geo.zones``.
    """
    kind, arguments = str(operation["kind"]), dict(operation.get("arguments", {}))
    if kind == RESTORE:
        return replace(state, plan=_restored(state.plan, arguments["key"], arguments["facts"]))
    if kind == REPAIR:
        return replace(state, plan=_mended(state.plan, arguments["shapes"]))
    if kind == HOLD:
        return State(state.plan, {**state.held, **arguments["parents"]})
    return State(apply(state.plan, Operation(kind, arguments)), state.held)


def _restored(plan: Plan, key: str, facts: Mapping[str, Any]) -> Plan:
    shape = facts["geometry"] and to_lattice(shapely.from_geojson(json.dumps(facts["geometry"])))
    told = {name: facts[name] for name in FACTS if name in facts}
    return plan.with_zones(Zone(key, **told, shape=shape)).matched()


def _mended(plan: Plan, shapes: Mapping[str, Any]) -> Plan:
    known = {key: shape for key, shape in shapes.items() if key in plan}
    plan.unlocked(known)
    drawn = shapely.from_geojson([json.dumps(shape) for shape in known.values()])
    return plan.with_shapes(dict(zip(known, to_lattice(drawn), strict=True)))


def concerned(plan: Plan, keys: Sequence[str], counties: gpd.GeoDataFrame, county: str) -> list[str]:
    """Return the codes of the counties that the zones marked as crossing lie in, and the draft's own; sorted."""
    shapes = plan.frame.geometry
    crossing = [key for key in keys if key in plan and plan[key].cross_county and plan[key].drawn]
    found = set() if county == WHOLE else {county}
    for key in crossing:
        inside = shapely.area(shapely.intersection(counties.geometry.to_numpy(), shapes[key]))
        found |= set(counties.index[inside > shapes[key].area * _SLIVER])
    return sorted(found)


_SLIVER = 1e-4
"""Share of a zone below which its being in a county is a matter of how outlines were drawn."""


def _after(state: State, step: ZoneStep) -> "State | AtlasError":
    try:
        return taken(state, step.operation)
    except AtlasError as error:
        return error


def _begin(places: Mapping[str, Mapping[str, Any]]) -> Plan:
    shapes = [store.lines.shape_of(row["geometry"]) for row in places.values()]
    index = pd.Index(list(places), dtype="object")
    facts = pd.DataFrame([{name: row.get(name) for name in FACTS} for row in places.values()], index=index)
    geometry = gpd.GeoSeries(shapes, index=index, crs=CRS)
    return Plan.of(gpd.GeoDataFrame(facts.reindex(columns=list(FACTS)), geometry=geometry, crs=CRS))


def _kept_row(row: pd.Series) -> dict[str, Any]:
    shape = row["geometry"]
    drawn = shape is not None and shape.geom_type in AREAL
    told = {name: None if pd.isna(row[name]) else row[name] for name in FACTS}
    return {"version": int(row["version"]), **told, "geometry": store.lines.shape_text(shape) if drawn else None}


def _differ(before: Plan, after: Plan, key: str) -> bool:
    if (key in before) != (key in after):
        return True
    one, other = before[key], after[key]
    if one is other:
        return False
    facts = any(getattr(one, name) != getattr(other, name) for name in FACTS)
    return facts or not same_shape(one.shape, other.shape)
