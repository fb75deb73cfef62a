"""Suggestions for plain tables: every row answered, every rule kept, stable, local, and nothing hostile breaks it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.joint import JointOptions
from geo.joint.audit import audit
from geo.joint.planning import Plan, plan
from geo.joint.table import TableError, read_before, read_firms, read_unions
from geo.joint.wishes import Wishes, unmet

LIMITS = JointOptions()
COLUMNS = ("id", "lon", "lat", "workers", "jurisdiction", "building", "market", "park", "street", "chainage_m")
NO_UNIONS = pd.DataFrame(columns=["id", "kind", "place", "jurisdiction", "spare"], dtype="str")
NOBODY = read_unions(NO_UNIONS).frame


def raw(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a file gives them: text cells, numbered from 2."""
    table = pd.DataFrame(rows, columns=COLUMNS if not rows else None)
    for name in COLUMNS[:5]:
        if name not in table:
            table[name] = ""
    text = table.astype("object").where(table.notna(), "").astype(str)
    return text.set_axis(range(2, 2 + len(text)), axis=0)


def planned(
    rows: list[dict[str, Any]],
    *,
    unions: list[dict[str, Any]] | None = None,
    before: Plan | None = None,
    options: JointOptions = LIMITS,
    wishes: Wishes | None = None,
) -> Plan:
    """Plan, and have it checked by the second opinion."""
    table = read_firms(raw(rows), own_size=25)
    hosts = read_unions(pd.DataFrame(unions).astype(str)).frame if unions else NOBODY
    earlier = None
    if before is not None:
        answer = before.firms.assign(id=[str(row["id"]) for row in rows][: len(before.firms)])
        earlier = read_before(answer[["id", "group", "kind", "seat"]])
    found = plan(table.frame, hosts, earlier, options=options, wishes=wishes)
    checked = audit(table.frame, hosts, found.firms, options=options)
    assert checked.faults == ()
    assert checked.objective_milli == found.objective_milli
    assert found.objective_milli + found.bonus_milli <= found.bound_milli
    assert len(found.firms) == len(rows)
    assert found.firms["reason"].notna().all()
    return found


def firm(number: int, **cells: Any) -> dict[str, Any]:
    return {"id": f"f{number:03}", "lon": 120.9, "lat": 32.0, "workers": 9, "jurisdiction": "t", **cells}


@st.composite
def rows(
    draw: st.DrawFn, most: int = 40, trades: Sequence[str | None] = (None,), pairs: int = 1
) -> list[dict[str, Any]]:
    """Firms of a pair of townships, or of several pairs: one plan of them all costs little more than one of a pair."""
    maybe, names = st.sampled_from, [(f"t{n or ''}", f"u{n or ''}") for n in range(pairs)]
    return [
        {
            "id": f"k{number:03}",
            "lon": draw(maybe([120.9, 120.901, 120.903, 120.91, 120.95, None])),
            "lat": draw(maybe([32.0, 32.0005, 32.002, 32.01])),
            "workers": draw(maybe([0, 1, 5, 9, 14, 24, 25, None])),
            "jurisdiction": draw(maybe([*names[number % pairs][:1] * 3, names[number % pairs][1], None])),
            "building": draw(maybe([None, None, "A", "B"])),
            "market": draw(maybe([None, None, None, "M"])),
            "park": draw(maybe([None, None, None, "P"])),
            "street": draw(maybe([None, "S", "S", "R"])),
            "chainage_m": draw(maybe([0, 40, 150, 300, 301, 480, 900, None])),
            "industry": draw(maybe(trades)),
        }
        for number in range(draw(st.integers(0, most * pairs)))
    ]


# --- laws, whatever the table ----------------------------------------------------------------------------------------


@pytest.mark.law(1, 2, 3, 5, 6, 8, 9)
@given(
    rows(trades=[None, "C", "C", "F", "G"], pairs=3),
    st.sampled_from([LIMITS, replace(LIMITS, max_firms=7, max_firms_in_place=9, reach_m=300)]),
)
@settings(max_examples=20, deadline=None)
def test_every_row_is_answered_and_every_rule_is_kept(table: list[dict[str, Any]], options: JointOptions) -> None:
    found = planned(table, options=options)
    grouped = found.firms["group"].notna()
    assert int(found.groups["firms"].sum()) == int(grouped.sum())
    known = pd.Series([row["workers"] or 0 for row in table], index=found.firms.index, dtype="int64")
    assert int(found.groups["workers"].sum()) == int(known[grouped].sum())
    assert found.firms["reason"][grouped].isin(["founds", "joins"]).all()
    assert found.firms["reason"][~grouped].str.match(r"R\d|no_|own_size|double_id|not_eligible").all()


