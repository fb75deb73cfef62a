"""Joint unions along a street: where each firm lies on it, and the exact best cut into pieces.

The cut is a longest path over the firms in street order: a piece is a run of neighbours, a firm may stay out. Every
value is an integer (milli-workers times the reach in metres), so that equal inputs give equal cuts to the last
digit. In theory this is r-gathering on a line (Nakano 2018) with outliers, kin to optimal univariate
microaggregation with suppression (Laszlo and Mukherjee 2013).
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.joint.options import JointOptions
from geo.joint.seats import EARTH_M

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

LINE, AXIS, NUMBER = "line", "axis", "number"
"""How a chainage was found: along the drawn line, along the main axis of the firms' points, from house numbers."""


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
    chainage: Integers,
    workers: Integers,
    run: Integers,
    *,
    unit: Integers,
    options: JointOptions,
    skip: Integers | None = None,
    barred: npt.NDArray[np.bool_] | None = None,
) -> list[tuple[int, int]]:
    """Cut firms in street order into the pieces of greatest total value; exact.

    Parameters
    ----------
    chainage : metres along the street, ascending within a run
    workers : workers of each firm
    run : number of the run (one street in one jurisdiction) each firm belongs to; equal numbers stand together
    unit : 1 for a firm that counts as an employer of its own in the run, else 0
    options : span, gap, minimum, maximum and prices of a piece
    skip : milli-workers that each firm is worth outside every piece, 0 if not given
    barred : firms that no piece may hold, nor reach across

    Returns
    -------
    half-open index ranges of the pieces, ascending, disjoint. Of several best cuts the one that leaves earlier
    firms out and takes shorter pieces first.
    """
    n = len(chainage)
    if n == 0:
        return []
    reach = max(1, options.street_span_m // 2)
    columns = np.stack(
        [
            chainage, np.concatenate([[0], np.cumsum(workers)])[:-1], workers, unit, run,
            np.zeros(n, np.int64) if skip is None else skip * reach,
            np.zeros(n, np.int64) if barred is None else barred,
        ],
        axis=1,
    ).astype(np.int64)  # fmt: skip
    terms = np.array(
        [
            options.street_span_m, options.street_gap_m, reach, options.min_workers,
            options.min_firms, options.max_firms, options.founding_street * 1000 * reach,
            (1000 - options.penalty_street_milli) * reach, options.distance_milli,
        ],
        dtype=np.int64,
    )  # fmt: skip
    from geo.joint.pieces import best_ends  # with the compiler of loops

    taken = best_ends(columns, terms)
    pieces, end = [], n
    while end > 0:
        length = int(taken[end])
        if length:
            pieces.append((end - length, end))
        end -= length or 1
    return pieces[::-1]


def piece_value(chainage: Integers, workers: Integers, *, options: JointOptions) -> int | None:
    """Value of one piece by its definition: workers, less their distance to the best seat among them, less founding.

    In milli-workers times the reach (half the span) in metres; None if no member's address reaches all members.
    """
    reach = max(1, options.street_span_m // 2)
    seats = [seat for seat in chainage if np.abs(chainage - seat).max() <= reach]
    if not seats:
        return None
    away = min(int((workers * np.abs(chainage - seat)).sum()) for seat in seats)
    worth = (1000 - options.penalty_street_milli) * int(workers.sum()) - 1000 * options.founding_street
    return reach * worth - options.distance_milli * away


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
    return np.asarray(np.radians(degrees - origin) * scale * EARTH_M)


def _direction(planar: Reals) -> Reals:
    """Unit vector of the main axis, pointing east (or north where it runs straight north)."""
    centred = planar - planar.mean(axis=0)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    east, north = float(np.round(axis[0], 12)), float(axis[1])
    return np.asarray(-axis if east < 0 or (east == 0 and north < 0) else axis)
