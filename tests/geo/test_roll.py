"""What became of each member that a union lists."""

from datetime import date

import pandas as pd
import pytest

from geo.coverage import roll
from geo.frames import FIRMS, LINKS, SURVEYED_UNIONS

ON = date(2025, 12, 31)
FIRMS_OF = {
    "a": {"union_id": "union:own", "federations": ["union:fed"]},
    "b": {"union_id": "union:joint"},
    "c": {"union_id": None, "federations": ["union:fed"]},
    "d": {"union_id": None},
}
UNIONS_OF = {
    "union:own": {"kind": "own"},
    "union:joint": {"kind": "building"},
    "union:old": {"kind": "street", "in_force": False, "ended_because": "revoked"},
    "union:fed": {"kind": "federation"},
}


def told(key: str, *members: dict) -> list[str]:
    """Return the outcome of members of a union; a member is sure and an enterprise unless it says otherwise."""
    common = {"union_id": key, "member_kind": "enterprise", "role": "covered", "method": "name", "status": "auto"}
    links = pd.DataFrame([{**common, "score": 1.0, **member} for member in members])
    firms = {key: {"federations": [], **row} for key, row in FIRMS_OF.items()}
    unions = {key: {"in_force": True, **row} for key, row in UNIONS_OF.items()}
    return roll(
        key, unions=SURVEYED_UNIONS.empty().reindex(list(unions)).assign(**columns(unions)),
        links=LINKS.conform(links.rename(index="l{}".format)), on=ON,
        firms=FIRMS.empty().reindex(list(firms)).assign(**columns(firms)),
    ).tolist()  # fmt: skip


def columns(rows: dict[str, dict]) -> dict[str, pd.Series]:
    table = pd.DataFrame.from_dict(rows, orient="index").astype(object)
    kinds = {"in_force": bool, "federations": object}
    return {name: table[name].astype(kinds.get(name, "string")) for name in table}


@pytest.mark.parametrize(
    ("key", "member", "outcome"),
    [
        ("union:joint", {"member_id": "b"}, "counted"),
        ("union:joint", {"member_id": "a"}, "other_union"),
        ("union:joint", {"member_id": None, "status": "none"}, "not_found"),
        ("union:joint", {"member_id": "b", "status": "review"}, "in_review"),
        ("union:joint", {"member_id": "b", "to_on": pd.Timestamp("2025-12-30")}, "over"),
        ("union:joint", {"member_id": "b", "to_on": pd.Timestamp("2025-12-31")}, "counted"),
        ("union:joint", {"member_id": "b", "from_on": pd.Timestamp("2026-01-01")}, "not_begun"),
        ("union:old", {"member_id": "d"}, "union_ended"),
        ("union:old", {"member_id": None, "status": "none"}, "not_found"),
        ("union:fed", {"member_id": "union:own", "member_kind": "union"}, "counted"),
        ("union:fed", {"member_id": "union:old", "member_kind": "union"}, "member_ended"),
        ("union:fed", {"member_id": "a"}, "second_layer"),
        ("union:fed", {"member_id": "c"}, "federation_only"),
    ],
)
def test_each_member_says_why_it_counts_or_not(key: str, member: dict, outcome: str) -> None:
    assert told(key, member) == [outcome]


def test_a_member_listed_twice_counts_once() -> None:
    assert told("union:joint", {"member_id": "b"}, {"member_id": "b"}, {"member_id": "d"}) == [
        "counted",
        "repeated",
        "other_union",
    ]
