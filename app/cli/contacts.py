"""``contacts``: how many contact data are stored and until when; those whose time is over are taken away."""

import click

from app import store
from app.auth import audit
from app.cli import DONE
from app.db import current
from app.runs.survey import today


@click.group("contacts")
def contacts() -> None:
    """联系方式的保存期限 / how long contact data are kept."""


@contacts.command("list")
def listing() -> int:
    """现存多少、到期多少 / how many are stored, how many are over, when the next is; nobody is named."""
    with current().session() as session:
        count, over, first = store.contacts.kept(session, today())
    click.echo(f"现存 / stored {count}，已到期 / over {over}，最近到期日 / next {first or '—'}")
    return DONE


@contacts.command()
def expire() -> int:
    """删除到期的 / take away those whose time is over, as surveys and looks do; for a daily task of the machine."""
    with current().session(write=True) as session:
        gone = store.contacts.expire(session, today())
        if gone:
            audit.record(session, "change", account="command", address="", target=f"contacts expire: {gone}")
    click.echo(f"已删除 / taken away {gone}")
    return DONE


commands: list[click.Command] = [contacts]
