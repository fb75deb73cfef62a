"""Signing in and out."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.auth import accounts, audit, demonstration, signed
from app.db import session as database

bp = Blueprint("signing", __name__)

REFUSED = 401


@bp.get("/sign-in")
def show() -> str | Redirect:
    """Show the form; whoever has signed in goes on."""
    if signed.account() is not None:
        return redirect(_back())
    return _page()


@bp.post("/sign-in")
def enter() -> Redirect | tuple[str, int]:
    """Sign in, or say that login and password do not fit, without saying which."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    now, address = datetime.now(UTC), signed.address()
    with database(write=True) as opened:
        if accounts.locked(opened, login, address, now):
            audit.record(opened, "sign_in_locked", account=login, address=address)
            return _page(login, locked=True), REFUSED
        user = accounts.find(opened, login)
        if not accounts.fits(user, password) or user is None or not demonstration.usable(opened, user):
            audit.record(opened, "sign_in_failed", account=login, address=address)
            return _page(login, wrong=True), REFUSED
        audit.record(opened, "sign_in", account=login, address=address)
    back = _back()
    signed.begin(user)
    return redirect(back)


@bp.post("/sign-out")
def leave() -> Redirect:
    """Sign out; nothing of the session is kept."""
    who = signed.account()
    if who is not None:
        with database(write=True) as opened:
            audit.record(opened, "sign_out", account=str(who.id), address=signed.address())
            signed.end(opened)
    flash(_("已退出。"), "ok")
    return redirect(url_for("signing.show"))


def _page(login: str = "", *, wrong: bool = False, locked: bool = False) -> str:
    with database() as opened:
        offered = demonstration.offered(opened)
        bare = not accounts.every(opened)
    return render_template(
        "auth/sign_in.html", login=login, wrong=wrong, locked=locked, offered=offered, bare=bare,
        password=demonstration.PASSWORD, back=request.values.get("next", ""), expired="expired" in request.args,
        minutes=int(accounts.WINDOW.total_seconds() // 60),
    )  # fmt: skip


def _back() -> str:
    """Return the page to go to, which must be a path of this site."""
    back = request.values.get("next", "")
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if local else url_for("overview.show")
