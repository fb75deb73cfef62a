"""Names of one county that may mean the same place: one letter apart, or one within the other."""

import re
from collections import defaultdict
from collections.abc import Iterator

import geopandas as gpd
import pandas as pd

from geo.review.items import WEIGHTS, Counts, Item, pair
from geo.text import normalise

_LABELS = {"building": "poi", "market": "poi", "street": "road", "zone": "devzone"}
_TELLING = frozenset("东南西北中前后上下内外新老大小一二三四五六七八九十百甲乙丙丁0123456789ABCDEFGH期号")
"""Letters by which namesakes are told apart: 人民东路 and 人民西路, 一期 and 二期."""
_SHORTEST, _SHORTEST_CUT, _LONGEST_CUT, _LONG, _SHORT_CORE = 4, 3, 4, 4, 2
_SORT = re.compile(
    r"(?:国际|广场|大厦|大楼|中心|金融|总部|商务|商业|商贸|科技|创业|创意|产业|软件|工业|写字|公寓|花[园苑]|家园|小区|新村|名都|市场|商城"
    r"|大道|[东南西北中]?[路街]|[园苑楼城府庭邸区厦])+$"
)
"""Words that tell the sort of a place, not which one it is."""
_ROADS = ("路", "街", "道", "巷")
_MOST = 4
"""Similar names shown for one place."""


def near_names(places: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Return for each place the keys of those of the same county and sort whose name is nearly its own.

    Only pairs of which at least one was learned from addresses: what layers give apart is apart.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for names in _sorts(places).values():
        for one, two in sorted(set(_pairs(names))):
            if places.at[one, "origin"] == "registry" or places.at[two, "origin"] == "registry":
                found[one].append(two)
                found[two].append(one)
    return {key: others[:_MOST] for key, others in found.items()}


def same(firms: pd.DataFrame, places: gpd.GeoDataFrame, near: dict[str, list[str]], counts: Counts) -> Iterator[Item]:
    """Yield an item for each pair of similar names; it settles the firms of the name that fewer addresses write."""
    columns = {kind: firms[kind].to_numpy(dtype=object, na_value="") for kind in _LABELS}
    pairs = sorted({(min(one, two), max(one, two)) for one, others in near.items() for two in others})
    for one, two in pairs:
        rows = {key: (columns[key.partition(":")[0]] == key).nonzero()[0] for key in (one, two)}
        less, more = sorted((one, two), key=lambda key: (places.at[key, "origin"] != "registry", len(rows[key]), key))
        if not len(rows[less]):
            continue
        yield counts.item(
            f"same:{pair(one, two)}", "same", rows[less], weight=WEIGHTS["same"], subject=less, other=more,
            place_kind=str(places.at[less, "kind"]), name=str(places.at[less, "name"]),
            county=str(places.at[less, "county_code"]) if pd.notna(places.at[less, "county_code"]) else "",
            closed_by=frozenset(("alias", "unlink", "forbid")), subjects=frozenset((less, more, pair(one, two))),
        )  # fmt: skip


def _sorts(places: gpd.GeoDataFrame) -> dict[tuple[str, str], dict[str, list[str]]]:
    """Return the keys by name, for each sort of names and county."""
    sorts: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    columns = (places.index, places["kind"], places["county_code"], places["name"])
    for key, kind, county, name in zip(*columns, strict=True):
        if kind in _LABELS and pd.notna(county):
            sorts[_LABELS[kind], str(county)][normalise(name).text].append(str(key))
    return sorts


def _pairs(names: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, keys in names.items():
        for other in _within(name, names):
            yield from ((min(a, b), max(a, b)) for a in keys for b in names[other] if a != b)
        yield from ((a, b) for k, a in enumerate(sorted(keys)) for b in sorted(keys)[k + 1 :])
    for bucket in _shortened(names).values():
        for k, one in enumerate(bucket):
            for two in bucket[k + 1 :]:
                if _one_apart(one, two):
                    yield from ((min(a, b), max(a, b)) for a in names[one] for b in names[two])


def _within(name: str, names: dict[str, list[str]]) -> Iterator[str]:
    """Yield the names that this one holds at its beginning or end, with at most a few letters around."""
    for cut in range(1, min(_LONGEST_CUT, len(name) - _SHORTEST_CUT) + 1):
        for rest, gone in ((name[cut:], name[:cut]), (name[:-cut], name[-cut:])):
            if rest in names and not set(gone) <= _TELLING:
                yield rest


def _shortened(names: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return names that become the same text when one letter is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name) >= _SHORTEST:
            for k in range(len(name)):
                found[name[:k] + name[k + 1 :]].add(name)
    return {text: sorted(group) for text, group in found.items() if len(group) > 1}


def _one_apart(one: str, two: str) -> bool:
    """Whether two names differ in one letter that does not tell namesakes apart.

    What a short name begins with is all it has: 南通大厦 and 南方大厦, 曜川国际广场 and 曜晖国际广场 are two; 怡安花园
    and 怡安花苑 may be one, and so may 四海小商品市场 and 四每小商品市场.
    """
    if len(one) != len(two):
        return False
    apart = [k for k, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(apart) != 1 or {one[apart[0]], two[apart[0]]} & _TELLING:
        return False
    core = min(len(_core(one)), len(_core(two)))
    return core >= _LONG if apart[0] < core else core >= _SHORT_CORE and not one.endswith(_ROADS)


def _core(name: str) -> str:
    """Return a name without the words of sort at its end: 曜川国际广场 → 曜川."""
    return _SORT.sub("", name) or name
