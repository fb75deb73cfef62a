"""The rule files of ``data/rules`` and the code lists that carry decisions, read into a ``RuleBook``."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from geo.errors import RuleError
from geo.io.codes import CodeBook, read_codes
from geo.io.documents import read_yaml
from geo.rules import (
    Citation,
    Duty,
    Form,
    Mark,
    NamedSet,
    Period,
    Reason,
    Rule,
    RuleBook,
    SeatBand,
    SeatTable,
    Stage,
    Strength,
    UnionKind,
)

_TOP = {"numbers", "duties", "seats", "forms", "sets"}


def read_rules(data: Path | str, codes: CodeBook | None = None) -> RuleBook:
    """Read ``rules/*.yaml`` below the data folder, and from the code lists reasons, stages and union kinds.

    Raises
    ------
    RuleError
        If a file is not YAML, a field is missing or unknown, a mark or strength is not known, or two periods
        of one rule overlap.
    """
    book = codes or read_codes(Path(data) / "codes")
    numbers: list[Rule] = []
    duties: list[Duty] = []
    seats: list[SeatTable] = []
    forms: list[Form] = []
    sets: list[NamedSet] = []
    for path in sorted((Path(data) / "rules").glob("*.yaml")):
        content = _load(path)
        try:
            for name, rule in content.get("numbers", {}).items():
                numbers.extend(_numbers(name, rule))
            for duty in content.get("duties", []):
                duties.extend(_duties(duty))
            seats.extend(_tables(content["seats"]) if "seats" in content else [])
            for form in content.get("forms", []):
                forms.extend(_forms(form))
            sets.extend(_named(entry) for entry in content.get("sets", []))
        except (KeyError, TypeError, ValueError) as error:
            raise RuleError(f"{path.name}: {error}", detail={"file": str(path), "fault": str(error)}) from error
    if not numbers:
        raise RuleError(f"{data}: no rules found", detail={"file": str(data)})
    _refuse_overlaps(
        [(rule.name, rule.period) for rule in numbers]
        + [(table.id, table.period) for table in seats]
        + [(f"form {form.code}", form.period) for form in forms]
    )
    return RuleBook(
        tuple(numbers), tuple(duties), tuple(seats), _reasons(book), _stages(book), _kinds(book), tuple(forms),
        tuple(sets),
    )  # fmt: skip


def _load(path: Path) -> dict[str, Any]:
    try:
        content = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleError(f"{path.name} is not YAML: {error}", detail={"file": str(path)}) from error
    if not isinstance(content, dict) or set(content) - _TOP:
        raise RuleError(f"{path.name} may hold {', '.join(sorted(_TOP))} and nothing else", detail={"file": str(path)})
    return content


def _numbers(name: str, rule: Mapping[str, Any]) -> Iterator[Rule]:
    for entry in rule["values"]:
        value = entry["value"]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name}: {value!r} is not a number")
        yield Rule(
            id=rule["id"],
            name=name,
            value=value,
            unit=rule["unit"],
            strength=Strength(rule["strength"]),
            zh=rule["zh"],
            en=rule["en"],
            citation=_citation(entry),
            period=_period(entry),
        )


def _duties(duty: Mapping[str, Any]) -> Iterator[Duty]:
    for entry in duty["values"]:
        strength = Strength(duty["strength"])
        yield Duty(duty["id"], strength, duty["zh"], duty["en"], _citation(entry), _period(entry))


def _forms(form: Mapping[str, Any]) -> Iterator[Form]:
    for entry in form["values"]:
        yield Form(
            form["code"], form["id"], Strength(form["strength"]), form["members_below"], form.get("units_from"),
            form["zh"], form["en"], _citation(entry), _period(entry),
        )  # fmt: skip


def _named(entry: Mapping[str, Any]) -> NamedSet:
    day = entry.get("day")
    if day is not None and not isinstance(day, date):
        raise TypeError(f"{day!r} is not a day (YYYY-MM-DD)")
    return NamedSet(str(entry["code"]), day, entry["zh"], entry["en"])


def _tables(seats: Mapping[str, Any]) -> Iterator[SeatTable]:
    for entry in seats["values"]:
        bands = tuple(SeatBand(*band) for band in entry["bands"])
        for lower, upper in pairwise(bands):
            if lower.members_to is None or upper.members_from != lower.members_to + 1:
                raise ValueError(f"committee seats: a gap or an overlap before {upper.members_from} members")
        yield SeatTable(seats["id"], bands, bool(entry["odd_only"]), _citation(entry), _period(entry))


def _citation(entry: Mapping[str, Any]) -> Citation:
    return Citation(entry["article"], entry["source"], Mark(entry["mark"]), Mark(entry["date_mark"]))


def _period(entry: Mapping[str, Any]) -> Period:
    first, last = entry.get("from"), entry.get("to")
    for day in (first, last):
        if day is not None and not isinstance(day, date):
            raise TypeError(f"{day!r} is not a day (YYYY-MM-DD)")
    return Period(first, last)


def _refuse_overlaps(dated: list[tuple[str, Period]]) -> None:
    by_name: dict[str, list[Period]] = {}
    for name, period in dated:
        by_name.setdefault(name, []).append(period)
    for name, periods in by_name.items():
        ordered = sorted(periods, key=lambda period: period.first or date.min)
        for earlier, later in pairwise(ordered):
            if earlier.last is None or later.first is None or earlier.last >= later.first:
                raise RuleError(f"two periods of {name!r} overlap", detail={"rule": name})


def _reasons(book: CodeBook) -> dict[str, Reason]:
    return {
        code.code: Reason(code.code, bool(code.facts["leaves_denominator"]), Mark(code.mark))
        for code in book["reason"].values()
    }


def _stages(book: CodeBook) -> dict[str, Stage]:
    codes = book["stage"].values()
    return {code.code: Stage(code.code, order, bool(code.facts["built"])) for order, code in enumerate(codes)}


def _kinds(book: CodeBook) -> dict[str, UnionKind]:
    return {code.code: UnionKind(code.code, str(code.facts["layer"])) for code in book["union_kind"].values()}
