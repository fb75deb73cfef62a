"""The conference pack: all documents of a day made from one content, with a list of what each file's bytes are."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from app import annual, store
from app.conference import bulletin
from app.conference.content import MODES, PUBLIC, Content, Mark
from app.conference.words import say
from app.config import settings
from app.errors import NoSurveyError
from geo.beside import beside
from geo.errors import AtlasError

MANIFEST = "manifest.json"
Tell = Callable[[str, int, int], None]


class PackError(AtlasError):
    """The pack cannot be made as asked."""

    code = "PACK"


def gather(
    session: Session, mark: Mark, on: date | None = None, scope: store.Scope = store.CITY
) -> tuple[Content, str]:
    """Return the content of a surveyed day, of the city or one county, and the bulletin's template in force.

    Raises
    ------
    NoSurveyError
        If nothing has been surveyed.
    PackError
        If it is to be made public and the installation has no map approval number (地图管理条例 art. 15, 22).
    """
    if mark.mode not in MODES:
        raise PackError(f"no such mode: {mark.mode}", code="PACK_MODE", detail={"mode": mark.mode})
    if mark.mode == PUBLIC and not settings().map_approval:
        raise PackError("maps that are made public need their approval number", code="MAP_APPROVAL_MISSING")
    year = annual.annual(session, on, scope)
    if year is None:
        raise NoSurveyError("nothing has been surveyed yet: run flask --app app survey")
    series = tuple(pair for pair in store.surveys.totals(session, scope) if pair[0] <= year.read.on)
    scoped = None if scope == store.CITY else annual.reading(session, year.read.on, scope=scope)
    return Content(year, series, mark, scoped), bulletin.in_force(session)


def files(content: Content, template: str, tell: Tell | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file of the pack; ``tell`` hears stage, done and of how many.

    The atlas takes as long as all others: it is drawn in a process beside this one where that can be.
    """
    from app.conference import annex, deck, documents, facts, slides

    said, city = tell or (lambda _stage, _done, _of: None), content.city
    _count(content)
    drawn = beside(_atlas(content, said), wanted=True)
    said("slides", 0, 100)
    yield f"1_{city}_{say('deck_name')}.pptx", slides.deck(content)
    said("bulletin", 15, 100)
    parts = bulletin.parts(content, template)
    written = documents.docx(content, parts), documents.pdf(content, parts)
    said("page", 22, 100)
    page = deck.page(content)
    said("annex", 30, 100)
    table = annex.annex(content, facts.facts(content))
    said("atlas", 40, 100)
    yield f"2_{city}_{say('atlas_name')}.pdf", drawn()
    for body, form in zip(written, ("docx", "pdf"), strict=True):
        yield f"3_{city}_{say('bulletin_name')}.{form}", body
    yield f"4_{city}_{say('page_name')}.html", page
    yield f"5_{city}_{say('annex_name')}.xlsx", table
    said("annex", 100, 100)


def _count(content: Content) -> None:
    """Let what all documents share be known before a process is forked: nothing is counted twice then."""
    for name in ("total", "counties", "zones", "buildings", "markets", "fingerprint", "footer"):
        getattr(content, name)


def _atlas(content: Content, said: Tell) -> Callable[[], bytes]:
    from app.conference import atlas

    here = os.getpid()

    def draw() -> bytes:
        heard = (lambda done, of: said("atlas", 40 + 55 * done // of, 100)) if os.getpid() == here else None
        return atlas.atlas(content, heard)

    return draw


def write(content: Content, template: str, folder: Path, tell: Tell | None = None) -> dict[str, str]:
    """Write the pack into a folder and return the digest of each file by its name; the manifest holds them, too."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    for name, body in files(content, template, tell):
        (folder / name).write_bytes(body)
        digests[name] = hashlib.sha256(body).hexdigest()
    told = {
        "on": content.read.on.isoformat(),
        "data": content.fingerprint,
        "mode": content.mark.mode,
        "by": content.mark.by,
        "at": content.mark.at.isoformat(),
        "files": digests,
    }
    (folder / MANIFEST).write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    return digests
