"""The schemas of every answer, as OpenAPI 3.0 says them; ``@list.code`` stands for a phrase."""

from typing import Any

from app.api.fields import COUNTS, KINDS, RATES, Field

WORD, WHOLE = {"type": "string"}, {"type": "integer"}
MAYBE = {"type": "string", "nullable": True}
FREE = {"type": "object", "additionalProperties": True}


def listed(what: Any) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": what}


def record(needs: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    """Return the schema of a mapping; all of its properties are always there unless ``needs`` names those that are."""
    return {"type": "object", "properties": properties, "required": list(needs or properties)}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the schema of a thing by its fields."""
    return record(**{each.name: each.schema() for each in fields})


def page_of(name: str) -> dict[str, Any]:
    """Return the schema of a page of a list."""
    head: dict[str, dict[str, Any]] = {
        "on": {**MAYBE, "format": "date"}, "basis": MAYBE, "sample": {"type": "boolean"}, "credits": listed(WORD),
        "version": WHOLE, "total": WHOLE, "offset": WHOLE, "limit": WHOLE, "returned": WHOLE,
    }  # fmt: skip
    described = {key: {**value, "description": f"@api_field.{key}"} for key, value in head.items()}
    return record(**described, links=listed(ref("Link")), items=listed(ref(name)))


SAID = record(code=WORD, say=WORD)
GEOMETRY = {
    "type": "object", "nullable": True, "required": ["type"], "description": "@api_field.geometry",
    "properties": {"type": WORD, "coordinates": listed({}), "geometries": listed({"type": "object"})},
}  # fmt: skip
FEATURE = record(
    type={"type": "string", "enum": ["Feature"]}, id=MAYBE, geometry=GEOMETRY, properties=FREE,
)  # fmt: skip
FIGURE_VALUES = {
    "type": "object", "additionalProperties": {"type": "number", "nullable": True},
    "properties": {each.name: each.schema() for each in (*COUNTS, *RATES)},
}  # fmt: skip

SCHEMAS: dict[str, Any] = {
    "Problem": record(
        ("type", "title", "status", "detail", "instance", "code", "right"),
        type=WORD, title=WORD, status=WHOLE, detail=WORD, instance=WORD, code=WORD, right=WORD, days=listed(WORD),
        errors=listed(record(where=WORD, what=WORD, right=WORD)),
    ),
    "Link": record(("rel", "href"), rel=WORD, href=WORD, type=WORD, title=WORD),
    **{name: schema_of(fields) for name, fields in KINDS.items()},
    **{f"{name}Page": page_of(name) for name in KINDS},
    "Feature": FEATURE,
    "Features": record(
        ("type", "features", "links", "numberMatched", "numberReturned"),
        type={"type": "string", "enum": ["FeatureCollection"]}, numberMatched=WHOLE, numberReturned=WHOLE,
        timeStamp=WORD, links=listed(ref("Link")), features=listed(ref("Feature")),
    ),
    "FirmWhole": {"allOf": [ref("Firm"), record(
        on=WORD, scope=MAYBE, phrases=FREE, links=listed(ref("Link")),
        evidence=record(reasons=listed(SAID), candidates=listed(FREE), components=listed(listed({}))),
        rules=listed(WORD), unions=listed(FREE), records=listed(FREE),
    )]},
    "PlaceWhole": {"allOf": [ref("Place"), record(
        on=WORD, geometry=GEOMETRY, links=listed(ref("Link")),
    )]},
    "UnionWhole": {"allOf": [ref("Union"), record(
        on=WORD, roll=record(listed=WHOLE, counted=WHOLE, others=listed(record(code=WORD, say=WORD, count=WHOLE))),
        links=listed(ref("Link")),
    )]},
    "SuggestionWhole": {"allOf": [ref("Suggestion"), record(
        on=WORD, reasons=listed(SAID), cautions=listed(SAID), links=listed(ref("Link")),
    )]},
    "Figures": record(
        on=WORD, by=MAYBE, sample={"type": "boolean"}, census=MAYBE,
        definitions=listed(record(
            code=WORD, title=WORD, unit={"type": "string", "enum": ["count", "share"]}, formula=WORD, basis=WORD,
            source=WORD, caution=WORD,
        )),
        items=listed(record(key=MAYBE, name=WORD, values=FIGURE_VALUES, lists={
            "type": "object", "additionalProperties": WORD,
        })),
    ),
    "CodeLists": record(items=listed(record(kind=WORD, zh=WORD, en=WORD, codes=WHOLE, href=WORD))),
    "CodeList": record(
        kind=WORD, zh=WORD, en=WORD, source=WORD,
        items=listed(record(("code", "zh", "en"), code=WORD, zh=WORD, en=WORD, mark=WORD)),
    ),
    "Health": record(status=WORD, database=WORD, surveyed={"type": "boolean"}, version=WORD),
    "Landing": record(title=WORD, description=WORD, links=listed(ref("Link"))),
    "Conformance": record(conformsTo=listed(WORD)),
    "Collection": record(
        ("id", "links"), id=WORD, title=WORD, description=WORD, itemType=WORD, crs=listed(WORD), extent=FREE,
        links=listed(ref("Link")),
    ),
    "Collections": record(links=listed(ref("Link")), collections=listed(ref("Collection"))),
    "OgcFeature": {"allOf": [ref("Feature"), record(links=listed(ref("Link")))]},
    "OpenApi": record(("openapi", "info", "paths"), openapi=WORD, info=FREE, paths=FREE),
}  # fmt: skip
"""Every schema of an answer by name."""
