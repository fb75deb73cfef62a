"""Answer a request with a file made of a sheet."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _

from app.reports.sheet import MEDIA, Sheet, comma_separated, xlsx


def download(sheet: Sheet, form: str, more: Sequence[Sheet] = ()) -> Response:
    """Return ``sheet`` as a download in ``form``: xlsx (with ``more`` lists) or csv. It is never kept by caches."""
    body = xlsx(sheet, labels=(_("说明"), _("清单")), more=more) if form == "xlsx" else comma_separated(sheet)
    return send(body, sheet.name, form)


def send(body: bytes, title: str, form: str) -> Response:
    """Return a file made for the moment as a download."""
    answer = Response(body, mimetype=MEDIA[form].split(";", maxsplit=1)[0], content_type=MEDIA[form])
    name = f"{title}.{form}"
    answer.headers["Content-Disposition"] = f"attachment; filename=\"atlas.{form}\"; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
