"""How much a name says: the information of its characters, as the names of the register themselves use them."""

from math import log2

from geo.linkage.register import Register

_UNSEEN = 1 / 3000
"""Chance of a character of which the register says nothing: names draw on some 3,000."""
_TRUST = 5.0
"""How many names must hold a character before what follows it is believed."""


def information(text: str, register: Register, *, standing: int = 1) -> float:
    """Return the information of a name's core in bits: each character given the one before it.

    A firm's own word of rare characters says much, a trade (机械, 纺织品) that follows it says little. ``standing``
    names of the register hold the text itself and do not count.
    """
    total, before = 0.0, ""
    for char in text:
        alone = _chance(register.frequency(char) - standing, len(register.keys) - standing, _UNSEEN)
        if not before:
            total -= log2(alone)
        else:
            after = register.frequency(before + char) - standing
            total -= log2(_chance(after, register.frequency(before) - standing, alone))
        before = char
    return total


def _chance(seen: int, of: int, otherwise: float) -> float:
    return min((max(seen, 0) + _TRUST * otherwise) / (max(of, 0) + _TRUST), 1.0)
