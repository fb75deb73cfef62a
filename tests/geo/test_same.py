"""Records of several registers that are one firm: what joins them, what keeps them apart, and how a firm counts."""

from importlib import import_module
from typing import Any

import pandas as pd
import pytest
from invented import decisions, enterprises

from geo.frames import LOCATIONS, SAME
from geo.linkage import LinkOptions, Query, filled, joined, lent, match, pair_key, prepare, same, stands_for
from geo.linkage.rarity import information
from geo.linkage.register import Register

LIMITS = LinkOptions()
WORDS = {"南通": "320600", "江苏": "320000", "海门": "320614", "海门市": "320614", "启东": "320681", "启东市": "320681"}
CODE, OTHER_CODE = "91320614759691234X", "91320681138721111A"
LONG = "南通云帆精密机械制造有限公司"
REG_NO = "320611000035098"


def city(rows: dict[str, dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame, Register]:
    """Return records, where they are, and the register; records of unrelated firms stand around them."""
    owns = ["金达纺织品", "银桥纺织品", "远扬纺织品", "瑞丰纺织品", "天盛机械制造", "永固建材", "海纳贸易", "华泰食品"]
    others = {
        f"x{n}": {"name": f"启东{own}有限公司", "uscc": f"91320681{n:09}X", "established": None}
        for n, own in enumerate(owns)
    }
    full = {key: {"established": None, "address": None, **row} for key, row in rows.items()} | others
    table = enterprises(full)
    places = {
        key: {"county_code": row.get("county", "320614" if key[0] != "x" else "320681"), "level": "town"}
        for key, row in full.items()
    }
    for key, row in full.items():
        places[key] |= {"building": row.get("building"), "room": row.get("room"), "status": "auto"}
    located = LOCATIONS.conform(pd.DataFrame.from_dict(places, orient="index"))
    return table, located, prepare(table.assign(county_code=located["county_code"]), WORDS)


def found(rows: dict[str, dict[str, Any]], decided: dict[str, Any] | None = None) -> pd.DataFrame:
    table, located, register = city(rows)
    pairs = same(table, located, register=register, decisions=decisions(decided), options=LIMITS)
    SAME.conform(pairs)
    return pairs[pairs["one"].str[0].ne("x") & pairs["other"].str[0].ne("x")]


def status(one: dict[str, Any], other: dict[str, Any]) -> str:
    pairs = found({"a": one, "b": other})
    return pairs["status"].iloc[0] if len(pairs) else "apart"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"name": LONG, "uscc": CODE}, {"name": LONG}, "auto"),
        ({"name": LONG, "uscc": CODE}, {"name": "云帆精密机械制造（南通）有限责任公司"}, "auto"),
        ({"name": LONG, "uscc": CODE}, {"name": "南通云帆精蜜机械制造有限公司"}, "review"),
        ({"name": LONG, "uscc": CODE, "person_mark": "m"},
         {"name": "南通云帆精蜜机械制造有限公司", "person_mark": "m"}, "review"),
        ({"name": LONG, "uscc": CODE}, {"name": LONG, "uscc": OTHER_CODE}, "review"),
        ({"name": LONG, "uscc": CODE}, {"name": f"{LONG}海门分公司"}, "apart"),
        ({"name": f"{LONG}第一分公司"}, {"name": f"{LONG}第二分公司"}, "apart"),
        ({"name": LONG, "uscc": CODE}, {"name": LONG, "county": "320681"}, "auto"),
        ({"name": "启东恒源昌纺织有限公司", "uscc": CODE, "phone_mark": "p"},
         {"name": "启东恒源昌纺织品有限公司", "phone_mark": "p"}, "review"),
        ({"name": "吉祥商行"}, {"name": "吉祥商行", "county": "320681"}, "review"),
        ({"name": "吉祥商行"}, {"name": "吉祥商行"}, "review"),
        ({"name": "吉祥商行", "phone_mark": "p q"}, {"name": "吉祥商行", "phone_mark": "q"}, "auto"),
        ({"name": "吉祥商行", "building": "building:320614:华辰大厦", "room": "302"},
         {"name": "吉祥商行", "building": "building:320614:华辰大厦", "room": "302"}, "auto"),
        ({"name": LONG, "reg_no": REG_NO}, {"name": "海门永兴纺织有限公司", "reg_no": REG_NO}, "auto"),
        ({"name": LONG, "uscc": CODE}, {"name": "海门永兴纺织有限公司", "org_code": CODE[8:17]}, "auto"),
        ({"name": "海门永兴纺织有限公司", "uscc": CODE, "former_names": "海门第二棉纺厂；海门二棉"},
         {"name": "海门第二棉纺厂"}, "auto"),
        ({"name": LONG, "uscc": CODE}, {"name": "海门永兴纺织有限公司"}, "apart"),
    ],
)  # fmt: skip
def test_what_joins_records_and_what_keeps_them_apart(
    one: dict[str, Any], other: dict[str, Any], expected: str
) -> None:
    assert status(one, other) == expected
    assert status(other, one) == expected


def test_every_pair_says_why_and_how_strongly() -> None:
    pairs = found({"a": {"name": LONG, "uscc": CODE, "person_mark": "m"}, "b": {"name": LONG, "person_mark": "m"}})
    pair = pairs.loc[pair_key("b", "a")]
    assert (pair["firm"], pair["method"]) == ("a", "name")
    assert {code for code, _ in pair["reasons"]} == {"same_name", "same_county", "same_person"}
    assert pair["score"] > 0.99
    assert sum(detail["bits"] for _, detail in pair["reasons"]) > pair["bits"] > LIMITS.same_auto


