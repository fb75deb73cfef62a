"""Agreements of two records weighed after Fellegi and Sunter: what speaks for one firm, and how strongly.

Each agreement or disagreement is worth bits: the logarithm, to the base of two, of how much likelier it is for two
records of one firm than for records of two firms. Rare things are worth more: the bits of a name are the information
of its characters, those of a telephone fall with the number of records that share it (bookkeepers lend theirs). The
chances for one firm are our own choice, tried on typed noise over real names. A doubt keeps a pair from being automatic
however much it is worth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2
from typing import Any

from rapidfuzz.distance import OSA

from geo.linkage.likeness import form_of, other_place
from geo.linkage.options import LinkOptions
from geo.linkage.rarity import information
from geo.linkage.records import Record, Records
from geo.linkage.register import without_tail
from geo.linkage.slips import form_slipped, own_word_differs, slipped
from geo.text import CompanyName, fold

Reason = tuple[str, dict[str, Any]]

_CODE, _EXACT, _UNIQUE = 30.0, 2.0, 8.0
_OTHER_FORM, _EDIT, _APART = -2.0, -6.0, -6.0
_OTHER_COUNTY, _OTHER_PLACE, _TOWN, _OTHER_TOWN = -7.0, -4.0, 1.5, -1.0
_HOUSE, _DOOR, _OTHER_HOUSE = 12.0, 2.0, -1.0
_CONTACT, _OTHER_PHONE, _OTHER_PERSON = 14.0, -0.5, -1.5
_DAY, _OTHER_DAY = 8.0, -3.0
_EDITS, _ALIKE, _SHORT = 2, 0.6, 4
_FEW = 1000
"""Names from which a register knows the words that firms bear."""
_LEGAL = ("公司", "厂", "合作社", "事务所", "银行", "集团")
DOUBTS = frozenset(
    {"other_place", "other_county", "other_code", "another_word", "short_core", "other_reg_no", "shop_name"}
    | {"few_names", "own_word", "other_note"}
)
"""Reasons that a person has to look at, whatever the sum."""
_SUPPORTS = frozenset({"same_house", "same_address", "same_phone", "same_person", "same_org_code", "same_reg_no"})
_SUPPORT = 6.0
"""Bits of something else than the name that a shop's name needs beside it."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against one firm: the sum in bits, how the names or codes meet, and each reason."""

    bits: float
    method: str
    doubtful: bool
    reasons: tuple[Reason, ...]

    @property
    def chance(self) -> float:
        """The chance, 0..1, that both are one firm."""
        return float(1.0 / (1.0 + 2.0 ** -max(min(self.bits, 40.0), -40.0)))


def weigh(one: int, other: int, records: Records, *, options: LinkOptions) -> Evidence | None:
    """Weigh two records (rows of the register).

    None where they cannot be one firm: a branch and its head or two branches; or where nothing but chance joins them.
    Records with two valid credit codes are two legal persons: they are doubtful at best.
    """
    ours, theirs = records.of[one], records.of[other]
    if records.register.names[one].branch != records.register.names[other].branch and not _misspelt(
        one, other, records
    ):
        return None
    codes = list(_codes(ours, theirs))
    named = list(_names(one, other, records))
    if not named and not any(detail["bits"] > 0 for _, detail in codes):
        return None
    full = records.register.names[one]
    moved = bool(named) and named[0][0] == "same_name" and bool(full.regions) and _given_once(full)
    found = [*codes, *named, *_areas(ours, theirs, records, moved=moved), *_houses(ours, theirs, records)]
    found += _contacts(ours, theirs, records)
    found += _alone(records.register.names[one], records.register.names[other], found)
    at_large = max(len(records.of), options.firms_at_large)
    bits = sum(detail.get("bits", 0.0) for _, detail in found) - log2(at_large)
    ranked = sorted(found, key=lambda reason: -abs(reason[1].get("bits", 0.0)))
    same_code = any(code in ("same_org_code", "same_reg_no") for code, _ in found)
    doubtful = not same_code and any(code in DOUBTS for code, _ in found)
    method = next(_METHODS[code] for code, _ in found if code in _METHODS)
    return Evidence(round(bits, 2), method, doubtful, tuple(map(_rounded, ranked)))


