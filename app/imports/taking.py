"""Taking a file: every chunk checked, recognised, written or compared, and counted; each row not taken is kept."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from app import ground, store
from app.config import settings
from app.imports.confining import Confined
from app.imports.doubles import Doubles
from app.imports.gates import look
from app.imports.opening import Opened, OsmFile
from app.imports.recognition import recognise
from app.imports.stops import refuse_contradicted, refuse_empty, watched
from geo import registry
from geo.registry import NOTE, REJECT, SKIP, SKIPPED, WARN, Checked, Setting
from geo.registry.cells import show
from geo.registry.identity import column_kind
from geo.text import fold

Progress = Callable[[str, int, int], None]
Keep = Callable[[Iterator[store.imports.Row]], object]
"""Takes the rows at fault, a chunk at a time."""
SAMPLES = 3
"""Examples kept of each fault for the dry run."""
_CHECKS: Mapping[str, Callable[..., Checked]] = {
    "enterprises": registry.check_enterprises,
    "headcounts": registry.check_headcounts,
    "unions": registry.check_unions,
    "members": registry.check_members,
    "places": registry.check_places,
    "addresses": registry.check_places,
    "divisions": registry.check_divisions,
    "villages": registry.check_villages,
}


_WEIGHTS = (REJECT, SKIP, WARN)
"""What becomes of a row with several faults: the first of these that one of them has."""


@dataclass
class Tally:
    """Counts of an import: ``rows_in`` = new + changed + unchanged + joined + rejected.

    ``joined`` are rows that another row of the file counts for: pieces of one street, two counts of one day.
    ``skipped`` are those of the rejected rows in which there is nothing to correct: totals, footers, exact doubles;
    ``findings`` what is told of the positions of the file as a whole, ``notes`` of its rows.
    """

    rows_in: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    joined: int = 0
    rejected: int = 0
    skipped: int = 0
    warned: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    findings: tuple[tuple[str, dict[str, Any]], ...] = ()
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()

    def counts(self) -> dict[str, int]:
        """Return the counts that are kept on record."""
        return {name: getattr(self, name) for name in ("rows_in", "new", "changed", "unchanged", "rejected", "warned")}


def take(
    session: Session,
    opened: Opened,
    *,
    day: date | None,
    progress: Progress | None,
    keep: Keep | None = None,
    batch: str | None = None,
) -> Tally:
    """Check, recognise and write (without ``batch``: only compare) chunk by chunk, and return the counts."""
    setting, findings = _setting(session, opened, day or datetime.now(UTC).date())
    if batch is not None:
        refuse_contradicted(opened, findings, setting.divisions)
    told = progress or (lambda _stage, _done, _of: None)
    of, tally = opened.total(), Tally(findings=findings)
    seen: dict[str, tuple[Any, Any]] = {}
    taken: dict[str, Any] = {}
    told("import", 0, of)
    outlines = _outlines(session, opened)
    watch = watched(opened, outlines)
    confined = _confined(session, opened, setting)
    doubles = _doubles(session, opened, setting)
    for part in opened.parts(outlines, lambda count: told("read", count, 0)):
        watch.see(part.rows)
        kind, rows = _checked_as(opened.request.kind, part.place_kind), part.rows
        here = replace(setting, place_kind=part.place_kind, source=part.source or setting.source)
        own, foreign = (rows, []) if confined is None else confined.split(rows, part.matching)
        checked = _CHECKS[kind](own, part.matching, here, seen=seen)
        seen.update((str(key), mark) for key, mark in checked.rows.items())
        checked = recognise(session, opened.request.kind, _with_layer_faults(checked, opened), taken)
        if confined is not None:
            checked = confined.without_theirs(session, checked, foreign)
        status = _write(session, checked, batch)
        _count(tally, checked, status)
        if doubles is not None:
            doubles.see(checked.frames["enterprises"], status, checked.rows)
        if keep is not None:
            keep(_faulty_rows(opened, rows, checked.faults))
        told("import", min(tally.rows_in, of), of)
    refuse_empty(opened, tally.rows_in)
    tally.notes = (*_notes(tally), *(doubles.notes() if doubles is not None else ()))
    tally.findings = (*tally.findings, *watch.findings())
    if batch is not None:
        refuse_contradicted(opened, tally.findings, setting.divisions)
    return tally


def _doubles(session: Session, opened: Opened, setting: Setting) -> Doubles | None:
    if opened.request.kind != "enterprises":
        return None
    aliases, scope = store.read(session, "aliases", store.CITY), store.Scope(opened.request.county_code)
    return Doubles(session, setting.divisions, aliases, scope)


def _confined(session: Session, opened: Opened, setting: Setting) -> Confined | None:
    if opened.request.county_code is None:
        return None
    return Confined(setting, store.read(session, "outlines", store.CITY), opened.request.county_code)


def _notes(tally: Tally) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return what is told of the rows as a whole: a ledger most of whose names are no unions' may be another file."""
    strange = tally.codes["NAME_NOT_A_UNION"]
    if 2 * strange <= tally.rows_in:
        return ()
    return (("NAMES_NOT_UNIONS", {"rows": strange, "of": tally.rows_in}),)


def _checked_as(kind: str, place_kind: str) -> str:
    return "villages" if place_kind == "village" else column_kind(kind, place_kind)


def _outlines(session: Session, opened: Opened) -> gpd.GeoDataFrame | None:
    """Return the county outlines of the city, stored or shipped, for a file that does not name counties."""
    if not isinstance(opened.content, OsmFile):
        return None
    stored = store.read(session, "outlines", store.CITY)
    if len(stored):
        return stored
    return ground.read(data=settings().data, city=settings().city).get("outlines")


