"""Geocoding a register: each different text once, every row answered, in order."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from geo.frames import LOCATIONS
from geo.gazetteer import Entity, Gazetteer, Reading, door_text, paused_collector, read
from geo.gazetteer.votes import company_votes
from geo.geocode.judge import Verdict, judge
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Resolved, resolve
from geo.text import Normalised, fold, normalise

Answer = tuple[Reading, Resolved, Verdict]
_STEP = 2_000
_ANSWERED = frozenset(("auto", "review"))


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
    rows: list[tuple[Any, ...]] = []
    for k, (raw, name) in enumerate(zip(texts, names, strict=True)):
        norm = normalise(raw)
        votes = company_votes(gazetteer, fold(name)) if isinstance(name, str) else None
        key = (norm.text, votes)
        answer = cache.get(key)
        if answer is None:
            answer = cache[key] = _answer(gazetteer, norm.text, votes, options)
        rows.append(_row(answer, norm, raw if isinstance(raw, str) else ""))
        if k % _STEP == 0:
            progress(k, len(texts))
    progress(len(texts), len(texts))
    columns = zip(*rows, strict=True) if rows else ((),) * len(LOCATIONS.columns)
    return {name: list(values) for name, values in zip(LOCATIONS.columns, columns, strict=True)}


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


def _row(answer: Answer, norm: Normalised, raw: str) -> tuple[Any, ...]:
    """Return the values of ``LOCATIONS`` in the order of its columns."""
    reading, found, verdict = answer
    address, number = reading.address, reading.address.number
    known = verdict.status in _ANSWERED
    places: tuple[str | None, ...] = (None,) * 7
    if known:
        places = (
            found.county_code,
            _today(found.town),
            _key(found.village),
            _key(found.zone),
            _key(found.building),
            _key(found.market),
            _key(found.street),
        )
    spans = address.components if norm.starts is None else _spans(address.components, norm)
    return (
        *places,
        door_text(number) if number is not None else None,
        address.unit,
        address.floor,
        address.room,
        verdict.lon,
        verdict.lat,
        verdict.level,
        verdict.radius_m,
        verdict.confidence,
        verdict.status,
        verdict.reasons,
        verdict.candidates,
        [[label, raw[start:end], start, end] for label, start, end in spans],
    )


def _key(entity: Entity | None) -> str | None:
    return None if entity is None else entity.key


def _today(town: Entity | None) -> str | None:
    if town is None:
        return None
    return town.town if town.former else town.key


def _spans(components: list[tuple[str, int, int]], norm: Normalised) -> list[tuple[str, int, int]]:
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
