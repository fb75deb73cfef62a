"""Which enterprises a union register means: codes, then names, then cores, then what is nearly the same."""

from geo.linkage.links import hosted, link
from geo.linkage.matches import Match, Query, match
from geo.linkage.options import LinkOptions
from geo.linkage.register import Register, prepare, region_words

__all__ = ["LinkOptions", "Match", "Query", "Register", "hosted", "link", "match", "prepare", "region_words"]
