"""``sample``: make and load the invented city, by the imports and surveys that an office's own files go through."""

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import click

from app import ground, imports, runs, store
from app.auth import demonstration
from app.cli import DONE, SOME_REJECTED, creates
from app.config import ROOT, settings
from app.db import Database, current
from geo.errors import AtlasError

CITY = "320600"
"""The sample stands on this city's ground."""
NOTICE = "演示数据：街道、楼宇、企业、工会均为虚构"
LOADED = "sample_loaded"
"""Setting: the digest of the sample's manifest that is loaded."""
CLEARED = "sample_cleared"
"""Setting: a person has cleared the sample to make room for real registers, so it does not come back by itself."""


class SampleError(AtlasError):
    """The sample city cannot be made or loaded."""

    code = "SAMPLE"


@click.group("sample")
def sample() -> None:
    """演示城市 / the invented sample city."""


@sample.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="演示数据文件夹 / folder of its files")
@click.option("--again", is_flag=True, help="即使已装入也重新导入 / import again even if it is loaded")
@click.option("--later", is_flag=True, help="只先普查最近一年 / survey the last year-end now, leave the others in line")
@creates
def load(folder: Path | None, *, again: bool, later: bool) -> int:
    """装入演示城市 / load the sample city: divisions, layers, registers, unions, and a survey of each year-end.

    Does nothing if it is loaded already or was cleared, or if the database holds an office's own registers.
    """
    began = time.monotonic()
    database = current()
    with database.session() as session:
        loaded = store.settings.get(session, LOADED)
        folder = folder or _made(loaded)
        manifest = _manifest(folder)
        cleared = bool(store.settings.get(session, CLEARED, default=False)) and not again
        begun = loaded is not None or store.settings.is_sample(session)
        occupied = not begun and len(store.read(session, "enterprises", store.CITY)) > 0
    if settings().city != CITY or occupied or cleared:
        click.echo("未装入演示数据：库中已有其他数据、已清除或为其他城市 / sample not loaded: database in use")
        return DONE
    rejected = 0
    if again or loaded != manifest["digest"]:
        rejected = _import(database, folder, manifest)
    with database.session(write=True) as session:
        demonstration.lay(session)
    _survey(database, [date.fromisoformat(day) for day in manifest["days"]], later=later)
    click.echo(f"{NOTICE}（{time.monotonic() - began:.0f} s）")
    if rejected:
        sys.exit(SOME_REJECTED)
    return DONE


def _made(loaded: str | None) -> Path:
    """Return the folder of the sample; make it unless it is the one loaded, or there and of this version."""
    folder = settings().data / "sample"
    if loaded is not None and (folder / "manifest.json").is_file() and _manifest(folder)["digest"] == loaded:
        return folder
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "make_sample", "--out", folder, "--if-needed"], check=False
    )
    if done.returncode:
        raise SampleError(
            "the sample city could not be made: scripts/make_sample failed", detail={"folder": str(folder)}
        )
    return folder


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise SampleError(f"{path} is missing: run scripts/make_sample", detail={"file": str(path)})
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _import(database: Database, folder: Path, manifest: dict[str, Any]) -> int:
    """Lay the ground, import every file that says what it is, and return the number of rows rejected.

    The database is the sample's from the first row on, so that a load that was interrupted is taken up by the next.
    """
    with database.session(write=True) as session:
        store.settings.put(session, store.settings.SAMPLE, value=True)
    for layer, counts in ground.lay(database, data=settings().data, city=CITY).items():
        click.echo(f"{layer:<24} {_said(counts)}")
    rejected = 0
    for name, entry in manifest["files"].items():
        if "kind" in entry:
            request = imports.Request(
                folder / name, entry["kind"], entry.get("place", ""), source=f"{entry['content']}（演示）",
                source_date=date.fromisoformat(manifest["source_date"]), datum=entry.get("datum"),
            )  # fmt: skip
            counts = imports.commit(database, request).tally.counts()
            rejected += counts["rejected"]
            click.echo(f"{name:<24} {_said(counts)}")
    with database.session(write=True) as session:
        store.settings.put(session, LOADED, manifest["digest"])
        store.settings.put(session, CLEARED, value=False)
    return rejected


def _said(counts: dict[str, int]) -> str:
    words = {"new": "新增", "changed": "更新", "unchanged": "未变", "rejected": "退回"}
    return "，".join(f"{word} {counts[name]:,}" for name, word in words.items() if counts.get(name))


def _survey(database: Database, days: list[date], *, later: bool) -> None:
    """Survey each day that has no survey of the present data, the last first; ``later`` leaves the others in line."""
    for place, day in enumerate(sorted(_unsurveyed(database, days), reverse=True)):
        if later and place > 0:
            _enqueue(database, day)
            click.echo(f"{day} 覆盖计算已排队 / survey is in line")
        else:
            _survey_day(database, day)


def _unsurveyed(database: Database, days: list[date]) -> set[date]:
    with database.session() as session:
        known = set() if store.surveys.outdated(session) else set(store.surveys.days(session))
        waiting = {run.on_day for run in runs.latest(session, kind="survey") if run.status in ("queued", "running")}
    return set(days) - known - waiting


def _enqueue(database: Database, day: date) -> str:
    with database.session(write=True) as session:
        return runs.enqueue(session, runs.Order("survey", on_day=day, rules_day=day))


def _survey_day(database: Database, day: date) -> None:
    run = runs.execute(database, _enqueue(database, day))
    if run is None or run.status != "done":
        code = run.error_code if run else "RUN_KIND"
        raise SampleError(f"the survey of {day} failed: {code}", detail={"day": day.isoformat(), "error": code})
    click.echo(f"{day} 覆盖计算 / surveyed: {(run.tally or {}).get('firms', 0):,} 家 / firms")


commands: list[click.Command] = [sample]
