"""What the gazetteer knows: entities (a division or place), and names that point to one or several of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Entity(NamedTuple):
    """A division or place. ``kind`` is a level of divisions or a kind of places; ``county`` is today's code."""

    key: str
    kind: str
    name: str
    county: str | None
    town: str | None
    lon: float
    lat: float
    origin: str
    radius_m: float
    former: bool = False

    @property
    def placed(self) -> bool:
        """Whether a position is known."""
        return not (math.isnan(self.lon) or math.isnan(self.lat))

    @property
    def today(self) -> str | None:
        """The key that counts today: of a former town the one it went into, ``None`` where that is not known."""
        return self.town if self.former else self.key


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it occurs in text, with all that it may mean.

    ``label`` is the label of its segment, ``form`` how it was matched (``full``, ``bare`` or ``learned``), ``votes``
    the logarithm of how well the name fits each county (in the gazetteer's order), ``None`` where it tells nothing.
    ``ruled``: a person has put the name into its county.
    """

    text: str
    label: str
    form: str
    entities: tuple[Entity, ...]
    votes: tuple[float, ...] | None
    mentions: int = 0
    surfaces: tuple[str, ...] = ()
    ruled: bool = False

    @property
    def elsewhere(self) -> bool:
        """Whether it is first of all a place outside the city."""
        return bool(self.entities) and self.entities[0].kind == "elsewhere"


DOUBT = {
    "district": 0.002,
    "town": 0.006,
    "devzone": 0.02,
    "community": 0.07,
    "road": 0.04,
    "poi": 0.03,
    "bare": 0.08,
    "inner": 0.06,
    "core": 0.2,
    "bare zone": 0.1,
}
"""Chance that a name of this label does not mean the county that the gazetteer knows for it (homonyms, errors)."""


def votes_of(shares: Mapping[str, float], counties: Sequence[str], doubt: float) -> tuple[float, ...] | None:
    """Return log-likelihoods per county from the shares in which a name belongs to them; ``None`` for no shares."""
    total = sum(shares.values())
    if total <= 0 or not counties:
        return None
    floor = doubt / len(counties)
    return tuple(math.log((1 - doubt) * shares.get(code, 0.0) / total + floor) for code in counties)
