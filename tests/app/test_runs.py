"""Long work is done exactly once, by whichever process comes first, and survives the loss of its worker."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app, runs, store
from app.config import ROOT, Config
from app.db import Database, current
from app.models import Run
from app.runs import execution, queue
from geo.errors import AtlasError


def note(job: runs.Job) -> dict[str, object]:
    return {"n": job.params["n"], "on": str(job.on_day)}


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kinds of run for these tests only."""
    monkeypatch.setattr(execution, "_KINDS", {"note": note})
    yield


def put(database: Database, *orders: runs.Order) -> list[str]:
    with database.session(write=True) as s:
        return [runs.enqueue(s, order) for order in orders]


def row(database: Database, key: str) -> Run:
    with database.session() as s:
        found = runs.get(s, key)
    assert found is not None
    return found


def drain(url: str) -> None:
    """Do all that waits, in a process of its own."""
    execution.register("note", note)
    runs.work(Database(url), threading.Event(), idle_s=0.0)


@pytest.mark.slow
def test_four_processes_do_each_of_a_hundred_runs_once(database: Database) -> None:
    put(database, *(runs.Order("note", {"n": n}) for n in range(100)))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["test_runs"])  # imports once for all
    workers = [context.Process(target=drain, args=(database.url,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    with database.session() as s:
        done = runs.latest(s, limit=1000)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert Counter((run.status, run.tries) for run in done) == {("done", 1): 100}
    assert sorted(run.tally["n"] for run in done) == list(range(100))


def test_threads_do_each_run_once(database: Database) -> None:
    put(database, *(runs.Order("note", {"n": n}) for n in range(20)))
    threads = [
        threading.Thread(target=runs.work, args=(database, threading.Event()), kwargs={"idle_s": 0.0}) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.session() as s:
        assert Counter((run.status, run.tries) for run in runs.latest(s)) == {("done", 1): 20}


def test_a_run_says_what_was_asked_and_what_came_of_it(database: Database) -> None:
    (key,) = put(database, runs.Order("note", {"n": 7}, on_day=date(2025, 6, 30), input_hash="ab"))
    waiting = row(database, key)
    done = runs.execute(database, key)
    assert done is not None
    assert (waiting.status, waiting.progress, waiting.tries, waiting.started_at) == ("queued", 0.0, 0, None)
    assert (done.status, done.progress, done.tries, done.tally) == ("done", 1.0, 1, {"n": 7, "on": "2025-06-30"})
    assert (done.input_hash, done.code_version) == ("ab", runs.code_version())
    assert done.queued_at <= done.started_at <= done.finished_at  # type: ignore[operator]
    assert runs.execute(database, key) is None, "a run that is done is not done again"


def test_runs_are_done_in_their_order(database: Database) -> None:
    keys = put(database, *(runs.Order("note", {"n": n}) for n in range(3)))
    done = [runs.execute(database) for _ in range(4)]
    assert [run and run.key for run in done] == [*keys, None]


def test_faults_of_the_work_are_recorded_with_their_code(database: Database) -> None:
    def refuse(job: runs.Job) -> dict[str, object]:
        raise AtlasError("no such file", code="FILE_REFUSED", detail={"file": "x.xls"})

    def stumble(job: runs.Job) -> dict[str, object]:
        raise KeyError("x")

    execution.register("refuse", refuse)
    execution.register("stumble", stumble)
    ended = [
        runs.execute(database, key)
        for key in put(database, *(runs.Order(kind) for kind in ("refuse", "stumble", "unheard")))
    ]
    assert [(run.status, run.error_code) for run in ended if run] == [
        ("failed", "FILE_REFUSED"),
        ("failed", "INTERNAL"),
        ("failed", "RUN_KIND"),
    ]
    assert ended[0] is not None and ended[0].error_detail == {"file": "x.xls", "message": "no such file"}


def test_an_interrupted_run_is_not_taken_up_again(database: Database) -> None:
    def interrupt(job: runs.Job) -> dict[str, object]:
        raise KeyboardInterrupt

    execution.register("interrupt", interrupt)
    (key,) = put(database, runs.Order("interrupt"))
    with pytest.raises(KeyboardInterrupt):
        runs.execute(database, key)
    assert (row(database, key).status, row(database, key).error_code) == ("failed", "INTERRUPTED")


def silent(database: Database, key: str, seconds: float, worker: str) -> None:
    """Make it look as if ``worker`` had taken the run and not been heard of for so long."""
    with database.session(write=True) as s:
        queue.claim(s, worker, key)
        then = datetime.now(UTC) - timedelta(seconds=seconds)
        s.execute(sa.update(Run).where(Run.key == key).values(heartbeat_at=then))


@pytest.mark.parametrize(
    ("worker", "seconds", "lost"),
    [
        ("elsewhere:1:aa", 61, True),
        ("elsewhere:1:aa", 30, False),
        ("here:dead", 30, True),
        ("here:dead", 10, False),
        ("here:alive", 300, False),
        ("here:alive", 3600, True),
    ],
)
def test_a_silent_worker_is_given_up_in_time(embedded: Database, worker: str, seconds: float, lost: bool) -> None:
    machine, process, rest = queue.worker_name().split(":")
    name = worker.replace("here:alive", f"{machine}:{process}:{rest}").replace(
        "here:dead", f"{machine}:999999999:{rest}"
    )
    (key,) = put(embedded, runs.Order("note", {"n": 1}))
    silent(embedded, key, seconds, name)
    with embedded.session() as s:
        assert queue.lost_any(s) is lost


def test_a_lost_run_is_done_by_another_and_the_first_one_s_answer_is_void(database: Database) -> None:
    (key,) = put(database, runs.Order("note", {"n": 1}))
    silent(database, key, 120, "elsewhere:1:aa")
    assert runs.work(database, threading.Event(), idle_s=0.0) == 1
    done = row(database, key)
    assert (done.status, done.tries) == ("done", 2)
    with database.session(write=True) as s:
        assert queue.beat(s, key, "elsewhere:1:aa", progress=0.5, stage="x") is False
        assert queue.finish(s, key, "elsewhere:1:aa", {"n": 99}) is False
    assert row(database, key).tally == {"n": 1, "on": "None"}


def test_a_run_that_loses_every_worker_is_set_aside(database: Database) -> None:
    (key,) = put(database, runs.Order("note", {"n": 1}))
    seen = []
    for _ in range(queue.MAX_TRIES):
        silent(database, key, 120, "elsewhere:1:aa")
        with database.session(write=True) as s:
            assert runs.recover(s) == [key]
        seen.append(row(database, key).status)
    assert seen == ["queued", "queued", "stale"]
    assert row(database, key).error_code == "WORKER_LOST"
    assert runs.execute(database, key) is None


def test_progress_is_seen_here_at_once_and_elsewhere_soon(database: Database) -> None:
    seen: list[tuple[str | None, float]] = []
    gone_on = threading.Event()

    def steps(job: runs.Job) -> dict[str, object]:
        job.progress("geocode", 1, 4)
        seen.append((row(job.database, job.key).stage, row(job.database, job.key).progress))
        for _ in range(100):
            with job.database.session() as s:
                stored = s.execute(sa.select(Run.stage, Run.progress).where(Run.key == job.key)).one()
            if stored[0]:
                break
            time.sleep(0.05)
        seen.append((stored[0], stored[1]))
        gone_on.set()
        return {}

    execution.register("steps", steps)
    (key,) = put(database, runs.Order("steps"))
    runs.execute(database, key)
    assert gone_on.is_set()
    assert seen == [("geocode", 0.25)] * 2


def test_work_may_hold_the_write_lock_while_its_heart_beats(
    embedded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(job: runs.Job) -> dict[str, object]:
        with job.database.session(write=True) as s:
            store.settings.put(s, "x", 1)
            s.flush()
            for n in range(12):
                job.progress("write", n, 12)
                time.sleep(0.1)
        return {"ok": True}

    execution.register("load", load)
    (key,) = put(embedded, runs.Order("load"))
    done = runs.execute(embedded, key)
    assert done is not None and (done.status, done.tally) == ("done", {"ok": True})


def test_the_worker_thread_takes_what_comes(database: Database) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=runs.work, args=(database, stop))
    thread.start()
    (key,) = put(database, runs.Order("note", {"n": 3}))
    runs.wake()
    for _ in range(200):
        if row(database, key).status == "done":
            break
        time.sleep(0.05)
    stop.set()
    runs.wake()
    thread.join(10)
    assert row(database, key).tally == {"n": 3, "on": "None"}


def test_readers_and_writers_do_not_stop_each_other(database: Database) -> None:
    faults: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for n in range(20):
                with database.session(write=True) as s:
                    store.settings.put(s, name, n)
        except BaseException as error:
            faults.append(error)

    def read() -> None:
        try:
            for _ in range(60):
                with database.session() as s:
                    first, second = store.settings.get(s, "a"), store.settings.get(s, "a")
                    assert database.embedded is False or first == second, "a reading session sees one state"
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"] + [
        threading.Thread(target=read) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with database.session() as s:
        assert [store.settings.get(s, name) for name in "abc"] == [19, 19, 19]


@pytest.mark.slow
def test_the_server_has_its_runs_done_by_a_process_beside_it(database_url: str, tmp_path: Path) -> None:
    app = create_app(Config(database_url=database_url, instance=tmp_path))
    with app.app_context():
        database = current()
        database.upgrade()
        (key,) = put(database, runs.Order("there is no such kind"))
        stop = threading.Event()
        watch = runs.companion.start(app, stop)
        runs.wake()
        ended = waited(database, key)
        assert ended.error_code == "RUN_KIND"
        assert int((ended.worker or "").split(":")[1]) != os.getpid()
        (key,) = put(database, runs.Order("there is no such kind"))
        runs.wake()
        again = waited(database, key)
    assert again.worker == ended.worker, "the same process goes on"
    stop.set()
    runs.wake()
    watch.join(30)
    assert not watch.is_alive()


def waited(database: Database, key: str, seconds: float = 60) -> Run:
    for _ in range(int(seconds * 10)):
        found = row(database, key)
        if found.status in (queue.DONE, queue.FAILED):
            return found
        time.sleep(0.1)
    raise AssertionError(f"{key} still {found.status}")


def test_the_companion_ends_with_the_server(embedded: Database) -> None:
    orders, order = os.pipe()
    os.write(order, b"\n")
    os.close(order)
    assert runs.companion.serve(embedded, orders) == 0
    os.close(orders)


FORKS = """
import threading, time
from app.runs import companion
from geo.beside import beside
threading.Thread(target=companion._listen, args=(0, threading.Event()), daemon=True).start()
time.sleep(0.5)
print(beside(lambda: 7, wanted=True)())
"""


def test_a_process_is_forked_while_the_companion_waits_for_orders() -> None:
    command = [sys.executable, "-c", FORKS]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.wait(timeout=60) == 0, "stuck: the forked process waits for a lock of the standard input"
            assert process.stdout is not None
            assert process.stdout.read() == "7\n"
        finally:
            process.kill()


def test_a_configuration_is_made_again_from_its_environment(tmp_path: Path) -> None:
    config = Config(database_url="sqlite:////x.gpkg", instance=tmp_path, worker=False, secure_cookies=True, port=9)
    assert Config.from_environment(config.environment()) == config
