"""``ask-providers``: online services asked about rows under review, their answers kept as candidates."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import pandas as pd

from app import providers, store
from app.cli import DONE, NOTHING_DONE, SOME_REJECTED
from app.config import settings
from app.db import current, session
from app.errors import NoSurveyError
from app.labels import explain, label
from app.providers import Asked, Means, Query, Service, asking, candidates

MEANS = Means()
"""Replaced by tests, which have no time to wait."""


@click.command("ask-providers")
@click.option(
    "--provider", "names", multiple=True, type=click.Choice(list(providers.KNOWN)), help="只问这一家 / only this one"
)
@click.option("--limit", type=click.IntRange(1), help="这次最多问多少个地址 / ask about this many addresses at most")
@click.option("--dry-run", is_flag=True, help="只算次数和费用，不联网 / tell calls and cost, ask nothing")
def ask_providers(names: tuple[str, ...], limit: int | None, dry_run: bool) -> None:
    """在线核对 / ask online services about addresses under review; answers are candidates for a person, never taken.

    Off unless ATLAS_PROVIDERS and a key are set. Addresses leave this machine. A run that was stopped goes on where it
    stopped. Exit status: 0 done, 1 stopped early or some failed, 2 nothing done.
    """
    chosen = [
        service for service in providers.services(settings()) if service.on and (not names or service.name in names)
    ]
    if not chosen:
        click.echo(
            "没有启用在线服务：请设置 ATLAS_PROVIDERS 和密钥（ATLAS_AMAP_KEY 等） / no online service is switched on",
            err=True,
        )
        raise SystemExit(NOTHING_DONE)
    with session() as opened:
        survey = store.surveys.latest(opened, store.CITY)
        divisions, decisions = (store.read(opened, layer, store.CITY) for layer in ("divisions", "decisions"))
    if survey is None:
        raise NoSurveyError("nothing has been surveyed yet")
    gone = 0 if dry_run else asking.forget(current(), settings().provider_days, MEANS.now())
    if gone:
        click.echo(f"已按条款删除 {gone} 条过期答案 / answers deleted as their terms ask")
    name = str(divisions["name"].get(settings().city, ""))
    firms = candidates.under_review(survey, divisions, decisions)
    statuses = [_service(service, firms, name, limit, dry_run=dry_run) for service in chosen]
    sys.exit(max(statuses) if NOTHING_DONE not in statuses or set(statuses) == {NOTHING_DONE} else SOME_REJECTED)


def _service(service: Service, firms: pd.DataFrame, city_name: str, limit: int | None, *, dry_run: bool) -> int:
    asked = candidates.questions(service, firms, settings().city, city_name)
    open_ = asking.unasked(current(), service, list(asked.values()))
    day = MEANS.today()
    calls = min(len(open_), asking.left(current(), service, day), limit or len(open_))
    every = len({query.address for query in asked.values()})
    click.echo(f"{label('provider', service.name)}：{explain('provider', service.name, {})}")
    click.echo(
        f"  待核对企业 {len(firms)} 家，地址 {every} 个，已有答案 {every - len(open_)} 个，今天还可问 "
        f"{asking.left(current(), service, day)} 次；这次问 {calls} 次，费用约 {asking.cost(service, calls):.2f} 元"
    )
    click.echo(
        f"  / {len(firms)} firms under review, {every} addresses; {calls} calls, {asking.cost(service, calls):.2f} yuan"
    )
    if dry_run:
        return DONE
    told = _ask(service, open_[:limit] if limit else open_)
    stored = candidates.set_beside(current(), service, firms, asked)
    fits = int(stored["fits"].sum())
    click.echo(f"  问了 {told.calls} 次：有答案 {told.found}，查不到 {told.empty} / calls: found, nothing")
    click.echo(
        f"  候选 {len(stored)} 家，其中相符 {fits} 家；都要人工确认 / candidates, of which fit; a person decides"
    )
    for code, error in told.last.items():
        if error is not told.stopped:
            click.echo(f"  ! {told.failed[code]} × {explain('provider_fault', code, error.detail)}")
    if told.stopped is not None:
        click.echo(f"  × {explain('provider_fault', told.stopped.code, told.stopped.detail)}", err=True)
    if told.stopped is not None and not told.found + told.empty:
        return NOTHING_DONE
    return SOME_REJECTED if told.stopped is not None or told.failed else DONE


def _ask(service: Service, queries: list[Query]) -> Asked:
    with _progress(len(queries)) as progress:
        return asking.ask(current(), service, queries, means=MEANS, progress=progress)


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int, int], None] | None]:
    """Give a progress bar on a terminal, nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=length, label="询问 / asking", file=sys.stderr) as bar:
        yield lambda done, _of: bar.update(done - bar.pos)


commands: list[click.Command] = [ask_providers]
