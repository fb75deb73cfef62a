"""Kernel surfaces: firms per square kilometre, and the share without a union as a ratio of two such surfaces.

A lone density of uncovered firms shows where firms are; the ratio (same band width above and below, after Kelsall and
Diggle 1995) shows where unions are missing. Both are corrected at the city's border and drawn only inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from app.maps import basemap, hexagons
from app.maps.scene import Scene

OPACITY = 200
FINENESS = 8
"""Pixels per band width, fewer where the picture would be wider than ``WIDEST``."""

WIDEST = 900

SUPPORT = 5
"""Firms within reach of half a band width below which a ratio is left blank: nothing is drawn over fields and water."""


@dataclass(frozen=True)
class Raster:
    """Pixels over the city in projected metres, first row in the south.

    ``inside`` marks the city, ``sigma`` is the band width in pixels, ``reached`` the share of a kernel that is inside.
    """

    west: float
    south: float
    pixel: float
    inside: np.ndarray
    pixel_km2: float
    sigma: float
    reached: np.ndarray

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
    smooth = _smooth(grid, _binned(scene, grid, weights))
    return np.where(grid.inside, smooth / grid.pixel_km2, np.nan)


def ratio(scene: Scene, parts: np.ndarray, wholes: np.ndarray, bandwidth_m: int) -> np.ndarray:
    """Return the kernel ratio of two weights, NaN outside the city and where too few firms support it."""
    grid = raster(scene, bandwidth_m)
    below = density(scene, wholes, bandwidth_m)
    near = _blurred(_binned(scene, grid, wholes).astype("float32"), grid.sigma / 2)
    firms = near * 4 * np.pi * (grid.sigma / 2) ** 2  # the number that weighs as much as the kernel's sum
    with np.errstate(divide="ignore", invalid="ignore"):
        share = density(scene, parts, bandwidth_m) / below
        return np.where(firms >= SUPPORT, np.clip(share, 0, 1), np.nan)


def image(classes: np.ndarray, colours: Sequence[str]) -> np.ndarray:
    """Return an RGBA picture of a raster's classes, first row in the north; class -1 is clear."""
    shades = [[*bytes.fromhex(colour[1:]), OPACITY] for colour in colours]
    return np.asarray(np.array([*shades, [255, 255, 255, 0]], dtype="uint8")[classes][::-1])


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
    sigma = bandwidth_m / (pixel * scale)
    reached = _blurred(inside.astype("float32"), sigma)
    return Raster(float(x0), float(y0), pixel, inside, (pixel * scale / 1000) ** 2, sigma, reached)


def _binned(scene: Scene, grid: Raster, weights: np.ndarray) -> np.ndarray:
    high, wide = grid.inside.shape
    with np.errstate(invalid="ignore"):
        column, row = (scene.x - grid.west) / grid.pixel, (scene.y - grid.south) / grid.pixel
        used = (weights != 0) & (column >= 0) & (column < wide) & (row >= 0) & (row < high)
    flat = row[used].astype("int64") * wide + column[used].astype("int64")
    return np.bincount(flat, weights=weights[used], minlength=high * wide).reshape(high, wide)


def _smooth(grid: Raster, counts: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_blurred(counts.astype("float32"), grid.sigma) / grid.reached)


def _blurred(pixels: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(pixels, sigma, mode="constant", truncate=3))
