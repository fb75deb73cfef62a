"""Chinese addresses taken apart: tokens (number grammar), segments (best reading), components (labels over the raw text)."""

from geo.address.parts import Address, Number, parse
from geo.address.segments import Hit, Segment, segment

__all__ = ["Address", "Hit", "Number", "Segment", "parse", "segment"]
