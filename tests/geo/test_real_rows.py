"""Real rows: 5,010 registered addresses, learned from four parts and answered on the fifth; needs the shared data."""

import csv
import hashlib
import random
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from geo import gazetteer
from geo.frames import ALIASES, CRS, PLACES
from geo.gazetteer import Gazetteer
from geo.geocode import LocateOptions, locate
from geo.io.divisions import read_aliases, read_divisions
from geo.io.geocoding import join_places, read_elsewhere

DATA = Path(__file__).resolve().parents[2] / "data"
TODAY = {
    **dict.fromkeys(("320602", "320611", "320613", "320691"), "320613"),
    **dict.fromkeys(("320621", "320685"), "320685"),
    **dict.fromkeys(("320684", "320614"), "320614"),
    **{code: code for code in ("320612", "320623", "320681", "320682")},
}
"""Registering authority of the credit code → county of today; only a label, never evidence."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows(shared: Path) -> pd.DataFrame:
    path = shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return pd.DataFrame(list(csv.DictReader(file)), dtype="object")


def build(places: pd.DataFrame, facts: pd.DataFrame | None = None) -> Gazetteer:
    aliases = pd.concat([read_aliases(DATA / "divisions" / "nantong_aliases.csv"), read_elsewhere(DATA / "words")])
    return gazetteer.build(
        read_divisions(DATA / "divisions" / "nantong.csv"), ALIASES.conform(aliases), places, facts=facts
    )


def taught(addresses: pd.Series) -> Gazetteer:
    learned = gazetteer.learn(addresses, build(PLACES.empty()))
    return build(learned.places, learned.facts)


@pytest.fixture(scope="module")
def answered(rows: pd.DataFrame) -> pd.DataFrame:
    """Five-fold by building key: no row is answered by what it or its neighbours in the building taught."""
    keys = rows["group_key"].where(rows["group_key"] != "", rows["address"])
    part = keys.map(lambda key: int(hashlib.md5(key.encode()).hexdigest(), 16) % 5)
    found = []
    for fold in range(5):
        inside = part == fold
        found.append(locate(rows.loc[inside, ["name", "address"]], taught(rows.loc[~inside, "address"])))
    located = pd.concat(found).reindex(rows.index)
    usable = (rows["county_label_ok"] == "1") & rows["reg_org_code"].isin(list(TODAY))
    table = pd.DataFrame(
        {"county": located["county_code"], "status": located["status"], "named": rows["county_in_text"] != ""}
    )
    return table.assign(label=rows["reg_org_code"].map(TODAY))[usable]


def shares(table: pd.DataFrame) -> dict[str, float]:
    right = table["county"].eq(table["label"]).fillna(value=False)
    return {"right": right.mean(), "wrong": (~right & table["county"].notna()).mean(), "rows": len(table)}


def test_a_named_county_is_right(answered: pd.DataFrame) -> None:
    assert shares(answered[answered["named"]])["right"] >= 0.996  # the labels themselves are wrong in 0.3 %


def test_a_county_that_is_not_named_is_found(answered: pd.DataFrame) -> None:
    found = shares(answered[~answered["named"]])
    assert found["right"] >= 0.95
    assert found["wrong"] <= 0.02


def test_automatic_answers_are_many_and_right(answered: pd.DataFrame) -> None:
    auto = answered[answered["status"] == "auto"]
    assert len(auto) >= 0.93 * len(answered)
    assert shares(auto)["wrong"] <= 0.008


def test_no_row_is_put_into_another_city(answered: pd.DataFrame) -> None:
    assert "outside" not in set(answered["status"])


def test_one_building_and_one_market_with_their_floors(rows: pd.DataFrame) -> None:
    names = taught(rows["address"])
    found = locate(rows[["address"]], names, options=LocateOptions(company=False))
    assert len(found) == len(rows)
    tower = found[found["building"] == "building:320613:华辰大厦"]
    mall = found[found["market"] == "market:320613:南通万象城"]
    assert len(tower) == rows["address"].str.contains("华辰大厦").sum() >= 29
    assert len(mall) >= rows["address"].str.contains("万象城").sum() >= 24
    assert tower["unit"].notna().mean() > 0.8
    assert mall["floor"].notna().mean() > 0.8
    assert Counter(tower["status"])["auto"] == len(tower)


def test_learned_places_join_what_is_given(rows: pd.DataFrame) -> None:
    learned = gazetteer.learn(rows["address"].head(500), build(PLACES.empty())).places
    assert join_places([learned, learned]).index.equals(learned.index)


KINDS = {"building": ("大厦", "花园"), "market": ("市场", "商城"), "street": ("路", "街"), "zone": ("工业园",)}
COUNTIES = ("320612", "320613", "320614", "320623", "320681", "320682", "320685")


def unrelated(texts: list[str], rnd: random.Random, size: int) -> pd.DataFrame:
    """Return places with random names of which no text holds two characters in a row that are their own.

    Most lie on the ground of the city; their characters are those of the texts.
    """
    pairs = {text[k : k + 2] for text in texts for k in range(len(text))}
    letters = sorted({c for text in texts for c in text if "\u4e00" <= c <= "\u9fff"})
    rows = {}
    while len(rows) < size:
        kind = rnd.choice(list(KINDS))
        core = "".join(rnd.choices(letters, k=rnd.randint(2, 5)))
        if any(core[k : k + 2] in pairs for k in range(len(core) - 1)):
            continue
        name, county = core + rnd.choice(KINDS[kind]), rnd.choice(COUNTIES)
        at = Point(rnd.uniform(120.4, 121.8), rnd.uniform(31.7, 32.6)) if rnd.random() < 0.8 else None
        rows[f"{kind}:{county}:{name}"] = {"kind": kind, "name": name, "county_code": county, "geometry": at}
    frame = pd.DataFrame.from_dict(rows, orient="index").assign(origin="layer", source="invented")
    return PLACES.conform(gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS))


@pytest.mark.parametrize("seed", range(3))
def test_names_that_no_row_holds_change_no_row(rows: pd.DataFrame, seed: int) -> None:
    learned = gazetteer.learn(rows["address"], build(PLACES.empty()))
    more = unrelated([*rows["address"], *rows["name"]], random.Random(seed), 400)
    one, two = build(learned.places, learned.facts), build(join_places([more, learned.places]), learned.facts)
    assert one.hash != two.hash
    firms = rows[["name", "address"]]
    before, after = (
        list(locate(firms, names).astype(object).map(repr).itertuples(index=False)) for names in (one, two)
    )
    changed = [(x, y) for x, y in zip(before, after, strict=True) if x != y]
    assert not changed, changed[:3]