def _setting(session: Session, opened: Opened, day: date) -> tuple[Setting, tuple[tuple[str, dict[str, Any]], ...]]:
    """Return what the readers are told, and the findings about the file's positions as a whole."""
    request = opened.request
    here = {layer: store.read(session, layer, store.CITY) for layer in ("divisions", "aliases", "outlines")}
    if here["divisions"].empty and request.place_kind != "division":
        here = ground.read(data=settings().data, city=settings().city)
    divisions, aliases = here["divisions"], here["aliases"]
    counties = registry.county_names(divisions, aliases)
    zones: dict[str, str] = {}
    if request.kind == "places" and request.place_kind != "address":
        places = store.read(session, "places", store.Scope(request.county_code))
        known = places[places["kind"] == "zone"]
        zones = {fold(name): str(key) for key, name in known["name"].items()}
    told = look(session, opened, here, counties)
    setting = Setting(
        words=opened.words,
        day=day,
        source=request.source or request.filename,
        source_date=request.source_date,
        datum=opened.cell_datum,
        city=settings().city,
        counties=counties,
        county=request.county_code or "",
        county_name=str(divisions["name"].get(request.county_code, "")) if request.county_code else "",
        towns=registry.town_names(divisions, aliases) if request.kind == "places" else {},
        zones=zones,
        positions=told.positions,
        doubts=told.doubts,
        place_kind=request.place_kind,
        divisions=divisions,
    )
    return setting, told.findings


def _with_layer_faults(checked: Checked, opened: Opened) -> Checked:
    found = getattr(opened.content, "faults", ())
    if not found:
        return checked
    added = [(row, registry.severity(code), code, None, None, "", detail) for row, code, detail in found]
    table = pd.DataFrame(added, columns=list(registry.FAULT_COLUMNS), dtype="object")
    why = {row for row, code, _ in found if code.startswith("POSITION_") or code == "GEOMETRY_BROKEN"}
    told = checked.faults[~(checked.faults["code"].eq("GEOMETRY_MISSING") & checked.faults["row"].isin(why))]
    faults = pd.concat([told, table], ignore_index=True) if len(told) else table
    return Checked(checked.frames, checked.rows, faults, checked.rejected, checked.rows_in)


def _write(session: Session, checked: Checked, batch: str | None) -> pd.Series:
    """Write (or compare) the frames and return what became of each key of the first one."""
    status: pd.Series | None = None
    for layer, frame in checked.frames.items():
        found = _write_layer(session, layer, frame, batch)
        if status is None:
            status = found
        elif len(frame):
            touched = frame.loc[(found != "unchanged").to_numpy(), "union_id"]
            moved = status.index.isin(touched.unique()) & (status == "unchanged").to_numpy()
            status = status.mask(moved, "changed")
    assert status is not None
    return status


def _write_layer(session: Session, layer: str, frame: pd.DataFrame, batch: str | None) -> pd.Series:
    """Write a layer; another source that says the same is no change: the source is kept of new and changed rows."""
    named = [name for name in ("source", "source_date") if name in frame.columns]
    status = store.write(session, layer, frame.assign(**dict.fromkeys(named)), batch=batch, dry=True).status
    if batch is not None:
        same = (status == "unchanged").to_numpy()
        store.write(session, layer, frame.assign(**{name: frame[name].mask(same) for name in named}), batch=batch)
    return status


def _count(tally: Tally, checked: Checked, status: pd.Series) -> None:
    counts = status.value_counts()
    tally.rows_in += checked.rows_in
    tally.rejected += len(checked.rejected)
    faults = checked.faults[checked.faults["severity"] == REJECT]
    tally.skipped += int(faults["code"].isin(SKIPPED).groupby(faults["row"]).all().sum())
    for name in ("new", "changed", "unchanged"):
        setattr(tally, name, getattr(tally, name) + int(counts.get(name, 0)))
    tally.joined += checked.accepted - len(status)
    tally.warned += int(checked.faults.loc[checked.faults["severity"] == WARN, "row"].nunique())
    for row, _severity, code, name, column, value, detail in _lines(checked.faults):
        tally.codes[code] += 1
        examples = tally.samples.setdefault(code, [])
        if len(examples) < SAMPLES:
            examples.append({"row": row, "field": name, "column": column, "value": value, "detail": detail})


def _lines(faults: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    return zip(*(faults[name].tolist() for name in registry.FAULT_COLUMNS), strict=True)


def _faulty_rows(opened: Opened, rows: pd.DataFrame, faults: pd.DataFrame) -> Iterator[store.imports.Row]:
    """Yield the rows that were rejected or warned of; what was only read differently is counted, not kept.

    Columns about persons are left out: what is not stored of good rows is not stored of these either.
    """
    persons = {name for code, detail in opened.notes if code == "PERSON_COLUMNS" for name in detail["columns"]}
    told: dict[Any, list[list[Any]]] = {}
    worst: dict[Any, str] = {}
    for row, _severity, code, name, column, value, detail in _lines(faults[faults["severity"] != NOTE]):
        told.setdefault(row, []).append([name, column, code, detail, value])
        worst[row] = min(registry.weight(code), worst.get(row, WARN), key=_WEIGHTS.index)
    flat = rows.drop(columns=["geometry", *persons], errors="ignore")
    flat = flat.loc[flat.index.isin(list(told))]
    names = [str(name) for name in flat.columns]
    for row, *found in zip(flat.index, *(flat[name].tolist() for name in flat.columns), strict=True):
        raw = {name: show(cell)[:2000] for name, cell in zip(names, found, strict=True)}
        yield store.imports.Row(opened.sheet, int(row), worst[row], raw, told[row])
