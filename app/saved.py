"""What a page shows, to be kept under a name: the arguments of its address, checked, and the area they can show."""

import re
from urllib.parse import parse_qsl

from flask import url_for
from werkzeug.datastructures import MultiDict

from app import arguments, query, store
from app.errors import TextTooLongError, UnknownValueError

PAGES = {"map": "map.show", "compare": "map.compare", "gaps": "gaps.index"}
"""Pages whose state can be saved, and their endpoints."""

MOST_NAME, MOST_STATE, MOST_ARGS, MOST_VIEWS = 60, 4000, 100, 200
"""Characters of a name and of an address, arguments of it, views of one account."""

PASSING = frozenset({"page"})
"""Arguments that are of the moment."""

TELLING = frozenset({"text", "key", "zone", "building", "market", "street", "union", "federation", "group", "source"})
"""Conditions that name something without saying in which county it lies."""

_DIVISION = re.compile(r"(?:county|town|village):(\d{6,12})")


def name_of(text: str) -> str:
    """Return a name as it is kept, blanks made one; "" if it is empty, too long, or holds what cannot be read."""
    name = " ".join(text.split())
    return name if len(name) <= MOST_NAME and name.isprintable() else ""


def state_of(page: str, text: str) -> list[tuple[str, str]]:
    """Return the arguments of a page's address that are worth keeping.

    Raises
    ------
    UnknownValueError
        If the page is none of ``PAGES``, or its address would be refused.
    TextTooLongError
        If it searches for too long a text.
    """
    if page not in PAGES:
        raise UnknownValueError("page", detail=arguments.told([("page", page)]))
    try:
        if len(text) > MOST_STATE:
            raise ValueError(text)
        found = parse_qsl(text.removeprefix("?"), max_num_fields=MOST_ARGS, errors="strict")
    except ValueError:
        raise UnknownValueError("state", detail=arguments.told([("state", text)])) from None
    pairs = [pair for pair in dict.fromkeys(found) if pair[0] not in PASSING]
    unknown = refused(page, pairs)
    if unknown:
        raise UnknownValueError(unknown[0][0], detail=arguments.told(unknown))
    if any(name == "text" and query.too_long(value) for name, value in pairs):
        raise TextTooLongError("text")
    return pairs


def refused(page: str, pairs: store.views.Args) -> list[tuple[str, str]]:
    """Return the arguments that the page would refuse now: what they name is no longer there, or not for the caller."""
    return arguments.of(PAGES[page]).unknown(MultiDict(pairs))


def area(pairs: store.views.Args, within: store.Scope) -> store.Scope:
    """Return what a view can show: the caller's county, or the one it is confined to without naming anything else."""
    if within.county_code is not None:
        return within
    counties = {value for name, value in pairs if name == "county"}
    code = next(iter(counties)) if len(counties) == 1 else query.NOT_KNOWN
    if code == query.NOT_KNOWN or not all(_lies_in(code, *pair) for pair in pairs):
        return store.CITY
    return store.Scope(code)


def _lies_in(code: str, name: str, value: str) -> bool:
    if name in ("town", "village"):
        return value.startswith(code)
    if name == "at":
        found = _DIVISION.fullmatch(value)
        return value.startswith("cell:") or bool(found and found[1].startswith(code))
    return name not in TELLING


def address(page: str, pairs: store.views.Args) -> str:
    """Return the address of a page that shows a state; the day is the state's, never that of the present request."""
    args: dict[str, list[str]] = {}
    for name, value in pairs:
        args.setdefault(name, []).append(value)
    return url_for(PAGES[page], **{"on": None, **args})  # type: ignore[arg-type]
