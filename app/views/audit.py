"""Who did what, for whoever answers for it."""

import io
import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from app.arguments import asks
from app.auth import audit
from app.config import settings
from app.current import day_of
from app.db import session as database
from app.labels import label
from app.listing import page_of
from app.reports.cells import neutral
from app.runs.survey import today
from app.views import Nav
from app.views.accounts import counties

bp = Blueprint("audit", __name__, url_prefix="/audit")
nav = Nav(92, "audit.index", lazy_gettext("操作记录"), "office")


@bp.get("")
@asks("account", "since", page=True, choices={"action": audit.ACTIONS})
def index() -> str:
    """List what was done, newest first."""
    asked = _asked()
    with database() as opened:
        listed = page_of(
            audit.number(opened, **asked),
            lambda first, last: audit.entries(opened, **asked, rows=(first, last)),
            request.args.get("page", 1, type=int),
            settings().page_size,
        )
    return render_template("auth/audit.html", page=listed, actions=audit.ACTIONS, counties=counties())


@bp.get("/list.csv")
@asks("account", "since", choices={"action": audit.ACTIONS})
def export() -> Response:
    """Give the entries as a file."""
    with database() as opened:
        table = audit.entries(opened, **_asked())
    table["action"] = table["action"].map(lambda code: label("audit_action", code))
    table["detail"] = table["detail"].map(lambda detail: json.dumps(detail, ensure_ascii=False) if detail else "")
    table["at"] = table["at"].map(lambda at: at.isoformat(timespec="seconds"))
    for name in ("account", "target", "address", "detail"):
        table[name] = table[name].map(neutral)
    file = io.BytesIO(table.to_csv(index=False).encode("utf-8-sig"))
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=f"操作记录_{today()}.csv")


def _asked() -> dict[str, Any]:
    asked = {name: request.args.get(name, "") for name in ("action", "account")}
    return {**asked, "since": day_of(request.args.get("since", ""))}


@bp.app_template_global("audit_page")
def audit_page(number: int) -> str:
    """Return the address of another page of the list."""
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("action", "account", "since")}
    return url_for("audit.index", page=number, **asked)


@bp.app_template_global("changes")
def changes(detail: Mapping[str, Any], counties: Mapping[str, str]) -> list[str]:
    """Return in words what a change of an account turned into what."""
    words = {"name": _("姓名"), "role": _("角色"), "county": _("范围"), "active": _("状态")}
    return [
        f"{words.get(field, field)}{_('：')}{_value(field, was, counties)} → {_value(field, now, counties)}"
        for field, (was, now) in detail.get("changed", {}).items()
    ]


def _value(field: str, value: Any, counties: Mapping[str, str]) -> str:
    if field == "role":
        return label("account_role", value)
    if field == "county":
        return counties.get(value, value) if value else _("全市")
    if field == "active":
        return _("启用") if value else _("停用")
    return str(value)
