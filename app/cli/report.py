"""``report``: the conference pack, the bulletin, and snapshots of surveyed days, as files."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from app import annual, store
from app.cli import Day
from app.conference import bulletin, pack, series, snapshots
from app.conference.content import INTERNAL, MODES, Mark
from app.db import current, session
from app.errors import NoSurveyError

_FOLDER = click.Path(file_okay=False, path_type=Path)
_DAY = Day()


def _marked(function: click.decorators.FC) -> click.decorators.FC:
    options = [
        click.option("--out", type=_FOLDER, required=True, help="写入的文件夹 / folder to write into"),
        click.option(
            "--on", type=_DAY, help="哪一天的结果（默认最新）/ the day of the survey; the newest if not given"
        ),
        click.option(
            "--mode", type=click.Choice(MODES), default=INTERNAL, show_default=True, help="内部或公开 / for whom"
        ),
        click.option("--by", default="", help="水印上的制作人 / who made it, for the watermark"),
        click.option(
            "--at", type=_DAY, help="制作日期（默认今天）/ day it is made, for the watermark; today if not given"
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.group("report")
def report() -> None:
    """会议材料与通报 / conference pack and bulletin."""


@report.command()
@_marked
def conference(out: Path, on: datetime | None, mode: str, by: str, at: datetime | None) -> None:
    """会议材料 / the conference pack: slides, atlas, bulletin, offline page, annex.

    Same data and same options give the same bytes. Exit status: 0 written, 2 nothing done.
    """
    with session() as opened:
        content, template = pack.gather(opened, _mark(mode, by, at), on.date() if on else None)
    written = pack.write(content, template, out)
    for name, digest in written.items():
        click.echo(f"{name}  {digest[:12]}")


@report.command("bulletin")
@_marked
def bulletin_(out: Path, on: datetime | None, mode: str, by: str, at: datetime | None) -> None:
    """通报 / the bulletin as docx and pdf."""
    from app.conference import documents

    with session() as opened:
        content, template = pack.gather(opened, _mark(mode, by, at), on.date() if on else None)
    out.mkdir(parents=True, exist_ok=True)
    parts = bulletin.parts(content, template)
    for form, make in (("docx", documents.docx), ("pdf", documents.pdf)):
        path = out / f"bulletin_{content.read.on}.{form}"
        path.write_bytes(make(content, parts))
        click.echo(str(path))


@report.command("snapshots")
@click.option("--out", type=_FOLDER, required=True, help="写入的文件夹 / folder to write into")
@click.option(
    "--months", type=click.IntRange(0, 60), default=0, help="先补算最近几个月末 / first survey the last month-ends"
)
@click.option(
    "--until", type=_DAY, help="到哪一天为止（默认最新结果）/ the last of these months; the newest survey's by default"
)
def snapshots_(out: Path, months: int, until: datetime | None) -> None:
    """快照 / the state of each surveyed day, one JSON a day; the same rows give the same bytes."""
    if months:
        _fill(months, until.date() if until else None)
    out.mkdir(parents=True, exist_ok=True)
    with session() as opened:
        for day in sorted(store.surveys.days(opened)):
            read = annual.reading(opened, day, exact=True)
            assert read is not None
            path = out / f"snapshot_{day}.json"
            path.write_bytes(snapshots.snapshot(read))
            click.echo(f"{path}  {snapshots.fingerprint(read)[:12]}")


def _fill(months: int, until: date | None) -> None:
    with session() as opened:
        known = store.surveys.days(opened)
    if until is None and not known:
        raise NoSurveyError("nothing has been surveyed yet: run flask --app app survey")
    for day in series.month_ends(until or known[0], months):
        if day not in known:
            series.survey_now(current(), day)
            click.echo(f"{day} 已补算 / surveyed")


def _mark(mode: str, by: str, at: datetime | None) -> Mark:
    return Mark(mode, by, at.date() if at else datetime.now(UTC).astimezone().date())


commands: list[click.Command] = [report]
