"""Forms of an answer: JSON, GeoJSON after RFC 7946, CSV; which a program wants, and whether it has it already."""

import gzip
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely
from flask import Response, request
from werkzeug.http import is_resource_modified

from app import store
from app.api.fields import Field
from app.auth import signed
from app.config import settings
from app.current import census_totals, scope
from app.db import session
from app.errors import NotAcceptableError
from app.i18n import language
from app.reports.cells import neutral

JSON, GEOJSON, CSV, OPENAPI = "json", "geojson", "csv", "openapi"
MEDIA = {
    JSON: "application/json",
    GEOJSON: "application/geo+json",
    CSV: "text/csv",
    OPENAPI: "application/vnd.oai.openapi+json;version=3.0",
}
DEGREES = 7
"""Digits of a degree: a centimetre, finer than any layer that is loaded."""

SMALL = 1024
"""Bytes below which an answer is not compressed."""

FORMAT = "1"
"""Changes with what answers look like, so that nobody keeps an old form of the same data."""


@dataclass(frozen=True)
class Stamp:
    """What an answer rests on: a mark of data, asker and form, and when the data were last changed."""

    etag: str
    changed: datetime | None


@dataclass(frozen=True)
class Listing:
    """A page of a list: rows by field, how many there are in all, and the head that stands before them."""

    fields: Sequence[Field]
    rows: Sequence[Mapping[str, Any]]
    total: int
    head: Mapping[str, Any] = field(default_factory=dict)
    shapes: Sequence[Any] = ()
    links: Sequence[Mapping[str, str]] = ()


def wanted(forms: Collection[str], asked: str | None = None) -> str:
    """Return the form to answer in: the one asked for, else the one that ``Accept`` likes best.

    Raises
    ------
    NotAcceptableError
        If there is none that the request accepts.
    """
    if asked:
        return GEOJSON if asked == JSON and JSON not in forms else asked
    accepted = {MEDIA[form].partition(";")[0]: form for form in forms}
    if GEOJSON in forms and JSON not in forms:
        accepted.setdefault(MEDIA[JSON], GEOJSON)  # GeoJSON is JSON: who reads the one reads the other
    if not request.accept_mimetypes:
        return next(iter(forms))
    best = request.accept_mimetypes.best_match(list(accepted))
    if best is None:
        raise NotAcceptableError("accept", detail={"say": ", ".join(MEDIA[form] for form in forms)})
    return accepted[best]


def stamp(form: str) -> Stamp:
    """Return the mark of what the request would be answered with now."""
    with session() as opened:
        version, changed = store.versions.stamp(opened)
    parts = (FORMAT, version, scope().county_code, language(), form, request.full_path, request.host_url)
    told = (*parts, repr(census_totals()), settings().map_approval)
    return Stamp(hashlib.sha256(repr(told).encode()).hexdigest()[:24], changed)


def has_it(mark: Stamp) -> bool:
    """Return whether the request says that it has just this answer already."""
    asks = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    return asks and not is_resource_modified(request.environ, etag=mark.etag, last_modified=mark.changed)


def send(body: bytes, media: str, mark: Stamp | None = None) -> Response:
    """Return an answer of some form."""
    answer = Response(body, content_type=media)
    return marked(answer, mark)


def unchanged(mark: Stamp) -> Response:
    """Return the answer to who has it already."""
    return marked(Response(status=304), mark)


def marked(answer: Response, mark: Stamp | None) -> Response:
    """Return an answer with its mark; a program may keep it and ask whether it still holds, a browser may not."""
    answer.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    answer.vary.update(("Accept", "Accept-Language", "Authorization"))
    who = signed.account()
    if mark is not None and who is not None:
        answer.set_etag(mark.etag, weak=True)
        answer.last_modified = mark.changed
        if who.token is not None:
            answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def compressed(answer: Response) -> Response:
    """Return an answer compressed, where the request takes that and it is worth it."""
    takes = request.accept_encodings["gzip"] > 0
    if not takes or answer.direct_passthrough or answer.status_code != 200 or "Content-Encoding" in answer.headers:
        return answer
    body = answer.get_data()
    answer.vary.add("Accept-Encoding")
    if len(body) >= SMALL:
        answer.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def dumped(value: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def table(fields: Sequence[Field], listed: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, as spreadsheets want it; no cell can act as a formula."""
    names = [each.name for each in fields]
    file = StringIO()
    file.write(",".join(names) + "\r\n")
    for row in listed:
        file.write(",".join(_cell(row[name]) for name in names) + "\r\n")
    return file.getvalue().encode("utf-8-sig")


def feature(key: str | None, shape: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Feature of RFC 7946; ``shape`` is a geometry in WGS-84, longitude first, or None."""
    return {"type": "Feature", "id": key, "geometry": geometry(shape), "properties": dict(properties)}


def geometry(shape: Any) -> dict[str, Any] | None:
    """Return a geometry as RFC 7946 says it: two numbers a position, outer rings counterclockwise; None for none."""
    if shape is None or shape.is_empty:
        return None
    flat = shapely.transform(shapely.force_2d(shape), lambda xy: np.round(xy, DEGREES))
    turned = shapely.orient_polygons(flat) if shapely.get_dimensions(flat) == 2 else flat
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(turned))
    return found


def points(frame: pd.DataFrame) -> list[Any]:
    """Return a point for each row that has ``lon`` and ``lat``, None for each that has not."""
    lon, lat = (frame[name].to_numpy(dtype=float, na_value=np.nan) for name in ("lon", "lat"))
    missing = np.isnan(lon) | np.isnan(lat)
    return [None if gone else spot for gone, spot in zip(missing, shapely.points(lon, lat), strict=True)]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(value)
    if isinstance(value, bool):
        return str(int(value))
    told = neutral(value) if isinstance(value, str) else str(value)
    return f'"{told.replace(chr(34), chr(34) * 2)}"' if any(mark in told for mark in ',"\r\n') else told
