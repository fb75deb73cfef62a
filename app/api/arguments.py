"""What programs may ask: declared once a resource, and checked, explained and documented by that."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from app import query, store
from app.api.fields import KINDS
from app.arguments import MOST, MOST_SAID, Asks, clean, told
from app.errors import UnknownValueError
from app.labels import explain
from app.problems import Fault
from app.reading import DIVISION_KINDS
from geo.gaps import KINDS as PLACE_KINDS

MOST_ROWS, USUAL_ROWS = 1000, 100
"""Rows on one page of a list, at most and unless asked otherwise."""

MOST_OFFSET = 10**9
MOST_VALUES = 50
"""Values of one condition."""

SPOT = ("lon", "lat")
"""Fields that nothing is ordered by: the order would tell positions that the list holds back."""

PLACES = tuple(kind for kind in PLACE_KINDS if kind not in DIVISION_KINDS)
BOUNDS, BOUNDS_3D = 4, 6
"""Numbers of a box, without and with heights."""


class Parser(FlaskParser):
    """Reads the address of a request; what nobody knows is refused with everything that is wrong with it."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_status: Any) -> NoReturn:
        """Tell each argument that is wrong, what it holds, and what would be right."""
        wrong = error.messages.get("query", {}) if isinstance(error.messages, dict) else {}
        pairs = [(name, ", ".join(req.args.getlist(name))) for name in wrong]
        faults = [Fault(f"query.{clean(n)[:MOST_SAID]}", _cut(v), _right(schema, n)) for n, v in pairs]
        raise UnknownValueError("query", detail={**told(pairs), "faults": faults})


