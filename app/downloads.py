"""Answer a request with a file made of a sheet."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _

from app import reviewer
from app.reports.sheet import MEDIA, Sheet, comma_separated, xlsx
from app.runs.survey import today


def download(sheet: Sheet, form: str, more: Sequence[Sheet] = ()) -> Response:
    """Return ``sheet`` as a download in ``form``: xlsx (with ``more`` lists) or csv. It is never kept by caches."""
    sheet = replace(sheet, mark=sheet.mark or mark(reviewer.name()))
    body = xlsx(sheet, labels=(_("说明"), _("清单")), more=more) if form == "xlsx" else comma_separated(sheet)
    return send(body, sheet.name, form)


def mark(name: str) -> str:
    """Return what a file says of who took it out and when; "" where nobody has signed in."""
    return f"{name} {today().isoformat()}" if name else ""


def send(body: bytes, title: str, form: str) -> Response:
    """Return a file made for the moment as a download."""
    answer = Response(body, mimetype=MEDIA[form].split(";", maxsplit=1)[0], content_type=MEDIA[form])
    name = f"{title}.{form}"
    answer.headers["Content-Disposition"] = f"attachment; filename=\"atlas.{form}\"; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
