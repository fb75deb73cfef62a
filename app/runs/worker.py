"""The worker: does what waits in line, one run after the other, in a thread of the server or a process of its own."""

import logging
import threading

from flask import Flask

from app.db import Database, attached
from app.db.faults import DatabaseError
from app.runs import execution, queue

POLL_S = 2.0
"""Seconds between two looks at the line, where nobody in this process says that something came."""

_log = logging.getLogger(__name__)
_wake = threading.Event()


def wake() -> None:
    """Tell the worker thread of this process that something waits."""
    _wake.set()


def start(app: Flask) -> threading.Thread:
    """Start the worker as a daemon thread of the server."""
    thread = threading.Thread(target=_serve, args=(app,), name="worker", daemon=True)
    thread.start()
    return thread


def work(database: Database, stop: threading.Event, *, drain: bool = False) -> int:
    """Do runs until ``stop`` is set, or with ``drain`` until none waits; return how many were done."""
    worker, count = queue.worker_name(), 0
    while not stop.is_set():
        if _next(database, worker):
            count += 1
        elif drain:
            return count
        else:
            _wake.wait(POLL_S)
            _wake.clear()
    return count


def _next(database: Database, worker: str) -> bool:
    """Do one run if there is one; a database that is away is waited for."""
    try:
        with database.session() as session:
            lost, waits = queue.lost_any(session), queue.waiting(session)
        if lost:
            with database.session(write=True) as session:
                again = queue.recover(session)
            _log.warning("workers were lost; in line again or given up: %s", again)
        return (lost or waits) and execution.execute(database, worker=worker) is not None
    except DatabaseError as error:
        _log.error("the worker waits for the database: %s", error)
        return False


def _serve(app: Flask) -> None:
    with app.app_context():
        work(attached(app), threading.Event())
