"""Steps and tasks on both databases: added once, read within the area, closed by what is recorded."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import small_city
from sqlalchemy.orm import Session

from app import store
from app.db import Database
from app.store import tasks
from app.store.scope import Scope

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
HERE, THERE = small_city.COUNTIES


def step(firm: str, **more: Any) -> dict[str, Any]:
    return {
        "enterprise_id": firm, "taken_on": date(2026, 1, 4), "stage": "P1", "taken_by": "李", "account": "li",
        "basis": "page", **more,
    }  # fmt: skip


def city(session: Session) -> tuple[str, str]:
    """Store the small city and return a firm of each county."""
    made = small_city.survey(40)
    store.write(session, "divisions", small_city.divisions())
    store.surveys.save(session, made, "run-1")
    county = made.firms["county_code"]
    return tuple(str(made.firms.index[county.eq(code).fillna(False)][0]) for code in (HERE, THERE))  # type: ignore[return-value]


def order(person: str | None = "li", team: str | None = None, due: date | None = date(2026, 2, 1)) -> tasks.Order:
    return tasks.Order(person, team, due, None, "boss")


def test_steps_are_added_once_a_client_key_and_make_surveys_outdated(database: Database) -> None:
    with database.session(write=True) as session:
        here, there = city(session)
        before = store.input_version(session)
        first = store.steps.record(session, [step(here, client_id="a"), step(there)], at=AT)
        again = store.steps.record(session, [step(here, client_id="a", stage="P9")], at=AT + timedelta(hours=1))
        assert (len(first), again) == (2, [])
        assert store.input_version(session) == before + 1 and store.steps.version(session) == first[1]
        found = store.read(session, "steps", store.CITY)
    assert list(found["stage"]) == ["P1", "P1"] and list(found.index) == first
    assert found["taken_on"].tolist() == [pd.Timestamp("2026-01-04")] * 2


def test_a_county_reads_the_steps_of_its_own_firms(database: Database) -> None:
    with database.session(write=True) as session:
        here, there = city(session)
        store.steps.record(session, [step(here), step(there)], at=AT)
        assert list(store.read(session, "steps", Scope(HERE))["enterprise_id"]) == [here]
        assert list(store.read(session, "steps", Scope(THERE))["enterprise_id"]) == [there]
        assert list(store.steps.of_firms(session, [there, "none"])["enterprise_id"]) == [there]
        last = store.steps.last_of(session, here)
        assert last is not None and last.stage == "P1" and store.steps.last_of(session, "none") is None


def test_a_survey_reads_the_steps(database: Database) -> None:
    with database.session(write=True) as session:
        here, _there = city(session)
        store.steps.record(session, [step(here)], at=AT)
        assert list(store.inputs(session).steps["enterprise_id"]) == [here]


def test_a_subject_has_one_open_task_which_moves_and_is_closed_by_a_step(database: Database) -> None:
    with database.session(write=True) as session:
        here, there = city(session)
        both = {here: HERE, there: THERE}
        assert tasks.assign(session, "enterprise", both, order(), at=AT) == (2, 0)
        assert tasks.assign(session, "enterprise", {here: HERE}, order("wang"), at=AT) == (0, 1)
        found = tasks.read(session, store.CITY)
        assert list(found["person"]) == ["wang", "li"] and list(found["moved_from"]) == ["li", None]
        assert list(tasks.read(session, Scope(THERE))["subject"]) == [there]
        store.steps.record(session, [step(here, outcome="verified")], at=AT)
        assert list(tasks.read(session, store.CITY)["subject"]) == [there]
        closed = tasks.read(session, store.CITY, open_only=False).iloc[0]
        assert (closed["closed_because"], closed["closed_at"]) == ("verified", AT)
        assert tasks.assign(session, "enterprise", {here: HERE}, order(), at=AT) == (1, 0), "closed ones are no bar"


def test_another_county_can_neither_move_nor_drop(database: Database) -> None:
    with database.session(write=True) as session:
        here, there = city(session)
        tasks.assign(session, "enterprise", {here: HERE, there: THERE}, order(), at=AT)
        keys = list(tasks.read(session, store.CITY).index)
        assert tasks.reassign(session, keys, order(None, "一组"), Scope(HERE), at=AT) == 1
        assert tasks.drop(session, keys, Scope(THERE), at=AT) == 1
        left = tasks.read(session, store.CITY)
        assert list(left["subject"]) == [here] and list(left["team"]) == ["一组"]
        assert list(left["due_on"]) == [date(2026, 2, 1)], "a day stays where no new one is given"
