"""Tallies of a plan against the survey's own stages on the same plan, and by hand-written cases."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString
from zone_plans import SOUTH, STEP, WEST, at, cells, plan, square

from geo.coverage import measure
from geo.frames import CRS, LOCATIONS, OUTLINES, PLACES
from geo.places import assign
from geo.zones.operations import merge, paint, remove, split, subtract
from geo.zones.plan import Plan
from geo.zones.tally import COLUMNS, Ground, moves, tally

OUTLINES_ = OUTLINES.empty()


def places(given: Plan) -> gpd.GeoDataFrame:
    """The plan as it will be in force: PLACES."""
    return PLACES.conform(given.frame.assign(kind="zone", origin="layer"))


def keyed(seed: int) -> Plan:
    """Cells under keys as places have them."""
    frame = cells(seed, 7).frame
    return Plan.of(frame.set_axis([key if key == "frame" else f"zone:{key}" for key in frame.index]))


def halved(given: Plan, key: str) -> Plan:
    """The plan with a zone cut from north to south through its middle."""
    x = float(np.mean(given.frame.geometry[key].bounds[::2]))
    return split(given, key, LineString([(x, SOUTH - STEP), (x, SOUTH + 5 * STEP)]), "n")


def grown(given: Plan, key: str) -> Any:
    """The outline of a zone with 200 m of its neighbours."""
    return shapely.buffer(given.frame.geometry[key], STEP / 5)


def locations(rows: dict[str, tuple[str, tuple[float, float] | None, str | None]]) -> pd.DataFrame:
    """LOCATIONS before outlines are looked at: level, position in squares, zone named by the address."""
    xy = [(np.nan, np.nan) if spot is None else at(*spot) for _, spot, _ in rows.values()]
    frame = pd.DataFrame(
        {"level": [row[0] for row in rows.values()], "zone": [row[2] for row in rows.values()],
         "lon": [x for x, _ in xy], "lat": [y for _, y in xy], "county_code": "990101", "status": "auto"},
        index=list(rows),
    )  # fmt: skip
    frame["reasons"] = [[] for _ in rows]
    return LOCATIONS.conform(frame)


def firms(located: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """FIRMS as far as figures read them."""
    facts = {
        "eligible": True, "covered": False, "gap": True, "primary": "none", "size_class": "under_25", "workers": 10,
        "union_id": None, "secondary": False,
    }  # fmt: skip
    frame = located.rename(columns={"reasons": "location_reasons"}).assign(**(facts | columns))
    frame["flags"] = [[] for _ in range(len(frame))]
    return frame.astype({"workers": "Int64", "union_id": "string", "eligible": "boolean", "covered": "boolean"})


def unions(**columns: object) -> pd.DataFrame:
    facts = {
        "kind": "joint", "in_force": True, "host_id": None, "members": 5, "covered_workers": 5, "town_code": None,
        "county_code": "990101", "place_id": None, "place_name": None,
    }  # fmt: skip
    count = max((len(value) for value in columns.values() if isinstance(value, list)), default=0)
    frame = pd.DataFrame(facts | columns, index=[f"u{k}" for k in range(count)])
    return frame.astype({"host_id": "string", "place_id": "string", "place_name": "string"})


def crowd(seed: int, given: Plan, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random locations around a plan, and everything else that figures read."""
    random = np.random.default_rng(seed)
    keys = [key for key in given if key != "frame"]
    rows = {
        f"f{k}": (
            str(random.choice(["building", "number", "market", "street", "zone", "county", "none"])),
            tuple(random.uniform(-0.5, 4.5, 2)) if random.random() < 0.85 else None,
            str(random.choice(keys)) if random.random() < 0.2 else None,
        )
        for k in range(count)
    }
    located = locations(rows)
    chance = lambda share: random.random(count) < share  # noqa: E731
    eligible, covered = chance(0.9), chance(0.4)
    union = np.array([f"u{k}" for k in range(count // 8)], dtype=object)
    facts = {
        "eligible": eligible, "covered": covered & eligible, "gap": eligible & ~covered,
        "primary": np.where(covered, "joint", "none"),
        "size_class": random.choice(["under_25", "25_and_over", "unknown"], count),
        "workers": pd.array(np.where(chance(0.9), random.integers(1, 300, count), -1), dtype="Int64"),
        "union_id": np.where(covered, random.choice(union, count), None),
    }  # fmt: skip
    facts["workers"][facts["workers"] < 0] = pd.NA
    hosts = [str(random.choice(located.index)) if random.random() < 0.4 else None for _ in union]
    kinds = random.choice(["joint", "own", "federation"], len(union), p=[0.6, 0.3, 0.1])
    seats = [None if host or random.random() < 0.6 else str(random.choice(keys)) for host in hosts]
    table = unions(
        kind=list(kinds), in_force=list(random.random(len(union)) < 0.9), host_id=hosts, place_name=seats,
        place_id=seats,
    )  # fmt: skip
    return located, (facts, table)


def surveyed(located: pd.DataFrame, facts: dict, given: Plan, rest: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    around = places(given) if rest is None else PLACES.conform(pd.concat([places(given), rest]))
    return firms(assign(located, around, OUTLINES_), **facts)


@pytest.mark.parametrize("seed", range(8))
def test_a_tally_is_what_the_next_survey_says(seed: int) -> None:
    before = keyed(seed)
    located, (facts, table) = crowd(seed, before, 600)
    now = surveyed(located, facts, before)
    after = paint(
        halved(before, "zone:c3") if seed % 2 else before, "zone:c1", [grown(before, "zone:c1")], around_locked=True
    )
    next_ = measure(surveyed(located, facts, after), table, by="zone")
    told = tally(after, now, table)
    assert list(told.index) == [*after, ""]
    wanted = next_.reindex(told.index)
    same = ("firms", "eligible", "covered", "gap", "gap_under_25", "workers", "workers_unknown", "unions")
    for column in same:
        assert told[column].tolist() == wanted[column].fillna(0).astype(int).tolist(), column
    assert told["rate"].round(12).equals(wanted["rate"].round(12).where(told["eligible"] > 0))
    assert told["firms"].sum() == 600


@pytest.mark.parametrize("seed", range(4))
def test_moves_are_the_differences_of_two_surveys(seed: int) -> None:
    before = keyed(seed)
    located, (facts, table) = crowd(seed, before, 2000)
    now = surveyed(located, facts, before)
    after = paint(before, "zone:c1", [grown(before, "zone:c1")], around_locked=True)
    next_ = surveyed(located, facts, after)
    told = moves(before, after, now, table)
    changed = now["zone"].fillna("") != next_["zone"].fillna("")
    moved = told[told["kind"] == "firm"]
    assert list(moved.index) == list(now.index[changed])
    assert moved["from"].fillna("").tolist() == now["zone"].fillna("")[changed].tolist()
    assert moved["to"].fillna("").tolist() == next_["zone"].fillna("")[changed].tolist()
    assert len(moved) > 0
    gained = told[told["kind"] == "union"]["to"].value_counts()
    lost = told[told["kind"] == "union"]["from"].value_counts()
    figures = [tally(given, now, table)["unions"] for given in (before, after)]
    for key in before:
        assert figures[1][key] - figures[0][key] == gained.get(key, 0) - lost.get(key, 0)


def test_a_joint_union_is_counted_where_it_sits_or_most_of_its_firms_are_and_not_in_a_zone_of_a_few() -> None:
    a, b = "zone:a", "zone:b"
    before = plan({a: square(0, 0), b: square(1, 0)})
    spots = [(0.5, 0.5), (1.2, 0.5), (1.3, 0.5), (1.8, 0.5), (5, 5), (6, 6)]
    located = locations({f"f{k}": ("number", spot, None) for k, spot in enumerate(spots)})
    member = {"park": [0, 1, 2], "town": [3, 4, 5], "market": []}
    unions_of = {k: u for u, firms_ in enumerate(member.values()) for k in firms_}
    facts = {"union_id": [f"u{unions_of[k]}" for k in range(6)], "covered": True}
    table = unions(kind=["park", "joint", "park"], place_name=["a", None, "b"], place_id=[a, None, b])
    now = surveyed(located, facts, before)
    counted = measure(now, table, by="zone")["unions"]
    assert counted.to_dict() == {a: 1, b: 1, "": 1}, "of the town's firms two are in no zone, of the park's two in b"
    assert tally(before, now, table)["unions"].to_dict() == counted.to_dict()
    after = paint(before, a, [square(1, 0, 0.5, 1)])
    assert set(moves(before, after, now, table).index) == {"f1", "f2"}, "no union moves with the firms"
    gone = moves(before, remove(before, a), now, table)
    assert gone.loc["u0", ["from", "to", "because"]].tolist() == [a, b, "firms"]
    heir = moves(before, merge(before, [a, b], b), now, table, renamed={a: b})
    assert heir.loc["u0", "to"] == b


def test_of_what_is_in_no_zone_only_the_countys_own_is_counted() -> None:
    before = plan({"a": square(0, 0)})
    located = locations({"in": ("number", (0.5, 0.5), None), "out": ("none", None, None), "far": ("none", None, None)})
    now = surveyed(located, {"county_code": ["990102", "990101", "990102"]}, before)
    table = unions(county_code=["990101", "990102"])
    told = tally(before, now, table, county="990101")
    assert told["firms"].to_dict() == {"a": 1, "": 1}, "a firm of another county in the zone is counted there"
    assert told["unions"].to_dict() == {"a": 0, "": 1}
    ground = Ground.of(now, table)
    assert [ground.count("unlocated", county) for county in ("990101", "990102", None)] == [1, 1, 2]


def test_a_zone_named_in_the_address_stands_and_one_told_by_the_outline_follows_it() -> None:
    before = plan({"a": square(0, 0), "b": square(1, 0)})
    located = locations({
        "named": ("building", (0.9, 0.5), "a"),
        "lies there": ("building", (0.9, 0.5), None),
        "named, elsewhere": ("building", (1.5, 0.5), "a"),
        "named, nowhere": ("zone", None, "a"),
        "of its street only": ("street", (0.9, 0.5), None),
    })  # fmt: skip
    now = surveyed(located, {}, before)
    after = paint(before, "b", [square(0.8, 0, 0.2, 1)])
    told = moves(before, after, now, unions())
    assert told[["from", "to"]].to_dict("index") == {"lies there": {"from": "a", "to": "b"}}
    counts = tally(after, now, unions())
    assert counts["firms"].to_dict() == {"a": 3, "b": 1, "": 1}
    assert counts["coarse"].to_dict() == {"a": 1, "b": 0, "": 1}
    assert counts["unlocated"].to_dict() == {"a": 0, "b": 0, "": 0}, "a zone or a street is known of each"


def test_a_merged_zone_is_meant_by_its_former_name_where_the_caller_says_so() -> None:
    before = plan({"a": square(0, 0), "b": square(1, 0)})
    now = surveyed(locations({"f": ("zone", None, "b")}), {}, before)
    after = merge(before, ["a", "b"], "a")
    assert tally(after, now, unions(), renamed={"b": "a"}).at["a", "firms"] == 1
    assert moves(before, after, now, unions(), renamed={"b": "a"})["to"].tolist() == ["a"]
    assert moves(before, after, now, unions()).empty


def test_land_taken_from_all_zones_leaves_its_firms_in_none() -> None:
    before = plan({"a": square(0, 0), "b": square(1, 0)})
    now = surveyed(locations({"f": ("number", (0.25, 0.25), None)}), {"union_id": "u0", "covered": True}, before)
    table = unions(kind=["joint"])
    after = subtract(before, "a", square(0, 0, 0.5, 0.5))
    told = moves(before, after, now, table)
    assert told["kind"].to_dict() == {"f": "firm", "u0": "union"}
    assert told["to"].isna().all()
    assert told.loc["f", ["eligible", "covered", "workers"]].tolist() == [True, True, 10]
    assert moves(before, remove(before, "a"), now, table)["from"].tolist() == ["a", "a"]


def test_zones_of_other_levels_hold_firms_too_the_smallest_first() -> None:
    before = plan({"a": square(0, 0)})
    park = PLACES.conform(
        gpd.GeoDataFrame(
            {"kind": "zone", "name": "p", "origin": "layer"}, geometry=[square(0, 0, 0.5, 0.5)], index=["p"], crs=CRS
        )
    )
    located = locations({"in both": ("number", (0.25, 0.25), None), "in one": ("number", (0.75, 0.75), None)})
    now = surveyed(located, {}, before, park)
    assert now["zone"].tolist() == ["p", "a"]
    assert tally(before, now, unions(), others=park).loc[["a", ""], "firms"].tolist() == [1, 0]
    assert tally(before, now, unions()).loc[["a", ""], "firms"].tolist() == [2, 0]


def test_ground_made_once_gives_the_same_tally() -> None:
    given = cells(3, 6)
    located, (facts, table) = crowd(5, given, 300)
    now = surveyed(located, facts, given)
    ground = Ground.of(now, table)
    assert tally(given, ground).equals(tally(given, now, table))
    assert set(COLUMNS) < set(tally(given, ground).columns)
    with pytest.raises(TypeError):
        tally(given, now)


def test_firms_on_a_border_are_counted_once_and_as_the_survey_does() -> None:
    given = plan({"a": square(0, 0), "b": square(1, 0)})
    located = locations({f"f{k}": ("number", (1.0, k / 10), None) for k in range(11)})
    now = surveyed(located, {}, given)
    told = tally(given, now, unions())
    assert told["firms"].sum() == 11
    assert told.loc["a", "firms"] == (now["zone"] == "a").sum()
    assert (WEST, SOUTH, STEP) == (121.0, 32.0, 0.01)


def test_no_firms_and_no_zones_are_counted_too() -> None:
    given = plan({"a": square(0, 0)})
    nobody = firms(locations({}))
    assert tally(given, nobody, unions())["firms"].tolist() == [0, 0]
    assert moves(given, given, nobody, unions()).empty
    empty = remove(given, "a")
    now = firms(locations({"f": ("number", (0.5, 0.5), None)}))
    assert tally(empty, now, unions())["firms"].to_dict() == {"": 1}
