"""Marks of what may be compared and need not be kept: telephone numbers and names of legal persons.

A mark is a digest. It says whether two records give the same number or person, which tells whether they are one firm;
the atlas shows and exports neither. A digest of a telephone number can be searched out by trying all numbers: it keeps
the number out of lists and sight, it is no secret.
"""

import re

from geo.registry.identity import digest
from geo.text import fold

_MOBILE = re.compile(r"(?<!\d)(?:86)?(1[3-9]\d{9})(?!\d)")
_DASHED = re.compile(r"(?<!\d)(1[3-9]\d)-(\d{4})-(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}-?)?([2-9]\d{6,7})(?!\d)")
_NOBODY = {"", "无", "不详", "暂无", "空", "-"}


def phone_mark(text: str | None) -> str | None:
    """Return the marks of all telephone numbers in a cell, blanks between them; None without any.

    The area code of a landline does not count: within one city it is written or left out.
    """
    plain = _DASHED.sub(r"\1\2\3", fold(text or "").replace("+", ""))
    numbers = [*_MOBILE.findall(plain), *_LANDLINE.findall(_MOBILE.sub(",", plain))]
    return " ".join(sorted({digest("phone", number) for number in numbers})) or None


def person_mark(text: str | None) -> str | None:
    """Return the mark of a person's name, None without one; words behind it in brackets do not count."""
    name = re.sub(r"\(.*", "", fold(text or ""))
    return None if name in _NOBODY or len(name) < 2 else digest("person", name)
