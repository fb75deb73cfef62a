"""Records of several registers that are one firm: pairs with their why, and which record stands for the firm.

A record without a credit code, and one that shares its name with another of a different code, is compared with the
records it may mean. Sure pairs count as one firm, doubtful ones are told; what a person decided wins.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geo.beside import WORTH_TWO, beside
from geo.frames import SAME
from geo.linkage.evidence import Evidence, weigh
from geo.linkage.options import LinkOptions
from geo.linkage.records import Records, read_records
from geo.linkage.register import Register, texts_of, without_tail
from geo.text import fold

_BETWEEN = "="


@dataclass(frozen=True)
class _Pair:
    one: str
    other: str
    method: str
    score: float
    bits: float
    status: str
    reasons: list[Any]


def pair_key(one: str, other: str) -> str:
    """Return the key of a pair of enterprises, whichever is named first."""
    return _BETWEEN.join(sorted((one, other)))


def same(
    enterprises: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    register: Register,
    decisions: pd.DataFrame,
    options: LinkOptions,
    processes: int = 1,
) -> pd.DataFrame:
    """Find the pairs of records that are, or may be, one firm.

    Parameters
    ----------
    enterprises, locations : ENTERPRISES and their LOCATIONS
    register : the enterprises, prepared by ``linkage.prepare``
    decisions : DECISIONS; ``link`` of two enterprises makes them one firm, ``unlink`` two; the last one of a pair holds
    options : thresholds
    processes : 2 weighs the records of large registers in two processes, where one can be forked

    Returns
    -------
    SAME, sorted by its key. ``auto`` pairs are one firm, ``review`` pairs wait for a person, ``none`` pairs were told
    apart by one. Evidence joins a record to one other at most and never two that have codes, so no chain of likenesses
    makes one firm of two.
    """
    records = read_records(enterprises, locations, register)
    found = {pair_key(pair.one, pair.other): pair for pair in _found(records, options, processes)}
    for key, pair in _decided(decisions, register).items():
        found[key] = replace(pair, reasons=[*pair.reasons, *(found[key].reasons if key in found else ())])
    if not found:
        return SAME.empty()
    ranks = _ranks(records, enterprises)
    firms, refused = _firms(found, ranks)
    for key in refused:
        found[key] = replace(found[key], status="review", reasons=[["decided_apart", {}], *found[key].reasons])
    rows = {
        key: {**vars(pair), "firm": firms[pair.one] if pair.status == "auto" else None}
        for key, pair in sorted(found.items())
    }
    return SAME.conform(pd.DataFrame.from_dict(rows, orient="index"))


def stands_for(pairs: pd.DataFrame) -> dict[str, str]:
    """Return, for each record that another one stands for, the key of that one.

    ``pairs`` is SAME; a record that stands for itself is not in the answer.
    """
    sure = pairs[pairs["status"].eq("auto")]
    named = [*zip(sure["one"], sure["firm"], strict=True), *zip(sure["other"], sure["firm"], strict=True)]
    return {str(key): str(firm) for key, firm in named if key != firm}


def _found(records: Records, options: LinkOptions, processes: int) -> Iterator[_Pair]:
    """Pairs that evidence speaks for, each once; the better sight of a pair seen from both sides counts."""
    rows = range(len(records.of))
    others = beside(
        lambda: _sights(rows[1::2], records, options), wanted=processes > 1 and len(rows) >= WORTH_TWO
    )  # every second one: records without codes stand together
    sights = _sights(rows[::2], records, options)
    sights |= others()
    best: dict[str, _Pair] = {}
    for row in sorted(sights):
        for pair in sights[row]:
            key = pair_key(pair.one, pair.other)
            if key not in best or (pair.status, -pair.bits) < (best[key].status, -best[key].bits):
                best[key] = pair
    yield from best.values()


def _sights(rows: Iterable[int], records: Records, options: LinkOptions) -> dict[int, list[_Pair]]:
    """Pairs that evidence speaks for, by the record that they are seen from."""
    seen = {row: list((_namesakes if records.of[row].coded else _pairs_of)(row, records, options)) for row in rows}
    return {row: pairs for row, pairs in seen.items() if pairs}


def _pairs_of(row: int, records: Records, options: LinkOptions) -> Iterator[_Pair]:
    """The records that one without a credit code may mean: the best may be sure, its rivals are named."""
    weighed = [(other, weigh(row, other, records, options=options)) for other in _candidates(row, records, options)]
    likely = [(other, found) for other, found in weighed if found is not None and found.bits >= options.same_review]
    ranked = sorted(likely, key=lambda pair: (-pair[1].bits, pair[0]))
    close = [pair for pair in ranked if pair[1].bits > ranked[0][1].bits - options.same_lead]
    coded = [pair for pair in close if records.of[pair[0]].coded]
    best = (coded or close)[:1]
    rivals = [other for other, _ in (coded or _other_names(close, records))[1:]]
    for other, found in best:
        sure = not rivals and not found.doubtful and found.bits >= options.same_auto
        yield _pair(row, other, found, records, rivals=rivals, sure=sure)
    for other, found in [pair for pair in ranked if pair not in best][: options.listed_rivals]:
        if records.of[other].coded or not best:
            yield _pair(row, other, found, records, rivals=[key for key, _ in best], sure=False)


def _other_names(close: list[tuple[int, Evidence]], records: Records) -> list[tuple[int, Evidence]]:
    """Of records without codes, one a name: those of one name are weighed against each other in their turn."""
    names = records.register.names
    return list({without_tail(names[pair[0]]): pair for pair in reversed(close)}.values())[::-1]


def _namesakes(row: int, records: Records, options: LinkOptions) -> Iterator[_Pair]:
    """Other records with credit codes: one of the same code is the firm; of one name with another code perhaps."""
    register, record = records.register, records.of[row]
    same_code = register.by_org_code.get(record.org_code or "", ())
    alike = register.by_full.get(without_tail(register.names[row]), ())
    if same_code in ((), (row,)) and alike in ((), (row,)):
        return  # it is alone with its code and name, as nearly all are
    for other in dict.fromkeys((*same_code, *alike)):
        if other <= row or not records.of[other].coded:
            continue
        found = weigh(row, other, records, options=options)
        gone = "closed" in (record.status, records.of[other].status)
        if found is not None and found.bits >= options.same_review and (other in same_code or not gone):
            sure = records.of[other].uscc == record.uscc and not found.doubtful
            yield _pair(row, other, found, records, rivals=[], sure=sure)


def _candidates(row: int, records: Records, options: LinkOptions) -> list[int]:
    """Rows worth weighing: of the same code, name, former name or core; else those whose names are near."""
    register, record = records.register, records.of[row]
    name = register.names[row]
    exact: list[int] = [
        *register.by_org_code.get(record.org_code or "", ()),
        *records.by_reg_no.get(record.reg_no or "", ()),
    ]
    names = {without_tail(name), *record.formers, *((fold(name.former),) if name.former else ())}
    exact += [
        other
        for full in sorted(names)
        for other in (*register.by_full.get(full, ()), *register.by_former.get(full, ()))
    ]
    exact += register.by_core.get(name.core, ())[: options.candidates]
    found = list(dict.fromkeys(other for other in exact if other != row))
    if found:
        return found[: 2 * options.candidates]
    texts = texts_of(name)
    close = register.neighbours.of(texts)[: options.candidates]
    return [other for other in dict.fromkeys((*close, *register.near(texts[1], options.candidates))) if other != row]


def _pair(row: int, other: int, found: Evidence, records: Records, *, rivals: list[int], sure: bool) -> _Pair:
    keys = records.register.own_keys
    reasons: list[Any] = [[code, detail] for code, detail in found.reasons]
    if rivals:
        reasons.append(["several_firms", {"firms": [keys[rival] for rival in rivals[:4]]}])
    one, other_key = sorted((keys[row], keys[other]))
    return _Pair(
        one, other_key, found.method, round(found.chance, 4), found.bits, "auto" if sure else "review", reasons
    )


def decided(decisions: pd.DataFrame, known: Container[str]) -> pd.DataFrame:
    """Return what people decided of pairs of enterprises: by key of the pair the last ``link`` or ``unlink``.

    ``known`` holds the keys of the enterprises; the column ``key`` is that of the decision.
    """
    chosen = decisions[decisions["kind"].isin(["link", "unlink"]) & decisions["target"].notna()]
    ends = zip(chosen["subject"], chosen["target"], strict=True)
    chosen = chosen[np.array([one in known and other in known and one != other for one, other in ends], dtype=bool)]
    keys = [pair_key(one, other) for one, other in zip(chosen["subject"], chosen["target"], strict=True)]
    table = chosen.assign(key=chosen.index).set_axis(pd.Index(keys, dtype="object", name="pair_id"))
    table = table.sort_values("decided_on", kind="stable", na_position="first")
    return table[~table.index.duplicated(keep="last")]


def _decided(decisions: pd.DataFrame, register: Register) -> dict[str, _Pair]:
    found = {}
    for line in decided(decisions, register.row_of).itertuples():
        one, other = sorted((str(line.subject), str(line.target)))
        joined = line.kind == "link"
        why: list[Any] = [["decided" if joined else "decided_apart", {}]]
        status = "auto" if joined else "none"
        found[str(line.Index)] = _Pair(one, other, "decision", float(joined), 0.0, status, why)
    return found


def _ranks(records: Records, enterprises: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
    """Which record stands for a firm: one with a credit code, then another code, then the newest, then by key."""
    days = {
        key: 0 if pd.isna(day) else -day.toordinal()
        for key, day in zip(enterprises.index.tolist(), enterprises["source_date"].tolist(), strict=True)
    }
    pairs = zip(records.register.own_keys, records.of, strict=True)
    return {key: (not one.coded, one.org_code is None, one.reg_no is None, days[key], key) for key, one in pairs}


def _firms(pairs: Mapping[str, _Pair], ranks: dict[str, tuple[Any, ...]]) -> tuple[dict[str, str], list[str]]:
    """The record that stands for the firm of each record in a sure pair, and the keys of pairs that must not be joined.

    What people decided is joined first, then the strongest evidence; a pair that would bring two records together that
    a person told apart is refused.
    """
    of: dict[str, set[str]] = {}
    apart = [{pair.one, pair.other} for pair in pairs.values() if pair.status == "none"]
    sure = [(key, pair) for key, pair in pairs.items() if pair.status == "auto"]
    refused = []
    for key, pair in sorted(sure, key=lambda item: (item[1].method != "decision", -item[1].bits, item[0])):
        joined = of.get(pair.one, {pair.one}) | of.get(pair.other, {pair.other})
        if pair.method != "decision" and any(two <= joined for two in apart):
            refused.append(key)
            continue
        of.update(dict.fromkeys(joined, joined))
    best = {id(group): min(group, key=ranks.__getitem__) for group in of.values()}
    return {key: best[id(group)] for key, group in of.items()}, refused


def by_worth(pairs: pd.DataFrame, firms: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of SAME in the order in which a person should look at them, what a decision changes most first.

    Joining two records changes the counts by one firm and by the workers that were counted twice: the chance that they
    are one firm, times the size of the smaller record. ``firms`` holds ``workers`` by enterprise key.
    """
    workers = firms["workers"].astype("float64").fillna(1.0).clip(lower=1.0)
    sizes = [pairs[side].map(workers).fillna(1.0) for side in ("one", "other")]
    worth = pairs["score"] * (1.0 + np.log2(np.minimum(*sizes)))
    order = pd.DataFrame({"worth": -worth.round(6), "key": pairs.index}, index=pairs.index).sort_values(
        ["worth", "key"]
    )
    return pairs.loc[order.index]
