"""Every hand-labelled address is read as a person reads it."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from geo import gazetteer
from geo.frames import ALIASES, PLACES
from geo.gazetteer import Gazetteer
from geo.geocode import locate
from geo.io.divisions import read_aliases, read_divisions
from geo.io.geocoding import read_elsewhere

DATA = Path(__file__).resolve().parents[2] / "data"
GOLDEN = yaml.safe_load((DATA.parent / "tests" / "golden" / "addresses.yaml").read_text(encoding="utf-8"))
DIVISIONS = read_divisions(DATA / "divisions" / "nantong.csv")
NAMES = DIVISIONS["name"].to_dict()
CODES = {"county": "county_code", "town": "town_code", "village": "village_code"}
KEYS = {"zone", "building", "market", "street"}


@pytest.fixture(scope="module")
def taught() -> Gazetteer:
    aliases = pd.concat([read_aliases(DATA / "divisions" / "nantong_aliases.csv"), read_elsewhere(DATA / "words")])
    base = gazetteer.build(DIVISIONS, ALIASES.conform(aliases), PLACES.empty())
    learned = gazetteer.learn(GOLDEN["registry"], base)
    return gazetteer.build(DIVISIONS, ALIASES.conform(aliases), learned.places, facts=learned.facts)


def answer(case: dict[str, Any], names: Gazetteer) -> pd.Series:
    frame = pd.DataFrame({"address": [case["text"]], "name": [case.get("name")]}, index=["x"])
    return locate(frame, names).iloc[0]


def told(row: pd.Series, field: str) -> Any:
    if field in CODES:
        code = row[CODES[field]]
        return None if pd.isna(code) else NAMES[code]
    value = row[field]
    return None if pd.isna(value) else value


def faults(case: dict[str, Any], row: pd.Series) -> list[str]:
    codes = [code for code, _ in row["reasons"]]
    found = []
    for field, want in case["expect"].items():
        if field == "reason":
            found += [] if want in codes else [f"reason {want} is missing in {codes}"]
        elif field == "status_not":
            found += [] if row["status"] != want else [f"status is {want}"]
        elif field in KEYS and want is not None:
            key = told(row, field) or ""
            found += [] if want in key else [f"{field} is {key!r}, not {want!r}"]
        elif told(row, field) != want:
            found.append(f"{field} is {told(row, field)!r}, not {want!r}")
    if case.get("auto") is False and row["status"] == "auto":
        found.append(f"accepted without a person: {told(row, 'county')}, {codes}")
    return found


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: f"{''.join(case['tags'])}-{case['text'][:40]}")
def test_an_address_is_read_as_a_person_reads_it(case: dict[str, Any], taught: Gazetteer) -> None:
    assert faults(case, answer(case, taught)) == []


def test_the_cases_cover_the_classes_of_hard_addresses() -> None:
    tags = [tag for case in GOLDEN["cases"] for tag in case["tags"]]
    assert len(GOLDEN["cases"]) >= 80
    assert {tag for tag in "ABCDEFGIJ" if tags.count(tag) >= 3} == set("ABCDEFGIJ")
