"""The law in sentences. Who reads the law should be able to check this file against it."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from geo.errors import RuleError
from geo.io.rules import read_rules
from geo.joint import JointOptions
from geo.rules import Mark, RuleBook, RuleSet

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return read_rules(DATA)


@pytest.fixture(scope="module")
def today(book: RuleBook) -> RuleSet:
    return book.in_force(date(2026, 11, 23))


@pytest.fixture(scope="module")
def in_2011(book: RuleBook) -> RuleSet:
    return book.in_force(date(2011, 3, 9))


def test_in_both_eras_25_members_must_have_their_own_union(today: RuleSet, in_2011: RuleSet) -> None:
    for rules in (today, in_2011):
        assert (rules.own_members.value, rules.own_members.unit, rules.own_members.strength) == (25, "members", "must")
        assert rules.own_members.id == "F1"


def test_the_article_moved_from_10_to_11_when_the_law_was_amended(today: RuleSet, in_2011: RuleSet) -> None:
    assert "第十一条" in today.own_members.citation.article
    assert "第十条" in in_2011.own_members.citation.article
    assert (today.own_members.citation.mark, in_2011.own_members.citation.mark) == (Mark.A, Mark.C)


def test_the_last_day_of_the_old_law_is_the_last_day_of_2021(book: RuleBook) -> None:
    assert "第十条" in book.in_force(date(2021, 12, 31)).own_members.citation.article
    assert "第十一条" in book.in_force(date(2022, 1, 1)).own_members.citation.article


def test_the_campaign_counts_workers_where_the_law_counts_members(today: RuleSet) -> None:
    assert (today.promote_workers.value, today.promote_workers.unit) == (25, "workers")
    assert today.promote_workers.strength == "policy"
    assert "29号" in today.promote_workers.citation.article


def test_before_2011_nothing_promotes_own_unions_by_workers(book: RuleBook) -> None:
    with pytest.raises(RuleError, match="no value of 'promote_workers' is in force on 2010-12-31"):
        _ = book.in_force(date(2010, 12, 31)).promote_workers


def test_two_units_may_join(today: RuleSet, in_2011: RuleSet) -> None:
    assert today.joint_units.value == in_2011.joint_units.value == 2


def test_ten_women_members_have_a_committee(today: RuleSet) -> None:
    assert (today["women_committee_members"].value, today["women_committee_members"].unit) == (10, "women_members")


def test_a_union_in_a_unit_of_200_workers_may_have_a_full_time_chair(today: RuleSet) -> None:
    rule = today["full_time_chair_workers"]
    assert (rule.value, rule.unit, rule.strength) == (200, "workers", "may")


def test_100_members_may_send_delegates(today: RuleSet) -> None:
    assert (today["delegates_members"].value, today["delegates_members"].strength) == (100, "may")


def test_a_town_of_100_enterprises_and_5000_workers_may_have_a_general_union(today: RuleSet) -> None:
    assert {(rule.unit, rule.value) for rule in today.cite("F10")} == {("enterprises", 100), ("workers", 5000)}


def test_terms_are_three_or_five_years(today: RuleSet, in_2011: RuleSet) -> None:
    for rules in (today, in_2011):
        assert sorted(rule.value for rule in rules.cite("F20")) == [3, 5]


def test_the_fund_is_two_percent_of_wages(today: RuleSet) -> None:
    assert today["fund_share"].value == 0.02


def test_the_target_of_2011_to_2013_was_six_percent_a_year(book: RuleBook) -> None:
    assert book.in_force(date(2012, 6, 30))["growth_target"].citation.mark is Mark.A
    assert book.in_force(date(2014, 1, 1))["growth_target"].citation.mark is Mark.D
    assert {book.in_force(date(year, 6, 30))["growth_target"].value for year in (2011, 2013, 2026)} == {0.06}


def test_small_payers_were_refunded_in_2023_and_2024_only(book: RuleBook) -> None:
    years = [year for year in range(2021, 2027) if book.in_force(date(year, 6, 1)).cite("F24")]
    assert years == [2023, 2024]


@pytest.mark.parametrize(
    ("members", "seats"),
    [(10, (0, 0)), (11, (3, 3)), (25, (3, 3)), (26, (3, 5)), (101, (5, 7)), (201, (7, 9)), (501, (9, 15)),
     (1001, (15, 21)), (5001, (21, 29)), (10001, (29, 37)), (50001, (37, 45))],
)  # fmt: skip
def test_committee_seats_today(today: RuleSet, members: int, seats: tuple[int, int]) -> None:
    band = today.seats.band(members)
    assert (band.seats_min, band.seats_max) == seats
    assert today.seats.odd_only


@pytest.mark.parametrize(
    ("members", "seats"),
    [(25, (0, 0)), (26, (3, 7)), (200, (3, 7)), (201, (7, 15)), (1001, (15, 21)), (10000, (21, 29)), (99999, (29, 37))],
)
def test_committee_seats_in_2011(in_2011: RuleSet, members: int, seats: tuple[int, int]) -> None:
    band = in_2011.seats.band(members)
    assert (band.seats_min, band.seats_max) == seats


def test_up_to_ten_members_have_no_committee_today_and_up_to_25_had_none_in_2011(
    today: RuleSet, in_2011: RuleSet
) -> None:
    assert (today.no_committee_members.value, in_2011.no_committee_members.value) == (10, 25)
    assert today.no_committee_members.id == "F8"


def test_stopped_gone_and_elsewhere_leave_the_denominator_and_nothing_else_does(today: RuleSet) -> None:
    leaving = {code for code, reason in today.reasons.items() if reason.leaves_denominator}
    assert leaving == {"R07", "R08", "R09", "R10", "R11"}
    assert list(today.reasons) == [f"R{number:02}" for number in range(1, 17)] + ["R99"]


def test_only_the_approval_and_what_follows_it_counts_as_built(today: RuleSet) -> None:
    assert [code for code, stage in today.stages.items() if stage.built] == ["P7", "P8", "P9"]
    assert list(today.stages) == [f"P{number}" for number in range(10)] + ["PX"]


def test_a_federation_is_the_second_layer(today: RuleSet) -> None:
    layers = {code: kind.layer for code, kind in today.union_kinds.items()}
    assert layers.pop("own") == "own"
    assert layers.pop("federation") == "federation"
    assert set(layers.values()) == {"joint"}


def test_what_the_project_chose_is_said_to_be_its_choice(today: RuleSet) -> None:
    assert {rule.name for rule in today.choices} >= {"pooled_workers", "joint_firms_max", "street_span", "grace_months"}
    for rule in today.numbers.values():
        assert rule.is_choice == rule.id.startswith("C")
    assert today["grace_months"].citation.mark is Mark.D


def test_choices_are_the_defaults_of_the_suggestions(today: RuleSet) -> None:
    import yaml

    choices = yaml.safe_load((DATA / "rules" / "choices.yaml").read_text(encoding="utf-8"))["numbers"]
    options, defaults = {field.name for field in fields(JointOptions)}, JointOptions()
    named = {name: entry["option"] for name, entry in choices.items() if "option" in entry}
    assert set(named.values()) <= options
    assert {name: today[name].value for name in named} == {name: getattr(defaults, opt) for name, opt in named.items()}


def test_everything_has_an_article_a_source_and_words_in_both_languages(book: RuleBook) -> None:
    for rule in (*book.numbers, *book.duties):
        assert rule.citation.article, rule
        assert rule.citation.source, rule
        assert rule.zh, rule
        assert rule.en, rule


def test_a_rule_of_mark_a_names_the_law_or_the_seed(book: RuleBook) -> None:
    for rule in (*book.numbers, *book.duties, *book.seats):
        if rule.citation.mark is Mark.A:
            assert "工会法" in rule.citation.article or "29号" in rule.citation.article


def write(folder: Path, text: str) -> Path:
    (folder / "codes").symlink_to(DATA / "codes")
    (folder / "rules").mkdir()
    (folder / "rules" / "forms.yaml").write_text(text, encoding="utf-8")
    return folder


RULE = """
numbers:
  own_members:
    id: F1
    unit: members
    strength: must
    zh: 会员
    en: members
    values:
      - {value: 25, from: 2001-01-01, to: 2021-12-31, article: a, source: s, mark: A, date_mark: D}
      - {value: 30, from: %s, article: a, source: s, mark: %s, date_mark: D}
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (RULE % ("2021-12-31", "A"), "two periods of 'own_members' overlap"),
        (RULE % ("2022-01-01", "E"), "forms.yaml: 'E' is not a valid Mark"),
        (RULE % ("soon", "A"), "'soon' is not a day"),
        ("numbers: [", "is not YAML"),
        ("rules: {}", "may hold duties, forms, numbers, seats, sets"),
        ("{}", "no rules found"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(RuleError, match=fault):
        read_rules(write(tmp_path, text))
