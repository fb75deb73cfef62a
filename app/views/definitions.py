"""What each figure means, with its value of the day."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext

from app.arguments import asks
from app.current import census_totals, reading
from app.definitions import SECTIONS
from app.errors import NoSurveyError
from app.views import Nav
from geo.coverage import RATES
from geo.gaps import FIGURES

OPENS = {rate.name: rate.part for rate in RATES if rate.part in FIGURES} | {figure: figure for figure in FIGURES}
"""The figure whose list a figure opens: a rate that of its numerator."""

bp = Blueprint("definitions", __name__)
nav = Nav(90, "definitions.show", lazy_gettext("指标说明"), "data")


@bp.get("/definitions")
@asks()
def show() -> str:
    """Explain every figure; before the first survey without values."""
    census = census_totals()
    common = {"sections": SECTIONS, "opens": OPENS, "census": census}
    try:
        read = reading()
    except NoSurveyError:
        return render_template("definitions/page.html", read=None, total=None, **common)
    total = read.figures_on_census(None, census).loc["all"]
    return render_template("definitions/page.html", read=read, total=total, **common)