_METHODS = {
    "same_org_code": "org_code",
    "same_reg_no": "reg_no",
    "same_name": "name",
    "same_former_name": "former_name",
    "same_name_core": "name_core",
    "similar_name": "fuzzy",
}


def _alone(ours: CompanyName, theirs: CompanyName, found: list[Reason]) -> Iterator[Reason]:
    """What makes a name too little where nothing else speaks for one firm; a telephone may be a bookkeeper's."""
    support = {code for code, detail in found if code in _SUPPORTS and detail["bits"] >= _SUPPORT}
    if not support and not _given_once(ours) and not _given_once(theirs):
        yield "shop_name", {}
    near = any(code == "similar_name" for code, _ in found)
    if near and own_word_differs(ours.core, theirs.core) and not support - {"same_phone"}:
        yield "own_word", {"listed": ours.core, "registered": theirs.core}
    bare = [name for name in (ours, theirs) if not name.form and not name.regions]
    if not support and bare and len(bare[0].core) <= _SHORT and without_tail(ours) != without_tail(theirs):
        yield "short_core", {"core": bare[0].core}


def _codes(ours: Record, theirs: Record) -> Iterator[Reason]:
    """Same codes decide; other codes are other legal persons, a registration number that differs may be an old one."""
    if ours.org_code and theirs.org_code:
        if ours.org_code == theirs.org_code:
            yield "same_org_code", {"code": ours.org_code, "bits": _CODE}
        else:
            yield "other_code", {"one": ours.org_code, "other": theirs.org_code, "bits": -_CODE / 2}
    if ours.reg_no and theirs.reg_no:
        if ours.reg_no == theirs.reg_no:
            yield "same_reg_no", {"code": ours.reg_no, "bits": _CODE}
        else:
            yield "other_reg_no", {"one": ours.reg_no, "other": theirs.reg_no, "bits": -_CODE / 3}


def _names(one: int, other: int, records: Records) -> Iterator[Reason]:
    register = records.register
    ours, theirs = register.names[one], register.names[other]
    full, their_full = without_tail(ours), without_tail(theirs)
    said = {"listed": full, "registered": their_full}
    if full == their_full:
        yield "same_name", {"listed": full, "registered": their_full, "bits": _worth(ours, records) + _exact(ours)}
        return
    if full in _formers(other, records) or their_full in _formers(one, records):
        yield "same_former_name", said | {"bits": _worth(ours, records) + _EXACT}
        return
    if ours.core == theirs.core:
        yield "same_name_core", said | {"bits": _worth(ours, records)}
        yield from _differences(ours, theirs)
        return
    if _misspelt(one, other, records):
        yield (
            "similar_name",
            said | {"edits": 1, "bits": min(_worth(ours, records), _worth(theirs, records)) + _OTHER_FORM},
        )
        return
    edits = int(OSA.distance(ours.core, theirs.core))
    longest = max(len(ours.core), len(theirs.core))
    if edits > _EDITS or 1 - edits / longest < _ALIKE:
        yield from [("names_apart", said | {"bits": _APART})] if _share_code(one, other, records) else []
        return
    shared = _worth(theirs, records) * (1 - edits / longest)
    yield "similar_name", said | {"edits": edits, "bits": shared + edits * _EDIT}
    if edits > 1 or not slipped(ours, theirs, register) or not slipped(theirs, ours, register):
        yield "another_word", said
    elif len(register.keys) < _FEW:
        yield "few_names", {"names": len(register.keys)}
    yield from _differences(ours, theirs)


def _misspelt(one: int, other: int, records: Records) -> bool:
    """Whether two names differ by a slip in the legal form, which may hide where a branch's own words begin."""
    ours, theirs = records.register.names[one], records.register.names[other]
    return form_slipped(ours, theirs) or form_slipped(theirs, ours)


