"""The errors that ``geo`` raises.

A bad row is data (a reason code); these are for promises that the caller broke or for input that cannot be used at all.
``str(error)`` is one plain sentence in English for logs; ``code`` and ``detail`` let the shell say it in the user's
language.
"""

from collections.abc import Mapping
from typing import Any


class AtlasError(Exception):
    """Root of all errors of the project.

    ``code`` is a stable name that templates translate, ``detail`` what, where and what would be right.
    """

    code = "ERROR"

    def __init__(self, message: str, *, code: str | None = None, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code
        self.detail = dict(detail or {})


class FrameError(AtlasError):
    """A frame breaks its contract in ``geo.frames``: a programmer's fault, never a user's."""

    code = "FRAME"


class FileRefused(AtlasError):  # noqa: N818 (reads as what happened to the file)
    """A file cannot be read at all: empty, truncated, password-protected, of an unknown kind, without a header."""

    code = "FILE_REFUSED"


class RuleError(AtlasError):
    """A rule set or code list in ``data/`` is malformed, or no value is in force on the day asked for."""

    code = "RULE"


class DatumError(AtlasError):
    """A coordinate's datum is unknown, or axes are swapped."""

    code = "DATUM"
