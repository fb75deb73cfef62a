"""``db`` and ``worker``: bring the database up to date, look whether it is sound, do what waits in line."""

import math
import sys
import threading

import click

from app import models, runs
from app.cli import creates
from app.db import current, indexes, schema


@click.group("db")
def database() -> None:
    """数据库 / the database."""


@database.command()
@creates
def upgrade() -> None:
    """升级到本版本 / bring the database to the schema of this version; an empty one gets everything."""
    current().upgrade()
    click.echo(f"数据库已是最新 / the database is at schema {schema.expected()}")


@database.command()
def check() -> None:
    """检查能否连接、版本是否相符 / see whether it can be reached and its schema fits."""
    db = current()
    db.make_room()
    with db.engine.connect() as connection:
        schema.check(connection)
        found = schema.differences(connection, models.Base.metadata)
    for difference in found:
        click.echo(f"表结构不符 / differs from the models: {difference}", err=True)
    if found:
        sys.exit(2)
    click.echo(f"正常 / sound: {db.engine.url.render_as_string(hide_password=True)} ({schema.expected()})")


@database.command("check-index")
@click.option("--repair", is_flag=True, help="重建 / build the faulty ones anew")
def check_index(repair: bool) -> None:
    """检查空间索引 / see whether every spatial index answers to its table."""
    faults = indexes.faults(current())
    for table, column, fault in faults:
        click.echo(f"空间索引有误 / spatial index of {table}.{column}: {fault}", err=True)
    if faults and not repair:
        click.echo("用 --repair 重建 / run with --repair to build them anew", err=True)
        sys.exit(2)
    indexes.rebuild(current(), faults)
    click.echo(f"空间索引正常 / spatial indexes sound ({len(faults)} rebuilt)")


@database.command()
@click.argument("message")
def revision(message: str) -> None:
    """编写新的迁移（开发用）/ write a migration by comparing the models with the database (for developers)."""
    schema.revise(current().engine, message)


@click.command()
@click.option("--drain", is_flag=True, help="做完即退出 / end when nothing waits")
@click.option("--companion", is_flag=True, hidden=True, help="end with the server that started it")
def worker(*, drain: bool, companion: bool) -> None:
    """执行排队的任务 / do the runs that wait in line, until stopped."""
    click.echo("等待任务 / waiting for runs: " + ", ".join(runs.kinds()))
    try:
        if companion:
            runs.companion.stand_back()
            count = runs.companion.serve(current(), sys.stdin.fileno())
        else:
            count = runs.work(current(), threading.Event(), idle_s=0.0 if drain else math.inf)
    except KeyboardInterrupt:
        return
    click.echo(f"完成 {count} 项 / {count} runs done")


commands = [database, worker]
