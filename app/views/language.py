"""The language switch: keep the visitor's choice in a cookie and go back to the page."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from app.config import settings
from app.errors import NotFoundError
from app.i18n import COOKIE, LANGUAGES

bp = Blueprint("language", __name__)

YEAR_S = 365 * 24 * 3600


@bp.get("/language/<code>")
def choose(code: str) -> Response:
    """Remember ``code`` and return to ``next``, which must be a path of this site."""
    if code not in LANGUAGES:
        raise NotFoundError(f"no language {code!r}")
    back = request.args.get("next", "/")
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    answer = redirect(back.rstrip("?") if local else "/")
    answer.set_cookie(COOKIE, code, max_age=YEAR_S, samesite="Lax", secure=settings().secure_cookies)
    return answer
