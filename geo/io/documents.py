"""YAML files of the data folder."""

from pathlib import Path
from typing import Any

import yaml

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C reads the code lists ten times as fast; a PyYAML built without it reads the same."""


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds: plain values only, no objects.

    Raises
    ------
    OSError, UnicodeDecodeError, yaml.YAMLError
    """
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - both loaders are safe ones
