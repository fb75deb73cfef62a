"""Errors as programs read them: RFC 9457 problem details, in the language that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import orjson
from flask import Response, request

MEDIA = "application/problem+json"
PREFIX = "/api/"
"""Beginning of the addresses whose errors are told so."""

MOST_PATH = 300
RETRY_S = 900
"""Seconds after which whoever has to wait may ask again."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request: where it stands, what is there, and what would be right."""

    where: str
    what: str
    right: str


def asked_for() -> bool:
    """Return whether the request is a program's."""
    return request.path.startswith(PREFIX)


def respond(
    told: Mapping[str, Any],
    *,
    faults: Sequence[Fault] = (),
    days: Sequence[date] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer for an error.

    Parameters
    ----------
    told : ``code``, ``status``, ``title``, ``detail`` and ``advice``, all but the status as text
    faults : what is wrong, one by one
    days : those that could be asked for instead
    headers : further headers, as ``Allow``
    """
    status = int(told["status"])
    body: dict[str, Any] = {
        "type": f"/interface#{told['code']}",
        "title": str(told["title"]),
        "status": status,
        "detail": str(told["detail"]) or str(told["title"]),
        "instance": quote(request.path[:MOST_PATH]),
        "code": told["code"],
        "right": str(told["advice"]),
    }
    if faults:
        body["errors"] = [{"where": each.where, "what": each.what, "right": each.right} for each in faults]
    if days:
        body["days"] = [str(day) for day in days]
    answer = Response(orjson.dumps(body), status=status, mimetype=MEDIA)
    answer.headers.update(headers or {})
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="atlas"'
    if status == 429:
        answer.headers["Retry-After"] = str(RETRY_S)
    return answer
