"""The word lists of ``data/words`` that registries are read with."""

from pathlib import Path
from typing import Any

import yaml

from geo.errors import RuleError
from geo.registry.words import Words, parse_words


def read_words(folder: Path) -> Words:
    """Read ``columns.yaml`` and ``values.yaml`` of the folder.

    Raises
    ------
    RuleError
        If a file is missing, is no YAML, or contradicts itself.
    """
    return parse_words(_read(folder / "columns.yaml"), _read(folder / "values.yaml"))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RuleError(f"{path.name} cannot be read: {error}", detail={"file": path.name}) from error
    if not isinstance(content, dict):
        raise RuleError(f"{path.name} holds no word lists", detail={"file": path.name})
    return content
