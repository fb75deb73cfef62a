"""Clients that have signed in: tests of pages are an administrator's, unless they are about who may see what."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient

from app.auth import accounts, signed
from app.auth.accounts import Wish
from app.db import session as database
from geo.errors import AtlasError

TESTER = Wish("tester", "张三", "administrator")
PASSWORD = "a good password"


def account(app: Flask, wish: Wish = TESTER) -> None:
    """Make an account that is not there yet."""
    with app.app_context(), database(write=True) as opened:
        if accounts.find(opened, wish.login) is None:
            accounts.make(opened, wish, PASSWORD, at=datetime.now(UTC), must_change=False)


def sign(client: FlaskClient, login: str = TESTER.login) -> FlaskClient:
    """Let a client stand where signing in leaves it."""
    app = client.application
    with app.app_context(), database() as opened:
        user = accounts.find(opened, login)
        assert user is not None
        stamp = user.stamp
    now = datetime.now(UTC).timestamp()
    with client.session_transaction() as kept:
        kept.update({"_user_id": login, "_fresh": True, "stamp": stamp, "began": now, "seen": now})
    return client


class SignedIn(FlaskClient):
    """A client that signs in as the tester before its first request, where there is a database to sign in to."""

    entered = False

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for a page."""
        if not self.entered:
            self.entered = True
            try:
                account(self.application)
                sign(self)
            except AtlasError:  # a database that cannot be used is what the test is about
                pass
        return super().open(*args, **kwargs)


def stranger(app: Flask) -> FlaskClient:
    """Return a client that has not signed in."""
    client = app.test_client()
    assert isinstance(client, SignedIn)
    client.entered = True
    return client


def cookie(app: Flask, login: str = TESTER.login) -> str:
    """Return what a browser of somebody who has signed in sends."""
    account(app)
    client = sign(stranger(app), login)
    kept = client.get_cookie("atlas")
    assert kept is not None
    return f"{kept.key}={kept.value}"


class Entered:
    """An application whose every visitor has signed in as the tester; what the browser then keeps is its own."""

    def __init__(self, app: Flask) -> None:
        self._app, self._cookie = app, cookie(app)

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Answer a request."""
        kept = environ.get("HTTP_COOKIE", "")
        if "atlas=" not in kept:
            environ["HTTP_COOKIE"] = "; ".join(filter(None, (kept, self._cookie)))
        return self._app(environ, start)


@contextmanager
def acting(app: Flask, path: str = "/", login: str = TESTER.login) -> Iterator[None]:
    """A request of somebody who has signed in, for what is asked of functions rather than of pages."""
    account(app)
    with app.app_context(), database() as opened:
        user = accounts.find(opened, login)
        assert user is not None
        who = signed.Account(user)
    with app.test_request_context(path):
        g._login_user = who
        yield
