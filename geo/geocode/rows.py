"""One row of ``LOCATIONS`` per address: each different text is located once, each different writing put down once."""

from typing import Any

from geo.address import Address, Component, Segmenter
from geo.gazetteer import Entity, Gazetteer, door_text, read
from geo.geocode.byname import NamedPlace, is_coarse, named_place, take_named
from geo.geocode.judge import Verdict, judge
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Resolved, resolve
from geo.geocode.segmented import Doubt, Doubts, is_explained, show
from geo.geocode.typos import mended
from geo.text import fold, normalise

Second = tuple[tuple[float, ...] | None, str]
"""Votes from outside the text, and the code of the reason they give."""
_Row = tuple[Any, ...]
"""Values of ``LOCATIONS`` in the order of its columns."""
_Found = tuple[_Row, list[Component] | Doubt, bool]
"""Values, components, and whether the firm's name may add to them."""
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
        self._texts: dict[tuple[str, Second, NamedPlace | None], _Found] = {}
        self._rows: dict[tuple[object, Second], tuple[_Row, bool]] = {}

    def row(self, raw: object, second: Second, name: object = None) -> _Row:
        """Return the row of an address as written; the same tuple for the same writing and evidence.

        ``name`` is the firm's: a place in it counts only where the address says no more than a town.
        """
        key = (raw if isinstance(raw, str) else None, second)
        known = self._rows.get(key)
        if known is None:
            known = self._rows[key] = self._row(raw, second)
        values, coarse = known
        if coarse and isinstance(name, str):
            place = named_place(self._gazetteer, fold(name))
            if place is not None:
                return self._row(raw, second, place)[0]
        return values

    def _row(self, raw: object, second: Second, place: NamedPlace | None = None) -> tuple[_Row, bool]:
        norm = normalise(raw)
        key = (norm.text, second, place)
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = self._found(norm.text, second, place)
        values, components, coarse = found
        written = raw if isinstance(raw, str) else ""
        if isinstance(components, Doubt):
            return (*values, components.shown(written, norm)), coarse
        return (*values, show(components, written, norm)), coarse

    def settle(self) -> None:
        """Let the model label what waits for it."""
        if self._doubts is not None:
            self._doubts.settle()

    def _found(self, text: str, second: Second, place: NamedPlace | None) -> _Found:
        votes, code = second
        reading, mends = mended(self._gazetteer, read(self._gazetteer, text, votes), votes)
        resolved = resolve(self._gazetteer, reading, self._options)
        for mend in mends:
            resolved.reasons.append(["TYPO", {"from": mend.was, "to": mend.now}])
            resolved.penalty *= mend.sure
            resolved.doubtful = resolved.doubtful or mend.doubtful
        if place is not None:
            take_named(self._gazetteer, place, resolved)
        verdict = judge(self._gazetteer, reading, resolved, self._options, threshold=self._threshold, second=code)
        if self.evidence is not None and place is None:
            self.evidence[text, second] = verdict.evidence
        values = _values(reading.address, resolved, verdict)
        coarse = is_coarse(reading)
        if self._doubts is None or is_explained(reading):
            return values, reading.address.components, coarse
        return values, self._doubts.add(reading, verdict.reasons), coarse


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
