"""Thresholds of the geocoder; every one can be set by the caller."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.geocode.confidence import Calibration


@dataclass(frozen=True)
class LocateOptions:
    """When an answer is taken without a person, and how far numbers may be stretched.

    ``auto``: confidence from which an answer is automatic. ``least``: confidence below which nothing is answered.
    ``number_radius_m``: an unknown number whose radius is not larger counts as a number, else as its street; so does
    one whose known neighbours are more than ``gap`` apart.
    ``least_radius_m``: the least that is stated of any number, as a firm stands within its premises and not on its door
    (on the sample city nine of ten within 75 m of a door that is known to the metre).
    ``calibration``: the fitted confidence; without it rules of thumb serve. ``error_budget``: the share of wrong
    answers allowed among the automatic ones; where both are given, the calibration may raise the threshold above
    ``auto``.
    ``company``: whether the firm's name may serve as second evidence. ``credit_code``: whether the authority in the
    firm's credit code may break a tie between counties that the address leaves open; off, because firms move and
    the code stays. ``sector``: whether the firm's industry may order candidates that are tied. ``candidates``: how
    many alternatives to keep. ``processes``: 2 locates large registers in two processes, where one can be forked; the
    answers are the same.
    """

    auto: float = 0.90
    calibration: "Calibration | None" = None
    error_budget: float | None = None
    least: float = 0.40
    gap: int = 100
    company: bool = True
    credit_code: bool = False
    sector: bool = True
    candidates: int = 5
    number_radius_m: float = 125.0
    least_radius_m: float = 75.0
    processes: int = 1

    @property
    def threshold(self) -> float:
        """Confidence from which an answer is automatic."""
        if self.calibration is None or self.error_budget is None:
            return self.auto
        return max(self.auto, self.calibration.threshold(self.error_budget))
