"""Firms: the list behind every figure, and one firm with everything known of it and why."""

from typing import Any

import pandas as pd

from app import query
from app.api.arguments import Asked, Conditions, Paged, chosen, formed, sorted_by
from app.api.blueprint import head, v1
from app.api.fields import FIRM, placed, plain, rows
from app.api.forms import CSV, GEOJSON, JSON, Listing, points
from app.api.layers import whole
from app.api.resources import link, neighbours, page
from app.api.selection import ordered_by
from app.current import reading, sketch
from app.errors import NotFoundError
from app.labels import explain, label
from app.law import cited
from app.links import finest_place
from app.reading import Reading
from geo.gaps import Filter

PERSONS = ("by",)
"""Details of evidence that name an officer: no program is told."""


class FirmsAsked(Paged, Conditions):
    """A choice of firms, in an order, in pages."""

    sort = sorted_by("Firm")
    f = formed(JSON, GEOJSON, CSV)


@v1.resource("/firms", "FirmPage", FirmsAsked, into=(JSON, GEOJSON, CSV))
def firms(asked: dict[str, Any]) -> Listing:
    """List the firms of a choice."""
    return listing(sketch(), chosen(), asked)


def listing(read: Reading, wanted: Filter, asked: dict[str, Any]) -> Listing:
    """Return a page of the firms of a choice; by default in the order of the register."""
    part, told = page(asked, ordered_by(read.firms(wanted), asked.get("sort", ""), FIRM))
    part = placed(whole(read, part))
    return Listing(
        FIRM, rows(read, part, FIRM), told["total"], {**head(read), **told}, points(part), neighbours(told)
    )  # fmt: skip


@v1.resource("/firms/<path:key>", "FirmWhole", Asked)
def firm(_asked: dict[str, Any], key: str) -> dict[str, Any]:
    """Tell one firm: register, place with its evidence, coverage, what the law says, other records of it."""
    read = reading()
    if key not in read.survey.firms.index:
        raise NotFoundError(f"no firm {key!r}")
    told = rows(read, placed(read.survey.firms.loc[[key]]), FIRM)[0]
    row = read.survey.firms.loc[key]
    return told | {
        "on": str(read.on),
        "scope": plain(row["scope"]),
        "phrases": _phrases(told),
        "evidence": _evidence(read, row),
        "rules": [said for rule in told["path_rules"] for said in cited(rule, read.survey.rules_day)],
        "unions": _unions(read, key),
        "records": _records(read, key),
        "links": _links(row, key),
    }


def _phrases(told: dict[str, Any]) -> dict[str, Any]:
    """Return the words of each field that holds codes."""
    known: dict[str, Any] = {}
    for field in FIRM:
        value = told[field.name]
        if field.codes and value:
            many = isinstance(value, list)
            known[field.name] = [label(field.codes, each) for each in value] if many else label(field.codes, value)
    return known


def _evidence(read: Reading, row: pd.Series) -> dict[str, Any]:
    reasons = [
        {"code": code, "say": explain("location_reason", code, _impersonal(detail), names=read.named)}
        for code, detail in row["location_reasons"]
    ]
    candidates = [
        {
            "place": plain(each.get("place")), "name": read.name(each.get("level"), each.get("place")) or None,
            "level": each.get("level"), "score": plain(each.get("score")),
        }
        for each in row["candidates"]
    ]  # fmt: skip
    return {"reasons": reasons, "candidates": candidates, "components": plain(list(row["components"]))}


def _impersonal(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name not in PERSONS}


def _unions(read: Reading, key: str) -> list[dict[str, Any]]:
    """Return each roll that lists the firm, and how it was recognised there."""
    links = read.survey.links
    own = links[links["member_id"].eq(key).fillna(False)]
    names = ["union_id", "role", "listed_name", "method", "score", "status"]
    return [
        {name: plain(value) for name, value in zip(names, row, strict=True)} | {"union": read.name("union", row[0])}
        for row in own[names].itertuples(index=False, name=None)
    ]


def _records(read: Reading, key: str) -> list[dict[str, Any]]:
    """Return the records that are, or may be, the same firm."""
    same = read.survey.same
    pairs = same[same["one"].eq(key) | same["other"].eq(key)]
    return [
        {
            "id": other, "name": read.firm_name(other), "status": pair.status, "method": pair.method,
            "score": plain(pair.score),
        }
        for pair in pairs.itertuples()
        for other in [pair.other if pair.one == key else pair.one]
    ]  # fmt: skip


def _links(row: pd.Series, key: str) -> list[dict[str, str]]:
    told = [{"rel": "self", "href": link("api.firm", key=key)}]
    place = finest_place(row)
    if place is not None:
        told.append({"rel": "place", "href": link("api.place", key=place[1])})
        told.append({"rel": "collection", "href": link("api.firms", **query.write(query.of_place(*place)))})
    if not pd.isna(row["group_id"]):
        told.append({"rel": "suggestion", "href": link("api.suggestion", key=row["group_id"])})
    return told
