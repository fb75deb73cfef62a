"""Thresholds of the geocoder; every one can be set by the caller."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LocateOptions:
    """When an answer is taken without a person, and how far numbers may be stretched.

    ``auto``: confidence from which an answer is automatic. ``least``: confidence below which nothing is answered.
    ``gap``: largest difference between two known numbers of one side that a number may be interpolated between.
    ``nearest``: largest difference to the nearest known number that still tells a place on the street.
    ``company``: whether the firm's name may serve as second evidence. ``candidates``: how many alternatives to keep.
    """

    auto: float = 0.90
    least: float = 0.40
    gap: int = 100
    nearest: int = 100
    company: bool = True
    candidates: int = 5
    exact_radius_m: float = 60.0
    interpolated_radius_m: float = 100.0
    stretched_radius_m: float = 270.0
    nearest_radius_m: float = 300.0
    street_radius_m: float = 2_300.0
