"""What a person should look at next: every doubt of a survey as an item, ordered by what one decision is worth."""

from geo.review.answers import Answer, AnswerRefusedError, rows
from geo.review.items import KINDS, WEIGHTS, Candidate, Item, closed, located_together, ordered
from geo.review.queue import items

__all__ = [
    "KINDS",
    "WEIGHTS",
    "Answer",
    "AnswerRefusedError",
    "Candidate",
    "Item",
    "closed",
    "items",
    "located_together",
    "ordered",
    "rows",
]
