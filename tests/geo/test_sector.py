"""The industry as a prior: it orders tied candidates and changes nothing else."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.frames import LOCATIONS
from geo.geocode.sector import break_ties

ONE, TWO = "990101001201", "990101002201"


def row(**more):
    return {"county_code": "990101", "level": "village", "status": "auto", "confidence": 0.99, "reasons": [],
            "candidates": [], "components": [], **more}  # fmt: skip


def tied(*scores):
    places = [{"place": key, "level": "village", "lon": None, "lat": None, "score": score}
              for key, score in zip((ONE, TWO), scores, strict=True)]  # fmt: skip
    return row(level="town", status="review", reasons=[["HOMONYM", {"n": 2}]], candidates=places)


def frame(*rows):
    return LOCATIONS.conform(pd.DataFrame(list(rows)))


def test_the_village_with_the_firms_of_the_sector_stands_first_and_the_row_says_so() -> None:
    firms = [row(village_code=TWO) for _ in range(4)] + [row(village_code=ONE)]
    found = break_ties(frame(*firms, tied(0.4, 0.4)), ["06"] * 4 + ["03", "06"]).iloc[-1]
    assert [one["place"] for one in found["candidates"]] == [TWO, ONE]
    assert found["reasons"][-1] == ["SECTOR", {"place": TWO, "n": 4, "next": 0}]
    assert (found["level"], found["status"]) == ("town", "review")


def test_few_firms_an_unknown_sector_or_another_one_leave_the_tie() -> None:
    firms = [row(village_code=TWO) for _ in range(4)]
    for sectors in (["06"] * 2 + ["03"] * 2 + ["06"], ["06"] * 4 + [None], ["06"] * 4 + ["03"]):
        whole = frame(*firms, tied(0.4, 0.4))
        pd.testing.assert_frame_equal(break_ties(whole, sectors), whole)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([ONE, TWO]), st.sampled_from(["03", "06"])), max_size=20),
    st.sampled_from([(0.4, 0.4), (0.5, 0.3), (0.41, 0.4)]),
)
def test_an_answer_that_is_not_tied_never_changes(known, scores) -> None:
    whole = frame(*(row(village_code=place) for place, _ in known), tied(*scores))
    found = break_ties(whole, [*(sector for _, sector in known), "06"])
    same = [c for c in whole.columns if c not in ("candidates", "reasons")]
    pd.testing.assert_frame_equal(found[same], whole[same])
    assert found["reasons"].iloc[:-1].tolist() == whole["reasons"].iloc[:-1].tolist()
    ordered, given = found["candidates"].iloc[-1], whole["candidates"].iloc[-1]
    assert sorted(map(str, ordered)) == sorted(map(str, given))
    if scores[0] != scores[1]:
        assert ordered == given
