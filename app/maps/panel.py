"""What stands beside the map: the city and its ranking, or the unit chosen with its figures and its firms."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from flask import url_for
from flask_babel import gettext as _

from app import links, polygons, query
from app.maps import hexagons, shape, view
from app.maps.drawing import Picture
from app.maps.scene import Scene
from app.maps.view import View
from app.pages import known
from app.reading import DIVISION_KINDS
from app.storeys import Storey, storeys
from geo.gaps import FIGURES, KINDS

TOP = 12
"""Firms and units listed beside the map; the rest is one click away."""

VAGUE = "-"
"""Key of the "cell" of firms that are placed too coarsely for cells."""

SECTIONED = ("building", "market")
"""Kinds of places that have floors."""

LISTED = ("gap", "eligible", "gap_workers", "without_own_25")
"""Figures told of a unit; each opens its firms."""


INSIDE = {"county": "town", "town": "building", "zone": "building", "village": "building"}
"""What is listed inside a chosen unit, to go on to."""


@dataclass(frozen=True)
class Unit:
    """The unit chosen: its row of figures, where each of them leads, and its firms without a union, largest first.

    ``firms`` are the first ``TOP`` of ``many``; ``trail`` is the way to it from the city: what to choose, its name.
    ``floors`` is the section of a building, which draws ``excluded`` firms that no figure counts; ``inner`` the places
    in it to go on to with their gaps, ``kind_inside``
    what they are.
    """

    kind: str
    key: str
    name: str
    around: str
    figures: pd.Series
    firms: pd.DataFrame
    many: int
    page: str
    lists: dict[str, str]
    trail: list[tuple[str, str]]
    floors: list[Storey] = field(default_factory=list)
    floor: str = ""
    excluded: int = 0
    inner: list[tuple[str, str, int]] = field(default_factory=list)
    kind_inside: str = ""


@dataclass(frozen=True)
class Firm:
    """The firm chosen: its row of FIRMS, and the way to it."""

    key: str
    row: pd.Series
    trail: list[tuple[str, str]]


def of(scene: Scene, picture: Picture) -> Unit | None:
    """Return the unit chosen in a view, None if there is none or it holds no firm of the choice."""
    asked = picture.view
    kind, _sign, rest = asked.at.partition(":")
    key, floor = _parted(scene, kind, rest)
    table = picture.table if kind == asked.unit else _table(scene, asked, kind)
    if table is None or key not in table.index:
        return None
    rows = _rows(scene, asked, kind, key)
    firms = scene.read.survey.firms
    gaps = np.flatnonzero(rows & (scene.facts["gap"] > 0))
    first = gaps[np.argsort(-scene.workers[gaps], kind="stable")][:TOP]
    cell = kind == "cell"
    section = storeys(firms[rows]) if kind in SECTIONED else []
    return Unit(
        kind=kind, key=key, name=_("选中的六边形") if cell else scene.read.name(kind, key),
        around="" if cell else scene.read.around(kind, key), figures=table.loc[key], firms=firms.iloc[first],
        many=len(gaps), page="" if cell else links.place_url(kind, key),
        lists={name: _list(asked, kind, key, name) for name in LISTED}, trail=_trail(scene, kind, key),
        floors=section, floor=floor if any(each.floor == floor for each in section) else "",
        excluded=sum(int((~each.firms["eligible"].astype(bool)).sum()) for each in section),
        inner=_inner(scene, rows, INSIDE.get(kind, "")), kind_inside=INSIDE.get(kind, ""),
    )  # fmt: skip


def knows(scene: Scene, at: str) -> bool:
    """Return whether ``at`` names something of the reading: of what is not there and of another county's alike, not.

    The choice of firms does not count: what is chosen stays so while a filter leaves none of its firms.
    """
    kind, _sign, rest = at.partition(":")
    read = scene.read
    if kind == "firm":
        return rest in read.survey.firms.index
    if kind == "cell":
        return rest == VAGUE or hexagons.parse(rest) is not None
    return _placed(scene, kind, _parted(scene, kind, rest)[0])


def _parted(scene: Scene, kind: str, rest: str) -> tuple[str, str]:
    """Return key and floor: a key may hold a ``#`` of its own (华辰大厦#2), a floor stands behind the last one."""
    if kind not in SECTIONED or "#" not in rest or _placed(scene, kind, rest):
        return rest, ""
    key, _sign, floor = rest.rpartition("#")
    return key, floor


