"""From addresses as written to divisions, places and, where earned, positions: ``locate``."""

from geo.geocode.batch import locate, used_addresses
from geo.geocode.clashes import CLASHES
from geo.geocode.options import LocateOptions

__all__ = ["CLASHES", "LocateOptions", "locate", "used_addresses"]
