"""Long work: a row in line, done by one worker, with progress, tally and end on record.

``register(kind, work)`` says which function does a kind; ``enqueue`` puts a run in line (then ``wake`` who watches
it in this process); ``execute`` does one, for worker, command line and tests alike.
"""

from app.runs import companion, survey
from app.runs.execution import Job, Work, execute, kinds, live, register
from app.runs.history import get, latest
from app.runs.queue import DONE, FAILED, QUEUED, RUNNING, STALE, Order, enqueue, recover
from app.runs.version import code_version
from app.runs.worker import wake, work

__all__ = [
    "DONE",
    "FAILED",
    "QUEUED",
    "RUNNING",
    "STALE",
    "Job",
    "Order",
    "Work",
    "code_version",
    "companion",
    "enqueue",
    "execute",
    "get",
    "kinds",
    "latest",
    "live",
    "recover",
    "register",
    "survey",
    "wake",
    "work",
]
