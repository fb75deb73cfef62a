"""Unions and suggested joint unions: lists, and one of each."""

from typing import Any

from app import ledger, query
from app.api.arguments import Asked, Paged, choice, formed, known, sorted_by, words
from app.api.blueprint import head, v1
from app.api.fields import SUGGESTION, UNION, rows
from app.api.forms import CSV, GEOJSON, JSON, Listing, points
from app.api.resources import link, neighbours, page
from app.api.selection import ordered_by
from app.arguments import codes, counties
from app.current import reading
from app.errors import NotFoundError
from app.labels import explain, label
from app.links import union_filter
from app.views import suggestions as suggestion_pages
from app.views import unions as union_pages
from geo.gaps import KINDS


class UnionsAsked(Paged):
    """Unions by what their page asks, in pages."""

    text = words("condition.text", "text")
    layer = choice("api_argument.layer", union_pages.LAYERS)
    state = choice("api_argument.state", union_pages.STATES)
    due = choice("api_argument.due", union_pages.DUE)
    kind = words("api_argument.union_kind", "condition", known(codes("union_kind")), **{
        "x-codes": "/api/v1/codes/union_kind",
    })  # fmt: skip
    county = words("condition.county", "county", known(counties))
    town = words("condition.town", "code", known(lambda: reading().divisions.index))
    year = choice("api_argument.year", union_pages.MOVES)
    flag = words("api_argument.union_flag", "condition", known(codes("union_flag")), **{
        "x-codes": "/api/v1/codes/union_flag",
    })  # fmt: skip
    sort = sorted_by("Union")
    f = formed(JSON, CSV)


class SuggestionsAsked(Paged):
    """Suggested joint unions by kind and county, in pages."""

    kind = words("api_argument.group_kind", "condition", known(codes("group_kind")), **{
        "x-codes": "/api/v1/codes/group_kind",
    })  # fmt: skip
    county = words("condition.county", "county", known(counties))
    sort = sorted_by("Suggestion")
    f = formed(JSON, GEOJSON, CSV)


@v1.resource("/unions", "UnionPage", UnionsAsked, into=(JSON, CSV))
def unions(asked: dict[str, Any]) -> Listing:
    """List the unions with what each covers."""
    read = reading()
    part, told = page(asked, ordered_by(union_pages.listed(read), asked.get("sort", ""), UNION))
    return Listing(UNION, rows(read, part, UNION), told["total"], {**head(read), **told}, links=neighbours(told))


@v1.resource("/unions/<path:key>", "UnionWhole", Asked)
def union(_asked: dict[str, Any], key: str) -> dict[str, Any]:
    """Tell one union, with what became of the members it lists."""
    read = reading()
    table = ledger.table(read)
    if key not in table.index:
        raise NotFoundError(f"no union {key!r}")
    roll, kind = ledger.roll_of(read, key), str(table.at[key, "kind"])
    others = [{"code": code, "say": label("roll_outcome", code), "count": count} for code, count in roll.rest]
    return rows(read, table.loc[[key]], UNION)[0] | {
        "on": str(read.on),
        "roll": {"listed": roll.listed, "counted": roll.counted, "others": others},
        "links": [
            {"rel": "self", "href": link("api.union", key=key)},
            {"rel": "firms", "href": link("api.firms", **query.write(union_filter(key, kind)))},
        ],
    }


@v1.resource("/suggestions", "SuggestionPage", SuggestionsAsked, into=(JSON, GEOJSON, CSV))
def suggestions(asked: dict[str, Any]) -> Listing:
    """List the suggested joint unions."""
    read = reading()
    table = suggestion_pages.listed(read)
    table = table.assign(name=[read.group_name(str(key)) for key in table.index])
    part, told = page(asked, ordered_by(table, asked.get("sort", ""), SUGGESTION))
    return Listing(
        SUGGESTION, rows(read, part, SUGGESTION), told["total"], {**head(read), **told}, points(part),
        neighbours(told),
    )  # fmt: skip


@v1.resource("/suggestions/<path:key>", "SuggestionWhole", Asked)
def suggestion(_asked: dict[str, Any], key: str) -> dict[str, Any]:
    """Tell one suggested joint union: why, with what caution, and whom it takes in."""
    read = reading()
    groups = read.survey.groups
    if key not in groups.index:
        raise NotFoundError(f"no suggestion {key!r}")
    row = groups.loc[[key]].assign(name=read.group_name(key))
    links = [
        {"rel": "self", "href": link("api.suggestion", key=key)},
        {"rel": "firms", "href": link("api.firms", group=key)},
    ]
    if str(row["kind"].iloc[0]) in KINDS:
        links.append({"rel": "place", "href": link("api.place", key=row["place_id"].iloc[0])})
    said = {
        name: [
            {"code": code, "say": explain(f"group_{name[:-1]}", code, detail, names=read.named)}
            for code, detail in row[name].iloc[0]
        ]
        for name in ("reasons", "cautions")
    }
    return rows(read, row, SUGGESTION)[0] | {"on": str(read.on), **said, "links": links}
