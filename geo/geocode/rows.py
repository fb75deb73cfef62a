"""One row of ``LOCATIONS`` per address: each different text is located once, each different writing put down once."""

from collections.abc import Sequence
from typing import Any

from geo.address import Address, Component, Segmenter
from geo.gazetteer import MOST_CHARACTERS, Gazetteer, Reading, door_text, weigh
from geo.geocode.alike import Alike, Answer, Key, is_common, key_of
from geo.geocode.byname import NamedPlace, is_coarse, named_place, take_named
from geo.geocode.clashes import note_clashes
from geo.geocode.judge import Verdict, judge, weighed
from geo.geocode.options import LocateOptions
from geo.geocode.resolve import Reason, Resolved, resolve
from geo.geocode.segmented import Doubt, Doubts, is_explained, show
from geo.geocode.typos import mended, take_mend
from geo.text import fold, normalise

Second = tuple[tuple[float, ...] | None, str]
"""Votes from outside the text, and the code of the reason they give."""
Row = tuple[Any, ...]
"""Values of ``LOCATIONS`` in the order of its columns."""
_Key = tuple[str | None, int]
"""An address as written, and the number of its second evidence: votes are few and slow to compare."""
_Wanted = tuple[str, int, NamedPlace | None]
"""A normalised text, the number of its second evidence, and the place that the firm's name tells, if it may count."""
_Found = tuple[Row, list[Component] | Doubt, bool]
"""Values, components, and whether the firm's name may add to them."""
_ANSWERED = frozenset(("auto", "review"))
_UNKNOWN = (None,) * 7
_MOST_ROWS = 100_000
"""Rows kept for the same writing of an address, which may come again anywhere in a register."""
_MOST_TEXTS = 20_000
"""Texts kept for another writing of them (full-width, with blanks), which is rare and mostly near by."""


