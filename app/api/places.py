"""Places and gaps by kind of place: every place with its figures, one place, and what a visit reaches most of."""

from typing import Any

from app import query
from app.api import atlas
from app.api.arguments import Asked, Conditions, Paged, bounds, choice, chosen, flat, formed, sorted_by
from app.api.blueprint import head, v1
from app.api.fields import GAP, PLACE, rows
from app.api.forms import CSV, GEOJSON, JSON, Listing, geometry
from app.api.resources import link, neighbours, page
from app.api.selection import ordered_by, touching
from app.current import sketch
from app.reading import CODE_KINDS
from geo.gaps import KINDS

USUAL = "building"


class PlacesAsked(Paged):
    """Places of a kind, those that touch a box, in pages."""

    kind = choice("api_argument.kind", tuple(KINDS))
    bbox = bounds()
    sort = sorted_by("Place")
    f = formed(JSON, GEOJSON, CSV)


class GapsAsked(Paged, Conditions):
    """Places of a kind, or codes of a list, ranked within a choice of firms."""

    kind = choice("api_argument.kind", (*KINDS, *CODE_KINDS))
    sort = sorted_by("Gap")
    f = formed(JSON, CSV)


@v1.resource("/places", "PlacePage", PlacesAsked, into=(JSON, GEOJSON, CSV))
def places(asked: dict[str, Any]) -> Listing:
    """List the places of a kind with their figures."""
    read, kind = sketch(), asked.get("kind", USUAL)
    table = atlas.places(read, kind)
    if "bbox" in asked:
        table = touching(table, flat(asked["bbox"]))
    part, told = page(asked, ordered_by(table, asked.get("sort", ""), PLACE))
    return Listing(
        PLACE, rows(read, part, PLACE), told["total"], {**head(read), **told}, list(part["geometry"]),
        neighbours(told),
    )  # fmt: skip


@v1.resource("/places/<path:key>", "PlaceWhole", Asked)
def place(_asked: dict[str, Any], key: str) -> dict[str, Any]:
    """Tell one place, with its geometry and the way to its firms."""
    read = sketch()
    kind = atlas.kind_of(read, key)
    row = atlas.places(read, kind).loc[[key]]
    there = query.of_place(kind, key)
    links = [
        {"rel": "self", "href": link("api.place", key=key)},
        {"rel": "firms", "href": link("api.firms", **query.write(there))},
        {"rel": "gaps", "href": link("api.firms", **query.write(there.but(gap=True)))},
    ]
    shape = geometry(row["geometry"].iloc[0])
    return rows(read, row, PLACE)[0] | {"on": str(read.on), "geometry": shape, "links": links}


@v1.resource("/gaps", "GapPage", GapsAsked, into=(JSON, CSV))
def gaps(asked: dict[str, Any]) -> Listing:
    """Rank the places of a kind by the firms without a union, within a choice of firms."""
    read, kind = sketch(), asked.get("kind", USUAL)
    ranked = read.ranking(kind, chosen())
    if kind in KINDS:
        ranked = ranked.join(atlas.whereabouts(read, kind, ranked.index))
    table = atlas.unplaced_last(ordered_by(ranked, asked.get("sort", ""), GAP))
    part, told = page(asked, table.assign(kind=kind))
    return Listing(GAP, rows(read, part, GAP), told["total"], {**head(read), **told}, links=neighbours(told))
