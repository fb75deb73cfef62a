"""Law 33 on the sample city: every figure in every sentence about all suggestions is that of the rows, in both tongues.

What the rows say is counted by ``second_count``; sentences are taken apart by their templates, compared name by name.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from flask import Flask, g
from second_count import PRECISE, SecondCount, said_figures
from signed_in import acting

from app import create_app
from app.config import Config
from app.current import reading
from app.i18n import COOKIE
from app.labels import book, explain, label
from app.reading import Kept, Reading
from app.suggesting import explanations
from geo.frames import CASE_STEPS, DECISIONS, FIRMS, GROUPINGS, SURVEYED_UNIONS
from geo.joint import JointOptions
from geo.joint.rivals import rivals
from geo.survey import JointInputs, suggest_joint

pytestmark = pytest.mark.slow

METRES = ("widest_gap_m", "farthest_m")
"""Figures that two ways of measuring may tell one metre, or one in a hundred, apart."""
TONGUES = ("zh", "en")
SMALL = JointOptions(
    min_firms=2, min_workers=8, reach_m=800, street_gap_m=600, street_span_m=2_000, street_radius_m=400,
    founding_place=1, founding_street=1, founding_community=2,
)  # fmt: skip
OPTIONS = (None, SMALL, replace(SMALL, min_firms=3, min_workers=12, max_firms=6, max_firms_in_place=6))
"""The survey as it is stored, and the same city by thresholds that make unions of all kinds of its few firms: small
ones, and such that are soon full."""
MUST = (
    {"existing_union", "same_place", "law", "fragile", "dissolve", "R1", "R4"},
    {"along_street", "around_address", "enough_estimated", "distance_from_numbers", "community", "village", "R3"},
    {"along_street", "part_of_place", "R2", "R5"},
)
"""What is looked at in each at least."""


@contextmanager
def spoken(tongue: str) -> Iterator[None]:
    """Speak a language within the request of ``read``."""
    g.language = tongue
    try:
        yield
    finally:
        g.pop("language")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, loaded_sample: Any) -> Flask:
    instance = shutil.copytree(loaded_sample, tmp_path_factory.mktemp("explained") / "instance")
    return create_app(Config.from_environment({}, instance=instance))


@pytest.fixture(scope="module", params=OPTIONS, ids=("as_stored", "small_unions", "soon_full"))
def read(app: Flask, request: pytest.FixtureRequest) -> Iterator[Reading]:
    with acting(app):
        found = reading()
        yield found if request.param is None else anew(found, request.param)


@pytest.fixture(scope="module")
def counted(read: Reading) -> SecondCount:
    return SecondCount(read.survey)


@pytest.fixture(scope="module")
def seen(read: Reading) -> set[str]:
    """Codes of the sentences that were looked at in a reading."""
    return set()


def anew(read: Reading, options: JointOptions) -> Reading:
    """The same city with suggestions by other thresholds."""
    survey, fresh = read.survey, GROUPINGS.empty()
    inputs = JointInputs(read.divisions, DECISIONS.empty(), CASE_STEPS.empty(), fresh)
    found = suggest_joint(survey.firms, survey.unions, inputs, places=survey.places, options=options)
    told = found.groupings.reindex(survey.firms.index)
    firms = FIRMS.conform(survey.firms.assign(group_id=told["group_id"], left_because=told["left_because"]))
    unions = SURVEYED_UNIONS.conform(survey.unions.assign(place_id=found.seats.reindex(survey.unions.index)))
    other = replace(survey, firms=firms, unions=unions, groups=found.groups, groupings=found.groupings, joint=options)
    return replace(read, survey=other, kept=Kept())


def differences(read: Reading, kind: str, code: str, sentence: str, figures: dict[str, Any], tongue: str) -> list[str]:
    """What a sentence says otherwise than the rows; [] if it says the same."""
    entry = book()[kind].codes[code]
    template = entry.say_zh if tongue == "zh" else entry.say_en
    said = said_figures(template, sentence)
    if said is None:
        return [f"{code}: not of its template: {sentence}"]
    return [
        f"{code}: {name} is {value}, the rows say {figures.get(name)}: {sentence}"
        for name, value in said.items() if not same(read, name, value, figures.get(name))
    ]  # fmt: skip


def same(read: Reading, name: str, said: str, told: Any) -> bool:
    if name == "level":
        return said == label("level", told)
    if isinstance(told, list):
        return set(re.split("、|, ", said)) == {read.named(each) for each in told}
    if isinstance(told, tuple):  # any of the firms at an address
        return said in {read.firm_name(each) for each in told}
    if isinstance(told, str):
        return said in (told, read.named(told), read.firm_name(told) if told in read.survey.firms.index else told)
    if told is None:
        return False
    if name in METRES:
        return abs(float(said) - told) <= max(2, 0.01 * told)
    if name == "loss":
        return abs(float(said) - abs(told)) <= 0.11 + 0.002 * abs(told)
    return said == str(int(told))


def test_reasons_and_cautions_are_those_of_the_rows(read: Reading, counted: SecondCount, seen: set[str]) -> None:
    wrong = []
    for key, group in read.survey.groups.iterrows():
        if str(key).startswith("case:"):
            continue
        expected = {"group_reason": counted.reasons(str(key)), "group_caution": counted.cautions(str(key))}
        for kind, told in (("group_reason", group["reasons"]), ("group_caution", group["cautions"])):
            assert {code for code, _ in told} == set(expected[kind]), (key, kind)
            for tongue in TONGUES:
                with spoken(tongue):
                    for code, detail in told:
                        sentence = explain(kind, code, detail, names=read.named)
                        wrong += differences(read, kind, code, sentence, expected[kind][code], tongue)
                        seen.add(code)
    assert not wrong, wrong[:5]


def test_how_sturdy_a_group_is_said_to_be(read: Reading, counted: SecondCount) -> None:
    wrong = []
    for key, group in read.survey.groups.iterrows():
        members = read.survey.firms.loc[counted.members[str(key)]]
        expected = counted.sturdy(str(key))
        for tongue in TONGUES:
            with spoken(tongue):
                said = explanations.firmness(members, str(group["kind"]), read.survey.joint)
                assert len(said) == len(expected)
                for code, sentence in zip(expected, said, strict=True):
                    wrong += differences(read, "sturdy", code, sentence, expected[code], tongue)
    assert not wrong, wrong[:5]


def test_other_ways_and_what_they_lose(read: Reading, counted: SecondCount, seen: set[str]) -> None:
    survey, wrong = read.survey, []
    for key in survey.groups.index:
        if str(key).startswith("case:"):
            continue
        found = rivals(survey.firms, key, groups=survey.groups, unions=survey.unions, places=survey.places,
                       options=survey.joint)  # fmt: skip
        told = {rival.kind + (rival.place_id or "") * (rival.kind != "community"): rival for rival in found}
        ways = {
            name: counted.way(str(key), rival.kind, rival.place_id, dict(rival.placed)) for name, rival in told.items()
        }
        for tongue in TONGUES:
            with spoken(tongue):
                for way in explanations.ways(read, key):
                    figures = ways[way.kind + way.place_id]
                    wrong += differences(read, "rival", way.kind, way.said, figures, tongue)
                    loss = figures["loss"]
                    code = "more" if way.better else "same" if "same" in way.loss or "相同" in way.loss else "less"
                    wrong += [] if code != "same" or abs(loss) < 0.2 else [f"{key}: {loss} is not nothing"]
                    wrong += [] if (loss < 0) == way.better or abs(loss) < 0.2 else [f"{key}: {loss}, wrong sign"]
                    if code != "same":
                        wrong += differences(read, "rival_loss", code, way.loss, figures, tongue)
                    seen.add(way.kind)
    assert not wrong, wrong[:5]


def test_why_firms_are_left_over(read: Reading, counted: SecondCount, seen: set[str]) -> None:
    firms = read.survey.firms
    keys = [str(key) for key in firms.index[firms["left_because"].notna() & ~firms["left_because"].isin(["R7", "R8"])]]
    figures = {key: counted.left(key) for key in keys}
    wrong = []
    for tongue in TONGUES:
        with spoken(tongue):
            for key, row in explanations.proofs(read, keys).iterrows():
                assert row["proved"], (key, dict(row))
                ways = figures[str(key)]
                codes = {code.partition("_")[0] for code, _figures in ways}
                assert codes == {row["left_because"]}, (key, row["left_because"], codes)
                tried = [differences(read, "left_proof", code, row["said"], found, tongue) for code, found in ways]
                if all(tried):
                    wrong.append((key, min(tried, key=len)))
                seen.add(row["left_because"])
    assert not wrong, wrong[:5]


def test_each_kind_of_sentence_was_looked_at(read: Reading, seen: set[str]) -> None:
    must = MUST[OPTIONS.index(read.survey.joint if read.survey.joint in OPTIONS else None)]
    assert must <= seen, must - seen


def test_what_the_page_counts_around_a_suggestion(app: Flask) -> None:
    with acting(app):
        read = reading()
        counted, client = SecondCount(read.survey), app.test_client()
        for key in list(read.survey.groups.index)[::4]:
            if str(key).startswith("case:"):
                continue
            near = neighbours(counted, str(key))
            for tongue in TONGUES:
                client.set_cookie(COOKIE, tongue)
                page = BeautifulSoup(client.get(f"/suggestions/{quote(str(key))}").data, "lxml")
                told = {}
                for item in page.select("#near ul.why li"):
                    told[item.b.get_text(strip=True)] = int(
                        re.sub(r"\D", "", re.search(r"[\d,]+", item.b.next_sibling)[0])
                    )
                with spoken(tongue):
                    entry = book()["not_included"].codes
                    names = {code: entry[code].zh if tongue == "zh" else entry[code].en for code in near}
                assert told == {names[code]: count for code, count in near.items()}, key


def neighbours(counted: SecondCount, group: str) -> dict[str, int]:
    """Firms at the seat of a group or within 300 m of the middle of its members, that are not in it, by why."""
    rows, mine = counted.rows, set(counted.members[group])
    kind, place = counted.groups[group]["kind"], counted.groups[group]["place_id"]
    if kind == "existing":
        place = counted.unions[place]["place_id"]
        kind = place.partition(":")[0] if ":" in place else None
    dots = [key for key in mine if rows[key]["level"] in PRECISE and rows[key]["lon"] is not None]
    middle = pd.DataFrame([[rows[key]["lon"], rows[key]["lat"]] for key in dots]).median() if dots else None
    told: Counter[str] = Counter()
    for key, row in rows.items():
        if key in mine:
            continue
        there = kind not in (None, "community") and counted.place(kind, key) == place
        close = (
            middle is not None and row["level"] in PRECISE and row["lon"] is not None
            and counted.metres(key, f"{middle[0]},{middle[1]}") <= 300
        )  # fmt: skip
        if there or close:
            told[why(counted, group, key, kind, there=there or kind in (None, "community"))] += 1
    return dict(told)


def why(counted: SecondCount, group: str, key: str, kind: Any, *, there: bool) -> str:
    row, mine = counted.rows[key], [counted.rows[each] for each in counted.members[group]]
    most = 300 if kind in ("building", "market", "zone") else 100
    full = counted.groups[group]["kind"] != "existing" and len(mine) >= most
    strange = row["county_code"] is not None and row["county_code"] not in {each["county_code"] for each in mine}
    if kind == "street":
        strange |= row["town_code"] is not None and row["town_code"] not in {each["town_code"] for each in mine}
    tests = {
        "not_counted": not row["eligible"], "covered": row["covered"], "other_group": row["group_id"] is not None,
        "own_size": row["size_class"] == "25_and_over", "border": strange, "full": full, "elsewhere": not there,
        "too_far": kind == "street",
    }  # fmt: skip
    return next((code for code, hit in tests.items() if hit), "left_over")
