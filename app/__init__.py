"""The Flask shell around ``geo``: reads a request, calls one function of ``geo``, stores or shows the answer."""

from flask import Flask

from app import api, cli, current, db, errors, i18n, links, pages, security, views
from app.auth import signed
from app.config import ROOT, Config


def create_app(config: Config | None = None) -> Flask:
    """Return the wired application. Nothing touches the database before a request or a command asks for it."""
    config = config or Config.from_environment()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        instance_path=str(config.instance.resolve()),
    )
    app.config.from_mapping(
        ATLAS=config,
        DATABASE_URL=config.database,
        SECRET_KEY=config.secret(),
        MAX_CONTENT_LENGTH=config.upload_limit_mb * 2**20,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_NAME="atlas",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_REFRESH_EACH_REQUEST=False,  # written when something in it changes: once a minute, not with every file
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.url_map.strict_slashes = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    db.attach(app)
    for part in (i18n, pages, links, current, security, signed, api, errors, views, cli):
        part.init_app(app)
    return app
