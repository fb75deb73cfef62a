"""Headers that keep the pages to themselves: nothing from outside, forms with a token, no foreign frame."""

import secrets
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.auth import signed
from app.config import Config

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'unsafe-inline'",  # chart and map libraries set style attributes
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",  # the field page keeps itself on the telephone
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
YEAR_S = 365 * 24 * 3600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}


class _Sessions(SecureCookieSessionInterface):
    """A file is the same for all: its answer neither writes the cookie nor varies with it, so that browsers keep it."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session where it changed, except with a file."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


class _Protect(CSRFProtect):
    """A token in a header is sent by programs only; a cookie also by a form on somebody else's page."""

    def protect(self, **options: Any) -> None:
        """Refuse a change without form token, unless a token of the interface is shown."""
        if request.method in current_app.config["WTF_CSRF_METHODS"] and not signed.by_token():
            super().protect(**options)


def init_app(app: Flask) -> None:
    """Attach CSRF protection, the headers, and the proxy fix if the configuration trusts proxies."""
    config: Config = app.config["ATLAS"]
    app.session_interface = _Sessions()
    _Protect(app)
    app.after_request(_guard)
    app.jinja_env.globals["csp_nonce"] = nonce
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]


def nonce() -> str:
    """Return this answer's nonce for inline scripts (``<script nonce="{{ csp_nonce() }}">``)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_images(*sources: str) -> None:
    """Let images of other hosts (``https://host``) into this answer alone."""
    g.image_sources = sources


def policy(**changes: str) -> str:
    """Return the content policy ; ``changes`` replace directives (``script_src="'self' 'unsafe-inline'"``).

    A view that frames generated HTML (a Folium page) sets it on its own response; it must still name no outside source.
    """
    rules = {**POLICY, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return "; ".join(f"{name} {value}" for name, value in rules.items()).replace("{nonce}", nonce())


def _guard(response: Response) -> Response:
    images = " ".join([POLICY["img-src"], *g.get("image_sources", ())])
    response.headers.setdefault("Content-Security-Policy", policy(img_src=images))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":  # what one has seen is not there for whoever sits down next
        response.headers.setdefault("Cache-Control", "private, no-store")
    elif response.status_code < 400 and (
        "v" in request.args or request.path.endswith(".woff2")
    ):  # the address changes with the file; fonts stay
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response
