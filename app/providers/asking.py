"""Asking a service about rows under review: what is known is not asked again, quota and rate are kept, faults are told.

Each answer is stored as it comes, so that an interrupted run goes on where it stopped. Nothing is accepted here.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from app import store
from app.db import Database
from app.providers.provider import WAIT, Answer, ProviderError, Query, fault
from app.providers.services import Service
from app.providers.web import Fetch, fetch

BEIJING = timezone(timedelta(hours=8))
"""Quotas of these services begin anew at midnight there."""
TRIES = 4
BACKOFF_S = (1.0, 2.0, 4.0)
IN_A_ROW = 3
"""Addresses in a row that fail although each was tried again; then the service is left for now."""


@dataclass(frozen=True)
class Means:
    """What asking needs of the world; tests give their own."""

    fetch: Fetch = fetch
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def today(self) -> date:
        """Return the day by which quotas are counted."""
        return self.now().astimezone(BEIJING).date()


@dataclass
class Asked:
    """What came of asking a service; ``stopped`` is why it ended before all was asked."""

    calls: int = 0
    found: int = 0
    empty: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    last: dict[str, ProviderError] = field(default_factory=dict)
    stopped: ProviderError | None = None


def unasked(database: Database, service: Service, queries: Sequence[Query]) -> list[Query]:
    """Return the questions without a stored answer, each once, in their order."""
    with database.session() as session:
        known = store.providers.answers(session, service.name, [query.address for query in queries])
    return list({query.address: query for query in queries if query.address not in known}.values())


def left(database: Database, service: Service, day: date) -> int:
    """Return how many calls a service still has on a day; 0 if it said itself that it was enough."""
    with database.session() as session:
        used = store.providers.usage(session, service.name, day)
    return service.quota if used is None else 0 if used.spent else max(service.quota - used.calls, 0)


def ask(
    database: Database,
    service: Service,
    queries: Sequence[Query],
    *,
    means: Means | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Asked:
    """Ask a service what has no stored answer, and store each answer as it comes."""
    means, told = means or Means(), Asked()
    line = _Line(database, service, means, told)
    in_a_row = 0
    for number, query in enumerate(queries):
        try:
            answer = line.answer(query)
        except ProviderError as error:
            told.failed[error.code] += 1
            told.last[error.code] = error
            in_a_row = in_a_row + 1 if error.does == WAIT else 0
            if error.does == "stop" or in_a_row >= IN_A_ROW:
                told.stopped = error
                with database.session(write=True) as session:
                    spent = error.code == "PROVIDER_QUOTA"
                    store.providers.end(session, service.name, means.today(), error.code, spent=spent)
                break
        else:
            in_a_row = 0
            told.found += answer.lon is not None
            told.empty += answer.lon is None
            with database.session(write=True) as session:
                store.providers.keep(session, service.name, query.address, asdict(answer), means.now())
        if progress is not None:
            progress(number + 1, len(queries))
    return told


@dataclass
class _Line:
    """The line to a service: remembers when it was last used, so that its rate is kept."""

    database: Database
    service: Service
    means: Means
    told: Asked
    free_at: float = 0.0

    def answer(self, query: Query) -> Answer:
        """Ask once, and again after a pause where that may help; every call counts against the quota."""
        for number in range(TRIES):
            self._count()
            self._wait()
            try:
                parameters = self.service.provider.parameters(query, self.service.key)
                return self.service.provider.read(self.means.fetch(self.service.url, parameters, self.service.name))
            except ProviderError as error:
                last = number == TRIES - 1 or (error.code == "PROVIDER_MALFORMED" and number)
                if error.does != WAIT or last:
                    raise
                self.means.sleep(BACKOFF_S[number])
        raise AssertionError

    def _count(self) -> None:
        """Take one call from the day's quota, so that a second process sees it before it is made."""
        with self.database.session(write=True) as session:
            used = store.providers.usage(session, self.service.name, self.means.today())
            if used is not None and used.spent:
                raise fault("PROVIDER_QUOTA", self.service.name, "", "")
            if used is not None and used.calls >= self.service.quota:
                raise ProviderError(
                    f"{self.service.name}: {used.calls} calls today",
                    code="PROVIDER_LIMIT",
                    detail={"provider": self.service.name, "quota": self.service.quota},
                )
            store.providers.count(session, self.service.name, self.means.today())
        self.told.calls += 1

    def _wait(self) -> None:
        now = self.means.clock()
        if now < self.free_at:
            self.means.sleep(self.free_at - now)
        self.free_at = max(now, self.free_at) + 1.0 / self.service.rate


def forget(database: Database, days: int, now: datetime) -> int:
    """Delete answers older than their terms allow and return how many."""
    with database.session(write=True) as session:
        return store.providers.forget(session, now - timedelta(days=days))


def cost(service: Service, calls: int) -> float:
    """Return what calls cost, in yuan."""
    return round(service.cost * calls, 2)
