"""Pages: each module here defines ``bp``, a Blueprint, and, if it belongs in the navigation, ``nav``."""

import sys
from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString

from app import discovery


@dataclass(frozen=True)
class Nav:
    """One entry of the navigation: where it stands, where it leads, what it is called."""

    order: int
    endpoint: str
    label: LazyString


def init_app(app: Flask) -> None:
    """Register the blueprints and collect the navigation."""
    entries = []
    for module in discovery.modules(sys.modules[__name__], "bp"):
        app.register_blueprint(module.bp)
        entries += [module.nav] if hasattr(module, "nav") else []
    app.jinja_env.globals["navigation"] = sorted(entries, key=lambda entry: entry.order)
