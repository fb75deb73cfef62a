"""The overview."""

from flask import Blueprint
from flask_babel import lazy_gettext

from app.errors import NoSurveyError
from app.views import Nav

bp = Blueprint("overview", __name__)
nav = Nav(10, "overview.show", lazy_gettext("总览"))


@bp.get("/")
def show() -> str:
    """Show the city at a glance."""
    raise NoSurveyError("nothing has been surveyed yet")
