"""Vector tiles in one file (PMTiles), written by GDAL; a server that answers byte ranges is all that shows them."""

from pathlib import Path

import geopandas as gpd
import pyogrio

LAYER = "ground"
"""Name of the one layer in the file; what a feature is stands in its ``kind``."""

ZOOMS = (8, 14)
"""Least and largest zoom that tiles are cut for; closer, the largest is enlarged."""


def can_write_tiles() -> bool:
    """Return whether this GDAL writes such files."""
    return "w" in pyogrio.list_drivers().get("PMTiles", "")


def write_tiles(path: Path, shapes: gpd.GeoDataFrame) -> None:
    """Write shapes (``kind``, geometry in WGS-84) as vector tiles, in place of what is there.

    The file is complete or not there: a reader never sees half of one.
    """
    part = path.with_name(f"{path.stem}.part.pmtiles")
    part.unlink(missing_ok=True)
    least, largest = ZOOMS
    pyogrio.write_dataframe(
        shapes[["kind", "geometry"]], part, driver="PMTiles", layer=LAYER, MINZOOM=least, MAXZOOM=largest, NAME="atlas"
    )
    part.replace(path)
