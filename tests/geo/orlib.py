"""OR-Library's warehouse instances (Beasley 1990), read as uncapacitated: every customer must be served."""

from pathlib import Path
from typing import Any

import numpy as np

from geo.joint.problem import Problem

SCALE = 100_000
"""Costs are given to five decimals."""
NAMES = (*(f"cap{n}" for n in (71, 72, 73, 74, 101, 102, 103, 104, 131, 132, 133, 134)), "capa", "capb", "capc")
OPTIMA = {"capa": 17156454.47830, "capb": 12979071.58143, "capc": 11505594.32878}
"""Uncapacitated optima of the large ones, as published; those of the others stand in capopt.txt."""


def read(folder: Path, name: str) -> tuple[Problem, int]:
    """Return an instance and what its customers would be worth at no cost; cost is that less the value."""
    words = (folder / f"{name}.txt").read_text(encoding="ascii").replace("capacity", "0").split()
    seats, firms = int(words[0]), int(words[1])
    founding = np.array(words[3 : 2 + 2 * seats : 2], dtype=np.float64)
    rows = np.array(words[2 + 2 * seats :], dtype=np.float64).reshape(firms, 1 + seats)[:, 1:]
    cost, fixed = (np.rint(part * SCALE).astype(np.int64) for part in (rows, founding))
    worth = cost.max(axis=1) + fixed.max() + 1  # more than serving a customer can cost: nobody is left out
    none, one = np.zeros(seats, np.int64), np.ones(firms, np.int64)
    arcs: dict[str, Any] = {
        "first": np.arange(seats + 1) * firms,
        "firm": np.tile(np.arange(firms), seats),
        "value": (worth[:, None] - cost).T.ravel(),
    }
    terms = {"founding": fixed, "least_workers": none, "least_firms": none, "most": none + firms}
    return Problem(workers=one, heads=one, **terms, **arcs), int(worth.sum())


def optimum(folder: Path, name: str) -> float:
    """Return the published optimum."""
    lines = (line.split() for line in (folder / "capopt.txt").read_text(encoding="ascii").splitlines())
    told = {words[0]: float(words[1]) for words in lines if len(words) == 2 and words[0].startswith("cap")}
    return OPTIMA.get(name) or told[name]
