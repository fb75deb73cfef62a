"""``import``: registers and layers into the atlas, and an import taken back."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from app import imports, store
from app.cli import DONE, NOTHING_DONE, SOME_REJECTED, Day, Target, creates, tell_made
from app.cli.outcomes import tell, tell_batches
from app.db import Database, current, session
from geo.errors import FileRefused

_FILE = click.Path(path_type=Path, dir_okay=True)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that every file has."""
    options = (
        click.argument("file", type=_FILE),
        click.option(
            "--source", help="名录来源 / where the file comes from; its columns are remembered under this name"
        ),
        click.option("--date", "source_date", type=Day(), help="名录日期 / date of the register"),
        click.option("--datum", type=click.Choice(imports.DATUMS), help="坐标系 / datum of the coordinates"),
        click.option(
            "--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="指定列 / read this column as this field"
        ),
        click.option("--sheet", help="工作表或图层的名称或序号 / sheet or layer, by name or number"),
        click.option("--header", "header_row", type=click.IntRange(1), help="表头所在行 / row of the header"),
        click.option(
            "--datum-confirmed",
            is_flag=True,
            help="确认坐标系没有选错 / import even against known places",
        ),
        click.option("--all-columns", is_flag=True, help="列出全部未用的列 / name every column that is not used"),
        click.option("--dry-run", is_flag=True, help="只试算，不写入 / say what would happen, write nothing"),
        click.option(
            "--rejected", type=Target(), help="把未导入的行写成工作簿 / write the rows not taken to this workbook"
        ),
    )
    for option in reversed(options):
        command = option(command)
    return creates(command)


@click.group("import")
def group() -> None:
    """导入名录、台账、图层 / import registers, union ledgers and layers."""


@group.command()
@_options
def enterprises(**given: Any) -> None:
    """企业名录 / a register of enterprises."""
    _import("enterprises", "", given)


@group.command()
@_options
def headcounts(**given: Any) -> None:
    """各年职工人数 / counts of workers by day, for enterprises already imported."""
    _import("headcounts", "", given)


@group.command()
@_options
def unions(**given: Any) -> None:
    """工会台账 / a ledger of unions; cells that list covered units are split."""
    _import("unions", "", given)


@group.command()
@_options
def members(**given: Any) -> None:
    """涵盖单位名单 / covered units of joint unions and federations, one a row, for unions already imported."""
    _import("members", "", given)


@group.command()
@_options
@click.option(
    "--kind",
    type=click.Choice(imports.PLACE_KINDS),
    help="图层内容；OpenStreetMap 可不写 / what the layer holds; of OpenStreetMap, all kinds if not given",
)
def places(kind: str | None, **given: Any) -> None:
    """园区、楼宇、市场、道路、门牌、区划 / zones, buildings, markets, streets, house numbers, divisions.

    An OpenStreetMap extract (.osm, .osm.pbf) gives streets with their course, buildings, markets, zones, house
    numbers and positions of villages at once, or one kind of them.
    """
    _import("places", kind or imports.ANY_KIND, given)


@group.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最多几次 / how many at most")
def listed(limit: int) -> None:
    """列出历次导入：编号、时间、状态、内容、行数、文件、来源 / list the imports, newest first."""
    with session() as opened:
        batches = store.imports.latest(opened, limit=limit + 1)
    if not batches:
        click.echo("还没有导入过文件 / nothing has been imported yet")
    tell_batches(batches[:limit])
    if len(batches) > limit:
        click.echo("… （--limit 可列出更多 / lists more）")


@group.command()
@click.argument("batch")
def undo(batch: str) -> None:
    """撤回一次导入（编号见 import list）/ take an import back by its number."""
    for layer, counts in imports.undo(current(), batch).items():
        click.echo(f"{layer}: 删除 {counts['removed']}，恢复 {counts['restored']} / removed, restored")
    click.echo(f"已撤回 {batch} / taken back")
    _renew()


