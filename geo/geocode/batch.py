"""Geocoding a register: each different text once, every row answered, in order."""

import math
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from geo.frames import LOCATIONS
from geo.gazetteer import Entity, Gazetteer, Reading, door_text, paused_collector, read
from geo.gazetteer.votes import company_votes, county_votes
from geo.geocode.decided import decide
from geo.geocode.judge import Verdict, judge
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Resolved, resolve
from geo.text import Normalised, fold, normalise

_Second = tuple[tuple[float, ...] | None, str]
"""Votes from outside the text, and the code of the reason they give."""
Answer = tuple[Reading, Resolved, Verdict]
_STEP = 2_000
_SAME = re.compile(r"[\s,.\-/]*$|[同与].{0,6}(?:上|注册|登记|住所|一致|相同)|[无/-]+$|一致$|相同$")
"""Operating addresses that only say that there is no other one."""
_CLEAR = 0.9
_OTHER_ADDRESS = math.log(0.1)
"""Most firms work in the county they are registered in."""
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

    ``name`` is second evidence; ``operating_address`` is used where it is known, the registered one then being second
    evidence too. ``decisions`` (``DECISIONS``): see ``geo.geocode.decided``. The register's own ``lon``/``lat`` are
    not used here, credit codes are not looked at. Never raises on any text.
    """
    options = options or LocateOptions()
    inputs = _Inputs(enterprises, options)
    with paused_collector():
        columns = _columns(inputs, gazetteer, options, progress or (lambda _done, _of: None))
    frame = LOCATIONS.conform(pd.DataFrame(columns, index=enterprises.index))
    if decisions is None:
        return frame

    def again(k: int, votes: tuple[float, ...]) -> tuple[Any, ...]:
        raw = inputs.addresses[k]
        norm = normalise(raw)
        return _row(
            _answer(gazetteer, norm.text, (votes, "DECIDED"), options), norm, raw if isinstance(raw, str) else ""
        )

    return decide(frame, inputs.addresses, decisions, gazetteer, again)


class _Inputs:
    """What each row gives: the address to locate, the other address where there are two, the firm's name."""

    def __init__(self, enterprises: pd.DataFrame, options: LocateOptions) -> None:
        nothing: list[object] = [None] * len(enterprises)
        self.addresses: list[object] = enterprises["address"].tolist()
        self.others = nothing
        self.names = enterprises["name"].tolist() if options.company and "name" in enterprises.columns else nothing
        if "operating_address" in enterprises.columns:
            both = list(zip(self.addresses, enterprises["operating_address"].tolist(), strict=True))
            used = [isinstance(operating, str) and not _SAME.match(fold(operating)) for _, operating in both]
            self.addresses = [b if use else a for (a, b), use in zip(both, used, strict=True)]
            self.others = [a if use else None for (a, _), use in zip(both, used, strict=True)]


def _columns(
    inputs: _Inputs, gazetteer: Gazetteer, options: LocateOptions, progress: Callable[[int, int], None]
) -> dict[str, list[Any]]:
    cache: dict[tuple[str, _Second], Answer] = {}
    size = len(inputs.addresses)
    rows: list[tuple[Any, ...]] = []
    for k, (raw, other, name) in enumerate(zip(inputs.addresses, inputs.others, inputs.names, strict=True)):
        norm = normalise(raw)
        second = _second(gazetteer, other, name)
        key = (norm.text, second)
        answer = cache.get(key)
        if answer is None:
            answer = cache[key] = _answer(gazetteer, norm.text, second, options)
        rows.append(_row(answer, norm, raw if isinstance(raw, str) else ""))
        if k % _STEP == 0:
            progress(k, size)
    progress(size, size)
    columns = zip(*rows, strict=True) if rows else ((),) * len(LOCATIONS.columns)
    return {name: list(values) for name, values in zip(LOCATIONS.columns, columns, strict=True)}


def _second(gazetteer: Gazetteer, other: object, name: object) -> _Second:
    """Return the votes of the firm's name and of its registered address, where another one is located."""
    votes = company_votes(gazetteer, fold(name)) if isinstance(name, str) else None
    if not isinstance(other, str):
        return votes, "COMPANY_NAME"
    reading = read(gazetteer, normalise(other).text)
    if reading.outside is not None or reading.chance < _CLEAR:
        return votes, "COMPANY_NAME"
    registered = county_votes(gazetteer, reading.county, _OTHER_ADDRESS)
    if votes is not None:
        registered = tuple(a + b for a, b in zip(votes, registered, strict=True))
    return registered, "REGISTERED_ADDRESS"


def _answer(gazetteer: Gazetteer, text: str, second: _Second, options: LocateOptions) -> Answer:
    votes, code = second
    reading = read(gazetteer, text, votes)
    found = resolve(gazetteer, reading, options)
    return reading, found, judge(gazetteer, reading, found, options, second=code)


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
