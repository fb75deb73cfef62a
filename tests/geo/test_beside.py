"""A second process changes the time that locating takes, and nothing else."""

import os

import pandas as pd
import pytest

from geo import gazetteer
from geo.beside import beside, can_fork
from geo.geocode import LocateOptions, batch, locate
from tests.geo.test_gazetteer import aliases, divisions, places

pytestmark = pytest.mark.skipif(not can_fork(), reason="no process can be forked here")


def test_two_processes_give_the_answers_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "WORTH_TWO", 2)
    texts = ["东沟区望江路1号", "西塘县石埠镇", "查无此地", None, "望江路3号", "东沟区望江路1号", "试验市望江路88号5楼"]
    firms = pd.DataFrame({"address": texts, "name": [f"试验{k}厂" for k in range(len(texts))]})
    names = gazetteer.build(divisions(), aliases(), places())
    told: list[tuple[int, int]] = []
    two = locate(firms, names, options=LocateOptions(processes=2), progress=lambda done, of: told.append((done, of)))
    pd.testing.assert_frame_equal(two, locate(firms, names))
    assert told[-1][0] == told[-1][1]


def test_what_a_lost_process_leaves_undone_is_done_here() -> None:
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os._exit(9)
        return 7

    assert beside(work, wanted=True)() == 7


def test_a_result_comes_from_the_process_beside() -> None:
    assert beside(os.getpid, wanted=True)() != os.getpid()
    assert beside(os.getpid, wanted=False)() == os.getpid()


def test_doors_put_together_beside_are_the_same() -> None:
    names = gazetteer.build(divisions(), aliases(), places(), doors=False)
    doors = beside(lambda: gazetteer.known_doors(names, places()), wanted=True)()
    two = gazetteer.build(divisions(), aliases(), places(), doors=doors)
    one = gazetteer.build(divisions(), aliases(), places())
    assert (two.hash, two.habits, two.trust) == (one.hash, one.habits, one.trust)
    assert {key: known.points for key, known in two.points.items()} == {
        k: known.points for k, known in one.points.items()
    }
    firms = pd.DataFrame({"address": ["东沟区望江路2号", "望江路7号", "东沟区望江路88号"]})
    pd.testing.assert_frame_equal(locate(firms, two), locate(firms, one))
