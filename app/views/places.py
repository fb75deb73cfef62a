"""One place: its figures, its floors and rooms, its firms; also a place that nobody has put on the map."""

from flask import Blueprint, render_template

from app.arguments import asks
from app.current import reading
from app.errors import NotFoundError
from app.maps import locator, positions, scene
from app.maps.assets import Component
from app.query import of_place
from app.reading import CODE_KINDS, DIVISION_KINDS, Reading
from app.storeys import storeys
from geo.gaps import KINDS
from geo.joint.house import way

bp = Blueprint("places", __name__, url_prefix="/places")

INSIDE = {
    "county": ("town", "building", "market", "zone"),
    "town": ("village", "building", "market"),
    "zone": ("building",),
}
"""Kinds of places to rank inside a place."""
TOP = 10


@bp.get("/<kind>/<path:key>")
@asks()
def show(kind: str, key: str) -> str:
    """Show one place of a kind."""
    read = reading()
    if kind not in (*KINDS, *CODE_KINDS):
        raise NotFoundError(f"no kind of place {kind!r}")
    chosen = of_place(kind, key)
    firms = read.firms(chosen)
    known = read.divisions if kind in DIVISION_KINDS else read.survey.places
    if not len(firms) and key not in known.index:
        raise NotFoundError(f"no {kind} {key!r}")
    place = known.loc[key] if key in known.index else None
    inside = {inner: read.ranking(inner, chosen).head(TOP) for inner in INSIDE.get(kind, ())}
    floors = storeys(firms) if kind in ("building", "market") else []
    groups = read.survey.groups[read.survey.groups["place_id"].eq(key)]
    return render_template(
        "places/page.html", read=read, kind=kind, key=key, place=place, chosen=chosen, total=read.total(chosen),
        inside=inside, floors=floors, groups=groups, firms=firms, part=_map(read, kind, key),
        undotted=int((~locator.dotted(firms)).sum()), standing=_standing(read, kind, key),
        unseated=_unseated(read, key) if kind == "county" else [],
        house=way(firms, kind, options=read.survey.joint) if kind in ("building", "market") and key else None,
    )  # fmt: skip


def _standing(read: Reading, kind: str, key: str) -> str:
    return positions.standing(scene.of(read), kind, key) if kind in DIVISION_KINDS and key else ""


def _unseated(read: Reading, county: str) -> list[tuple[str, str]]:
    """Return code and name of the towns of a county that have no position of their own, with firms in them."""
    known = positions.points(scene.of(read), "town").index
    return [
        (code, name) for code, name in read.towns(county) if code in known and _standing(read, "town", code) != "own"
    ]


def _map(read: Reading, kind: str, key: str) -> Component | None:
    return locator.place(read, kind, key) if kind in KINDS and key else None
