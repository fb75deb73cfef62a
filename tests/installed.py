"""Applications on databases that are laid once a test process and copied: migrated, or with a whole city."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from signed_in import account
from sqlalchemy import make_url

from app import create_app
from app.auth.accounts import Wish
from app.config import Config
from app.db import attached

Lay = Callable[[Flask], None]


def installed(
    folder: Path,
    lay: Lay | None = None,
    *,
    server: Any = None,
    people: Iterable[Wish] = (),
    form_tokens: bool = True,
    **settings: Any,
) -> Flask:
    """Return an application in ``folder`` on a database as ``lay`` left it, with accounts of ``people``.

    ``lay`` runs once a process, in an application of its own. The database is an embedded one, or one of ``server``,
    the cluster of the tests. ``settings`` are those of ``Config``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if server is None:
        (folder / "atlas.gpkg").write_bytes(_laid_file(lay))
    else:
        settings["database_url"] = server.database(_laid_database(server, lay))
    app = create_app(Config.from_environment({}, instance=folder, **settings))
    app.config["WTF_CSRF_ENABLED"] = form_tokens
    for wish in people:
        account(app, wish)
    return app


@cache
def _laid_file(lay: Lay | None) -> bytes:
    with TemporaryDirectory() as folder:
        _lay(lay, Path(folder))
        return (Path(folder) / "atlas.gpkg").read_bytes()


@cache
def _laid_database(server: Any, lay: Lay | None) -> str:
    url = server.database()
    with TemporaryDirectory() as folder:
        _lay(lay, Path(folder), database_url=url)
    return str(make_url(url).database)


def _lay(lay: Lay | None, folder: Path, **settings: Any) -> None:
    app = create_app(Config.from_environment({}, instance=folder, worker=False, **settings))
    attached(app).upgrade()
    if lay is not None:
        lay(app)
    attached(app).dispose()  # an embedded database then is whole in its file, the other can be copied
