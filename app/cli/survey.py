"""``survey``: locate, link, measure and group what is stored, and store the result."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from app import runs
from app.cli import NOTHING_DONE, Day
from app.db import current, session
from app.labels import label, refusal_text
from app.runs import Order

_DAY = Day()


@click.command("survey")
@click.option("--on", type=_DAY, help="截止日（默认今天）/ the day whose unions and firms count; today if not given")
@click.option("--rules-day", type=_DAY, help="适用哪一天的规则 / the day whose rules apply; the same day if not given")
def survey(on: datetime | None, rules_day: datetime | None) -> None:
    """计算 / locate all firms, link all unions, tell who is covered, and suggest joint unions.

    Exit status: 0 done, 2 nothing done.
    """
    day = on.date() if on else runs.survey.today()
    runs.survey.check_day(day)
    with session(write=True) as opened:
        key = runs.enqueue(opened, Order("survey", on_day=day, rules_day=rules_day.date() if rules_day else day))
    with _shown(key):
        run = runs.execute(current(), key)
    if run is None or run.status != runs.DONE:
        reason = refusal_text(run.error_code or "", run.error_detail) if run else label("run_error", "RUN_TAKEN")
        click.echo(f"没有完成 / not done: {reason}", err=True)
        raise SystemExit(NOTHING_DONE)
    for stage in (run.tally or {})["stages"]:
        counts = "，".join(f"{word} {count}" for word, count in stage["counts"].items())
        click.echo(f"{label('stage_of_survey', stage['stage'])}: {stage['taken']} → {stage['given']}（{counts}）")
    click.echo(f"{day}: {(run.tally or {})['firms']} 家企业 / firms; {key}")


@contextmanager
def _shown(key: str) -> Iterator[None]:
    """Show on a terminal how far the run of a key is; it is told by the process itself, not by its row."""
    if not sys.stderr.isatty():
        yield
        return
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(key, stop), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def _watch(key: str, stop: threading.Event) -> None:
    with click.progressbar(length=100, label="计算 / surveying", file=sys.stderr) as bar:
        while not stop.wait(0.2):
            stage, done = runs.live(key) or ("", 0.0)
            bar.label = stage or bar.label
            bar.update(int(100 * done) - bar.pos)
        bar.update(100 - bar.pos)


commands: list[click.Command] = [survey]
