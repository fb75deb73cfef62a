"""Chinese is the language of the sources; English is a catalogue. A visitor's choice is kept in a cookie."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale

from app.config import settings

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "atlas_language"
TRANSLATIONS = Path(__file__).parent / "translations"
_SPOKEN: ContextVar[str] = ContextVar("spoken", default="")


def init_app(app: Flask) -> None:
    """Attach Flask-Babel, compile outdated catalogues, and give templates the language."""
    compile_catalogues(TRANSLATIONS)
    Babel(app, default_locale="zh", locale_selector=language, default_translation_directories=str(TRANSLATIONS))
    app.jinja_env.globals.update(language=language, languages=LANGUAGES)


def language() -> str:
    """Return the code of the language to answer in: the visitor's choice, else the installation's.

    A program chooses by ``Accept-Language``; of a browser that header says what it came with, not what was chosen.
    """
    if _SPOKEN.get():
        return _SPOKEN.get()
    if has_request_context():
        chosen = g.get("language") or request.cookies.get(COOKIE, "")
        if chosen in LANGUAGES:
            return str(chosen)
        wanted = request.accept_languages.best_match(list(LANGUAGES)) if request.path.startswith("/api/") else None
        if wanted:
            return wanted
    return settings().language if settings().language in LANGUAGES else "zh"


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Answer in one language whoever asks (also as a decorator): a document is not in two."""
    before = _SPOKEN.set(code)
    try:
        with force_locale(code):
            yield
    finally:
        _SPOKEN.reset(before)


def compile_catalogues(folder: Path) -> list[Path]:
    """Compile each ``.po`` that is newer than its ``.mo``; return those written. A read-only folder is left alone."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            _compile(source, target)
        except PermissionError:
            continue
        written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    with source.open("rb") as reading:
        catalogue = read_po(reading, locale=source.parts[-3])
    with partial.open("wb") as writing:
        write_mo(writing, catalogue)
    partial.replace(target)
