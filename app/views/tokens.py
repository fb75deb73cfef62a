"""Tokens of programs: one's own, and for the administrator everybody's."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import accounts, demonstration, signed, tokens
from app.auth.roles import OF_A_COUNTY
from app.auth.tokens import TokenWish
from app.db import session as database
from app.errors import NotFoundError
from app.models import ApiToken
from app.views.accounts import UNPROCESSABLE, RefusedError, counties

bp = Blueprint("tokens", __name__, url_prefix="/tokens")

OWN, APART = "own", "apart"
"""Whom a new token acts for: its maker, or nobody but itself."""

_Page = str | tuple[str, int]


@bp.get("")
def index() -> str:
    """List the tokens, with the form for a new one."""
    return _page()


@bp.post("")
def make() -> _Page:
    """Make a token, which the page shows this once."""
    now, wish = datetime.now(UTC), _wish()
    try:
        with database(write=True) as opened:
            _check(opened, wish, now)
            token, shown = tokens.make(opened, wish, by=signed.login(), at=now)
            _note(opened, "token_made", token)
    except RefusedError as error:
        return _page(str(error), wish), UNPROCESSABLE
    return _page(given=(token.name, shown))


@bp.post("/<key>/revoke")
def revoke(key: str) -> str:
    """Take a token back: one's own, the administrator any."""
    with database(write=True) as opened:
        token = tokens.find(opened, key)
        if token is None or not (_minds_all() or token.account == signed.login()):
            raise NotFoundError(f"no token {key!r}")
        tokens.revoke(token, by=signed.login(), at=datetime.now(UTC))
        _note(opened, "token_revoked", token)
    return _page(saved=token.name)


def _wish() -> TokenWish:
    form = request.form
    name, days = form.get("name", "").strip(), form.get("days", "")
    lasts = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    if form.get("whose", OWN) == OWN:
        return TokenWish(name, lasts, account=signed.login())
    return TokenWish(name, lasts, role=form.get("role", ""), county_code=form.get("county") or None)


def _check(opened: Session, wish: TokenWish, now: datetime) -> None:
    apart = wish.account is None
    if apart and not _minds_all():
        raise RefusedError(_("只有市管理员能建不属于任何账号的令牌。"))
    if apart and signed.login() in demonstration.LOGINS:
        raise RefusedError(_("演示账号只能给自己建令牌；清除演示数据后它们失效。"))
    if wish.account is not None and tokens.full(opened, wish.account, now):
        raise RefusedError(_("一个账号最多有 %(n)s 个有效的令牌，请先收回不用的。", n=tokens.MOST_OF_ACCOUNT))
    words = {
        "name": _("请写明用途，最多 %(n)s 个字。", n=tokens.MOST_NAME),
        "days": _("有效期为 1 到 %(n)s 天。", n=tokens.MOST_DAYS),
        "role": _("请选角色。"),
        "county": _("县级角色须选一个县（市、区），市级角色不选。"),
    }
    found = tokens.faults(wish, counties())
    if found:
        raise RefusedError(" ".join(words[fault] for fault in found))


def _minds_all() -> bool:
    return signed.may("accounts")


def _note(opened: Session, action: str, token: ApiToken) -> None:
    detail = {"name": token.name, "account": token.account or "", "county": token.county_code or ""}
    signed.note(opened, action, f"token:{token.key}", **detail)


def _page(
    fault: str = "", wish: TokenWish | None = None, *, given: tuple[str, str] | None = None, saved: str = ""
) -> str:
    now, everybody = datetime.now(UTC), _minds_all()
    with database() as opened:
        listed = tokens.every(opened, None if everybody else signed.login())
        owners = {user.key: user for user in accounts.every(opened)}
    rows = [_row(token, owners, now) for token in listed]
    usual = TokenWish("", tokens.USUAL_DAYS, account=signed.login())
    return render_template(
        "interface/tokens.html", rows=rows, fault=fault, wish=wish or usual,
        given=given, saved=saved, everybody=everybody, roles=tokens.OWN_ROLES, counties=counties(),
        of_a_county=OF_A_COUNTY, most_days=tokens.MOST_DAYS, most_name=tokens.MOST_NAME,
    )  # fmt: skip


def _row(token: ApiToken, owners: dict[str, Any], now: datetime) -> dict[str, Any]:
    owner = owners.get(token.account or "")
    role, county = (token.role, token.county_code) if owner is None else (owner.role, owner.county_code)
    state = tokens.state(token, now)
    idle = state == "valid" and token.account is not None and (owner is None or not owner.active)
    return {"token": token, "state": state, "role": role, "county": county, "idle": idle}
