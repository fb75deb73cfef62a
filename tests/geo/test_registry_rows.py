"""Rows of registers checked: counts in = accepted + rejected; every fault names its row and column."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.io.words import read_words
from geo.registry import (
    Setting,
    check_enterprises,
    check_headcounts,
    check_members,
    check_places,
    check_unions,
    find_header,
    match_columns,
    town_names,
)
from geo.registry.columns import header_names
from geo.registry.units import split_units

WORDS = read_words(Path(__file__).parents[2] / "data" / "words")
DAY = date(2026, 11, 1)
COUNTIES = {"崇川区": "320613", "崇川": "320613", "海门区": "320614", "海门市": "320614", "如东县": "320623"}


def check(kind, columns, *lines, checker=None, **options):
    rows = pd.DataFrame([list(line) for line in lines], columns=list(columns), dtype="object")
    rows.index = pd.RangeIndex(2, len(rows) + 2)
    matching = match_columns(rows.columns, kind, WORDS)
    setting = Setting(WORDS, DAY, city="320600", counties=COUNTIES, **options)
    checkers = {
        "enterprises": check_enterprises,
        "unions": check_unions,
        "members": check_members,
        "headcounts": check_headcounts,
        "places": check_places,
        "addresses": check_places,
    }
    return (checker or checkers[kind])(rows, matching, setting)


def codes(checked, row=None):
    faults = checked.faults
    return sorted(faults.loc[faults["row"] == row, "code"] if row else faults["code"])


def test_a_row_with_a_bad_code_but_name_and_address_is_kept_without_the_code():
    checked = check(
        "enterprises",
        ["企业名称", "统一社会信用代码", "地址"],
        ["南通甲有限公司", "913206841387832638", "崇川区人民路1号"],
        ["南通乙有限公司", "913206841387832639", "崇川区人民路2号"],
        ["南通丙有限公司", 9.13206e17, "崇川区人民路3号"],
    )
    firms = checked.frames["enterprises"]
    assert list(firms["uscc"].fillna("")) == ["913206841387832638", "", ""]
    assert firms.index[0] == "913206841387832638"
    assert all(key.startswith("row:") for key in firms.index[1:])
    assert codes(checked) == ["CODE_CHECK_DIGIT", "CODE_DESTROYED_BY_EXCEL"]
    assert (checked.rows_in, checked.accepted) == (3, 3)


def test_rows_without_a_usable_name_totals_and_footers_are_rejected_with_their_reason():
    checked = check(
        "enterprises",
        ["企业名称", "地址", "职工人数"],
        ["", "崇川区人民路1号", 5],
        ["12345", "崇川区人民路1号", 5],
        ["合计", "", 10],
        ["填表人：张三", "", ""],
        ["企业名称", "地址", "职工人数"],
        ["南通甲有限公司", "崇川区人民路1号", 5],
    )
    assert [codes(checked, row) for row in range(2, 8)] == [
        ["NAME_MISSING"],
        ["NAME_NOT_A_NAME"],
        ["TOTAL_ROW"],
        ["FOOTER_ROW"],
        ["HEADER_REPEATED"],
        [],
    ]
    assert list(checked.rejected) == [2, 3, 4, 5, 6]
    assert checked.rows_in == 6 == checked.accepted + len(checked.rejected)


def test_the_second_row_of_a_key_is_rejected_and_names_the_first():
    line = ["南通甲有限公司", "913206841387832638", "崇川区人民路1号", 5]
    checked = check(
        "enterprises",
        ["企业名称", "统一社会信用代码", "地址", "职工人数"],
        line,
        line,
        [*line[:3], 6],
    )
    faults = checked.faults.set_index("row")
    assert list(faults["code"]) == ["DUPLICATE_SAME", "DUPLICATE_DIFFERENT"]
    assert [detail["row"] for detail in faults["detail"]] == [2, 2]
    assert checked.accepted == 1


def test_status_words_and_missing_status():
    columns = ["企业名称", "地址", "登记状态"]
    lines = [
        [f"南通{c}有限公司", "人民路1号", word]
        for c, word in zip("甲乙丙丁戊己", ["存续", "吊销", "迁出", "", "停业", "??"], strict=True)
    ]
    checked = check("enterprises", columns, *lines)
    assert list(checked.frames["enterprises"]["status"]) == [
        "active",
        "closed",
        "moved",
        "unknown",
        "active",
        "unknown",
    ]
    assert checked.frames["enterprises"]["reason"].iloc[4] == "R07"
    without = check("enterprises", columns[:2], ["南通甲有限公司", "人民路1号"])
    assert list(without.frames["enterprises"]["status"]) == ["active"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["南通甲有限公司", "企业法人", ""], True),
        (["南通甲有限公司南通分公司", "", ""], False),
        (["中国邮政集团公司南通市分公司秦灶支局", "", "91320600MA1XTX0Y1N"], False),
        (["中国石化销售有限公司江苏南通启东加油站", "", ""], False),
        (["上海龙辉餐饮管理有限公司南通万象城店", "", ""], False),
        (["南通市莘园大厦有限责任公司", "", ""], True),
        (["如东县大豫加油站有限公司", "", ""], True),
        (["南通甲有限公司启东店", "企业法人", ""], True),
        (["崇川区老王面馆", "个体工商户", ""], False),
        (["崇川区老王面馆", "", "92320602MA1XTX0Y1N"], None),
        (["南通甲有限公司", "", ""], True),
        (["老王面馆", "", ""], None),
        (["甲", "有限责任公司(自然人投资或控股)", ""], True),
    ],
)
def test_legal_persons_are_told_by_type_code_and_name(line, expected):
    checked = check("enterprises", ["企业名称", "企业类型", "统一社会信用代码"], line)
    value = checked.frames["enterprises"]["legal_person"].iloc[0]
    assert (None if pd.isna(value) else bool(value)) is expected


def test_county_and_town_columns_stand_before_an_address_that_does_not_name_them():
    checked = check(
        "enterprises",
        ["企业名称", "县（市）区", "乡镇（街道）", "详细地址"],
        ["南通甲有限公司", "崇川区", "和平桥街道", "人民路1号"],
        ["南通乙有限公司", "海门区", "", "海门区长江路2号"],
        ["南通丙有限公司", "", "", ""],
    )
    assert list(checked.frames["enterprises"]["address"].fillna("")) == [
        "崇川区和平桥街道人民路1号",
        "海门区长江路2号",
        "",
    ]
    assert codes(checked) == ["ADDRESS_COMPOSED", "ADDRESS_MISSING"]


def test_a_part_over_its_whole_is_told_and_kept():
    checked = check(
        "unions",
        ["工会名称", "工会类型", "会员数", "职工人数", "女会员数"],
        ["南通甲有限公司工会", "单独", 60, 50, 70],
    )
    union = checked.frames["unions"].iloc[0]
    assert (union["members"], union["workers"]) == (60, 50)
    assert codes(checked) == ["MEMBERS_OVER_WORKERS", "WOMEN_MEMBERS_OVER_MEMBERS"]


def test_union_kinds_are_read_from_words_and_else_from_the_name():
    names = {
        "南通甲有限公司工会": "own",
        "华辰大厦楼宇工会联合会": "federation",
        "华辰大厦联合工会委员会": "building",
        "钢丝绳市场联合工会": "market",
        "学田街道商业一条街工会": "street",
    }
    checked = check("unions", ["工会名称", "工会类型"], *([name, ""] for name in names))
    assert list(checked.frames["unions"]["kind"]) == list(names.values())
    assert codes(checked) == ["KIND_FROM_NAME"] * len(names)


def test_a_cell_that_lists_covered_units_becomes_memberships():
    checked = check(
        "unions",
        ["工会统计代码", "工会名称", "工会类型", "所在县区", "涵盖单位数", "涵盖单位名单", "任期"],
        [
            "U1",
            "华辰大厦联合工会",
            "楼宇",
            "崇川区",
            3,
            "1.南通甲有限公司；2.南通乙（集团）有限公司、丙公司",
            "2021.3-2026.3",
        ],
        ["U2", "某联合工会", "联合", "某某区", 5, "南通甲有限公司\n南通丁有限公司工会委员会", ""],
    )
    members = checked.frames["memberships"]
    assert list(members["member_name"]) == [
        "南通甲有限公司",
        "南通乙（集团）有限公司",
        "丙公司",
        "南通甲有限公司",
        "南通丁有限公司工会委员会",
    ]
    assert list(members["member_kind"]) == ["enterprise"] * 4 + ["union"]
    assert set(members["union_id"]) == {"union:U1", "union:U2"}
    assert list(checked.frames["unions"]["county_code"].fillna("")) == ["320613", ""]
    assert str(checked.frames["unions"]["term_end"].iloc[0].date()) == "2026-03-01"
    assert codes(checked, 3) == ["COUNTY_UNKNOWN", "COVERED_COUNT_DIFFERS"]


def test_units_are_split_outside_brackets_only():
    assert split_units("甲公司，乙（中国，上海）公司,丙公司 等") == ["甲公司", "乙（中国，上海）公司", "丙公司"]


def test_what_a_list_says_and_does_not_list_is_told():
    checked = check(
        "unions",
        ["工会统计代码", "工会名称", "工会类型", "涵盖单位名单"],
        ["U1", "华辰大厦联合工会", "联合", "1.南通甲有限公司（138783263）2.南通乙厂（12人）等12家"],
        ["U2", "某市场联合工会", "联合", "详见附件"],
        ["U3", "南通甲有限公司、南通丁有限公司联合工会委员会", "联合", ""],
    )
    members = checked.frames["memberships"]
    assert list(members["member_name"]) == ["南通甲有限公司", "南通乙厂", "南通甲有限公司", "南通丁有限公司"]
    assert list(members["member_uscc"].fillna("")) == ["138783263", "", "", ""]
    assert [codes(checked, row) for row in (2, 3, 4)] == [
        ["LIST_INCOMPLETE"],
        ["LIST_ELSEWHERE"],
        ["MEMBERS_FROM_NAME"],
    ]


def test_old_registration_numbers_former_names_and_contacts_are_kept_for_comparing():
    checked = check(
        "enterprises",
        ["企业名称", "统一社会信用代码/注册号", "曾用名", "联系电话", "法定代表人", "地址"],
        ["南通甲有限公司", "320611000035098", "南通甲厂、南通甲总厂", "0513-85551234", "张三", "崇川区人民路1号"],
        ["南通乙有限公司", "320611000035099", "无", "", "", "崇川区人民路2号"],
    )
    firms = checked.frames["enterprises"]
    assert list(firms["reg_no"].fillna("")) == ["320611000035098", ""]
    assert list(firms["former_names"].fillna("")) == ["南通甲厂；南通甲总厂", ""]
    assert firms["phone_mark"].notna().tolist() == firms["person_mark"].notna().tolist() == [True, False]
    assert not firms.astype("string").apply(lambda column: column.str.contains("85551234|张三")).any().any()


def test_members_of_a_list_are_kept_by_union_code_and_by_name():
    checked = check(
        "members",
        ["工会统计代码", "工会名称", "成员类型", "涵盖单位名称", "统一社会信用代码"],
        ["U1", "华辰大厦联合工会", "企业", "南通甲有限公司", "138783263"],
        ["", "", "企业", "南通乙有限公司", ""],
        ["U1", "", "企业", "", ""],
    )
    members = checked.frames["memberships"]
    assert list(members["member_uscc"]) == ["138783263"]
    assert codes(checked) == ["NAME_MISSING", "UNION_MISSING"]


def test_headcounts_need_a_firm_and_a_count():
    checked = check(
        "headcounts",
        ["统一社会信用代码", "企业名称", "统计日期", "职工人数"],
        ["913206841387832638", "", "2023-12-31", 10],
        ["913206841387832638", "", "2024-12-31", 12],
        ["", "", "2024-12-31", 12],
        ["913206841387832638", "", "2025-12-31", ""],
    )
    assert list(checked.frames["headcounts"].index) == [
        "913206841387832638|2023-12-31",
        "913206841387832638|2024-12-31",
    ]
    assert codes(checked) == ["COUNTS_MISSING", "FIRM_MISSING"]


def test_address_points_get_street_number_and_the_streets_key():
    checked = check(
        "addresses",
        ["所在县区", "道路名称", "门牌号", "经度", "纬度"],
        ["崇川区", "人民中路", "88-1", 120.86, 32.01],
        ["崇川区", "人民中路", "90", 1120.86, 32.01],
        ["崇川区", "", "", 120.86, 32.01],
        place_kind="address",
    )
    places = checked.frames["places"]
    assert list(places["name"]) == ["人民中路88-1号", "人民中路90号"]
    assert list(places["parent"].unique()) == ["street:320613:人民中路"]
    assert list(places.geometry.isna()) == [False, True]
    assert codes(checked, 3) == ["POSITION_OUT_OF_RANGE"]
    assert list(checked.rejected) == [4]


def test_towns_are_found_in_their_county_by_name_stem_and_former_name():
    rows = {
        "320613001": ("和平桥街道", "town", "320613"),
        "320614001": ("城东镇", "town", "320614"),
        "320613002": ("城东街道", "town", "320613"),
    }
    divisions = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "level", "parent"])
    divisions["valid_to"] = pd.NaT
    aliases = pd.DataFrame({"alias": ["老城镇"], "target": ["320613001"]})
    towns = town_names(divisions, aliases)
    assert towns["320613", "和平桥"] == towns["", "和平桥街道"] == towns["320613", "老城镇"] == "320613001"
    assert (towns["320614", "城东"], towns["320613", "城东"]) == ("320614001", "320613002")
    assert ("", "城东") not in towns
    lines = [["甲大厦", "崇川区", "和平桥街道"], ["乙大厦", "海门区", "城东"], ["丙大厦", "海门区", "没有镇"]]
    checked = check("places", ["楼宇名称", "所在县区", "所在镇街"], *lines, place_kind="building", towns=towns)
    assert list(checked.frames["places"]["town_code"].fillna("")) == ["320613001", "320614001", ""]
    assert codes(checked) == ["TOWN_UNKNOWN"]


def test_namesakes_with_other_addresses_get_a_number_and_the_same_again_is_a_duplicate():
    checked = check(
        "places",
        ["楼宇名称", "所在县区", "地址"],
        ["金融大厦", "崇川区", "人民路1号"],
        ["金融大厦", "崇川区", "青年路2号"],
        ["金融大厦", "崇川区", "人民路1号"],
        place_kind="building",
    )
    assert list(checked.frames["places"].index) == ["building:320613:金融大厦", "building:320613:金融大厦#2"]
    assert codes(checked) == ["DUPLICATE_SAME"]


def test_the_real_points_with_entry_errors_are_kept_and_their_positions_refused(shared):
    path = next((shared / "union-facilities").glob("*.csv"))
    rows = pd.read_csv(path, dtype="object")
    rows.index = pd.RangeIndex(2, len(rows) + 2)
    matching = match_columns(rows.columns, "enterprises", WORDS)
    assert matching.datum == "gcj02"
    checked = check_enterprises(rows, matching, Setting(WORDS, DAY, datum="gcj02"))
    assert checked.accepted == checked.rows_in == 36
    told = checked.faults[checked.faults["code"].str.startswith("POSITION")].set_index("row")
    assert told["code"].to_dict() == {
        2: "POSITION_COPIED",
        19: "POSITION_COPIED",
        17: "POSITION_FAR",
        27: "POSITION_OUT_OF_RANGE",
        36: "POSITION_FAR",
    }
    assert told.at[27, "detail"]["would_be"] == [120.36237, 30.289601]
    assert 14_000 < told.at[17, "detail"]["distance_m"] < 17_000
    assert checked.frames["enterprises"]["lon"].notna().sum() == 31


def test_header_below_titles_and_over_two_rows():
    rows = [
        ["南通市未建会企业名册", None, None, None, None],
        ["填报单位：崇川区总工会", None, None, None, None],
        ["序号", "企业名称", "注册地址", "职工人数", None],
        [None, None, None, "合计", "女"],
        [1, "南通甲有限公司", "人民路1号", 5, 2],
    ]
    header = find_header(rows, "enterprises", WORDS)
    assert (header.first, header.last) == (3, 4)
    assert header.names == ("序号", "企业名称", "注册地址", "职工人数", "女")
    assert header.titles == ("南通市未建会企业名册", "填报单位：崇川区总工会")


def test_header_names_are_unique():
    assert header_names(["地址", "地址", None]) == ("地址", "地址#2", "#3")


CELL = st.one_of(
    st.none(),
    st.text(max_size=25),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.sampled_from(
        ["合计", "南通甲有限公司", "913206841387832638", "崇川区", "人民路1号", 120.86, 32.01, "1120.3", "A、B"]
    ),
)


@pytest.mark.parametrize("kind", ["enterprises", "unions", "members", "headcounts", "places"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_counts_in_are_counts_out_whatever_the_cells_hold(kind, data):
    fields = [words[0] for words in WORDS.columns[kind].values()]
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(fields), max_size=len(fields)), min_size=1, max_size=6))
    options = (
        {"place_kind": data.draw(st.sampled_from(["zone", "building", "market", "address"]))}
        if kind == "places"
        else {}
    )
    checked = check(kind, fields, *rows, **options)
    first = next(iter(checked.frames.values()))
    assert checked.rows_in == len(rows) == checked.accepted + len(checked.rejected)
    assert len(first) == checked.accepted
    assert set(checked.rejected) == set(checked.faults.loc[checked.faults["severity"] == "reject", "row"])
