"""Applications served to a browser as in production."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import waitress
from flask import Flask
from signed_in import Entered
from waitress import wasyncore


def until(page: Any, holds: Callable[[], Any], seconds: float = 60) -> None:
    """Let a page go on until something holds; on a busy machine that takes longer than anyone would guess."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never held"
        page.wait_for_timeout(50)


@contextmanager
def served(app: Flask, *, entered: bool = True) -> Iterator[str]:
    """Address of an application served as in production, stopped in order: answers first, then its sockets.

    ``entered``: every visitor has signed in as the tester.
    """
    server = waitress.create_server(Entered(app) if entered else app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown(timeout=30)
    # Only the loop's own thread may close what it waits for.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(timeout=30)
    assert not thread.is_alive()
