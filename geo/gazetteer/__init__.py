"""The gazetteer: names of divisions, zones, buildings, markets, streets; and what the registry itself teaches."""

from geo.gazetteer.build import FACTS, GazetteerError, build, known_doors
from geo.gazetteer.doors import NumberedStreet, best_guess, door_text
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.facts import KIND_LABEL, LABELS
from geo.gazetteer.index import MOST_CHARACTERS, Gazetteer
from geo.gazetteer.kept import Kept
from geo.gazetteer.learning import Learned, learn
from geo.gazetteer.memory import paused_collector
from geo.gazetteer.numbering import Guess, guess, round_radius
from geo.gazetteer.rulings import Rulings, laid, read_rulings
from geo.gazetteer.street import Doors, StreetPoint
from geo.gazetteer.trust import kind_of_guess, trusted_as
from geo.gazetteer.votes import Reading, is_unknown, read, weigh

__all__ = [
    "FACTS",
    "KIND_LABEL",
    "LABELS",
    "MOST_CHARACTERS",
    "Doors",
    "Entity",
    "Gazetteer",
    "GazetteerError",
    "Guess",
    "Kept",
    "Learned",
    "Name",
    "NumberedStreet",
    "Reading",
    "Rulings",
    "StreetPoint",
    "best_guess",
    "build",
    "door_text",
    "guess",
    "is_unknown",
    "kind_of_guess",
    "known_doors",
    "laid",
    "learn",
    "paused_collector",
    "read",
    "read_rulings",
    "round_radius",
    "trusted_as",
    "weigh",
]
