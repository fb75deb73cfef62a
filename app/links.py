"""Where a figure leads: every number of a page opens the list it counts."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for

from app import arguments, query
from app.current import day_of
from app.pages import known
from geo.coverage import UNPLACED
from geo.gaps import FINE_FIRST, KINDS, Filter

RESERVED = ("endpoint", "_anchor", "_method", "_scheme", "_external")
"""Names that ``url_for`` takes for itself: no argument of an address is carried on by them."""


def init_app(app: Flask) -> None:
    """Let templates make these links."""
    functions: list[Callable[..., Any]] = [figure_url, list_url, place_url, group_url, place_of, union_filter, map_url]
    functions += [filter_of, with_args, without, carried, here, export_url, page_link, finest_place, first_of]
    app.jinja_env.globals.update({function.__name__: function for function in functions})


def list_url(chosen: Filter | None, **args: Any) -> str:
    """Return the address of the list of the firms chosen; "" if nothing can meet the choice."""
    return "" if chosen is None else url_for("firms.index", **query.write(chosen), **args)


def figure_url(
    figure: str, kind: str | None = None, key: str = UNPLACED, chosen: Filter | None = None, **args: Any
) -> str:
    """Return the address of the list behind one figure of one place, within what the page has chosen already.

    ``args`` are further arguments of the address, such as ``on`` for another day than the page's.
    """
    return list_url(query.behind(figure, kind, key, chosen or Filter()), **args)


def place_url(kind: str, key: str) -> str:
    """Return the address of the page of one place; "" where the place is not known."""
    return "" if key == UNPLACED else url_for("places.show", kind=kind, key=key)


def with_args(**changes: Any) -> str:
    """Return the present address with some arguments replaced (None removes one)."""
    kept: dict[str, list[Any]] = {name: [value] for name, value in changes.items() if value is not None}
    for name, value in carried(*changes):
        kept.setdefault(name, []).append(value)
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})


def without(names: Iterable[str]) -> str:
    """Return the present address without some arguments, on the first page of its list."""
    return with_args(**{"page": None, **dict.fromkeys(names)})


def carried(*but: str) -> list[tuple[str, str]]:
    """Return name and value of each argument of the present address that its view takes, without those named.

    Each pair comes once and no longer than is looked at, so that no page repeats what a stranger wrote.
    """
    takes, kept = arguments.of_request().takes, []
    for name, value in request.args.items(multi=True):
        if value and takes(name) and name not in (*but, *RESERVED) and (name != "on" or day_of(value)):
            kept.append((name, arguments.clean(value)[: arguments.MOST]))
    return list(dict.fromkeys(kept))


def here() -> str:
    """Return the present address without what its view does not take."""
    said = urlencode(carried())
    return f"{request.path}?{said}" if said else request.path


def export_url(endpoint: str, form: str) -> str:
    """Return the address of the file that holds the list of the present address."""
    kept: dict[str, list[str]] = {}
    takes = arguments.of(endpoint).takes
    for name, value in carried("form"):
        if not takes(name):
            continue
        kept.setdefault(name, []).append(value)
    return url_for(endpoint, form=form, **kept)  # type: ignore[arg-type]  # its own parameters are never among them


def page_link(number: int) -> str:
    """Return the present address on another page of its list."""
    return with_args(page=number)


def group_url(key: str) -> str:
    """Return the address of the list of the members of a suggested union."""
    return list_url(Filter(group=(key,)))


def filter_of(**conditions: Any) -> Filter:
    """Return the choice of the firms that meet these conditions, for templates."""
    return Filter(**conditions)


def union_filter(key: str, kind: str) -> Filter:
    """Return the choice of the firms that a union covers; a federation covers as a second layer."""
    return Filter(federation=(key,)) if kind == "federation" else Filter(union=(key,))


def map_url(kind: str | None = None, key: str = UNPLACED, chosen: Filter | None = None) -> str:
    """Return the address of the map: of one place, of the places of a kind, or as it opens; for a choice of firms."""
    args = query.write(chosen or Filter())
    return url_for("map.show", kind=kind, key=key or None, **args)


def finest_place(firm: Any) -> tuple[str, str] | None:
    """Return kind and key of the finest place a firm (a row of FIRMS) is known to be in, None if of none.

    With a house number the street is finer than a zone.
    """
    if known(firm.house_no) and known(firm.street) and not known(firm.building) and not known(firm.market):
        return "street", firm.street
    keys = ((kind, getattr(firm, KINDS[kind])) for kind in FINE_FIRST if kind != "county")
    return next(((kind, key) for kind, key in keys if known(key)), None)


def place_of(group: Any) -> str:
    """Return the address of the place that a suggested union (a row of GROUPS) sits in, or of the union it joins."""
    if group.kind == "existing":
        return url_for("unions.show", key=group.place_id)
    return place_url(group.kind, group.place_id) if group.kind in KINDS else ""


def first_of(values: tuple[str, ...]) -> str:
    """Return the one chosen value of a condition as a form writes it, "" if none."""
    return (values[0] or query.NOT_KNOWN) if values else ""
