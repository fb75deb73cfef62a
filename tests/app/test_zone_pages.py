"""Drafts of boundaries as pages and scripts meet them: drawing, counting, conflicts, approval, areas."""

import csv
import html
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import shapely
import small_city
import sqlalchemy as sa
import zone_city as city
from flask import Flask
from flask.testing import FlaskClient
from installed import installed
from signed_in import sign, stranger
from soup import soup

from app import runs, store
from app.db import session
from app.runs.survey import today
from app.zones.words import area
from geo.zones import transitions

JSON = {"Accept": "application/json"}
TOGETHER = "东沟经济开发区"


@pytest.fixture
def file_app(tmp_path: Path) -> Flask:
    """The city in the embedded database, for what does not depend on it."""
    return city.loaded(tmp_path)


@pytest.fixture
def app(server: Any, tmp_path: Path) -> Flask:
    """The city in each kind of database."""
    return city.loaded(tmp_path, server)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The city for tests that leave it as it is."""
    return city.loaded(tmp_path_factory.mktemp("kept"))


class Desk:
    """A draft as the script of its page sees it."""

    def __init__(self, app: Flask, login: str, address: str = "") -> None:
        self.client = sign(stranger(app), login)
        if not address:
            told = self.client.post("/zones", data={"title": "东扩", "county": city.HERE})
            address = told.headers["Location"]
        self.address = address
        self.state: dict[str, Any] = {}
        self.look()

    def look(self) -> dict[str, Any]:
        self.state = self.client.get(f"{self.address}/state").get_json()["state"]
        return self.state

    def ask(self, way: str, **more: Any) -> Any:
        seen = {"version": self.state["version"], "head": self.state["head"]}
        return self.client.post(f"{self.address}/{way}", json={**seen, **more}, headers=JSON)

    def do(self, **operation: Any) -> dict[str, Any]:
        answer = self.ask("operate", **operation)
        assert "state" in answer.get_json(), answer.get_json()
        self.state = answer.get_json()["state"]
        return answer.get_json()

    def zones(self) -> dict[str, Any]:
        return {zone["name"]: zone for zone in self.state["zones"]}

    def rows(self, **operation: Any) -> dict[str, tuple[Any, Any]]:
        """Before and after of each zone that an operation would change: firms, workers, unions, under 25."""
        names = ("firms", "workers", "unions", "under_25")
        told = self.ask("tally", **operation).get_json()["rows"]
        counted = lambda side: None if side is None else tuple(side[name] for name in names)  # noqa: E731
        return {row["name"]: (counted(row["before"]), counted(row["after"])) for row in told}

    def page(self) -> str:
        return self.client.get(f"{self.address}/review").get_data(as_text=True)

    def step(self, action: str, *, seen: bool = True, **more: str) -> str:
        """Take a step as the form of the review does, and return what the page says."""
        page = self.page()
        data = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "digest")}
        if seen:
            data["seen"] = "1"
        told = self.client.post(f"{self.address}/take", data={**data, "action": action, **more}, follow_redirects=True)
        return told.get_data(as_text=True)

    def status(self, app: Flask) -> str:
        with app.app_context(), session() as opened:
            draft = store.zones.get(opened, self.address.rsplit("/", 1)[1], store.CITY)
            assert draft is not None
            return draft.status


def drawn(shape: shapely.Geometry) -> dict[str, Any]:
    return json.loads(shapely.to_geojson(shape))


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether two outlines are the same land, to the grain of the lattice."""
    return bool(shapely.symmetric_difference(one, other).area < 1e-9)


CUT = line((121.04, 32.0), (121.04, 32.2))


