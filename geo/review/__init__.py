"""What a person should look at next: every doubt of a survey as an item, ordered by what one decision is worth."""

from geo.review.answers import Answer, AnswerRefusedError, rows
from geo.review.items import KINDS, WEIGHTS, Candidate, Item, closed, listed, located_together, ordered
from geo.review.learned import NAMES, STATES, learned, rule
from geo.review.queue import items

__all__ = [
    "KINDS",
    "NAMES",
    "STATES",
    "WEIGHTS",
    "Answer",
    "AnswerRefusedError",
    "Candidate",
    "Item",
    "closed",
    "items",
    "learned",
    "listed",
    "located_together",
    "ordered",
    "rows",
    "rule",
]
