"""The map page: one picture by measure, form and filter; each unit opens its figures, each figure its firms."""

from dataclasses import replace
from typing import Any

import orjson
import pandas as pd
from flask import Blueprint, Response, jsonify, render_template, request, send_file, url_for
from flask_babel import lazy_gettext

from app import basemaps, polygons, store
from app.arguments import Allowed, asks, told
from app.config import settings
from app.current import day_of, scope, sketch, sketch_on
from app.db import session
from app.errors import NotFoundError, UnknownValueError
from app.listing import Page, page
from app.maps import (
    assets,
    cells,
    context,
    drawing,
    legend,
    locator,
    panel,
    picture,
    positions,
    scene,
    shape,
    vector,
    view,
    words,
)
from app.maps.frame import framed
from app.maps.view import View
from app.pages import asset
from app.reports import notes
from app.security import nonce
from app.views import Nav
from geo.gaps import FIGURES, PLACED

CONTROLS: dict[str, Allowed] = {
    "measure": view.MEASURES, "by": view.FORMS, "kind": ("county", *view.KINDS), "cell": [str(c) for c in view.CELLS],
    "base": basemaps.keys,
}  # fmt: skip
"""What the picture can be changed by, with the allowed values."""
SPLITS = ("pair", "swipe")
KEYS = ("then", "now")
"""Names of the two maps that are compared."""

MARGINS = ("0", "0.25", "0.5")
"""Shares of a box that may be asked for on each side of it."""

TOP_CHANGES = 30
DAY_S = 24 * 3600
MOST_ZOOM = 22

bp = Blueprint("map", __name__, url_prefix="/map")
nav = Nav(20, "map.show", lazy_gettext("地图"))


@bp.get("")
@asks("key", "at", "shape", "view", filters=True, choices=CONTROLS)
def show() -> str:
    """Show the map page."""
    _know_chosen()
    drawn, now = _drawn(), scene.of(sketch())
    bearings, tiles = locator.bearings(now.read), basemaps.opened_to(drawn.view.base)
    if _basis(now) is None:
        part = picture.component(now, drawn, bearings=bearings, tiles=tiles, link=asset, nonce=nonce())
    else:
        part = assets.render(picture.of(now, drawn, bearings=bearings, tiles=tiles), link=asset, nonce=nonce())
    return render_template("map/page.html", part=part, offered=view, **_around(drawn))


@bp.get("/compare")
@asks("key", "at", "shape", "view", "with", filters=True, choices={"split": SPLITS, **CONTROLS})
def compare() -> str:
    """Show two days beside each other or under a curtain, in the same classes and sizes."""
    _know_chosen()
    now = scene.of(sketch())
    others = [day for day in now.read.days if day != now.read.on]
    other = day_of(request.args.get("with", "")) or (others[0] if others else now.read.on)
    then = scene.of(sketch_on(other))
    asked, newest = view.read(request.args), _basis(now)
    pictures = [drawing.draw(each, asked, newest) for each in (then, now)]
    parts = [_component(each, drawn, key) for each, drawn, key in zip((then, now), pictures, KEYS, strict=True)]
    days = [(str(day), str(day)) for day in now.read.days]
    polygon = polygons.parse(asked.shape)
    shapes = [] if polygon is None else [shape.told(each, polygon, asked) for each in (then, now)]
    return render_template(
        "map/compare.html", parts=parts, other=other, split=request.args.get("split", SPLITS[0]), then_days=days,
        changes=_changes(*pictures), then=then.read, whole_then=pictures[0].whole, shapes=shapes,
        redrawn=context.redrawn(then.read) or context.redrawn(now.read),
        **_around(pictures[1]),
    )  # fmt: skip


