"""Which datum a layer is in, told by how its points lie against what is known: doors, buildings, streets, borders.

Each piece of evidence says how likely it is under each reading; outliers have a floor, so that a wrong match counts
little. The sums decide, and only with a margin; else the verdict is that it cannot be told.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.datum import Points
from geo.registry.gates.readings import READINGS, as_reading, points_by_reading

DEGREE_M = 111_320.0
MIN_PAIRS = 5
"""Fewer pieces of evidence never speak (our own choice: a handful)."""
MARGIN = 8.0
"""Least difference of log-likelihood between the readings compared: odds of three thousand to one."""
SHIFT_M = 150.0
"""A shift of the whole layer that no reading explains is told from here on (our own choice)."""
_STRAY = 0.15
_STRAY_M = 5_000.0
_COURSE_M = 45.0
_COURSE_STRAY_M = 3_000.0
_BORDER_GAIN = 1.5
_BORDER_TOLERANCE_M = 150.0

PAIRS = ("lon", "lat", "known_lon", "known_lat", "sigma_m", "kind")


@dataclass(frozen=True)
class Evidence:
    """What is known about points of a layer; all WGS-84, the layer's points as its declared datum gives them.

    ``pairs`` has the columns ``PAIRS``: one row a known place, ``sigma_m`` how far apart two honest sources put it.
    ``courses``: ``lon, lat, street, line`` of points said to lie on a street whose course is known.
    ``claims``: ``lon, lat, county`` of points that name their county; ``outlines``: county code → shape.
    """

    pairs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PAIRS)))
    courses: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["lon", "lat", "street", "line"]))
    claims: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["lon", "lat", "county"]))
    outlines: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """``code``: LAYER_DATUM_WRONG · LAYER_DATUM_OVER · LAYER_SHIFTED · LAYER_DATUM_AGREES · LAYER_DATUM_UNTOLD.

    ``reading``: the most likely reading of ``READINGS``, None if it cannot be told. ``distance_m`` and ``bearing_deg``
    (from north, clockwise): where the layer sits as seen from what is known; ``spread_m``: how far half of the pairs
    scatter about that; NaN without pairs. ``pairs``, ``streets``, ``borders``: how much evidence there was.
    """

    code: str
    declared: str
    reading: str | None
    pairs: int
    streets: int
    borders: int
    distance_m: float
    bearing_deg: float
    spread_m: float
    margin: float

    def detail(self) -> dict[str, Any]:
        """Return the verdict's figures for its sentence."""
        names = ("declared", "pairs", "streets", "borders")
        whole = {name: _whole(getattr(self, name)) for name in ("distance_m", "bearing_deg", "spread_m")}
        return {**{name: getattr(self, name) for name in names}, **whole, "reading": self.reading}


def judge_datum(evidence: Evidence, declared: str) -> Verdict:
    """Tell whether a layer is in the datum it is declared in, and in which it probably is.

    Raises
    ------
    geo.errors.DatumError
        If the declared datum is not known.
    """
    own = as_reading(declared)
    residuals = _residuals(evidence.pairs, declared)
    gains = {name: _pair_scores(offset, evidence.pairs["sigma_m"]) for name, offset in residuals.items()}
    courses, streets = _course_scores(evidence.courses, declared)
    borders, cells = _border_scores(evidence, declared)
    total = {name: gains[name].sum() + courses[name] + borders[name] for name in READINGS}
    best = max(total, key=lambda name: (total[name], name == own))
    second = max(value for name, value in total.items() if name != best)
    offset = Offset.of(residuals[own], evidence.pairs["sigma_m"])
    tells = _support(residuals[best], evidence.pairs) + streets + cells >= MIN_PAIRS
    margin = total[best] - (second if best == own else total[own])
    code = _code(best, own, sure=tells and margin >= MARGIN)
    rest = Offset.of(residuals[best], evidence.pairs["sigma_m"])
    if code != "LAYER_DATUM_UNTOLD" and rest.systematic and rest.distance_m > SHIFT_M:
        code = "LAYER_SHIFTED"
    if code == "LAYER_DATUM_WRONG" or (code == "LAYER_DATUM_OVER" and not len(evidence.pairs)):
        offset = offset if offset.count >= MIN_PAIRS else _predicted(evidence, declared, best)
    reading = None if code in ("LAYER_DATUM_UNTOLD", "LAYER_SHIFTED") else best
    figures = (offset.distance_m, offset.bearing_deg, offset.spread_m, float(margin))
    return Verdict(code, declared, reading, len(evidence.pairs), streets, cells, *figures)


def _code(best: str, own: str, *, sure: bool) -> str:
    if not sure:
        return "LAYER_DATUM_UNTOLD"
    if best == own:
        return "LAYER_DATUM_AGREES"
    return "LAYER_DATUM_OVER" if best.startswith("over_") else "LAYER_DATUM_WRONG"


@dataclass(frozen=True)
class Offset:
    """The middle of vectors from known places to the layer's, in metres: robust against outliers."""

    count: int
    distance_m: float
    bearing_deg: float
    spread_m: float
    systematic: bool

    @classmethod
    def of(cls, vectors: np.ndarray, sigma_m: pd.Series) -> "Offset":
        """Return the middle of ``vectors`` (n × 2, east and north); the precise half counts where precisions differ."""
        if not len(vectors):
            return cls(0, math.nan, math.nan, math.nan, systematic=False)
        sigma = sigma_m.to_numpy(dtype="float64")
        fine = vectors[sigma <= max(200.0, float(np.median(sigma)))]
        middle = np.median(fine, axis=0)
        for _ in range(3):
            away = np.hypot(*(fine - middle).T)
            near = fine[away <= max(250.0, 3.0 * float(np.median(away)))]
            middle = np.median(near, axis=0)
        spread = float(np.median(np.hypot(*(near - middle).T)))
        distance = float(np.hypot(*middle))
        tight = 2 * len(near) > len(fine) and len(near) >= MIN_PAIRS and distance > 4.0 * spread / math.sqrt(len(near))
        bearing = math.degrees(math.atan2(middle[0], middle[1])) % 360.0
        return cls(len(near), distance, bearing, spread, systematic=tight)


