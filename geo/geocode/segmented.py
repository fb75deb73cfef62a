"""Components of addresses that grammar and gazetteer cannot explain, as a learned model reads them.

Where every name of an address is known in the city, the grammar's reading stands. Everything else waits here until a
batch is full, is labelled at once, and then replaces what is shown of its rows. Places, positions and chances are not
touched.
"""

from dataclasses import dataclass, field

from geo.address import Component, Segmenter
from geo.gazetteer import Reading
from geo.text import Normalised

Shown = list[list[object]]
"""``[[label, text, start, end], …]`` over the raw text."""
Reason = list[object]
_FULL = 20_000
"""Texts that wait at most: what they hold stays within some ten megabytes."""
_KNOWN = frozenset(("full", "learned", "bare", "inner"))
_DIVISIONS = frozenset(("prov", "city", "district", "town", "community"))


def is_explained(reading: Reading) -> bool:
    """Whether every name in the address is one of the city's own, or was learned from its addresses."""
    return (
        bool(reading.named)
        and reading.outside is None
        and all(name is not None and name.form in _KNOWN and not name.elsewhere for _, name in reading.named)
    )


def sure_parts(reading: Reading) -> list[Component]:
    """Return the components that stand whatever a model says: the city's own divisions where they settle the county."""
    if not reading.certain or reading.outside is not None:
        return []
    own = {
        piece[:2]
        for piece, name in reading.named
        if name is not None and name.form == "full" and name.label in _DIVISIONS and not name.elsewhere
    }
    return [part for part in reading.address.components if part[0] in _DIVISIONS and part[1:] in own]


@dataclass
class Doubt:
    """A text that waits for the model: the grammar's components, those that stand, the reasons of its answer."""

    hints: list[Component]
    sure: list[Component]
    reasons: list[Reason]
    writings: list[tuple[str, Normalised, Shown]] = field(default_factory=list)
    settled: list[Component] | None = None

    def shown(self, written: str, norm: Normalised) -> Shown:
        """Return the components of one writing of the text; they change when the text is settled."""
        found = show(self.hints if self.settled is None else self.settled, written, norm)
        if self.settled is None:
            self.writings.append((written, norm, found))
        return found

    def settle(self, components: list[Component]) -> None:
        """Put the model's reading where the grammar's stood, with the reason where the two differ."""
        self.settled = components
        if components != self.hints:
            self.reasons.append(["PARSED_BY_MODEL", {}])
            for written, norm, found in self.writings:
                found[:] = show(components, written, norm)
        self.writings.clear()


class Doubts:
    """Texts that wait for the model."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._waiting: dict[str, list[Doubt]] = {}

    def add(self, reading: Reading, reasons: list[Reason]) -> Doubt:
        """Let a text wait. ``reasons`` are those of its answer; the same text may wait with several."""
        if len(self._waiting) >= _FULL:
            self.settle()
        doubt = Doubt(reading.address.components, sure_parts(reading), reasons)
        self._waiting.setdefault(reading.address.text, []).append(doubt)
        return doubt

    def settle(self) -> None:
        """Label what waits."""
        waiting, self._waiting = self._waiting, {}
        first = [doubts[0] for doubts in waiting.values()]
        read = self._segmenter.label(list(waiting), [d.hints for d in first], [d.sure for d in first])
        for doubts, components in zip(waiting.values(), read, strict=True):
            for doubt in doubts:
                doubt.settle(components)


def show(components: list[Component], written: str, norm: Normalised) -> Shown:
    """Return components of a normalised text as they stand in the text as written."""
    if norm.starts is None:
        return [[label, written[start:end], start, end] for label, start, end in components]
    spans = [(label, *norm.span(start, end)) for label, start, end in components]
    return [[label, written[start:end], start, end] for label, start, end in spans]
