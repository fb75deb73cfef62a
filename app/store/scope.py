"""Whose data a caller may see: every query of the store takes a ``Scope``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The whole city (no county code) or one county by its six digits."""

    county_code: str | None = None


CITY = Scope()
"""The whole city."""
