"""The published census totals, typed in: basis of the coverage rate that the federation's documents use."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import census, store
from app.current import scope
from app.db import session

bp = Blueprint("census", __name__, url_prefix="/census")

UNPROCESSABLE = 422


@bp.get("")
def edit() -> str:
    """Show the form with the totals on record."""
    with session() as opened:
        return _page(census.form_of(census.stored(opened)), _counties())


@bp.post("")
def save() -> Redirect | tuple[str, int]:
    """Keep the totals, or show the form again with what is wrong; a form emptied wholly clears them."""
    counties = _counties()
    form = census.typed(request.form, counties)
    totals, checked = (None, form) if form.blank else census.check(form)
    if totals is None and not form.blank:
        return _page(checked, counties), UNPROCESSABLE
    with session(write=True) as opened:
        census.keep(opened, totals)
    flash(_("普查总数已保存。") if totals else _("普查总数已清空。"), "ok")
    return redirect(url_for("overview.show", _anchor="census"))


def _page(form: census.Form, counties: dict[str, str]) -> str:
    rows = {**counties, census.CITY: _("全市")} if counties else {}
    return render_template("census/page.html", form=form, rows=rows, errors=form.errors or {}, city=census.CITY)


def _counties() -> dict[str, str]:
    with session() as opened:
        divisions = store.read(opened, "divisions", scope())
    rows = divisions[divisions["level"].eq("county") & divisions["valid_to"].isna()]
    return {str(code): str(name) for code, name in rows["name"].sort_index().items()}
