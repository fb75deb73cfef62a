"""The run of kind ``survey``: read what is stored, let the stages work, store what they found."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import budget, policy, store
from app.confidence import locate_options
from app.config import settings
from app.models import Run
from app.runs import boundaries, queue
from app.runs.execution import Job, register
from geo.errors import AtlasError

if TYPE_CHECKING:
    from geo.gazetteer import Kept

KIND = "survey"


class DayAheadError(AtlasError):
    """A survey was asked for of a day that is yet to come."""

    code = "DAY_AHEAD"


def work(job: Job) -> Mapping[str, Any]:
    """Survey the city as of the run's day, by the rules in force on its rules' day; the tally is that of the stages."""
    from geo.gazetteer import paused_collector

    with paused_collector():  # a third of reading a city's registers went into walking over them
        return _surveyed(job)


def _surveyed(job: Job) -> Mapping[str, Any]:
    from geo import survey
    from geo.io.models import SEGMENTER, read_segmenter
    from geo.io.rules import read_rules

    assert job.on_day is not None
    with job.database.session() as session:
        waiting = bool(store.zones.due(session, today()))
    if waiting:  # boundaries whose day has come are lines like any others
        with job.database.session(write=True) as session:
            boundaries.bring_in_force(session, today())
    with job.database.session() as session:
        inputs, version = store.inputs(session, on=job.on_day), store.input_version(session)
        allowed, joint = budget.in_force(session).share, policy.in_force(session)
    rules = read_rules(settings().data).in_force(job.rules_day or job.on_day)
    options = survey.Options(locate=replace(locate_options(allowed), processes=2), joint=joint)
    clock = _Clock(job.progress)
    found = survey.survey(
        inputs, on=job.on_day, rules=rules, options=options, progress=clock.progress,
        segmenter=read_segmenter(settings().data / SEGMENTER), kept=_kept(),
    )  # fmt: skip
    with job.database.session(write=True) as session:
        store.surveys.save(session, found, job.key, input_version=version, seconds=clock.seconds("joint"))
        store.contacts.expire(session, today())
    return {"stages": [asdict(stage) for stage in found.tally], "firms": len(found.firms)}


@cache
def _kept() -> "Kept":
    """Return what this process keeps of the layers: other days of a city have the same names and doors."""
    from geo.gazetteer import Kept

    return Kept()


class _Clock:
    """Passes progress on, and remembers when each stage began."""

    def __init__(self, told: Callable[[str, int, int], None]) -> None:
        self._told = told
        self._began: dict[str, float] = {}
        self._end = 0.0

    def progress(self, stage: str, done: int, of: int) -> None:
        """Note the time, and pass it on."""
        self._end = perf_counter()
        self._began.setdefault(stage, self._end)
        self._told(stage, done, of)

    def seconds(self, stage: str) -> float:
        """Return how long the last stage took, this one, to hundredths."""
        return round(self._end - self._began.get(stage, self._end), 2)


def order(session: Session, on: date | None = None, rules_day: date | None = None) -> str:
    """Put a survey in line, or find the same one there, and return its key; without a day, the newest day again.

    Changed data so never bring a day that nobody asked for: only where nothing was surveyed yet, it is today.

    Raises
    ------
    DayAheadError
        If the day is yet to come.
    """
    check_day(on)
    newest = store.surveys.record(session) if on is None else None
    if newest is not None:
        on, rules_day = newest.on_day, newest.rules_day
    on = on or today()
    same = (Run.kind == KIND, Run.status == queue.QUEUED, Run.on_day == on, Run.rules_day == (rules_day or on))
    found = session.scalar(sa.select(Run.key).where(*same).limit(1))
    return found or queue.enqueue(session, queue.Order(KIND, on_day=on, rules_day=rules_day or on))


def renew(session: Session) -> list[str]:
    """Put every stored day in line to be surveyed anew, the newest first, and return the runs; [] if there is none.

    Years that stand side by side have to be read from the same registers.
    """
    stored = [(on, store.surveys.record(session, on)) for on in store.surveys.days(session)]
    return [order(session, on, found.rules_day) for on, found in stored if found is not None]


def check_day(on: date | None) -> None:
    """Raise ``DayAheadError`` for a day that is yet to come: nothing has happened on it."""
    if on is not None and on > today():
        raise DayAheadError(f"{on} is yet to come", detail={"day": on.isoformat(), "today": today().isoformat()})


def today() -> date:
    """Return the day of the machine the atlas runs on."""
    return datetime.now(UTC).astimezone().date()


register(KIND, work)
"""Order of this kind: ``Order("survey", on_day=…, rules_day=…)``."""
