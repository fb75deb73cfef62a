"""Which code made a result."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def code_version() -> str:
    """Return the project's version and a digest of the stages' sources and data: ``0.1.0+3f9c2a1b``."""
    digest = hashlib.sha256()
    for path in sorted([*(_ROOT / "geo").rglob("*.py"), *(_ROOT / "data" / "rules").rglob("*.y*ml")]):
        digest.update(path.relative_to(_ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['version']}+{digest.hexdigest()[:8]}"
