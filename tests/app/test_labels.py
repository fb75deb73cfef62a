"""Words for codes, in the language of the moment."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from flask import Flask, g
from signed_in import acting

from app import create_app, labels
from app.config import Config
from geo.io.codes import read_codes


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Config.from_environment({}, instance=tmp_path_factory.mktemp("instance")))


@pytest.fixture(params=["zh", "en"])
def spoken(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    with acting(app):
        g.language = request.param
        yield request.param


def test_a_code_has_its_phrase(spoken: str) -> None:
    assert labels.label("union_kind", "street") == {"zh": "一条街工会", "en": "street union"}[spoken]


def test_an_unknown_code_is_shown_as_it_is(spoken: str) -> None:
    assert labels.label("union_kind", "moon") == "moon"
    assert labels.label("no_such_list", "x") == "x"


@pytest.mark.parametrize("nothing", [None, pd.NA, "", float("nan")])
def test_nothing_is_an_empty_text(spoken: str, nothing: object) -> None:
    assert labels.label("level", nothing) == ""
    assert labels.explain("location_reason", nothing) == ""


def test_reasons_for_leaving_the_denominator_are_found_under_one_name(spoken: str) -> None:
    assert labels.label("excluded_because", "not_legal_person") != "not_legal_person"
    assert labels.label("excluded_because", "R07") == {"zh": "停产、半停产", "en": "stopped or half stopped"}[spoken]


def test_a_sentence_carries_its_figures_and_names(spoken: str) -> None:
    detail = {"kind": "building", "place": "building:320613:华辰大厦#2", "firms": 29}
    said = labels.explain("group_reason", "same_place", detail)
    assert said == {"zh": "29 家企业同在华辰大厦", "en": "29 firms in 华辰大厦"}[spoken]


def test_keys_get_the_names_that_the_caller_knows(spoken: str) -> None:
    said = labels.explain("group_reason", "same_town", {"town": "320613001"}, names={"320613001": "城东街道"}.get)
    assert "城东街道" in said


def test_lists_are_joined(spoken: str) -> None:
    said = labels.explain("group_caution", "several_towns", {"towns": ["甲镇", "乙镇"]})
    assert {"zh": "甲镇、乙镇", "en": "甲镇, 乙镇"}[spoken] in said


def test_a_missing_figure_leaves_the_phrase(spoken: str) -> None:
    assert labels.explain("group_reason", "same_place", {}) == labels.label("group_reason", "same_place")


def test_text_of_a_registry_is_not_taken_for_a_placeholder(spoken: str) -> None:
    assert "{firms}" in labels.explain("location_reason", "COUNTY_NAMED", {"name": "{firms}"})


def test_options_keep_the_order_of_the_list(spoken: str) -> None:
    assert [code for code, _ in labels.options("stage")] == [*(f"P{number}" for number in range(10)), "PX"]
    assert labels.options("no_such_list") == []


def test_lists_have_titles(spoken: str) -> None:
    assert labels.title("path") == {"zh": "建议组织形式", "en": "Recommended form"}[spoken]


CALL = re.compile(r"""\b(?:(?:label|explain)\(\s*["'](\w+)["']\s*,|labels\.(?:options|title)\(\s*["'](\w+)["'])""")


def test_every_list_that_pages_ask_for_exists() -> None:
    """A misspelt kind would show bare codes without anybody noticing."""
    root = Path(__file__).resolve().parents[2]
    known = set(read_codes(root / "data" / "codes")) | set(labels.SEARCHED) | set(labels.ALIASES)
    pages = [*(root / "templates").rglob("*.html"), *(root / "app").rglob("*.py")]
    asked = {
        (found[1] or found[2], str(path.relative_to(root)))
        for path in pages
        for found in CALL.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 5
    assert {call for call in asked if call[0] not in known} == set()


def test_a_text_in_both_languages_is_said_in_one(spoken: str) -> None:
    both = "登记地址 8,483 个（县已知） / 8,483 addresses; 演示企业 9 家/ 9 firms"
    told = {"zh": "登记地址 8,483 个（县已知）; 演示企业 9 家", "en": "8,483 addresses; 9 firms"}
    assert labels.in_language(both) == told[spoken]


@pytest.mark.parametrize("own", ["市监局 / 税务局", "Registry / Taxes", "市监局2025", "a/b"])
def test_what_an_office_wrote_stays_whole(spoken: str, own: str) -> None:
    assert labels.in_language(own) == own
