"""Decisions in both databases: acts are written and withdrawn whole, keep their order, and wait for the next survey."""

from datetime import UTC, date, datetime, timedelta

import small_city

from app import store
from app.db import Database

AT = datetime(2025, 12, 31, 8, 0, tzinfo=UTC)


def test_acts_keep_their_order_and_are_withdrawn_whole(database: Database) -> None:
    pin = {"kind": "pin", "subject": "building:990101:甲_乙", "lon": 121.0, "lat": 32.0}
    both = [{"kind": "place", "subject": f"text:{n}", "target": "990101"} for n in range(2)]
    with database.session(write=True) as s:
        before = store.input_version(s)
        first = store.decisions.record(s, both, by="张三", at=AT)
        store.decisions.record(s, [pin], by="李四", at=AT + timedelta(seconds=1))
        assert store.input_version(s) > before
    with database.session() as s:
        rows = store.read(s, "decisions", store.CITY)
    assert rows["decided_by"].tolist() == ["张三", "张三", "李四"]
    assert [store.decisions.act_of(key) for key in rows.index[:2]] == [first, first]
    assert rows["decided_on"].dt.date.unique().tolist() == [AT.astimezone().date()]
    with database.session(write=True) as s:
        now = store.input_version(s)
        assert store.decisions.withdraw(s, "") == 0
        assert store.decisions.withdraw(s, first[:-1]) == 0
        assert store.input_version(s) == now
        assert store.decisions.withdraw(s, first) == 2
        assert store.input_version(s) > now
    with database.session() as s:
        assert store.read(s, "decisions", store.CITY)["kind"].tolist() == ["pin"]


def test_decisions_wait_from_the_moment_a_survey_began(database: Database) -> None:
    row = {"kind": "forbid", "subject": "road:990101:甲路"}
    with database.session(write=True) as s:
        store.decisions.record(s, [row], by="张三", at=AT)
        assert store.decisions.waiting(s, None) == 1
        store.surveys.save(s, small_city.survey(20), "run")
    with database.session(write=True) as s:
        survey = store.surveys.record(s)
        assert store.decisions.waiting(s, survey) == 0
        store.decisions.record(s, [row, row], by="张三", at=datetime.now(UTC) + timedelta(seconds=1))
        assert store.decisions.waiting(s, survey) == 2
        assert survey is not None and survey.on_day == date(2025, 12, 31)