def _differences(ours: CompanyName, theirs: CompanyName) -> Iterator[Reason]:
    if ours.form and theirs.form and form_of(ours) != form_of(theirs):
        yield "other_form", {"listed": ours.form, "registered": theirs.form, "bits": _OTHER_FORM}
    apart = other_place(ours, theirs)
    if apart is not None:
        yield "other_place", apart | {"bits": _OTHER_PLACE}
    if ours.note and theirs.note and ours.note != theirs.note:
        yield "other_note", {"listed": ours.note, "registered": theirs.note}
    if min(len(ours.core), len(theirs.core)) < 3:
        yield "short_core", {"core": min(ours.core, theirs.core, key=len)}


def _worth(name: CompanyName, records: Records) -> float:
    standing = len(records.register.by_core.get(name.core, ()))
    return information(name.core + (name.branch or ""), records.register, standing=max(standing, 1))


def _exact(name: CompanyName) -> float:
    """A full name with a legal form is given once at its office of registration; a shop's name is not."""
    return _EXACT + (_UNIQUE if name.regions and _given_once(name) else 0.0)


def _given_once(name: CompanyName) -> bool:
    """Whether an office of registration gives such a name once: with a legal form, or with a place and words enough."""
    return (
        bool(name.form or name.branch) or name.core.endswith(_LEGAL) or (bool(name.regions) and len(name.core) > _SHORT)
    )


def _formers(row: int, records: Records) -> tuple[str, ...]:
    inside = records.register.names[row].former
    return (*records.of[row].formers, *((fold(inside),) if inside else ()))


def _share_code(one: int, other: int, records: Records) -> bool:
    ours, theirs = records.of[one], records.of[other]
    return bool((ours.org_code and ours.org_code == theirs.org_code) or (ours.reg_no and ours.reg_no == theirs.reg_no))


def _areas(ours: Record, theirs: Record, records: Records, *, moved: bool) -> Iterator[Reason]:
    """County and town; a firm whose full name is given once may have ``moved``."""
    if not ours.county or not theirs.county:
        return
    if ours.county != theirs.county:
        yield (
            "moved_county" if moved else "other_county",
            {"listed": ours.county, "registered": theirs.county, "bits": _OTHER_COUNTY},
        )
        return
    share = records.counties[ours.county] / max(records.counties.total(), 1)
    yield "same_county", {"county": ours.county, "bits": max(-log2(share), 0.5)}
    if ours.town and theirs.town:
        same = ours.town == theirs.town
        code = "same_town" if same else "other_town"
        yield code, {"one": ours.town, "other": theirs.town, "bits": _TOWN if same else _OTHER_TOWN}


def _houses(ours: Record, theirs: Record, records: Records) -> Iterator[Reason]:
    if ours.address and ours.address == theirs.address and ours.house is None:
        yield "same_address", {"bits": _HOUSE / 2}
    elif ours.house and theirs.house and ours.house == theirs.house:
        bits = max(_HOUSE - log2(records.houses[ours.house]), 1.0)
        both = ours.door is not None and ours.door == theirs.door
        yield "same_house", {"place": ours.house[0], "firms": records.houses[ours.house], "bits": bits + both * _DOOR}
    elif ours.house and theirs.house:
        yield "other_house", {"one": ours.house[0], "other": theirs.house[0], "bits": _OTHER_HOUSE}


def _contacts(ours: Record, theirs: Record, records: Records) -> Iterator[Reason]:
    """Telephone, legal person and day of foundation; the values themselves are never said."""
    if ours.phones and theirs.phones:
        shared = [records.phones[phone] for phone in ours.phones & theirs.phones]
        bits = _CONTACT - 3 * log2(min(shared)) if shared else _OTHER_PHONE
        yield "same_phone" if shared else "other_phone", {"records": min(shared, default=0), "bits": max(bits, -1.0)}
    if ours.person and theirs.person:
        same = ours.person == theirs.person
        bits = _CONTACT - 3 * log2(records.persons[ours.person]) if same else _OTHER_PERSON
        yield "same_person" if same else "other_person", {"bits": max(bits, -2.0)}
    if ours.established is not None and theirs.established is not None:
        same = ours.established == theirs.established
        day = f"{ours.established:%Y-%m-%d}"
        yield "same_day" if same else "other_day", {"day": day, "bits": _DAY if same else _OTHER_DAY}


def _rounded(reason: Reason) -> Reason:
    code, detail = reason
    return code, detail | ({"bits": round(detail["bits"], 1)} if "bits" in detail else {})
