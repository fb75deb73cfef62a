"""Applications served to a browser as in production."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import waitress
from flask import Flask
from signed_in import Entered
from waitress import wasyncore


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
