"""The county map as one inline SVG, without a script: for the overview, for print, and for a first look on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import render_template
from markupsafe import Markup

from app.maps import basemap, escape
from app.maps.classes import Classes
from app.maps.frame import Bounds, widened

WIDTH = 640.0
"""Width of the drawing in its own units; it scales with the page."""


@dataclass(frozen=True)
class Shape:
    """One county, ready to draw."""

    path: str
    x: float
    y: float
    name: str
    value: str
    colour: str
    dark: bool
    hatched: bool
    href: str


def svg(
    outlines: gpd.GeoDataFrame,
    values: pd.Series,
    *,
    classes: Classes,
    href: Mapping[str, str],
    label: str,
) -> Markup:
    """Return the counties as links, each with its name and value, coloured by class.

    Parameters
    ----------
    outlines : OUTLINES; today's counties are drawn
    values : by county code; a county without a value is hatched
    classes : breaks and colours, fixed by the caller (``classes.of``)
    href : county code → address of its list; counties not in it are no links
    label : what the map shows, for readers who do not see it
    """
    counties = basemap.counties_of(outlines)
    project = _Projection(widened(basemap.bounds_of(counties), 0.01))
    shapes = []
    for code, area, centre in zip(counties.index, basemap.simplified(counties), basemap.inside(counties), strict=True):
        value, name = float(values.get(code, np.nan)), str(counties.loc[code, "name"])
        (x, y), index = project(np.array([[centre.x, centre.y]]))[0].round(1), classes.index(value)
        shape = Shape(
            path=project.path(area), x=x, y=y, name=name, value=classes.say(value), colour=classes.colour(value),
            dark=index >= len(classes.colours) - 2 > 0, hatched=index < 0, href=href.get(str(code), ""),
        )  # fmt: skip
        shapes.append(shape)
    drawn = render_template("map/counties.svg", shapes=shapes, width=WIDTH, height=project.height, label=label)
    return escape.trusted(drawn)


class _Projection:
    """Degrees → drawing units, with the city's own shape (east-west shortened by the cosine of the latitude)."""

    def __init__(self, bounds: Bounds) -> None:
        self.west, south, east, self.north = bounds
        self.across = WIDTH / (east - self.west)
        self.up = self.across / np.cos(np.radians((south + self.north) / 2))
        self.height = round(float((self.north - south) * self.up), 1)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        return np.column_stack([(points[:, 0] - self.west) * self.across, (self.north - points[:, 1]) * self.up])

    def path(self, area: shapely.Geometry) -> str:
        rings = []
        for part in shapely.get_parts(area):
            for ring in (part.exterior, *part.interiors):
                points = np.round(self(np.asarray(ring.coords)), 1)
                rings.append("M" + "L".join(f"{x:g},{y:g}" for x, y in points[:-1]) + "Z")
        return "".join(rings)