@bp.get("/part")
@asks("key", "at", "shape", "view", filters=True, choices=CONTROLS)
def part() -> Response:
    """Give what changes on the page when a control does: the drawing, and the markup around it."""
    drawn = _drawn()
    around = _around(drawn)
    pieces = {name: render_template(f"map/{name}.html", **around) for name in ("head", "legend", "side", "filters")}
    extent = framed(picture.extent(scene.of(sketch()), drawn.view))
    return jsonify(drawing=drawn.drawing.payload(), extent=extent, **pieces)


@bp.get("/cells")
@asks("key", "at", "shape", "bbox", "zoom", filters=True, choices={"margin": MARGINS, **CONTROLS})
def in_view() -> Response:
    """Give what a view shows in a box (``bbox``: west, south, east, north in degrees) at a zoom, and around it."""
    now, asked = scene.of(sketch()), view.read(request.args)
    margin = float(request.args.get("margin") or 0)
    drawn = orjson.dumps(cells.seen(now, asked, _window(), margin), option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(drawn, mimetype="application/json")


@bp.get("/bearings")
def bearings() -> Response:
    """Give names and lines of the background; the address changes with the survey, so browsers may keep it."""
    now = scene.of(sketch())
    written = now.read.kept.get(
        ("map.bearings", context.inputs()), lambda: orjson.dumps(context.of(now), option=orjson.OPT_SERIALIZE_NUMPY)
    )
    answer = Response(written, mimetype="application/json")
    answer.headers["Cache-Control"] = f"private, max-age={DAY_S}, immutable"
    return answer


@bp.get("/ground.pmtiles")
@asks("v")
def ground() -> Response:
    """Give the vector tiles of the caller's area, or the bytes of them that are asked for."""
    path = vector.file(scope())
    if not path.is_file():
        raise NotFoundError("no tiles have been built")
    answer = send_file(path, mimetype="application/octet-stream", conditional=True)
    answer.headers["Cache-Control"] = f"private, max-age={DAY_S}"
    return answer


@bp.get("/panel")
@asks("key", "at", "shape", "view", filters=True, choices=CONTROLS)
def unit() -> str:
    """Give the markup beside the map for the unit chosen (``at``), or for the city."""
    _know_chosen()
    return render_template("map/side.html", **_around(_drawn()))


@bp.get("/table")
@asks("key", "at", "shape", "view", filters=True, page=True, choices=CONTROLS)
def table() -> str:
    """List the units of the picture: the map for those who do not see it, and for paper."""
    _know_chosen()
    drawn = _drawn()
    rows = page(drawn.table, request.args.get("page", 1, type=int), settings().page_size)
    return render_template("map/table.html", page=rows, **_around(drawn))


@bp.get("/firms")
@asks("key", "at", "shape", "view", filters=True, page=True, choices={"figure": FIGURES, **CONTROLS})
def firms() -> str:
    """List the firms in one cell of the picture, or (``at=cell:-``) those placed too coarsely for any."""
    asked, now = view.read(request.args), scene.of(sketch())
    figure = request.args.get("figure", "gap")
    rows = panel.firms(now, asked, figure)
    if rows is None:
        raise NotFoundError(f"no cell {asked.at!r}")
    shown = with_texts(page(rows, request.args.get("page", 1, type=int), settings().page_size), now)
    return render_template("map/firms.html", read=now.read, view=asked, figure=figure, page=shown, to=_to)


def with_texts(shown: Page, now: scene.Scene) -> Page:
    """Return a page of firms with what a slim reading leaves out of them."""
    if "address" in shown.rows:
        return shown
    with session() as opened:
        found = store.surveys.record(opened, now.read.on)
        texts = store.slim.texts(opened, found.key if found else "", list(shown.rows.index))
    return replace(shown, rows=shown.rows.join(texts))


def _window() -> cells.Window:
    try:
        west, south, east, north = (float(part) for part in request.args.get("bbox", "").split(","))
        zoom = float(request.args.get("zoom", ""))
    except ValueError:
        west, south, east, north, zoom = 0.0, 0.0, -1.0, -1.0, -1.0
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85 and 0 <= zoom <= MOST_ZOOM):
        raise UnknownValueError("bbox", detail=told([("bbox", request.args.get("bbox", ""))]))
    return cells.Window.of((west, south, east, north), zoom)


