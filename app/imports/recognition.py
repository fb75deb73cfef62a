"""Rows of a file recognised as what is stored: by code, organisation code, old number, name and address, else new.

A key once given stays: a firm that was stored without a code keeps its key when a later file brings the code, so that
no decision about it is lost.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app import store
from geo.registry import REJECT, WARN, Checked
from geo.registry.faults import COLUMNS
from geo.text import fold

_FULL_NAME = ("公司", "厂", "集团", "合作社", "银行", "学校", "医院", "事务所")
"""Endings of names that are unique in their place of registration: such a name alone recognises a firm."""


def recognise(session: Session, kind: str, checked: Checked, taken: dict[str, Any]) -> Checked:
    """Return the rows under the keys of what is stored; two rows of the file that mean one unit are told.

    ``taken`` maps keys that earlier rows of the file mean to their row numbers, and is added to.
    """
    if kind == "enterprises":
        keys, found = _firms(session, checked.frames["enterprises"])
        return _renamed(_rekeyed(checked, "enterprises", keys, taken), found)
    if kind == "unions":
        return _unions(session, checked, taken)
    if kind == "headcounts":
        return _headcounts(session, checked)
    if kind == "members":
        return _members(session, checked)
    return checked


def _texts(values: Iterable[Any]) -> list[str]:
    return sorted({str(value) for value in values if isinstance(value, str) and value})


def _firms(session: Session, frame: pd.DataFrame) -> tuple[dict[str, str], pd.DataFrame]:
    """Return the stored key of each row that is stored under another one, and the stored rows that may be meant."""
    # A firm stored without a credit code has its organisation code in its key; the column itself is searched only for
    # rows without a credit code, as it is the one that no index serves.
    keys = [*frame.index, *(f"org:{code}" for code in frame["org_code"].dropna())]
    bare = frame["org_code"][frame["uscc"].isna()]
    names = {
        "key": _texts(keys),
        "uscc": _texts(frame["uscc"]),
        "org_code": _texts(bare),
        "reg_no": _texts(frame["reg_no"][frame["uscc"].isna()]) if "reg_no" in frame else [],
        "name": _texts(frame["name"]),
    }
    found = store.find(session, "enterprises", **{name: values for name, values in names.items() if values})
    if found.empty:
        return {}, found
    by_code = {code: key for key, code in found["uscc"].dropna().items()}
    by_org, by_reg = _single(found["org_code"]), _single(found["reg_no"])
    by_name: dict[str, list[str]] = {}
    for key, name in found["name"].items():
        by_name.setdefault(fold(name), []).append(key)
    result = {}
    for key, row in zip(frame.index, frame.itertuples(), strict=True):
        stored = (
            _by_code(row, by_code, by_org, found)
            or _by_number(row, by_reg, found)
            or _by_name(row, by_name.get(fold(row.name), []), found)
        )
        if stored is not None and stored != key:
            result[key] = stored
    return result, found


def _renamed(checked: Checked, found: pd.DataFrame) -> Checked:
    """Return the rows with the name that is stored kept as a former one where a file brings another; each is told.

    A renamed firm and a mistyped code look the same: a person has to tell them apart.
    """
    frame, stored = checked.frames["enterprises"], found["name"].to_dict()
    faults: list[tuple[Any, ...]] = []
    former: dict[str, str] = {}
    for key, name in zip(frame.index, frame["name"], strict=True):
        was = stored.get(key, name)
        if fold(was) == fold(name):
            continue
        known = [*_listed(frame.at[key, "former_names"]), *_listed(found.at[key, "former_names"]), was]
        former[key] = "；".join(dict.fromkeys(known))
        faults.append((checked.rows[key][0], WARN, "NAME_CHANGED", "name", None, name, {"was": was, "now": name}))
    if not former:
        return checked
    names = frame["former_names"].where(~frame.index.isin(former), frame.index.map(former).to_series(frame.index))
    frames = {**checked.frames, "enterprises": frame.assign(former_names=names.astype("string"))}
    return _changed(replace(checked, frames=frames), faults, [])


def _listed(names: Any) -> list[str]:
    return names.split("；") if isinstance(names, str) else []


def _by_code(row: Any, by_code: dict[str, str], by_org: dict[str, str], found: pd.DataFrame) -> str | None:
    if isinstance(row.uscc, str) and row.uscc in by_code:
        return by_code[row.uscc]
    key = by_org.get(row.org_code) if isinstance(row.org_code, str) else None
    if key is None:
        return None
    has_other = isinstance(row.uscc, str) and isinstance(found.at[key, "uscc"], str)
    return None if has_other else key


def _by_number(row: Any, by_reg: dict[str, str], found: pd.DataFrame) -> str | None:
    """Return the stored firm of the same old registration number, where no other code speaks for either."""
    number = getattr(row, "reg_no", None)
    key = by_reg.get(number) if isinstance(number, str) else None
    if key is None or isinstance(row.uscc, str):
        return None
    other = isinstance(row.org_code, str) and _has(found, key, "org_code") and row.org_code != found.at[key, "org_code"]
    return None if other else key


def _by_name(row: Any, keys: list[str], found: pd.DataFrame) -> str | None:
    """Return the one stored firm of that name: codes must not contradict, names that are not full need the address."""
    coded = isinstance(row.uscc, str) or isinstance(row.org_code, str)
    fits = [key for key in keys if not (coded and (_has(found, key, "uscc") or _has(found, key, "org_code")))]
    if len(fits) != 1:
        return None
    name, address = fold(row.name), found.at[fits[0], "address"]
    here = fold(row.address) if isinstance(row.address, str) else ""
    same = bool(here) and isinstance(address, str) and fold(address) == here
    full = any(part in name for part in _FULL_NAME) and not name.endswith(("店", "部", "户"))
    return fits[0] if same or full else None


def _has(found: pd.DataFrame, key: str, column: str) -> bool:
    return isinstance(found.at[key, column], str)


def _single(codes: pd.Series) -> dict[str, str]:
    known = codes.dropna()
    return {code: key for key, code in known[~known.duplicated(keep=False)].items()}


def _rekeyed(checked: Checked, layer: str, keys: dict[str, str], taken: dict[str, Any]) -> Checked:
    frame = checked.frames[layer]
    final = [keys.get(key, key) for key in frame.index]
    keep, faults, rejected = [], [], []
    for place, (key, old) in enumerate(zip(final, frame.index, strict=True)):
        row = checked.rows[old][0]
        if key in taken:
            faults.append((row, REJECT, "DUPLICATE_DIFFERENT", None, None, "", {"row": taken[key], "key": key}))
            rejected.append(row)
        else:
            taken[key] = row
            keep.append(place)
    index = pd.Index([final[place] for place in keep], dtype="object", name=frame.index.name)
    rows = pd.Series([checked.rows[frame.index[place]] for place in keep], index=index, dtype="object")
    kept = frame.iloc[keep].set_axis(index)
    return _changed(replace(checked, frames={**checked.frames, layer: kept}, rows=rows), faults, rejected)


def _changed(checked: Checked, faults: list[tuple[Any, ...]], rejected: list[Any]) -> Checked:
    if not faults:
        return checked
    added = pd.DataFrame(faults, columns=list(COLUMNS), dtype="object")
    table = pd.concat([checked.faults, added], ignore_index=True) if len(checked.faults) else added
    return replace(checked, faults=table, rejected=checked.rejected.append(pd.Index(rejected)))


def _unions(session: Session, checked: Checked, taken: dict[str, Any]) -> Checked:
    frame = checked.frames["unions"]
    keys = _union_keys(session, frame["name"], frame["code"], frame["county_code"])
    result = _rekeyed(checked, "unions", keys, taken)
    members = result.frames["memberships"]
    here = set(result.frames["unions"].index)
    union_ids = members["union_id"].map(lambda key: keys.get(key, key))
    members = members[union_ids.isin(here)].assign(union_id=union_ids[union_ids.isin(here)])
    members = _with_union(members)
    return replace(result, frames={**result.frames, "memberships": members})


def _union_keys(session: Session, names: pd.Series, codes: pd.Series, counties: pd.Series) -> dict[str, str]:
    """Return the stored key of unions stored under another one: same code, or same name and no contradiction."""
    found = store.find(session, "unions", code=_texts(codes), name=_texts(names))
    by_code = _single(found["code"])
    by_name: dict[str, list[tuple[str, Any, Any]]] = {}
    for key, name, code, county in zip(found.index, found["name"], found["code"], found["county_code"], strict=True):
        by_name.setdefault(fold(name), []).append((key, code, county))
    result = {}
    for key, name, code, county in zip(names.index, names, codes, counties, strict=True):
        same = by_name.get(fold(name), []) if isinstance(name, str) else []
        fits = [other for other, *theirs in same if all(map(_agree, (code, county), theirs))]
        stored = (by_code.get(code) if isinstance(code, str) else None) or (fits[0] if len(fits) == 1 else None)
        if stored is not None and stored != key:
            result[key] = stored
    return result


def _agree(one: Any, other: Any) -> bool:
    """Tell whether two texts do not contradict each other: the same, or one of them not known."""
    return not isinstance(one, str) or not isinstance(other, str) or one == other


def _with_union(members: pd.DataFrame) -> pd.DataFrame:
    """Give memberships keys that begin with their union's."""
    ends = [str(key).rpartition("|")[2] for key in members.index]
    keys = [f"{union}|{end}" for union, end in zip(members["union_id"], ends, strict=True)]
    frame = members.set_axis(pd.Index(keys, dtype="object", name=members.index.name))
    return frame[~frame.index.duplicated()]


