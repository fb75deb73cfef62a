"""The gazetteer: names of divisions, zones, buildings, markets, streets; and what the registry itself teaches."""

from geo.gazetteer.build import FACTS, GazetteerError, build
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.layers import NumberedStreet, StreetPoint, door_text, metres
from geo.gazetteer.learning import Learned, learn
from geo.gazetteer.memory import paused_collector
from geo.gazetteer.rulings import Rulings, laid, read_rulings
from geo.gazetteer.votes import Reading, read

__all__ = [
    "FACTS",
    "Entity",
    "Gazetteer",
    "GazetteerError",
    "Learned",
    "Name",
    "NumberedStreet",
    "Reading",
    "Rulings",
    "StreetPoint",
    "build",
    "door_text",
    "laid",
    "learn",
    "metres",
    "paused_collector",
    "read",
    "read_rulings",
]
