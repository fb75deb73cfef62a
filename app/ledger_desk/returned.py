"""The filled workbook of a visit as it comes back: read by its headings, taken once, every change and refusal told."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from app import store
from app.labels import in_both, options
from app.ledger_desk import arrivals
from app.ledger_desk.arrivals import APPLIED, CONFLICT, Arrival
from app.ledger_desk.recording import FIELDS, Sender
from app.reading import Reading
from app.runs.survey import today
from geo.errors import FileRefused
from geo.io.kinds import detect
from geo.io.workbooks import list_sheets, read_sheet
from geo.ledger import Refusal, states
from geo.registry import BadCell

HEAD_ROWS = 10
LISTS = {"outcome": "outcome", "reason": "reason", "second_reason": "reason", "stage": "stage"}
KEY, BASE = "enterprise_id", "base"
COMPARED = ("stage", "reason", "second_reason", "outcome", "workers", "women", "next_on")


@dataclass(frozen=True)
class Line:
    """One filled row: its number in the sheet, firm and last step as written, what was filled in, cells refused."""

    number: int
    key: str
    base: str | None
    fields: Mapping[str, Any]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class Cell:
    """One refused cell: its address (N12), what stood there, and why it was not taken."""

    address: str
    value: str
    refusal: Refusal


@dataclass(frozen=True)
class Change:
    """What a row changed of a firm: field, before and after as codes or numbers."""

    key: str
    number: int
    parts: tuple[tuple[str, Any, Any], ...]


@dataclass
class Report:
    """What became of a sheet; the five counts sum to ``rows``. ``against``: firms that now contradict their ledger."""

    rows: int = 0
    blank: int = 0
    applied: int = 0
    unchanged: int = 0
    conflicts: int = 0
    refused: int = 0
    cells: list[Cell] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    against: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def take(opened: Session, path: Path, read: Reading, sender: Sender) -> Report:
    """Read a filled workbook, record what it says, and return what became of each row.

    The same sheet a second time changes nothing: a row is known by its firm and what is filled in.

    Raises
    ------
    FileRefused
        If the file is no workbook, or no sheet of it has the headings of a visit.
    """
    columns, rows = _opened(path)
    lines = list(_lines(rows, columns))
    filled = [line for line in lines if line.fields or line.refused]
    keys = [line.key for line in filled]
    before = states(store.steps.of_firms(opened, keys), today())
    sent = [line for line in filled if line.fields]
    answers = arrivals.receive(opened, [_arrival(line) for line in sent], read, sender)
    told = {line.number: answer for line, answer in zip(sent, answers, strict=True)}
    after = states(store.steps.of_firms(opened, keys), today())
    report = Report(rows=len(lines), blank=len(lines) - len(filled))
    letters = {name: get_column_letter(column + 1) for column, name in columns.items()}
    for line in filled:
        answer = told.get(line.number)
        kind = _kind(answer)
        setattr(report, kind, getattr(report, kind) + 1)
        faults = line.refused if answer is None else answer.refusals
        report.cells += [_cell(line, fault, letters) for fault in faults]
        if kind == "applied":
            report.changes.append(Change(line.key, line.number, _changed(line.key, before, after)))
    return report


def _kind(answer: arrivals.Answer | None) -> str:
    if answer is None:
        return "refused"
    if answer.known:
        return "unchanged" if answer.status != arrivals.REFUSED else "refused"
    return {APPLIED: "applied", CONFLICT: "conflicts"}.get(answer.status, "refused")


def _opened(path: Path) -> tuple[dict[int, str], Iterator[tuple[int, list[Any]]]]:
    """Return the field of each column of the sheet that holds the visit, and its rows below the headings."""
    form = detect(path)
    if form not in ("xlsx", "xls", "xlsb", "ods"):
        raise FileRefused(f"{path.name} is no workbook", code="FILE_KIND", detail={"file": path.name, "kind": form})
    names = {text: name for name in (*FIELDS, KEY, BASE) for text in in_both("step_field", name)}
    for sheet in list_sheets(path):
        rows = enumerate(read_sheet(path, form, sheet), 1)
        for number, cells in rows:
            heads = {n: names[text] for n, value in enumerate(cells) if (text := _text(value)) in names}
            if KEY in heads.values() and len(heads) > 2:
                return _once(heads), rows
            if number >= HEAD_ROWS:
                break
    detail = {"file": path.name, "reason": "no headings of a visit"}
    raise FileRefused(f"{path.name} has no headings of a visit", code="NOT_A_VISIT", detail=detail)


def _once(heads: Mapping[int, str]) -> dict[int, str]:
    seen: dict[str, int] = {}
    for column, name in heads.items():
        seen.setdefault(name, column)
    return {column: name for name, column in seen.items()}


def _lines(rows: Iterator[tuple[int, list[Any]]], columns: Mapping[int, str]) -> Iterator[Line]:
    words = {name: _words(kind) for name, kind in LISTS.items()}
    for number, cells in rows:
        values = {name: cells[column] for column, name in columns.items() if column < len(cells)}
        key = _text(values.pop(KEY, None)).lstrip("'")
        base = _text(values.pop(BASE, None)) or None
        fields: dict[str, Any] = {}
        refused = []
        for name, value in values.items():
            if isinstance(value, BadCell):
                refused.append(Refusal(name, "cell", {"value": value.text}))
            elif name in words and _text(value):
                code = words[name].get(_text(value)) or words[name].get(_text(value).split(" ")[0])
                if code is None:
                    refused.append(Refusal(name, "list", {"value": _text(value)[:40]}))
                else:
                    fields[name] = code
            elif _text(value):
                fields[name] = value if isinstance(value, (int, float, date, datetime)) else _text(value)
        if key or fields or refused:
            yield Line(number, key, base, fields, tuple(refused))


def _arrival(line: Line) -> Arrival:
    """Return a row as an arrival; the same row again is the same arrival."""
    said = json.dumps([line.key, {name: str(value) for name, value in sorted(line.fields.items())}], ensure_ascii=False)
    digest = hashlib.sha256(said.encode()).hexdigest()[:32]
    return Arrival(f"sheet:{digest}", line.key, line.base, datetime.now(UTC), line.fields, refused=line.refused)


def _words(kind: str) -> dict[str, str]:
    """Return the code behind each way of writing it: the code, the phrase in either language, both together."""
    found: dict[str, str] = {}
    for code, _phrase in options(kind):
        for phrase in in_both(kind, code):
            found |= dict.fromkeys((phrase, f"{code} {phrase}", code), code)
    return found


def _cell(line: Line, fault: Refusal, letters: Mapping[str, str]) -> Cell:
    value = line.fields.get(fault.field, fault.detail.get("value", ""))
    if fault.field == KEY:
        value = line.key
    return Cell(f"{letters.get(fault.field, '')}{line.number}", _text(value)[:60], fault)


def _changed(key: str, before: pd.DataFrame, after: pd.DataFrame) -> tuple[tuple[str, Any, Any], ...]:
    def told(frame: pd.DataFrame, name: str) -> Any:
        value = frame.at[key, name] if key in frame.index else None
        return None if value is None or pd.isna(value) else value

    pairs: Sequence[tuple[str, Any, Any]] = [(name, told(before, name), told(after, name)) for name in COMPARED]
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _text(value: Any) -> str:
    if value is None or isinstance(value, BadCell):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
