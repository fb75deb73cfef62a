"""Geocoding a register: each different text once, every row answered, in order."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from geo.frames import LOCATIONS
from geo.gazetteer import Gazetteer, Reading, paused_collector, read
from geo.gazetteer.votes import company_votes
from geo.geocode.judge import Verdict, judge
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Resolved, resolve
from geo.text import Normalised, fold, normalise

Answer = tuple[Reading, Resolved, Verdict]
_STEP = 2_000
_PLACES = ("zone", "building", "market", "street")


def locate(
    enterprises: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    options: LocateOptions | None = None,
    decisions: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return ``LOCATIONS`` for a frame with ``address``: one row per row, same index.

    ``name`` is second evidence; ``operating_address`` is used where it is known. ``decisions`` (``DECISIONS``) of kind
    ``pin`` on an enterprise set its position. The register's own ``lon``/``lat`` are not used here, credit codes are
    not looked at. Never raises on any text.
    """
    options = options or LocateOptions()
    texts = _addresses(enterprises)
    names = enterprises["name"].tolist() if options.company and "name" in enterprises.columns else [None] * len(texts)
    with paused_collector():
        columns = _columns(texts, names, gazetteer, options, progress or (lambda _done, _of: None))
    frame = LOCATIONS.conform(pd.DataFrame(columns, index=enterprises.index))
    return frame if decisions is None else _pinned(frame, decisions)


def _columns(
    texts: list[object],
    names: list[object],
    gazetteer: Gazetteer,
    options: LocateOptions,
    progress: Callable[[int, int], None],
) -> dict[str, list[Any]]:
    cache: dict[tuple[str, tuple[float, ...] | None], Answer] = {}
    columns: dict[str, list[Any]] = {column: [] for column in LOCATIONS.columns}
    for k, (raw, name) in enumerate(zip(texts, names, strict=True)):
        norm = normalise(raw)
        votes = company_votes(gazetteer, fold(name)) if isinstance(name, str) else None
        key = (norm.text, votes)
        answer = cache.get(key)
        if answer is None:
            answer = cache[key] = _answer(gazetteer, norm.text, votes, options)
        _append(columns, answer, norm, raw if isinstance(raw, str) else "")
        if k % _STEP == 0:
            progress(k, len(texts))
    progress(len(texts), len(texts))
    return columns


def _addresses(enterprises: pd.DataFrame) -> list[object]:
    address = enterprises["address"]
    if "operating_address" in enterprises.columns:
        operating = enterprises["operating_address"]
        address = operating.where(operating.notna() & (operating.astype("string").str.strip() != ""), address)
    return address.tolist()


def _answer(gazetteer: Gazetteer, text: str, votes: tuple[float, ...] | None, options: LocateOptions) -> Answer:
    reading = read(gazetteer, text, votes)
    found = resolve(gazetteer, reading, options)
    return reading, found, judge(gazetteer, reading, found, options)


def _append(columns: dict[str, list[Any]], answer: Answer, norm: Normalised, raw: str) -> None:
    reading, found, verdict = answer
    known = verdict.status in ("auto", "review")
    address = reading.address
    columns["county_code"].append(found.county.key if known and found.county else None)
    columns["town_code"].append(_today(found.town) if known else None)
    columns["village_code"].append(found.village.key if known and found.village else None)
    for kind in _PLACES:
        entity = getattr(found, kind)
        columns[kind].append(entity.key if known and entity else None)
    columns["house_no"].append(address.number.text.replace("附", "-").strip("-") if address.number else None)
    columns["unit"].append(address.unit)
    columns["floor"].append(address.floor)
    columns["room"].append(address.room)
    columns["lon"].append(verdict.lon)
    columns["lat"].append(verdict.lat)
    columns["level"].append(verdict.level)
    columns["radius_m"].append(verdict.radius_m)
    columns["confidence"].append(verdict.confidence)
    columns["status"].append(verdict.status)
    columns["reasons"].append(verdict.reasons)
    columns["candidates"].append(verdict.candidates)
    columns["components"].append([[label, raw[a:b], a, b] for label, a, b in _spans(address.components, norm)])


def _today(town: Any) -> str | None:
    if town is None:
        return None
    return town.town if town.former else town.key


def _spans(components: list[tuple[str, int, int]], norm: Normalised) -> list[tuple[str, int, int]]:
    if norm.starts is None:
        return components
    return [(label, *norm.span(start, end)) for label, start, end in components]


def _pinned(frame: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Pins that people set on an enterprise: the last one wins, and it is exact."""
    pins = decisions[(decisions["kind"] == "pin") & decisions["subject"].isin(frame.index)]
    pins = pins.sort_values("decided_on", kind="stable").drop_duplicates("subject", keep="last")
    if pins.empty:
        return frame
    result = frame.copy()
    for pin in pins.itertuples():
        if math.isnan(pin.lon) or math.isnan(pin.lat):
            continue
        values = {
            "lon": pin.lon,
            "lat": pin.lat,
            "level": "building",
            "radius_m": 30.0,
            "confidence": 1.0,
            "status": "auto",
        }
        result.loc[pin.subject, list(values)] = list(values.values())
        result.at[pin.subject, "reasons"] = [["PINNED", {"by": pin.decided_by}], *result.at[pin.subject, "reasons"]]
    return result
