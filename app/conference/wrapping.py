"""Lines of a Chinese paragraph as printers break them: no line begins with what closes, none ends with what opens.

ReportLab's own breaking lets a line begin with a second closing mark and with a full-width comma.
"""

import re
from collections.abc import Callable, Iterator

CLOSING = "、。，；：？！）》」』】〕〉”’…％%‰—"
OPENING = "（《「『【〔〈“‘"
_PIECE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,:/%\-]*|.", re.DOTALL)


def wrapped(text: str, wide: Callable[[str], float], room: float, indent: float = 0.0) -> list[str]:
    """Return the lines of a text.

    Parameters
    ----------
    wide : width of a text
    room : width of a line; the first one is ``indent`` shorter
    """
    lines, line, free = [], "", room - indent
    for piece in _pieces(text):
        if line and wide(line + piece) > free:
            lines.append(line)
            line, free = "", room
        line += piece
    return [*lines, line] if line else lines


def _pieces(text: str) -> Iterator[str]:
    """Yield what must stay on one line: a letter with what it opens and closes, a number or a word of Latin letters."""
    held = ""
    for piece in _PIECE.findall(text):
        if held and piece[0] not in CLOSING and held[-1] not in OPENING:
            yield held
            held = ""
        held += piece
    if held:
        yield held
