"""What an address may ask of a page: each view declares it once, and what nobody knows is refused in one way.

A file would otherwise hold all firms because of a slip in one condition, and nobody would see it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar, cast

from flask import current_app, request
from werkzeug.datastructures import MultiDict

from app import labels, polygons, query
from app.current import sketch
from app.errors import TextTooLongError, UnknownValueError
from app.reading import DIVISION_KINDS, Reading
from geo.gaps import CHOICES, PLACED

View = TypeVar("View", bound=Callable[..., Any])
Allowed = Collection[str] | Callable[[], Collection[str]]

SWITCH = ("0", "1")
MOST = 200
"""Characters of a key or text that are looked at and carried on."""
MOST_SAID = 40
"""Characters of an unknown value that the answer repeats."""
MOST_DIGITS = 9

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Asks:
    """What a view can be asked: keys and texts as they are, a choice of firms, an order, a page, values of a list."""

    texts: frozenset[str] = frozenset()
    filters: bool = False
    sort: Collection[str] = ()
    page: bool = False
    choices: Mapping[str, Allowed] = field(default_factory=dict)

    def takes(self, name: str) -> bool:
        """Return whether an argument of this name means anything to the view."""
        known = name == "on" or name in self.texts or name in self.choices or (self.filters and name in query.NAMES)
        return known or (name == "sort" and bool(self.sort)) or (name == "page" and self.page)

    def unknown(self, args: MultiDict[str, str]) -> list[tuple[str, str]]:
        """Return name and value of each argument that the view does not take or whose value it does not know.

        Empty ones mean any.
        """
        given = [(name, value) for name, value in args.items(multi=True) if value]
        return [pair for pair in dict.fromkeys(given) if not (self.takes(pair[0]) and self._knows(*pair))]

    def _knows(self, name: str, value: str) -> bool:
        if name in self.choices:
            allowed = self.choices[name]
            return value in (allowed() if callable(allowed) else allowed)
        if name == "sort" and self.sort:
            return value.removeprefix("-") in self.sort
        if name == "page" and self.page:
            return value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS and int(value) > 0
        if name == "text":
            return _readable(value)
        if name == "shape":
            return polygons.parse(value) is not None
        if self.filters and name in query.SWITCHES:
            return value in SWITCH
        if self.filters and name in query.LISTS:
            return value == query.NOT_KNOWN or _exists(sketch(), name, value)
        return True


def asks(
    *texts: str,
    filters: bool = False,
    sort: Collection[str] = (),
    page: bool = False,
    choices: Mapping[str, Allowed] = MappingProxyType({}),
) -> Callable[[View], View]:
    """Declare what a view can be asked; a request with an unknown name or value does not reach it.

    Parameters
    ----------
    texts : arguments that hold a key or words
    filters : whether it takes a choice of firms (``app.query``)
    sort : columns it can be ordered by, a minus in front for the other way round
    page : whether it has pages, from 1; a number beyond the last is the last
    choices : other arguments with their allowed values, or what returns these
    """
    declared = Asks(frozenset(texts), filters, sort, page, choices)

    def declare(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **values: Any) -> Any:
            unknown = declared.unknown(request.args)
            if unknown:
                raise UnknownValueError(unknown[0][0], detail=told(unknown))
            if query.too_long(request.args.get("text", "")):
                raise TextTooLongError("text")
            return view(*args, **values)

        checked.asks = declared  # type: ignore[attr-defined]
        return cast("View", checked)

    return declare


def told(unknown: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Return the detail of an ``UnknownValueError``: the values for the eye, cut short, and the arguments' names."""
    words = [f"{name}={clean(value)[:MOST_SAID]}" for name, value in unknown]
    return {"say": "、".join(words[:5]), "names": sorted({name for name, _value in unknown})}


def clean(text: str) -> str:
    """Return text of an address with a mark for each character that cannot be shown."""
    return _CONTROL.sub("�", text)


def of_request() -> Asks:
    """Return what the view of the present request can be asked."""
    return of(request.endpoint or "")


def of(endpoint: str) -> Asks:
    """Return what the view of an endpoint can be asked."""
    found = getattr(current_app.view_functions.get(endpoint), "asks", None)
    return found if isinstance(found, Asks) else Asks()


def codes(kind: str) -> Callable[[], Collection[str]]:
    """Return what gives the codes of a list."""
    return lambda: {code for code, _phrase in labels.options(kind)}


def counties() -> Collection[str]:
    """Return the codes of the counties in force, and what an address writes for an unknown one."""
    return {code for code, _name in sketch().counties()} | {query.NOT_KNOWN}


def towns() -> Collection[str]:
    """Return the codes of all towns; one of another county than the one asked for is told by ``stray_town``."""
    divisions = sketch().divisions
    return set(divisions.index[divisions["level"].eq("town")])


def stray_town() -> bool:
    """Return whether a town is asked for that is not of the county asked for: the county has been changed since."""
    town, county = request.args.get("town", ""), request.args.get("county", "")
    return bool(town and county) and not town.startswith(county)


def _readable(text: str) -> bool:
    """Return whether a search text holds only what can be looked for: a text of which nothing is left finds all."""
    letters = "".join(text.split())
    return not _CONTROL.search(letters) and (not letters or bool(query.words(text)))


def _exists(read: Reading, name: str, value: str) -> bool:
    """Return whether a condition may have a value: a code of its list, a key of the survey, or as a firm has it."""
    survey = read.survey
    if name in ("union", "federation"):
        return value in survey.unions.index
    if name == "group":
        return value in survey.groups.index
    if name == "placed":
        return value in PLACED
    if name in DIVISION_KINDS:
        return value in read.divisions.index
    if value in codes(query.CODE_LISTS.get(name, name))():
        return True
    column = CHOICES.get(name)
    held = value in survey.places.index and survey.places.at[value, "kind"] == name
    return bool(held or (column is not None and survey.firms[column].eq(value).any()))
