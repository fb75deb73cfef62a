"""Commands of ``flask --app app``: each module here defines ``commands``, a list of click commands."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import discovery
from app.db import creating, current
from app.errors import sentence
from geo.errors import AtlasError

DONE, SOME_REJECTED, NOTHING_DONE = 0, 1, 2
"""Exit status of every command."""


class Target(click.Path):
    """A file to write; its folder must be there. Told before any work is done, so that nothing is lost by a typo."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"没有这个文件夹 / there is no folder: {path.parent}", param, ctx)
        return path


class Share(click.ParamType):
    """A share written as a percentage (0.5%) or a fraction (0.005)."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share, from 0 to 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        except ValueError:
            share = -1.0
        if not 0.0 <= share <= 1.0:
            self.fail(f"不是比例 / not a share: {text}（0.5%）", param, ctx)
        return share


class Day(click.DateTime):
    """A day written as 2025-12-31."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the day, as a moment at its beginning."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"没有这一天，应写成 2025-12-31 / no such day, write 2025-12-31: {value}", param, ctx)


def init_app(app: Flask) -> None:
    """Register the commands of every module, each within the application's context and with errors as one sentence."""
    for module in discovery.modules(sys.modules[__name__], "commands"):
        for command in module.commands:
            app.cli.add_command(guarded(command))


def creates(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command make the embedded database where there is none; every other tells that it is missing."""
    callback.creates = True  # type: ignore[attr-defined]
    return callback


def tell_made() -> None:
    """Say, once, that the database is a new one: a mistyped path shows so."""
    database = current()
    if database.made and not database.told.is_set():
        database.told.set()
        click.echo(f"已新建数据库 / new database: {database.engine.url.database}", err=True)


def guarded(command: click.Command) -> click.Command:
    """Wrap the callbacks of a command and its subcommands: an ``AtlasError`` becomes one sentence and exit status 2."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            guarded(child)
    callback = command.callback
    if callback is not None and not getattr(callback, "guarded", False):
        command.callback = _guard(callback)
    return command


def _guard(callback: Callable[..., Any]) -> Callable[..., Any]:
    @with_appcontext
    @functools.wraps(callback)
    def guard(*args: Any, **kwargs: Any) -> Any:
        try:
            with creating(allowed=getattr(callback, "creates", False)):
                return callback(*args, **kwargs)
        except AtlasError as error:
            current_app.logger.debug("command failed", exc_info=error)
            click.echo(sentence(error), err=True)
            raise SystemExit(NOTHING_DONE) from error
        finally:
            tell_made()

    guard.guarded = True  # type: ignore[attr-defined]
    return guard