@pytest.mark.law(22)
@given(rows(most=25, pairs=2), st.randoms())
@settings(max_examples=8, deadline=None)
def test_the_order_of_rows_changes_nothing(table: list[dict[str, Any]], draw: random.Random) -> None:
    order = list(range(len(table)))
    draw.shuffle(order)
    one, other = planned(table), planned([table[at] for at in order])
    assert one.firms.iloc[order].reset_index(drop=True).equals(other.firms.reset_index(drop=True))


@pytest.mark.law(26)
@given(rows(most=25), rows(most=25))
@settings(max_examples=12, deadline=None)
def test_what_happens_in_one_township_changes_nothing_in_another(
    table: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    here = [row | {"jurisdiction": "t"} for row in table]
    there = [row | {"jurisdiction": "u", "id": f"o{row['id']}"} for row in other]
    alone, together = planned(here).firms, planned(here + there).firms.iloc[: len(here)]
    said = alone["reason"].str.startswith("R1") & together["reason"].eq("R3")  # R3 speaks of the border itself
    assert alone[~said].equals(together[~said])
    assert alone[["group", "kind", "seat", "distance_m"]].equals(together[["group", "kind", "seat", "distance_m"]])


@pytest.mark.law(27)
@given(rows(trades=[None, "C", "C", "F", "G"], pairs=3), st.sampled_from([0, 20, 100]))
@settings(max_examples=9, deadline=None)
def test_the_same_table_with_its_own_answer_keeps_that_answer(table: list[dict[str, Any]], bonus: int) -> None:
    options = replace(LIMITS, stay_milli=bonus)
    first = planned(table, options=options)
    again = planned(table, before=first, options=options)
    assert again.firms.equals(first.firms)


OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "max_firms": st.sampled_from([5, 7, 20]),
        "max_firms_in_place": st.sampled_from([5, 9, 20]),
        "reach_m": st.sampled_from([0, 150, 300, 900]),
        "industry_milli": st.sampled_from([0, 200, 400]),
        "street_span_m": st.sampled_from([300, 600, 2000]),
        "street_gap_m": st.sampled_from([45, 80, 300]),
        "stay_milli": st.sampled_from([0, 200, 900]),
        "stay_loss_milli": st.sampled_from([0, 50]),
        "stay_founding_milli": st.sampled_from([0, 1000]),
        "distance_milli": st.sampled_from([0, 700]),
        "founding_community": st.sampled_from([2, 30]),
        "founding_street": st.sampled_from([2, 30]),
        "min_workers": st.sampled_from([10, 40]),
    },
)
"""Parameters that a second run may have and the first had not."""


@pytest.mark.law(6)
@given(rows(trades=[None, "C", "C", "F", "G"], pairs=4), OTHERS)
@settings(max_examples=15, deadline=None)
def test_an_answer_made_with_other_parameters_is_a_start_like_any_other(
    table: list[dict[str, Any]], other: dict[str, int]
) -> None:
    first = planned(table)
    changed = replace(LIMITS, **other)
    second = planned(table, before=first, options=changed)
    planned(table, before=second, options=LIMITS)


@pytest.mark.law(6)
@given(st.integers(0, 10_000), OTHERS)
@settings(max_examples=8, deadline=None)
def test_nor_do_streets_of_a_suburb_overlap_when_the_parameters_change(seed: int, other: dict[str, int]) -> None:
    draw = np.random.default_rng(seed)
    table = [
        row | {"street": draw.choice(["S", "R", ""], p=[0.4, 0.3, 0.3]), "chainage_m": int(draw.integers(0, 220)) * 10,
               "industry": draw.choice(["", "C", "F"])}
        for row in suburb(seed, 120)
    ]  # fmt: skip
    first = planned(table)
    second = planned(table, before=first, options=replace(LIMITS, **other))
    planned(table, before=second, options=LIMITS)


