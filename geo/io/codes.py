"""The code lists of ``data/codes``: every code that a register or a stage uses, with its phrases in both languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from geo.errors import RuleError
from geo.io.documents import read_yaml

_FIELDS = {"zh", "en", "mark", "say_zh", "say_en"}


@dataclass(frozen=True)
class Code:
    """One code: its phrase, a sentence with ``{placeholders}`` if it has one, its mark, and what else is said."""

    code: str
    zh: str
    en: str
    mark: str = ""
    say_zh: str = ""
    say_en: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeList:
    """The codes of one kind in their order, with the list's own title and source."""

    kind: str
    zh: str
    en: str
    source: str
    codes: Mapping[str, Code]

    def values(self) -> Iterator[Code]:
        """Yield the codes in order."""
        yield from self.codes.values()


CodeBook = Mapping[str, CodeList]
"""Code lists by kind."""


def read_codes(folder: Path | str) -> CodeBook:
    """Read every ``*.yaml`` of a folder; each holds one or several kinds.

    Raises
    ------
    RuleError
        If a file is not YAML, a kind stands twice, or a code lacks a phrase in either language.
    """
    lists: dict[str, CodeList] = {}
    for path in sorted(Path(folder).glob("*.yaml")):
        for kind, content in _load(path).items():
            if kind in lists:
                raise RuleError(f"{path.name}: the kind {kind!r} stands in two files", detail={"file": str(path)})
            try:
                lists[kind] = _list(kind, content)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise RuleError(f"{path.name}: {kind}: {error}", detail={"file": str(path), "kind": kind}) from error
    if not lists:
        raise RuleError(f"{folder}: no code lists found", detail={"file": str(folder)})
    return MappingProxyType(lists)


def _load(path: Path) -> dict[str, Any]:
    try:
        content = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleError(f"{path.name} is not YAML: {error}", detail={"file": str(path)}) from error
    if not isinstance(content, dict):
        raise RuleError(f"{path.name} holds no code lists", detail={"file": str(path)})
    return content


def _list(kind: str, content: Mapping[str, Any]) -> CodeList:
    codes = {str(code): _code(str(code), entry) for code, entry in content["codes"].items()}
    return CodeList(kind, content["zh"], content["en"], content.get("source", ""), MappingProxyType(codes))


def _code(code: str, entry: Mapping[str, Any] | list[str]) -> Code:
    """A code is a mapping, or ``[zh, en]`` in short."""
    if isinstance(entry, list):
        zh, en = entry
        if not (isinstance(zh, str) and isinstance(en, str)):
            raise TypeError(f"{code}: {entry!r} is not [Chinese, English]")
        return Code(code, zh, en)
    texts = {name: str(entry.get(name, "")) for name in _FIELDS}
    if not texts["zh"] or not texts["en"]:
        raise ValueError(f"{code} lacks a phrase in Chinese or English")
    facts = {name: value for name, value in entry.items() if name not in _FIELDS}
    return Code(code=code, facts=MappingProxyType(facts), **texts)