class Count(fields.Integer):
    """A whole number in plain digits: Python would also read 1_000 and digits of other scripts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19):
            raise self.make_error("invalid", input=value)
        return int(super()._deserialize(value, attr, data, **kwargs) or 0)


def known(allowed: Callable[[], Collection[str]]) -> Callable[[str], None]:
    """Return a check that a value is one of those that there are when it is asked."""

    def check(value: str) -> None:
        if value not in allowed():
            raise ValidationError("unknown")

    return check


def words(name: str, right: str, check: Any = None, **schema: Any) -> fields.String:
    """Return an argument of text; ``name`` and ``right`` are the phrases of what it is and what would be right."""
    described = {"description": f"@{name}", "right": right, **schema}
    return fields.String(validate=[validate.Length(1, MOST), *([check] if check else [])], metadata=described)


def choice(name: str, values: Collection[str]) -> fields.String:
    """Return an argument that is one of a few values."""
    return fields.String(validate=validate.OneOf(list(values)), metadata={"description": f"@{name}", "right": "choice"})


class Asked(Schema):
    """What every resource of a survey may be asked: the day."""

    class Meta:
        """An argument that nobody knows is refused."""

        unknown = RAISE

    on = words("api_argument.on", "on", format="date")


class Plain(Schema):
    """Nothing may be asked."""

    class Meta:
        """An argument that nobody knows is refused."""

        unknown = RAISE


class Paged(Asked):
    """A list in pages."""

    limit = Count(
        validate=validate.Range(1, MOST_ROWS), load_default=USUAL_ROWS,
        metadata={"description": "@api_argument.limit", "right": "limit"},
    )  # fmt: skip
    offset = Count(
        validate=validate.Range(0, MOST_OFFSET), load_default=0,
        metadata={"description": "@api_argument.offset", "right": "offset"},
    )  # fmt: skip
    version = Count(metadata={"description": "@api_argument.version", "right": "version"})


def sorted_by(schema: str) -> fields.String:
    """Return the argument for the order of a list: any field that is no list, a minus in front for descending."""
    held = {"id", *store.slim.COLUMNS} if schema == "Firm" else {each.source for each in KINDS[schema]}
    names = [
        each.name
        for each in KINDS[schema]
        if each.kind != "array" and not each.names and each.name not in SPOT and each.source in held
    ]
    return choice("api_argument.sort", [*names, *(f"-{name}" for name in names)])


def formed(*forms: str) -> fields.String:
    """Return the argument for the form of the answer; it wins over the header ``Accept``."""
    return choice("api_argument.f", forms)


def _listed(name: str) -> str:
    """Return the address of what lists the values of a condition: places, divisions, unions, or a list of codes."""
    if name in DIVISION_KINDS:
        return f"/api/v1/divisions?level={name}"
    if name in PLACES:
        return f"/api/v1/places?kind={name}"
    told = {"union": "unions", "federation": "unions?layer=federation", "group": "suggestions", "source": "firms"}
    named = {"excluded": "excluded"}.get(name, query.CODE_LISTS.get(name, name))
    return f"/api/v1/{told.get(name, f'codes/{named}')}"


def _condition(name: str) -> fields.Field:
    described = {"description": f"@condition.{name}", "right": "condition"}
    if name in query.LISTS:
        described["x-codes"] = _listed(name)
        value = fields.String(validate=validate.Length(1, MOST))
        return fields.List(value, validate=validate.Length(1, MOST_VALUES), metadata=described)
    if name in query.SWITCHES:
        return fields.String(validate=validate.OneOf(["0", "1"]), metadata={**described, "right": "choice"})
    return fields.String(validate=validate.Length(1, query.MOST_TEXT), metadata={**described, "right": "text"})


class _Conditions(Schema):
    @validates_schema(skip_on_field_errors=True)
    def _exist(self, data: Mapping[str, Any], **_rest: Any) -> None:
        """Refuse a value that the survey does not have: a list would be empty, or whole, because of a slip."""
        given = MultiDict(
            [(name, value) for name in data if name in query.LISTS for value in data[name]]
            + [("text", data.get("text", ""))]
        )
        wrong = {name for name, _value in Asks(filters=True).unknown(given)}
        if query.too_long(data.get("text", "")):
            wrong.add("text")
        if wrong:
            raise ValidationError({name: ["unknown"] for name in wrong})


Conditions: Any = _Conditions.from_dict({name: _condition(name) for name in sorted(query.NAMES)}, name="Conditions")
"""A choice of firms: every condition that the pages know, by the same names."""


def box(values: list[float]) -> None:
    """Check that numbers are a box in degrees; its west may lie east of its east, across the date line."""
    if len(values) not in (BOUNDS, BOUNDS_3D):
        raise ValidationError("four or six numbers")
    west, south, east, north = flat(values)
    inside = all(-180 <= x <= 180 for x in (west, east)) and -90 <= south <= north <= 90
    if not inside:
        raise ValidationError("not a box")


def flat(values: list[float]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a box with or without heights."""
    half = len(values) // 2
    return values[0], values[1], values[half], values[half + 1]


def bounds() -> fields.Field:
    """Return the argument for a box in WGS-84."""
    number = fields.Float(allow_nan=False)
    described = {"description": "@api_argument.bbox", "right": "bbox", "minItems": BOUNDS, "maxItems": BOUNDS_3D}
    return DelimitedList(number, validate=box, metadata=described)


def chosen() -> Any:
    """Return the choice of firms that the request asks for."""
    return query.read(request.args)


def _cut(value: str) -> str:
    return clean(value)[:MOST_SAID]


def _right(schema: Schema, name: str) -> str:
    field = schema.fields.get(name)
    if field is None:
        return explain("api_right", "unknown", {"names": sorted(schema.fields)})
    allowed = field.validate.choices if isinstance(field.validate, validate.OneOf) else []
    detail = {
        "values": list(allowed), "most": MOST_ROWS, "words": query.MOST_WORDS, "letters": query.MOST_TEXT,
        "list": field.metadata.get("x-codes", ""), "offset": MOST_OFFSET, "length": MOST,
    }  # fmt: skip
    return explain("api_right", field.metadata["right"], detail, names=str)
