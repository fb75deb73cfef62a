"""What a file's import did, or would do, as lines of text; and the list of imports on record."""

from collections.abc import Sequence

import click

from app import imports
from app.labels import explain, label
from app.models import ImportBatch
from geo.registry import REJECT, gates, weight

SHOWN = 8
"""Unused columns, and rows of firms probably known, that are named; the others are counted."""


def tell(result: imports.Plan, *, every_column: bool) -> None:
    """Say what became, or would become, of the rows, and how the columns were read."""
    tally, dry = result.tally, result.batch is None
    taken = tally.rejected < tally.rows_in
    done = "已导入 / imported" if taken else "没有导入 / nothing imported"
    click.echo(f"{'试算 / dry run' if dry else done}: {result.request.filename}")
    for code, detail in result.notes:
        click.echo(f"  注意 / note: {explain('fault', code, detail)}")
        for row, name, _key, stored in detail.get("known", ())[:SHOWN]:
            click.echo(f"    行 / row {row}: {name} → {stored}")
    pairs = ", ".join(f"{name}={column}" for name, column in result.matching.columns.items())
    click.echo(f"  列 / columns: {pairs}")
    _tell_unused(result.matching.spare, every_column=every_column)
    joined = f"并入 {tally.joined} joined to others, " if tally.joined else ""
    click.echo(
        f"  共 {tally.rows_in} 行 / rows: 新增 {tally.new} new, 变更 {tally.changed} changed, "
        f"相同 {tally.unchanged} unchanged, {joined}退回 {tally.rejected - tally.skipped} returned, "
        f"跳过 {tally.skipped} skipped; 请核对 {tally.warned} warned"
    )
    for code, detail in tally.findings:
        mark = {"bad": "×", "warn": "!", "ok": "✓"}[gates.severity(code)]
        click.echo(f"  {mark} {label('fault', code)} ({code}): {explain('fault', code, detail)}")
    for code, count in tally.codes.most_common():
        mark = "×" if weight(code) == REJECT else "!"
        rows = ", ".join(str(sample["row"]) for sample in tally.samples[code])
        what = f"{label('severity', weight(code))}: " if weight(code) != "warn" else ""
        click.echo(f"  {mark} {what}{label('fault', code)} ({code}): {count} (行 / rows {rows} …)")
    if result.batch:
        click.echo(f"  编号 / import: {result.batch}  (flask --app app import undo {result.batch})")


def _tell_unused(spare: Sequence[str], *, every_column: bool) -> None:
    if not spare:
        return
    named = spare if every_column else spare[:SHOWN]
    more = " …（--all-columns 列出全部 / lists all）" if len(named) < len(spare) else ""
    click.echo(f"  未用 {len(spare)} 列 / columns not used: {', '.join(named)}{more}")


def tell_batches(batches: Sequence[ImportBatch]) -> None:
    """List imports, one a line: number, when, state, kind, counts, file and source."""
    for batch in batches:
        place_kind = (batch.options or {}).get("place_kind")
        kind = label("import_kind", f"{batch.kind}:{place_kind}" if place_kind else batch.kind)
        skipped = int((batch.options or {}).get("skipped") or 0)
        counts = f"{batch.rows_in} 行：新增 {batch.new}，变更 {batch.changed}，相同 {batch.unchanged}，"
        joined = batch.rows_in - batch.new - batch.changed - batch.unchanged - batch.rejected
        counts += f"并入 {joined}，" if joined else ""
        counts += f"退回 {batch.rejected - skipped}，跳过 {skipped}"
        source = f"（{batch.source}）" if batch.source else ""
        state = label("run_status", batch.status)
        when = f"{batch.started_at.astimezone():%Y-%m-%d %H:%M}"
        click.echo(f"{batch.key}  {when}  {state}  {kind}  {counts}  {batch.filename}{source}")
        if batch.status == "failed":
            click.echo(f"    {explain('refusal', batch.error_code, batch.error_detail)}")