def test_a_telephone_that_many_lend_says_little() -> None:
    rows = {
        f"k{n}": {"name": f"{name}商行", "phone_mark": "agent"}
        for n, name in enumerate(["吉祥", "顺发", "永和", "大众", "兴隆", "万家"])
    }
    assert found({**rows, "b": {"name": "吉祥商行", "phone_mark": "agent"}})["status"].tolist() == ["review"]


def test_three_registers_of_one_firm_are_one_firm() -> None:
    pairs = found({"a": {"name": LONG, "uscc": CODE}, "b": {"name": LONG}, "c": {"name": LONG, "workers": 3}})
    assert stands_for(pairs) == {"b": "a", "c": "a"}
    assert set(pairs["status"]) == {"auto"}


def test_two_firms_that_one_record_may_mean_wait_for_a_person() -> None:
    rows = {"a": {"name": LONG, "uscc": CODE}, "b": {"name": LONG, "uscc": OTHER_CODE}, "c": {"name": LONG}}
    pairs = found(rows)
    assert set(pairs["status"]) == {"review"}
    assert dict(pairs.loc["a=c", "reasons"])["several_firms"] == {"firms": ["b"]}


def test_what_people_decide_wins_and_the_last_word_holds() -> None:
    rows = {"a": {"name": LONG, "uscc": CODE}, "b": {"name": LONG}, "c": {"name": "海门永兴纺织有限公司"}}
    told = {"d1": {"kind": "unlink", "subject": "b", "target": "a", "decided_on": "2025-01-01"},
            "d2": {"kind": "link", "subject": "c", "target": "a", "decided_on": "2025-01-01"}}  # fmt: skip
    pairs = found(rows, told)
    assert pairs["status"].to_dict() == {"a=b": "none", "a=c": "auto"}
    assert pairs.loc["a=b", "reasons"][0] == ["decided_apart", {}]
    assert stands_for(pairs) == {"c": "a"}
    back = {"d3": {"kind": "link", "subject": "a", "target": "b", "decided_on": "2025-02-01"}}
    assert stands_for(found(rows, told | back)) == {"b": "a", "c": "a"}


def test_nobody_is_joined_by_way_of_a_third_to_whom_they_were_told_apart() -> None:
    rows = {"a": {"name": LONG, "uscc": CODE}, "b": {"name": LONG}, "c": {"name": "海门永兴纺织有限公司"}}
    told = {
        "d1": {"kind": "link", "subject": "b", "target": "c"},
        "d2": {"kind": "unlink", "subject": "a", "target": "c"},
    }
    pairs = found(rows, told)
    assert pairs["status"].to_dict() == {"a=b": "review", "a=c": "none", "b=c": "auto"}


def test_the_order_of_the_records_changes_nothing() -> None:
    rows = {"a": {"name": LONG, "uscc": CODE}, "b": {"name": LONG}, "c": {"name": "南通云帆精蜜机械制造有限公司"}}
    pd.testing.assert_frame_equal(found(rows), found(dict(reversed(rows.items()))))


def test_a_firm_knows_what_all_its_records_know() -> None:
    rows = {"a": {"name": LONG, "uscc": CODE, "address": None, "workers": 8, "counts_on": "2024-01-01"},
            "b": {"name": LONG, "address": "海门市人民路1号", "workers": 12, "women": 4, "counts_on": "2025-01-01"},
            }  # fmt: skip
    table, located, _ = city(rows)
    told = filled(table, {"b": "a"})
    assert told.loc["a", ["address", "workers", "women"]].tolist() == ["海门市人民路1号", 12, 4]
    assert table.loc["a", "workers"] == 8
    moved = lent(located.assign(town_code=["t1" if key == "b" else None for key in located.index]), table, {"b": "a"})
    assert moved.loc["a", "town_code"] == "t1"


def test_a_list_that_means_any_record_means_the_firm() -> None:
    rows = {"a": {"name": LONG, "uscc": CODE}, "b": {"name": "云帆精密机械制造有限公司"}}
    _, _, register = city(rows)
    register = joined(register, {"b": "a"})
    found = match(Query("云帆精密机械制造有限公司", None, "320614"), register, options=LIMITS)
    assert (register.keys[found.row or 0], found.status) == ("a", "auto")
    assert register.firm("b") == "a"


def test_rare_characters_say_more_than_trades() -> None:
    _, _, register = city({"a": {"name": LONG}})
    assert information("云帆", register) > information("纺织", register)
    assert information("", register) == 0


def test_no_records_no_pairs() -> None:
    table, located, register = city({})
    nothing = same(table, located, register=register, decisions=decisions(), options=LIMITS)
    assert nothing.empty
    assert stands_for(nothing) == {}


def test_two_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        f"{n}{side}": {"name": f"南通{own}有限公司"}
        for n, own in enumerate(("云帆机械", "长浦印染", "启明电子"))
        for side in "ab"
    }
    table, located, register = city({**rows, "0a": {**rows["0a"], "uscc": CODE}})
    one = same(table, located, register=register, decisions=decisions(), options=LIMITS)
    monkeypatch.setattr(import_module("geo.linkage.same"), "WORTH_TWO", 2)
    two = same(table, located, register=register, decisions=decisions(), options=LIMITS, processes=2)
    assert len(one) == 3
    pd.testing.assert_frame_equal(one, two)
