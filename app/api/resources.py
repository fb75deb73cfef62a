"""One declaration a resource: its address, what may be asked, what comes back in which forms, what can go wrong."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_smorest import Blueprint

from app import store
from app.api import forms
from app.api.arguments import Parser, Plain
from app.api.forms import CSV, GEOJSON, JSON, Listing
from app.arguments import clean
from app.db import session
from app.errors import DataChangedError

View = TypeVar("View", bound=Callable[..., Any])

PROBLEMS = {
    400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 406: "NOT_ACCEPTABLE",
    409: "CONFLICT", 413: "CONTENT_TOO_LARGE", 429: "TOO_MANY_REQUESTS", 503: "SERVICE_UNAVAILABLE",
}  # fmt: skip
"""Everything that can be answered instead, by status, as the document calls it."""


class Resources(Blueprint):
    """Resources of one document; every answer is read-only and marked with what it rests on."""

    ARGUMENTS_PARSER = Parser()

    def resource(
        self,
        rule: str,
        gives: str,
        takes: Any = Plain,
        *,
        into: Sequence[str] = (JSON,),
        bare: bool = False,
        **described: Any,
    ) -> Callable[[View], View]:
        """Declare a resource.

        Parameters
        ----------
        rule : its address
        gives : name of the schema of its JSON; GeoJSON is a ``Features``
        takes : its arguments
        into : forms that it can be answered in, the usual one first
        bare : it answers by itself, the same to anybody
        described : what else the document says, as ``security``
        """

        def declare(view: View) -> View:
            shown: Any = view if bare else _answering(view, into)
            for form in into:
                shown = self.response(
                    200, schema=_schema(form, gives, alone=JSON not in into), content_type=forms.MEDIA[form]
                )(shown)
            for status, name in PROBLEMS.items():
                shown = self.alt_response(status, name)(shown)
            name = f"{self.name}.{view.__name__}"
            told = {"summary": f"@api_operation.{name}", "operationId": name, **described}
            shown = self.doc(description="", **told)(shown)
            shown = self.arguments(takes, location="query")(shown)
            return cast("View", self.route(rule, methods=["GET"], tags=[self.name])(shown))

        return declare


def page(asked: dict[str, Any], rows: Any) -> tuple[Any, dict[str, Any]]:
    """Return the rows of a frame that a page shows, and the part of its head that says which they are.

    Raises
    ------
    DataChangedError
        If the pages before were of other data (``version``): whoever went on would miss rows or see them twice.
    """
    with session() as opened:
        version = store.versions.data_version(opened)
    if asked.get("version", version) != version:
        raise DataChangedError("version", detail={"say": str(asked["version"])})
    first, many = asked["offset"], asked["limit"]
    part = rows.iloc[first : first + many]
    told = {"version": version, "total": len(rows), "offset": first, "limit": many, "returned": len(part)}
    return part, told


def neighbours(told: dict[str, Any]) -> list[dict[str, str]]:
    """Return the links of a page to itself and its neighbours; following them walks the whole list once."""
    first, many, total = told["offset"], told["limit"], told["total"]
    offsets = {"self": first}
    if first + many < total:
        offsets["next"] = first + many
    if first > 0:
        offsets["prev"] = max(0, first - many)
    return [{"rel": rel, "href": here(offset=at, limit=many, version=told["version"])} for rel, at in offsets.items()]


def here(**changes: Any) -> str:
    """Return the present address, whole, with some arguments replaced."""
    kept = [(name, clean(value)) for name, value in request.args.items(multi=True) if name not in changes]
    said = urlencode([*kept, *changes.items()])
    return f"{_bare(request.endpoint or '', **(request.view_args or {}))}?{said}"


def link(endpoint: str, /, **values: Any) -> str:
    """Return the whole address of a resource, on the day that the request asks for."""
    return url_for(endpoint, _external=True, **values)


def _bare(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, _external=True, **values).partition("?")[0]


def _schema(form: str, gives: str, *, alone: bool) -> dict[str, Any]:
    """Return the schema of a form; GeoJSON beside JSON is a list as ``Features``, alone it is what is declared."""
    if form == CSV:
        return {"type": "string"}
    name = "Features" if form == GEOJSON and not alone else gives
    return {"$ref": f"#/components/schemas/{name}"}


def _answering(view: Callable[..., Any], into: Sequence[str]) -> Callable[..., Response]:
    @wraps(view)
    def answer(asked: dict[str, Any], **values: Any) -> Response:
        form = forms.wanted(into, asked.get("f"))
        mark = forms.stamp(form)
        if forms.has_it(mark):
            return forms.unchanged(mark)
        found = view(asked, **values)
        return found if isinstance(found, Response) else _written(found, form, mark)

    return answer


def _written(found: Any, form: str, mark: forms.Stamp) -> Response:
    if not isinstance(found, Listing):
        return forms.send(forms.dumped(found), forms.MEDIA[form], mark)
    if form == CSV:
        answer = forms.send(forms.table(found.fields, found.rows), "text/csv; charset=utf-8", mark)
    elif form == GEOJSON:
        answer = forms.send(forms.dumped(collection(found)), forms.MEDIA[GEOJSON], mark)
    else:
        answer = forms.send(
            forms.dumped({**found.head, "links": list(found.links), "items": list(found.rows)}), forms.MEDIA[JSON], mark
        )
    for each in found.links:
        answer.headers.add("Link", f'<{each["href"]}>; rel="{each["rel"]}"')
    return answer


def collection(found: Listing) -> dict[str, Any]:
    """Return a listing as a FeatureCollection; its head goes along under the names of OGC API – Features."""
    shapes = found.shapes or [None] * len(found.rows)
    features = [
        forms.feature(row["id"], shape, {name: value for name, value in row.items() if name not in ("lon", "lat")})
        for row, shape in zip(found.rows, shapes, strict=True)
    ]
    counted = {"numberMatched": found.total, "numberReturned": len(features)}
    return {"type": "FeatureCollection", **found.head, **counted, "links": list(found.links), "features": features}
