"""What every template may call: figures in the language's form, links to files with their version, notices."""

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import format_decimal, format_percent, gettext

from app import store
from app.config import settings
from app.db import session, standing
from app.highlight import spans
from app.labels import explain, in_language, label, options, refusal_text
from app.law import cited
from app.reading import kind_name, unplaced
from geo.errors import AtlasError

MISSING = "—"
"""What stands where there is no value."""


def init_app(app: Flask) -> None:
    """Register the filters ``num pct day text`` and the functions ``asset is_sample map_approval``."""
    app.jinja_env.filters.update(num=number, pct=percent, day=day, text=text, in_language=in_language)
    app.jinja_env.tests["known"] = known
    app.jinja_env.globals.update(
        counted=counted, people=people, untold=untold, label=label, explain=explain, options=options,
        refusal_text=refusal_text, spans=spans, cited=cited, kind_name=kind_name, unplaced=unplaced,
    )  # fmt: skip
    app.jinja_env.globals.update(asset=asset, is_sample=is_sample, map_approval=lambda: settings().map_approval)
    app.after_request(_vary)


def known(value: Any) -> bool:
    """Return whether ``value`` is one: not None, NA, NaN, NaT or empty text."""
    if value is None or value is pd.NA or value is pd.NaT or value == "":
        return False
    return not (isinstance(value, float) and math.isnan(value))


def number(value: Any, digits: int = 0) -> str:
    """Return a count or measure with thousands separators."""
    if not known(value):
        return MISSING
    return format_decimal(round(float(value), digits), format=f"#,##0.{'0' * digits}" if digits else "#,##0")


def untold(value: Any, unknown: Any) -> bool:
    """Return whether a sum of workers is nought because not one of the counts behind it is known."""
    return bool(known(unknown) and unknown and not value)


def counted(value: Any, unknown: Any) -> str:
    """Return a sum of workers; where not one of the counts behind it is known, that it is not known."""
    return gettext("人数不详") if untold(value, unknown) else number(value)


def people(value: Any, unknown: Any) -> str:
    """Return a sum of workers with its unit, and for how many firms more the count is not known."""
    if untold(value, unknown):
        return gettext("人数不详")
    known_ones = gettext("%(n)s 人", n=number(value))
    more = gettext("，另有 %(n)s 家人数不详", n=number(unknown)) if known(unknown) and unknown else ""
    return f"{known_ones}{more}"


def told(value: Any, unknown: Any) -> Any:
    """Return a sum of workers as a cell or a map takes it: None where not one of the counts behind it is known."""
    return None if untold(value, unknown) else value


def percent(value: Any, digits: int = 1) -> str:
    """Return a share (0..1, may exceed 1) as a percentage."""
    return format_percent(float(value), format=f"#,##0.{'0' * digits}%") if known(value) else MISSING


def day(value: Any) -> str:
    """Return a date as ``2025-12-31``, in both languages."""
    if not known(value):
        return MISSING
    return value.strftime("%Y-%m-%d") if isinstance(value, (date, datetime)) else str(value)


def text(value: Any) -> str:
    """Return text, or the mark for a missing one."""
    return str(value) if known(value) else MISSING


def asset(path: str) -> str:
    """Return the link to a file in ``static``; it changes with the file, so that browsers may keep it."""
    file = Path(current_app.static_folder or "") / path
    stamp = int(file.stat().st_mtime) if file.exists() else 0
    return url_for("static", filename=path, v=f"{stamp:x}")


def is_sample() -> bool:
    """Return whether the database holds the invented sample city; False where it cannot be asked."""
    if "is_sample" not in g:
        try:
            g.is_sample = standing(("is_sample",), _sample_stored)
        except AtlasError:  # the page that tells of the fault is shown all the same
            g.is_sample = False
    return bool(g.is_sample)


def _sample_stored() -> bool:
    with session() as opened:
        return store.settings.is_sample(opened)


def _vary(response: Response) -> Response:
    # The same address answers htmx with a part and a browser with the page: neither may be kept for the other.
    # A file is the same for all; with the cookie, which changes, a browser would fetch each of them for every page.
    if request.endpoint != "static":
        response.vary.add("HX-Request")
        response.vary.add("Cookie")
    return response
