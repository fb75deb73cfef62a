"""Whole files that are stopped: in another datum, of another city, or without one row of data.

The first two a person may confirm; nothing is written otherwise.
"""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.imports.gates import county_shapes
from app.imports.opening import Opened, OsmFile
from geo.errors import FileRefused
from geo.registry import gates

Finding = tuple[str, dict[str, Any]]

CONFIRMABLE = frozenset({"DATUM_CONTRADICTED", "OUTSIDE_CITY"})
"""Refusals of files that a person may import all the same."""


def refuse_contradicted(opened: Opened, findings: Sequence[Finding], divisions: pd.DataFrame) -> None:
    """Refuse a file that known places or the city's outline speak against, unless a person has confirmed that.

    Raises
    ------
    FileRefused
        ``DATUM_CONTRADICTED`` or ``OUTSIDE_CITY``.
    """
    stop = gates.stops(findings, opened.request.confirmed)
    if stop is None:
        return
    code, told = stop
    name = opened.request.filename
    detail = {"file": name, "finding": code, **told}
    if gates.STOPS[code] == "outside":
        message = f"{name}: all of its {told['of']} positions lie outside the city"
        raise FileRefused(message, code="OUTSIDE_CITY", detail={**detail, "city": _city(divisions)})
    message = f"{name}: {code}: {told.get('probable')} rather than {told['declared']}"
    raise FileRefused(message, code="DATUM_CONTRADICTED", detail=detail)


def refuse_empty(opened: Opened, rows: int) -> None:
    """Refuse a file without one row of data under its header.

    Raises
    ------
    FileRefused
        ``NO_ROWS``.
    """
    if not rows:
        name = opened.request.filename
        detail = {"file": name, "columns": list(opened.columns)[:50]}
        raise FileRefused(f"{name} has no row of data", code="NO_ROWS", detail=detail)


class Whereabouts:
    """Counts the places of an OpenStreetMap extract by whether they lie in the city, as its parts are read."""

    def __init__(self, outlines: gpd.GeoDataFrame | None) -> None:
        self._shapes = {} if outlines is None else county_shapes(outlines)
        self._rows = self._placed = self._outside = 0

    def see(self, rows: pd.DataFrame) -> None:
        """Count the rows of a part."""
        self._rows += len(rows)
        if not self._shapes or "geometry" not in rows:
            return
        spots = shapely.point_on_surface(np.array(list(rows["geometry"]), dtype=object))
        lon, lat = shapely.get_x(spots), shapely.get_y(spots)
        points = pd.DataFrame({"lon": lon, "lat": lat}).dropna()
        self._placed += len(points)
        self._outside += gates.outside_all(points, self._shapes)

    def findings(self) -> list[Finding]:
        """Return what is to be told of them."""
        return gates.outside_city(self._outside, self._placed, self._rows)


def watched(opened: Opened, outlines: gpd.GeoDataFrame | None) -> Whereabouts:
    """Return the count to be kept of a file; of other files than extracts the gates tell before they are taken."""
    return Whereabouts(outlines if isinstance(opened.content, OsmFile) else None)


def _city(divisions: pd.DataFrame) -> str:
    found = divisions[divisions["level"].eq("city") & divisions["valid_to"].isna()]
    return str(found["name"].iloc[0]) if len(found) else ""