def _component(now: scene.Scene, drawn: drawing.Picture, key: str) -> assets.Component:
    """Return one of the two maps of a page; the first brings the files for both."""
    shown = picture.of(
        now, drawn, bearings=locator.bearings(now.read), key=key, tiles=basemaps.opened_to(drawn.view.base)
    )
    return assets.render(shown, link=asset, nonce=nonce(), linked=key != KEYS[0])


def _changes(then: drawing.Picture, now: drawing.Picture) -> pd.DataFrame:
    """Return gap and denominator of each unit on both days, the largest change of the gap first."""
    columns = ["name", "gap", "eligible"]
    both = now.table[columns].join(then.table[columns].add_suffix("_then"), how="outer")
    names = both["name"].where(both["name"].notna(), both["name_then"])
    counts = both[["gap", "eligible", "gap_then", "eligible_then"]].fillna(0).astype("int64")
    counts = counts.assign(name=names, change=counts["gap"] - counts["gap_then"])
    return counts.sort_values("change", key=lambda change: -change.abs(), kind="stable").head(TOP_CHANGES)


def _basis(now: scene.Scene) -> scene.Scene | None:
    """Return the newest day, whose classes all days are drawn in; None of a large survey, which is drawn in its own."""
    newest = now.read.days[0] if now.read.days else now.read.on
    if newest == now.read.on or len(now.x) > store.slim.LARGE:
        return None
    return scene.of(sketch_on(newest))


def _know_chosen() -> None:
    """Refuse to show what nobody knows or another county holds, in the same words: neither is told from the other.

    Another day than the newest may lack what is chosen, and a page that plays the days goes on: there it is told.
    """
    now, at = scene.of(sketch()), view.read(request.args).at
    newest = not now.read.days or now.read.on == now.read.days[0]
    if at and newest and not panel.knows(now, at):
        raise UnknownValueError("at", detail=told([("at", at)]))


def _drawn() -> drawing.Picture:
    now = scene.of(sketch())
    return drawing.draw(now, view.read(request.args), _basis(now))


def _around(drawn: drawing.Picture) -> dict[str, Any]:
    now, shown = scene.of(sketch()), drawn.view
    total = now.total(shown.chosen)
    vague = url_for("map.firms", figure=shown.measured.figure, **view.write(shown.but(at=f"cell:{panel.VAGUE}")))
    said = legend.of(drawn, vague_url=vague, total=total)
    polygon = polygons.parse(shown.shape)
    inside = None if polygon is None else shape.told(now, polygon, shown)
    return {
        "lost": bool(shown.at) and not panel.knows(now, shown.at), "firm": panel.firm(now, shown),
        "inside": inside, "worded": _worded(now, shown),
        "read": now.read, "view": shown, "words": words, "picture": drawn, "legend": said,
        "unit": panel.of(now, drawn), "chosen": shown.chosen, "total": total, "to": _to,
        "placed_options": [(kind, words.KINDS[kind]) for kind in PLACED],
        "tiles": basemaps.chosen(shown.base), "forms": _forms(now, shown),
    }  # fmt: skip


def _forms(now: scene.Scene, shown: View) -> dict[str, Any]:
    """Return the forms that are offered: fills of towns only where an outline of a town is known."""
    towns = shown.by == "town" or len(positions.areas(now, "town"))
    return {name: said for name, said in words.FORMS.items() if name != "town" or towns}


def _worded(now: scene.Scene, shown: View) -> list[tuple[str, str, str]]:
    """Return name of the argument, name and value in words of each condition of the filter."""
    said = notes.conditions(now.read, shown.chosen)
    return [(name, *pair) for name, pair in zip(shown.chosen.conditions(), said, strict=True)]


def _to(endpoint: str, shown: View, **changes: Any) -> str:
    return url_for(endpoint, **view.write(shown.but(**changes)))
