"""What is there to ask: the resources, surveyed days, divisions, lists of codes, and whether all is well."""

from typing import Any

import pandas as pd
import sqlalchemy as sa
from flask import Response

from app import labels, store
from app.api import forms
from app.api.arguments import Paged, choice, formed, sorted_by, words
from app.api.blueprint import head, v1
from app.api.documents import VERSION, document
from app.api.fields import DIVISION, SURVEY, rows
from app.api.forms import CSV, GEOJSON, JSON, MEDIA, OPENAPI, Listing, points
from app.api.resources import link, neighbours, page
from app.api.selection import ordered_by
from app.current import outdated_days, scope, yearly
from app.db import session
from app.errors import NotFoundError
from app.reading import with_plain_villages

LISTS = ("surveys", "figures", "gaps", "firms", "places", "unions", "suggestions", "divisions", "codes", "health")
LEVELS = ("city", "county", "town", "village")


class Listed(Paged):
    """A list in pages that is of no single day."""

    f = formed(JSON, CSV)

    class Meta(Paged.Meta):
        """Without the day."""

        exclude = ("on",)


class DivisionsAsked(Paged):
    """Divisions of a level, or within another one, in pages."""

    level = choice("api_argument.level", LEVELS)
    parent = words("api_argument.parent", "code")
    sort = sorted_by("Division")
    f = formed(JSON, GEOJSON, CSV)

    class Meta(Paged.Meta):
        """Without the day: former divisions are there with the days they were in force."""

        exclude = ("on",)


@v1.resource("", "Landing")
def root(_asked: dict[str, Any]) -> dict[str, Any]:
    """Say which resources there are."""
    links = [{"rel": "self", "href": link("api.root")}]
    links += [
        {"rel": "collection", "href": link(f"api.{name}"), "title": labels.label("api_operation", f"api.{name}")}
        for name in LISTS
    ]
    links.append({"rel": "service-desc", "href": link("api.openapi"), "type": MEDIA[OPENAPI]})
    links.append({"rel": "service-doc", "href": link("interface.show"), "type": "text/html"})
    links.append({"rel": "related", "href": link("ogc.landing"), "title": labels.label("api_document", "OGC")})
    told = {"title": labels.label("api_document", "API"), "description": labels.label("api_description", "API")}
    return told | {"links": links}


@v1.resource("/openapi.json", "OpenApi", into=(OPENAPI, JSON))
def openapi(_asked: dict[str, Any]) -> Response:
    """Give this document as OpenAPI 3.0."""
    form = forms.wanted((OPENAPI, JSON))
    return forms.send(forms.dumped(document("API")), MEDIA[form], forms.stamp(form))


@v1.resource("/surveys", "SurveyPage", Listed, into=(JSON, CSV))
def surveys(asked: dict[str, Any]) -> Listing:
    """List the surveyed days, newest first, each with its figures."""
    old = set(outdated_days())
    totals = [row.to_dict() | {"on": str(on), "outdated": on in old} for on, row in reversed(yearly())]
    part, told = page(asked, pd.DataFrame(totals, dtype="object"))
    return Listing(SURVEY, rows(None, part, SURVEY), told["total"], {**head(), **told}, links=neighbours(told))


@v1.resource("/divisions", "DivisionPage", DivisionsAsked, into=(JSON, GEOJSON, CSV))
def divisions(asked: dict[str, Any]) -> Listing:
    """List city, counties, towns and villages with their codes; also former ones, with the days they were in force."""
    with session() as opened:
        table = with_plain_villages(store.read(opened, "divisions", scope()))
    for name, column in (("level", "level"), ("parent", "parent")):
        if name in asked:
            table = table[table[column].eq(asked[name]).fillna(False)]
    part, told = page(asked, ordered_by(table.sort_index(), asked.get("sort", ""), DIVISION))
    return Listing(
        DIVISION, rows(None, part, DIVISION), told["total"], {**head(), **told}, points(part), neighbours(told)
    )  # fmt: skip


@v1.resource("/codes", "CodeLists")
def codes(_asked: dict[str, Any]) -> dict[str, Any]:
    """List the lists of codes."""
    told = [
        {"kind": kind, "zh": each.zh, "en": each.en, "codes": len(each.codes), "href": link("api.code_list", kind=kind)}
        for kind, each in labels.book().items()
    ]
    return {"items": told}


@v1.resource("/codes/<kind>", "CodeList")
def code_list(_asked: dict[str, Any], kind: str) -> dict[str, Any]:
    """Give the codes of a list with their phrases in both languages."""
    found = labels.book().get(kind)
    if found is None:
        raise NotFoundError(f"no list {kind!r}")
    items = [{"code": each.code, "zh": each.zh, "en": each.en, "mark": each.mark} for each in found.values()]
    return {"kind": kind, "zh": found.zh, "en": found.en, "source": found.source, "items": items}


@v1.resource("/health", "Health", bare=True, security=[])
def health(_asked: dict[str, Any]) -> Response:
    """Say whether the database answers, to anybody; nothing of its content."""
    with session() as opened:
        opened.execute(sa.select(1))
        surveyed = store.surveys.record(opened) is not None
    told = {"status": "ok", "database": "ok", "surveyed": surveyed, "version": VERSION}
    return forms.send(forms.dumped(told), MEDIA[JSON])
