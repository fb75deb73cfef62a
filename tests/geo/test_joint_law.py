"""What the rules of a day say of one suggested union, written as sentences, for 2011 and for today."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import DATA, firms, rules

from geo.errors import RuleError
from geo.io.rules import read_rules
from geo.joint.law import APPROVALS, BODIES, FORMS, SIZES, Charter, Pool, charter, expected
from geo.rules import Mark, RuleSet, Strength

THEN, NOW = date(2011, 3, 9), date(2026, 11, 23)
SHARE = 0.8


def pool(*workers: int, **other: object) -> Pool:
    """Return so many firms, each its own employer, in one town."""
    known = Pool("building", workers, None, len(workers), 1, 1)
    return replace(known, **other)


def said(found: Charter) -> dict[str, str]:
    return {body.code: body.answer for body in found.bodies}


@pytest.fixture(scope="module", params=[THEN, NOW], ids=["2011", "current"])
def era(request: pytest.FixtureRequest) -> RuleSet:
    return rules(request.param)


def test_the_date_picks_the_rule_set_and_a_planner_may_name_one() -> None:
    book = read_rules(DATA)
    assert [known.code for known in book.sets] == ["2011", "current"]
    assert book.named("2011", NOW).day == THEN and book.named("current", NOW).day == NOW
    with pytest.raises(RuleError, match="no rule set '1992'"):
        book.named("1992", NOW)


def test_in_both_eras_three_forms_are_open_below_25_members(era: RuleSet) -> None:
    found = charter(pool(10, 12, 20), rules=era, share=SHARE)
    assert [way.code for way in found.ways] == list(FORMS) == ["own", "joint", "organiser"]
    assert all(way.open and way.rule.strength is Strength.MAY for way in found.ways)
    assert found.ways[0].detail["firms"] == 3 and found.ways[2].detail["firms"] == 3


def test_the_forms_rest_on_article_10_in_2011_and_on_article_11_today() -> None:
    then, now = (charter(pool(10, 12), rules=rules(day), share=SHARE) for day in (THEN, NOW))
    assert {way.rule.citation.article for way in then.ways} == {"工会法（2001年、2009年修正）第十条"}
    assert {way.rule.citation.mark for way in then.ways} == {Mark.C}
    assert {way.rule.citation.article for way in now.ways} == {"工会法（2021年修正）第十一条第一款"}
    assert {way.rule.citation.mark for way in now.ways} == {Mark.A}


def test_two_units_may_join_and_one_may_not(era: RuleSet) -> None:
    two, one = pool(10, 10), pool(10, 10, units=1)
    assert charter(two, rules=era, share=SHARE).ways[1].open
    assert not charter(one, rules=era, share=SHARE).ways[1].open
    joining = replace(one, kind="existing")
    assert charter(joining, rules=era, share=SHARE).ways[1].open, "the union that is joined has other units"


def test_of_those_with_their_own_union_few_would_have_a_committee_today_and_none_in_2011() -> None:
    three = pool(12, 14, 24)  # 10, 11 and 19 members expected
    now, then = (charter(three, rules=rules(day), share=SHARE).ways[0].detail for day in (NOW, THEN))
    assert (now["committee"], now["up_to"]) == (2, 10)
    assert (then["committee"], then["up_to"]) == (0, 25)


def test_a_firm_of_25_expected_members_may_not_choose(era: RuleSet) -> None:
    found = charter(pool(32, 5), rules=era, share=SHARE)  # 26 and 4
    assert found.ways[0].detail["firms"] == 1 and found.ways[0].detail["of"] == 2


@pytest.mark.parametrize(
    ("day", "workers", "answer", "seats"),
    [
        (NOW, 10, "none", (0, 0)),  # 8 members
        (NOW, 30, "one_number", (3, 3)),  # 24
        (NOW, 32, "span_odd", (3, 5)),  # 26
        (NOW, 187, "span_odd", (5, 7)),  # 150
        (THEN, 30, "none", (0, 0)),
        (THEN, 32, "span", (3, 7)),
        (THEN, 187, "span", (3, 7)),
        (THEN, 260, "span", (7, 15)),  # 208
    ],
)
def test_seats_follow_the_expected_members_and_the_table_of_the_day(
    day: date, workers: int, answer: str, seats: tuple[int, int]
) -> None:
    body = charter(pool(workers), rules=rules(day), share=SHARE).bodies[0]
    assert (body.code, body.answer, (body.detail["least"], body.detail["most"])) == ("committee", answer, seats)


def test_ten_women_members_have_a_committee_nine_a_representative_and_nobody_guesses(era: RuleSet) -> None:
    def answer(women: int | None, share: float = SHARE) -> str:
        return said(charter(pool(60, 60, women=women), rules=era, share=share))["women"]

    assert answer(13) == "committee"  # 10.4
    assert answer(11) == "representative"  # 8.8
    assert answer(10, 1.0) == "committee" and answer(10) == "representative"
    assert answer(None) == "unknown"


def test_100_expected_members_may_send_delegates(era: RuleSet) -> None:
    assert said(charter(pool(125), rules=era, share=SHARE))["meeting"] == "delegates"
    assert said(charter(pool(123), rules=era, share=SHARE))["meeting"] == "all"  # 98


def test_200_workers_not_members_may_have_a_full_time_chair(era: RuleSet) -> None:
    assert said(charter(pool(100, 100), rules=era, share=0.5))["chair"] == "may"
    assert said(charter(pool(100, 99), rules=era, share=1.0))["chair"] == "no_need"


def test_the_audit_body_is_practice_and_no_number_is_invented(era: RuleSet) -> None:
    body = charter(pool(50, 50), rules=era, share=SHARE).bodies[3]
    assert body.code == "audit" and not body.detail
    (rule,) = body.rules
    assert rule.citation.mark is Mark.C and "没有载明" in rule.zh and rule.strength is Strength.PRACTICE


@pytest.mark.parametrize(
    ("other", "code", "ids"),
    [
        ({}, "town", ["F18", "S7"]),
        ({"kind": "street"}, "town", ["F18", "S7"]),
        ({"kind": "zone"}, "zone", ["F18", "G1", "S7"]),
        ({"towns": 2}, "county", ["F18", "C16"]),
        ({"town_unknown": True}, "county", ["F18", "C16"]),
        ({"counties": 0}, "city", ["F18", "C16"]),
        ({"kind": "existing"}, "host", ["C15"]),
    ],
)
def test_the_next_higher_union_approves(era: RuleSet, other: dict[str, object], code: str, ids: list[str]) -> None:
    found = charter(pool(20, 20, **other), rules=era, share=SHARE)
    assert (found.approval, [rule.id for rule in found.approved_by]) == (code, ids) and code in APPROVALS


def test_how_many_members_are_expected_is_told_from_how_many_there_must_be(era: RuleSet) -> None:
    sizes = [charter(pool(n), rules=era, share=SHARE).size for n in (32, 30, 14, 13, 12)]  # 26, 24, 11, 10, 10
    assert sizes == ["full", "small", "small", "tiny", "tiny"] and set(sizes) <= set(SIZES)


def test_members_are_workers_times_an_assumption_that_is_said_to_be_ours(era: RuleSet) -> None:
    rule = era["expected_member_share"]
    assert (rule.value, rule.unit, rule.is_choice, rule.citation.mark) == (0.8, "share", True, Mark.D)
    found = charter(pool(20, 20), rules=era, share=0.6)
    assert (found.workers, found.members, found.share) == (40, 24, 0.6)
    assert rule in found.choices and rule not in found.basis


def test_what_is_ours_is_never_among_the_law(era: RuleSet) -> None:
    for kind in ("building", "zone", "existing"):
        found = charter(pool(20, 20, kind=kind, towns=2), rules=era, share=SHARE)
        assert all(rule.strength is not Strength.CHOICE for rule in found.basis if hasattr(rule, "strength"))
        assert all(rule.strength is Strength.CHOICE for rule in found.choices)
        assert all(rule.period.holds(era.day) for rule in (*found.basis, *found.choices))


def test_a_rule_that_is_not_yet_in_force_is_not_quoted() -> None:
    then = {rule.citation.article for rule in charter(pool(20, 20), rules=rules(THEN), share=SHARE).basis}
    assert not any("2021" in article for article in then)
    assert any("29号" in article for article in then)


def test_the_firms_of_a_survey_are_read_as_the_law_looks_at_them() -> None:
    rows = firms(
        {
            "a": {"workers": 9, "women": 4, "org_code": "111111111", "town_code": "990101001"},
            "b": {"workers": None, "org_code": "111111111", "town_code": "990101001"},
            "c": {"workers": 7, "uscc": "91320600222222222X", "town_code": "990101002"},
        }
    )
    found = Pool.of(rows, "building", each=5)
    assert found == Pool("building", (9, 5, 7), 4, 2, 2, 1)
    assert Pool.of(rows.drop(columns="women").assign(women=None), "street", each=0).women is None
    assert charter(Pool.of(rows.head(0), "building", each=5), rules=rules(NOW), share=SHARE).members == 0


@given(st.lists(st.integers(1, 24), min_size=2, max_size=60), st.sampled_from([0.5, 0.8, 1.0]))
def test_more_members_never_lose_a_body(workers: list[int], share: float) -> None:
    for day in (THEN, NOW):
        fewer = charter(pool(*workers), rules=rules(day), share=share)
        more = charter(pool(*workers, 24), rules=rules(day), share=share)
        assert [body.code for body in fewer.bodies] == list(BODIES)
        assert more.members == expected(sum(workers) + 24, share) >= fewer.members
        assert more.bodies[0].detail["most"] >= fewer.bodies[0].detail["most"]
        for code, rank in {"meeting": ("all", "delegates"), "chair": ("no_need", "may")}.items():
            assert rank.index(said(more)[code]) >= rank.index(said(fewer)[code])
