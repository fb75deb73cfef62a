"""Joint unions along a street: where each firm lies on it, and the exact best cut into pieces.

The cut is a longest path over the firms in street order: a piece is a run of neighbours, a firm may stay out. Every
value is an integer (milli-workers times the reach in metres), so that equal inputs give equal cuts to the last
digit. In theory this is r-gathering on a line (Nakano 2018) with outliers, kin to optimal univariate
microaggregation with suppression (Laszlo and Mukherjee 2013).
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.joint.options import JointOptions

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

LINE, AXIS, NUMBER = "line", "axis", "number"
"""How a chainage was found: along the drawn line, along the main axis of the firms' points, from house numbers."""

_EARTH_M = 6_371_008.8


@dataclass(frozen=True)
class Weights:
    """Price of a street union in worker equivalents; the project's choice, tuned in the design's measurements."""

    founding: int = 10
    """Workers that a new union must bring before it is worth founding."""
    distance_milli: int = 300
    """Thousandths of a worker lost for one who sits half a span away from the middle of the union."""


def chainages(firms: pd.DataFrame, places: gpd.GeoDataFrame, *, options: JointOptions) -> pd.DataFrame:
    """Place each firm along its street, in whole metres.

    Parameters
    ----------
    firms : frame with ``street``, ``house_no``, ``lon``, ``lat``, ``radius_m``
    places : PLACES, for the streets' lines
    options : offsets and metres per number

    Returns
    -------
    by firm key ``chainage_m`` (NA where the place on the street is not known) and ``chainage_by`` (line · axis ·
    number). One street is measured in one way only. A position coarser than a house number is not a place on a
    street.
    """
    on_street = firms["street"].notna().to_numpy()
    street = firms["street"].to_numpy(dtype="object")
    near = firms["radius_m"].to_numpy(dtype="float64") <= options.street_radius_m
    known = on_street & firms["lon"].notna().to_numpy() & near
    degrees = firms[["lon", "lat"]].to_numpy(dtype="float64")
    metres, by = np.full(len(firms), np.nan), np.full(len(firms), None, dtype="object")
    lines = places["geometry"]
    drawn = set(street[known])
    for key, rows in pd.Series(np.flatnonzero(known)).groupby(street[known]):
        line = lines.get(key)
        usable = isinstance(line, shapely.Geometry) and not line.is_empty and line.geom_type.endswith("LineString")
        at = rows.to_numpy()
        metres[at] = _on_line(degrees[at], line, options.street_offset_m) if usable else _on_axis(degrees[at])
        by[at] = LINE if usable else AXIS
    if options.metres_per_number:
        number = pd.to_numeric(firms["house_no"].str.extract(r"(\d+)", expand=False), errors="coerce")
        numbered = on_street & np.array([key not in drawn for key in street], dtype=bool)
        metres[numbered] = number.to_numpy(dtype="float64", na_value=np.nan)[numbered] * options.metres_per_number
        by[numbered] = NUMBER
    chainage = pd.Series(np.rint(metres), index=firms.index).astype("Int64")
    label = pd.Series(by, index=firms.index, dtype="string").where(chainage.notna())
    return pd.DataFrame({"chainage_m": chainage, "chainage_by": label})


def cut(
    chainage: Integers, workers: Integers, run: Integers, *, unit: Integers, options: JointOptions, weights: Weights
) -> list[tuple[int, int]]:
    """Cut firms in street order into the pieces of greatest total value; exact.

    Parameters
    ----------
    chainage : metres along the street, ascending within a run
    workers : workers of each firm
    run : number of the run (one street in one jurisdiction) each firm belongs to; equal numbers stand together
    unit : 1 for a firm that counts as an employer of its own in the run, else 0
    options : span, gap, minimum and maximum of a piece
    weights : founding cost and price of distance

    Returns
    -------
    half-open index ranges of the pieces, ascending, disjoint. Of several best cuts the one that leaves earlier
    firms out and takes shorter pieces first.
    """
    n = len(chainage)
    if n == 0:
        return []
    value, valid = _values(chainage, workers, run, unit=unit, options=options, weights=weights)
    best = np.zeros(n + 1, dtype=np.int64)
    taken = np.zeros(n + 1, dtype=np.int64)
    for end in range(1, n + 1):
        best[end] = best[end - 1]
        if not valid[end].any():
            continue
        longest = min(end, value.shape[1])
        total = np.where(valid[end, :longest], value[end, :longest] + best[end - longest : end][::-1], -1)
        length = int(total.argmax())
        if total[length] > best[end]:
            best[end], taken[end] = total[length], length + 1
    pieces, end = [], n
    while end > 0:
        length = int(taken[end])
        if length:
            pieces.append((end - length, end))
        end -= length or 1
    return pieces[::-1]


