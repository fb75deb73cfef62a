"""The bulletin: what it says of the day, its files, and the template that the office writes."""

from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import reviewer, store
from app.arguments import asks
from app.conference import bulletin, pack, words
from app.conference.content import INTERNAL, MODES, Content, Mark
from app.current import reading, scope
from app.db import session
from app.views import Nav

bp = Blueprint("bulletin", __name__, url_prefix="/year/bulletin")
nav = Nav(47, "bulletin.show", lazy_gettext("通报"), "year")

UNPROCESSABLE = 422
MEDIA = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}


@bp.get("")
@asks()
def show() -> str:
    """Show the bulletin of the day as it would be written."""
    content, template = gathered(INTERNAL)
    return render_template(
        "year/bulletin.html", read=content.read, content=content, parts=bulletin.parts(content, template)
    )


@bp.get("/bulletin.<any(docx, pdf):form>")
@asks(choices={"mode": MODES})
def export(form: str) -> Response:
    """Give the bulletin as a file."""
    from app.conference import documents

    content, template = gathered(request.args.get("mode") or INTERNAL)
    parts = bulletin.parts(content, template)
    body = documents.docx(content, parts) if form == "docx" else documents.pdf(content, parts)
    answer = Response(body, mimetype=MEDIA[form])
    name = quote(f"{parts[0].text if parts else 'bulletin'}_{content.read.on}.{form}")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"bulletin.{form}\"; filename*=UTF-8''{name}"
    return answer


@bp.get("/template")
@asks()
def edit() -> str:
    """Show the template with what it may name."""
    with session() as opened:
        return _form(bulletin.in_force(opened), [])


@bp.post("/template")
@asks()
def save() -> Redirect | tuple[str, int]:
    """Keep the office's template; an empty one brings back the one that ships."""
    text = request.form.get("template", "").replace("\r\n", "\n").strip()
    wrong, long = bulletin.faults(text), len(text) > bulletin.LONGEST
    if wrong or long:
        return _form(text[: bulletin.LONGEST], wrong, long=long), UNPROCESSABLE
    with session(write=True) as opened:
        store.settings.put(opened, bulletin.KEY, text)
    flash(_("通报模板已保存。") if text else _("已恢复自带的通报模板。"), "ok")
    return redirect(url_for("bulletin.show"))


def gathered(mode: str) -> tuple[Content, str]:
    """Return the content of the request's day as the caller may see it, with the bulletin's template."""
    mark = Mark(mode, reviewer.name(), datetime.now(UTC).astimezone().date())
    read = reading()
    with session() as opened:
        return pack.gather(opened, mark, read.on, scope())


def _form(text: str, wrong: list[str], *, long: bool = False) -> str:
    content, _template = gathered(INTERNAL)
    return render_template(
        "year/template.html", read=content.read, text=text, wrong=wrong, long=long, most=bulletin.LONGEST,
        known=bulletin.values(content), tables=list(bulletin.TABLES), shipped=words.template(),
    )  # fmt: skip
