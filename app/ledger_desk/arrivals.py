"""What telephones and filled sheets send: taken in order, once, and never one over another unseen.

A cell that makes no sense is refused and said; the rest of what was sent is recorded. Where somebody else recorded a
step that the sender had not seen, nothing is recorded: both versions wait side by side until one is chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import store
from app.db import dialect
from app.ledger_desk import recording
from app.ledger_desk.recording import Sender
from app.models import FieldOutcome, LedgerStep
from app.pages import known
from app.reading import Reading
from app.runs.survey import today
from app.store import rows
from geo.ledger import Refusal, states

APPLIED, CONFLICT, REFUSED, SETTLED = "applied", "conflict", "refused", "settled"
WAITING = "waiting"


@dataclass(frozen=True)
class Arrival:
    """One outcome as sent: ``base`` is the last step that the sender saw, ``fix`` lon, lat and radius in metres.

    ``refused`` is what could not even be read of it: it is told with the rest, not lost.
    """

    client_id: str
    enterprise_id: str
    base: str | None
    said_at: datetime
    fields: Mapping[str, Any]
    fix: tuple[float, float, float | None] | None = None
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What became of an arrival: ``status`` as in ``FieldOutcome``, whether it was ``known``, what was refused."""

    client_id: str
    status: str
    known: bool = False
    refusals: tuple[Refusal, ...] = ()


@dataclass
class _Firm:
    """The state of a firm while arrivals are taken one after the other."""

    stage: str | None = None
    stage_on: date | None = None
    workers: int | None = None
    last: str | None = None
    account: str | None = None


@dataclass
class _Book:
    """What was known before, and what is to be written."""

    firms: dict[str, _Firm]
    county: Mapping[str, Any]
    elsewhere: frozenset[str]
    sender: Sender
    steps: list[dict[str, Any]] = field(default_factory=list)
    rows: list[FieldOutcome] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def receive(opened: Session, arrivals: Sequence[Arrival], read: Reading, sender: Sender) -> list[Answer]:
    """Take arrivals in their order and return an answer for each; one that came before is answered as it was then."""
    dialect.hold(opened.connection(), "ledger_step")
    before = _before(opened, [each.client_id for each in arrivals])
    book = _open(opened, arrivals, read, sender)
    for number, each in enumerate(arrivals):
        if each.client_id in before:
            book.answers.append(before[each.client_id])
        else:
            _take(book, each, number)
            before[each.client_id] = replace(book.answers[-1], known=True)
    _write(opened, book)
    return book.answers


def _take(book: _Book, each: Arrival, number: int) -> None:
    firm = book.firms.get(each.enterprise_id)
    if firm is None:
        code = "elsewhere" if each.enterprise_id in book.elsewhere else "unknown_firm"
        _keep(book, each, number, REFUSED, [*each.refused, Refusal("enterprise_id", code)])
        return
    state = {"stage": firm.stage, "stage_on": firm.stage_on, "workers": firm.workers}
    step, faults = salvaged(each.fields, state, book.sender.name)
    if each.refused:
        faults = [*each.refused, *(fault for fault in faults if fault.code != "nothing")]
    if step is None:
        only_fix = each.fix is not None and all(fault.code == "nothing" for fault in faults)
        _keep(book, each, number, APPLIED if only_fix else REFUSED, [] if only_fix else faults)
        return
    if firm.last is not None and firm.last != each.base and firm.account != book.sender.account:
        _keep(book, each, number, CONFLICT, faults, other=firm.last)
        return
    own = {"account": book.sender.account, "basis": book.sender.basis, "client_id": each.client_id}
    book.steps.append({**step, **own, "enterprise_id": each.enterprise_id})
    if step["stage"]:
        firm.stage, firm.stage_on = step["stage"], step["taken_on"]
    firm.workers = firm.workers if step["workers"] is None else step["workers"]
    firm.last, firm.account = each.client_id, book.sender.account
    _keep(book, each, number, APPLIED, faults)


