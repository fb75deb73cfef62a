"""What telephones send, on both databases: once, in order, by field, and never over somebody else's step unseen."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import small_city
from flask import Flask
from signed_in import acting, sign, stranger
from sqlalchemy.orm import Session

from app import create_app, store
from app.auth.accounts import Wish
from app.config import Config
from app.db import Database, session
from app.ledger_desk import arrivals
from app.ledger_desk.arrivals import Answer, Arrival
from app.ledger_desk.recording import Sender
from app.reading import Reading
from geo.ledger import STAGES

LI, WANG = Sender("li", "李干事", "field"), Sender("wang", "王干事", "field")
HERE, THERE = small_city.COUNTIES


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application for its code lists."""
    return create_app(Config.from_environment({}, instance=tmp_path_factory.mktemp("arrivals"), worker=False))


@pytest.fixture
def read() -> Reading:
    return Reading(small_city.survey(60), small_city.divisions(), small_city.outlines(), ())


def sent(key: str, firm: str, base: str | None = None, fix: Any = None, **fields: Any) -> Arrival:
    said = {"taken_on": "2026-03-05", **fields}
    return Arrival(f"field:{key}", firm, base, datetime(2026, 3, 5, tzinfo=UTC), said, fix)


def receive(app: Flask, opened: Session, read: Reading, sender: Sender, *each: Arrival) -> list[Answer]:
    with app.app_context():
        return arrivals.receive(opened, list(each), read, sender)


def test_arrivals_are_taken_once_and_in_order(app: Flask, database: Database, read: Reading) -> None:
    a, b = read.survey.firms.index[:2]
    with database.session(write=True) as opened:
        first = [sent("one", a, stage="P1"), sent("two", a, stage="P2", workers="9"), sent("three", b, outcome="moved")]
        assert [x.status for x in receive(app, opened, read, LI, *first)] == ["applied"] * 3
        again = receive(app, opened, read, LI, *first, sent("four", a, stage="P3"), sent("four", a, stage="P3"))
        assert [(x.status, x.known) for x in again] == [("applied", True)] * 3 + [("applied", False), ("applied", True)]
        steps = store.read(opened, "steps", store.CITY)
    assert list(steps["stage"].dropna()) == ["P1", "P2", "P3"] and len(steps) == 4
    assert steps["workers"].dropna().tolist() == [9]


def test_more_members_than_workers_are_put_aside_and_the_count_of_the_day_holds(
    app: Flask, database: Database, read: Reading
) -> None:
    firm = next(key for key, count in read.survey.firms["workers"].items() if count > 0)
    there = int(read.survey.firms.at[firm, "workers"])
    with database.session(write=True) as opened:
        before = [sent(code, firm, stage=code, document="1号") for code in ("P1", "P2", "P3")]
        assert {x.status for x in receive(app, opened, read, LI, *before)} == {"applied"}
        many, grown, again = receive(
            app, opened, read, LI,
            sent("many", firm, stage="P5", members=str(there + 1), note="筹备组"),
            sent("grown", firm, stage="P5", members=str(there + 1), workers=str(there + 2)),
            sent("again", firm, stage="P5", members=str(there + 3)),
        )  # fmt: skip
        steps = store.read(opened, "steps", store.CITY)
    assert [(x.field, x.code, x.detail.get("workers")) for x in many.refusals[:1]] == [
        ("members", "members_over_workers", there)
    ]
    assert grown.status == "applied" and not grown.refusals
    assert again.refusals[0].detail["workers"] == there + 2, "the count of the step before holds"
    assert steps["members"].dropna().tolist() == [there + 1]


def test_two_people_on_one_firm_leave_two_versions(app: Flask, database: Database, read: Reading) -> None:
    firm = read.survey.firms.index[0]
    with database.session(write=True) as opened:
        receive(app, opened, read, LI, sent("a", firm, stage="P1"))
        seen = store.read(opened, "steps", store.CITY).index[0]
        late, informed = (
            receive(app, opened, read, WANG, sent(key, firm, base, stage="P2"))[0]
            for key, base in (("b", None), ("c", str(seen)))
        )
        own = receive(app, opened, read, WANG, sent("d", firm, None, stage="P3"))[0]
    assert (late.status, informed.status, own.status) == ("conflict", "applied", "applied")


