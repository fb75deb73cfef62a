"""Chinese numerals as they stand in addresses: 十二组, 二〇三室, 一百零八号."""

UNITS = "号|组|幢|栋|座|楼|层|单元|室|弄|村民小组|小组|公里|米(?=[处远左(),、]|$)"
"""Units before which a numeral is a number; everywhere else 三, 五, 十 belong to a name (六米村)."""

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def numeral_value(numeral: str) -> str | None:
    """Return the decimal digits of a numeral (``十二`` → ``12``, ``二〇三`` → ``203``), ``None`` if it is none."""
    if not any(c in "十百廿" for c in numeral):
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit = 0, None
    for c in numeral:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
            continue
        if c == "廿":
            total, digit = total + 20, None
        else:
            total += (1 if digit is None else digit) * (10 if c == "十" else 100)
            digit = None
    return str(total + (digit or 0))