def test_draw_split_merge_and_the_tally_in_the_head(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    # East holds three firms: workers 10, 20, 30, the first with a union of its own. Nothing else changes.
    east = {"kind": "draw", "shape": drawn(city.EAST), "name": "东区"}
    assert desk.rows(**east)["东区"] == ((0, 0, 0, 0), (3, 60, 1, 2))
    assert desk.rows(**east)["不在园区内"] == ((8, 130, 2, 5), (5, 70, 1, 3))
    assert TOGETHER not in desk.rows(**east)
    desk.do(**east)
    # West holds one firm (10, own union), middle two (20 with own union, 30 without).
    desk.do(kind="split", key=city.ZONE, line=CUT)
    assert set(desk.zones()) == {TOGETHER, f"{TOGETHER}2", "东区"}
    nothing = desk.rows(kind="lock", keys=[city.ZONE])
    sides = sorted(after for name, (_before, after) in nothing.items() if name.startswith(TOGETHER))
    assert sides == [(1, 10, 1, 1), (2, 50, 1, 1)]
    key = desk.zones()["东区"]["key"]
    merge = {"kind": "merge", "keys": [key, city.ZONE]}
    kept = nothing[TOGETHER][1]
    assert desk.rows(**merge)["东区"][1] == tuple(a + b for a, b in zip(kept, (3, 60, 1, 2), strict=True))
    desk.do(**merge)
    assert set(desk.zones()) == {f"{TOGETHER}2", "东区"}
    area = sum(shapely.from_geojson(json.dumps(zone["geometry"])).area for zone in desk.state["zones"])
    assert area == pytest.approx(city.WEST.area * 3), "nothing is lost and nothing won"


def test_undo_and_redo_survive_a_reload(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(city.EAST), name="东区")
    desk.do(kind="split", key=city.ZONE, line=CUT)
    answer = desk.ask("undo").get_json()["state"]
    assert answer["undo"] and answer["redo"] and len(answer["zones"]) == 2
    again = Desk(kept, city.EDITOR.login, desk.address)
    assert len(again.state["zones"]) == 2 and again.state["redo"]
    assert len(again.ask("redo").get_json()["state"]["zones"]) == 3


def test_two_at_once_keep_both_and_are_both_told(app: Flask) -> None:
    mine = Desk(app, city.EDITOR.login)
    theirs = Desk(app, city.PLANNER.login, mine.address)
    mine.do(kind="draw", shape=drawn(city.EAST), name="东区")
    answer = theirs.ask("operate", kind="draw", shape=drawn(city.FAR), name="远区")
    branch = answer.get_json()["branch"]
    assert set(Desk(app, city.PLANNER.login, branch).zones()) == {TOGETHER, "远区"}
    assert set(Desk(app, city.EDITOR.login, mine.address).zones()) == {TOGETHER, "东区"}
    assert "同时改了这个草案" in mine.client.get(mine.address).text
    assert branch in mine.client.get(mine.address).text
    assert "冲突产生的分支" in theirs.client.get(branch).text


def approved(app: Flask, address: str, **more: str) -> Desk:
    boss = Desk(app, city.ADMIN.login, address)
    boss.step("approve", **{"day": today().isoformat(), **more})
    return boss


def test_submit_approve_in_force_and_restore(app: Flask) -> None:
    desk = Desk(app, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(city.EAST), name="东区")
    desk.do(kind="split", key=city.ZONE, line=CUT)
    key = desk.zones()["东区"]["key"]
    page = desk.page()
    assert "3 个园区有改动；4 家企业、2 个工会换园区" in page
    assert "田03公司" in page and "田09公司" not in page
    assert "请看过再确认" in desk.step("submit", seen=False)
    desk.step("submit")
    assert desk.status(app) == "submitted"
    assert desk.client.get(desk.address).headers["Location"].endswith("/review"), "nobody draws on it now"
    refused = desk.ask("operate", kind="lock", keys=[city.ZONE])
    assert refused.get_json()["refused"] == "ZONE_CLOSED"
    boss = Desk(app, city.ADMIN.login, desk.address)
    assert "不早于今天" in boss.step("approve", day=(today() - timedelta(days=1)).isoformat())
    assert "请写明原因" in boss.step("return")
    assert "请看过再确认" in boss.step("approve", seen=False, day=today().isoformat())
    approved(app, desk.address)
    assert desk.status(app) == "in_force"
    with app.app_context(), session() as opened:
        now = store.lines.in_force(opened, store.CITY)
        assert same(now.loc[key].geometry, city.EAST)
        assert now.loc[city.ZONE, "version"] == 2
        assert [run.kind for run in runs.latest(opened, limit=9)] == ["survey"] * 2, "both days are counted anew"
    past = boss.client.get(f"/zones/history/{city.ZONE}").text
    assert "第 2 版" in past and "第 1 版" in past
    assert "3</td>" in past, "on the lines of then the zone held three firms"
    told = boss.step("restore", comment="划错了")
    assert "已恢复原边界" in told
    with app.app_context(), session() as opened:
        now = store.lines.in_force(opened, store.CITY)
        assert key not in now.index
        assert same(now.loc[city.ZONE].geometry, city.BOTH)
        entries = store.zones.events(opened, store.zones.get(opened, desk.address.rsplit("/", 1)[1], store.CITY))
    assert [entry.action for entry in entries] == ["restore", "enforce", "approve", "submit", "begun"]
    assert entries[2].detail["firms"] == 4


def test_a_day_to_come_waits_for_its_day(file_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    desk.step("submit")
    day = today() + timedelta(days=3)
    approved(file_app, desk.address, day=day.isoformat())
    assert desk.status(file_app) == "approved"
    desk.client.get("/zones")
    assert desk.status(file_app) == "approved"
    monkeypatch.setattr("app.zones.course.today", lambda: day)
    desk.client.get("/zones")
    assert desk.status(file_app) == "in_force"


def test_who_submits_does_not_approve(file_app: Flask) -> None:
    boss = Desk(file_app, city.ADMIN.login)
    boss.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    boss.step("submit")
    assert "不能自己批准" in boss.step("approve", day=today().isoformat())
    assert boss.status(file_app) == "submitted"


@pytest.mark.parametrize("status", transitions.STATUSES)
def test_no_step_but_those_of_the_table_is_taken(file_app: Flask, status: str) -> None:
    """Every pair of status and action that is not allowed, as the page of an administrator asks for it."""
    desk = Desk(file_app, city.ADMIN.login)
    desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    key = desk.address.rsplit("/", 1)[1]
    with file_app.app_context(), session(write=True) as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        store.zones.change(opened, draft, draft.version, store.zones.Act("x", draft.changed_at), status=status)
        version = draft.version
    data = {"version": str(version), "digest": "", "comment": "因", "day": today().isoformat()}
    for action in ("submit", "approve", "return", "withdraw", "reopen", "restore", "enforce", "nonsense"):
        if (status, action) in transitions.TABLE and action != "enforce":
            continue
        desk.client.post(f"{desk.address}/take", data={**data, "action": action})
        assert desk.status(file_app) == status, action


def test_another_draft_that_came_first_has_to_be_taken_over(file_app: Flask) -> None:
    first, second = Desk(file_app, city.EDITOR.login), Desk(file_app, city.PLANNER.login)
    first.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    second.do(kind="reshape", key=city.ZONE, shape=drawn(city.MIDDLE))
    first.step("submit")
    approved(file_app, first.address)
    assert "已被别的草案改过" in second.step("submit")
    assert second.status(file_app) == "draft"
    told = second.client.post(f"{second.address}/rebase", data={"version": second.look()["version"]})
    assert told.status_code == 302
    second.step("submit")
    assert second.status(file_app) == "submitted"


def test_a_merged_zone_keeps_its_name_for_addresses(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(city.EAST), name="东区")
    key = desk.zones()["东区"]["key"]
    desk.do(kind="merge", keys=[key, city.ZONE])
    desk.step("submit")
    boss = approved(file_app, desk.address)
    with file_app.app_context(), session() as opened:
        names = store.read(opened, "aliases", store.CITY)
    assert names[["alias", "target"]].to_numpy().tolist() == [[TOGETHER, key]]
    boss.step("restore", comment="不合并了")
    with file_app.app_context(), session() as opened:
        assert len(store.read(opened, "aliases", store.CITY)) == 0
        assert city.ZONE in store.lines.in_force(opened, store.CITY).index


def test_a_county_cannot_draw_outside_itself(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    across = shapely.box(121.19, 32.06, 121.22, 32.1)
    answer = desk.ask("operate", kind="draw", shape=drawn(across), name="界上")
    assert answer.get_json()["refused"] == "ZONE_OUTSIDE"
    kept = shapely.from_geojson(json.dumps(answer.get_json()["repaired"]))
    assert kept.bounds == pytest.approx((121.19, 32.06, 121.2, 32.1))
    away = desk.ask("operate", kind="draw", shape=drawn(shapely.box(121.3, 32.06, 121.32, 32.1)), name="外县")
    assert away.get_json()["refused"] == "SHAPE_OUTSIDE"
    moved = desk.ask("operate", kind="move", key=city.ZONE, east_m=20_000.0, north_m=0.0)
    assert moved.get_json()["refused"]
    assert len(desk.look()["zones"]) == 1


def test_across_counties_takes_the_flag_and_the_consent_of_both(app: Flask) -> None:
    desk = Desk(app, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(shapely.box(121.19, 32.06, 121.2, 32.1)), name="界上")
    key = desk.zones()["界上"]["key"]
    desk.do(kind="describe", key=key, facts={"cross_county": True})
    desk.do(kind="reshape", key=key, shape=drawn(shapely.box(121.19, 32.06, 121.22, 32.1)))
    other = sign(stranger(app), city.OTHER.login)
    assert other.get(f"{desk.address}/review").status_code == 404, "not before it is submitted"
    desk.step("submit")
    boss = Desk(app, city.ADMIN.login, desk.address)
    assert "都同意" in boss.step("approve", day=today().isoformat())
    assert other.get(f"{desk.address}/review").status_code == 200
    assert other.post(f"{desk.address}/operate", json={"kind": "lock"}, headers=JSON).status_code == 404
    assert "已记下" in other.post(f"{desk.address}/consent", follow_redirects=True).text
    boss.step("approve", day=today().isoformat())
    assert desk.status(app) == "in_force"
    with app.app_context(), session() as opened:
        assert bool(store.lines.in_force(opened, store.CITY).loc[key, "cross_county"])


def test_another_county_sees_and_changes_nothing(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    other = sign(stranger(kept), city.OTHER.login)
    assert "东扩" not in other.get("/zones").text and TOGETHER not in other.get("/zones").text
    for path in ("", "/state", "/review", "/repair", "/painted", "/moved.csv"):
        assert other.get(desk.address + path).status_code == 404, path
    for path in ("/operate", "/undo", "/redo", "/tally"):
        assert (
            other.post(desk.address + path, json={"kind": "lock", "keys": [city.ZONE]}, headers=JSON).status_code == 404
        )
    for path in ("/take", "/consent", "/comment", "/rebase"):
        assert other.post(desk.address + path, data={"action": "withdraw"}).status_code == 404, path
    assert other.get(f"/zones/history/{city.ZONE}").status_code == 404
    assert other.post(f"/zones/history/{city.ZONE}/restore", data={"version": 1}).status_code == 404
    begun = other.post("/zones", data={"title": "越界", "county": city.HERE}, follow_redirects=True)
    assert "请选县" in begun.text
    assert len(desk.look()["zones"]) == 1 and desk.status(kept) == "draft"


def test_a_viewer_reads_and_does_not_draw(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    viewer = sign(stranger(kept), city.VIEWER.login)
    assert viewer.get(desk.address).headers["Location"].endswith("/review")
    assert "提交审批" not in viewer.get(f"{desk.address}/review").text
    assert viewer.post(f"{desk.address}/operate", json={}, headers=JSON).status_code == 403


def test_faults_are_told_and_a_repair_is_a_preview(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    over = shapely.box(121.059, 32.06, 121.08, 32.1)  # a thousandth of a degree into the zone
    told = desk.do(kind="draw", shape=drawn(over), name="东区", border="free")
    assert "重叠" in told["faults"] and len(desk.state["faults"]) == 1
    assert "先改正" in desk.step("submit")
    before = desk.look()
    shown = desk.client.get(f"{desk.address}/repair").get_json()
    assert shown["features"] and "没有问题" in shown["said"]
    assert desk.look() == before, "a preview changes nothing"
    desk.do(kind="repair")
    assert desk.state["faults"] == []
    desk.step("submit")
    assert desk.status(kept) == "submitted"


def test_hierarchy_and_what_lies_in_a_zone(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(shapely.box(121.03, 32.065, 121.035, 32.075)), name="北苑", border="free")
    key = desk.zones()["北苑"]["key"]
    assert any(desk.state["faults"]), "a zone within another overlaps it until it says that it lies in it"
    desk.do(kind="describe", key=key, facts={"parent": city.ZONE, "zone_level": "local"})
    assert not any(desk.state["faults"])
    refused = desk.ask("operate", kind="describe", key=city.ZONE, facts={"parent": key})
    assert refused.get_json()["refused"] == "ZONE_IN_HIERARCHY"
    desk.do(kind="hold", key=key, parents={city.BUILDING: True})
    theirs = desk.ask("operate", kind="hold", key=key, parents={f"building:{city.THERE}:x": True})
    assert theirs.get_json()["refused"] == "ZONE_UNKNOWN"
    desk.step("submit")
    approved(file_app, desk.address)
    with file_app.app_context(), session() as opened:
        assert store.lines.in_force(opened, store.CITY).loc[key, "parent"] == city.ZONE
        assert store.lines.in_force(opened, store.CITY, store.lines.HELD).loc[city.BUILDING, "parent"] == key
    assert "depth-1" in desk.client.get("/zones").text


def test_the_file_names_who_moves(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    answer = desk.client.get(f"{desk.address}/moved.xlsx?what=firm")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert [row[:3] for row in rows[1:]] == [(f"田0{k}公司", TOGETHER, "不在园区内") for k in (1, 2)]
    union = desk.client.get(f"{desk.address}/moved.csv?what=union").get_data(as_text=True)
    assert "田01公司工会委员会" in union and "田00公司工会委员会" not in union


def test_a_firm_that_is_not_counted_is_called_so_where_it_moves(
    kept: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = city.survey()
    firms = whole.firms.copy()
    firms.loc[firms["name"].eq("田01公司"), ["eligible", "gap", "excluded_because"]] = [False, False, "CLOSED"]
    monkeypatch.setattr(city, "survey", lambda: replace(whole, firms=firms))

    def fresh(app: Flask) -> None:
        city.load(app)

    for app, said, states in (
        (kept, "", ["已覆盖", "未建会"]),
        (
            installed(tmp_path, fresh, form_tokens=False, worker=False),
            "其中 1 家不计入应建会企业",
            ["不计入", "未建会"],
        ),
    ):
        desk = Desk(app, city.EDITOR.login)
        desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
        review = desk.client.get(f"{desk.address}/review").text
        assert "换园区的企业 2 家" in review and said in review and ("家不计入" in review) == bool(said)
        rows = csv.DictReader(io.StringIO(desk.client.get(f"{desk.address}/moved.csv").get_data(as_text=True)))
        assert [row["建会状态"] for row in rows] == states


def test_an_earlier_version_is_put_back_by_a_draft_of_its_own(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    desk.do(kind="reshape", key=city.ZONE, shape=drawn(city.WEST))
    desk.step("submit")
    approved(file_app, desk.address)
    told = desk.client.post(f"/zones/history/{city.ZONE}/restore", data={"version": 1})
    back = Desk(file_app, city.EDITOR.login, told.headers["Location"].removesuffix("/review"))
    shape = shapely.from_geojson(json.dumps(back.zones()[TOGETHER]["geometry"]))
    assert same(shape, city.BOTH)
    back.step("submit")
    approved(file_app, back.address)
    with file_app.app_context(), session() as opened:
        assert list(store.lines.versions_of(opened, store.CITY, city.ZONE).index) == [3, 2, 1]
        assert same(store.lines.in_force(opened, store.CITY).loc[city.ZONE].geometry, city.BOTH)


def test_a_whole_town_is_painted_into_a_zone(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    offered = desk.client.get(f"{desk.address}/painted").get_json()["features"]
    assert [feature["properties"] for feature in offered] == [{"key": "990101001", "name": "河口街道"}]
    # The town is the field far: four firms, workers 10, 20, 30, 10, the first with a union.
    paint = {"kind": "paint", "key": city.ZONE, "codes": ["990101001"]}
    assert desk.rows(**paint)[TOGETHER] == ((3, 60, 2, 2), (7, 130, 3, 5))
    desk.do(**paint)
    shape = shapely.from_geojson(json.dumps(desk.zones()[TOGETHER]["geometry"]))
    assert same(shape, shapely.union(city.BOTH, city.FAR))


def test_a_zone_is_taken_away_and_its_firms_stand_in_none(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    gone = {"kind": "remove", "key": city.ZONE}
    assert desk.rows(**gone)[TOGETHER] == ((3, 60, 2, 2), None)
    assert desk.rows(**gone)["不在园区内"] == ((8, 130, 2, 5), (11, 190, 4, 7))
    desk.do(**gone)
    assert desk.zones() == {}
    assert "3 家企业、2 个工会换园区" in desk.page()
    desk.step("submit")
    approved(file_app, desk.address)
    with file_app.app_context(), session() as opened:
        assert city.ZONE not in store.lines.in_force(opened, store.CITY).index


def test_of_two_requests_in_the_same_moment_neither_is_lost(app: Flask) -> None:
    desks = [Desk(app, city.EDITOR.login)]
    desks.append(Desk(app, city.PLANNER.login, desks[0].address))
    shapes = [("东区", city.EAST), ("远区", city.FAR)]
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(desk.ask, "operate", kind="draw", shape=drawn(shape), name=name)
            for desk, (name, shape) in zip(desks, shapes, strict=True)
        ]
        answers = [one.result().get_json() for one in asked]
    branches = [answer["branch"] for answer in answers if "branch" in answer]
    assert len(branches) == 1
    found = [set(Desk(app, city.PLANNER.login, one).zones()) for one in (desks[0].address, branches[0])]
    assert sorted(map(sorted, found)) == sorted([sorted([TOGETHER, "东区"]), sorted([TOGETHER, "远区"])])


def test_areas_are_told_as_people_read_them(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    far = shapely.box(121.02, 32.0, 121.2, 32.2)
    said = desk.ask("operate", kind="cut_hole", key=city.ZONE, shape=drawn(far)).get_json()["said"]
    assert re.search(r"洞有 \d{3}\.\d\d 平方公里在 东沟经济开发区 之外", said), said
    with kept.test_request_context():
        told = [area(m2) for m2 in (0.04, 9.96, 10.4, 999_999.4, 1_000_000, 9_237_101.6)]
    assert told == ["0.0 平方米", "10.0 平方米", "10 平方米", "999,999 平方米", "1.00 平方公里", "9.24 平方公里"]


BAD = [
    {}, {"kind": "nonsense"}, {"kind": "draw"}, {"kind": "draw", "shape": {"type": "Polygon"}},
    {"kind": "draw", "shape": {"type": "Polygon", "coordinates": [[[121, 32], [121, 32]]]}},
    {"kind": "split", "key": "no", "line": {"type": "LineString", "coordinates": []}},
    {"kind": "merge", "keys": "all"}, {"kind": "merge", "keys": [city.ZONE]}, {"kind": "move", "key": city.ZONE},
    {"kind": "fill_hole", "key": city.ZONE, "at": ["x", "y"]},
    {"kind": "simplify", "keys": [city.ZONE], "tolerance_m": "1"},
    {"kind": "describe", "key": city.ZONE, "facts": {"name": ""}},
    {"kind": "describe", "key": city.ZONE, "facts": {"parent": ["x"]}},
    {"kind": "paint", "key": city.ZONE, "codes": ["990102101"]}, {"kind": "snap", "key": city.ZONE, "tolerance_m": 1e9},
    {"kind": ["draw"]}, {"kind": "repair", "shapes": {}, "key": []},
]  # fmt: skip


@pytest.mark.parametrize("asked", BAD, ids=lambda asked: json.dumps(asked, ensure_ascii=False)[:50])
def test_a_bad_request_gets_an_answer_in_words(kept: Flask, asked: dict[str, Any]) -> None:
    desk = Desk(kept, city.EDITOR.login)
    answer = desk.ask("operate", **asked)
    assert answer.status_code == 200
    if asked.get("kind") != "repair":
        assert answer.get_json()["refused"] and answer.get_json()["said"] and "{" not in answer.get_json()["said"]
    assert len(desk.look()["zones"]) == 1


def test_what_is_no_json_is_refused(kept: Flask) -> None:
    desk = Desk(kept, city.EDITOR.login)
    for way, body in (("operate", {"data": b"\xff"}), ("undo", {"json": [1]})):
        answer = desk.client.post(f"{desk.address}/{way}", headers=JSON, **body)
        assert answer.get_json()["refused"] == "ZONE_REQUEST"


def test_a_city_without_zones_says_so(tmp_path: Path) -> None:
    made = small_city.loaded(tmp_path)
    client: FlaskClient = made.test_client()
    page = client.get("/zones").text
    assert "还没有草案" in page and "还没有园区" in page


# --- what lies below, days, one definition of unlocated, targets ----------------------------------------------------


def parks(desk: Desk) -> None:
    """Give the zone a park in its eastern field."""
    told = desk.do(kind="draw", shape=drawn(city.MIDDLE), border="free", name="东片")
    key = next(zone["key"] for zone in told["state"]["zones"] if zone["name"] == "东片")
    desk.do(kind="describe", key=key, facts={"parent": city.ZONE})


def test_a_zone_moves_with_its_parks_and_undo_brings_all_back(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    parks(desk)
    before = desk.zones()
    desk.do(kind="move", key=city.ZONE, east_m=0, north_m=50, border="free")
    after = desk.zones()
    for name in (TOGETHER, "东片"):
        south, north = (shapely.from_geojson(json.dumps(each[name]["geometry"])).bounds[1] for each in (before, after))
        assert north - south == pytest.approx(50 / 110_900, rel=1e-2), name
    desk.do(kind="move", key=city.ZONE, east_m=0, north_m=-50, border="free")
    for name in (TOGETHER, "东片"):
        assert same(*(shapely.from_geojson(json.dumps(z[name]["geometry"])) for z in (before, desk.zones()))), name
    for _ in range(2):
        desk.state = desk.ask("undo").get_json()["state"]
    assert desk.zones() == before
    desk.state = desk.ask("redo").get_json()["state"]
    assert desk.zones() == after


def test_a_zone_with_parks_is_removed_as_somebody_says_and_not_before(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    parks(desk)
    told = desk.ask("operate", kind="remove", key=city.ZONE).get_json()
    assert (told["refused"], "1 个园区（东片）" in told["said"]) == ("ZONE_BELOW", True)
    desk.do(kind="remove", key=city.ZONE, below=False)
    assert desk.zones()["东片"]["parent"] is None
    desk.state = desk.ask("undo").get_json()["state"]
    desk.do(kind="remove", key=city.ZONE, below=True)
    assert desk.zones() == {}


@pytest.mark.parametrize("metres", [1e308, -1e300, 10**400, 100_001])
def test_a_move_beyond_measure_is_refused_in_words(kept: Flask, metres: float) -> None:
    desk = Desk(kept, city.EDITOR.login)
    for way in ("operate", "tally"):
        told = desk.ask(way, kind="move", key=city.ZONE, east_m=metres, north_m=0).get_json()
        assert (told["refused"], told["said"]) == ("MOVED_TOO_FAR", "一次最多移动 100 公里")


def test_a_day_beyond_two_years_is_refused(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(city.EAST), name="城东园区")
    desk.step("submit")
    boss = Desk(file_app, city.ADMIN.login, desk.address)
    far = today() + transitions.MOST_AHEAD + timedelta(days=1)
    for day in ("9999-12-31", far.isoformat(), "nonsense", ""):
        assert "不晚于今天起两年" in boss.step("approve", day=day), day
    assert boss.status(file_app) == "submitted"
    assert f'max="{(far - timedelta(days=1)).isoformat()}"' in boss.page()
    boss.step("approve", day=(far - timedelta(days=1)).isoformat())
    assert boss.status(file_app) == "approved"


@pytest.mark.parametrize("wish", [city.EDITOR, city.ADMIN])
def test_unlocated_is_what_the_list_behind_it_holds_for_the_city_as_for_the_county(kept: Flask, wish: Any) -> None:
    desk = Desk(kept, wish.login)
    page = desk.client.get(desk.address).get_data(as_text=True)
    count, address = re.search(r'href="([^"]+)">未定位 (\d+) 家', page).group(2, 1)
    assert count == "1"
    listed = desk.client.get(html.unescape(address)).get_data(as_text=True)
    assert "田10公司" in listed and "田11公司" not in listed
    rows = desk.ask("tally", kind="draw", shape=drawn(city.EAST)).get_json()["rows"]
    nowhere = next(row for row in rows if row["name"] == "不在园区内")
    assert (nowhere["before"]["firms"], nowhere["after"]["firms"]) == (8, 5), (
        "firms of the other county are not its own"
    )
    assert nowhere["before"]["unlocated"] == nowhere["after"]["unlocated"] == 1


def test_the_statement_shares_the_countys_target_out_on_both_lines(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    desk.do(kind="draw", shape=drawn(city.EAST), name="东区")
    page = desk.page()
    assert "任务指标变化" in page
    assert "不随园区边界变动" in page


def test_the_page_of_a_zone_leads_to_its_history(kept: Flask) -> None:
    client = sign(stranger(kept), city.VIEWER.login)
    page = client.get(f"/places/zone/{city.ZONE}").get_data(as_text=True)
    address = html.unescape(re.search(r'href="([^"]*/zones/history/[^"]+)"', page).group(1))
    assert "边界的历史" in client.get(address).get_data(as_text=True)
    assert "/zones/history/" not in client.get(f"/places/building/{city.BUILDING}").get_data(as_text=True)


def test_the_desk_says_why_nothing_can_be_painted_where_no_outline_is_known(file_app: Flask) -> None:
    desk = Desk(file_app, city.EDITOR.login)
    assert "data-off" not in desk.client.get(desk.address).get_data(as_text=True)
    with file_app.app_context(), session(write=True) as opened:
        opened.execute(store.layers.LAYERS["outlines"].table.delete().where(sa.text("level = 'town'")))
        store.versions.bump(opened, store.versions.INPUTS)
    page = desk.client.get(desk.address).get_data(as_text=True)
    assert "data-off=" in page and "还没有镇街、村的边界" in page
    assert desk.client.get(f"{desk.address}/painted").get_json()["features"] == []


def test_each_day_shows_the_lines_that_were_in_force_on_it(file_app: Flask) -> None:
    older, newest = small_city.YEARS[1], small_city.ON
    new = {"key": f"zone:{city.HERE}:东区", "kind": "zone", "name": "东区", "county_code": city.HERE}
    drawn_new = {**dict.fromkeys(store.lines.DRAWN), **new, "locked": False, "cross_county": False}
    row = city.places().loc[[city.ZONE]].assign(name="东区")
    places = pd.concat([city.places(), row.set_axis([new["key"]]).set_geometry([city.EAST])])
    found = city.survey()
    in_east = found.firms["lon"].between(*city.EAST.bounds[::2]).to_numpy()
    firms = found.firms.assign(zone=found.firms["zone"].mask(in_east, new["key"]))
    with file_app.app_context(), session(write=True) as opened:
        store.lines.write(opened, [{**drawn_new, "geometry": city.EAST}], since=newest, draft="d")
        for day in (older, newest):  # every surveyed day is counted anew on the lines of today
            store.surveys.save(opened, replace(found, firms=firms, places=places, on=day), f"again-{day}")
    client = sign(stranger(file_app), city.EDITOR.login)

    def told(day: Any) -> tuple[int, list[str]]:
        found = client.get(f"/map/bearings?on={day}").get_json()
        shapes = next(each["shapes"] for each in found["lines"] if each["kind"] == "zone")
        return len(shapes), [name for name, *_at in found["names"] if name in ("东区", TOGETHER)]

    assert told(newest) == (2, [TOGETHER, "东区"])
    assert told(older) == (1, [TOGETHER])
    page = soup(client, f"/map/compare?with={older}")
    asked = [re.search(r"bearings\?[^\"]*on=([-\d]+)", script.string or "") for script in page.find_all("script")]
    assert [found[1] for found in asked if found] == [str(older), str(newest)]
    assert "各自当天生效" in page.get_text()