def piece_value(chainage: Integers, workers: Integers, *, options: JointOptions, weights: Weights) -> int:
    """Value of one piece by its definition: workers, less their distance to the best seat among them, less founding.

    In milli-workers times the reach (half the span) in metres.
    """
    reach = max(1, options.street_span_m // 2)
    away = min(int((workers * np.abs(chainage - seat)).sum()) for seat in chainage)
    return 1000 * reach * int(workers.sum()) - weights.distance_milli * away - 1000 * reach * weights.founding


def _values(
    chainage: Integers, workers: Integers, run: Integers, *, unit: Integers, options: JointOptions, weights: Weights
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Value and admissibility of the piece of ``column + 1`` firms that ends before each index."""
    n, most = len(chainage), min(options.max_firms, len(chainage))
    reach = max(1, options.street_span_m // 2)
    sums = [np.concatenate([[0], np.cumsum(part)]) for part in (workers, workers * chainage, unit)]
    mass, moment, units = sums
    breaks = np.concatenate([[True], (np.diff(run) != 0) | (np.diff(chainage) > options.street_gap_m)])
    joined = np.cumsum(breaks)
    value = np.full((n + 1, most), -1, dtype=np.int64)
    valid = np.zeros((n + 1, most), dtype=bool)
    for length in range(max(1, options.min_firms), most + 1):
        first = np.arange(n - length + 1)
        first = first[joined[first] == joined[first + length - 1]]
        if len(first) == 0:
            break
        end = first + length
        good = chainage[end - 1] - chainage[first] <= options.street_span_m
        good &= mass[end] - mass[first] >= options.min_workers
        good &= units[end] - units[first] >= max(options.min_units, options.min_firms)
        first, end = first[good], end[good]
        half = (mass[first] + mass[end] + 1) // 2
        seat = np.clip(np.searchsorted(mass, half, side="left") - 1, first, end - 1)
        left = chainage[seat] * (mass[seat] - mass[first]) - (moment[seat] - moment[first])
        right = (moment[end] - moment[seat]) - chainage[seat] * (mass[end] - mass[seat])
        net = 1000 * reach * (mass[end] - mass[first] - weights.founding)
        value[end, length - 1] = net - weights.distance_milli * (left + right)
        valid[end, length - 1] = True
    return value, valid


def _on_line(degrees: Reals, line: shapely.Geometry, offset_m: float) -> Reals:
    """Metres along the line, NaN for points off it; a line in several parts is measured along its main axis."""
    vertices = shapely.get_coordinates(line)
    origin = vertices.mean(axis=0)
    merged = shapely.line_merge(shapely.transform(line, lambda xy: _planar(xy, origin)))
    here = _planar(degrees, origin)
    dots = shapely.points(here)
    if merged.geom_type == "LineString":
        metres = shapely.line_locate_point(merged, dots)
    else:
        planar = _planar(vertices, origin)
        axis = _direction(planar)
        metres = here @ axis - (planar @ axis).min()
    return np.where(shapely.distance(merged, dots) <= offset_m, metres, np.nan)


def _on_axis(degrees: Reals) -> Reals:
    planar = _planar(degrees, degrees.mean(axis=0))
    metres = planar @ _direction(planar)
    return np.asarray(metres - metres.min(), dtype=np.float64)


def _planar(degrees: Reals, origin: Reals) -> Reals:
    """Metres east and north of an origin on the sphere; within 0.3 % over a city."""
    scale = np.array([np.cos(np.radians(origin[1])), 1.0])
    return np.asarray(np.radians(degrees - origin) * scale * _EARTH_M)


def _direction(planar: Reals) -> Reals:
    """Unit vector of the main axis, pointing east (or north where it runs straight north)."""
    centred = planar - planar.mean(axis=0)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    east, north = float(np.round(axis[0], 12)), float(axis[1])
    return np.asarray(-axis if east < 0 or (east == 0 and north < 0) else axis)
