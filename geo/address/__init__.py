"""Chinese addresses taken apart.

Tokens (number grammar) and names are joined to segments (the best reading); from these come components, labels over the
text, and what the geocoder needs: numbers, units, floors, rooms, relations.
"""

from geo.address.batches import Component
from geo.address.model import Segmenter
from geo.address.numbers import Number, read_floor, read_number
from geo.address.parts import Address, parse, parse_all
from geo.address.segments import Hit, Segment, segment

__all__ = [
    "Address",
    "Component",
    "Hit",
    "Number",
    "Segment",
    "Segmenter",
    "parse",
    "parse_all",
    "read_floor",
    "read_number",
    "segment",
]
