"""Linking names of one register to rows of another: the cascade case by case, and measured on typed noise."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from invented import DATA, decisions, enterprises, memberships, unions

from geo.frames import ALIASES, LINKS
from geo.io.divisions import read_aliases, read_divisions
from geo.linkage import LinkOptions, Query, Register, link, match, prepare, region_words
from geo.text import read_register_code
from scripts.bench import noise

LIMITS = LinkOptions()
WORDS = {"南通": "320600", "南通市": "320600", "江苏": "320000"}
WORDS |= {"海门": "320614", "海门市": "320614", "启东": "320681", "启东市": "320681"}
CODE, ORG = "91320614759691234X", "759691234"


def register(rows: dict[str, dict[str, Any]]) -> Register:
    table = enterprises(rows)
    return prepare(table.assign(county_code=[row.get("county_code") for row in rows.values()]), WORDS)


FIRMS = {
    "k1": {"name": "海门市二甲印染厂有限公司", "uscc": CODE, "county_code": "320614"},
    "k2": {"name": "启东市二甲印染厂有限公司", "county_code": "320681"},
    "k3": {"name": "南通云帆精密机械制造有限公司", "org_code": "138721111", "county_code": "320614"},
    "k4": {"name": "南通云帆精密机械制造有限公司海门分公司", "county_code": "320614"},
    "k5": {"name": "启东天盛纺织有限公司", "county_code": "320681"},
    "k6": {"name": "启东天晟纺织有限公司", "county_code": "320681"},
    "k7": {"name": "吉祥商行", "county_code": "320614"},
    "k8": {"name": "吉祥商行", "county_code": "320681"},
}


@pytest.mark.parametrize(
    ("name", "code", "county", "key", "method", "status"),
    [
        ("随便写的名字", CODE, None, "k1", "uscc", "auto"),
        ("海门市二甲印染厂有限公司", ORG, None, "k1", "org_code", "auto"),
        ("海门市二甲印染厂有限公司工会委员会", None, None, "k1", "name", "auto"),
        ("海门市二甲印染厂有限公司（原海门第二染厂）", None, None, "k1", "name", "auto"),
        ("二甲印染厂（海门）有限责任公司", None, None, "k1", "name_core", "auto"),
        ("二甲印染厂", None, "320681", "k2", "name_core", "auto"),
        ("二甲印染厂有限公司", None, None, "k1", "name_core", "review"),
        ("云帆精密机械制造", None, "320614", "k3", "name_core", "auto"),
        ("南通云帆精密机械制造公司海门分公司", None, "320614", "k4", "name_core", "auto"),
        ("南通云帆精蜜机械制造有限公司", None, "320614", "k3", "fuzzy", "auto"),
        ("南通云帆机密精械制造有限公司", None, "320614", "k3", "fuzzy", "review"),
        ("启东天胜纺织有限公司", None, "320681", "k5", "fuzzy", "review"),
        ("南通云帆精密机械制造品有限公司", None, "320614", "k3", "fuzzy", "auto"),
        ("江苏云帆精密机械制造有限公司", None, "320614", "k3", "name_core", "review"),
        ("吉祥商行", None, "320681", "k8", "name", "auto"),
        ("吉祥商行", None, None, "k7", "name", "review"),
        ("南通云帆精密机械制造有限公司如皋分公司", None, None, None, "none", "none"),
        ("完全不相干的电子商务有限公司", None, None, None, "none", "none"),
        ("", None, None, None, "none", "none"),
        ("工会", None, None, None, "none", "none"),
    ],
)
def test_the_cascade(
    name: str, code: str | None, county: str | None, key: str | None, method: str, status: str
) -> None:
    prepared = register(FIRMS)
    found = match(Query(name, code, county), prepared, options=LIMITS)
    assert (None if found.row is None else prepared.keys[found.row], found.method, found.status) == (
        key,
        method,
        status,
    )
    assert 0.0 <= found.score <= 1.0
    assert found.reasons or found.row is None


def test_rivals_stand_in_the_reasons_and_nobody_gets_two_firms() -> None:
    prepared = register(FIRMS)
    found = match(Query("启东天胜纺织有限公司", None, "320681"), prepared, options=LIMITS)
    assert dict(found.reasons)["several_firms"] == {"firms": ["k5", "k6"]}
    assert dict(match(Query("吉祥商行", None, None), prepared, options=LIMITS).reasons)["several_firms"] == {
        "firms": ["k7", "k8"]
    }


def test_a_code_copied_to_the_wrong_line_is_not_believed_against_the_name_of_another_firm() -> None:
    found = match(Query("启东天盛纺织有限公司", CODE, None), register(FIRMS), options=LIMITS)
    assert (found.method, found.status) == ("uscc", "review")
    assert dict(found.reasons)["name_means_another"] == {"firms": ["k5"]}


def test_a_branch_that_is_not_listed_says_which_head_office_it_may_belong_to() -> None:
    found = match(Query("南通云帆精密机械制造有限公司如皋分公司", None, None), register(FIRMS), options=LIMITS)
    assert dict(found.reasons)["branch_of"]["firms"] == ["k3", "k4"]


def test_what_makes_a_sister_firm_is_no_slip_of_the_pen() -> None:
    """纺织品 for 纺织 is a word that many firms bear; 纺只 is none that anybody bears."""
    trades = {f"t{n}": {"name": f"海门{own}纺织品有限公司"} for n, own in enumerate(["金达", "银桥", "远扬", "瑞丰"])}
    prepared = register({"k": {"name": "启东恒源昌纺织有限公司"}, **trades})
    sister = match(Query("启东恒源昌纺织品有限公司", None, None), prepared, options=LIMITS)
    assert (prepared.keys[sister.row or 0], sister.method, sister.status) == ("k", "fuzzy", "review")
    assert "another_word" in dict(sister.reasons)
    assert match(Query("启东恒源昌纺只有限公司", None, None), prepared, options=LIMITS).status == "auto"


def test_the_words_of_a_branch_are_too_short_for_a_slip() -> None:
    prepared = register({"k": {"name": "中国银行股份有限公司海门城南支行"}})
    found = match(Query("中国银行股份有限公司海门城北支行", None, None), prepared, options=LIMITS)
    assert found.status != "auto"


def test_the_county_inside_the_names_may_contradict() -> None:
    found = match(
        Query("启东市云帆精密机械制造有限公司", None, None),
        register({"k": {"name": "海门市云帆精密机械制造有限公司"}}),
        options=LIMITS,
    )
    assert (found.method, found.status) == ("name_core", "review")
    assert "other_county" in dict(found.reasons)


def linked(
    union_rows: dict[str, Any], member_rows: dict[str, Any] | None = None, decided: dict[str, Any] | None = None
) -> pd.DataFrame:
    return link(
        unions(union_rows),
        memberships(member_rows),
        register=register(FIRMS),
        decisions=decisions(decided),
        options=LIMITS,
    )


class TestLinks:
    def test_every_own_union_and_every_listed_name_has_one_row(self) -> None:
        table = linked(
            {
                "union:o": {"name": "启东天盛纺织有限公司工会委员会"},
                "union:j": {"kind": "building"},
                "union:f": {"kind": "federation"},
                "union:p": {"kind": "project", "host_name": "南通云帆精密机械制造有限公司"},
                "union:q": {"kind": "project"},
            },
            {
                "m1": {"union_id": "union:j", "member_name": "吉祥商行", "member_uscc": CODE},
                "m2": {"union_id": "union:j", "member_name": "查无此企业有限公司"},
                "m3": {"union_id": "union:f", "member_name": "启东天盛纺织有限公司工会委员会", "member_kind": "union"},
                "m4": {"union_id": "union:f", "member_name": "启东天晟纺织有限公司"},
                "m5": {"union_id": "union:gone", "member_name": "启东天晟纺织有限公司"},
            },
        )
        assert table.index.tolist() == [
            "union:o|host",
            "union:p|host",
            "union:j|m1",
            "union:j|m2",
            "union:f|m3",
            "union:f|m4",
            "union:gone|m5",
        ]
        assert table["role"].tolist() == ["host", "host", "covered", "covered", "federated", "federated", "covered"]
        assert table["member_id"].fillna("").tolist() == ["k5", "k3", "k1", "", "union:o", "k6", "k6"]
        assert table.loc["union:j|m2", ["method", "status", "listed_name"]].tolist() == [
            "none",
            "none",
            "查无此企业有限公司",
        ]
        LINKS.conform(table)

    def test_a_decision_wins_over_everything_and_the_last_one_counts(self) -> None:
        own = {"union:o": {"name": "启东天盛纺织有限公司工会委员会"}}
        table = linked(own, None, {
            "d1": {"kind": "link", "subject": "union:o", "target": "k6", "decided_on": "2025-01-01"},
            "d2": {"kind": "link", "subject": "union:o", "target": "k7", "decided_on": "2025-02-01"},
        })  # fmt: skip
        assert table.iloc[0][["member_id", "method", "status"]].tolist() == ["k7", "decision", "auto"]

    def test_deciding_that_nobody_is_meant_leaves_the_name_unlinked(self) -> None:
        own = {"union:o": {"name": "启东天盛纺织有限公司工会委员会"}}
        table = linked(own, None, {"d": {"kind": "link", "subject": "union:o|host", "target": None}})
        assert table.iloc[0][["method", "status"]].tolist() == ["decision", "none"]
        assert pd.isna(table["member_id"].iloc[0])

    def test_a_forbidden_pair_is_never_linked(self) -> None:
        own = {"union:o": {"name": "启东天盛纺织有限公司工会委员会"}}
        table = linked(own, None, {"d": {"kind": "unlink", "subject": "union:o", "target": "k5"}})
        assert pd.isna(table["member_id"].iloc[0])
        assert table["reasons"].iloc[0] == [["forbidden", {"firm": "k5"}]]

    def test_no_unions_no_links(self) -> None:
        assert linked({}).empty

    def test_the_order_of_the_register_changes_nothing(self) -> None:
        shuffled = prepare(enterprises(FIRMS).sample(frac=1, random_state=4).assign(county_code=None), WORDS)
        straight = prepare(enterprises(FIRMS).assign(county_code=None), WORDS)
        for name in ("吉祥商行", "启东天胜纺织有限公司", "二甲印染厂有限公司"):
            assert match(Query(name, None, None), shuffled, options=LIMITS) == match(
                Query(name, None, None), straight, options=LIMITS
            )


def shipped_words() -> dict[str, str]:
    elsewhere = read_aliases(DATA / "words" / "elsewhere.csv")
    aliases = ALIASES.conform(pd.concat([read_aliases(DATA / "divisions" / "nantong_aliases.csv"), elsewhere]))
    return region_words(read_divisions(DATA / "divisions" / "nantong.csv"), aliases)


def test_place_words_name_the_county_they_mean_today() -> None:
    words = shipped_words()
    assert {word: words[word] for word in ("海门", "海门市", "港闸区", "海安县", "南通", "江苏")} == {
        "海门": "320614", "海门市": "320614", "港闸区": "320613", "海安县": "320685", "南通": "320600", "江苏":
        "320000",
    }  # fmt: skip
    assert "上海" not in words


# --- measured on real names with typed noise -------------------------------------------------------------------------


def test_on_typed_noise_over_real_names(shared: Path) -> None:
    """Automatic links are right in 99.5 % and more, review keeps nearly all the rest, and strangers stay strangers."""
    rows = pd.read_csv(shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv", dtype="string")
    table = pd.DataFrame(
        {"name": rows["name"], "county_code": rows["reg_org_code"].where(rows["county_label_ok"].eq("1"))}
    )
    table.index = "k" + rows.index.astype(str)
    table = table[~table["name"].duplicated(keep=False)].assign(uscc=pd.NA, org_code=pd.NA)
    draw = random.Random(7)
    absent = draw.sample(list(table.index), 400)
    prepared = prepare(table.drop(index=absent), shipped_words())
    county = table["county_code"].astype("object").where(table["county_code"].notna(), None)
    tally: Counter[tuple[str, bool]] = Counter()
    for kind, spoil in noise.NAMES.items():
        for key in draw.sample(list(prepared.keys), 40 if kind in noise.SLIPS else 120):
            text = spoil(table.at[key, "name"], draw)
            if text is not None:
                found = match(Query(text, None, county[key]), prepared, options=LIMITS)
                tally[found.status, found.row is not None and prepared.keys[found.row] == key] += 1
    strangers = Counter(
        match(Query(table.at[key, "name"], None, county[key]), prepared, options=LIMITS).status for key in absent
    )
    asked = sum(tally.values())
    sure, wrong = tally["auto", True], tally["auto", False] + strangers["auto"]
    assert sure / (sure + wrong) >= 0.995
    assert sure / asked >= 0.88
    assert (sure + tally["review", True]) / asked >= 0.985
    assert strangers["auto"] / len(absent) <= 0.02


def test_an_organisation_code_of_an_old_list_finds_its_firm_always(shared: Path) -> None:
    """Old sheets carry the nine digits that stand inside the credit code, with and without the dash."""
    rows = pd.read_csv(shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv", dtype="string")
    codes = [read_register_code(code) for code in rows["uscc"].fillna("")]
    table = pd.DataFrame(
        {"name": rows["name"], "uscc": [c.value for c in codes], "org_code": [c.org_code for c in codes]}
    )
    table = table[table["org_code"].notna() & ~table["org_code"].duplicated(keep=False)].assign(county_code=None)
    table.index = "k" + table.index.astype(str)
    prepared = prepare(table, WORDS)
    for key, code in table["org_code"].items():
        for written in (code, f"{code[:8]}-{code[8]}"):
            query = Query("名称已改的公司", read_register_code(written).org_code, None)
            found = match(query, prepared, options=LIMITS)
            assert (prepared.keys[found.row], found.method) == (key, "org_code")  # type: ignore[index]
    assert len(table) > 4000
