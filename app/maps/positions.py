"""Where each unit of a kind stands on the map: its own outline or point, else, for divisions, amid its firms."""

from functools import partial

import numpy as np
import pandas as pd
import shapely

from app.maps import hexagons
from app.maps.scene import Scene

FEWEST = 3
"""Known positions in a division from which it borrows one, if it has none of its own."""


def points(scene: Scene, kind: str) -> pd.DataFrame:
    """Return ``lon`` and ``lat`` by key, for every unit of a kind that holds firms.

    A division without a position of its own stands amid its precisely placed firms and, a town, its villages: its
    symbol means an area anyway. A building, market, street or zone that nobody has put on the map has NaN: it is told
    beside the map, never guessed.
    """
    return scene.read.kept.get(("map.points", kind), partial(_points, scene, kind))


def standing(scene: Scene, kind: str, key: str) -> str:
    """Return how a division is on the map: ``own`` (outline or point), ``amid`` (of what lies in it) or ``none``."""
    given = _divisions(scene, kind)
    if key in given.index and pd.notna(given.at[key, "lon"]):
        return "own"
    spots = points(scene, kind)
    return "amid" if key in spots.index and pd.notna(spots.at[key, "lon"]) else "none"


def areas(scene: Scene, kind: str) -> pd.Series:
    """Return the outlines of a kind's units by key, as far as they have one."""
    if kind in ("county", "town"):
        frame = scene.read.outlines
        frame = frame[frame["level"].eq(kind) & frame["valid_to"].isna()]
    else:
        frame = scene.read.survey.places
        frame = frame[frame["kind"].eq(kind)]
    shapes = pd.Series(frame.geometry.to_numpy(), index=frame.index, dtype=object)
    return shapes[shapely.get_dimensions(shapes.to_numpy()) == 2]


def _points(scene: Scene, kind: str) -> pd.DataFrame:
    keys = scene.units(kind)[1]
    if kind not in ("county", "town", "village"):
        return _places(scene).reindex(keys)
    found, middles = _divisions(scene, kind).reindex(keys), _middles(scene, kind).reindex(keys)
    return found.where(found["lon"].notna(), middles)


def _villages(scene: Scene) -> pd.DataFrame:
    """Return town and projected position of each village that has one."""
    known = scene.read.divisions
    known = known[known["level"].eq("village") & known["valid_to"].isna() & known["lon"].notna()]
    x, y = hexagons.project(known["lon"].to_numpy(dtype=float), known["lat"].to_numpy(dtype=float))
    return pd.DataFrame({"key": known["parent"].to_numpy(dtype=object), "x": x, "y": y})


def _divisions(scene: Scene, kind: str) -> pd.DataFrame:
    shapes = areas(scene, kind)
    inner = shapely.point_on_surface(shapes.to_numpy())
    drawn = pd.DataFrame({"lon": shapely.get_x(inner), "lat": shapely.get_y(inner)}, index=shapes.index)
    known = scene.read.divisions[["lon", "lat"]]
    return drawn.combine_first(known[~known.index.isin(drawn.index)])


def _places(scene: Scene) -> pd.DataFrame:
    places = scene.read.survey.places
    inner = shapely.point_on_surface(places.geometry.to_numpy())
    return pd.DataFrame({"lon": shapely.get_x(inner), "lat": shapely.get_y(inner)}, index=places.index)


def _middles(scene: Scene, kind: str) -> pd.DataFrame:
    numbers, keys = scene.units(kind)
    used = (numbers >= 0) & ~np.isnan(scene.x)
    frame = pd.DataFrame({"key": keys.to_numpy()[numbers[used]], "x": scene.x[used], "y": scene.y[used]})
    if kind == "town":
        frame = pd.concat([frame, _villages(scene)])
    groups = frame.groupby("key")[["x", "y"]]
    middle = groups.median()[groups.size() >= FEWEST]
    lon, lat = hexagons.unproject(middle["x"].to_numpy(), middle["y"].to_numpy())
    return pd.DataFrame({"lon": lon, "lat": lat}, index=middle.index)
