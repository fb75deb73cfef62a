"""The worker of the server, in a process of its own: pages stay quick while a survey runs.

A thread of the server starts the process when something waits; it ends itself when nothing has come for a while, or
when the server is gone, which it notices by the end of its standard input.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

from flask import Flask

from app.config import ROOT, settings
from app.db import Database, attached
from app.db.faults import DatabaseError
from app.runs import queue, worker

IDLE_S = 300.0
"""Seconds without work after which the process ends; starting one takes about two."""
POLITE = 5
"""How far its priority stands behind the server's."""

_log = logging.getLogger(__name__)


def start(app: Flask, stop: threading.Event | None = None) -> threading.Thread:
    """Watch the line in a daemon thread of the server, until ``stop``, and keep a process that works it off."""
    thread = threading.Thread(target=_watch, args=(app, stop or threading.Event()), name="companion", daemon=True)
    thread.start()
    return thread


def stand_back() -> None:
    """Leave this process's Ctrl+C and the first claim to the processor to the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is begun here is finished
    if hasattr(os, "nice"):
        os.nice(POLITE)


def serve(database: Database, orders: int) -> int:
    """Be that process: do runs until ``orders`` ends or nothing came for ``IDLE_S``; return how many were done.

    ``orders`` is a file descriptor; whatever comes there says that something may wait.
    """
    stop = threading.Event()
    threading.Thread(target=_listen, args=(orders, stop), name="orders", daemon=True).start()
    return worker.work(database, stop, idle_s=IDLE_S)


def _listen(orders: int, stop: threading.Event) -> None:
    # Read past Python's own files: a thread that waits in one holds its lock, and a forked process, which closes its
    # standard input first, would wait for that lock without end.
    while os.read(orders, 4_096):
        worker.wake()
    stop.set()
    worker.wake()


def _watch(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        database, environment = attached(app), settings().environment()
    process: subprocess.Popen[str] | None = None
    while not stop.is_set():
        woken = worker.pause()
        if process is not None and process.poll() is not None:
            process = None
        if process is None and _waits(database):
            process = _begun(environment)
        elif process is not None and woken:
            _tell(process)
    if process is not None:
        process.communicate()


def _waits(database: Database) -> bool:
    try:
        with database.session() as session:
            return queue.waiting(session) or queue.lost_any(session)
    except DatabaseError as error:
        _log.error("the worker waits for the database: %s", error)
        return False


def _begun(environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker", "--companion"],
        cwd=ROOT, env={**os.environ, **environment}, text=True, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _tell(process: "subprocess.Popen[str]") -> None:
    with suppress(OSError):  # it ended just now: the next look starts another
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
