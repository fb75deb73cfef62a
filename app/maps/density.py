"""Kernel surfaces: firms per square kilometre, and the share without a union as a ratio of two such surfaces.

A lone density of uncovered firms shows where firms are; the ratio (``geo.rates.ratio``) shows where unions are missing.
Both are corrected at the city's border and drawn only inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from app import palette
from app.maps import basemap, hexagons
from app.maps.scene import Scene
from geo import rates

BEYOND = 2.576
"""Standard deviations from which a pixel's share is beyond chance: one in a hundred of a city without any pattern."""
OPACITY = 200
FINENESS = 8
"""Pixels per band width, fewer where the picture would be wider than ``WIDEST``."""

WIDEST = 900


@dataclass(frozen=True)
class Raster:
    """Pixels over the city in projected metres, first row in the south.

    ``inside`` marks the city, ``sigma`` is the band width in pixels.
    """

    west: float
    south: float
    pixel: float
    inside: np.ndarray
    pixel_km2: float
    sigma: float

    def corners(self) -> list[list[float]]:
        """Return the raster's corners as Leaflet wants them: south-west and north-east, latitude first."""
        high, wide = self.inside.shape
        x = np.array([self.west, self.west + wide * self.pixel])
        y = np.array([self.south, self.south + high * self.pixel])
        lon, lat = hexagons.unproject(x, y)
        return [[float(lat[0]), float(lon[0])], [float(lat[1]), float(lon[1])]]


def raster(scene: Scene, bandwidth_m: int) -> Raster:
    """Return the raster of a band width (metres on the ground), made once."""
    return scene.read.kept.get(("map.raster", bandwidth_m), lambda: _raster(scene, bandwidth_m))


def density(scene: Scene, weights: np.ndarray, bandwidth_m: int) -> np.ndarray:
    """Return the sum of ``weights`` per km² on the raster, NaN outside the city. NaN positions must have weight 0."""
    grid = raster(scene, bandwidth_m)
    return rates.density(_binned(scene, grid, weights), grid.inside, sigma=grid.sigma) / grid.pixel_km2


def ratio(scene: Scene, parts: np.ndarray, wholes: np.ndarray, bandwidth_m: int) -> rates.Ratio:
    """Return the kernel ratio of two weights, NaN outside the city and where too few firms support it."""
    grid = raster(scene, bandwidth_m)
    above, below = (_binned(scene, grid, weights) for weights in (parts, wholes))
    return rates.ratio(above, below, grid.inside, sigma=grid.sigma)


def image(classes: np.ndarray, colours: Sequence[str], score: np.ndarray | None = None) -> np.ndarray:
    """Return an RGBA picture of a raster's classes, first row in the north; class -1 is clear.

    Parameters
    ----------
    score : of ``rates.Ratio``; what lies beyond chance is lined out, above the whole and below it in their colours
    """
    shades = [[*bytes.fromhex(colour[1:]), OPACITY] for colour in colours]
    picture = np.array([*shades, [255, 255, 255, 0]], dtype="uint8")[classes]
    if score is not None:
        for sign, colour in palette.BEYOND.items():
            picture[_rim(score * sign > BEYOND)] = [*bytes.fromhex(colour[1:]), 255]
    return np.asarray(picture[::-1])


def _rim(area: np.ndarray) -> np.ndarray:
    """The pixels of an area that touch what is not of it."""
    held = np.pad(area, 1)
    return np.asarray(area & ~(held[:-2, 1:-1] & held[2:, 1:-1] & held[1:-1, :-2] & held[1:-1, 2:]))


def _raster(scene: Scene, bandwidth_m: int) -> Raster:
    scale = float(np.cos(np.radians(scene.latitude)))
    west, south, east, north = scene.bounds
    (x0, x1), (y0, y1) = hexagons.project(np.array([west, east]), np.array([south, north]))
    pixel = max(bandwidth_m / FINENESS / scale, float(x1 - x0) / WIDEST)
    wide, high = int(np.ceil((x1 - x0) / pixel)), int(np.ceil((y1 - y0) / pixel))
    lon, lat = hexagons.unproject(x0 + (np.arange(wide) + 0.5) * pixel, y0 + (np.arange(high) + 0.5) * pixel)
    city = shapely.union_all(basemap.simplified(basemap.counties_of(scene.read.outlines)).to_numpy())
    shapely.prepare(city)
    inside = shapely.contains_xy(city, *np.meshgrid(lon, lat))
    return Raster(float(x0), float(y0), pixel, inside, (pixel * scale / 1000) ** 2, bandwidth_m / (pixel * scale))


def _binned(scene: Scene, grid: Raster, weights: np.ndarray) -> np.ndarray:
    high, wide = grid.inside.shape
    with np.errstate(invalid="ignore"):
        column, row = (scene.x - grid.west) / grid.pixel, (scene.y - grid.south) / grid.pixel
        used = (weights != 0) & (column >= 0) & (column < wide) & (row >= 0) & (row < high)
    flat = row[used].astype("int64") * wide + column[used].astype("int64")
    return np.bincount(flat, weights=weights[used], minlength=high * wide).reshape(high, wide)