def _members(session: Session, checked: Checked) -> Checked:
    """Find the unions that a list of covered units names; rows of unions that are not stored are rejected."""
    frame = checked.frames["memberships"]
    names = frame["union_name"]
    ids = frame["union_id"]
    stored = set(store.find(session, "unions", key=_texts(ids)).index)
    open_rows = frame[~ids.isin(stored)]
    by_name = _single(store.find(session, "unions", name=_texts(open_rows["union_name"]))["name"])
    final = ids.where(ids.isin(stored), names.map(by_name))
    lost = final.isna().to_numpy()
    faults = _unknown(checked, frame.index[lost], "UNION_UNKNOWN", "union_name", names)
    members = _with_union(frame[~lost].assign(union_id=final[~lost]))
    rows = pd.Series(list(checked.rows[frame.index[~lost]]), index=frame.index[~lost], dtype="object")
    rows = rows.set_axis([f"{u}|{str(k).rpartition('|')[2]}" for u, k in zip(final[~lost], rows.index, strict=True)])
    rows = rows[~rows.index.duplicated()]
    frames = {"memberships": members.drop(columns="union_name")}
    return _changed(replace(checked, frames=frames, rows=rows), faults, [fault[0] for fault in faults])


def _headcounts(session: Session, checked: Checked) -> Checked:
    """Find the firms that a list of counts names; rows of firms that are not stored are rejected."""
    frame = checked.frames["headcounts"]
    firms = frame[["uscc", "org_code", "name"]].assign(name=frame["name"].fillna(""), address=None)
    firms = firms.set_axis(pd.Index(frame["enterprise_id"], dtype="object"))
    firms = firms[~firms.index.duplicated()]
    stored = set(store.find(session, "enterprises", key=_texts(firms.index)).index)
    final = frame["enterprise_id"].map({key: key for key in firms.index if key in stored} | _firms(session, firms)[0])
    lost = final.isna().to_numpy()
    faults = _unknown(checked, frame.index[lost], "FIRM_UNKNOWN", "name", frame["name"])
    kept = frame[~lost].assign(subject_kind="enterprise", subject_key=final[~lost], as_of=frame["counts_on"][~lost])
    counts = store.headcounts.keyed(kept.assign(basis=kept["counts_basis"]))
    rows = pd.Series(list(checked.rows[frame.index[~lost]]), index=_headcount_keys(kept), dtype="object")
    result = replace(checked, frames={"headcounts": counts}, rows=rows[~rows.index.duplicated(keep="last")])
    return _changed(result, faults, [fault[0] for fault in faults])


def _unknown(checked: Checked, keys: pd.Index, code: str, name: str, written: pd.Series) -> list[tuple[Any, ...]]:
    values = (written.get(key) for key in keys)
    texts = [value if isinstance(value, str) else "" for value in values]
    return [(checked.rows[key][0], REJECT, code, name, None, text, {}) for key, text in zip(keys, texts, strict=True)]


def _headcount_keys(kept: pd.DataFrame) -> list[str]:
    days = pd.to_datetime(kept["as_of"]).dt.strftime("%Y-%m-%d").fillna("")
    return [f"enterprise|{key}|{day}" for key, day in zip(kept["subject_key"], days, strict=True)]
