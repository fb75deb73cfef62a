"""Pages: each module here defines ``bp``, a Blueprint, and, if it belongs in the navigation, ``nav``."""

import sys
from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString, lazy_gettext

from app import discovery
from app.auth import signed

GROUPS = {
    "work": lazy_gettext("工作"),
    "year": lazy_gettext("年度"),
    "data": lazy_gettext("数据"),
    "office": lazy_gettext("管理"),
}
"""Menus of the navigation: what is done about gaps, the year and its conference, the data, the installation."""


@dataclass(frozen=True)
class Nav:
    """One entry of the navigation: where it stands, where it leads, what it is called, in which of ``GROUPS``."""

    order: int
    endpoint: str
    label: LazyString
    group: str = ""

    @property
    def page(self) -> str:
        """Name of the blueprint that it leads to."""
        return self.endpoint.partition(".")[0]


def init_app(app: Flask) -> None:
    """Register the blueprints and collect the navigation."""
    entries = []
    for module in discovery.modules(sys.modules[__name__], "bp"):
        app.register_blueprint(module.bp)
        entries += [module.nav] if hasattr(module, "nav") else []
    ordered = sorted(entries, key=lambda entry: entry.order)
    app.jinja_env.globals["navigation"] = lambda: _menus(
        [entry for entry in ordered if signed.may_open(entry.endpoint)]
    )


def _menus(entries: list[Nav]) -> list[tuple[LazyString, list[Nav]]]:
    """Return entries by menu, in order; a menu of one entry is that entry, and bears its name."""
    menus: dict[str, list[Nav]] = {}
    for entry in entries:
        menus.setdefault(entry.group or entry.endpoint, []).append(entry)
    return [(GROUPS[group] if len(listed) > 1 else listed[0].label, listed) for group, listed in menus.items()]
