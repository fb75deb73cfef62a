"""The places of a kind as programs read them: where each is, and the figures of the firms in it."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.api.fields import COUNTS, RATES
from app.errors import NotFoundError
from app.maps import positions, scene
from app.reading import DIVISION_KINDS, Reading
from geo.coverage import UNPLACED
from geo.gaps import KINDS, Filter

OWN, AMID, NONE = "own", "amid", "none"
"""How a place is on the map: its outline, course or point; a point amid what lies in it; not at all."""

FIGURES = tuple(each.name for each in (*COUNTS, *RATES))


def places(read: Reading, kind: str) -> pd.DataFrame:
    """Return every place of a kind in order of its key: ``geometry``, ``position``, ``lon``, ``lat`` and its figures.

    Places without firms are there, with noughts and no rates. A division without an outline or point of its own stands
    amid its precisely placed firms, as on the map, and says so; other places that nobody has pinned have no geometry.
    """
    return read.kept.get(("api.places", kind), lambda: _made(read, kind))


def kind_of(read: Reading, key: str) -> str:
    """Return the kind of a place by its key; NotFoundError if there is none such."""
    if key in read.divisions.index and read.divisions.at[key, "level"] in DIVISION_KINDS:
        return str(read.divisions.at[key, "level"])
    if key in read.survey.places.index and read.survey.places.at[key, "kind"] in KINDS:
        return str(read.survey.places.at[key, "kind"])
    raise NotFoundError(f"no place {key!r}")


def whereabouts(read: Reading, kind: str, keys: pd.Index) -> pd.DataFrame:
    """Return the codes of county and town that places lie in."""
    if kind in DIVISION_KINDS:
        known = [(str(key)[:6] or None, str(key)[:9] if kind != "county" and key else None) for key in keys]
    else:
        known = [read.whereabouts(str(key)) for key in keys]
    return pd.DataFrame(known, index=keys, columns=["county_code", "town_code"], dtype="object")


def _made(read: Reading, kind: str) -> pd.DataFrame:
    known = _known(read, kind)
    ranked = read.ranking(kind, Filter())
    figures = ranked[list(FIGURES)].reindex(known.index)
    counts = [each.name for each in COUNTS]
    figures[counts] = figures[counts].fillna(0)
    table = known.join(figures).assign(kind=kind)
    return table.join(whereabouts(read, kind, table.index)).sort_index()


def _known(read: Reading, kind: str) -> pd.DataFrame:
    if kind not in DIVISION_KINDS:
        found = read.survey.places
        found = pd.DataFrame(found[found["kind"].eq(kind)]).drop(columns=["county_code", "town_code"])
        own = found["geometry"].notna()
        return _spotted(found.assign(position=np.where(own, OWN, NONE)))
    found = read.divisions
    found = found[found["level"].eq(kind) & found["valid_to"].isna()]
    shapes = _shapes(read, kind, found)
    return _spotted(found.drop(columns=["lon", "lat"]).join(shapes))


def _shapes(read: Reading, kind: str, found: pd.DataFrame) -> pd.DataFrame:
    """Return geometry and position of divisions: outline, own point, a point amid their firms, none."""
    now = scene.of(read)
    areas = positions.areas(now, kind) if kind != "village" else pd.Series(dtype="object")
    middles = positions.points(now, kind)
    shapes: list[tuple[Any, str]] = []
    for key, lon, lat in zip(found.index, found["lon"], found["lat"], strict=True):
        if key in areas.index:
            shapes.append((areas[key], OWN))
        elif pd.notna(lon) and pd.notna(lat):
            shapes.append((shapely.Point(lon, lat), OWN))
        elif key in middles.index and pd.notna(middles.at[key, "lon"]):
            shapes.append((shapely.Point(*middles.loc[key, ["lon", "lat"]]), AMID))
        else:
            shapes.append((None, NONE))
    return pd.DataFrame(shapes, index=found.index, columns=["geometry", "position"], dtype="object")


def _spotted(table: pd.DataFrame) -> pd.DataFrame:
    """Add a point inside each geometry."""
    inner = shapely.point_on_surface(table["geometry"].to_numpy(dtype=object))
    return table.assign(lon=shapely.get_x(inner), lat=shapely.get_y(inner))


def unplaced_last(table: pd.DataFrame) -> pd.DataFrame:
    """Return a ranking with the firms of no such place at its end, as pages show it."""
    last = table.index == UNPLACED
    return pd.concat([table[~last], table[last]])