def test_two_pieces_do_not_both_take_the_seat_that_one_union_had() -> None:
    """A row of twenty was one union; of ten now the large ones would stay, so it is cut: either half wants the seat."""
    table = [firm(n, lon=None, lat=None, street="S", chainage_m=20 * n, workers=20 if n % 2 else 5) for n in range(20)]
    first = planned(table)
    assert len(first.groups) == 1
    fewer = planned(table, before=first, options=replace(LIMITS, max_firms=10, stay_milli=900, stay_loss_milli=900))
    assert fewer.groups["firms"].tolist() == [10, 10]
    assert fewer.groups["seat"].is_unique


@pytest.mark.law(12)
@given(rows(pairs=3))
@settings(max_examples=9, deadline=None)
def test_nobody_left_over_in_one_place_could_make_a_group(table: list[dict[str, Any]]) -> None:
    found = planned(table)
    frame = pd.DataFrame(table, columns=COLUMNS)
    left = frame[found.firms["reason"].str.match(r"R[1-5]").to_numpy()]
    for kind in ("building", "market", "park"):
        for _, part in left[left[kind].notna()].groupby([kind, "jurisdiction"]):
            assert len(part) < LIMITS.min_firms or part["workers"].sum() < LIMITS.min_workers


@pytest.mark.law(31, 32)
@given(rows(most=30, pairs=2))
@settings(max_examples=10, deadline=None)
def test_the_figures_of_a_reason_prove_it(table: list[dict[str, Any]]) -> None:
    found = planned(table)
    for reason in found.firms["reason"]:
        figures = dict(part.split("=") for part in reason.split(" ")[1:])
        if reason.startswith("R1"):
            assert int(figures["workers"]) < 25 or int(figures["firms"]) < 3
        if reason.startswith("R2"):
            assert int(figures["firms"]) >= 1
    across = [row | ({"jurisdiction": "t"} if row["jurisdiction"] else {}) for row in table]
    merged = planned(across).firms["reason"]
    assert not merged[found.firms["reason"].eq("R3").to_numpy()].str.startswith("R1").any()


# --- cases written by hand -------------------------------------------------------------------------------------------


def test_firms_of_one_building_found_one_union_there() -> None:
    found = planned([firm(n, building="大厦") for n in range(3)])
    assert found.groups[["kind", "seat", "firms", "workers"]].iloc[0].tolist() == ["building", "大厦", 3, 27]
    assert found.objective_milli == 27_000 - 6_000


def test_firms_of_the_usual_industry_count_a_twentieth_more_and_the_second_opinion_counts_it_too() -> None:
    trades = ["F", "C", "C", "F", None]
    found = planned([firm(n, building="大厦", industry=trade) for n, trade in enumerate(trades)])
    assert found.firms["usual"].tolist() == ["C"] * 5
    assert found.objective_milli == 5 * 9_000 + 2 * 9 * LIMITS.industry_milli - 6_000


def test_the_second_opinion_finds_an_industry_that_is_not_usual_there() -> None:
    table = read_firms(raw([firm(n, building="大厦", industry="CCF"[n]) for n in range(3)]), own_size=25).frame
    answer = plan(table, NOBODY, options=LIMITS).firms
    for usual in (["F"] * 3, ["C", "C", "F"]):
        wrong = answer.assign(usual=pd.array(usual, dtype="string"))
        assert audit(table, NOBODY, wrong, options=LIMITS).faults


@pytest.mark.law(32)
def test_a_border_inside_a_building_is_told_as_r3() -> None:
    found = planned([firm(n, building="大厦", jurisdiction="tu"[n % 2]) for n in range(4)])
    assert found.firms["reason"].tolist() == ["R3"] * 4


@pytest.mark.law(30, 31)
def test_a_lone_firm_an_unplaced_firm_and_one_without_a_count_have_their_reasons() -> None:
    table = [firm(0), firm(1, lon=None, lat=None), firm(2, workers=None), firm(3, workers=25), firm(4, jurisdiction="")]
    assert planned(table).firms["reason"].tolist() == [
        "R1 workers=9 firms=1 least=25/3", "R4", "R6", "own_size", "no_jurisdiction",
    ]  # fmt: skip


