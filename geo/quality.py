"""How good the located register is: levels, states, faults, doubles, former names, sources; claims held to answers.

Everything is counted over all firms of a survey, in the denominator or not: an address is good or bad either way.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo.coverage import PRECISE
from geo.decisions import NOWHERE, OUTSIDE, address_key, standing
from geo.geocode import used_addresses
from geo.review import listed
from geo.text import fold, normalise

LEVELS = ("building", "number", "market", "street", "zone", "village", "town", "county", "none")
STATUSES = ("auto", "review", "none", "outside")
EDGES = (0.0, 0.4, 0.6, 0.75, 0.9, 0.95, 0.99, 1.0)
"""Borders of the bins in which claimed confidence is shown."""
FAULTS = (
    "CONFLICT", "TWO_TOWNS", "TOWN_NOT_KNOWN", "PLACES_APART", "PLACE_NOT_IN_TOWN", "SPEAKS_AGAINST", "MOVED_AWAY",
    "NEGATED", "ON_WATER", "OFFSET_TOO_FAR", "OUTLINE_DISAGREES", "OUTSIDE", "EMPTY", "HOMONYM",
    "VILLAGE_NOT_IN_TOWN", "COUNTY_FROM_PRIOR", "TYPO", "NEAR_BORDER", "NOT_ON_MAP", "NUMBER_TOO_FAR", "NUMBER_NEAREST",
    "STREET_MIDDLE", "FLOOR_ABOVE_TOP", "ROOM_ABOVE_TOP", "LONG_ADDRESS", "NUMBER_LIST", "NUMBER_RANGE", "RELATION",
    "CROSSING", "OLD_NAME", "TOWN_COUNTED_UNDER", "KNOWN_ELSEWHERE",
)  # fmt: skip
"""Reasons that tell of a fault or a doubt in the address or in what is known, weightiest first; others are evidence."""
DOUBLES = ("same_code", "same_name_and_address", "same_name")
_DECIDED = frozenset(("DECIDED", "DECIDED_OUTSIDE", "DECIDED_NOWHERE", "PINNED"))


@dataclass(frozen=True)
class Taken:
    """How many firms would be taken without a person from a confidence on; ``perhaps`` more that a person sees now."""

    auto: int
    perhaps: int
    review: int
    none: int


@dataclass(frozen=True, eq=False)
class Quality:
    """The quality of FIRMS; rows are places in the frame."""

    firms: pd.DataFrame

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Return by level: ``firms``, ``share``, ``mapped`` (with a position) and ``radius_m`` (median of those)."""
        grouped = self.firms.groupby(self.firms["level"].astype("object"))
        table = pd.DataFrame({"firms": grouped.size(), "mapped": grouped["lon"].count()})
        table["radius_m"] = grouped["radius_m"].median()
        table = table.reindex(LEVELS)
        counts = {name: table[name].fillna(0).astype("int64") for name in ("firms", "mapped")}
        return table.assign(**counts, share=counts["firms"] / max(len(self.firms), 1))

    @cached_property
    def statuses(self) -> pd.DataFrame:
        """Return by state of the answer: ``firms`` and ``share``."""
        counts = self.firms["location_status"].astype("object").value_counts().reindex(STATUSES, fill_value=0)
        return pd.DataFrame({"firms": counts, "share": counts / max(len(self.firms), 1)})

    def taken_from(self, threshold: float) -> Taken:
        """Return how many firms would be taken without a person if ``threshold`` were the least confidence.

        What a person decided stays. Below what is automatic now, a firm may be under review for another reason: those
        are ``perhaps`` automatic.
        """
        status = self.firms["location_status"].astype("object").to_numpy()
        claimed = self.firms["confidence"].to_numpy(dtype=float, na_value=np.nan)
        auto, review = status == "auto", status == "review"
        decided = np.asarray([any(code in _DECIDED for code, _ in told) for told in self._evidence], dtype=bool)
        least = np.min(claimed, where=auto & ~decided & ~np.isnan(claimed), initial=1.0)
        kept = int((auto & (decided | (claimed >= threshold))).sum())
        perhaps = int((review & (claimed >= threshold) & (claimed < least)).sum())
        answered = int((auto | review).sum())
        return Taken(kept, perhaps, answered - kept, len(status) - answered)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Return by register: ``firms``, ``precise``, ``mapped``, ``auto``, ``review``, ``nowhere``, newest ``day``."""
        firms = self.firms
        status = firms["location_status"]
        facts = pd.DataFrame(
            {
                "firms": 1,
                "precise": firms["level"].isin(PRECISE).astype(int),
                "mapped": firms["lon"].notna().astype(int),
                "auto": status.eq("auto").astype(int),
                "review": status.eq("review").astype(int),
                "nowhere": status.isin(("none", "outside")).astype(int),
            }
        ).groupby(firms["source"].fillna("").astype("object"))
        table = facts.sum().sort_values("firms", ascending=False, kind="stable")
        return table.assign(day=firms.groupby(firms["source"].fillna("").astype("object"))["source_date"].max())

    @property
    def shares(self) -> dict[str, float]:
        """Return the shares that a badge tells: ``precise`` (at a building, number or market), ``mapped``, ``auto``."""
        whole = max(len(self.firms), 1)
        precise = int(self.levels.loc[list(PRECISE), "firms"].sum())
        return {
            "precise": precise / whole,
            "mapped": int(self.levels["mapped"].sum()) / whole,
            "auto": float(self.statuses.at["auto", "share"]),
        }

    @cached_property
    def reasons(self) -> dict[str, np.ndarray]:
        """Return the rows of each reason code, faults first, then evidence, each by how many firms have it."""
        found: dict[str, list[int]] = defaultdict(list)
        for row, reasons in enumerate(self._evidence):
            for code in dict.fromkeys(code for code, _ in reasons):
                found[code].append(row)
        order = sorted(found, key=lambda code: (code not in FAULTS, -len(found[code]), code))
        return {code: np.asarray(found[code]) for code in order}

    @cached_property
    def stale(self) -> dict[tuple[str, str], np.ndarray]:
        """Return the rows that write a former name, by that name and today's, the most frequent first."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, reasons in enumerate(self._evidence):
            for code, detail in reasons:
                if code == "OLD_NAME":
                    found[str(detail.get("from", "")), str(detail.get("to", ""))].append(row)
        return {name: np.asarray(rows) for name, rows in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))}

    @cached_property
    def doubles(self) -> dict[str, np.ndarray]:
        """Return the rows that share a code, a name and address, or only a name with another row, group by group."""
        names = self.firms["name"].map(fold, na_action="ignore").astype("object")
        addresses = [normalise(raw).text for raw in used_addresses(self.firms)]
        both = pd.Series([f"{n}|{a}" if a else None for n, a in zip(names, addresses, strict=True)], dtype="object")
        codes = self.firms["uscc"].str.slice(8, 17).fillna(self.firms["org_code"])
        found = dict(zip(DOUBLES, (_repeated(codes), _repeated(both), _repeated(names)), strict=True))
        whole = set(found["same_name_and_address"].tolist())
        found["same_name"] = np.asarray(
            [row for row in found["same_name"].tolist() if row not in whole], dtype=np.int64
        )
        return found

    def claims(self, decisions: pd.DataFrame) -> pd.DataFrame:
        """Return claimed confidence in bins: ``firms``, mean ``claimed``, and how it fared where a person has judged.

        ``checked`` are firms of automatic or doubtful answers about which decisions (``DECISIONS``) say another or the
        same county, place or point since the survey; ``right`` those that stand. Answers that rest on a decision are
        left out: they claim nothing.
        """
        claimed = self.firms["confidence"].to_numpy(dtype=float, na_value=np.nan)
        own = self.firms["location_status"].isin(("auto", "review")).to_numpy() & ~np.isnan(claimed)
        own &= ~np.asarray([any(code in _DECIDED for code, _ in reasons) for reasons in self._evidence], dtype=bool)
        at = np.clip(np.digitize(claimed, EDGES) - 1, 0, len(EDGES) - 2)
        verdicts = self._judged(decisions)
        rows = []
        for k in range(len(EDGES) - 1):
            inside = np.flatnonzero(own & (at == k))
            told = [verdicts[row] for row in inside.tolist() if row in verdicts]
            mean = float(claimed[inside].mean()) if len(inside) else float("nan")
            rows.append((EDGES[k], EDGES[k + 1], len(inside), mean, len(told), sum(told)))
        return pd.DataFrame(rows, columns=["low", "high", "firms", "claimed", "checked", "right"])

    def _judged(self, decisions: pd.DataFrame) -> dict[int, bool]:
        """Return by row whether the answer agrees with what a person has decided about the firm or its address."""
        told = standing(decisions, "place")
        by_subject: Mapping[str, str] = {
            str(subject): str(target)
            for subject, target in zip(told["subject"], told["target"], strict=True)
            if isinstance(target, str)
        }
        if not by_subject:
            return {}
        found = {}
        for row, (key, raw) in enumerate(zip(self.firms.index, used_addresses(self.firms), strict=True)):
            target = by_subject.get(str(key)) or by_subject.get(address_key(raw))
            if target is not None:
                found[row] = _agrees(self.firms.iloc[row], target)
        return found

    @cached_property
    def _evidence(self) -> Sequence[list[Any]]:
        return [listed(reasons) for reasons in self.firms["location_reasons"]]


def _agrees(firm: pd.Series, target: str) -> bool:
    if target in (OUTSIDE, NOWHERE):
        return bool(firm["location_status"] == target)
    keys = ("county_code", "town_code", "village_code", "zone", "building", "market", "street")
    return target in {firm[name] for name in keys if isinstance(firm[name], str)}


def _repeated(keys: pd.Series) -> np.ndarray:
    """Return the rows whose key occurs more than once, those of one key together."""
    known = keys.reset_index(drop=True).astype("object").dropna()
    twice = known[known.duplicated(keep=False)]
    return np.asarray(twice.sort_values(kind="stable").index, dtype=np.int64)
