"""The fitted confidence as a text file: weights, steps, reliability, and what it was fitted on."""

from pathlib import Path
from typing import Any

from geo.errors import FileRefused
from geo.geocode.confidence import EVIDENCE, Bin, Calibration
from geo.io.documents import read_yaml

FILE = Path("calibration") / "confidence.yaml"
"""Where it lies in ``data``, or in the instance folder once an office has fitted its own."""


def read_calibration(*folders: Path) -> Calibration:
    """Return the calibration of the first folder that holds one.

    Raises
    ------
    FileRefused
        ``FILE_MISSING``; ``CALIBRATION_FAULTY`` if a part is missing or the evidence is not that of this version.
    """
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            return _read(path, read_yaml(path))
    raise FileRefused(f"no {FILE} in {', '.join(map(str, folders))}", code="FILE_MISSING", detail={"file": str(FILE)})


def _read(path: Path, text: Any) -> Calibration:
    try:
        weights = {str(name): float(value) for name, value in text["weights"].items()}
        if set(weights) != set(EVIDENCE):
            raise ValueError(f"evidence is {sorted(weights)}")
        return Calibration(
            float(text["intercept"]),
            weights,
            tuple((float(x), float(p)) for x, p in text["steps"]),
            tuple(Bin(float(a), float(b), float(c), int(n), int(r)) for a, b, c, n, r in text["reliability"]),
            float(text["ece"]),
            int(text["n"]),
            str(text["source"]),
            str(text["fitted_on"]),
            str(text["how"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        detail = {"file": str(path), "fault": str(error)}
        raise FileRefused(f"{path}: {error}", code="CALIBRATION_FAULTY", detail=detail) from error


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration, with what its columns mean."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Fitted confidence of located addresses; written by scripts/fit_confidence or the command calibrate.",
        f"source: {_quoted(calibration.source)}",
        f"fitted_on: {_quoted(calibration.on)}",
        f"how: {_quoted(calibration.how)}",
        f"n: {calibration.n}",
        f"ece: {calibration.ece}",
        f"intercept: {calibration.intercept}",
        "weights:  # of the evidence, see geo/geocode/confidence.py",
        *(f"  {name}: {calibration.weights[name]}" for name in EVIDENCE),
        "steps:  # score, chance",
        *(f"  - [{x}, {p}]" for x, p in calibration.steps),
        "reliability:  # held-out rows: from, to, claimed (mean), rows, right",
        *(f"  - [{b.low}, {b.high}, {b.claimed}, {b.n}, {b.right}]" for b in calibration.reliability),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
