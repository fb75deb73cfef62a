"""Addresses and firms that a person has placed: the answer is read again within the county decided on."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from geo.decisions import NOWHERE, OUTSIDE, address_key, standing
from geo.frames import LOCATIONS
from geo.gazetteer import Entity, Gazetteer
from geo.gazetteer.votes import county_votes
from geo.geocode.clashes import CLASHES, lies_elsewhere

Again = Callable[[int, tuple[float, ...]], tuple[Any, ...]]
"""Read the address of a row again with votes for one county: the values of ``LOCATIONS`` in order."""
_ORDER = ("building", "number", "market", "street", "zone", "village", "town", "county", "none")
_IDENTITIES = ("county_code", "town_code", "village_code", "zone", "building", "market", "street")
_COLUMN = {"county": "county_code", "town": "town_code", "village": "village_code"}
_DOUBTS = CLASHES | {
    "CONFLICT",
    "TOWN_NOT_KNOWN",
    "HOMONYM",
    "COUNTY_FROM_PRIOR",
    "COMPANY_NAME",
    "REGISTERED_ADDRESS",
    "DECIDED",
}
"""Reasons that a decision settles; what else was read stays."""
_POSITION = {
    "NUMBER_EXACT", "NUMBER_INTERPOLATED", "NUMBER_NEAREST", "NUMBER_TOO_FAR", "STREET_MIDDLE", "MOVED",
    "BUILDING_ON_MAP", "BUILDING_FROM_DOOR", "DOOR_OF_PLACE", "TOWN_FROM_PLACE", "FLOOR_ABOVE_TOP", "ROOM_ABOVE_TOP",
    "NOT_ON_MAP",
}  # fmt: skip
"""Reasons of a position that is given up."""
_NO_PLACE = {OUTSIDE: "DECIDED_OUTSIDE", NOWHERE: "DECIDED_NOWHERE"}
_ONLY = math.log(1e-9)
PIN_RADIUS_M = 30.0


def decide(
    frame: pd.DataFrame, addresses: Sequence[object], decisions: pd.DataFrame, gazetteer: Gazetteer, again: Again
) -> pd.DataFrame:
    """Return ``LOCATIONS`` with what people decided about firms and addresses.

    Parameters
    ----------
    frame : LOCATIONS
    addresses : the address that was located, by row
    decisions : DECISIONS; ``place`` on an enterprise or an address puts it there, ``pin`` on an enterprise sets its
        position; the last one counts, one on the enterprise before one on its address. A target that is no longer
        known changes nothing.
    """
    if decisions.empty:
        return frame
    return _pinned(_placed(frame, addresses, decisions, gazetteer, again), decisions)


def _placed(
    frame: pd.DataFrame, addresses: Sequence[object], decisions: pd.DataFrame, gazetteer: Gazetteer, again: Again
) -> pd.DataFrame:
    told = {row.subject: row for row in standing(decisions, "place").itertuples() if isinstance(row.target, str)}
    if not told:
        return frame
    changed: dict[int, dict[str, Any]] = {}
    for k, (key, raw) in enumerate(zip(frame.index, addresses, strict=True)):
        decision = told.get(key) or told.get(address_key(raw))
        if decision is not None:
            values = _answer(decision, gazetteer, lambda votes, k=k: again(k, votes))  # type: ignore[misc]
            if values is not None:
                changed[k] = values
    return _with(frame, changed)


def _answer(
    decision: Any, gazetteer: Gazetteer, again: Callable[[tuple[float, ...]], tuple[Any, ...]]
) -> dict[str, Any] | None:
    """Return the values of a row that was decided on, ``None`` where the target is not known."""
    reason = ["DECIDED", {"place": decision.target, "by": decision.decided_by}]
    if decision.target in _NO_PLACE:
        reason = [_NO_PLACE[decision.target], {"by": decision.decided_by}]
        gone = {**dict.fromkeys(_IDENTITIES, None), "lon": math.nan, "lat": math.nan, "radius_m": math.nan}
        settled = {"level": "none", "status": decision.target, "confidence": 1.0, "candidates": [], "reasons": [reason]}
        return gone | settled
    entity = gazetteer.entities.get(decision.target)
    county = entity.county if entity is not None else None
    if entity is None or county not in gazetteer.counties:
        return None
    read = again(county_votes(gazetteer, county, _ONLY))
    values = dict(zip(LOCATIONS.columns, read, strict=True))
    excluded = _excluded(values, entity, gazetteer)
    values |= dict.fromkeys(excluded, None)
    if excluded and entity.kind not in ("building", "market"):
        values |= {"lon": math.nan, "lat": math.nan, "radius_m": math.nan, "level": "none"}
    _into(values, entity)
    answered = _DOUBTS | _POSITION if excluded else _DOUBTS
    reasons = [reason, *(found for found in values["reasons"] if found[0] not in answered)]
    return values | {"status": "auto", "confidence": 1.0, "candidates": [], "reasons": reasons}


def _excluded(values: Mapping[str, Any], entity: Entity, gazetteer: Gazetteer) -> list[str]:
    """Return the columns of what was read, other than divisions, that the place decided on excludes.

    Of the places between which an address left the choice (its candidates) the others are not meant; no building or
    street of another town is in the town decided on.
    """
    open_between = {candidate["place"] for candidate in values["candidates"]}
    rivals = open_between - {entity.key} if entity.key in open_between else set()
    columns = []
    for column in ("building", "market", "street"):
        place = gazetteer.entities.get(values[column])
        if place is None or place.key == entity.key:
            continue
        away = entity.kind == "town" and lies_elsewhere(place, entity)
        if away or place.key in rivals:
            columns.append(column)
    return columns


def _into(values: dict[str, Any], entity: Entity) -> None:
    """Put a row into an entity: its key, its town, and its position where that is finer than the row's own."""
    kind = entity.kind
    if kind not in _COLUMN and kind not in ("zone", "building", "market", "street"):
        return
    column = _COLUMN.get(kind, kind)
    if column == "town_code" and values["village_code"] is not None and values["town_code"] != entity.key:
        values["village_code"] = None
    values[column] = entity.key
    if entity.town is not None and kind != "town":
        values["town_code"] = entity.town
    nowhere = math.isnan(values["lon"])
    finer = _ORDER.index(kind) <= _ORDER.index(values["level"])
    if not finer and _holds(kind, values):
        return
    if entity.placed and (nowhere or finer):
        values |= {"lon": entity.lon, "lat": entity.lat, "radius_m": entity.radius_m, "level": kind}
    elif finer or (nowhere and values["level"] not in ("building", "market")):
        values |= {"lon": math.nan, "lat": math.nan, "radius_m": math.nan, "level": kind}