def _import(kind: str, place_kind: str, given: dict[str, Any]) -> None:
    columns = dict(_pair(text) for text in given["pairs"])
    day = given["source_date"].date() if isinstance(given["source_date"], datetime) else None
    request = imports.Request(
        given["file"],
        kind,
        place_kind,
        source=given["source"],
        source_date=day,
        datum=given["datum"],
        columns=columns,
        sheet=given["sheet"],
        header_row=given["header_row"],
        datum_confirmed=given["datum_confirmed"],
        outside_confirmed=True,
    )
    every = given["all_columns"]
    with _progress() as progress:
        work = _planned if given["dry_run"] else imports.commit
        try:
            result = work(current(), request, progress=progress)
        except FileRefused as error:
            if error.code in imports.CONFIRMABLE:  # what speaks against it is told row by row, as the dry run does
                tell(_planned(current(), request), every_column=every)
            _drop_made(current())
            raise
    tell_made()
    tell(result, every_column=every)
    if result.batch and not result.nothing_to_do:
        _renew()
    if given["rejected"] and result.batch and result.tally.rejected:
        imports.write_rejected(current(), result.batch, given["rejected"])
        click.echo(f"未导入的行 / rows not taken: {given['rejected']}")
    elif given["rejected"]:
        click.echo("  没有未导入的行，未写文件 / every row was taken: no workbook written")
    if result.batch and _elsewhere(result):
        click.echo(
            f"  整个文件不在本市；如选错了文件，请撤回 / all of it lies outside the city; if this is the wrong file:\n"
            f"  flask --app app import undo {result.batch}",
            err=True,
        )
    if _status(result) == NOTHING_DONE:
        click.echo("  没有一行可以导入 / not one row can be imported", err=True)
    sys.exit(_status(result))


def _planned(database: Database, request: imports.Request, *, progress: Any = None) -> imports.Plan:
    """Say what the import would do; where there is no database, on an empty one that goes again."""
    name = str(database.engine.url.database or "")
    if not database.embedded or name in ("", ":memory:") or Path(name.removeprefix("file:")).exists():
        return imports.plan(database, request, progress=progress)
    with tempfile.TemporaryDirectory() as folder:
        empty = Database(f"sqlite:///{folder}/atlas.gpkg")
        try:
            return imports.plan(empty, request, progress=progress)
        finally:
            empty.dispose()


def _drop_made(database: Database) -> None:
    """Remove the embedded database that this command made, if nothing was imported into it: its path may be a slip."""
    if not database.made:
        return
    with database.session() as opened:
        if any(batch.status != "failed" for batch in store.imports.latest(opened)):
            return
    database.remove_made()


def _renew() -> None:
    """Put the surveyed days in line to be surveyed anew, as the pages do, and say who will do it."""
    keys = imports.work.renew_surveys(current())
    if not keys:
        click.echo("  还没有计算过；导入完后请运行 / no survey yet; then run: flask --app app survey --on YYYY-MM-DD")
        return
    click.echo(f"  已排入重新计算 {len(keys)} 个统计日，最近的先算：页面服务开着就会自动算，也可现在运行 /")
    click.echo(f"  {len(keys)} days wait in line, the newest first ({keys[0]});")
    click.echo("  the running server does it, or run now: flask --app app worker --drain")


def _status(result: imports.Plan) -> int:
    if result.tally.rejected == result.tally.rows_in:
        return NOTHING_DONE
    return SOME_REJECTED if result.tally.rejected or _elsewhere(result) else DONE


def _elsewhere(result: imports.Plan) -> bool:
    return any(code == "LAYER_ELSEWHERE" for code, _detail in result.tally.findings)


def _pair(text: str) -> tuple[str, str]:
    name, mark, column = text.partition("=")
    if not mark:
        raise click.BadParameter(f"{text!r} 应为 字段=列名 / must be FIELD=COLUMN", param_hint="--map")
    return name.strip(), column.strip()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a progress bar on a terminal, nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("读取 / reading", total=None)

        def tell(_stage: str, done: int, of: int) -> None:
            bar.update(task, completed=done, total=of or None)

        yield tell


commands = [group]
