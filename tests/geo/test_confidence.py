"""The fitted confidence: it is fitted on what it did not see, honest about it, and turns a budget into a threshold."""

import math
import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import gazetteer
from geo.decisions import address_key
from geo.errors import FileRefused
from geo.frames import DECISIONS
from geo.geocode import LocateOptions, locate
from geo.geocode.confidence import EVIDENCE, Bin, Calibration
from geo.geocode.fitting import FittingError, Reviewed, expected_error, fit, reliability, rising
from geo.geocode.reviewing import reviewed
from geo.io.calibration import FILE, read_calibration, write_calibration
from tests.geo.test_gazetteer import aliases, divisions, places

DATA = Path(__file__).resolve().parents[2] / "data"


def rows(n: int = 4000, seed: int = 1) -> list[Reviewed]:
    """Answers whose chance to be right falls with how unsure they are, and with a name that speaks against them."""
    rng = random.Random(seed)
    found = []
    for k in range(n):
        unsure, against = rng.choice([-6.0, -4.0, -2.0, -1.0]), float(rng.random() < 0.1)
        chance = 1 / (1 + math.exp(-(0.5 - unsure - 2 * against)))
        proof = tuple({"unsure": unsure, "against": against}.get(name, 0.0) for name in EVIDENCE)
        found.append(Reviewed(proof, rng.random() < chance, f"group {k % 700}"))
    return found


@pytest.fixture(scope="module")
def fitted() -> Calibration:
    return fit(rows(), source="invented", on="2026-11-24")


def test_the_fit_finds_what_speaks_for_and_against(fitted: Calibration) -> None:
    assert fitted.weights["unsure"] < -0.5
    assert fitted.weights["against"] < -1
    assert fitted.weights["second"] == 0


def test_what_is_claimed_holds_for_rows_it_never_saw(fitted: Calibration) -> None:
    others = rows(seed=2)
    bins = reliability((fitted.confidence(row.evidence), float(row.right)) for row in others)
    assert expected_error(bins) < 0.02
    assert fitted.ece < 0.02
    assert sum(one.n for one in fitted.reliability) == fitted.n == 4000


def test_confidence_rises_with_the_score(fitted: Calibration) -> None:
    scores = [k / 10 for k in range(-50, 100)]
    chances = [fitted.chance(score) for score in scores]
    assert chances == sorted(chances)
    assert all(0 < chance < 1 for chance in chances)


def test_the_same_rows_give_the_same_table() -> None:
    assert fit(rows(), source="x", on="y") == fit(rows(), source="x", on="y")


@pytest.mark.parametrize(("budget", "threshold"), [(0.001, 1.01), (0.004, 0.99), (0.01, 0.9), (0.5, 0.0)])
def test_a_budget_becomes_a_threshold(budget: float, threshold: float) -> None:
    bins = (Bin(0.0, 0.9, 0.6, 100, 60), Bin(0.9, 0.99, 0.95, 400, 395), Bin(0.99, 1.0, 0.997, 1000, 997))
    table = Calibration(0.0, dict.fromkeys(EVIDENCE, 0.0), ((0.0, 0.5),), bins)
    assert table.threshold(budget) == threshold
    assert LocateOptions(calibration=table, error_budget=budget).threshold == max(threshold, 0.9)


def test_an_interval_holds_its_share() -> None:
    one = Bin(0.9, 1.0, 0.95, 40, 38)
    low, high = one.interval
    assert low < one.share < high
    assert Bin(0.9, 1.0, 0.95, 10, 10).interval[0] < 0.8


def test_classes_that_do_not_rise_are_one() -> None:
    bins = (
        Bin(0.5, 0.9, 0.8, 10, 8),
        Bin(0.9, 0.95, 0.93, 30, 29),
        Bin(0.95, 0.99, 0.97, 10, 9),
        Bin(0.99, 1, 0.99, 9, 9),
    )
    assert rising(bins) == (bins[0], Bin(0.9, 0.99, 0.94, 40, 38), bins[3])


@given(st.lists(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=12))
def test_a_surer_class_is_never_less_often_right(counts: list[tuple[int, int]]) -> None:
    bins = [Bin(k / 20, (k + 1) / 20, k / 20, n, right) for k, (n, right) in enumerate(counts)]
    found = rising(bins)
    shares = [one.share for one in found]
    assert shares == sorted(set(shares))
    assert [sum(one.n for one in part) for part in (bins, found)] == [sum(n for n, _ in counts)] * 2
    assert sum(one.right for one in found) == sum(right for _, right in counts)
    assert [one.low for one in found[1:]] == [one.high for one in found[:-1]]


def test_few_rows_are_refused() -> None:
    with pytest.raises(FittingError) as found:
        fit(rows(60), source="", on="")
    assert found.value.detail["rows"] == 60


def test_the_table_is_a_text_that_reads_back(fitted: Calibration, tmp_path: Path) -> None:
    write_calibration(tmp_path / FILE, fitted)
    assert read_calibration(tmp_path) == fitted
    (tmp_path / FILE).write_text("weights: {unsure: 1}\n", encoding="utf-8")
    with pytest.raises(FileRefused) as found:
        read_calibration(tmp_path)
    assert found.value.code == "CALIBRATION_FAULTY"
    with pytest.raises(FileRefused):
        read_calibration(tmp_path / "nowhere")


def test_the_table_that_ships_is_honest_and_says_where_it_comes_from() -> None:
    shipped = read_calibration(DATA)
    assert shipped.ece <= 0.03
    assert shipped.n >= 5000
    assert shipped.source
    assert shipped.on >= "2026-11-24"
    assert shipped.threshold(0.005) <= 0.9
    assert shipped.threshold(0.0) > 1
    assert shipped.reliability == rising(shipped.reliability)


def test_a_budget_that_cannot_be_kept_accepts_nothing() -> None:
    names = gazetteer.build(divisions(), aliases(), places())
    frame = pd.DataFrame({"address": ["试验市西塘区柳树镇新桥村"]}, index=["x"])
    shipped = read_calibration(DATA)
    found = [
        locate(frame, names, options=LocateOptions(calibration=shipped, error_budget=budget)).iloc[0]
        for budget in (0.005, 0.0)
    ]
    assert [row["status"] for row in found] == ["auto", "review"]
    assert found[0]["confidence"] == found[1]["confidence"] > 0.95


def test_what_reviewers_decided_is_set_beside_the_answers() -> None:
    names = gazetteer.build(divisions(), aliases(), places())
    texts = ["西塘区柳树镇新桥村", "东沟区河口街道", "石埠市三厂镇", "石埠市三厂镇双墩村"]
    firms = pd.DataFrame({"address": texts}, index=["a", "b", "c", "d"])
    told = {"a": "990102101", address_key(texts[1]): "990181", "c": "outside"}
    decisions = DECISIONS.conform(
        pd.DataFrame(
            [
                {"kind": "place", "subject": s, "target": t, "decided_by": "某", "decided_on": "2026-11-01"}
                for s, t in told.items()
            ],
            index=["1", "2", "3"],
        )
    )
    found = list(reviewed(firms, decisions, names, LocateOptions()))
    assert [row.right for row in found] == [True, False, False]
    assert all(len(row.evidence) == len(EVIDENCE) for row in found)
