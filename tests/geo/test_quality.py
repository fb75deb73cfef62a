"""Quality: counted by hand on a few firms."""

import math

import numpy as np
import pandas as pd
import pytest
from invented import decisions, firms

from geo.decisions import address_key
from geo.quality import EDGES, Quality, Taken

NAN = {"lon": math.nan, "lat": math.nan, "radius_m": math.nan}
OLD = ["OLD_NAME", {"from": "东沟县", "to": "东沟区"}]


def quality() -> Quality:
    return Quality(
        firms(
            {
                "a": {"level": "building", **NAN, "confidence": 0.97, "source": "甲", "location_reasons": [OLD]},
                "b": {"level": "number", "confidence": 0.97, "source": "甲", "address": "望江路2号"},
                "c": {
                    "level": "county",
                    "location_status": "review",
                    "confidence": 0.5,
                    "source": "乙",
                    "county_code": "990102",
                    "location_reasons": [["CONFLICT", {}], ["CONFLICT", {}], OLD],
                    "address": "柳桥南首",
                },
                "d": {
                    "level": "none",
                    "location_status": "none",
                    "confidence": 0.0,
                    **NAN,
                    "county_code": None,
                    "address": "无",
                },
                "e": {
                    "level": "town",
                    "confidence": 1.0,
                    "location_reasons": [["DECIDED", {"by": "x"}]],
                    "address": "柳桥西",
                },
                "f": {"level": "none", "location_status": "outside", "confidence": 0.99, **NAN, "county_code": None},
            }
        )
    )


def test_levels_states_and_shares() -> None:
    found = quality()
    assert found.levels["firms"].to_dict() == {
        "building": 1, "number": 1, "market": 0, "street": 0, "zone": 0, "village": 0, "town": 1, "county": 1,
        "none": 2,
    }  # fmt: skip
    assert found.levels.loc["building", "mapped"] == 0
    assert found.levels["share"].sum() == pytest.approx(1)
    assert found.statuses["firms"].to_dict() == {"auto": 3, "review": 1, "none": 1, "outside": 1}
    assert found.shares == {"precise": 2 / 6, "mapped": 3 / 6, "auto": 3 / 6}


def test_each_reason_counts_a_firm_once_and_faults_come_first() -> None:
    reasons = quality().reasons
    assert {code: rows.tolist() for code, rows in reasons.items()} == {
        "OLD_NAME": [0, 2],
        "CONFLICT": [2],
        "DECIDED": [4],
    }
    assert list(reasons)[-1] == "DECIDED"
    assert {name: rows.tolist() for name, rows in quality().stale.items()} == {("东沟县", "东沟区"): [0, 2]}


def test_registers_are_held_apart() -> None:
    table = quality().sources
    assert table.loc["甲", ["firms", "precise", "auto"]].tolist() == [2, 2, 2]
    assert table.loc["乙", ["firms", "review"]].tolist() == [1, 1]
    assert table.loc["", "nowhere"] == 2


def test_doubles_are_told_by_code_name_and_address() -> None:
    found = Quality(
        firms(
            {
                "1": {"uscc": "91990101123456789X", "name": "甲有限公司", "address": "望江路1号"},
                "2": {"org_code": "123456789", "name": "乙有限公司", "address": "望江路2号"},
                "3": {"name": "丙有限公司", "address": "望江路３号"},
                "4": {"name": "丙有限公司", "address": "望江路 3号"},
                "5": {"name": "丙有限公司", "address": "别处"},
                "6": {"name": "丁有限公司", "address": "望江路1号"},
            }
        )
    ).doubles
    assert {name: sorted(rows.tolist()) for name, rows in found.items()} == {
        "same_code": [0, 1], "same_name_and_address": [2, 3], "same_name": [4],
    }  # fmt: skip


def test_claims_are_held_to_what_people_decided_and_decided_rows_claim_nothing() -> None:
    found = quality()
    empty = found.claims(decisions())
    assert empty["checked"].sum() == 0
    assert empty["firms"].sum() == 3
    told = decisions({
        "1": {"kind": "place", "subject": address_key("柳桥南首"), "target": "990101"},
        "2": {"kind": "place", "subject": "b", "target": "990101"},
    })  # fmt: skip
    rows = found.claims(told).set_index("low")
    assert rows.loc[0.4, ["firms", "checked", "right"]].tolist() == [1, 1, 0]
    assert rows.loc[0.95, ["firms", "checked", "right"]].tolist() == [2, 1, 1]
    assert len(rows) == len(EDGES) - 1


def test_an_empty_register_has_a_quality_too() -> None:
    found = Quality(firms({}))
    assert found.shares == {"precise": 0.0, "mapped": 0.0, "auto": 0.0}
    assert found.reasons == {}
    assert all(len(rows) == 0 for rows in found.doubles.values())
    assert isinstance(found.claims(decisions()), pd.DataFrame)
    assert np.isfinite(found.levels["share"]).all()


def test_a_threshold_tells_who_is_taken_what_is_decided_stays_and_doubts_are_perhaps() -> None:
    rows = {
        "a": {"location_status": "auto", "confidence": 0.99},
        "b": {"location_status": "auto", "confidence": 0.93},
        "c": {"location_status": "auto", "confidence": 0.10, "location_reasons": [["DECIDED", {}]]},
        "d": {"location_status": "review", "confidence": 0.97},
        "e": {"location_status": "review", "confidence": 0.80},
        "f": {"location_status": "none", "confidence": 0.0},
    }
    quality = Quality(firms(rows))
    assert quality.taken_from(0.9) == Taken(3, 0, 2, 1)
    assert quality.taken_from(0.95) == Taken(2, 0, 3, 1)
    assert quality.taken_from(1.01) == Taken(1, 0, 4, 1)
    assert quality.taken_from(0.7) == Taken(3, 1, 2, 1)
