"""What a joint union may look like: every number the suggestions rest on, shown to the user and changeable."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from geo.errors import AtlasError


class OptionError(AtlasError):
    """An option contradicts another or lies outside its range."""

    code = "OPTION"


WIDE = ("building", "market", "zone", "town")
"""Seats whose unions may hold as many firms as a place."""


@dataclass(frozen=True)
class JointOptions:
    """Thresholds of a suggested joint union.

    Only ``min_units`` is law (two units or more, Trade Union Law art. 11); every other number is a choice of the
    project.
    """

    min_units: int = 2
    """Distinct employers the law asks for at least."""
    min_firms: int = 3
    """Member firms a new union needs; not fewer than the law's employers."""
    min_workers: int = 25
    """Workers a new union needs; the law's 25 speaks of members, who are not known before there is a union."""
    max_firms: int = 100
    """Member firms of a street or village union at most."""
    max_firms_in_place: int = 300
    """Member firms of a building, market or zone union at most; above it the place is split."""
    advise_sections_above: int = 100
    """Member firms above which trade-union groups by floor or trade are advised."""
    street_span_m: int = 1_000
    """Length of a street union from its first to its last member, metres along the street."""
    street_gap_m: int = 150
    """Largest distance between neighbouring members, metres along the street."""
    street_offset_m: int = 80
    """A firm further from the street's line than this, in metres, does not lie along it."""
    street_radius_m: int = 150
    """A position that may be further off than this, in metres, is no place along a street or around an address."""
    metres_per_number: int = 4
    """Metres per house number where nobody has drawn the street, an estimate; 0 leaves such streets out."""
    workers_if_unknown: int = 5
    """Workers assumed for a firm without a count, marked as assumed in every group; 0 leaves such firms out (R6).

    Buildings of 崇川区 held 7.3 workers per firm in 2024 (15,000 firms, 110,000 workers); 5 is a careful choice
    below it.
    """
    compete: int = 1
    """1: all kinds compete in one model; 0: one kind after another, existing unions and buildings first."""
    stay_share: float = 0.6
    """Share of an existing joint union's firms that must lie in one place for that place to count as its seat."""
    own_building: int = 0
    """1: every building that can hold a union has one of its own, and its firms go nowhere else."""
    federation_from: int = 3
    """Unions in one place from which a federation over them is offered; 0 offers none."""

    founding_place: int = 6
    """Workers that a new union in a building, market or zone must bring before it is worth founding."""
    founding_street: int = 10
    """The same along a street."""
    founding_community: int = 12
    """The same in a village or around an address."""
    penalty_street_milli: int = 50
    """Thousandths of a worker by which a union along a street is worth less than one inside a building."""
    penalty_community_milli: int = 150
    """The same for a union in a village or around an address."""
    distance_milli: int = 300
    """Thousandths of a worker lost for one who sits as far away as a union reaches."""
    reach_m: int = 500
    """How far from its seat a community union reaches, metres; 0 founds none around addresses."""
    industry_milli: int = 50
    """Thousandths of a worker gained for each whose firm is of the industry most common at the seat; not on streets."""
    stay_milli: int = 20
    """Thousandths of a worker gained for each who stays in the union suggested last time."""
    stay_founding_milli: int = 100
    """Thousandths by which founding a union suggested last time costs less."""
    stay_loss_milli: int = 2
    """Thousandths of its value that staying may cost a jurisdiction; above it the groups that cost most change."""
    tolerance_milli: int = 2
    """Stop where the suggestion is proved to be within so many thousandths of the best one."""

    @classmethod
    def of(cls, stored: Mapping[str, int]) -> "JointOptions":
        """Return the options that were stored; those of another version that are not known any more are passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def most_in(self, kind: str) -> int:
        """Return how many firms a union with a seat of a kind may hold."""
        return self.max_firms_in_place if kind in WIDE else self.max_firms

    def __post_init__(self) -> None:
        negative = [f.name for f in fields(self) if getattr(self, f.name) < 0]
        if negative:
            raise OptionError(
                f"options below zero: {', '.join(negative)}", detail={"fault": "negative", "options": negative}
            )
        if self.min_firms < self.min_units:
            detail = {"fault": "units", "options": ["min_firms"]}
            raise OptionError("min_firms must not be smaller than min_units", detail=detail)
        if self.penalty_community_milli + self.distance_milli >= 1_000:
            detail = {"fault": "distance", "options": ["distance_milli", "penalty_community_milli"]}
            raise OptionError("kind and distance take all of a worker's value", detail=detail)
        if min(self.max_firms, self.max_firms_in_place) < 2 * self.min_firms - 1:
            detail = {"fault": "split", "options": ["min_firms", "max_firms", "max_firms_in_place"]}
            raise OptionError("max_firms must be at least twice min_firms, else a split is impossible", detail=detail)
