"""Thresholds of the geocoder; every one can be set by the caller."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LocateOptions:
    """When an answer is taken without a person, and how far numbers may be stretched.

    ``auto``: confidence from which an answer is automatic. ``least``: confidence below which nothing is answered.
    ``gap``: largest difference between two known numbers of one side between which an interpolated one still counts as
    a number. ``stretched_radius_m``: the least radius of what lies further from a known number, to which
    comes what the street goes on in between. ``metres_per_number``: how far a street goes on from one number to the
    next, nine times of ten, where the street itself does not tell. What was measured in the design notes (section 2:
    p90 268 m for gaps above 100, 290 m for differences up to 100) lies on these lines.
    ``company``: whether the firm's name may serve as second evidence. ``candidates``: how many alternatives to keep.
    """

    auto: float = 0.90
    least: float = 0.40
    gap: int = 100
    company: bool = True
    candidates: int = 5
    exact_radius_m: float = 100.0
    interpolated_radius_m: float = 100.0
    stretched_radius_m: float = 120.0
    metres_per_number: float = 6.0
    street_radius_m: float = 2_300.0