def salvaged(
    fields: Mapping[str, Any], before: Mapping[str, Any], name: str
) -> tuple[dict[str, Any] | None, list[Refusal]]:
    """Return the step that is left when what makes no sense is put aside, None if nothing is; and all that was refused.

    ``name`` stands for who was there where nobody is named.
    """
    step, refused = recording.read({**fields, "taken_by": fields.get("taken_by") or name})
    if any(fault.field == "taken_on" for fault in refused):
        return None, refused
    for _round in range(len(recording.FIELDS)):
        faults = recording.check(step, before)
        if not faults:
            return step, refused
        refused += [fault for fault in faults if fault.code != "nothing" or not refused]
        if any(fault.field in ("taken_on", "taken_by") or fault.code == "nothing" for fault in faults):
            return None, refused
        for fault in faults:
            step["stage" if fault.code == "evidence" else fault.field] = None
    return None, refused


def _open(opened: Session, arrivals: Sequence[Arrival], read: Reading, sender: Sender) -> _Book:
    register = read.survey.firms
    keys = [key for key in dict.fromkeys(each.enterprise_id for each in arrivals) if key in register.index]
    steps = store.steps.of_firms(opened, keys)
    found, last = states(steps, today()), steps.drop_duplicates("enterprise_id", keep="last")
    stage = register.loc[keys, "stage"]
    firms = {key: _Firm(str(stage[key]) if known(stage[key]) else None) for key in keys}
    counts = register.loc[keys, ["workers", "counts_on"]].to_dict("index")
    said = found[["workers", "workers_on"]].to_dict("index")
    for key in keys:
        firms[key].workers = recording.workers_known(said.get(key, {}), counts[key])
    for key, row in found.iterrows():
        if known(row["stage"]):
            firms[str(key)].stage, firms[str(key)].stage_on = str(row["stage"]), row["stage_on"].date()
    for key, enterprise, account in zip(last.index, last["enterprise_id"], last["account"], strict=True):
        firms[enterprise].last, firms[enterprise].account = str(key), account
    missing = [each.enterprise_id for each in arrivals if each.enterprise_id not in firms]
    stored = store.find(opened, "enterprises", key=missing).index if missing else []
    return _Book(
        firms, register.loc[keys, "county_code"].astype("object").to_dict(), frozenset(map(str, stored)), sender
    )


def _keep(
    book: _Book, each: Arrival, number: int, status: str, faults: Sequence[Refusal], other: str | None = None
) -> None:
    county = book.county.get(each.enterprise_id)
    lon, lat, radius = each.fix or (None, None, None)
    book.rows.append(
        FieldOutcome(
            client_id=each.client_id, enterprise_id=each.enterprise_id, county_code=county if known(county) else None,
            account=book.sender.account, number=number, said_at=each.said_at, received_at=datetime.now(UTC),
            base=each.base, body=_plain(each.fields) | {"basis": book.sender.basis, "name": book.sender.name},
            status=status, refusals=[[fault.field, fault.code, dict(fault.detail)] for fault in faults], step=None,
            other=other, lon=lon, lat=lat, accuracy_m=radius,
            fix_status=WAITING if lon is not None and each.enterprise_id in book.firms else None,
        )
    )  # fmt: skip
    book.answers.append(Answer(each.client_id, status, refusals=tuple(faults)))


def _write(opened: Session, book: _Book) -> None:
    made = store.steps.record(opened, book.steps, at=datetime.now(UTC))
    keys = dict(zip((step["client_id"] for step in book.steps), made, strict=True))
    for row in book.rows:
        row.step, row.other = keys.get(row.client_id), keys.get(row.other or "", row.other)
    opened.add_all(book.rows)
    opened.flush()


def _before(opened: Session, keys: Sequence[str]) -> dict[str, Answer]:
    column = FieldOutcome.client_id
    return {
        row.client_id: Answer(row.client_id, row.status, known=True, refusals=tuple(Refusal(*f) for f in row.refusals))
        for part in rows.chunks(keys)
        for row in opened.scalars(sa.select(FieldOutcome).where(dialect.any_of(column, part)))
    }


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent as JSON can hold it, cut where it is longer than anything the ledger keeps."""
    said = {name: fields.get(name) for name in recording.FIELDS if fields.get(name) not in (None, "")}
    return {
        name: value.isoformat()[:10] if isinstance(value, (date, datetime)) else str(value)[:600]
        for name, value in said.items()
    }


def step_of(opened: Session, key: str) -> LedgerStep | None:
    """Return a step by its key."""
    return opened.scalar(sa.select(LedgerStep).where(LedgerStep.key == key))
