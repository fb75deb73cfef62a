"""Answers that stand as long as nobody commits anything: asked again and again, read once.

A page of the map asks for its account, the surveyed days and a setting or two at every move. ``Standing.get`` keeps
such small answers under a mark of the database's state, which costs some microseconds to look at (SQLite), or one short
question (PostgreSQL), and is exact: the same mark means that the same transactions are seen, whoever wrote.
"""

import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

MOST = 256
"""Answers kept; the least recently used leaves first."""


@dataclass
class Standing:
    """The answers kept of one database. Safe for several threads."""

    engine: Callable[[], sa.Engine]
    _kept: "OrderedDict[Hashable, tuple[Hashable, Any]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _watch: sqlite3.Connection | None = None
    _watched: Hashable = None
    _opened: int = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the answer to ``key``: kept if nothing was committed since it was made, else made.

        What ``make`` returns must not be changed by anybody, and must hang on nothing but ``key`` and the database.
        """
        mark = self.mark()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and mark is not None and kept[0] == mark:
                self._kept.move_to_end(key)
                found: T = kept[1]
                return found
        made = make()
        with self._lock:
            self._kept[key] = mark, made
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made

    def mark(self) -> Hashable:
        """Return what changes with every commit; None where that cannot be told."""
        engine = self.engine()
        if engine.dialect.name == "sqlite":
            return self._of_file(Path(engine.url.database or ""))
        with engine.connect() as connection:
            return str(connection.scalar(sa.text("SELECT pg_current_snapshot()::text")))

    def clear(self) -> None:
        """Forget everything and let go of the file."""
        with self._lock:
            self._kept.clear()
            self._close()

    def _of_file(self, path: Path) -> Hashable:
        """Return the file's own count of commits, as a connection sees it that never writes."""
        try:
            found = path.stat()
        except OSError:
            return None
        file = (os.getpid(), found.st_dev, found.st_ino)
        with self._lock:
            if self._watch is None or self._watched != file:
                self._close()
                self._watch = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                self._watched, self._opened = file, self._opened + 1
            try:
                (count,) = self._watch.execute("PRAGMA data_version").fetchone()
            except sqlite3.Error:
                self._close()
                return None
        return self._opened, count

    def _close(self) -> None:
        if self._watch is not None and isinstance(self._watched, tuple) and self._watched[0] == os.getpid():
            self._watch.close()  # one that another process opened before it split is not ours to close
        self._watch, self._watched = None, None
