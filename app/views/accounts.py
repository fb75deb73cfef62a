"""Accounts of others: who may sign in, as what, for which area."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app import store
from app.auth import accounts, demonstration, signed
from app.auth.accounts import AccountError, Wish
from app.auth.roles import EITHER, OF_A_COUNTY, ROLES
from app.db import session as database
from app.errors import NotFoundError
from app.models import User
from app.views import Nav
from geo.errors import AtlasError

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
nav = Nav(90, "accounts.index", lazy_gettext("账号管理"), "office")

UNPROCESSABLE = 422
_Page = str | tuple[str, int]


class RefusedError(AtlasError):
    """What was asked for an account cannot be; the message is for the page."""

    code = "ACCOUNT"


@bp.get("")
def index() -> str:
    """List the accounts, with the form for a new one."""
    return _page()


@bp.post("")
def make() -> _Page:
    """Make an account with a given password, which the page shows this once."""
    county = request.form.get("county") or None
    login, name, role = (request.form.get(field, "").strip() for field in ("login", "name", "role"))
    wish = Wish(login, name, role, county)
    password = accounts.given()
    try:
        with database(write=True) as opened:
            _lasting()
            _check(wish)
            accounts.make(opened, wish, password, at=datetime.now(UTC))
            _note(opened, "account_made", wish.login, role=wish.role, county=county or "")
    except AccountError:
        return _page(_("这个账号名已经有人用了。"), wish), UNPROCESSABLE
    except RefusedError as error:
        return _page(str(error), wish), UNPROCESSABLE
    return _page(given=(wish.login, password))


@bp.post("/<path:login>")
def change(login: str) -> _Page:
    """Change role and area (``act=save``), switch off or on, or give a new password (``act=password``)."""
    act, given = request.form.get("act", ""), None
    try:
        with database(write=True) as opened:
            user = accounts.find(opened, login)
            if user is None:
                raise NotFoundError(f"no account {login!r}")
            _lasting()
            if user.key in demonstration.LOGINS:
                raise RefusedError(_("演示账号不能改动；清除演示数据后它们不再能登录。"))
            before = _state(user)
            if act == "password":
                given = (login, accounts.given())
                accounts.set_password(user, given[1], must_change=True)
            elif act in ("off", "on"):
                _switch(opened, user, on=act == "on")
            elif act == "save":
                _rewrite(opened, user)
            else:
                raise RefusedError(_("这个回答用不上"))
            after = _state(user)
            changed = {field: [was, after[field]] for field, was in before.items() if was != after[field]}
            _note(opened, "password_given" if given else "account_changed", login, act=act, changed=changed)
    except RefusedError as error:
        return _page(str(error)), UNPROCESSABLE
    return _page(given=given, saved=login)


def _state(user: User) -> dict[str, str | bool]:
    return {"name": user.name, "role": user.role, "county": user.county_code or "", "active": user.active}


def _switch(opened: Session, user: User, *, on: bool) -> None:
    if not on and accounts.last_administrator(opened, user):
        raise RefusedError(_("这是最后一个市管理员，不能停用。"))
    user.active = on
    if not on:
        user.stamp = ""


def _rewrite(opened: Session, user: User) -> None:
    wish = Wish(
        user.key, request.form.get("name", "").strip(), request.form.get("role", ""), request.form.get("county") or None
    )
    _check(wish)
    if wish.role != "administrator" and accounts.last_administrator(opened, user):
        raise RefusedError(_("这是最后一个市管理员，不能换成别的角色。"))
    user.name, user.role, user.county_code = wish.name, wish.role, wish.county_code


def _lasting() -> None:
    """Refuse what an account of the sample asks: whose password is public must leave nobody behind who stays."""
    if _bound():
        raise RefusedError(_("演示账号不能新建或改动账号，请在服务器上用命令建立第一个市管理员。"))


def _bound() -> bool:
    return signed.login() in demonstration.LOGINS


def _check(wish: Wish) -> None:
    words = {
        "login": _("账号名须为 1–%(n)s 个字符，不含空格。", n=accounts.MOST_LOGIN),
        "name": _("请填姓名，最多 %(n)s 个字。", n=accounts.MOST_NAME),
        "role": _("请选角色。"),
        "county": _("县级角色须选一个县（市、区），市级角色不选。"),
    }
    found = accounts.faults(wish, counties())
    if found:
        raise RefusedError(" ".join(words[fault] for fault in found))


def _note(opened: Session, action: str, login: str, **detail: Any) -> None:
    signed.note(opened, action, login, of=login if action == "password_given" else None, **detail, by=signed.login())


def counties() -> dict[str, str]:
    """Return today's counties by code, all of the city: whoever sees to accounts sees to all of it."""
    with database() as opened:
        divisions = store.read(opened, "divisions", store.CITY)
    rows = divisions[divisions["level"].eq("county") & divisions["valid_to"].isna()]
    return {str(code): str(name) for code, name in rows["name"].sort_index().items()}


def _page(fault: str = "", wish: Wish | None = None, *, given: tuple[str, str] | None = None, saved: str = "") -> str:
    with database() as opened:
        listed = accounts.every(opened)
    return render_template(
        "auth/accounts.html", listed=listed, counties=counties(), roles=list(ROLES), fault=fault, given=given,
        wish=wish or Wish("", "", "viewer"), saved=saved, of_a_county=OF_A_COUNTY | EITHER, sample=demonstration.LOGINS,
        bound=_bound(),
    )  # fmt: skip
