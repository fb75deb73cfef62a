"""Who did what, for whoever answers for it."""

import io
from typing import Any

import pandas as pd
from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from app.arguments import asks
from app.auth import audit
from app.config import settings
from app.current import day_of
from app.db import session as database
from app.labels import label
from app.listing import page
from app.reports.cells import neutral
from app.runs.survey import today
from app.views import Nav

bp = Blueprint("audit", __name__, url_prefix="/audit")
nav = Nav(92, "audit.index", lazy_gettext("操作记录"), "office")


@bp.get("")
@asks("account", "since", page=True, choices={"action": audit.ACTIONS})
def index() -> str:
    """List what was done, newest first."""
    listed = page(_entries(), request.args.get("page", 1, type=int), settings().page_size)
    return render_template("auth/audit.html", page=listed, actions=audit.ACTIONS)


@bp.get("/list.csv")
@asks("account", "since", choices={"action": audit.ACTIONS})
def export() -> Response:
    """Give the entries as a file."""
    table = _entries()
    table["action"] = table["action"].map(lambda code: label("audit_action", code))
    table["at"] = table["at"].map(lambda at: at.isoformat(timespec="seconds"))
    for name in ("account", "target", "address"):
        table[name] = table[name].map(neutral)
    file = io.BytesIO(table.to_csv(index=False).encode("utf-8-sig"))
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=f"操作记录_{today()}.csv")


def _entries() -> pd.DataFrame:
    asked = {name: request.args.get(name, "") for name in ("action", "account")}
    with database() as opened:
        return audit.entries(opened, since=day_of(request.args.get("since", "")), **asked)


@bp.app_template_global("audit_page")
def audit_page(number: int) -> str:
    """Return the address of another page of the list."""
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("action", "account", "since")}
    return url_for("audit.index", page=number, **asked)
