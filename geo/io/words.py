"""The word lists of ``data/words`` that registries are read with."""

from pathlib import Path
from typing import Any

import yaml

from geo.errors import RuleError
from geo.io.codes import Code, read_codes
from geo.io.documents import read_yaml
from geo.registry.words import Words, parse_words

CODED = ("sector", "reason", "stage", "ownership", "union_kind", "womens_body", "chair_election", "home_grade")
"""Lists of ``data/codes`` whose names registers write in their cells."""


def read_words(folder: Path) -> Words:
    """Read ``columns.yaml`` and ``values.yaml`` of ``data/words``, and the names in the code lists beside it.

    Raises
    ------
    RuleError
        If a file is missing, is no YAML, or contradicts itself.
    """
    book = read_codes(folder.parent / "codes")
    codes = {kind: {code.code: _names(code) for code in book[kind].values()} for kind in CODED if kind in book}
    return parse_words(_read(folder / "columns.yaml"), _read(folder / "values.yaml"), codes)


def _names(code: Code) -> tuple[str, ...]:
    section = code.facts.get("section")
    return (code.zh, code.en, *((section, f"{section}{code.zh}") if section else ()))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise RuleError(f"{path.name} cannot be read: {error}", detail={"file": path.name}) from error
    if not isinstance(content, dict):
        raise RuleError(f"{path.name} holds no word lists", detail={"file": path.name})
    return content
