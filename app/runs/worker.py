"""The worker: does what waits in line, one run after the other."""

import logging
import math
import threading
import time

from app.db import Database
from app.db.faults import DatabaseError
from app.runs import execution, queue

POLL_S = 2.0
"""Seconds between two looks at the line, where nobody in this process says that something came."""

_log = logging.getLogger(__name__)
_wake = threading.Event()


def wake() -> None:
    """Tell who watches the line in this process that something waits."""
    _wake.set()


def pause() -> bool:
    """Wait until somebody wakes this process, at most ``POLL_S``; return whether somebody did."""
    woken = _wake.wait(POLL_S)
    _wake.clear()
    return woken


def work(database: Database, stop: threading.Event, *, idle_s: float = math.inf) -> int:
    """Do runs until ``stop`` is set or none came for ``idle_s`` (0: until none waits); return how many were done."""
    worker, count, last = queue.worker_name(), 0, time.monotonic()
    while not stop.is_set():
        if _next(database, worker):
            count, last = count + 1, time.monotonic()
        elif time.monotonic() - last >= idle_s:
            break
        else:
            pause()
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
