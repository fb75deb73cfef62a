"""One row of ``LOCATIONS`` per address: each different text is located once, each different writing put down once."""

from typing import Any

from geo.address import Address, Component, Segmenter
from geo.gazetteer import Entity, Gazetteer, door_text, read
from geo.geocode.judge import Verdict, judge
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Resolved, resolve
from geo.geocode.segmented import Doubt, Doubts, is_explained, show
from geo.geocode.typos import mended
from geo.text import normalise

Second = tuple[tuple[float, ...] | None, str]
"""Votes from outside the text, and the code of the reason they give."""
_Row = tuple[Any, ...]
"""Values of ``LOCATIONS`` in the order of its columns."""
_ANSWERED = frozenset(("auto", "review"))
_UNKNOWN = (None,) * 7


class Answers:
    """Rows by address and second evidence; only what a row needs is kept of how it was found.

    With a ``segmenter``, components of addresses that are not explained are final only after ``settle``.
    """

    def __init__(self, gazetteer: Gazetteer, options: LocateOptions, segmenter: Segmenter | None = None) -> None:
        self._gazetteer, self._options, self._threshold = gazetteer, options, options.threshold
        self.evidence: dict[tuple[str, Second], tuple[float, ...]] | None = None
        """Evidence by normalised text and second evidence, where a dictionary is set to gather it."""
        self._doubts = Doubts(segmenter) if segmenter is not None else None
        self._texts: dict[tuple[str, Second], tuple[_Row, list[Component] | Doubt]] = {}
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
        if isinstance(components, Doubt):
            return (*values, components.shown(written, norm))
        return (*values, show(components, written, norm))

    def settle(self) -> None:
        """Let the model label what waits for it."""
        if self._doubts is not None:
            self._doubts.settle()

    def _found(self, text: str, second: Second) -> tuple[_Row, list[Component] | Doubt]:
        votes, code = second
        reading, mends = mended(self._gazetteer, read(self._gazetteer, text, votes), votes)
        resolved = resolve(self._gazetteer, reading, self._options)
        for mend in mends:
            resolved.reasons.append(["TYPO", {"from": mend.was, "to": mend.now}])
            resolved.penalty *= mend.sure
            resolved.doubtful = resolved.doubtful or mend.doubtful
        verdict = judge(self._gazetteer, reading, resolved, self._options, threshold=self._threshold, second=code)
        if self.evidence is not None:
            self.evidence[text, second] = verdict.evidence
        values = _values(reading.address, resolved, verdict)
        if self._doubts is None or is_explained(reading):
            return values, reading.address.components
        return values, self._doubts.add(reading, verdict.reasons)


def _values(address: Address, found: Resolved, verdict: Verdict) -> _Row:
    """Return the values of all columns but the last, ``components``."""
    number = address.number
    level, lon, lat, radius, confidence, status, reasons, candidates, _ = verdict
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
