"""The field page: today's firms on a telephone, outcomes recorded without a network and sent when there is one."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request
from flask_babel import lazy_gettext
from flask_wtf.csrf import generate_csrf

from app.arguments import asks
from app.auth import signed
from app.current import reading, scope
from app.db import session
from app.ledger_desk import arrivals, field
from app.ledger_desk.recording import Sender
from app.pages import asset
from app.runs.survey import today
from app.views import Nav

bp = Blueprint("field", __name__, url_prefix="/field")
nav = Nav(36, "field.index", lazy_gettext("手机走访"), "work")

PARTS = ("css/tokens.css", "css/field.css", "field/field.js", "field/kept.js", "field/way.js", "img/mark.svg")
BAD_REQUEST = 400


@bp.get("/")
@asks()
def index() -> str:
    """Show the page without data: the telephone keeps it, and fills it with what it has taken along."""
    return render_template("field/page.html", words=json.dumps(field.words(), ensure_ascii=False), day=today())


@bp.get("/today")
@asks()
def taken() -> Response:
    """Give what the account has on hand, and the token for sending."""
    read, who = reading(), signed.account()
    assert who is not None
    with session() as opened:
        firms = field.today(opened, read, who, scope())
    return jsonify(
        account=str(who.id), name=str(who.name), token=generate_csrf(), day=today().isoformat(), on=read.on.isoformat(),
        firms=firms,
    )  # fmt: skip


@bp.post("/outcomes")
def outcomes() -> Response | tuple[Response, int]:
    """Take outcomes in their order, each once, and answer each."""
    read, who, now = reading(), signed.account(), datetime.now(UTC)
    assert who is not None
    try:
        sent = field.arrivals(request.get_json(silent=True), now)
    except field.OddMessageError:
        return jsonify(error="message"), BAD_REQUEST
    with session(write=True) as opened:
        answers = arrivals.receive(opened, sent, read, Sender(str(who.id), str(who.name), "field"))
    return jsonify(answers=[field.told(answer) for answer in answers])


@bp.get("/worker.js")
@asks()
def worker() -> Response:
    """Give the service worker, with the parts that it keeps; another part makes another worker."""
    source = Path(current_app.static_folder or "") / "field" / "worker.js"
    if not source.is_file():
        abort(404)
    shell = [*(asset(part) for part in PARTS)]
    version = hashlib.sha256("".join(shell).encode()).hexdigest()[:12]
    head = f"const SHELL = {json.dumps(shell)};\nconst VERSION = {json.dumps(version)};\n"
    answer = Response(head + source.read_text(encoding="utf-8"), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
