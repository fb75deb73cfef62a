"""Thresholds of linking a name in one register to a row of another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LinkOptions:
    """When a link is sure and when a person has to look; measured on typed noise over real names."""

    auto_score: float = 0.94
    """From this score on a fuzzy link counts without review."""
    review_score: float = 0.8
    """From this score on a fuzzy link is proposed for review; below it the listed name stays unmatched."""
    lead: float = 0.04
    """How far the best candidate must be ahead of the next to count without review."""
    slip_core: int = 5
    """A single slip of the pen in the whole name counts without review if the core has so many characters and no
    other firm is within one more slip."""
    candidates: int = 30
    """Names compared closely per query, those that share most character pairs."""
    listed_rivals: int = 4
    """Other firms named in the reasons of a doubtful link."""
    same_auto: float = 8.0
    """Bits from which two records are one firm without review: odds of 256 to 1."""
    same_review: float = -3.0
    """Bits from which two records are proposed for review: odds of 1 to 8."""
    same_lead: float = 5.0
    """Bits by which the best record must be ahead of the next."""
    firms_at_large: int = 100_000
    """Firms that a record may mean, those in no register among them, however small the register."""
