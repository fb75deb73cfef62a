"""What an approval means for the registers: a union with its covered units, as if it had been imported."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import store
from app.models import Headcount, LaborUnion, Membership
from app.reading import Reading
from app.store import versions
from app.suggesting.proposals import Proposal
from geo.errors import AtlasError
from geo.frames import MEMBERSHIPS, UNIONS
from geo.registry import membership_key, union_key

KINDS = {"building": "building", "market": "market", "zone": "park", "street": "street", "village": "village"}
"""Kind of the union that a group of each kind becomes; another one is a joint union of no particular place."""

JOINING = "existing"
"""Kind of a group that joins a union there is."""


class UnionExistsError(AtlasError):
    """A union of the name and county is in the register already."""

    code = "UNION_EXISTS"


def found(opened: Session, reading: Reading, proposal: Proposal, step: Mapping[str, Any]) -> str:
    """Store the union of an approved case, or its firms as members of the union they join; return the union's key.

    Raises
    ------
    UnionExistsError
        If a union of the name and county is in the register.
    """
    group = proposal.group
    joining = group["kind"] == JOINING
    county = None if pd.isna(group["county_code"]) else str(group["county_code"])
    key = str(group["place_id"]) if joining else union_key(None, step["name"], county)
    if not joining:
        if len(store.read(opened, "unions", store.CITY, keys=[key])):
            raise UnionExistsError(key)
        store.write(opened, "unions", UNIONS.conform(_union(reading, proposal, step, key)))
    members = reading.survey.firms.loc[list(step["members"]), ["name", "uscc"]].astype("object")
    rows = {
        membership_key(key, None if pd.isna(row.uscc) else row.uscc, row.name): {
            "union_id": key, "member_kind": "enterprise", "member_name": row.name, "member_uscc": row.uscc,
            "member_id": row.Index, "from_on": step["taken_on"],
        }
        for row in members.rename_axis("key").itertuples()
    }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index")
    store.write(opened, "memberships", MEMBERSHIPS.conform(table.where(table.notna(), None)))
    return key


def dissolve(opened: Session, proposal: Proposal) -> None:
    """Take back what ``found`` stored for a case: an approval entered by mistake leaves nothing."""
    assert proposal.case is not None
    key, members = str(proposal.case["union_id"]), list(proposal.members)
    opened.execute(sa.delete(Membership).where(Membership.union_id == key, Membership.member_id.in_(members)))
    if proposal.group["kind"] != JOINING:
        opened.execute(sa.delete(LaborUnion).where(LaborUnion.key == key))
        counts = (Headcount.subject_kind == "union", Headcount.subject_key == key)
        opened.execute(sa.delete(Headcount).where(*counts))
    versions.bump(opened, versions.INPUTS)


def _union(reading: Reading, proposal: Proposal, step: Mapping[str, Any], key: str) -> pd.DataFrame:
    group, day = proposal.group, step["taken_on"]
    workers = reading.survey.firms.loc[list(step["members"]), "workers"]
    row = {
        "name": step["name"], "kind": KINDS.get(str(group["kind"]), "joint"), "county_code": group["county_code"],
        "place_name": _place_name(reading, str(group["kind"]), group["place_id"]), "approved_on": day,
        "approval_no": step["document"], "term_start": day, "members": step["counted"],
        "workers": int(workers.sum()) if workers.notna().any() else None, "covered_units": len(step["members"]),
        "counts_on": day, "source": _("本平台批复的组建建议"), "source_date": day,
    }  # fmt: skip
    table = pd.DataFrame([row], index=[key]).astype("object")
    return table.where(table.notna(), None)


def _place_name(reading: Reading, kind: str, place: str) -> str | None:
    """Return the name of the place that the union is of; one around an address is of none."""
    return reading.name(kind, place) or None if kind in KINDS else None
