"""What is shown on stage by the browser: one set of data for the page in the atlas and for the file on a stick."""

import base64
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import current_app, render_template

from app.conference import bulletin, maps, marks, shading
from app.conference.bulletin import Table
from app.conference.content import FEWEST, Content
from app.conference.facts import listed
from app.conference.shading import shown
from app.conference.words import say
from app.i18n import spoken
from app.labels import label
from app.maps import classes, escape
from app.pages import percent

UNIT_M = 100.0
"""Metres of one unit of the drawing."""
ROWS = 12
GLANCE = ("rate", "gap", "gap_workers", "without_own_25", "eligible", "own", "joint", "unions", "members")
SHOWN = ("eligible", "gap", "gap_workers", "rate")
FOLDER = "conference"


def page(content: Content) -> bytes:
    """Return the file: styles, script, font and data in one piece, so that it asks for nothing."""
    data = deck(content, links=False)
    told = escape.script(data)
    static = Path(current_app.static_folder or "") / FOLDER
    text = "".join(sorted(set(told + json.dumps(data, ensure_ascii=False) + "0123456789abcdefghijklmnopqrstuvwxyz")))
    return render_template(
        "conference/offline.html",
        data=escape.trusted(told),
        title=data["title"],
        css=escape.trusted((static / "present.css").read_text(encoding="utf-8")),
        js=escape.trusted((static / "present.js").read_text(encoding="utf-8")),
        fonts=[(weight, embedded(bold, text)) for weight, bold in ((400, False), (700, True))],
    ).encode()


@spoken("zh")
def deck(content: Content, *, links: bool) -> dict[str, Any]:
    """Return the screens and the map as JSON holds them; ``links``: each place knows the address of its list."""
    return {
        "title": say("deck_title", city=content.city),
        "subtitle": say("deck_subtitle", day=content.read.on.isoformat()),
        "footer": content.footer,
        "watermark": content.watermark,
        "stamp": content.stamp,
        "note": content.note,
        "help": say("present_help"),
        "swipe": say("swipe"),
        "back": say("back"),
        "open": say("open_place"),
        "glance": {
            "title": say("glance", city=content.city),
            "figures": [_figure(content, name, links=links) for name in GLANCE],
        },
        "map": _map(content, links=links),
        "before": _before(content),
        "tables": [_grid(content, table) for table in _tables(content)],
        "what_if": _what_if(content),
    }


