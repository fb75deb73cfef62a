"""A survey as arrays: counted once, cut by any filter, binned into any units within milliseconds."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from app.maps import basemap, hexagons
from app.maps.frame import Bounds
from app.reading import Reading
from geo import rates
from geo.gaps import FIGURES, KINDS, Filter

COARSE = ("village", "town", "county", "none")
"""Levels of a position that say no more than an area: never drawn as a point, never binned into a cell."""

MOST_SHEET = 20_000_000
"""Cells of a sheet, or pairs of cell and town, up to which they are counted one by one instead of being sorted."""

CHINA: Bounds = (73.5, 18.0, 135.1, 53.6)

FEW = 5
"""Firms in the denominator below which a rate is not shown."""

COUNTS = ("eligible", "gap", "without_own_25", "gap_workers", "gap_workers_unknown", "opportunity")
MARKED = tuple(name for name in COUNTS if name != "gap_workers")
"""Counts of firms; the other one sums workers."""


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
    workers: np.ndarray
    facts: dict[str, np.ndarray]
    marks: np.ndarray
    """One bit a firm for each of ``MARKED``, so that all are counted at once."""
    bounds: Bounds

    @property
    def latitude(self) -> float:
        """Latitude of the city's middle: projected metres are metres on the ground over its cosine."""
        return (self.bounds[1] + self.bounds[3]) / 2

    def rows(self, chosen: Filter) -> np.ndarray:
        """Return which firms meet a filter."""
        return self.read.rows(chosen)

    def units(self, kind: str) -> tuple[np.ndarray, pd.Index]:
        """Return the number of each firm's unit (-1 for none) and the units' keys, for a kind of place."""
        return self.read.kept.get(("map.units", kind), partial(self._factorised, KINDS[kind]))

    def cells(self, spacing_m: int) -> tuple[np.ndarray, pd.Index]:
        """Return the same for hexagons ``spacing_m`` apart, ordered by row (r), then q.

        A firm whose position is vaguer than that has none.
        """
        return self.read.kept.get(("map.cells", spacing_m), lambda: self._binned(spacing_m))

    def total(self, chosen: Filter) -> pd.Series:
        """Return what a legend and the head of the page tell of a choice of firms."""
        return self.read.kept.get(("map.total", chosen), partial(self._totalled, chosen))

    def _totalled(self, chosen: Filter) -> pd.Series:
        names = ("eligible", "unlocated", "workers_unknown", "eligible_25", "gap", "located")
        told = {name: self.read.counted(name, chosen) for name in names}
        workers = self.workers[self.rows(chosen) & (self.marks & 1 > 0)].sum()
        return pd.Series(told | {"workers": int(workers)})

    def precise(self, within_m: float) -> np.ndarray:
        """Return which firms have a position good enough for a drawing of that grain."""
        with np.errstate(invalid="ignore"):
            return ~np.isnan(self.x) & (self.radius_m <= within_m)

    def count(self, units: tuple[np.ndarray, pd.Index], rows: np.ndarray) -> pd.DataFrame:
        """Return ``COUNTS`` by unit for the chosen firms, and their share without a union, smoothed, with its interval.

        Units without an eligible firm are left out. The share is smoothed over the units that are counted together.
        """
        numbers, keys = units
        table = pd.DataFrame(self.sums(numbers, len(keys), rows), index=keys)
        table = table[table["eligible"] > 0]
        unknown = rates.smooth(table["gap_workers_unknown"], table["gap"]).add_prefix("unknown_")
        unknown = unknown.rename(columns={"unknown_smoothed": "unknown"})
        return table.join(rates.smooth(table["gap"], table["eligible"])).join(unknown)

    def sums(self, numbers: np.ndarray, many: int, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return ``COUNTS`` of the chosen firms by the number of their unit (-1 for none), one entry a unit."""
        used = rows & (numbers >= 0) & (self.marks > 0)
        tops, marks = numbers[used], self.marks[used]
        kinds = 1 << len(MARKED)
        found = np.bincount(tops.astype("int64") * kinds + marks, minlength=many * kinds).reshape(many, kinds)
        bits = (np.arange(kinds)[:, None] >> np.arange(len(MARKED))) & 1
        counts = dict(zip(MARKED, (found @ bits).T, strict=True))
        workers = self.facts["gap_workers"][used]
        held = workers > 0
        counts["gap_workers"] = np.bincount(tops[held], weights=workers[held], minlength=many).astype("int64")
        return {name: counts[name] for name in COUNTS}

    def main_town(self, units: tuple[np.ndarray, pd.Index]) -> pd.Series:
        """Return the town that most firms of each unit lie in, to call it by; NA where none is known."""
        numbers, keys = units
        towns, codes = self.units("town")
        used = (numbers >= 0) & (towns >= 0)
        pairs = numbers[used].astype("int64") * len(codes) + towns[used]
        if len(keys) * len(codes) <= MOST_SHEET:
            every = np.bincount(pairs)
            pairs = np.flatnonzero(every)
            counts = every[pairs]
        else:
            pairs, counts = np.unique(pairs, return_counts=True)
        best = pairs[np.argsort(-counts, kind="stable")]
        cells, first = np.unique(best // len(codes), return_index=True)
        return pd.Series(codes.to_numpy()[best[first] % len(codes)], index=keys[cells]).reindex(keys)

    def left(self, units: tuple[np.ndarray, pd.Index], rows: np.ndarray) -> dict[str, int]:
        """Return ``COUNTS`` over the chosen firms that belong to no unit."""
        outside = rows & (units[0] < 0)
        return {name: int(fact[outside].sum()) for name, fact in self.facts.items()}

    def _factorised(self, column: str) -> tuple[np.ndarray, pd.Index]:
        numbers, keys = self.read.columns.codes(column)
        return numbers, pd.Index(keys, dtype=object)

    def _binned(self, spacing_m: int) -> tuple[np.ndarray, pd.Index]:
        good = self.precise(spacing_m)
        grid = hexagons.Grid.on_ground(spacing_m, self.latitude)
        q, r = grid.cells(self.x[good], self.y[good])
        numbers, across, up = numbered(q, r)
        result = np.full(len(good), -1, dtype="int32")
        result[good] = numbers
        names = [hexagons.key(*pair) for pair in zip(across.tolist(), up.tolist(), strict=True)]
        return result, pd.Index(names, dtype=object)


def numbered(q: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the number of each firm's cell, and axial coordinates of the cells by number: by r, then q.

    Cells are ticked off on a sheet as large as the city, which is quicker than sorting the firms; only where the firms
    are strewn too far for such a sheet they are sorted.
    """
    if not len(q):
        return np.empty(0, dtype="int32"), q, r
    west, south = int(q.min()), int(r.min())
    width = int(q.max()) - west + 1
    places = (r - south) * width + (q - west)
    most = width * (int(r.max()) - south + 1)
    if most <= MOST_SHEET:
        there = np.bincount(places, minlength=most) > 0
        kept = np.flatnonzero(there)
        numbers = (np.cumsum(there, dtype="int32") - 1)[places]
    else:
        kept, numbers = np.unique(places, return_inverse=True)
    return numbers.ravel().astype("int32"), kept % width + west, kept // width + south


def of(read: Reading) -> Scene:
    """Return the scene of a reading, made once."""
    return read.kept.get("map.scene", lambda: _made(read))


def _made(read: Reading) -> Scene:
    firms = read.survey.firms
    lon, lat = (firms[name].to_numpy(dtype=float, na_value=np.nan) for name in ("lon", "lat"))
    coarse = firms["level"].isin(COARSE).to_numpy()
    x, y = hexagons.project(np.where(coarse, np.nan, lon), np.where(coarse, np.nan, lat))
    facts = {name: read.columns.rows(FIGURES[name]) for name in MARKED}
    marks = np.zeros(len(firms), dtype="uint8")
    for bit, name in enumerate(MARKED):
        marks |= facts[name].astype("uint8") << bit
    workers = firms["workers"].fillna(0).to_numpy(dtype="int32")
    return Scene(
        read=read,
        x=x,
        y=y,
        radius_m=firms["radius_m"].to_numpy(dtype=float, na_value=np.nan),
        workers=workers,
        facts=facts | {"gap_workers": workers * facts["gap"]},
        marks=marks,
        bounds=_bounds(read, lon, lat),
    )


def _bounds(read: Reading, lon: np.ndarray, lat: np.ndarray) -> Bounds:
    """Return the extent of the counties; without an outline (a county that has none) of the firms, else of China."""
    outlines = basemap.counties_of(read.outlines)
    if len(outlines):
        return basemap.bounds_of(outlines)
    if np.isnan(lon).all():
        return CHINA
    return float(np.nanmin(lon)), float(np.nanmin(lat)), float(np.nanmax(lon)), float(np.nanmax(lat))
