"""Register codes: the 18-character credit code (GB 32100-2015) and the 9-character organisation code (GB 11714-1997).

A code that cannot be read is data with a coded fault, never an exception. Check digits of the credit code and of
the 15-digit registration number (GS 15-2006, ISO 7064 Mod 11,10) come from python-stdnum; the organisation code's are
the weights of GB 11714.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from stdnum.cn import uscc as _uscc
from stdnum.iso7064 import mod_11_10

from geo.text.normal import fold

_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5"})  # letters that a credit code never holds
_DESTROYED = re.compile(r"^\d(?:\.\d+)?E\+?\d+$")
_ROUNDED = re.compile(r"^[1-9]\d{14}000(?:\.0)?$")  # a spreadsheet keeps 15 digits and writes zeros behind them
_SWAPPED_CHECK = re.compile(r"^\d{7}X\d$")  # the one swap that the weights miss: no code has its only letter there
_EMPTY = {"", "无", "-", "--", "/", "NULL", "NAN", "NONE", "暂无", "没有", "0"}


class Fault(StrEnum):
    """Why a register code cannot be used."""

    EMPTY = "CODE_EMPTY"
    LENGTH = "CODE_LENGTH"
    CHARACTERS = "CODE_CHARACTERS"
    CHECK_DIGIT = "CODE_CHECK_DIGIT"
    EXCEL = "CODE_DESTROYED_BY_EXCEL"
    OLD_REGISTER = "CODE_OLD_REGISTER_NUMBER"


@dataclass(frozen=True, slots=True)
class Code:
    """A register code as read. ``value`` is ``None`` with a ``fault``; ``repaired``: O/0, I/1 … were mended."""

    value: str | None
    org_code: str | None = None
    fault: Fault | None = None
    repaired: bool = False


def _clean(raw: object) -> str:
    if raw is None or raw != raw:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        raw = f"{raw:.0f}" if raw < 1e15 else repr(raw)
    return fold(str(raw)).upper().replace(" ", "")


def _org_check(first_eight: str) -> str:
    total = sum(w * _ALPHABET.index(c) for w, c in zip(_ORG_WEIGHTS, first_eight, strict=True))
    return {10: "X", 11: "0"}.get(check := 11 - total % 11, str(check))


def read_org_code(raw: object) -> Code:
    """Read a 9-character organisation code, with or without the dash before its check digit."""
    text = _clean(raw).replace("-", "")
    if text in _EMPTY:
        return Code(None, fault=Fault.EMPTY)
    if _DESTROYED.match(text):
        return Code(None, fault=Fault.EXCEL)
    if len(text) != 9:
        return Code(None, fault=Fault.LENGTH)
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", text):
        return Code(None, fault=Fault.CHARACTERS)
    if _SWAPPED_CHECK.match(text):
        return Code(None, fault=Fault.CHECK_DIGIT)
    if _org_check(text[:8]) != text[8]:
        mended = text.translate(_LOOK_ALIKE)
        if mended != text and mended[:8].isdigit() and _org_check(mended[:8]) == mended[8]:
            return Code(mended, mended, repaired=True)
        return Code(None, fault=Fault.CHECK_DIGIT)
    return Code(text, text)


def read_credit_code(raw: object) -> Code:
    """Read an 18-character credit code; ``org_code`` is the organisation code inside it where that one is valid.

    Lower case, full width, blanks and dashes are folded; O, I, Z, S, which no credit code holds, are read as 0, 1, 2, 5
    and the result kept only if its check digit holds. Numbers destroyed by a spreadsheet (9.13206E+17) are a fault.
    """
    text = _clean(raw)
    if text in _EMPTY:
        return Code(None, fault=Fault.EMPTY)
    if _DESTROYED.match(text):
        return Code(None, fault=Fault.EXCEL)
    text = text.replace("-", "")
    if len(text) != 18:
        old = len(text) in (13, 15) and text.isdigit()
        return Code(None, fault=Fault.OLD_REGISTER if old else Fault.LENGTH)
    mended = text.translate(_LOOK_ALIKE)
    try:
        value = _uscc.validate(mended)
    except _uscc.InvalidChecksum:
        return Code(None, fault=Fault.EXCEL if _ROUNDED.match(text) else Fault.CHECK_DIGIT)
    except _uscc.ValidationError:
        return Code(None, fault=Fault.CHARACTERS)
    return Code(value, read_org_code(value[8:17]).value, repaired=mended != text)


def read_registration_number(raw: object) -> Code:
    """Read a registration number of the registers before 2015: 15 digits with a check digit, 13 without one."""
    text = _clean(raw).replace("-", "")
    if text in _EMPTY:
        return Code(None, fault=Fault.EMPTY)
    if _DESTROYED.match(text):
        return Code(None, fault=Fault.EXCEL)
    if len(text) not in (13, 15):
        return Code(None, fault=Fault.LENGTH)
    if not text.isdigit():
        return Code(None, fault=Fault.CHARACTERS)
    if len(text) == 15 and not mod_11_10.is_valid(text):
        return Code(None, fault=Fault.CHECK_DIGIT)
    return Code(text)


def read_register_code(raw: object) -> Code:
    """Read a cell that may hold a credit code or an organisation code; ``value`` is the credit code, if it is one."""
    text = _clean(raw).replace("-", "")
    if len(text) == 9:
        code = read_org_code(text)
        return Code(None, code.value, code.fault, code.repaired)
    return read_credit_code(raw)
