"""Every text of the pages has an English one, and says it with the same figures."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.config import ROOT
from app.i18n import TRANSLATIONS

KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "lazy": None, "_l": None, "ngettext": (1, 2)}
METHODS = [("app/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.svg", "jinja2")]
FIGURE = re.compile(r"%\((\w+)\)")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Each text of the sources, with a place where it stands."""
    options = {method: {"trimmed": "true"} for method in ("templates/**.html",)}
    found = extract_from_dir(str(ROOT), METHODS, options, keywords=KEYWORDS, directory_filter=wanted)
    return {message: place for place, _line, message, _comments, _context in found if isinstance(message, str)}


def wanted(folder: str) -> bool:
    path = Path(folder)
    return path == ROOT or (path.relative_to(ROOT).parts[0] in ("app", "templates") and path.name != "vendor")


def test_every_text_is_translated(texts: dict[str, str], catalogue: Catalog) -> None:
    assert len(texts) > 300
    missing = {text: place for text, place in texts.items() if not translation(catalogue, text)}
    assert missing == {}


def test_translations_hold_the_same_figures(texts: dict[str, str], catalogue: Catalog) -> None:
    for text in texts:
        assert set(FIGURE.findall(text)) == set(FIGURE.findall(translation(catalogue, text))), text


def test_no_translation_is_doubtful_or_left_over(texts: dict[str, str], catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert {message.id for message in catalogue if message.id} - set(texts) == set()


def test_english_is_not_chinese(texts: dict[str, str], catalogue: Catalog) -> None:
    sample = "演示数据：街道、楼宇、企业、工会均为虚构"  # the notice stands in both languages
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [text for text in texts if text != sample and chinese.search(translation(catalogue, text))] == []


def translation(catalogue: Catalog, text: str) -> str:
    message: Message | None = catalogue.get(text)
    return str(message.string) if message and message.string else ""
