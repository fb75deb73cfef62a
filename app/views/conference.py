"""The conference pack: made by one button in the background, taken out file by file; and the stage in the browser."""

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect

from app import reviewer, runs
from app.arguments import asks, told
from app.conference import work
from app.conference.content import INTERNAL, MODES, PUBLIC
from app.config import settings
from app.current import partial, reading, scope, this_year
from app.db import dialect, session
from app.errors import NotFoundError, UnknownValueError
from app.maps import escape
from app.models import Run
from app.views import Nav
from app.views.bulletin import gathered
from geo.errors import AtlasError

bp = Blueprint("conference", __name__, url_prefix="/year/conference")
nav = Nav(48, "conference.index", lazy_gettext("会议材料"), "year")

OPEN = (runs.QUEUED, runs.RUNNING)
SHOWN = 10


@bp.get("")
@asks()
def index() -> str:
    """Show the packs that were made, and the button that makes one; htmx asks for the list alone."""
    made = _made()
    template = "conference/list.html" if partial() else "conference/page.html"
    return render_template(
        template,
        read=reading(),
        base=None if partial() else _missing_base(),
        made=made,
        going=any(run.status in OPEN for run in made),
        files={run.key: _files(run) for run in made},
        modes=MODES,
        approval=settings().map_approval,
    )


@bp.post("")
@asks()
def make() -> Redirect:
    """Put a pack in line."""
    mode = request.form.get("mode", INTERNAL)
    if mode not in MODES:
        raise UnknownValueError("mode", detail={"say": told([("mode", mode)])["say"]})
    if mode == PUBLIC and not settings().map_approval:
        raise AtlasError("maps that are made public need their approval number", code="MAP_APPROVAL_MISSING")
    at = datetime.now(UTC).astimezone().date().isoformat()
    params = {
        "mode": mode,
        "by": reviewer.name(),
        "at": at,
        "county": scope().county_code or "",
    }
    read = reading()
    with session(write=True) as opened:
        dialect.hold(opened.connection(), "run")
        going = any(
            run.status in OPEN and run.params == params and run.on_day == read.on
            for run in runs.latest(opened, kind=work.KIND)
        )
        if not going:
            runs.enqueue(opened, runs.Order(work.KIND, params, on_day=read.on))
    runs.wake()
    if going:
        flash(_("同样的材料正在制作，没有再排一份；完成后在下面下载。"), "info")
        return redirect(url_for("conference.index"))
    flash(_("已开始制作，完成后在下面下载。"), "ok")
    return redirect(url_for("conference.index"))


@bp.get("/files/<key>/<name>")
@asks()
def file(key: str, name: str) -> Response:
    """Give one file of a pack."""
    run = next((run for run in _made() if run.key == key), None)
    if run is None or name not in _files(run):
        raise NotFoundError(f"no file {name!r}")
    answer = Response((work.folder() / key / name).read_bytes(), mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"pack{Path(name).suffix}\"; filename*=UTF-8''{quote(name)}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/present")
@asks()
def present() -> str:
    """Show the stage: full screen, keys, large type; the map opens counties and every figure its list."""
    from app.conference import deck

    content, _template = gathered(INTERNAL)
    data = deck.deck(content, links=True)
    return render_template("conference/present.html", title=data["title"], data=escape.trusted(escape.script(data)))


def _missing_base() -> date | None:
    """Return the base date of the statistical year where it has not been surveyed: nothing can be compared then."""
    year = this_year()
    return year.year.before if year.before is None else None


def _made() -> list[Run]:
    county = scope().county_code or ""
    with session() as opened:
        made = runs.latest(opened, kind=work.KIND, limit=50)
    return [run for run in made if not county or run.params.get("county") == county][:SHOWN]


def _files(run: Run) -> dict[str, int]:
    """Return name and size of each file of a pack that is still there."""
    folder = work.folder() / run.key
    names = (run.tally or {}).get("files", {}) if run.status == runs.DONE else {}
    return {name: (folder / name).stat().st_size for name in names if (folder / name).is_file()}
