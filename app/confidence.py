"""The fitted confidence in use: the office's own where one was fitted, else the one that ships."""

from functools import lru_cache
from pathlib import Path

from app.config import settings
from geo.errors import FileRefused
from geo.geocode import LocateOptions
from geo.geocode.confidence import Calibration
from geo.io.calibration import FILE, read_calibration


def calibration() -> Calibration:
    """Return the calibration in use; its ``reliability`` is what the quality page shows."""
    folders = (settings().instance, settings().data)
    return _read(folders, tuple(_changed(folder / FILE) for folder in folders))


def fitted() -> Calibration | None:
    """Return the calibration in use if it tells how reliable it is, None where none can be read."""
    try:
        found = calibration()
    except FileRefused:
        return None
    return found if found.reliability else None


def locate_options(error_budget: float | None = None) -> LocateOptions:
    """Return the geocoder's options with the fitted confidence and the error budget in force (a share)."""
    config = settings()
    budget = config.error_budget if error_budget is None else error_budget
    return LocateOptions(
        calibration=calibration(), error_budget=budget, company=config.name_evidence, sector=config.sector_prior,
        credit_code=config.credit_code_prior,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _read(folders: tuple[Path, ...], _changes: tuple[float, ...]) -> Calibration:
    return read_calibration(*folders)


def _changed(path: Path) -> float:
    return path.stat().st_mtime if path.is_file() else 0.0
