"""What stands beside the map: the city and its ranking, or the unit chosen with its figures and its firms."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from flask import url_for
from flask_babel import gettext as _

from app import links, query
from app.maps import drawing, hexagons, view
from app.maps.drawing import Picture
from app.maps.scene import Scene
from app.maps.view import View
from geo.gaps import FIGURES, select

TOP = 12
"""Firms and units listed beside the map; the rest is one click away."""

VAGUE = "-"
"""Key of the "cell" of firms that are placed too coarsely for cells."""

LISTED = ("gap", "eligible", "gap_workers", "without_own_25")
"""Figures told of a unit; each opens its firms."""


@dataclass(frozen=True)
class Unit:
    """The unit chosen: its row of figures, where each of them leads, and its firms without a union, largest first."""

    kind: str
    key: str
    name: str
    around: str
    figures: pd.Series
    firms: pd.DataFrame
    page: str
    lists: dict[str, str]


def of(scene: Scene, picture: Picture) -> Unit | None:
    """Return the unit chosen in a view, None if there is none or it holds no firm of the choice."""
    asked = picture.view
    kind, _sign, key = asked.at.partition(":")
    if kind != asked.unit or key not in picture.table.index:
        return None
    cell = kind == "cell"
    firms = _inside(scene, asked, key)
    gaps = select(firms, FIGURES["gap"]).sort_values("workers", ascending=False, na_position="last", kind="stable")
    return Unit(
        kind=kind, key=key, name=_("选中的六边形") if cell else str(picture.table.loc[key, "name"]),
        around="" if cell else scene.read.around(kind, key), figures=picture.table.loc[key], firms=gaps,
        page="" if cell else links.place_url(kind, key), lists={name: _list(asked, kind, key, name) for name in LISTED},
    )  # fmt: skip


def vague(scene: Scene, asked: View) -> np.ndarray:
    """Return which chosen firms are placed too coarsely for the cells of a view."""
    return scene.rows(asked.chosen) & (scene.cells(asked.cell)[0] < 0)


def firms(scene: Scene, asked: View, figure: str) -> pd.DataFrame | None:
    """Return the firms behind one figure of the cell chosen (``cell:-``: in no cell), None if there is no such."""
    kind, _sign, key = asked.at.partition(":")
    if kind != "cell" or figure not in FIGURES or (key != VAGUE and hexagons.parse(key) is None):
        return None
    found = scene.read.survey.firms[vague(scene, asked)] if key == VAGUE else _inside(scene, asked.but(by="grid"), key)
    return select(found, FIGURES[figure]).sort_values("workers", ascending=False, na_position="last", kind="stable")


def _inside(scene: Scene, asked: View, key: str) -> pd.DataFrame:
    numbers, keys = drawing.units_of(scene, asked)
    place = keys.get_indexer([key])[0]
    inside = scene.rows(asked.chosen) & (numbers == place) & (place >= 0)
    return scene.read.survey.firms[inside]


def _list(asked: View, kind: str, key: str, figure: str) -> str:
    if kind == "cell":
        return url_for("map.firms", figure=figure, **view.write(asked))
    return links.list_url(query.behind(figure, kind, key, asked.chosen))
