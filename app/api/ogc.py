"""OGC API – Features, Part 1: Core, with GeoJSON and OpenAPI 3.0: places with their gaps for QGIS and its like.

Our own rather than pygeoapi: that server reads its collections from providers and a configuration of its own, knows no
area of an account and no right of a route, and would bring its own pages; the eight addresses of the standard are
few, and answer here from the same frames, gate and record as every page. OGC 17-069r4; requirements are named where
they decide something.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from flask import Response
from marshmallow import ValidationError
from marshmallow.validate import Range

from app import labels
from app.api import forms
from app.api.arguments import MOST_OFFSET, USUAL_ROWS, Count, Plain, bounds, choice, flat, formed, words
from app.api.documents import document
from app.api.fields import AREA, FIRM, PLACE, Field, rows
from app.api.forms import DEGREES, GEOJSON, JSON, MEDIA, OPENAPI, Listing
from app.api.layers import COLLECTIONS, extent, shown, table_of, within
from app.api.resources import Resources, link, neighbours, page
from app.current import reading_at, sketch
from app.errors import NotFoundError
from app.reading import Reading

ogc = Resources("ogc", __name__, url_prefix="/api/ogc")

PART = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CONFORMS = tuple(f"{PART}{name}" for name in ("core", "geojson", "oas30"))
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
MOST_FEATURES = 10_000
"""Features on one page at most; a larger limit is read as this one, as the standard wants (/req/core/fc-limit-…)."""

OPEN_END = ("", "..")
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?")

SHOWN = (
    "id", "name", "uscc", "address", *(each.name for each in AREA), "village", "zone_name", "building_name",
    "market_name", "street_name", "house_no", "floor", "room", "level", "radius_m", "sector", "ownership", "workers",
    "size_class", "covered", "gap", "primary", "union_name", "path", "group_id",
)  # fmt: skip
FIRM_SHOWN: tuple[Field, ...] = tuple(each for each in FIRM if each.name in SHOWN)


def when(text: str) -> date | None:
    """Return the last day of an instant or interval of RFC 3339, None where it is open.

    Raises
    ------
    ValidationError
        If it is neither, or ends before it begins.
    """
    ends = text.split("/")
    if len(ends) > 2 or (len(ends) == 1 and text in OPEN_END):
        raise ValidationError("neither an instant nor an interval")
    days = [None if end in OPEN_END else _day(end) for end in ends]
    if days[0] is not None and days[-1] is not None and days[0] > days[-1]:
        raise ValidationError("ends before it begins")
    return days[-1]


def _day(text: str) -> date:
    if not _INSTANT.fullmatch(text):
        raise ValidationError("no instant")
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise ValidationError("no instant") from error


class Described(Plain):
    """What describes the service may be asked for as JSON by name."""

    f = formed(JSON)


class ItemsAsked(Plain):
    """Features that touch a box, of a time, by property, in pages."""

    limit = Count(
        validate=Range(1), load_default=USUAL_ROWS,
        metadata={"description": "@api_argument.features", "right": "features", "maximum": MOST_FEATURES},
    )  # fmt: skip
    offset = Count(
        validate=Range(0, MOST_OFFSET), load_default=0,
        metadata={"description": "@api_argument.offset", "right": "offset"},
    )  # fmt: skip
    version = Count(metadata={"description": "@api_argument.version", "right": "version"})
    bbox = bounds()
    datetime = words("api_argument.datetime", "datetime", when)
    name = words("api_argument.name", "any")
    county_code = words("api_argument.county_code", "code")
    town_code = words("api_argument.town_code", "code")
    f = choice("api_argument.f", (JSON, GEOJSON))


class ItemAsked(Plain):
    """One feature."""

    f = choice("api_argument.f", (JSON, GEOJSON))


@ogc.resource("", "Landing", Described)
def landing(_asked: dict[str, Any]) -> dict[str, Any]:
    """Say what there is (/req/core/root-success)."""
    links = [
        _link("self", "ogc.landing"), _link("service-desc", "ogc.description", OPENAPI),
        {"rel": "service-doc", "href": link("interface.show"), "type": "text/html"},
        _link("conformance", "ogc.conformance"), _link("data", "ogc.collections"),
    ]  # fmt: skip
    told = {"title": labels.label("api_document", "OGC"), "description": labels.label("api_description", "OGC")}
    return told | {"links": links}


@ogc.resource("/api", "OpenApi", Described, into=(OPENAPI, JSON))
def description(asked: dict[str, Any]) -> Response:
    """Give this document as OpenAPI 3.0."""
    form = forms.wanted((OPENAPI, JSON), asked.get("f"))
    return forms.send(forms.dumped(document("OGC")), MEDIA[form], forms.stamp(form))


@ogc.resource("/conformance", "Conformance", Described)
def conformance(_asked: dict[str, Any]) -> dict[str, Any]:
    """Say which classes of the standard are met."""
    return {"conformsTo": list(CONFORMS)}


@ogc.resource("/collections", "Collections", Described)
def collections(_asked: dict[str, Any]) -> dict[str, Any]:
    """List the collections."""
    read = sketch()
    return {
        "links": [_link("self", "ogc.collections")],
        "collections": [_collection(read, name) for name in COLLECTIONS],
    }


@ogc.resource("/collections/<collection>", "Collection", Described)
def collection(_asked: dict[str, Any], collection: str) -> dict[str, Any]:
    """Tell one collection, as the list of them does."""
    _check(collection)
    return _collection(sketch(), collection)


@ogc.resource("/collections/<collection>/items", "Features", ItemsAsked, into=(GEOJSON,))
def items(asked: dict[str, Any], collection: str) -> Listing:
    """List the features of a collection: newest state not after the time asked for, each in its place."""
    _check(collection)
    read = reading_at(when(asked["datetime"])) if "datetime" in asked else sketch()
    fields = fields_of(collection)
    table = pd.DataFrame(columns=["geometry"]) if read is None else _selected(read, collection, asked)
    part, told = page({**asked, "limit": min(asked["limit"], MOST_FEATURES)}, table)
    part = part if read is None else shown(read, collection, part)
    links = [{**each, "type": MEDIA[GEOJSON]} for each in neighbours(told)]
    links.append(_link("collection", "ogc.collection", JSON, collection=collection))
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Listing(
        fields, rows(read, part, fields), told["total"], {"timeStamp": now}, list(part["geometry"]), links
    )  # fmt: skip


@ogc.resource("/collections/<collection>/items/<path:fid>", "OgcFeature", ItemAsked, into=(GEOJSON,))
def item(_asked: dict[str, Any], collection: str, fid: str) -> dict[str, Any]:
    """Tell one feature of a collection."""
    _check(collection)
    read = sketch()
    table = table_of(read, collection)
    if fid not in table.index:
        raise NotFoundError(f"no feature {fid!r}")
    row, fields = shown(read, collection, table.loc[[fid]]), fields_of(collection)
    told = {name: value for name, value in rows(read, row, fields)[0].items() if name not in ("lon", "lat")}
    links = [
        _link("self", "ogc.item", GEOJSON, collection=collection, fid=fid),
        _link("collection", "ogc.collection", JSON, collection=collection),
    ]
    return forms.feature(fid, row["geometry"].iloc[0], told) | {"links": links}


def fields_of(collection: str) -> tuple[Field, ...]:
    """Return the properties of the features of a collection."""
    return FIRM_SHOWN if collection == "firms" else PLACE


def _selected(read: Reading, collection: str, asked: dict[str, Any]) -> pd.DataFrame:
    table = table_of(read, collection)
    for name in ("name", "county_code", "town_code"):
        if name in asked:
            table = table[table[name].eq(asked[name]).fillna(False).astype(bool)]
    return within(table, collection, flat(asked["bbox"])) if "bbox" in asked else table


def _collection(read: Reading, name: str) -> dict[str, Any]:
    box = extent(table_of(read, name), name)
    told: dict[str, Any] = {
        "id": name,
        "title": labels.label("api_collection", name),
        "description": labels.explain("api_collection", name, {"on": str(read.on)}),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "temporal": {"interval": [[f"{min(read.days)}T00:00:00Z", None]], "trs": GREGORIAN},
        },
        "links": [
            _link("self", "ogc.collection", JSON, collection=name),
            _link("items", "ogc.items", GEOJSON, collection=name),
        ],
    }
    if box is not None:
        told["extent"]["spatial"] = {"bbox": [[round(value, DEGREES) for value in box]], "crs": CRS84}
    return told


def _check(collection: str) -> None:
    if collection not in COLLECTIONS:
        raise NotFoundError(f"no collection {collection!r}")


def _link(rel: str, endpoint: str, form: str = JSON, **values: Any) -> dict[str, str]:
    return {"rel": rel, "href": link(endpoint, **values), "type": MEDIA[form]}