def _residuals(pairs: pd.DataFrame, declared: str) -> dict[str, np.ndarray]:
    """Return the vectors from the known places to the layer's points in metres, by reading."""
    lon, lat, known_lon, known_lat = (pairs[name].to_numpy(dtype="float64") for name in PAIRS[:4])
    result = {}
    for name, (x, y) in points_by_reading(lon, lat, declared).items():
        scale = np.cos(np.radians(known_lat)) * DEGREE_M
        result[name] = np.column_stack([(x - known_lon) * scale, (y - known_lat) * DEGREE_M])
    return result


def _pair_scores(vectors: np.ndarray, sigma_m: pd.Series) -> np.ndarray:
    sigma = sigma_m.to_numpy(dtype="float64")
    square = (vectors**2).sum(axis=1)
    true = (1.0 - _STRAY) * np.exp(-square / (2.0 * sigma**2)) / (2.0 * math.pi * sigma**2)
    return np.log(true + _STRAY / (math.pi * _STRAY_M**2))


def _support(vectors: np.ndarray, pairs: pd.DataFrame) -> int:
    """Return how many pairs fit a reading, or 0 where they are not most of those that are near at all."""
    away, sigma = np.hypot(*vectors.T), pairs["sigma_m"].to_numpy(dtype="float64")
    fit = int((away <= 3.0 * sigma).sum())
    return fit if 2 * fit > int((away <= _STRAY_M / 2).sum()) else 0


def _course_scores(courses: pd.DataFrame, declared: str) -> tuple[dict[str, float], int]:
    """Score how near points lie to the course of their street; returned with the number of streets."""
    scores = dict.fromkeys(READINGS, 0.0)
    if not len(courses):
        return scores, 0
    lat = courses["lat"].to_numpy(dtype="float64")
    squeeze = np.array([math.cos(math.radians(float(np.median(lat)))), 1.0]) * DEGREE_M
    lines = shapely.transform(courses["line"].to_numpy(), lambda xy: xy * squeeze)
    by_reading = points_by_reading(courses["lon"].to_numpy(dtype="float64"), lat, declared)
    near = np.zeros(len(courses), dtype=bool)
    for name, points in by_reading.items():
        away = shapely.distance(shapely.points(np.column_stack(points) * squeeze), lines)
        near |= away <= 2.0 * _COURSE_M
        true = 0.8 * np.exp(-((away / _COURSE_M) ** 2) / 2.0) * 2.0 / (_COURSE_M * math.sqrt(2.0 * math.pi))
        gain = pd.Series(np.log(true + 0.2 / _COURSE_STRAY_M))
        scores[name] = float(gain.groupby(courses["street"].to_numpy()).mean().sum())
    return scores, int(courses.loc[near, "street"].nunique())


def _border_scores(evidence: Evidence, declared: str) -> tuple[dict[str, float], int]:
    """Score how many points lie in the county they name; only points that readings disagree on, one in half a km."""
    scores = dict.fromkeys(READINGS, 0.0)
    claims = evidence.claims[evidence.claims["county"].isin(list(evidence.outlines))]
    if not len(claims):
        return scores, 0
    lon, lat = (claims[name].to_numpy(dtype="float64") for name in ("lon", "lat"))
    by_reading = points_by_reading(lon, lat, declared)
    inside = pd.DataFrame({name: _inside(claims, evidence.outlines, points) for name, points in by_reading.items()})
    told = inside[inside.any(axis=1) & ~inside.all(axis=1)]
    if not len(told):
        return scores, 0
    grid = pd.Series([f"{x:.0f}:{y:.0f}" for x, y in (claims[["lon", "lat"]].to_numpy(dtype="float64") * 200.0)])
    cells = told.groupby(grid.loc[told.index].to_numpy()).mean()
    return {name: _BORDER_GAIN * float(cells[name].sum()) for name in scores}, len(cells) // 2


def _inside(claims: pd.DataFrame, outlines: dict[str, Any], points: Points) -> np.ndarray:
    result = np.zeros(len(claims), dtype=bool)
    for code, part in claims.reset_index(drop=True).groupby("county"):
        place = part.index.to_numpy()
        shape = outlines[str(code)]
        shapely.prepare(shape)
        spots = shapely.points(points.lon[place], points.lat[place])
        result[place] = shapely.dwithin(shape, spots, _BORDER_TOLERANCE_M / DEGREE_M)
    return result


def _predicted(evidence: Evidence, declared: str, reading: str) -> Offset:
    """Return the offset that a reading implies at the layer's middle, where pairs are too few to measure it."""
    for table in (evidence.pairs, evidence.courses, evidence.claims):
        if len(table):
            lon, lat = (float(table[name].astype("float64").median()) for name in ("lon", "lat"))
            x, y = (float(value) for value in points_by_reading(lon, lat, declared)[reading])
            east, north = (lon - x) * math.cos(math.radians(y)) * DEGREE_M, (lat - y) * DEGREE_M
            bearing = math.degrees(math.atan2(east, north)) % 360.0
            return Offset(0, math.hypot(east, north), bearing, math.nan, systematic=False)
    return Offset(0, math.nan, math.nan, math.nan, systematic=False)


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else round(value)
