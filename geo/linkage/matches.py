"""One listed name against the register: codes first, then the name, then its core, then what is nearly the same."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from geo.linkage.likeness import Scored, conflicts, form_of, other_place, regions_of, scored, similarity
from geo.linkage.options import LinkOptions
from geo.linkage.register import Register, texts_of, without_tail
from geo.linkage.slips import form_slipped, slipped
from geo.text import CompanyName, fold, read_name

_NAME_SCORE, _CORE_SCORE, _ORG_SCORE = 0.98, 0.96, 0.99
_OTHER_COUNTY = 0.9


@dataclass(frozen=True)
class Match:
    """The answer to one query; ``row`` is None if nothing fits."""

    row: int | None
    method: str
    score: float
    status: str
    reasons: tuple[Any, ...]


NOTHING = Match(None, "none", 0.0, "none", ())


@dataclass(frozen=True)
class Query:
    """A name as a union register lists it, with the code and county written beside it."""

    name: str
    code: str | None
    county: str | None


def match(query: Query, register: Register, *, options: LinkOptions) -> Match:
    """Find the one enterprise a listed name means.

    The cascade: credit code, organisation code (also inside a credit code), name letter by letter, core with place and
    branch, fuzzy inside the county. A doubtful answer keeps its best candidate and status ``review``.
    """
    return _plain(query, register) or _checked(query, _read(query, register, options=options), register)


def _checked(query: Query, found: Match, register: Register) -> Match:
    """A code beside the name that is another firm's or nobody's: the name alone is not believed against it."""
    code = (query.code or "")[-10:-1] if len(query.code or "") == 18 else query.code or ""
    known = register.org_codes[found.row] if found.row is not None else ""
    if not code or not known or code == known or found.status != "auto":
        return found
    why = ["other_code", {"one": code, "other": known}]
    return replace(found, status="review", score=min(found.score, 0.5), reasons=(*found.reasons, why))


def _plain(query: Query, register: Register) -> Match | None:
    """The answer for a name written letter by letter as in the register, which most are; None sends it on."""
    full = fold(query.name)
    row = register.by_code.get(query.code or "")
    if row is not None:
        same = register.names[row].full == full
        return Match(row, "uscc", 1.0, "auto", (["uscc", {"code": query.code}],)) if same else None
    rows = register.by_full.get(full, ()) if not query.code else ()
    if len(rows) != 1 or query.county != register.counties[rows[0]]:
        return None
    return Match(rows[0], "name", _NAME_SCORE, "auto", (["same_name", {"listed": full, "registered": full}],))


def _read(query: Query, register: Register, *, options: LinkOptions) -> Match:
    listed = read_name(query.name, register.regions)
    by_code = _by_code(query, listed, register)
    if by_code is not None:
        return by_code
    rows = register.by_full.get(without_tail(listed), ())
    if listed.former and not rows:
        rows = register.by_full.get(read_name(listed.former, register.regions).full, ())
    if not rows:
        rows = register.by_former.get(without_tail(listed), ())
        if rows:
            return _settled(rows, query, listed, register=register, method="former_name", options=options)
    if rows:
        return _settled(rows, query, listed, register=register, method="name", options=options)
    same = _same_core(listed.core, register)
    rows = tuple(row for row in same if register.names[row].branch == listed.branch)
    if rows:
        return _settled(rows, query, listed, register=register, method="name_core", options=options)
    answer = _fuzzy(query, listed, register, options=options)
    if answer.row is None and listed.branch and same:
        return replace(NOTHING, reasons=(["branch_of", {"firms": [register.keys[row] for row in same[:4]]}],))
    return answer


def _same_core(core: str, register: Register) -> tuple[int, ...]:
    """Firms of the same core; 集团 at its end is a word of form."""
    if len(core) < 2:
        return ()
    bare = core.removesuffix("集团")
    return register.by_core.get(core) or register.by_core.get(bare) or register.by_core.get(f"{bare}集团", ())


def _by_code(query: Query, listed: CompanyName, register: Register) -> Match | None:
    code = query.code or ""
    row, method, score = register.by_code.get(code), "uscc", 1.0
    if row is None:
        rows = register.by_org_code.get(code[8:17] if len(code) == 18 else code, ()) if code else ()
        one = len({register.keys[other] for other in rows}) == 1
        row, method, score = (rows[0] if one else None), "org_code", _ORG_SCORE
    if row is None:
        return None
    alike = similarity(listed, register.names[row])
    key = register.keys[row]
    rivals = [other for other in register.by_full.get(without_tail(listed), ()) if register.keys[other] != key]
    reasons: list[Any] = [[method, {"code": code}]]
    if alike < 0.5:
        reasons.append(["name_differs", {"listed": listed.full, "registered": register.names[row].full}])
    if alike < 0.5 and rivals:
        reasons.append(["name_means_another", {"firms": [register.keys[other] for other in rivals[:4]]}])
        return Match(row, method, 0.5, "review", tuple(reasons))
    return Match(row, method, score, "auto", tuple(reasons))


def _settled(
    rows: tuple[int, ...],
    query: Query,
    listed: CompanyName,
    *,
    register: Register,
    method: str,
    options: LinkOptions,
) -> Match:
    """Choose among firms of the same name or core: the county decides, then the legal form; else a person does."""
    inside = tuple(row for row in rows if not conflicts(listed, query.county, row, register))
    chosen = inside or rows
    if len(chosen) > 1:
        narrowed = tuple(row for row in chosen if form_of(register.names[row]) == form_of(listed))
        chosen = narrowed or chosen
    if len(chosen) > 1 and method == "name_core":
        exact = tuple(row for row in chosen if regions_of(register.names[row]) == regions_of(listed))
        chosen = exact or chosen
    chosen = tuple(sorted(chosen, key=lambda row: _farness(row, query, listed, register)))
    chosen = tuple({register.keys[row]: row for row in reversed(chosen)}.values())[::-1]  # records of one firm are one
    row = chosen[0]
    score = _NAME_SCORE if method == "name" else _CORE_SCORE
    reasons: list[Any] = [[f"same_{method}", {"listed": listed.full, "registered": register.names[row].full}]]
    doubts = []
    if not inside and (method == "name_core" or not listed.regions):
        doubts.append(["other_county", {"listed": query.county, "registered": register.counties[row]}])
    elif method == "name_core" and listed.note and (note := register.names[row].note) and note != listed.note:
        doubts.append(["other_note", {"listed": listed.note, "registered": note}])
    elif method == "name_core" and (place := other_place(listed, register.names[row])):
        doubts.append(["other_place", place])
    if (
        method == "name_core"
        and form_of(register.names[row]) != form_of(listed)
        and listed.form
        and register.names[row].form
    ):
        reasons.append(["other_form", {"listed": listed.form, "registered": register.names[row].form}])
    if method == "name_core" and len(listed.core) < 3:
        doubts.append(["short_core", {"core": listed.core}])
    if len(chosen) > 1:
        doubts.append(
            ["several_firms", {"firms": [register.keys[other] for other in chosen[: options.listed_rivals + 1]]}]
        )
    score *= _OTHER_COUNTY ** len(doubts)
    return Match(row, method, score, "review" if doubts else "auto", (*reasons, *doubts))


def _farness(row: int, query: Query, listed: CompanyName, register: Register) -> tuple[bool, bool]:
    """Sorts firms of one name: first those known to be in the county, then those whose place words are the same."""
    return register.counties[row] != query.county, register.names[row].regions != listed.regions


def _fuzzy(query: Query, listed: CompanyName, register: Register, *, options: LinkOptions) -> Match:
    """The nearest name: one slip away, else what shares most, among which the rivals of a sure link are looked for."""
    close = _ranked(register.neighbours.of(texts_of(listed)), query, listed, register=register, options=options)
    answer = _proposed(close, query, listed, register=register, options=options)
    if answer.status == "review":
        return answer
    wide = {*(found.row for found in close), *register.near(texts_of(listed)[1], options.candidates)}
    ranked = _ranked(sorted(wide), query, listed, register=register, options=options)
    return _proposed(ranked, query, listed, register=register, options=options)


def _ranked(
    rows: Iterable[int], query: Query, listed: CompanyName, *, register: Register, options: LinkOptions
) -> list[Scored]:
    found = (scored(listed, query.county, row, register, least=options.review_score) for row in rows)
    return sorted(one for one in found if one is not None)


def _proposed(
    ranked: list[Scored], query: Query, listed: CompanyName, *, register: Register, options: LinkOptions
) -> Match:
    if not ranked:
        return NOTHING
    best = ranked[0]
    others = [other for other in ranked[1:] if register.keys[other.row] != register.keys[best.row]]
    registered = register.names[best.row]
    reasons: list[Any] = [["similar_name", {"listed": listed.full, "registered": registered.full, "edits": best.edits}]]
    if best.conflict:
        reasons.append(["other_county", {"listed": query.county, "registered": register.counties[best.row]}])
    place = other_place(listed, registered)
    if not best.conflict and place:
        reasons.append(["other_place", place])
    near_score = [other for other in others if other.score > best.score - options.lead]
    near_text = [other for other in others if other.edits <= best.edits + 1]
    if near_score:
        rivals = [register.keys[found.row] for found in (best, *near_score[: options.listed_rivals])]
        reasons.append(["several_firms", {"firms": rivals}])
    in_form = best.edits == 1 and form_slipped(listed, registered)
    if not in_form and not slipped(listed, registered, register):
        reasons.append(["another_word", {"listed": listed.full, "registered": registered.full}])
    one_slip = in_form or (best.edits == 1 and len(listed.core) >= options.slip_core and not near_text)
    sure = len(reasons) == 1 and (best.score >= options.auto_score or one_slip)
    return Match(best.row, "fuzzy", round(best.score, 4), "auto" if sure else "review", tuple(reasons))
