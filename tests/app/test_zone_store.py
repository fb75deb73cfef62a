"""Drafts and lines as stored, on both databases: steps, undo, two people at once, versions, restoring."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import small_city
from shapely import Polygon, box

from app import store
from app.db import Database
from app.models import ImportBatch, ZoneDraft
from app.runs import boundaries
from app.store.scope import Scope
from app.store.undo import UndoRefusedError
from app.store.zones import Act, Seen
from geo.frames import PLACES

HERE, THERE = small_city.COUNTIES
ZONE = next(iter(small_city.ZONES))
OLD, NEW = box(121.05, 32.05, 121.06, 32.06), box(121.05, 32.05, 121.08, 32.08)
DAY = date(2026, 3, 1)
START = datetime(2026, 2, 1, 8, tzinfo=UTC)
ZHANG, LI = Act("zhang", START), Act("li", START + timedelta(minutes=1))


@pytest.fixture
def held(database: Database) -> Database:
    """A database with the places of the small city."""
    with database.session(write=True) as opened:
        store.write(opened, "places", small_city.places())
    return database


def begun(database: Database, county: str = HERE) -> str:
    with database.session(write=True) as opened:
        zones = store.lines.in_force(opened, Scope(county))
        base = {key: {"version": int(row["version"])} for key, row in zones.iterrows()}
        return store.zones.make(opened, "东扩", county, base, ZHANG).key


def take(database: Database, key: str, operation: dict[str, Any], seen: Seen, act: Act = ZHANG) -> ZoneDraft:
    with database.session(write=True) as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        return store.zones.add(opened, draft, operation, seen, act)


def turn(database: Database, key: str, back: bool) -> bool:
    with database.session(write=True) as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        return store.zones.turn(opened, draft, back, Seen(draft.version, draft.head), ZHANG)


def kinds(database: Database, key: str) -> list[str]:
    with database.session() as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        return [step.operation["kind"] for step in store.zones.steps(opened, draft, draft.head)]


def seen(database: Database, key: str) -> Seen:
    with database.session() as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        return Seen(draft.version, draft.head)


def test_undo_and_redo_are_stored(held: Database) -> None:
    key = begun(held)
    for kind in ("draw", "split", "merge"):
        take(held, key, {"kind": kind}, seen(held, key))
    assert kinds(held, key) == ["draw", "split", "merge"]
    assert turn(held, key, True) and turn(held, key, True)
    assert kinds(held, key) == ["draw"]
    assert turn(held, key, False)
    assert kinds(held, key) == ["draw", "split"]
    take(held, key, {"kind": "move"}, seen(held, key))
    assert kinds(held, key) == ["draw", "split", "move"], "a new step takes the place of what was undone"
    assert not turn(held, key, False)
    for _ in range(3):
        assert turn(held, key, True)
    assert kinds(held, key) == [] and not turn(held, key, True)


def test_of_two_at_once_neither_is_lost_and_both_are_told(held: Database) -> None:
    key = begun(held)
    take(held, key, {"kind": "draw"}, seen(held, key))
    both = seen(held, key)
    mine = take(held, key, {"kind": "split"}, both, ZHANG)
    theirs = take(held, key, {"kind": "merge"}, both, LI)
    assert mine.key == key and theirs.key != key
    assert theirs.branch_of == key and theirs.author == "li"
    assert kinds(held, key) == ["draw", "split"]
    assert kinds(held, theirs.key) == ["draw", "merge"]
    with held.session() as opened:
        first, second = (store.zones.get(opened, one, store.CITY) for one in (key, theirs.key))
        assert first is not None and second is not None
        assert [one.key for one in store.zones.branches(opened, first)] == [theirs.key]
        assert store.zones.events(opened, first)[0].detail == {"branch": theirs.key}
        assert store.zones.events(opened, second)[0].detail == {"from": key}
    take(held, theirs.key, {"kind": "lock"}, seen(held, theirs.key), LI)
    assert turn(held, theirs.key, True) and turn(held, theirs.key, True)
    assert kinds(held, theirs.key) == ["draw"], "a branch can be undone beyond where it left"


def test_a_change_on_an_old_version_changes_nothing(held: Database) -> None:
    key = begun(held)
    with held.session(write=True) as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        assert store.zones.change(opened, draft, 1, ZHANG, title="甲")
        assert not store.zones.change(opened, draft, 1, LI, title="乙")
        assert (draft.title, draft.version) == ("甲", 2)


def test_a_county_sees_its_own_drafts_and_those_that_ask_for_its_consent(held: Database) -> None:
    ours, shared = begun(held), begun(held)
    with held.session(write=True) as opened:
        draft = store.zones.get(opened, shared, store.CITY)
        assert draft is not None
        store.zones.change(opened, draft, draft.version, ZHANG, counties=[HERE, THERE])
        assert store.zones.get(opened, shared, Scope(THERE)) is None, "not before it is submitted"
        store.zones.change(opened, draft, draft.version, ZHANG, status="submitted")
    with held.session() as opened:
        assert {one.key for one in store.zones.every(opened, Scope(HERE))} == {ours, shared}
        assert [one.key for one in store.zones.every(opened, Scope(THERE))] == [shared]
        assert store.zones.get(opened, ours, Scope(THERE)) is None
        assert store.zones.get(opened, ours, Scope("99010")) is None, "a code is compared whole"


def approve(database: Database, key: str, rows: list[dict[str, Any]], day: date) -> None:
    with database.session(write=True) as opened:
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None
        values: dict[str, Any] = {"status": "approved", "effective_on": day, "result": rows}
        store.zones.change(opened, draft, draft.version, ZHANG, **values)


def drawn(shape: Polygon, key: str = ZONE, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "zone", "geometry": store.lines.shape_text(shape), **more}


def test_lines_come_in_force_on_their_day_and_the_old_ones_stay(held: Database) -> None:
    key = begun(held)
    other = f"zone:{HERE}:新区"
    rows = [drawn(NEW), drawn(box(121.1, 32.1, 121.11, 32.11), other, name="新区", county_code=HERE)]
    approve(held, key, rows, DAY)
    with held.session(write=True) as opened:
        before = store.input_version(opened)
        assert boundaries.bring_in_force(opened, DAY - timedelta(days=1)) == []
        assert boundaries.bring_in_force(opened, DAY) == [key]
        assert boundaries.bring_in_force(opened, DAY) == []
        assert store.input_version(opened) > before, "the next survey knows that it is due"
    with held.session() as opened:
        today = store.lines.in_force(opened, Scope(HERE))
        assert today.loc[ZONE].geometry.equals(NEW) and today.loc[ZONE, "version"] == 2
        assert today.loc[ZONE, "name"] == small_city.ZONES[ZONE], "what the draft does not say stays"
        assert today.loc[other, "origin"] == "decision"
        assert store.lines.on(opened, store.CITY, DAY - timedelta(days=1)).loc[ZONE].geometry.equals(OLD)
        assert other not in store.lines.on(opened, store.CITY, DAY - timedelta(days=1)).index
        assert store.lines.on(opened, store.CITY, DAY).loc[ZONE].geometry.equals(NEW)
        assert list(store.lines.versions_of(opened, Scope(HERE), ZONE).index) == [2, 1]
        assert len(store.lines.versions_of(opened, Scope(THERE), ZONE)) == 0
        read = store.read(opened, "places", store.CITY)
        assert read.loc[ZONE].geometry.equals(NEW), "the survey reads the lines in force"
        assert len(read) == len(small_city.places()) + 1
        draft = store.zones.get(opened, key, store.CITY)
        assert draft is not None and draft.status == "in_force"
        assert store.zones.events(opened, draft)[0].account == "calendar"


def test_restoring_puts_the_earlier_lines_back_as_a_version_of_their_own(held: Database) -> None:
    key, other = begun(held), f"zone:{HERE}:新区"
    rows = [drawn(NEW), drawn(box(121.1, 32.1, 121.11, 32.11), other, name="新区", county_code=HERE)]
    approve(held, key, rows, DAY)
    with held.session(write=True) as opened:
        boundaries.bring_in_force(opened, DAY)
        assert store.lines.last_made_by(opened, [ZONE, other], key)
        store.lines.revert(opened, [ZONE, other], since=DAY + timedelta(days=9), draft=key)
    with held.session() as opened:
        today = store.lines.in_force(opened, store.CITY)
        assert today.loc[ZONE].geometry.equals(OLD) and today.loc[ZONE, "version"] == 3
        assert other not in today.index
        assert len(store.lines.versions_of(opened, store.CITY, other)) == 1, "its history stays"


def test_a_zone_taken_away_comes_back_when_restored(held: Database) -> None:
    key = begun(held)
    approve(held, key, [{"key": ZONE, "removed": True}], DAY)
    with held.session(write=True) as opened:
        boundaries.bring_in_force(opened, DAY)
        assert ZONE not in store.lines.in_force(opened, store.CITY).index
        store.lines.revert(opened, [ZONE], since=DAY, draft=key)
        assert store.lines.in_force(opened, store.CITY).loc[ZONE].geometry.equals(OLD)


def test_a_draft_is_overtaken_by_another_that_came_in_force(held: Database) -> None:
    first, second = begun(held), begun(held)
    with held.session() as opened:
        draft = store.zones.get(opened, second, store.CITY)
        assert draft is not None
        assert store.lines.overtaken(opened, draft.base, [ZONE]) == []
    approve(held, first, [drawn(NEW)], DAY)
    with held.session(write=True) as opened:
        draft = store.zones.get(opened, second, store.CITY)
        assert draft is not None
        assert [one.key for one in store.zones.pending(opened, [ZONE], second)] == [first]
        assert store.zones.pending(opened, [ZONE], first) == []
        boundaries.bring_in_force(opened, DAY)
        assert store.lines.overtaken(opened, draft.base, [ZONE]) == [ZONE]
        assert store.lines.overtaken(opened, draft.base, ["zone:new"]) == []


def test_an_import_changes_the_version_in_force_only(held: Database) -> None:
    key = begun(held)
    approve(held, key, [drawn(NEW)], DAY)
    with held.session(write=True) as opened:
        boundaries.bring_in_force(opened, DAY)
        again = small_city.places().loc[[ZONE]].assign(name="东沟开发区", geometry=[box(121.1, 32.1, 121.2, 32.2)])
        store.write(opened, "places", PLACES.conform(again))
    with held.session() as opened:
        found = store.lines.versions_of(opened, store.CITY, ZONE)
        assert found["name"].to_dict() == {2: "东沟开发区", 1: small_city.ZONES[ZONE]}
        assert found.loc[2].geometry.equals(NEW), "approved lines stay when a layer comes again"


def test_an_import_whose_places_were_redrawn_is_not_taken_back(held: Database) -> None:
    key = begun(held)
    with held.session(write=True) as opened:
        counts = dict.fromkeys(("rows_in", "new", "changed", "unchanged", "rejected", "warned"), 1)
        told = {"filename": "zones.gpkg", "sha256": "", "options": {}, "status": "done", "started_at": START}
        opened.add(ImportBatch(key="batch", kind="places", **counts, **told))
        moved = small_city.places().loc[[ZONE]].assign(name="东沟开发区")
        store.write(opened, "places", PLACES.conform(moved), batch="batch")
    approve(held, key, [drawn(NEW)], DAY)
    with held.session(write=True) as opened:
        boundaries.bring_in_force(opened, DAY)
        with pytest.raises(UndoRefusedError) as refused:
            store.imports.undo(opened, "batch")
        assert refused.value.detail["later"] == key


def test_what_lies_in_a_zone_gets_another_parent(held: Database) -> None:
    key, building = begun(held), next(iter(small_city.BUILDINGS))
    approve(held, key, [{"key": building, "parent": ZONE}], DAY)
    with held.session(write=True) as opened:
        boundaries.bring_in_force(opened, DAY)
    with held.session() as opened:
        row = store.lines.in_force(opened, store.CITY, store.lines.HELD).loc[building]
        assert (row["parent"], row["version"], row["floors"]) == (ZONE, 2, 6)
        assert row.geometry.equals(OLD)
