"""The review queue: what waits, in which order, what closes it, and what an answer becomes."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from invented import decisions, firms, frame, places
from shapely import Point

from geo.frames import DIVISIONS, LINKS, SAME
from geo.review import Answer, AnswerRefusedError, Item, closed, items, located_together, rows
from geo.review.names import near_names

TOWER, LIKE, MALL = "building:990101:红星大厦", "building:990101:红星大夏", "market:990101:四海市场"
ROAD, ZONE, VILLAGE = "street:990101:长青路", "zone:990101:东沟工业园", "990101001001"
NAN = {"lon": math.nan, "lat": math.nan, "radius_m": math.nan}


def divisions() -> pd.DataFrame:
    table = {
        "990100": ("试验市", "city", "990000"),
        "990101": ("东沟区", "county", "990100"),
        VILLAGE: ("前巷社区", "village", "990101001"),
    }
    return DIVISIONS.conform(pd.DataFrame.from_dict(table, orient="index", columns=["name", "level", "parent"]))


def at(level: str, count: int, prefix: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {f"{prefix}{n}": {"level": level, **NAN, **more} for n in range(count)}


def doubt(address: str, parts: Sequence[tuple[str, str]], reasons: list[Any], **more: Any) -> dict[str, Any]:
    pieces, start = [], 0
    for label, text in parts:
        pieces.append([label, text, start, start + len(text)])
        start += len(text)
    others = [{"place": "990102", "level": "county", "lon": None, "lat": None, "score": 0.3}]
    told = {"location_status": "review", "level": "county", "candidates": others, "components": pieces, **NAN}
    return {"address": address, "location_reasons": reasons, **told, **more}


def queue(
    given: dict[str, dict[str, Any]],
    known: dict[str, dict[str, Any]] | None = None,
    links: Any = None,
    pairs: Any = None,
) -> list[Item]:
    learned = {key: {"origin": "registry", "mentions": 3, **row} for key, row in (known or {}).items()}
    return items(
        firms(given),
        places(learned),
        LINKS.empty() if links is None else links,
        divisions(),
        pairs=pairs if pairs is not None else SAME.empty(),
    )


def by_key(found: list[Item], key: str) -> Item:
    return next(item for item in found if item.key == key)


def test_one_pin_that_locates_most_comes_first_and_exactness_counts() -> None:
    given = at("building", 5, "t", building=TOWER) | at("street", 9, "s", street=ROAD) | at("zone", 20, "z", zone=ZONE)
    given |= at("village", 6, "v", village_code=VILLAGE)
    found = queue(given, {TOWER: {}, ROAD: {}, ZONE: {}})
    assert [(item.subject, item.firms, item.worth) for item in found] == [
        (TOWER, 5, 5.0), (ZONE, 20, 4.0), (VILLAGE, 6, 3.0), (ROAD, 9, 2.7),
    ]  # fmt: skip
    assert located_together(found[:2]) == 25


def test_firms_counted_twice_are_located_once() -> None:
    found = queue(at("building", 4, "t", building=TOWER, street=ROAD), {TOWER: {}, ROAD: {}})
    assert located_together(found) == 4


def test_a_place_on_the_map_or_firms_with_a_better_position_wait_for_nothing() -> None:
    given = {f"n{n}": {"building": TOWER} for n in range(3)} | at("market", 2, "m", market=MALL)
    assert queue(given, {TOWER: {}, MALL: {"geometry": Point(121, 32)}}) == []


def test_of_equal_worth_firms_without_a_union_come_first() -> None:
    given = at("building", 2, "a", building=TOWER, primary="own") | at("market", 2, "b", market=MALL)
    assert [item.subject for item in queue(given, {TOWER: {}, MALL: {}})] == [MALL, TOWER]


def test_positions_of_the_register_and_similar_names_are_offered() -> None:
    given = at("building", 3, "t", building=TOWER, given_lon=121.02, given_lat=32.01)
    found = queue(given, {TOWER: {}, LIKE: {"geometry": Point(121, 32)}})
    offered = by_key(found, f"pin:{TOWER}").candidates
    assert [(c.kind, c.target, c.lon) for c in offered] == [("point", "", 121.02), ("building", LIKE, 121.0)]


def test_a_town_without_a_point_is_offered_the_middle_of_what_lies_in_it() -> None:
    spots = [(121.00, 32.00), (121.02, 32.01), (121.04, 32.05)]
    given = at("town", 5, "t", town_code="990101001")
    given |= {f"n{k}": {"town_code": "990101001", "lon": x, "lat": y} for k, (x, y) in enumerate(spots)}
    item = by_key(queue(given), "pin:990101001")
    assert (item.firms, item.worth) == (5, 1.0)
    assert [(c.told, c.lon, c.lat, c.firms) for c in item.candidates] == [("inside", 121.02, 32.01, 3)]
    assert rows(item, Answer("pin", "", 121.02, 32.01))[0]["subject"] == "990101001"
    del given["n2"]
    assert by_key(queue(given), "pin:990101001").candidates == ()


ROADS = [("road", "东新路"), ("roadno", "8号")]
LEARNED = [["COUNTY_FROM_ROAD", {"name": "东新路", "mentions": 2}]]


def test_addresses_that_share_a_doubtful_name_are_one_item() -> None:
    given = {f"r{n}": doubt(f"东新路{n}号", ROADS, LEARNED) for n in range(3)}
    given["other"] = doubt("南苑小区", [("poi", "南苑小区")], [["COUNTY_FROM_PRIOR", {"form": "road"}]])
    found = queue(given)
    assert [(item.kind, item.name, item.firms) for item in found] == [
        ("county", "东新路", 3),
        ("county", "南苑小区", 1),
    ]
    assert [c.target for c in found[0].candidates] == ["990101", "990102"]
    assert rows(found[0], Answer("choose", "990102")) == [{"kind": "accept", "subject": "road:990102:东新路"}]


def test_contradictions_and_names_of_layers_are_about_the_addresses() -> None:
    conflict = [["CONFLICT", {"county": "990101"}], *LEARNED]
    layers = [["COUNTY_FROM_VILLAGE", {"name": "幸福村"}]]
    given = {
        "a": doubt("东新路8号", ROADS, conflict),
        "b": doubt("幸福村3组", [("community", "幸福村")], layers),
        "c": doubt("幸福村 4组", [("community", "幸福村")], layers),
    }
    found = queue(given)
    assert [(item.kind, item.firms) for item in found] == [("address", 2), ("address", 1)]
    made = rows(found[0], Answer("choose", "990102"))
    assert made == [{"kind": "place", "subject": f"text:幸福村{n}组", "target": "990102"} for n in (3, 4)]
    assert len(rows(found[0], Answer("choose", "990102", only="text:幸福村4组"))) == 1


def test_a_name_taken_for_a_typo_is_offered_as_it_was_read() -> None:
    reasons = [["TYPO", {"from": "幸福村", "to": "前巷社区"}], ["COUNTY_FROM_VILLAGE", {"name": "幸福村"}]]
    read = {"village_code": VILLAGE, "town_code": "990101001"}
    item = queue({"t": doubt("幸福村3组", [("community", "幸福村")], reasons, **read)})[0]
    assert (item.candidates[0].kind, item.candidates[0].target) == ("village", VILLAGE)
    assert [row["target"] for row in rows(item, Answer("choose", VILLAGE))] == [VILLAGE]


def test_an_address_that_names_only_its_city_comes_last_however_many_firms_write_it() -> None:
    prior = [["COUNTY_FROM_PRIOR", {"form": "citywide"}]]
    given = {f"c{n}": doubt("试验市", [("city", "试验市")], prior) for n in range(30)}
    given["one"] = doubt("幸福村3组", [("community", "幸福村")], [["COUNTY_FROM_VILLAGE", {"name": "幸福村"}]])
    found = queue(given)
    assert [(item.name, item.firms, item.worth) for item in found] == [("幸福村", 1, 1.0), ("试验市", 30, 0.0)]


def test_words_of_every_place_are_no_name_to_decide_about() -> None:
    prior = [["COUNTY_FROM_PRIOR", {"form": "citywide"}]]
    found = queue({f"w{n}": doubt("试验市水域", [("city", "试验市"), ("poi", "水域")], prior) for n in range(9)})
    assert [(item.kind, item.name, item.firms, item.worth) for item in found] == [("address", "试验市水域", 9, 0.0)]


def test_namesakes_of_a_village_are_offered_before_counties_even_where_the_answer_was_automatic() -> None:
    villages = [{"place": code, "level": "village", "lon": 121.0, "lat": 32.0, "score": 0.5} for code in ("A", "B")]
    given = {
        f"h{n}": doubt(
            f"光明村{n}组", [("community", "光明村")], [["HOMONYM", {"name": "光明", "n": 2}]],
            candidates=villages, location_status="auto",
        )
        for n in (1, 2)
    }  # fmt: skip
    item = queue(given)[0]
    assert (item.kind, item.name, item.firms) == ("homonym", "光明", 2)
    assert [c.target for c in item.candidates] == ["A", "B", "990101"]


def test_what_is_nowhere_or_elsewhere_can_be_settled_for_good() -> None:
    away = doubt("深圳市", [("city", "深圳市")], [["OUTSIDE", {}]], location_status="outside", level="none")
    item = queue({"a": away})[0]
    assert item.kind == "nowhere"
    assert rows(item, Answer("outside"))[0]["target"] == "outside"
    assert rows(item, Answer("nowhere"))[0]["target"] == "none"
    decided = away | {"location_reasons": [["DECIDED_OUTSIDE", {"by": "x"}]]}
    assert queue({"a": decided}) == []


def test_doubtful_links_offer_the_firm_and_its_rivals() -> None:
    reasons = [["several_firms", {"firms": ["a", "b", "gone"]}]]
    row = {"union_id": "u", "member_kind": "enterprise", "member_id": "a", "role": "covered", "listed_name": "甲厂"}
    links = frame(LINKS, {"u|1": row | {"method": "fuzzy", "score": 0.8, "status": "review", "reasons": reasons}})
    item = queue({"a": {}, "b": {}}, links=links)[0]
    assert [c.target for c in item.candidates] == ["a", "b"]
    assert rows(item, Answer("choose", "b")) == [{"kind": "link", "subject": "u|1", "target": "b"}]
    assert rows(item, Answer("refuse")) == [{"kind": "link", "subject": "u|1", "target": None}]


@pytest.mark.parametrize(
    ("one", "two", "near"),
    [
        ("怡安花园", "怡安花苑", True),
        ("红星商务大厦", "红心商务大厦", False),  # a core of two letters is all they have
        ("四海小商品市场", "四每小商品市场", True),
        ("曜川国际广场", "曜晖国际广场", False),
        ("四海小商品市场", "北四海小商品市场", False),  # 北 tells namesakes apart
        ("四海小商品市场", "通达四海小商品市场", True),
        ("南通大厦", "南方大厦", False),
        ("怡安花园一期", "怡安花园二期", False),
        ("万象城", "南通万象城", True),
    ],
)
def test_names_that_may_mean_one_place(one: str, two: str, near: bool) -> None:
    layer = places({f"building:990101:{name}": {"origin": "registry"} for name in (one, two)})
    assert bool(near_names(layer)) is near


def test_roads_of_one_letter_apart_and_places_given_apart_are_apart() -> None:
    roads = places(
        {f"street:990101:{name}": {"origin": "registry"} for name in ("花园路", "公园路", "人民东路", "人民西路")}
    )
    assert near_names(roads) == {}
    assert near_names(places({f"building:990101:{name}": {} for name in ("怡安花园", "怡安花苑")})) == {}


def test_similar_names_are_one_or_two_as_a_person_says() -> None:
    given = at("building", 3, "t", building=TOWER) | at("building", 2, "u", building=LIKE)
    item = by_key(queue(given, {TOWER: {}, LIKE: {}}), f"same:{TOWER} = {LIKE}")
    assert (item.subject, item.other, item.firms) == (LIKE, TOWER, 2)
    alias = {"kind": "alias", "subject": LIKE, "target": TOWER, "text": "红星大夏"}
    assert rows(item, Answer("choose", TOWER)) == [alias]
    assert rows(item, Answer("choose", LIKE))[0]["subject"] == TOWER
    assert rows(item, Answer("refuse")) == [{"kind": "unlink", "subject": LIKE, "target": TOWER}]


def test_decisions_close_what_they_are_about_and_nothing_else() -> None:
    given = at("building", 3, "t", building=TOWER) | at("building", 2, "u", building=LIKE)
    given |= {"r": doubt("东新路1号", ROADS, LEARNED)}
    found = queue(given, {TOWER: {}, LIKE: {}})
    told = decisions({
        "a": {"kind": "unlink", "subject": TOWER, "target": LIKE},
        "b": {"kind": "accept", "subject": "road:990102:东新路"},
        "c": {"kind": "accept", "subject": TOWER},
    })  # fmt: skip
    assert closed(found, told) == {f"same:{TOWER} = {LIKE}", "county:road:*:东新路"}
    assert closed(found, decisions({"a": {"kind": "pin", "subject": TOWER}})) == {f"pin:{TOWER}"}


RING = "POLYGON ((121 32, 121.001 32, 121.001 32.001, 121 32))"


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        (Answer("pin", lon=121.0, lat=32.0), {"kind": "pin", "lon": 121.0, "lat": 32.0, "text": None}),
        (Answer("pin", lon=121.0, lat=32.0, drawn=RING), {"kind": "pin", "lon": 121.0, "lat": 32.0, "text": RING}),
        (Answer("choose", LIKE), {"kind": "alias", "target": LIKE, "text": "红星大厦"}),
        (Answer("refuse"), {"kind": "forbid"}),
        (Answer("retype"), {"kind": "retype", "text": "market"}),
    ],
)
def test_answers_about_a_place(answer: Answer, row: dict[str, object]) -> None:
    item = queue(at("building", 3, "t", building=TOWER), {TOWER: {}})[0]
    assert rows(item, answer) == [{"subject": TOWER, **row}]


@pytest.mark.parametrize(
    "answer",
    [
        Answer("pin"), Answer("pin", lon=0.0, lat=0.0), Answer("pin", lon=32.0, lat=121.0), Answer("choose"),
        Answer("pin", lon=121.0, lat=32.0, drawn="POLYGON ((1 2"), Answer("outside"), Answer("<script>"),
        Answer("choose", TOWER),
    ],
)  # fmt: skip
def test_answers_that_say_nothing_are_refused(answer: Answer) -> None:
    item = queue(at("building", 3, "t", building=TOWER), {TOWER: {}})[0]
    with pytest.raises(AnswerRefusedError):
        rows(item, answer)


def test_an_empty_city_has_an_empty_queue() -> None:
    assert queue({}) == []
    assert located_together([]) == 0


def test_two_records_that_may_be_one_firm_are_an_item_that_link_and_unlink_close() -> None:
    given = at("building", 2, "t", building=TOWER) | at("village", 1, "v", village_code=VILLAGE)
    row = {"one": "t0", "other": "v0", "method": "name", "score": 0.8, "bits": 2.0, "status": "review", "reasons": []}
    pairs = {"t0=v0": row, "t1=v0": row | {"one": "t1", "status": "auto"}, "t0=gone": row | {"other": "gone"}}
    found = queue(given, {TOWER: {}}, pairs=frame(SAME, pairs))
    assert [item.key for item in found if item.kind == "double"] == ["double:t0=v0"]
    item = by_key(found, "double:t0=v0")
    assert (item.firms, item.worth, item.subject, item.other) == (2, 0.8, "t0", "v0")
    assert rows(item, Answer("choose", "v0")) == [{"kind": "link", "subject": "t0", "target": "v0"}]
    assert rows(item, Answer("refuse")) == [{"kind": "unlink", "subject": "t0", "target": "v0"}]
    with pytest.raises(AnswerRefusedError):
        rows(item, Answer("choose", "t1"))
    for kind, one, two in (("link", "t0", "v0"), ("unlink", "v0", "t0")):
        made = decisions({"d": {"kind": kind, "subject": one, "target": two}})
        assert closed(found, made) == {item.key}
    assert closed(found, decisions({"d": {"kind": "link", "subject": "t0", "target": "v1"}})) == set()


def test_of_two_places_that_exclude_each_other_both_are_offered() -> None:
    others = [{"place": key, "level": "building", "lon": 120.9, "lat": 32.0, "score": 0.5} for key in (TOWER, LIKE)]
    reasons = [["PLACES_APART", {"name": "红星大厦", "other": "红星大夏", "metres": 2000}]]
    given = doubt("东沟区红星大厦红星大夏", [("district", "东沟区"), ("poi", "红星大厦")], reasons, candidates=others)
    item = by_key(queue({"a": given}), "address:东沟区红星大厦")
    assert [(c.kind, c.target) for c in item.candidates][:2] == [("building", TOWER), ("building", LIKE)]
    assert item.closed_by == {"place"}
