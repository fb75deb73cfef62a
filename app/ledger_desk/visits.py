"""Workbooks for visits: of one list, and of all parks of an area at once as a run that writes one zip."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from app import runs, store
from app.config import settings
from app.ledger_desk import standings
from app.ledger_desk.days import day
from app.pages import is_sample
from app.reading import Reading, with_plain_villages
from app.reports import visit
from app.reports.site_map import picture
from app.store import Scope
from geo.beside import beside
from geo.gaps import FINE_FIRST, Filter, walk
from geo.ledger import shown, stand, states

T = TypeVar("T")

KIND = "visits"
PACKED = ("zone", "building", "market", "town")
MOST_PACKED = 2_000
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|\s]+')


def place_name(read: Reading, chosen: Filter) -> str:
    """Return the name of the one place, industry or priority type that a choice is about, the finest; "" if of none."""
    for kind in (*FINE_FIRST, "priority", "sector"):
        keys = getattr(chosen, kind)
        if len(keys) == 1 and keys[0]:
            return read.name(kind, keys[0])
    return ""


def book(read: Reading, chosen: Filter, rows: pd.DataFrame, mark: str = "") -> tuple[str, bytes]:
    """Return name and content of the workbook of the ledger's rows, put in the order of a walk.

    ``mark`` says who takes it out and when.
    """
    rows = walk(rows)
    place = place_name(read, chosen)
    made = visit.sheet(read, chosen, rows, place, mark)
    drawn = picture(read, chosen, rows, place or read.city()) if len(rows) else None
    return made.name, visit.workbook(made, len(rows), drawn)


def pack(read: Reading, table: pd.DataFrame, kind: str, mark: str = "") -> Iterator[tuple[str, bytes, int, int]]:
    """Yield name, content, number and total of the workbook of each place of a kind that has a firm due.

    A process beside this one makes every other book where that can be.
    """
    due = table[shown(table, "due").to_numpy(dtype=bool)]
    keys = due[kind].value_counts().index[:MOST_PACKED].tolist()
    parts = dict(iter(due.groupby(kind, sort=False, observed=True)))
    is_sample()  # known before a process is forked: it asks no database

    def made(each: list[str]) -> Iterator[tuple[str, bytes]]:
        return (book(read, Filter().but(**{kind: (key,)}), parts[key], mark) for key in each)

    theirs = beside(lambda: list(made(keys[1::2])), wanted=len(keys) > 1)
    taken: set[str] = set()
    for number, (name, body) in enumerate(chain(made(keys[::2]), _later(theirs)), 1):
        plain = _UNSAFE.sub("_", name)[:80]
        unique = plain if plain not in taken else f"{plain}_{number}"
        taken.add(unique)
        yield f"{unique}.xlsx", body, number, len(keys)


def _later(wait: Callable[[], Iterable[T]]) -> Iterator[T]:
    yield from wait()


def file_of(key: str) -> Path:
    """Return where the zip of a run lies."""
    return settings().instance / "visits" / f"{Path(key).name}.zip"


def work(job: runs.Job) -> Mapping[str, Any]:
    """Write the zip of a run: ``county`` (None: the city), ``kind`` of place and ``mark`` are its parameters."""
    scope = Scope(job.params.get("county"))
    kind = str(job.params.get("kind"))
    with job.database.session() as opened:
        survey = store.surveys.latest(opened, scope)
        assert survey is not None
        divisions, outlines = (store.read(opened, layer, scope) for layer in ("divisions", "outlines"))
        read = Reading(survey, with_plain_villages(divisions), outlines, ())
        steps = store.read(opened, "steps", scope)
    on = day(read)
    table = stand(survey.firms, states(steps, on), on=on, leaving=standings.leaving())
    target = file_of(job.key)
    target.parent.mkdir(parents=True, exist_ok=True)
    stream, count = io.BytesIO(), 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, body, count, of in pack(read, table, kind, str(job.params.get("mark", ""))):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body)
            job.progress("visits", count, of)
    target.write_bytes(stream.getvalue())
    return {"places": count, "bytes": target.stat().st_size}


runs.register(KIND, work)
"""Order of this kind: ``Order("visits", {"county": …, "kind": "zone"})``."""