def _holds(kind: str, values: Mapping[str, Any]) -> bool:
    """Whether the finer place that was read lies in the division decided on: a county's names were read within it."""
    return kind == "county" or (kind == "town" and values["level"] == "village" and values["village_code"] is not None)


def _pinned(frame: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Set the positions that people gave to enterprises: exact."""
    pins = standing(decisions, "pin")
    pins = pins[pins["subject"].isin(frame.index) & pins["lon"].notna() & pins["lat"].notna()]
    places = {key: k for k, key in enumerate(frame.index)} if len(pins) else {}
    changed = {}
    for pin in pins.itertuples():
        k = places[pin.subject]
        changed[k] = {
            "lon": pin.lon,
            "lat": pin.lat,
            "level": "building",
            "radius_m": PIN_RADIUS_M,
            "confidence": 1.0,
            "status": "auto",
            "reasons": [["PINNED", {"by": pin.decided_by}], *frame["reasons"].iloc[k]],
        }
    return _with(frame, changed)


def _with(frame: pd.DataFrame, changed: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """Return the frame with some rows' values exchanged."""
    if not changed:
        return frame
    columns = {}
    for name in LOCATIONS.columns:
        values = frame[name].astype("object").tolist()
        for k, row in changed.items():
            if name in row:
                values[k] = row[name]
        columns[name] = values
    return LOCATIONS.conform(pd.DataFrame(columns, index=frame.index))
