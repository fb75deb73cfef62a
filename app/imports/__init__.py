"""Imports: files of any kind read, checked, compared with what is stored, taken in one piece, and taken back."""

from app.imports import drafts, work
from app.imports.importing import Plan, clear_sample, commit, plan, undo
from app.imports.opening import Opened, open_request
from app.imports.request import ANY_KIND, DATUMS, KINDS, Request
from app.imports.returned import reasons, rejected_book, rows_of, write_rejected
from app.imports.stops import CONFIRMABLE
from app.imports.taking import Tally
from geo.registry import KINDS as PLACE_KINDS

__all__ = [
    "ANY_KIND",
    "CONFIRMABLE",
    "DATUMS",
    "KINDS",
    "PLACE_KINDS",
    "Opened",
    "Plan",
    "Request",
    "Tally",
    "clear_sample",
    "commit",
    "drafts",
    "open_request",
    "plan",
    "reasons",
    "rejected_book",
    "rows_of",
    "undo",
    "work",
    "write_rejected",
]
