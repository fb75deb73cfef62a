"""Answers that stand until somebody commits: exact on both databases, whoever wrote."""

import threading
from pathlib import Path

import pytest

from app import store
from app.db import Database


def test_an_answer_stands_until_anybody_commits(own_database: Database) -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        with own_database.session() as opened:
            return int(store.settings.get(opened, "number", 0))

    def answer() -> int:
        return own_database.standing.get("number", ask)

    assert [answer(), answer()] == [0, 0]
    assert len(asked) == 1
    with own_database.session(write=True) as opened:
        store.settings.put(opened, "number", 1)
        opened.flush()
        assert answer() == 0  # not committed yet
    assert [answer(), answer()] == [1, 1]
    another = Database(own_database.url)  # as a command or the process beside the server does
    with another.session(write=True) as opened:
        store.settings.put(opened, "number", 2)
    assert answer() == 2
    with pytest.raises(ZeroDivisionError), another.session(write=True) as opened:
        store.settings.put(opened, "number", 3)
        raise ZeroDivisionError
    assert answer() == 2
    another.dispose()


def test_what_was_read_while_somebody_committed_is_asked_again(own_database: Database) -> None:
    def ask() -> int:
        with own_database.session() as opened:
            found = int(store.settings.get(opened, "number", 0))
        with own_database.session(write=True) as opened:  # comes between reading and keeping
            store.settings.put(opened, "number", found + 1)
        return found

    assert own_database.standing.get("number", ask) == 0
    assert own_database.standing.get("number", ask) == 1


def test_many_threads_share_it(own_database: Database) -> None:
    own_database.prepare()
    marks: list[object] = []
    threads = [threading.Thread(target=lambda: marks.append(own_database.standing.mark())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(marks) == 8
    assert len(set(marks)) == 1


def test_another_file_at_the_same_path_is_another_state(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.gpkg'}"
    found = Database(url)
    found.prepare()
    before = found.standing.mark()
    found.dispose()
    found.remove_made()
    assert found.standing.mark() is None  # there is no file: nothing is kept
    found.prepare()
    assert found.standing.mark() not in (None, before)
    found.dispose()
