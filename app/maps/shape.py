"""The firms that stand in what somebody drew on the map."""

import numpy as np
import shapely

from app.maps import hexagons
from app.maps.scene import Scene
from app.maps.view import View


def inside(scene: Scene, polygon: shapely.Geometry) -> np.ndarray:
    """Return which firms have a point in a polygon (degrees); a position coarser than a door is in none."""
    west, south, east, north = polygon.bounds
    (x0, x1), (y0, y1) = hexagons.project(np.array([west, east]), np.array([south, north]))
    with np.errstate(invalid="ignore"):
        found = (scene.x >= x0) & (scene.x <= x1) & (scene.y >= y0) & (scene.y <= y1)
    near = np.flatnonzero(found)
    shapely.prepare(polygon)
    found[near] = shapely.contains_xy(polygon, *hexagons.unproject(scene.x[near], scene.y[near]))
    return found


def told(scene: Scene, polygon: shapely.Geometry, view: View) -> dict[str, int]:
    """Return the counts of the chosen firms that stand in a polygon, and of how many nobody can say (``vague``)."""
    rows = scene.rows(view.chosen)
    here = rows & inside(scene, polygon)
    counts = {name: int(fact[here].sum()) for name, fact in scene.facts.items()}
    return counts | {"vague": int((scene.facts["eligible"][rows & np.isnan(scene.x)] > 0).sum())}
