"""Workbooks for visits: of one list, and of all parks of an area at once as a run that writes one zip."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from app import runs, store
from app.config import settings
from app.ledger_desk import standings
from app.ledger_desk.days import day
from app.reading import Reading, with_plain_villages
from app.reports import visit
from app.reports.site_map import picture
from app.store import Scope
from geo.gaps import FINE_FIRST, Filter, walk
from geo.ledger import shown, stand, states

KIND = "visits"
PACKED = ("zone", "building", "market", "town")
MOST_PACKED = 2_000
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|\s]+')


def place_name(read: Reading, chosen: Filter) -> str:
    """Return the name of the one place that a choice is about, the finest of several; "" if it is about none."""
    for kind in FINE_FIRST:
        keys = getattr(chosen, kind)
        if len(keys) == 1 and keys[0]:
            return read.name(kind, keys[0])
    return ""


def book(read: Reading, chosen: Filter, rows: pd.DataFrame) -> tuple[str, bytes]:
    """Return name and content of the workbook of the ledger's rows, put in the order of a walk."""
    rows = walk(rows)
    place = place_name(read, chosen)
    made = visit.sheet(read, chosen, rows, place)
    drawn = picture(read, chosen, rows, place or read.city()) if len(rows) else None
    return made.name, visit.workbook(made, len(rows), drawn)


def pack(read: Reading, table: pd.DataFrame, kind: str) -> Iterator[tuple[str, bytes, int, int]]:
    """Yield name, content, number and total of the workbook of each place of a kind that has a firm due."""
    due = table[shown(table, "due").to_numpy(dtype=bool)]
    keys = due[kind].value_counts().index[:MOST_PACKED].tolist()
    taken: set[str] = set()
    for number, key in enumerate(keys, 1):
        name, body = book(read, Filter().but(**{kind: (key,)}), due[due[kind].eq(key).fillna(value=False)])
        plain = _UNSAFE.sub("_", name)[:80]
        unique = plain if plain not in taken else f"{plain}_{number}"
        taken.add(unique)
        yield f"{unique}.xlsx", body, number, len(keys)


def file_of(key: str) -> Path:
    """Return where the zip of a run lies."""
    return settings().instance / "visits" / f"{Path(key).name}.zip"


def work(job: runs.Job) -> Mapping[str, Any]:
    """Write the zip of a run: ``county`` (None: the city) and ``kind`` of place are its parameters."""
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
        for name, body, count, of in pack(read, table, kind):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body)
            job.progress("visits", count, of)
    target.write_bytes(stream.getvalue())
    return {"places": count, "bytes": target.stat().st_size}


runs.register(KIND, work)
"""Order of this kind: ``Order("visits", {"county": …, "kind": "zone"})``."""
