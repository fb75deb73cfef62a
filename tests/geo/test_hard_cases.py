"""The hard-case file: every must holds, 95 of 100 of all, and nothing wrong is accepted without a person."""

import sys
from collections import Counter

import pandas as pd
import pytest

from geo.decisions import address_key
from geo.geocode import locate
from tests.geo.hard_cases import CASES, called, city, faults, located, wrong_auto
from tests.geo.invented import decisions


@pytest.fixture(scope="module")
def answers() -> dict[str, pd.Series]:
    return located(CASES)


@pytest.fixture(scope="module")
def failures(answers: dict[str, pd.Series]) -> dict[str, list[str]]:
    """What is wrong, by id of the case."""
    found = {c["id"]: called(c) if "call" in c else faults(c, answers[c["id"]]) for c in CASES}
    return {key: wrong for key, wrong in found.items() if wrong}


def told(failures: dict[str, list[str]]) -> str:
    """Return the failures with what each case is about, for a person to read."""
    cases = {case["id"]: case for case in CASES}
    lines = [f"{k} {cases[k].get('text', cases[k].get('given'))} ({cases[k]['why']})" for k in failures]
    return "\n".join(
        line + "".join(f"\n      {w}" for w in wrong) for line, wrong in zip(lines, failures.values(), strict=True)
    )


def test_every_case_is_explained_and_each_letter_has_its_cases() -> None:
    assert len(CASES) >= 300
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert all(case["why"] and case["expect"] for case in CASES)
    tags = Counter(case["id"][0] for case in CASES)
    assert set(tags) == set("ABCDEFGHIJKL")
    assert min(tags.values()) >= 10


def test_every_must_holds(failures: dict[str, list[str]]) -> None:
    musts = {case["id"] for case in CASES if case["must"]}
    failed = {key: wrong for key, wrong in failures.items() if key in musts}
    assert not failed, "\n" + told(failed)


def test_nearly_all_cases_hold(failures: dict[str, list[str]]) -> None:
    sys.stdout.write(told(failures))
    assert len(failures) <= 0.05 * len(CASES), "\n" + told(failures)


def test_nothing_wrong_is_accepted_without_a_person(answers: dict[str, pd.Series]) -> None:
    wrong = [c["id"] for c in CASES if "call" not in c and wrong_auto(c, answers[c["id"]])]
    assert not wrong


FORMER = [
    "大丰市人民中路2号",
    "萧山市市心路1号",
    "吴江市中山路3号",
    "江都市龙川路8号",
    "铜山县新区1号",
    "崇明县城桥镇1号",
    "淮阴县北京路5号",
]


def test_a_former_county_of_the_region_is_elsewhere() -> None:
    found = located([{"id": text, "text": text} for text in [*FORMER, "大丰区人民中路2号"]])
    assert {row["status"] for row in found.values()} == {"outside"}
    told = {text: row["reasons"][0][1] for text, row in found.items()}
    assert told["大丰市人民中路2号"] == {"place": "大丰市", "code": "320904"}  # 大丰区 since 2015
    assert told["大丰区人民中路2号"] == {"place": "大丰区", "code": "320904"}
    assert told["吴江市中山路3号"]["code"] == "320509"


APART = "崇川区工农路88号紫琅花园"
ESTATE, TOWER = "building:320613:紫琅花园", "building:320613:华辰大厦"


def test_between_places_that_exclude_each_other_a_person_can_choose() -> None:
    row = located([{"id": "x", "text": "崇川区华辰大厦紫琅花园"}])["x"]
    assert {c["place"] for c in row["candidates"]} == {ESTATE, TOWER}
    apart = dict(row["reasons"])["PLACES_APART"]
    assert (apart["name"], apart["other"]) == ("华辰大厦", "紫琅花园")
    assert 1_500 <= apart["metres"] <= 2_200


def test_a_decision_settles_what_an_address_left_open() -> None:
    frame = pd.DataFrame({"address": [APART]}, index=["x"])
    told = decisions({"d": {"kind": "place", "subject": address_key(APART), "target": ESTATE, "decided_by": "甲"}})
    row = locate(frame, city("nantong").gazetteer, decisions=told).loc["x"]
    assert (row["status"], row["building"]) == ("auto", ESTATE)
    assert "PLACES_APART" not in dict(row["reasons"])


def test_what_an_address_says_twice_is_told_once() -> None:
    row = located([{"id": "x", "text": "崇川区工农路88号工农路88号崇川区工农路88号"}])["x"]
    assert len(row["reasons"]) == len({str(reason) for reason in row["reasons"]})
    assert [code for code, _ in row["reasons"]].count("COUNTY_FROM_ROAD") == 1
