"""The gate before every page: who has signed in, for how long, and whether the role may use the route."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, session, url_for
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from app import store
from app.auth import accounts, audit, demonstration, tokens
from app.auth.roles import OPEN, OWN, ROLES
from app.auth.routes import READING, ROUTES
from app.config import settings
from app.db import session as database
from app.db import standing
from app.models import ApiToken, User

_REMEMBERED_S = 60
"""Seconds after which the moment of the last request is written down anew."""

BAD_REQUEST, UNAUTHORISED, FORBIDDEN, TOO_MANY = 400, 401, 403, 429
API = "/api/"
"""Beginning of the addresses that programs ask; only there does a token count."""


class Account(UserMixin):
    """Whoever has signed in or shown a token, as long as a request lasts. ``token`` is the key of a token."""

    def __init__(self, user: User, token: str | None = None) -> None:
        self.id, self.name, self.role, self.county_code = user.key, user.name, user.role, user.county_code
        self.must_change, self.stamp, self.token = user.must_change, user.stamp, token

    def may(self, right: str) -> bool:
        """Return whether the role has a right; a token is for reading alone, whatever the role."""
        if self.token is not None and right not in (OPEN, *tokens.RIGHTS):
            return False
        return right in (OPEN, OWN) or right in ROLES.get(self.role, ())


def init_app(app: Flask) -> None:
    """Attach the gate and the audit of changes and exports."""
    manager = LoginManager(app)
    manager.session_protection = None  # offices change addresses; our own stamp and clock end a session
    manager.user_loader(_load)
    manager.request_loader(_of_token)
    app.before_request(_gate)
    app.after_request(_note)
    app.jinja_env.globals.update(account=account, may=may, may_open=may_open)


def account() -> Account | None:
    """Return who has signed in, None if nobody."""
    return current_user._get_current_object() if current_user and current_user.is_authenticated else None


def login() -> str:
    """Return the login of who has signed in, empty if nobody."""
    who = account()
    return "" if who is None else str(who.id)


def may(right: str) -> bool:
    """Return whether who has signed in has a right."""
    who = account()
    return who is not None and who.may(right)


def may_open(endpoint: str) -> bool:
    """Return whether who has signed in may open a route."""
    return may(ROUTES.get(endpoint, ""))


def area() -> store.Scope:
    """Return the area of who has signed in. Without anybody no request may read anything: it is refused."""
    who = account()
    if who is None:
        abort(FORBIDDEN)
    return store.Scope(who.county_code) if who.county_code else store.CITY


def begin(user: User) -> None:
    """Sign an account in: a new session, so that nothing of the one before is kept."""
    session.clear()
    login_user(Account(user))
    now = datetime.now(UTC).timestamp()
    session.update({"id": secrets.token_hex(16), "stamp": user.stamp, "began": now, "seen": now})
    session.permanent = True


def end(opened: Session) -> None:
    """Sign out: nothing of the session is kept, and a copy of its cookie is of no use."""
    if "id" in session:
        whole = timedelta(hours=settings().session_hours)
        accounts.end_session(opened, session["id"], datetime.now(UTC), whole)
    session.clear()


def by_token() -> bool:
    """Return whether the request shows a Bearer token that is accepted: no page of strangers can make one do so."""
    who = account()
    return who is not None and who.token is not None and _scheme() == "bearer"


def address() -> str:
    """Return the address that a request comes from."""
    return request.remote_addr or ""


def visitor(app: Flask) -> FlaskClient | None:
    """Return a client that an account of the whole city has signed in with; None without such an account."""
    with app.app_context(), database() as opened:
        user = next((user for user in accounts.every(opened) if user.active and user.county_code is None), None)
    if user is None:
        return None
    client = app.test_client()
    with client.session_transaction() as kept:
        now = datetime.now(UTC).timestamp()
        kept.update({"_user_id": user.key, "_fresh": True, "stamp": user.stamp, "began": now, "seen": now})
    return client


def note(opened: Session, action: str, target: str, *, of: str | None = None, **detail: Any) -> None:
    """Record what is done in its own words, instead of the plain entry that every change gets.

    ``of`` is the account that it is told of, where that is not who has signed in.
    """
    audit.record(opened, action, account=of or login(), address=address(), target=target, detail=detail)
    g.noted = True


def _scheme() -> str:
    return request.headers.get("Authorization", "").strip().partition(" ")[0].lower()


def _shows_token() -> bool:
    return request.path.startswith(API) and "Authorization" in request.headers


def _of_token(_request: Any) -> Account | None:
    """Return whom the token of a request stands for, None where it shows none or none that is accepted."""
    if not _shows_token():
        return None
    now, shown = datetime.now(UTC), tokens.shown_in(request.headers["Authorization"])
    with database() as opened:
        token = tokens.recognise(opened, shown)
        who = _stood_for(opened, token, now) if token is not None else None
        used = token.last_used_at if token is not None else None
        fresh = used is not None and (now - used).total_seconds() < _REMEMBERED_S
        blocked = who is None and tokens.blocked(opened, address(), now)
    if who is None:
        g.token_fault = "blocked" if blocked else "refused"
        if not blocked:
            _failed(shown)
    elif not fresh:
        _used(str(who.token), now)
    return who


def _stood_for(opened: Session, token: ApiToken, now: datetime) -> Account | None:
    if tokens.state(token, now) != "valid":
        return None
    if token.account is None:
        own = User(
            key=f"token:{token.key}", name=token.name, role=token.role or "", county_code=token.county_code,
            must_change=False, stamp="",
        )  # fmt: skip
        return Account(own, token.key)
    user = accounts.find(opened, token.account)
    if user is None or not user.active or user.must_change or not demonstration.usable(opened, user):
        return None
    return Account(user, token.key)


def _used(key: str, now: datetime) -> None:
    with database(write=True) as opened:
        token = tokens.find(opened, key)
        if token is not None:
            token.last_used_at, token.last_address = now, address()


def _failed(shown: str) -> None:
    """Record a token that was not accepted, by the part that is no secret."""
    key = shown.split("_", 2)[1] if shown.startswith(f"{tokens.PREFIX}_") and shown.count("_") >= 2 else ""
    with database(write=True) as opened:
        audit.record(opened, "token_failed", account=f"token:{key[:20]}", address=address(), target=request.path)


def _load(key: str) -> Account | None:
    if _shows_token():
        return None  # what is shown decides: a wrong token is told so, whoever else has signed in at that browser
    now, config = datetime.now(UTC).timestamp(), settings()
    seen, began = float(session.get("seen", 0)), float(session.get("began", 0))
    idle, whole = timedelta(minutes=config.idle_minutes), timedelta(hours=config.session_hours)
    if now - seen > idle.total_seconds() or now - began > whole.total_seconds():
        g.expired = True
        return None
    opened_as = str(session.get("id", ""))
    user = standing(("account", key, opened_as), lambda: _usable(key, opened_as))
    if user is None or user.stamp != session.get("stamp"):
        return None
    if now - seen > _REMEMBERED_S:
        session["seen"] = now
    return Account(user)


def _usable(key: str, opened_as: str) -> User | None:
    """Return the account of a login if it may be used now, in the session of that key."""
    with database() as opened:
        user = accounts.find(opened, key)
        known = user is not None and user.active and demonstration.usable(opened, user)
        return user if known and not accounts.ended(opened, opened_as) else None


def _gate() -> Answer | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such route: told as such
    right = ROUTES.get(endpoint)
    if right == OPEN:
        return None
    who = account()
    if who is None:
        return _ask()
    if right is None or not who.may(right):
        if right is None:
            current_app.logger.error("route %s names no right", endpoint)
        _record("refused", who)
        abort(FORBIDDEN)
    if who.must_change and right != OWN:
        if request.path.startswith(API):
            abort(FORBIDDEN)
        return redirect(url_for("password.show"))
    return None


def _ask() -> Answer:
    """Send to the sign-in page, and back to where a page was asked for."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.path.startswith(API):
        abort(TOO_MANY if g.get("token_fault") == "blocked" else UNAUTHORISED)
    if request.accept_mimetypes.best == "application/json":
        abort(UNAUTHORISED)
    here = request.headers.get("HX-Current-URL", "")
    if "HX-Request" in request.headers:
        back = "/" + here.split("/", 3)[3] if here.count("/") >= 3 else None
    to = url_for("signing.show", next=back, expired=1 if g.get("expired") else None)
    if "HX-Request" in request.headers:
        answer = make_response("", UNAUTHORISED)
        answer.headers["HX-Redirect"] = to
        return answer
    return redirect(to)


def _note(response: Response) -> Response:
    """Record changes and exports that were answered."""
    right = ROUTES.get(request.endpoint or "")
    if right is None or response.status_code >= BAD_REQUEST or request.method == "HEAD":
        return response
    who = account() if right != OPEN else None
    if who is not None and right == "export":
        _record("export", who)
    elif who is not None and right not in READING and request.method != "GET" and "noted" not in g:
        _record("change", who)
    return response


def _record(action: str, who: Account) -> None:
    detail: dict[str, Any] = {"method": request.method, "endpoint": request.endpoint}
    if who.token is not None:
        detail["token"] = who.token
    with database(write=True) as opened:
        audit.record(
            opened, action, account=str(who.id), address=address(), target=request.full_path.rstrip("?"), detail=detail
        )