@pytest.mark.law(5)
def test_an_existing_union_with_room_is_joined_and_a_full_one_is_told() -> None:
    union = {"id": "U", "kind": "building", "place": "大厦", "jurisdiction": "t", "spare": 1}
    found = planned([firm(n, building="大厦", lon=None, lat=None) for n in range(2)], unions=[union])
    assert found.firms["group"].notna().sum() == 1
    assert set(found.firms["reason"]) == {"joins", "R5"}


@pytest.mark.law(30)
def test_a_tower_above_the_limit_is_shared_evenly() -> None:
    found = planned([firm(n, building="大厦", lon=None, lat=None) for n in range(301)])
    assert sorted(found.groups["firms"]) == [150, 151]
    assert sorted(found.groups["seat"]) == ["大厦#1", "大厦#2"]


@pytest.mark.law(30)
def test_a_street_crossing_a_border_is_cut_there_and_a_zero_length_street_is_one_piece() -> None:
    base = {"street": "路", "chainage_m": 0, "lon": None, "lat": None}
    found = planned([firm(n, jurisdiction="tu"[n // 3], **base) for n in range(6)])
    assert found.groups["jurisdiction"].tolist() == ["t", "u"]
    assert set(found.groups["kind"]) == {"street"}


@pytest.mark.law(6)
def test_members_along_a_street_stand_next_to_one_another() -> None:
    draw = np.random.default_rng(4)
    for _ in range(10):
        table = [
            firm(
                n, street="路", chainage_m=int(draw.integers(0, 2500)), workers=int(draw.integers(1, 20)),
                building=draw.choice(["", "", "甲", "乙"]), lon=round(120.9 + draw.uniform(0, 0.02), 5),
            )
            for n in range(60)
        ]  # fmt: skip
        planned(table)  # the second opinion looks


def test_a_changed_firm_leaves_the_rest_where_it_was() -> None:
    draw = np.random.default_rng(9)
    table = [
        firm(n, lon=round(120.9 + draw.uniform(0, 0.03), 5), lat=round(32 + draw.uniform(0, 0.03), 5),
             workers=int(draw.integers(1, 24)))
        for n in range(300)
    ]  # fmt: skip
    first = planned(table)
    changed = [row | {"workers": 3} if n in (7, 120) else row for n, row in enumerate(table)]
    again = planned(changed, before=first)
    assert (first.firms["group"].fillna("") == again.firms["group"].fillna("")).mean() > 0.98


# --- what a person settles beforehand --------------------------------------------------------------------------------


def suburb(seed: int, size: int = 120) -> list[dict[str, Any]]:
    draw = np.random.default_rng(seed)
    return [
        firm(n, lon=round(120.9 + draw.uniform(0, 0.02), 5), lat=round(32 + draw.uniform(0, 0.02), 5),
             workers=int(draw.integers(1, 24)), building=draw.choice(["", "", "甲", "乙"]))
        for n in range(size)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_wishes_are_kept_and_the_rest_is_solved_around_them(seed: int) -> None:
    table = suburb(seed)
    ids = pd.Series([row["id"] for row in table])
    first = planned(table)
    groups = first.firms["group"].dropna()
    locked, closed = groups.iloc[0], next(name for name in groups if name != groups.iloc[0])
    members = set(ids[first.firms["group"].eq(locked).fillna(False)])
    out = next(row for row in ids if row not in members)
    wishes = Wishes(exclude=frozenset({out}), lock=frozenset({locked}), forbid_seats=frozenset({closed}))
    changed = [row | {"workers": 24} if row["id"] not in members else row for row in table]
    again = planned(changed, before=first, wishes=wishes)
    assert set(ids[again.firms["group"].eq(locked).fillna(False)]) == members
    assert not again.firms["group"].eq(closed).any()
    assert again.firms["reason"][ids.eq(out)].tolist() == ["excluded"]
    assert unmet(again.firms, ids, wishes) == ()


def test_a_pair_is_forbidden_and_a_firm_must_join_where_it_would_not() -> None:
    table = [firm(n, building="甲", lon=None, lat=None) for n in range(4)]
    table += [firm(9, building="甲", market="场", lon=None, lat=None)]
    table += [firm(20 + n, market="场", workers=6, lon=None, lat=None) for n in range(4)]
    ids = pd.Series([row["id"] for row in table])
    for seat in ("t/building/甲", "t/market/场"):
        must = Wishes(must={"f009": seat})
        assert planned(table, wishes=must).firms["group"][4] == seat
        never = planned(table, wishes=Wishes(forbid=frozenset({("f009", seat)}))).firms["group"]
        assert never[4] != seat
    impossible = Wishes(must={"f000": "t/market/场"})
    found = planned(table, wishes=impossible).firms
    assert unmet(found, ids, impossible) == ("must f000 t/market/场",)
    assert found["group"][0] == "t/building/甲", "what cannot be met does not take it out of where it is"


def test_a_locked_piece_of_a_street_without_room_for_who_stands_inside_is_given_up_and_told() -> None:
    """Ten firms along a street are locked; an eleventh between them finds no room under a limit of ten."""
    table = [firm(n, lon=None, lat=None, street="S", chainage_m=20 * n) for n in range(10)]
    first = planned(table)
    (locked,) = first.firms["group"].unique()
    table.append(firm(99, lon=None, lat=None, street="S", chainage_m=90))
    wishes = Wishes(lock=frozenset({locked}))
    again = planned(table, before=first, wishes=wishes)
    assert set(again.firms["group"]) == {locked}, "with room, whoever stands inside joins"
    fewer = planned(table, before=first, wishes=wishes, options=replace(LIMITS, max_firms=10))
    assert fewer.groups["firms"].tolist() == [10] and fewer.firms["group"][10] == locked, "who stands at the end is out"
    below = planned(table, before=first, wishes=wishes, options=replace(LIMITS, max_firms=6))
    assert sorted(below.groups["firms"]) == [5, 6]


# --- tables as people send them --------------------------------------------------------------------------------------


def test_missing_columns_are_named_with_those_there_are() -> None:
    with pytest.raises(TableError) as caught:
        read_firms(pd.DataFrame({"id": ["a"], "经度": ["1"]}), own_size=25)
    assert caught.value.detail["missing"] == ["lon", "lat", "workers", "jurisdiction"]
    assert caught.value.detail["found"] == ["id", "经度"]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"workers": "-3"}, "workers", "NEGATIVE"),
        ({"workers": "3.5"}, "workers", "WHOLE"),
        ({"workers": "三"}, "workers", "NUMBER"),
        ({"workers": "nan"}, "workers", "NUMBER"),
        ({"workers": "1e400"}, "workers", "NUMBER"),
        ({"workers": "99999999999"}, "workers", "TOO_LARGE"),
        ({"lon": "32.0", "lat": "120.9"}, "lon, lat", "POSITION"),
        ({"lon": "inf"}, "lon", "NUMBER"),
        ({"lon": "0", "lat": "0"}, "lon, lat", "POSITION"),
        ({"lat": ""}, "lon, lat", "POSITION"),
        ({"jurisdiction": " "}, "jurisdiction", "JURISDICTION"),
        ({"id": ""}, "id", "ID_MISSING"),
        ({"eligible": "maybe"}, "eligible", "FLAG"),
        ({"street": "路"}, "chainage_m", "CHAINAGE"),
        ({"street": "路", "chainage_m": "far"}, "chainage_m", "NUMBER"),
    ],
)
def test_a_wrong_value_is_told_by_row_and_column_with_what_would_be_right(
    cells: dict[str, str], column: str, code: str
) -> None:
    table = read_firms(raw([firm(0), firm(1) | cells]), own_size=25)
    assert [(fault.row, fault.column, fault.code) for fault in table.faults if fault.code == code] == [
        (3, column, code)
    ]
    assert all(fault.right for fault in table.faults)
    assert len(plan(table.frame, NOBODY, options=LIMITS).firms) == 2


def test_a_repeated_id_takes_part_once() -> None:
    found = planned([firm(1, building="A"), firm(1, building="A"), firm(2, building="A"), firm(3, building="A")])
    assert found.firms["reason"].tolist() == ["founds", "double_id", "founds", "founds"]


@given(st.lists(st.fixed_dictionaries({name: st.text(max_size=12) for name in COLUMNS}), max_size=12))
@settings(max_examples=20, deadline=None)
def test_no_text_breaks_it(table: list[dict[str, str]]) -> None:
    found = read_firms(raw(table), own_size=25)
    assert len(plan(found.frame, NOBODY, options=LIMITS).firms) == len(table)