@pytest.mark.parametrize(
    ("fields", "status", "refused"),
    [
        ({"stage": "P7", "document": "1", "reason": "R04"}, "applied", {("stage", "order")}),
        ({"stage": "P5", "outcome": "agreed"}, "applied", {("stage", "order")}),
        ({"workers": "x", "outcome": "verified"}, "applied", {("workers", "number")}),
        ({"taken_on": "2999-01-01", "outcome": "verified"}, "refused", {("taken_on", "ahead")}),
        ({"taken_on": "", "outcome": "verified"}, "refused", {("taken_on", "missing")}),
        ({"outcome": "flew"}, "refused", {("outcome", "unknown")}),
        ({}, "refused", {("stage", "nothing")}),
        ({"reason": "R02", "second_reason": "R02"}, "applied", {("second_reason", "same")}),
        ({"workers": "3", "women": "9"}, "applied", {("women", "over_workers")}),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_rest_is_taken(
    app: Flask, embedded: Database, read: Reading, fields: dict[str, Any], status: str, refused: set[Any]
) -> None:
    with embedded.session(write=True) as opened:
        answer = receive(app, opened, read, LI, sent("a", read.survey.firms.index[0], **fields))[0]
        count = len(store.read(opened, "steps", store.CITY))
    assert answer.status == status and {(f.field, f.code) for f in answer.refusals} == refused
    assert count == (status == "applied")


def test_a_position_alone_is_no_step_and_waits(app: Flask, embedded: Database, read: Reading) -> None:
    firm = read.survey.firms.index[0]
    with embedded.session(write=True) as opened:
        answer = receive(app, opened, read, LI, sent("a", firm, fix=(121.05, 32.05, 9.0)))[0]
        nobody = receive(app, opened, read, LI, sent("b", "row:x", fix=(121.05, 32.05, 9.0)))[0]
        from app.ledger_desk import inbox

        waits = inbox.waiting(opened, store.CITY)
        assert store.read(opened, "steps", store.CITY).empty
    assert (answer.status, nobody.status) == ("applied", "refused")
    assert [(row.enterprise_id, row.fix_status) for row in waits] == [(firm, "waiting"), ("row:x", None)]


def test_the_page_says_what_its_server_knows(tmp_path: Any) -> None:
    people = (Wish("li", "李干事", "editor", HERE), Wish("gu", "顾", "viewer", HERE))
    made = small_city.loaded(tmp_path, people=people, form_tokens=False)
    with acting(made):
        from app.current import reading

        firms = reading().survey.firms
    here, there = (firms.index[firms["gap"].astype(bool) & firms["county_code"].eq(code).fillna(False)] for code in
                   (HERE, THERE))  # fmt: skip
    with made.app_context(), session(write=True) as opened:
        order = store.tasks.Order("li", None, date(2026, 12, 31), None, "boss")
        store.tasks.assign(opened, "enterprise", {here[0]: HERE, there[0]: THERE}, order, at=datetime.now(UTC))
    client = sign(stranger(made), "li")
    today = client.get("/field/today").get_json()
    assert [firm["key"] for firm in today["firms"]] == [here[0]], "a county's telephone holds its own firms alone"
    first = today["firms"][0]
    assert not {"phone_mark", "person_mark", "uscc"} & set(first)
    if first["at"]:  # around Nantong GCJ-02 lies some 440 m to the east and 200 m to the south
        east, north = ((there - here) for there, here in zip(first["at_gcj02"], first["at"], strict=True))
        assert 0.003 < east < 0.006 and -0.0035 < north < -0.001
    message = {"outcomes": [{"client_id": "abcdefgh-1", "enterprise_id": there[0], "base": None, "said_at": "x",
                             "fields": {"outcome": "verified", "taken_on": "2026-03-05"}}]}  # fmt: skip
    answer = client.post("/field/outcomes", json=message).get_json()["answers"][0]
    assert (answer["status"], answer["client_id"]) == ("refused", "abcdefgh-1")
    assert sign(stranger(made), "gu").get("/field/").status_code == 403
    head = {"Accept": "application/json"}
    assert stranger(made).get("/field/today", headers=head).status_code == 401
    assert "worker-src 'self'" in client.get("/field/").headers["Content-Security-Policy"]
    worker = stranger(made).get("/field/worker.js")
    assert worker.mimetype == "text/javascript" and "field.js" in worker.text and there[0] not in worker.text


@pytest.mark.parametrize(
    "message",
    [
        None, [], {"outcomes": 1}, {"outcomes": [1]}, {"outcomes": [{}]}, {"outcomes": [{}] * 201},
        {"outcomes": [{"client_id": "../x", "enterprise_id": "a", "fields": {}}]},
        {"outcomes": [{"client_id": "abcdefgh", "enterprise_id": 1, "fields": {}}]},
        {"outcomes": [{"client_id": "abcdefgh", "enterprise_id": "a", "fields": []}]},
    ],
)  # fmt: skip
def test_odd_messages_are_refused_whole(message: Any) -> None:
    from app.ledger_desk import field

    with pytest.raises(field.OddMessageError):
        field.arrivals(message, datetime.now(UTC))


def test_the_page_knows_the_same_table_of_stages(app: Flask) -> None:
    from app.ledger_desk import field

    with app.app_context():
        words = field.words()
    assert set(words["following"]) == set(STAGES) and words["evidence"]["P7"] == ["document"]
    assert words["following"]["P0"] == ["P0", "P1", "P2", "P3", "PX"]
