"""Member counts of earlier year-ends, as the union registers of those years had them."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence

from .city import City
from .files import Cell
from .firms import DAYS, Firm
from .unions import Union

HEADER = (
    "工会统计代码", "工会名称", "工会类型", "所在县区", "批准日期", "会员数", "女会员数", "职工人数", "统计日期",
    "名录来源",
)  # fmt: skip
_COLUMNS = {"members": 14, "women": 15, "workers": 16}
_YEARLY = (1.03, 1.13)
"""Our own choice: by how much more of as many workers were members a year before, by county: unions lose members, and
new ones bring theirs."""


def past_rows(
    city: City, today: Sequence[Sequence[Cell]], day: dt.date, rng: random.Random
) -> Iterator[Sequence[Cell]]:
    """Yield the unions that stood on an earlier day with their members then; federations have none of their own.

    ``today`` are the rows of the register as it is now (``tables.union_rows``), in the order of the city's unions.
    """
    at, years = DAYS.index(day), DAYS[-1].year - day.year
    pace = {county.code: rng.uniform(*_YEARLY) ** years for county in city.ground.counties}
    by_code = {firm.uscc: firm for firm in city.firms}
    for union, row in zip(city.unions, today, strict=True):
        now = {name: row[column] for name, column in _COLUMNS.items()}
        share = pace[union.county.code] * rng.uniform(0.97, 1.03)
        if not union.alive(day) or now["members"] is None:
            continue
        workers = sum(firm.heads[at][0] for firm in _firms(union, by_code, day))
        members, women = (_then(now[name], now["workers"], workers, share) for name in ("members", "women"))
        yield (
            union.code, union.name, row[2], union.county.name, union.approved, members, min(women, members), workers,
            day, row[-1],
        )  # fmt: skip


def _then(now: Cell, workers: Cell, workers_then: int, share: float) -> int:
    """Return a count of members at the rate of today's, held back by ``share``; the rate is not above all workers."""
    assert isinstance(now, int) and isinstance(workers, int)
    rate = now / workers if workers else 0.7
    return round(min(rate * share, 1.0) * workers_then)


def _firms(union: Union, by_code: Mapping[str, Firm], day: dt.date) -> list[Firm]:
    if union.host:
        return [union.host] if union.host.alive(day) else []
    lines = [line for line in union.members if line.kind == "企业" and line.since <= day]
    return [by_code[line.meant] for line in lines if line.until is None or line.until > day]
