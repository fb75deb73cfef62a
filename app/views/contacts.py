"""Whom to ask for in a firm: for those allowed, each look on record, kept for a time, on no map, list or file."""

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import store
from app.arguments import asks
from app.auth import signed
from app.current import day_of, reading, scope
from app.db import session
from app.errors import NotFoundError
from app.pages import known
from app.reading import Reading
from app.runs.survey import today
from app.store.contacts import Told

bp = Blueprint("contacts", __name__, url_prefix="/contacts")

USUAL_DAYS, MOST_DAYS = 365, 730
"""Days for which a contact is kept unless another day is given, and at most; our own choice."""
MOST = {"person": 40, "source": 100}
UNPROCESSABLE = 422
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,18}[0-9]")


@bp.get("/<path:key>")
@asks()
def show(key: str) -> str:
    """Show the contact of a firm; the look is put on record."""
    read = _known(key)
    with session(write=True) as opened:
        store.contacts.expire(opened, today())
        found = store.contacts.read(opened, key, scope(), today=today())
        if found is not None:
            signed.note(opened, "contacts", read.firm_name(key), enterprise=key)
    return _page(read, key, found)


@bp.post("/<path:key>")
def change(key: str) -> str | tuple[str, int] | Redirect:
    """Keep a contact, or take it away (``act=forget``)."""
    read = _known(key)
    if request.form.get("act") == "forget":
        with session(write=True) as opened:
            store.contacts.forget(opened, key)
        flash(_("联系方式已删除。"), "ok")
        return redirect(url_for("ledger.show", key=key))
    told, faults = _typed()
    if told is None:
        return _page(read, key, None, faults), UNPROCESSABLE
    county = read.survey.firms.at[key, "county_code"]
    with session(write=True) as opened:
        store.contacts.keep(
            opened, key, str(county) if known(county) else None, told, by=signed.login(), at=datetime.now(UTC)
        )
    flash(_("联系方式已保存，到期自动删除。"), "ok")
    return redirect(url_for("ledger.show", key=key))


def _known(key: str) -> Reading:
    read = reading()
    if key not in read.survey.firms.index:
        raise NotFoundError(f"no firm {key!r}")
    return read


def _page(read: Reading, key: str, found: Told | None, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "ledger/contact.html", read=read, key=key, name=read.firm_name(key), found=found, faults=faults or {},
        form=request.form, usual=today() + timedelta(USUAL_DAYS), most=today() + timedelta(MOST_DAYS), most_of=MOST,
    )  # fmt: skip


def _typed() -> tuple[Told | None, dict[str, str]]:
    texts = {name: request.form.get(name, "").strip() for name in ("person", "phone", "source", "keep_until")}
    faults = {}
    for name, most in MOST.items():
        if not texts[name] or len(texts[name]) > most:
            faults[name] = _("请填写，不超过 %(n)s 个字。", n=most)
    if not _PHONE.fullmatch(texts["phone"]):
        faults["phone"] = _("请填电话号码，如 0513-85512345 或 13800138000。")
    until = day_of(texts["keep_until"])
    if until is None or not today() < until <= today() + timedelta(MOST_DAYS):
        faults["keep_until"] = _("请填今天以后、两年以内的日期，写成 2026-03-05。")
    if faults or until is None:
        return None, faults
    return Told(texts["person"], texts["phone"], texts["source"], until), {}


@bp.app_template_global("contact_masked")
def contact_masked(key: str) -> str | None:
    """Return what may stand on a firm's page: surname and the number's ends, None without a contact or the right."""
    if not signed.may("contacts"):
        return None
    with session() as opened:
        found = store.contacts.read(opened, key, scope(), today=today())
    if found is None:
        return None
    digits = re.sub(r"\D", "", found.phone)
    return f"{found.person[:1]}** {digits[:3]}****{digits[-2:]}"
