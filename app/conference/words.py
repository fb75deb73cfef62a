"""The words of the documents, in Chinese as offices write them; kept in ``data/conference`` for review."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from app.config import settings
from geo.io.documents import read_yaml


def say(key: str, **values: Any) -> str:
    """Return a phrase of ``data/conference/phrases.yaml`` with its figures."""
    return _read(settings().data / "conference" / "phrases.yaml")[key].format_map(values)


def template() -> str:
    """Return the bulletin's text as it ships."""
    return (settings().data / "conference" / "bulletin.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, str]:
    phrases: dict[str, str] = read_yaml(path)
    return phrases
