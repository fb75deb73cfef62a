"""``user``: accounts by command, the first administrator above all."""

import sys
from datetime import UTC, datetime
from typing import NoReturn

import click
from sqlalchemy.orm import Session

from app import store
from app.auth import accounts, audit, tokens
from app.auth.accounts import Wish
from app.auth.roles import ROLES
from app.auth.tokens import TokenWish
from app.cli import DONE, NOTHING_DONE
from app.db import current
from app.labels import label
from app.models import User


@click.group("user")
def user() -> None:
    """账号 / accounts."""


@user.command("create")
@click.argument("login")
@click.option("--name", required=True, help="姓名 / name")
@click.option("--role", type=click.Choice(list(ROLES)), default="administrator", show_default=True, help="角色 / role")
@click.option("--county", default="", help="县（市、区）六位代码，县级角色必填 / county code, for roles of a county")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码 / read the password from standard input")
def create(login: str, name: str, role: str, county: str, *, password_stdin: bool) -> int:
    """新建账号 / make an account; without --password-stdin its password is made and shown."""
    password = _typed(login) if password_stdin else accounts.given()
    with current().session(write=True) as session:
        divisions = store.read(session, "divisions", store.CITY)
        counties = {
            str(code): "" for code in divisions.index[divisions["level"].eq("county") & divisions["valid_to"].isna()]
        }
        wish = Wish(login, name, role, county or None)
        found = accounts.faults(wish, counties)
        if found:
            _refuse(f"有误 / wrong: {', '.join(found)}")
        accounts.make(session, wish, password, at=datetime.now(UTC), must_change=not password_stdin)
        _note(session, "account_made", login)
    click.echo(f"已新建 / made: {login}（{label('account_role', role)}）")
    if not password_stdin:
        click.echo(f"密码 / password: {password}")
    return DONE


@user.command("list")
def listing() -> int:
    """列出账号 / list the accounts."""
    with current().session() as session:
        for found in accounts.every(session):
            state = "启用 / active" if found.active else "停用 / off"
            click.echo(f"{found.key:<24} {found.role:<14} {found.county_code or '':<8} {state}  {found.name}")
    return DONE


@user.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码 / read the password from standard input")
def password(login: str, *, password_stdin: bool) -> int:
    """重设密码 / give an account a new password; it may sign in at once, whatever failed before."""
    new = _typed(login) if password_stdin else accounts.given()
    with current().session(write=True) as session:
        accounts.set_password(_found(session, login), new, must_change=not password_stdin)
        _note(session, "password_given", login)
    click.echo(f"已重设 / set: {login}")
    if not password_stdin:
        click.echo(f"密码 / password: {new}")
    return DONE


@user.command("disable")
@click.argument("login")
def disable(login: str) -> int:
    """停用账号 / switch an account off; sessions end."""
    with current().session(write=True) as session:
        found = _found(session, login)
        found.active, found.stamp = False, ""
        _note(session, "account_changed", login)
    click.echo(f"已停用 / switched off: {login}")
    return DONE


@user.command("enable")
@click.argument("login")
def enable(login: str) -> int:
    """启用账号 / switch an account on again; give it a new password for signing in."""
    with current().session(write=True) as session:
        _found(session, login).active = True
        _note(session, "account_changed", login)
    click.echo(f"已启用 / switched on: {login}")
    return DONE


@user.command("token")
@click.argument("login")
@click.option("--name", required=True, help="用途 / what it is for")
@click.option(
    "--days", type=click.IntRange(1, tokens.MOST_DAYS), default=tokens.USUAL_DAYS, show_default=True,
    help="有效天数 / days it lasts",
)  # fmt: skip
def token(login: str, name: str, days: int) -> int:
    """新建账号的接口令牌，只显示一次 / make a token for programs that read as an account; it is shown this once."""
    now = datetime.now(UTC)
    with current().session(write=True) as session:
        owner = _found(session, login)
        wish = TokenWish(name, days, account=owner.key)
        if tokens.faults(wish, {}):
            _refuse(f"用途最多 {tokens.MOST_NAME} 个字 / at most {tokens.MOST_NAME} characters for --name")
        if tokens.full(session, owner.key, now):
            _refuse(f"有效的令牌已有 {tokens.MOST_OF_ACCOUNT} 个 / there are {tokens.MOST_OF_ACCOUNT} in force")
        made, shown = tokens.make(session, wish, by="command", at=now)
        _note(session, "token_made", f"token:{made.key}")
    click.echo(shown)
    return DONE


@user.command("tokens")
def listed() -> int:
    """列出接口令牌 / list the tokens."""
    now = datetime.now(UTC)
    with current().session() as session:
        for each in tokens.every(session):
            area = each.county_code or ("" if each.account is None else each.account)
            told = label("token_state", tokens.state(each, now))
            click.echo(f"{each.key}  {area:<24} {each.expires_at:%Y-%m-%d}  {told}  {each.name}")
    return DONE


@user.command("revoke")
@click.argument("key")
def revoke(key: str) -> int:
    """收回接口令牌 / take a token back."""
    with current().session(write=True) as session:
        found = tokens.find(session, key)
        if found is None:
            _refuse(f"没有这个令牌 / no such token: {key}")
        tokens.revoke(found, by="command", at=datetime.now(UTC))
        _note(session, "token_revoked", f"token:{key}")
    click.echo(f"已收回 / taken back: {key}")
    return DONE


def _note(session: Session, action: str, login: str) -> None:
    audit.record(session, action, account=login, address="", target=login, detail={"by": "command"})


def _found(session: Session, login: str) -> User:
    found = accounts.find(session, login)
    if found is None:
        _refuse(f"没有这个账号 / no such account: {login}")
    return found


def _typed(login: str) -> str:
    written = sys.stdin.readline().rstrip("\n")
    if accounts.weak(written, login):
        _refuse(f"密码至少 {accounts.LEAST_PASSWORD} 位，且不含账号名 / at least {accounts.LEAST_PASSWORD} characters")
    return written


def _refuse(said: str) -> NoReturn:
    click.echo(said, err=True)
    raise SystemExit(NOTHING_DONE)


commands: list[click.Command] = [user]
