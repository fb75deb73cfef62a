"""Addresses that begin alike: what stands before the first number is read once for all that share it.

人民中路12号, 人民中路14号2幢: more than half of all addresses are names and then numbers with their units. Known names
are looked up in the beginning only, so none of them may reach into the numbers (``WRITES_NUMBERS``).
"""

import re
from collections.abc import Sequence

from geo.address.parts import Address, Reader
from geo.address.segments import Hit, Segment, States, go_through, known_row, reading_states, traced
from geo.address.tokens import Token

_UNITS = "号组幢栋座楼层室单元"
_HEADED = re.compile(rf"([^0-9]++)(?:[0-9]{{1,5}}(?:-[0-9]{{1,5}})?(?:号楼|单元|[{_UNITS}])?)++$")
_GROUP = re.compile(r"[0-9]+(组|$)")
WRITES_NUMBERS = re.compile(rf"[0-9]|^[{_UNITS}-]+$")
"""Names that may reach into the numbers behind a beginning, or stand among them."""


class Head:
    """The beginning of addresses, with the names known in it."""

    __slots__ = ("_hits", "_reached", "_reader", "_row", "_states", "_text")

    def __init__(self, text: str, hits: Sequence[Hit]) -> None:
        self._text, self._hits = text, hits
        self._row, self._reached = known_row(text, hits)
        self._reader: Reader | None = None
        self._states: States | None = None

    def read(self, text: str, tokens: Sequence[Token]) -> Address:
        """Return what ``parse`` returns for a text that has this beginning and then these tokens and nothing else."""
        if self._row is not None and go_through(tokens, self._reached):
            if self._reader is None:
                self._reader = Reader(self._text)
                self._reader.read(self._row)
            return Reader(text, after=self._reader).read(tokens)
        return Reader(text).read(self._best(text, tokens))

    def _best(self, text: str, tokens: Sequence[Token]) -> list[Segment]:
        if self._states is None:
            self._states = reading_states(self._text, self._hits)
        return traced(self._states, tokens, len(text))


def headed(text: str, tokens: Sequence[Token]) -> tuple[str, str] | None:
    """Return the beginning of a text before its numbers, and what a name at its end sees of them.

    ``None`` unless the text is a beginning without tokens and then tokens without a gap.
    """
    found = _HEADED.match(text)
    if found is None:
        return None
    size = end = found.end(1)
    for token in tokens:
        if token[0] != end:
            return None
        end = token[1]
    if end != len(text) or not tokens:
        return None
    group = _GROUP.match(text, size)
    return found[1], "" if group is None else group[1] or "$"
