"""The fitted reliability of the geocoder's confidence, where a calibration is installed; read in this one place."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_MODULE = "app.confidence"


@dataclass(frozen=True)
class Fitted:
    """Held-out answers in bins of confidence (``low``, ``high``, ``claimed``, ``n``, ``right``), and their source."""

    bins: tuple[Any, ...]
    ece: float
    n: int
    source: str
    on: str


def fitted() -> Fitted | None:
    """Return the reliability table of the calibration in use, None where none is installed."""
    if find_spec(_MODULE) is None:
        return None
    found = import_module(_MODULE).calibration()
    return Fitted(tuple(found.reliability), found.ece, found.n, found.source, found.on) if found.reliability else None
