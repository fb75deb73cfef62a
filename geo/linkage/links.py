"""Links between unions and what they cover: every listed name gets exactly one row, matched or not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from geo.frames import LINKS
from geo.linkage.matches import NOTHING, Match, Query, match
from geo.linkage.options import LinkOptions
from geo.linkage.register import Register, without_tail
from geo.text import fold, read_name


@dataclass(frozen=True)
class _Listing:
    link_id: str
    union_id: str
    role: str
    member_kind: str
    name: str
    query: Query
    member_id: str | None
    from_on: pd.Timestamp | None
    to_on: pd.Timestamp | None


@dataclass(frozen=True)
class _Decided:
    """What people decided: the target of a link or of a union's host; pairs that must never be linked."""

    chosen: dict[str, str | None]
    forbidden: frozenset[tuple[str, str]]


def link(
    unions: pd.DataFrame,
    memberships: pd.DataFrame,
    *,
    register: Register,
    decisions: pd.DataFrame,
    options: LinkOptions,
) -> pd.DataFrame:
    """Link own unions to their host and joint unions and federations to their members.

    Parameters
    ----------
    unions : UNIONS
    memberships : MEMBERSHIPS; a federation's members may be unions or firms, a joint union's are firms
    register : the enterprises, prepared by ``linkage.prepare``
    decisions : DECISIONS; ``link`` sets the target of a link (subject: link key, or union key for its host; target
    NA says
        that no enterprise in the register is meant), ``unlink`` forbids a pair
    options : thresholds

    Returns
    -------
    LINKS: one row per own (or project) union and one per membership, in that order; its key is the union's key with
    ``|host`` or with the membership's key behind it, so decisions survive a new run. An unmatched name has method
    ``none``. A listed name never gets two firms: rivals stand in the reasons and the status is ``review``.
    """
    decided = _decided(decisions)
    names = _union_names(unions)
    found = [
        (listing, _resolve(listing, register, unions=names, decided=decided, options=options))
        for listing in _listings(unions, memberships)
    ]
    rows = {listing.link_id: _row(listing, answer) for listing, answer in found}
    if not rows:
        return LINKS.empty()
    return LINKS.conform(pd.DataFrame.from_dict(rows, orient="index"))


def hosted(unions: pd.DataFrame) -> pd.Series:
    """Tell which unions have an enterprise of their own: own unions, and project unions that name one."""
    return unions["kind"].eq("own") | (unions["kind"].eq("project") & unions["host_name"].notna())


def _listings(unions: pd.DataFrame, memberships: pd.DataFrame) -> Iterator[_Listing]:
    for union in unions[hosted(unions)].itertuples():
        name = _text(union.host_name) or str(union.name)
        query = Query(name, _text(union.host_uscc), _text(union.county_code))
        yield _Listing(f"{union.Index}|host", str(union.Index), "host", "enterprise", name, query, None, None, None)
    known = unions[["kind", "county_code"]].to_dict("index")
    for member in memberships.astype("object").itertuples():
        union = known.get(member.union_id, {"kind": None, "county_code": None})
        query = Query(str(member.member_name), _text(member.member_uscc), _text(union["county_code"]))
        yield _Listing(
            f"{member.union_id}|{member.Index}",
            str(member.union_id),
            "federated" if union["kind"] == "federation" else "covered",
            str(member.member_kind),
            str(member.member_name),
            query,
            _text(member.member_id),
            member.from_on,
            member.to_on,
        )


def _resolve(
    listing: _Listing,
    register: Register,
    *,
    unions: dict[str, tuple[str, ...]],
    decided: _Decided,
    options: LinkOptions,
) -> tuple[str | None, Match]:
    """The member's key and the match that led to it."""
    for subject in (listing.link_id, *([listing.union_id] if listing.role == "host" else ())):
        if subject in decided.chosen:
            target = register.firm(decided.chosen[subject])
            return target, Match(None, "decision", 1.0, "auto" if target else "none", (["decided", {}],))
    if listing.member_kind == "union":
        return _union_named(listing, unions)
    if listing.member_id in register.row_of:
        return register.firm(listing.member_id), Match(None, "key", 1.0, "auto", (["key", {}],))
    answer = match(listing.query, register, options=options)
    if answer.row is None:
        return None, answer
    key, own = register.keys[answer.row], register.own_keys[answer.row]
    if own != key:
        answer = replace(answer, reasons=(*answer.reasons, ["same_firm_as", {"record": own, "firm": key}]))
    if {(about, firm) for about in (listing.link_id, listing.union_id) for firm in (key, own)} & decided.forbidden:
        return None, Match(None, "none", 0.0, "none", (["forbidden", {"firm": key}],))
    return key, answer


def _union_named(listing: _Listing, unions: dict[str, tuple[str, ...]]) -> tuple[str | None, Match]:
    wanted = (listing.member_id, listing.query.code, fold(listing.name), without_tail(read_name(listing.name)))
    for method, value in zip(("key", "org_code", "name", "name_core"), wanted, strict=True):
        found = [key for key in unions.get(value or "", ()) if key != listing.union_id]
        if len(found) == 1:
            return found[0], Match(None, method, 1.0 if method == "key" else 0.98, "auto", ([f"same_{method}", {}],))
        if found:
            return found[0], Match(None, method, 0.5, "review", (["several_unions", {"unions": found[:5]}],))
    return None, NOTHING


def _union_names(unions: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Union keys by everything a list may call a union: its key, its own code, its name, its host's name."""
    found: dict[str, list[str]] = {}
    for union in unions.sort_index().astype("object").itertuples():
        names = {str(union.Index), fold(str(union.name))}
        names |= {text for text in (_text(union.code), _text(union.host_uscc)) if text}
        names |= {fold(text) for text in (_text(union.host_name),) if text}
        names.add(without_tail(read_name(str(union.name))))
        for name in names:
            found.setdefault(name, []).append(str(union.Index))
    return {name: tuple(keys) for name, keys in found.items()}


def _decided(decisions: pd.DataFrame) -> _Decided:
    ordered = decisions.sort_values("decided_on", kind="stable", na_position="first")
    links, unlinks = (ordered[ordered["kind"].eq(kind)] for kind in ("link", "unlink"))
    chosen = {subject: _text(target) for subject, target in zip(links["subject"], links["target"], strict=True)}
    return _Decided(chosen, frozenset(_pairs(unlinks)))


def _pairs(rows: pd.DataFrame) -> Iterable[tuple[str, str]]:
    return zip(rows["subject"].astype(str), rows["target"].fillna("").astype(str), strict=True)


def _row(listing: _Listing, found: tuple[str | None, Match]) -> dict[str, Any]:
    key, answer = found
    return {
        "union_id": listing.union_id,
        "member_kind": listing.member_kind,
        "member_id": key,
        "role": listing.role,
        "listed_name": listing.name,
        "method": answer.method,
        "score": answer.score,
        "status": answer.status,
        "from_on": listing.from_on,
        "to_on": listing.to_on,
        "reasons": [list(reason) for reason in answer.reasons],
    }


def _text(value: Any) -> str | None:
    return None if pd.isna(value) or value == "" else str(value)