def _placed(scene: Scene, kind: str, key: str) -> bool:
    if kind not in KINDS:
        return False
    if key in scene.units(kind)[1]:
        return True
    if kind in DIVISION_KINDS:
        divisions = scene.read.divisions
        return key in divisions.index and bool((divisions.loc[[key], "level"] == kind).any())
    places = scene.read.survey.places
    return key in places.index and places.at[key, "kind"] == kind


def firm(scene: Scene, asked: View) -> Firm | None:
    """Return the firm chosen in a view, None if none is."""
    kind, _sign, key = asked.at.partition(":")
    firms = scene.read.survey.firms
    if kind != "firm" or key not in firms.index:
        return None
    row = firms.loc[key]
    within = links.finest_place(row)
    trail = [] if within is None else [*_trail(scene, *within), (f"{within[0]}:{within[1]}", scene.read.name(*within))]
    if within and within[0] in SECTIONED and known(row.floor):
        trail.append((f"{within[0]}:{within[1]}#{row.floor}", _("%(n)s 层", n=row.floor)))
    return Firm(key, row, trail)


def _table(scene: Scene, asked: View, kind: str) -> pd.DataFrame | None:
    """Return the counted units of another kind than the one drawn."""
    if kind not in KINDS:
        return None
    return scene.read.kept.get(
        ("map.table", kind, 0, asked.chosen), lambda: scene.count(scene.units(kind), scene.rows(asked.chosen))
    )


def _trail(scene: Scene, kind: str, key: str) -> list[tuple[str, str]]:
    """Return what a unit lies in, from the county on, as what to choose and how it is called."""
    if kind == "cell":
        return []
    if kind in ("county", "town", "village"):
        above = [("county", key[:6]), ("town", key[:9])][: ("county", "town", "village").index(kind)]
    else:
        county, town = scene.read.whereabouts(key)
        above = [(level, code) for level, code in (("county", county), ("town", town)) if known(code)]
    return [(f"{level}:{code}", scene.read.name(level, code)) for level, code in above]


def _inner(scene: Scene, rows: np.ndarray, kind: str) -> list[tuple[str, str, int]]:
    if not kind:
        return []
    numbers, keys = scene.units(kind)
    used = rows & (numbers >= 0) & (scene.facts["gap"] > 0)
    counts = np.bincount(numbers[used], minlength=len(keys))
    first = [place for place in np.argsort(-counts, kind="stable")[:TOP].tolist() if counts[place]]
    return [(f"{kind}:{keys[place]}", scene.read.name(kind, keys[place]), int(counts[place])) for place in first]


def vague(scene: Scene, asked: View) -> np.ndarray:
    """Return which chosen firms are placed too coarsely for the cells of a view."""
    return scene.rows(asked.chosen) & (scene.cells(asked.cell)[0] < 0)


def firms(scene: Scene, asked: View, figure: str) -> pd.DataFrame | None:
    """Return the firms behind a figure of the cell chosen (``cell:-``: in no cell) or the shape drawn, None if none."""
    kind, _sign, key = asked.at.partition(":")
    polygon = polygons.parse(asked.shape)
    if figure not in FIGURES:
        return None
    if polygon is not None and kind != "cell":
        rows = scene.rows(asked.chosen) & shape.inside(scene, polygon)
    elif kind != "cell" or (key != VAGUE and hexagons.parse(key) is None):
        return None
    else:
        rows = vague(scene, asked) if key == VAGUE else _rows(scene, asked.but(by="grid"), "cell", key)
    found = scene.read.survey.firms[rows & scene.read.rows(FIGURES[figure])]
    return found.sort_values("workers", ascending=False, na_position="last", kind="stable")


def _rows(scene: Scene, asked: View, kind: str, key: str) -> np.ndarray:
    numbers, keys = scene.cells(asked.cell) if kind == "cell" else scene.units(kind)
    place = keys.get_indexer([key])[0]
    return scene.rows(asked.chosen) & (numbers == place) & (place >= 0)


def _list(asked: View, kind: str, key: str, figure: str) -> str:
    if kind == "cell":
        return url_for("map.firms", figure=figure, **view.write(asked))
    return links.list_url(query.behind(figure, kind, key, asked.chosen))
