"""A county's target shared out among its zones before and after lines move, counted in the head."""

import pandas as pd
import pytest
from test_zone_tally import firms, locations, unions
from zone_plans import plan, square

from geo.targets.land import ELSEWHERE, redrawn
from geo.zones.borders import reshape
from geo.zones.operations import merge, remove
from geo.zones.plan import Plan

A, B, C = "zone:a", "zone:b", "zone:c"


def zones() -> Plan:
    return plan({A: square(0, 0), B: square(1, 0), C: square(5, 0)})


def ground() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Own unions with ten members each: two firms in a, one in b's west, two in b's east, three in c, two in none."""
    spots = [(0.5, 0.5)] * 2 + [(1.2, 0.5)] + [(1.8, 0.5)] * 2 + [(5.5, 0.5)] * 3 + [(9, 9)] * 2
    located = locations({f"f{k}": ("number", spot, None) for k, spot in enumerate(spots)})
    table = firms(located, union_id=[f"u{k}" for k in range(10)], covered=True, primary="own", gap=False)
    table["zone"] = pd.Series(pd.NA, index=table.index, dtype="string")
    own = unions(kind=["own"] * 10, host_id=[f"f{k}" for k in range(10)], members=10)
    return table.assign(joint=False), own.assign(linked_firms=1, covered_firms=1)


WHOLE = pd.Series({"unions": 10, "own": 10, "joint_units": 0, "members": 50})


def test_what_a_line_takes_to_another_zone_takes_its_share_along_and_no_others() -> None:
    plans = (zones(), reshape(zones(), A, square(0, 0, 1.5, 1)))
    before, after = redrawn(plans, *ground(), whole=WHOLE)
    assert before["unions"].to_dict() == {A: 2, B: 3, C: 3, ELSEWHERE: 2}
    assert after["unions"].to_dict() == {A: 3, B: 2, C: 3, ELSEWHERE: 2}
    assert after["members"].to_dict() == {A: 15, B: 10, C: 15, ELSEWHERE: 10}


@pytest.mark.parametrize("asked", [1, 4, 7, 13, 100])
def test_both_add_up_and_a_zone_that_stays_as_it_is_keeps_its_target(asked: int) -> None:
    plans = (zones(), reshape(zones(), A, square(0, 0, 1.5, 1)))
    before, after = redrawn(plans, *ground(), whole=WHOLE.where(WHOLE.eq(0), asked))
    for table in (before, after):
        assert table["unions"].sum() == table["members"].sum() == asked
    assert after.loc[[C, ELSEWHERE]].equals(before.loc[[C, ELSEWHERE]])


def test_zones_that_go_hand_their_share_to_their_heir_or_to_what_is_in_none() -> None:
    given = zones()
    _, merged = redrawn((given, merge(given, [A, B], B)), *ground(), whole=WHOLE, renamed={A: B})
    assert merged["unions"].dropna().to_dict() == {B: 5, C: 3, ELSEWHERE: 2}
    _, gone = redrawn((given, remove(given, A)), *ground(), whole=WHOLE, renamed={A: None})
    assert gone["unions"].dropna().to_dict() == {B: 3, C: 3, ELSEWHERE: 4}


def test_what_is_not_known_is_not_shared_out() -> None:
    before, after = redrawn((zones(), zones()), *ground(), whole=WHOLE.astype("Int64").mask(WHOLE.eq(50)))
    assert before["members"].isna().all()
    assert after["members"].isna().all()
    assert after["own"].sum() == 10
