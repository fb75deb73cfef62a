"""``serve``: answer requests with waitress."""

import errno
import logging
import threading
from contextlib import suppress

import click
import waitress
from flask import Flask, current_app

from app import runs
from app.auth.signed import visitor
from app.cli import creates, tell_made
from app.cli.sample import load
from app.config import settings
from app.db import session
from geo.errors import AtlasError


class PortError(AtlasError):
    """Another program listens there already."""

    code = "PORT_TAKEN"


@click.command("serve")
@click.option("--host", help="监听地址 / address to listen on (default: ATLAS_HOST)")
@click.option("--port", type=click.IntRange(1, 65535), help="端口 / port (default: ATLAS_PORT)")
@click.option("--sample", is_flag=True, help="先装入演示城市 / load the sample city first, if it is not loaded")
@creates
def serve(host: str | None, port: int | None, *, sample: bool) -> None:
    """启动网页服务 / serve the pages."""
    config = settings()
    host, port = host or config.host, port or config.port
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=config.threads,
            max_request_body_size=config.upload_limit_mb * 2**20,
            ident="atlas",
        )
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise PortError(f"{host}:{port}", detail={"say": f"{host}:{port}"}) from error
    with session():
        pass  # a database that cannot be used is told now, not by the first page
    tell_made()
    if sample:
        click.get_current_context().invoke(load, folder=None, again=False, later=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait a moment is no news
    threading.Thread(target=_warm, args=(app,), name="warm", daemon=True).start()
    if config.worker:
        runs.companion.start(app)
    click.echo(f"图集已启动 / the atlas is at http://{host}:{port}/  （Ctrl+C 停止 / to stop）")
    server.run()


def _warm(app: Flask) -> None:
    """Read what the first page needs, so that nobody waits for it; a fault is told by that page."""
    with suppress(Exception):
        client = visitor(app)
        if client is not None:
            client.get("/")


commands = [serve]
