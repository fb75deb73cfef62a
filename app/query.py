"""A choice of firms as the query part of an address, and back: every figure's link says what it counts."""

from dataclasses import fields
from typing import Any

from werkzeug.datastructures import MultiDict

from geo.coverage import UNPLACED
from geo.gaps import FIGURES, Filter

NOT_KNOWN = "-"
"""How the address writes ``UNPLACED``, since an empty field of a form means "any"."""

MOST_TEXT, MOST_WORDS = 200, 10
"""Characters and words of a search text that are looked at; a view refuses more (``app.arguments``)."""

_DEFAULTS = Filter()
LISTS = tuple(field.name for field in fields(Filter) if isinstance(getattr(_DEFAULTS, field.name), tuple))
SWITCHES = tuple(field.name for field in fields(Filter) if getattr(_DEFAULTS, field.name) is None)
NAMES = frozenset(field.name for field in fields(Filter))
"""Every condition, as arguments of an address name it."""

CODE_LISTS = {
    "size": "size_class", "location": "location_status", "excluded": "excluded_because", "left": "left_because",
    "flag": "firm_flag", "placed": "place_kind",
}  # fmt: skip
"""The list of codes that the values of a condition are from, where it is not called like the condition."""

_FLAG = {"1": True, "0": False}


def read(args: MultiDict[str, str]) -> Filter:
    """Return the choice that an address's arguments say; what is not understood does not restrict.

    A view refuses such values before it reads them (``app.arguments``).
    """
    chosen: dict[str, Any] = {}
    for name in LISTS:
        values = tuple(dict.fromkeys(value for value in args.getlist(name) if value))
        chosen[name] = tuple(UNPLACED if value == NOT_KNOWN else value for value in values)
    for name in SWITCHES:
        chosen[name] = _FLAG.get(args.get(name, ""))
    return Filter(**chosen, text=words(args.get("text", "")))


def words(text: str) -> str:
    """Return a search text as it is looked for: of bounded length, each word once, one blank between them."""
    return " ".join(_words(text[:MOST_TEXT])[:MOST_WORDS])


def too_long(text: str) -> bool:
    """Return whether a search text has more characters or different words than are looked for."""
    return len(text) > MOST_TEXT or len(_words(text)) > MOST_WORDS


def _words(text: str) -> list[str]:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return list(dict.fromkeys(shown.split()))


def write(chosen: Filter) -> dict[str, Any]:
    """Return the arguments that ``read`` turns into the same choice."""
    args: dict[str, Any] = {}
    for name, value in chosen.conditions().items():
        if isinstance(value, tuple):
            args[name] = [NOT_KNOWN if item == UNPLACED else item for item in value]
        else:
            args[name] = str(int(value)) if isinstance(value, bool) else value
    return args


def both(first: Filter, second: Filter) -> Filter | None:
    """Return the choice of firms that meet both, None if nothing can."""
    joined = dict(first.conditions())
    for name, value in second.conditions().items():
        if name not in joined or joined[name] == value:
            joined[name] = value
        elif name == "text":
            joined[name] = f"{joined[name]} {value}"
        elif isinstance(value, tuple):
            joined[name] = tuple(item for item in joined[name] if item in value)
            if not joined[name]:
                return None
        else:
            return None
    return Filter(**joined)


def behind(figure: str, kind: str | None, key: str, chosen: Filter) -> Filter | None:
    """Return the choice behind one figure of one place, within what the page has chosen already."""
    within = chosen if kind is None else both(chosen, of_place(kind, key))
    return None if within is None else both(within, FIGURES[figure])


def of_place(kind: str, key: str) -> Filter:
    """Return the choice of the firms of one place, or of one code of a list."""
    return Filter().but(**{kind: (key,)})
