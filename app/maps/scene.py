"""A survey as arrays: counted once, cut by any filter, binned into any units within milliseconds."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from app.maps import basemap, hexagons
from app.maps.frame import Bounds
from app.reading import Reading
from geo import rates
from geo.gaps import FIGURES, KINDS, Filter, select

COARSE = ("village", "town", "county", "none")
"""Levels of a position that say no more than an area: never drawn as a point, never binned into a cell."""

FEW = 5
"""Firms in the denominator below which a rate is not shown."""

COUNTS = ("eligible", "gap", "without_own_25", "gap_workers", "gap_workers_unknown")


@dataclass(frozen=True)
class Scene:
    """The firms of a reading as arrays in the order of its frame.

    ``x``, ``y`` are projected metres (Web Mercator), NaN where the position is coarse or missing; ``radius_m`` is the
    uncertainty on the ground. ``facts`` holds one number per firm for each of ``COUNTS``.
    """

    read: Reading
    x: np.ndarray
    y: np.ndarray
    radius_m: np.ndarray
    facts: dict[str, np.ndarray]
    bounds: Bounds

    @property
    def latitude(self) -> float:
        """Latitude of the city's middle: projected metres are metres on the ground over its cosine."""
        return (self.bounds[1] + self.bounds[3]) / 2

    def rows(self, chosen: Filter) -> np.ndarray:
        """Return which firms meet a filter."""
        firms = self.read.survey.firms
        return self.read.kept.get(
            ("map.rows", chosen), lambda: np.asarray(firms.index.isin(self.read.firms(chosen).index))
        )

    def units(self, kind: str) -> tuple[np.ndarray, pd.Index]:
        """Return the number of each firm's unit (-1 for none) and the units' keys, for a kind of place."""
        return self.read.kept.get(("map.units", kind), partial(self._factorised, KINDS[kind]))

    def cells(self, spacing_m: int) -> tuple[np.ndarray, pd.Index]:
        """Return the same for hexagons ``spacing_m`` apart; a firm whose position is vaguer than that has none."""
        return self.read.kept.get(("map.cells", spacing_m), lambda: self._binned(spacing_m))

    def precise(self, within_m: float) -> np.ndarray:
        """Return which firms have a position good enough for a drawing of that grain."""
        with np.errstate(invalid="ignore"):
            return ~np.isnan(self.x) & (self.radius_m <= within_m)

    def count(self, units: tuple[np.ndarray, pd.Index], rows: np.ndarray) -> pd.DataFrame:
        """Return ``COUNTS`` by unit for the chosen firms, and their share without a union, smoothed, with its interval.

        Units without an eligible firm are left out. The share is smoothed over the units that are counted together.
        """
        numbers, keys = units
        rows = rows & (numbers >= 0)
        tops = numbers[rows]
        table = pd.DataFrame(
            {name: np.bincount(tops, weights=fact[rows], minlength=len(keys)) for name, fact in self.facts.items()},
            index=keys,
        ).astype("int64")
        table = table[table["eligible"] > 0]
        return table.join(rates.smooth(table["gap"], table["eligible"]))

    def main_town(self, units: tuple[np.ndarray, pd.Index]) -> pd.Series:
        """Return the town that most firms of each unit lie in, to call it by; NA where none is known."""
        numbers, keys = units
        towns, codes = self.units("town")
        used = (numbers >= 0) & (towns >= 0)
        pairs = numbers[used] * len(codes) + towns[used]
        pairs, counts = np.unique(pairs, return_counts=True)
        best = pairs[np.argsort(-counts, kind="stable")]
        cells, first = np.unique(best // len(codes), return_index=True)
        return pd.Series(codes.to_numpy()[best[first] % len(codes)], index=keys[cells]).reindex(keys)

    def left(self, units: tuple[np.ndarray, pd.Index], rows: np.ndarray) -> dict[str, int]:
        """Return ``COUNTS`` over the chosen firms that belong to no unit."""
        outside = rows & (units[0] < 0)
        return {name: int(fact[outside].sum()) for name, fact in self.facts.items()}

    def _factorised(self, column: str) -> tuple[np.ndarray, pd.Index]:
        numbers, keys = pd.factorize(self.read.survey.firms[column])
        return np.asarray(numbers), pd.Index(keys.astype(object))

    def _binned(self, spacing_m: int) -> tuple[np.ndarray, pd.Index]:
        good = self.precise(spacing_m)
        grid = hexagons.Grid.on_ground(spacing_m, self.latitude)
        cells = pd.Series(pd.NA, index=range(len(good)), dtype="object")
        q, r = grid.cells(self.x[good], self.y[good])
        pairs, numbers = np.unique(np.column_stack([q, r]), axis=0, return_inverse=True)
        result = np.full(len(cells), -1)
        result[good] = numbers.ravel()
        return result, pd.Index([hexagons.key(*pair) for pair in pairs.tolist()], dtype=object)


def of(read: Reading) -> Scene:
    """Return the scene of a reading, made once."""
    return read.kept.get("map.scene", lambda: _made(read))


def _made(read: Reading) -> Scene:
    firms = read.survey.firms
    lon, lat = (firms[name].to_numpy(dtype=float, na_value=np.nan) for name in ("lon", "lat"))
    coarse = firms["level"].isin(COARSE).to_numpy()
    x, y = hexagons.project(np.where(coarse, np.nan, lon), np.where(coarse, np.nan, lat))
    facts = {
        name: np.asarray(firms.index.isin(select(firms, FIGURES[name]).index), dtype="int64")
        for name in ("eligible", "gap", "without_own_25", "gap_workers_unknown")
    }
    facts["gap_workers"] = firms["workers"].fillna(0).to_numpy(dtype="int64") * facts["gap"]
    return Scene(
        read=read,
        x=x,
        y=y,
        radius_m=firms["radius_m"].to_numpy(dtype=float, na_value=np.nan),
        facts=facts,
        bounds=basemap.bounds_of(basemap.counties_of(read.outlines)),
    )
