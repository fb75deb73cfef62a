"""The description of the interface for programs, readable without a network: made from its own documents."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import lazy_gettext

from app.api.catalogue import LISTS
from app.api.documents import document
from app.arguments import asks
from app.auth import tokens
from app.errors import HTTP_CODES, PROGRAM_ADVICE, SAYINGS
from app.views import Nav

bp = Blueprint("interface", __name__, url_prefix="/interface")
nav = Nav(94, "interface.show", lazy_gettext("接口"), "office")

ERRORS = (
    "BAD_REQUEST", "UNKNOWN_VALUE", "UNKNOWN_DAY", "SIGN_IN", "FORBIDDEN", "NOT_FOUND", "NO_DAY", "NO_SURVEY", "METHOD",
    "NOT_ACCEPTABLE", "DATA_CHANGED", "TOO_LARGE", "TOO_MANY", "DATABASE_BUSY", "ERROR",
)  # fmt: skip
"""Errors that programs meet."""

MISSING = 404


@bp.get("")
@asks()
def show() -> str:
    """Explain how programs ask, what for, what they get, and what can go wrong."""
    parts = [(name, _operations(document(name))) for name in ("API", "OGC")]
    errors = [(code, SAYINGS[code], _status(code)) for code in ERRORS]
    return render_template(
        "interface/page.html", parts=parts, errors=errors, advice=PROGRAM_ADVICE, most_days=tokens.MOST_DAYS
    )


def _status(code: str) -> int:
    found = next((status for status, name in HTTP_CODES.items() if name == code), int(SAYINGS[code].status))
    return MISSING if code == "NO_SURVEY" else found


def _operations(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each resource with its arguments and the fields of what it gives."""
    found = []
    for path, item in told["paths"].items():
        for operation in (part for name, part in item.items() if name == "get"):
            content = operation["responses"]["200"].get("content", {})
            parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
            found.append(
                {
                    "path": path, "summary": operation["summary"], "parameters": parameters,
                    "media": list(content)[::-1],
                    "fields": _fields(told, content.get("application/json", {}).get("schema", {})),
                }
            )  # fmt: skip
    return sorted(found, key=lambda each: _place(each["path"]))


def _place(path: str) -> tuple[int, str]:
    """Return where a resource stands on the page: as the interface lists them, a list before its single things."""
    name = path.removeprefix("/api/v1").strip("/").partition("/")[0]
    return (LISTS.index(name) if name in LISTS else -1 if "." not in path else len(LISTS), path)


def _fields(told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the described fields of what a schema lists, or of the thing it is."""
    schemas = told["components"]["schemas"]
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "items" in schema.get("properties", {}) and "$ref" in schema["properties"]["items"].get("items", {}):
        return _fields(told, schema["properties"]["items"]["items"])
    for part in schema.get("allOf", []):
        return _fields(told, part)
    return {name: each for name, each in schema.get("properties", {}).items() if each.get("description")}
