"""One's own password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.auth import accounts, audit, demonstration, signed
from app.db import session as database

bp = Blueprint("password", __name__, url_prefix="/password")

UNPROCESSABLE = 422


@bp.get("")
def show() -> str:
    """Show the form."""
    return _page("")


@bp.post("")
def change() -> Redirect | tuple[str, int]:
    """Change the password; sessions elsewhere end."""
    who = signed.account()
    assert who is not None
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    with database(write=True) as opened:
        user = accounts.find(opened, str(who.id))
        assert user is not None
        fault = _fault(user.key, old, new, again, fits=accounts.fits(user, old))
        if not fault:
            accounts.set_password(user, new, must_change=False)
            audit.record(opened, "password", account=user.key, address=signed.address())
    if fault:
        return _page(fault), UNPROCESSABLE
    signed.begin(user)
    flash(_("密码已修改，其他地方的登录已失效。"), "ok")
    return redirect(url_for("overview.show"))


def _fault(login: str, old: str, new: str, again: str, *, fits: bool) -> str:
    if login in demonstration.LOGINS:
        return _("演示账号的密码不能修改。")
    if not fits:
        return _("现在的密码不对。")
    if new != again:
        return _("两次输入的新密码不一样。")
    if new == old:
        return _("新密码不能与现在的相同。")
    if accounts.weak(new, login):
        return _("新密码至少 %(n)s 位，不能全是几个相同的字符，也不能含有账号名。", n=accounts.LEAST_PASSWORD)
    return ""


def _page(fault: str) -> str:
    return render_template("auth/password.html", fault=fault, least=accounts.LEAST_PASSWORD)
