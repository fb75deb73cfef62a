"""The OpenAPI documents: made from what the resources declare, told in the language that is asked for."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app
from flask_smorest import Api

from app import labels
from app.api.resources import PROBLEMS
from app.api.schemas import SCHEMAS, ref
from app.errors import saying
from app.problems import MEDIA
from app.reports.notes import CONDITIONS

OPENAPI = "3.0.3"
"""OGC API – Features, Core names OpenAPI 3.0; one version for both documents."""

VERSION = "1.0.0"
TOLD = {
    "BAD_REQUEST": "BAD_REQUEST", "UNAUTHORIZED": "SIGN_IN", "FORBIDDEN": "FORBIDDEN", "NOT_FOUND": "NOT_FOUND",
    "NOT_ACCEPTABLE": "NOT_ACCEPTABLE", "CONFLICT": "DATA_CHANGED", "CONTENT_TOO_LARGE": "TOO_LARGE",
    "TOO_MANY_REQUESTS": "TOO_MANY", "SERVICE_UNAVAILABLE": "DATABASE_BUSY",
}  # fmt: skip
"""The error whose words describe each problem."""


class Document(Api):
    """One OpenAPI document; errors and pages are the application's own."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_doc_blueprint(self) -> None:
        """Leave out the pages that would load scripts from elsewhere."""

    def _register_error_handlers(self) -> None:
        """Leave errors to ``app.errors``, which tells all of them in one way."""

    def _register_responses(self) -> None:
        for name in PROBLEMS.values():
            told = {"description": f"@error.{TOLD[name]}", "content": {MEDIA: {"schema": ref("Problem")}}}
            self.spec.components.response(name, told)

    def _register_etag_headers(self) -> None:
        """Leave out headers that no resource names."""

    def _register_pagination_header(self) -> None:
        """Leave out the header of a paging that is not ours."""


def attach(app: Flask, name: str, blueprint: Any) -> None:
    """Register the resources of a document under its name."""
    secured = {"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}}
    document = Document(
        app, config_prefix=name,
        spec_kwargs={
            "title": f"@api_document.{name}", "version": VERSION, "openapi_version": OPENAPI,
            "info": {"description": f"@api_description.{name}"}, "servers": [{"url": "/"}],
            "security": [{"bearer": []}, {"basic": []}],
        },
    )  # fmt: skip
    for scheme, told in secured.items():
        document.spec.components.security_scheme(scheme, told)
    for schema, said in SCHEMAS.items():
        document.spec.components.schema(schema, said)
    document.register_blueprint(blueprint)


def document(name: str) -> dict[str, Any]:
    """Return a document as OpenAPI 3.0 in the language of the request, with what it uses and no more."""
    extension: Any = current_app.extensions["flask-smorest"]["apis"][f"{name.upper()}_"]["ext_obj"]
    whole: dict[str, Any] = _told(extension.spec.to_dict())
    used, schemas = _used(whole["paths"]) | {"Problem"}, whole["components"]["schemas"]
    while (more := _used([schemas[each] for each in used])) - used:
        used |= more
    whole["components"]["schemas"] = {each: schemas[each] for each in schemas if each in used}
    return whole


def _used(part: Any) -> set[str]:
    if isinstance(part, Mapping):
        own = {part["$ref"].rpartition("/")[2]} if str(part.get("$ref", "")).startswith("#/components/schemas") else ()
        return set(own).union(*map(_used, part.values()))
    return set().union(*map(_used, part)) if isinstance(part, list | tuple) else set()


def _told(part: Any) -> Any:
    """Put phrases where a part names them as ``@list.code``."""
    if isinstance(part, Mapping):
        return {str(key): _told(value) for key, value in part.items() if not (key == "description" and value == "")}
    if isinstance(part, list | tuple):
        return [_told(each) for each in part]
    if isinstance(part, str) and part.startswith("@"):
        return _phrase(*part[1:].split(".", 1))
    return part


def _phrase(kind: str, code: str) -> str:
    if kind == "condition":
        return str(CONDITIONS[code])
    if kind == "error":
        return str(saying(code).title)
    return labels.label(kind, code)
