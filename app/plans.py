"""``suggest`` from plain files, without a database: read, plan, check, write, tell every fault by row and column."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TypeVar

import click
import pandas as pd

from app.cli import DONE, NOTHING_DONE, SOME_REJECTED
from geo.io.suggesting import read_parameters, read_plain, write_answer, write_summary
from geo.joint import CheckError, JointOptions, OptionError
from geo.joint.audit import audit
from geo.joint.planning import Plan, plan
from geo.joint.table import Fault, TableError, read_before, read_firms, read_unions, settings

OWN_SIZE = 25
"""Workers from which an enterprise gets a union of its own (F1, F2)."""
_TOLD = 50
Read = TypeVar("Read")


def options_of(path: Path | None) -> tuple[JointOptions, int]:
    """Return the thresholds that a file of parameters asks for, and the size for an own union."""
    known: dict[str, int] = {f.name: f.default for f in fields(JointOptions) if isinstance(f.default, int)}
    given = settings(read_parameters(path), {**known, "own_size": OWN_SIZE}) if path is not None else {}
    own_size = given.pop("own_size", OWN_SIZE)
    return JointOptions(**given), own_size


def suggest_files(
    firms: Path,
    out: Path,
    summary: Path | None,
    *,
    existing: Path | None,
    previous: Path | None,
    parameters: Path | None,
) -> int:
    """Read the files, write the answer and its summary; return the exit status."""
    began = time.perf_counter()
    options, own_size = _of(parameters, lambda: options_of(parameters))
    raw = read_plain(firms)
    table = _of(firms, lambda: read_firms(raw, own_size=own_size))
    unions = _of(existing, lambda: read_unions(read_plain(existing) if existing else _no_rows()))
    before = _of(previous, lambda: read_before(read_plain(previous))) if previous else None
    for path, faults in ((firms, table.faults), (existing, unions.faults)):
        tell(path, faults)
    with click.progressbar(length=max(len(raw), 1), label="编组 / grouping", hidden=not _terminal()) as bar:

        def reach(done: int, _: int) -> None:
            bar.update(done - bar.pos)

        found = plan(table.frame, unions.frame, before, options=options, progress=reach)
    checked = audit(table.frame, unions.frame, found.firms, options=options)
    if checked.faults or checked.objective_milli != found.objective_milli:
        figures = f"objective {found.objective_milli} against {checked.objective_milli}"
        raise CheckError("; ".join([*checked.faults[:20], figures]), detail={"faults": list(checked.faults)})
    write_answer(out, table.frame["id"], found.firms)
    seconds = time.perf_counter() - began
    if summary is not None:
        write_summary(summary, found, checked, seconds=seconds, parameters={**_numbers(options), "own_size": own_size})
    _say(found, out)
    return SOME_REJECTED if table.faults or unions.faults else DONE


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=["id", "kind", "place", "jurisdiction", "spare"], dtype="str")


def _numbers(options: JointOptions) -> dict[str, int]:
    return {name: value for name, value in asdict(options).items() if isinstance(value, int)}


def _terminal() -> bool:
    return sys.stderr.isatty()


def _say(found: Plan, out: Path) -> None:
    grouped = int(found.firms["group"].notna().sum())
    left = found.firms["reason"][found.firms["group"].isna()].str.split(" ").str[0].value_counts().sort_index()
    click.echo(f"{out}: {len(found.groups)} 组 / groups, {grouped} 家 / firms of {len(found.firms)}")
    click.echo(
        f"目标值 / objective {found.objective_milli / 1000:.3f}, 上界 / bound {found.bound_milli / 1000:.3f}, "
        f"已证明差距 / proven gap {found.gap:.4%}"
    )
    for reason, count in left.items():
        click.echo(f"{reason}: {count} 家 / firms")


def _of(path: Path | None, read: Callable[[], Read]) -> Read:
    """Name the file where its columns or values cannot be read."""
    try:
        return read()
    except (TableError, OptionError) as error:
        said = _lacking(path, error) if isinstance(error, TableError) else _contradicting(path, error)
        click.echo(said, err=True)
        raise SystemExit(NOTHING_DONE) from error


def _contradicting(path: Path | None, error: OptionError) -> str:
    """Return what is wrong with parameters that are whole numbers under known names."""
    zh = {
        "negative": "不能小于 0", "units": "不能小于法律要求的单位数（min_units）",
        "distance": "之和须小于 1000，否则远处的职工一文不值",
        "split": "：上限须不小于下限的两倍减一，否则拆不成两个",
    }[error.detail["fault"]]  # fmt: skip
    return f"{path.name if path else ''}: {'、'.join(error.detail['options'])} {zh} / {error}"


def _lacking(path: Path | None, error: TableError) -> str:
    detail, name = error.detail, path.name if path else ""
    if error.code == "PARAMETER":
        unknown, known = ", ".join(detail["unknown"]), ", ".join(detail["known"])
        return f"{name}: 没有这些参数 / unknown parameters: {unknown}. 可用 / known: {known}"
    if error.code == "NUMBER":
        return f"{name}: {detail['name']} = {detail['value']}: 应为 / should be {detail['right']}"
    if error.code == "MAPPING":
        return f"{name}: 应为每行一个“参数名: 整数” / should be lines of name: whole number, such as reach_m: 500"
    missing, found = ", ".join(detail["missing"]), ", ".join(detail["found"]) or "—"
    return (
        f"{name}: 第 1 行缺少列 / row 1 lacks the columns: {missing}. "
        f"现有 / there are: {found[:500]}. 应有 / there should be: {', '.join(detail['wanted'])}"
    )


def tell(path: Path | None, faults: Sequence[Fault]) -> None:
    """Print each fault with row, column, value and what would be right; the first fifty, then how many more."""
    for fault in faults[:_TOLD]:
        click.echo(
            f"{path.name if path else ''} 第 {fault.row} 行 / row {fault.row}, {fault.column}: "
            f"{fault.value!r} [{fault.code}] 应为 / should be {fault.right}",
            err=True,
        )
    if len(faults) > _TOLD:
        click.echo(f"… 另有 {len(faults) - _TOLD} 处 / and {len(faults) - _TOLD} more", err=True)
