"""One row of ``LOCATIONS`` per address: each different text is located once, each different writing put down once."""

from typing import Any

from geo.address import Address
from geo.gazetteer import Entity, Gazetteer, door_text, read
from geo.geocode.judge import Verdict, judge
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Resolved, resolve
from geo.text import Normalised, normalise

Second = tuple[tuple[float, ...] | None, str]
"""Votes from outside the text, and the code of the reason they give."""
_Component = tuple[str, int, int]
_Row = tuple[Any, ...]
"""Values of ``LOCATIONS`` in the order of its columns."""
_ANSWERED = frozenset(("auto", "review"))
_UNKNOWN = (None,) * 7


class Answers:
    """Rows by address and second evidence; only what a row needs is kept of how it was found."""

    def __init__(self, gazetteer: Gazetteer, options: LocateOptions) -> None:
        self._gazetteer, self._options = gazetteer, options
        self._texts: dict[tuple[str, Second], tuple[_Row, list[_Component]]] = {}
        self._rows: dict[tuple[object, Second], _Row] = {}

    def row(self, raw: object, second: Second) -> _Row:
        """Return the row of an address as written; the same tuple for the same writing and evidence."""
        if not isinstance(raw, str):
            return self._row(raw, "", second)
        key = (raw, second)
        known = self._rows.get(key)
        if known is None:
            known = self._rows[key] = self._row(raw, raw, second)
        return known

    def _row(self, raw: object, written: str, second: Second) -> _Row:
        norm = normalise(raw)
        key = (norm.text, second)
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = self._found(norm.text, second)
        values, components = found
        if norm.starts is not None:
            components = _spans(components, norm)
        return (*values, [[label, written[start:end], start, end] for label, start, end in components])

    def _found(self, text: str, second: Second) -> tuple[_Row, list[_Component]]:
        votes, code = second
        reading = read(self._gazetteer, text, votes)
        resolved = resolve(self._gazetteer, reading, self._options)
        verdict = judge(self._gazetteer, reading, resolved, self._options, second=code)
        return _values(reading.address, resolved, verdict), reading.address.components


def _values(address: Address, found: Resolved, verdict: Verdict) -> _Row:
    """Return the values of all columns but the last, ``components``."""
    number = address.number
    level, lon, lat, radius, confidence, status, reasons, candidates = verdict
    places: tuple[str | None, ...] = _UNKNOWN
    if status in _ANSWERED:
        places = (
            found.county_code,
            _today(found.town),
            _key(found.village),
            _key(found.zone),
            _key(found.building),
            _key(found.market),
            _key(found.street),
        )
    door = door_text(number) if number is not None else None
    inside = (door, address.unit, address.floor, address.room)
    return (*places, *inside, lon, lat, level, radius, confidence, status, reasons, candidates)


def _key(entity: Entity | None) -> str | None:
    return None if entity is None else entity.key


def _today(town: Entity | None) -> str | None:
    if town is None:
        return None
    return town.town if town.former else town.key


def _spans(components: list[_Component], norm: Normalised) -> list[_Component]:
    return [(label, *norm.span(start, end)) for label, start, end in components]
