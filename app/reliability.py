"""The fitted reliability of the geocoder's confidence, where a calibration is installed; read in this one place."""

from dataclasses import dataclass

from app.confidence import calibration
from geo.errors import FileRefused
from geo.geocode.confidence import Bin


@dataclass(frozen=True)
class Fitted:
    """Held-out answers in bins of confidence, their mean deviation (a share), how many, and where they are from."""

    bins: tuple[Bin, ...]
    ece: float
    n: int
    source: str
    on: str


def fitted() -> Fitted | None:
    """Return the reliability table of the calibration in use, None where none is installed."""
    try:
        found = calibration()
    except FileRefused:
        return None
    return Fitted(tuple(found.reliability), found.ece, found.n, found.source, found.on) if found.reliability else None
