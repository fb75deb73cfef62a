"""Which enterprises a union register means: codes, then names, then cores, then what is nearly the same."""

from geo.linkage.filling import filled, lent
from geo.linkage.known import Known, known
from geo.linkage.links import hosted, link
from geo.linkage.matches import Match, Query, match
from geo.linkage.options import LinkOptions
from geo.linkage.register import Register, joined, prepare, region_words
from geo.linkage.same import by_worth, decided, pair_key, same, stands_for

__all__ = [
    "Known",
    "LinkOptions",
    "Match",
    "Query",
    "Register",
    "by_worth",
    "decided",
    "filled",
    "hosted",
    "joined",
    "known",
    "lent",
    "link",
    "match",
    "pair_key",
    "prepare",
    "region_words",
    "same",
    "stands_for",
]
