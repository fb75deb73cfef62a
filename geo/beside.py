"""Work done in a process beside this one, which knows all that this one knows: it is forked, nothing is sent to it."""

import multiprocessing
import sys
import threading
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

_Result = TypeVar("_Result")

WORTH_TWO = 4_000
"""Rows from which a second process is worth its start."""


def can_fork() -> bool:
    """Return whether a process can be forked here: on Linux, from the main thread."""
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread()


def beside(work: Callable[[], _Result], *, wanted: bool) -> Callable[[], _Result]:
    """Begin ``work`` in a process beside this one and return how to wait for its result, which is pickled.

    Where that is not ``wanted`` or cannot be, or the process ends without a result, for want of memory say, the work is
    done here when it is waited for.
    """
    if not wanted or not can_fork():
        return work
    context = multiprocessing.get_context("fork")
    end, other = context.Pipe(duplex=False)
    process = context.Process(target=_done, args=(work, other), daemon=True)
    with warnings.catch_warnings():  # the heart of a run is a thread; the process touches nothing that it holds
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    other.close()

    def wait() -> _Result:
        try:
            found: _Result = end.recv()
        except (EOFError, OSError):
            found = work()
        finally:
            end.close()
            process.join()
        return found

    return wait


def _done(work: Callable[[], object], other: Connection) -> None:
    other.send(work())
    other.close()