class Answers:
    """Rows by address and second evidence; only what a row needs is kept of how it was found.

    With a ``segmenter``, components of addresses that are not explained are final only after ``settle``.
    """

    def __init__(self, gazetteer: Gazetteer, options: LocateOptions, segmenter: Segmenter | None = None) -> None:
        self._gazetteer, self._options, self._threshold = gazetteer, options, options.threshold
        self.evidence: dict[tuple[str, Second], tuple[float, ...]] | None = None
        """Evidence by normalised text and second evidence, where a dictionary is set to gather it."""
        self._doubts = Doubts(segmenter) if segmenter is not None else None
        self._alike = Alike(gazetteer)
        self._numbers: dict[Second, int] = {}
        self._seconds: list[Second] = []
        self._texts: dict[_Wanted, _Found] = {}
        self._rows: dict[_Key, tuple[Row, bool]] = {}

    def rows(self, raws: Sequence[object], seconds: Sequence[Second], names: Sequence[object]) -> list[Row]:
        """Return the rows of addresses as written; the same tuple for the same writing and evidence.

        ``names`` are the firms': a place in one counts only where the address says no more than a town. How addresses
        are grouped into calls changes nothing but the time they take.
        """
        if len(self._rows) >= _MOST_ROWS:
            self._rows.clear()
        numbered = map(self._number, seconds)
        keys = [(raw if isinstance(raw, str) else None, number) for raw, number in zip(raws, numbered, strict=True)]
        new = [key for key in dict.fromkeys(keys) if key not in self._rows]
        self._rows.update(zip(new, self._written(new, [None] * len(new)), strict=True))
        found = [self._rows[key] for key in keys]
        rows = [row for row, _ in found]
        told = [(k, place) for k, name in enumerate(names) if found[k][1] and (place := self._told(name)) is not None]
        if told:
            for (k, _), (row, _) in zip(
                told, self._written([keys[k] for k, _ in told], [p for _, p in told]), strict=True
            ):
                rows[k] = row
        return rows

    def _number(self, second: Second) -> int:
        number = self._numbers.get(second)
        if number is None:
            number = self._numbers[second] = len(self._seconds)
            self._seconds.append(second)
        return number

    def _told(self, name: object) -> NamedPlace | None:
        return named_place(self._gazetteer, fold(name)) if isinstance(name, str) else None

    def _written(self, keys: Sequence[_Key], places: Sequence[NamedPlace | None]) -> list[tuple[Row, bool]]:
        """Return the rows of addresses as written, and whether the firm's name may add to them."""
        norms = [normalise(raw) for raw, _ in keys]
        if len(self._texts) >= _MOST_TEXTS:
            self._texts.clear()
        wanted = [(norm.text, number, place) for norm, (_, number), place in zip(norms, keys, places, strict=True)]
        new = [key for key in dict.fromkeys(wanted) if key not in self._texts]
        self._texts.update(zip(new, self._found(new), strict=True))
        rows = []
        for (raw, _), norm, key in zip(keys, norms, wanted, strict=True):
            values, components, coarse = self._texts[key]
            if isinstance(components, Doubt):
                rows.append(((*values, components.shown(raw or "", norm)), coarse))
            else:
                rows.append(((*values, show(components, raw or "", norm)), coarse))
        return rows

    def settle(self) -> None:
        """Let the model label what waits for it."""
        if self._doubts is not None:
            self._doubts.settle()

    def _found(self, wanted: Sequence[_Wanted]) -> list[_Found]:
        """Locate texts; those that name the same share what was found."""
        addresses = self._gazetteer.read_all([text for text, _, _ in wanted])
        share = self.evidence is None
        keys = [
            key_of(address, number) if share and place is None and len(text) <= MOST_CHARACTERS else None
            for address, (text, number, place) in zip(addresses, wanted, strict=True)
        ]
        first, then = self._alike.split(keys)
        found: dict[int, _Found] = dict(zip(first, self._located(first, addresses, wanted, keys), strict=True))
        rest = []
        for k in then:
            answer = self._alike.answer(keys[k], addresses[k])
            if answer is None:
                rest.append(k)
            else:
                values = _values(addresses[k], answer.places, answer.verdict)
                found[k] = (values, addresses[k].components, answer.coarse)
        found.update(zip(rest, self._located(rest, addresses, wanted, keys), strict=True))
        return [found[k] for k in range(len(wanted))]

    def _located(
        self, chosen: Sequence[int], addresses: Sequence[Address], wanted: Sequence[_Wanted], keys: Sequence[Key | None]
    ) -> list[_Found]:
        """Locate some texts stage by stage: a processor does many alike things faster than all things by turns."""
        names, options, threshold = self._gazetteer, self._options, self._threshold
        seconds = [self._seconds[wanted[k][1]] for k in chosen]
        votes, codes = [votes for votes, _ in seconds], [code for _, code in seconds]
        read = [weigh(names, addresses[k], said) for k, said in zip(chosen, votes, strict=True)]
        mends = [mended(names, reading, said) for reading, said in zip(read, votes, strict=True)]
        located = [resolve(names, reading, options) for reading, _ in mends]
        for found, (_, mended_by), k in zip(located, mends, chosen, strict=True):
            for mend in mended_by:
                take_mend(mend, found)
            if (place := wanted[k][2]) is not None:
                take_named(names, place, found)
        for (reading, _), found in zip(mends, located, strict=True):
            note_clashes(names, reading, found)
        verdicts = [
            judge(names, reading, found, options, threshold=threshold, second=code)
            for (reading, _), found, code in zip(mends, located, codes, strict=True)
        ]
        for at, k in enumerate(chosen):
            if (size := len(wanted[k][0])) > MOST_CHARACTERS:
                verdicts[at] = _cut_short(verdicts[at], size)
        if self.evidence is not None:
            given = zip(chosen, seconds, mends, located, verdicts, strict=True)
            for k, second, (reading, _), found, verdict in given:
                if wanted[k][2] is None:
                    self.evidence[wanted[k][0], second] = weighed(names, reading, found, verdict)
        results = zip(chosen, mends, located, verdicts, strict=True)
        return [self._put_down(keys[k], reading, found, verdict) for k, (reading, _), found, verdict in results]

    def _put_down(self, key: Key | None, reading: Reading, found: Resolved, verdict: Verdict) -> _Found:
        """Return what one text gives, and keep it for those that name the same."""
        address, coarse = reading.address, is_coarse(reading)
        places = _places(found) if verdict.status in _ANSWERED else _UNKNOWN
        values = _values(address, places, verdict)
        if self._doubts is not None and not is_explained(reading):
            return values, self._doubts.add(reading, verdict.reasons), coarse
        if key is not None and is_common(reading, found):
            answer = Answer(address.names, address.texts, reading.county, found.road, places, verdict, coarse)
            self._alike.keep(key, answer, address)
        return values, address.components, coarse


def _cut_short(verdict: Verdict, size: int) -> Verdict:
    """Return the verdict on a text of ``size`` characters, of which no more than a beginning is read: not automatic."""
    status = "review" if verdict.status == "auto" else verdict.status
    told: Reason = ["LONG_ADDRESS", {"read": MOST_CHARACTERS, "of": size}]
    return verdict._replace(status=status, reasons=[*verdict.reasons, told])


def _values(address: Address, places: tuple[str | None, ...], verdict: Verdict) -> Row:
    """Return the values of all columns but the last, ``components``."""
    level, lon, lat, radius, confidence, status, reasons, candidates = verdict
    number = address.number
    door = door_text(number) if number is not None else None
    inside = (door, address.unit, address.floor, address.room, lon, lat, level, radius)
    return places + inside + (confidence, status, reasons, candidates)


def _places(found: Resolved) -> tuple[str | None, ...]:
    return (
        found.county_code,
        found.town and found.town.today,
        found.village and found.village.key,
        found.zone and found.zone.key,
        found.building and found.building.key,
        found.market and found.market.key,
        found.street and found.street.key,
    )
