"""``same``: pairs of records that are, or may be, one firm: listed, joined, told apart, and taken back."""

import getpass
from datetime import UTC, datetime

import click

from app import store
from app.cli import NOTHING_DONE
from app.db import session
from app.labels import explain, label, shown
from geo import linkage
from geo.errors import AtlasError

_STATES = click.Choice(["review", "auto", "none"])


@click.group("same")
def same() -> None:
    """疑似重复 / records of several registers that are, or may be, one firm.

    What is decided is read by the next survey.
    """


@same.command("list")
@click.option("--state", type=_STATES, default="review", help="待核对、已归并、已分开 / in review, joined, told apart")
@click.option("--most", type=click.IntRange(1), default=20, help="最多列出几对 / how many pairs at most")
def listed(state: str, most: int) -> None:
    """列出 / list pairs with their why, what a decision is worth most first."""
    with session() as opened:
        found = store.surveys.latest(opened, store.CITY)
        divisions = store.read(opened, "divisions", store.CITY)["name"].to_dict()
    if found is None:
        raise AtlasError("nothing has been surveyed yet", code="NO_SURVEY")
    pairs = found.same[found.same["status"].eq(state)]
    for pair in linkage.by_worth(pairs, found.firms).head(most).itertuples():
        names = [found.firms["name"].get(key, key) for key in (pair.one, pair.other)]
        click.echo(f"{pair.one} {names[0]} | {pair.other} {names[1]} | {pair.score:.1%}")
        for code, detail in pair.reasons:
            bits = f" {detail['bits']:+.1f}" if "bits" in detail else ""
            click.echo(
                f"    {explain('link_reason', code, detail, names=lambda key: divisions.get(key) or shown(key))}{bits}"
            )
    click.echo(f"{label('same_status', state)}: {len(pairs)}")


@same.command("join")
@click.argument("one")
@click.argument("other")
@click.option("--by", default=getpass.getuser, help="何人决定 / who decides")
def join(one: str, other: str, by: str) -> None:
    """合并 / two records (keys of enterprises) are one firm."""
    _decide("link", one, other, by)


@same.command("apart")
@click.argument("one")
@click.argument("other")
@click.option("--by", default=getpass.getuser, help="何人决定 / who decides")
def apart(one: str, other: str, by: str) -> None:
    """分开 / two records (keys of enterprises) are two firms."""
    _decide("unlink", one, other, by)


@same.command("undo")
@click.argument("act")
def undo(act: str) -> None:
    """撤回 / take a decision back by the key that it was given."""
    with session(write=True) as opened:
        count = store.decisions.withdraw(opened, act)
    click.echo(f"已撤回 / taken back: {count}")
    if not count:
        raise SystemExit(NOTHING_DONE)


def _decide(kind: str, one: str, other: str, by: str) -> None:
    with session(write=True) as opened:
        known = set(store.read(opened, "enterprises", store.CITY, keys=[one, other]).index)
        missing = [key for key in (one, other) if key not in known]
        if missing or one == other:
            told = "、".join(missing) or one
            click.echo(f"没有这条企业记录，或两条是同一条 / no such record, or the same one twice: {told}", err=True)
            raise SystemExit(NOTHING_DONE)
        row = {"kind": kind, "subject": one, "target": other}
        act = store.decisions.record(opened, [row], by=by, at=datetime.now(UTC))
    click.echo(f"已记下，下一次计算采用 / recorded for the next survey: {act}")


commands: list[click.Command] = [same]