@lru_cache(maxsize=8)
def embedded(bold: bool, text: str) -> str:
    """Return the font cut down to the letters of a text, as base64 of WOFF."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.flavor, options.hinting, options.layout_features, options.notdef_outline = "woff", False, [], True
    options.name_IDs = [1, 2, 13, 14]
    with TTFont(marks.font_file(bold=bold), recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=text)
        cutter.subset(font)
        stream = io.BytesIO()
        font.flavor = "woff"
        font.save(stream)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _figure(content: Content, name: str, *, links: bool) -> dict[str, str]:
    title = label("rate" if name == "rate" else "figure", name)
    found = {"title": title, "value": content.text(content.total, name), "code": f"city.{name}"}
    return {**found, "link": listed(content, None, "", name)[0]} if links else found


def _map(content: Content, *, links: bool) -> dict[str, Any] | None:
    shapes = maps.counties(content)
    if not len(shapes):
        return None
    west, south, east, north = shapes.total_bounds
    draw = _Drawing(west, north)
    rates, gaps = (shown(content, content.counties, name) for name in ("rate", "gap"))
    measures = {
        "rate": _measure(say("legend_rate"), rates, shading.scale(content, "rate")),
        "gap": _measure(say("legend_firms"), gaps, shading.scale(content, "gap")),
    }
    return {
        "width": draw.units(east - west),
        "height": draw.units(north - south),
        "measures": measures,
        "heads": [say(f"col_{name}") for name in SHOWN],
        "counties": [
            _county(content, str(key), row, shapes, draw, links=links)
            for key, row in content.counties.iterrows()
            if key in shapes.index
        ],
        "words": {
            "zones": say("sheet_zones"),
            "towns": say("col_place"),
            "none": say("no_data"),
            "km20": say("scale_km", n=20),
            "km5": say("scale_km", n=5),
        },
    }


def _county(
    content: Content, key: str, row: pd.Series, shapes: gpd.GeoDataFrame, draw: "_Drawing", *, links: bool
) -> dict[str, Any]:
    inside = shapes.at[key, "inside"]
    zones, towns = _zones(content, key, draw), _towns(content, key)
    found = {
        "key": key,
        "name": row["name"],
        "path": draw.path(shapes.geometry[key]),
        "at": draw.point(inside),
        "box": draw.box(shapes.geometry[key]),
        "cells": [content.text(row, name) for name in SHOWN],
        "zones": zones,
        "towns": towns,
        "code": f"county.{key}.*",
    }
    return {**found, "link": listed(content, "county", key, "gap")[0]} if links else found


def _zones(content: Content, county: str, draw: "_Drawing") -> list[dict[str, Any]]:
    drawn = maps.places(content, "zone")
    own = drawn.index[drawn["county_code"].eq(county).fillna(False)]
    table = content.zones[content.zones.index.isin(own)]
    return [
        {
            "name": row["name"],
            "path": draw.path(drawn.geometry[key]),
            "cells": [content.text(row, name) for name in SHOWN],
            "gap": content.value(row, "gap") or 0,
            "at": draw.point(drawn.geometry[key].representative_point()),
        }
        for key, row in table.iterrows()
    ]


def _towns(content: Content, county: str) -> list[dict[str, Any]]:
    table = content.read.figures("town")
    rows = [(name, table.loc[key]) for key, name in content.read.towns(county) if key in table.index]
    rows = [(name, row) for name, row in rows if row["eligible"] >= (FEWEST if content.public else 1)]
    rows.sort(key=lambda pair: -int(pair[1]["gap"]))
    return [{"name": name, "cells": [content.text(row, figure) for figure in SHOWN]} for name, row in rows[:ROWS]]


def _measure(title: str, values: pd.Series, scale: classes.Classes) -> dict[str, Any]:
    colours = {str(key): scale.colour(float(value)) for key, value in values.items()}
    said = {str(key): "" if np.isnan(value) else scale.say(float(value)) for key, value in values.items()}
    dark = [str(key) for key, value in values.items() if scale.index(float(value)) >= len(scale.colours) - 2 > 0]
    legend = [list(pair) for pair in zip(scale.colours, scale.labels(), strict=False)]
    return {"title": title, "colours": colours, "said": said, "dark": dark, "legend": legend}


def _before(content: Content) -> dict[str, Any] | None:
    before = content.year.before
    if before is None:
        return None
    now = shown(content, content.counties, "rate")
    then, scale = shading.before(content), shading.scale(content, "rate")
    assert then is not None
    return {
        "title": say("before_after"),
        "days": [before.on.isoformat(), content.read.on.isoformat()],
        "sides": [_measure(say("legend_rate"), values, scale) for values in (then, now)],
    }


def _tables(content: Content) -> list[Table]:
    return [
        bulletin.counties(content),
        bulletin.targets(content),
        bulletin.zones(content, ROWS),
        bulletin.buildings(content, ROWS),
        bulletin.markets(content, ROWS),
        bulletin.checks(content),
    ]


def _grid(content: Content, table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "heads": list(table.heads),
        "rows": [list(row) for row in table.rows],
        "words": table.words,
        "note": bulletin.note(content, table),
    }


def _what_if(content: Content) -> dict[str, str] | None:
    known = content.what_if
    if not known["unions"]:
        return None
    said = bulletin.what_if(content)
    return {
        "title": say("what_if_title"),
        "before": percent(known["rate"]),
        "after": percent(known["after"]),
        "text": said,
    }


class _Drawing:
    """Metres of the grid as whole units of a drawing whose corner is in the north-west."""

    def __init__(self, west: float, north: float) -> None:
        self.west, self.north = west, north

    def units(self, metres: float) -> int:
        return round(metres / UNIT_M)

    def point(self, point: Any) -> list[int]:
        return [self.units(point.x - self.west), self.units(self.north - point.y)]

    def box(self, area: Any) -> list[int]:
        west, south, east, north = area.bounds
        return [
            self.units(west - self.west),
            self.units(self.north - north),
            self.units(east - west),
            self.units(north - south),
        ]

    def path(self, area: Any) -> str:
        rings = []
        for part in shapely.get_parts(area):
            if part.geom_type != "Polygon":
                continue
            for ring in (part.exterior, *part.interiors):
                points = np.asarray(ring.coords)
                whole = np.round((points - [self.west, self.north]) / [UNIT_M, -UNIT_M]).astype(int)
                keep = np.append(True, (np.diff(whole, axis=0) != 0).any(axis=1))
                rings.append("M" + "L".join(f"{x},{y}" for x, y in whole[keep]) + "Z")
        return "".join(rings)
