"""What the suggestions ticked would lift, and which of an area come next."""

import pandas as pd
from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from app.arguments import Allowed, asks, codes, counties, towns
from app.current import reading, scope
from app.db import session
from app.suggesting import effects, proposals

bp = Blueprint("effect", __name__, url_prefix="/effect")

TOPS = ("5", "10", "20", "50")
CONDITIONS: dict[str, Allowed] = {"kind": codes("group_kind"), "county": counties, "town": towns, "top": TOPS}


@bp.get("")
@asks("key", choices=CONDITIONS)
def show() -> str:
    """Show the effect of the suggestions ticked; without any, of those of an area that reach most workers."""
    read, args = reading(), request.args
    with session() as opened:
        known = proposals.cases(opened, scope())
    table = proposals.listed(read, known)
    table = table[table["state"].isin(proposals.OPEN)]
    keys = args.getlist("key")
    if keys:
        found = effects.of(read, known, table, keys)
    else:
        found = effects.coming(read, known, table[_meeting(table, args)], int(args.get("top") or TOPS[1]))
    return render_template(
        "suggestions/effect.html", read=read, effect=found, ticked=bool(keys),
        missing=len(set(keys)) > len(found.groups), tops=TOPS,
        top=args.get("top") or TOPS[1], proposed_name=proposals.name_of, total=read.total(),
    )  # fmt: skip


def _meeting(table: pd.DataFrame, args: "MultiDict[str, str]") -> pd.Series:
    keep = table["state"].notna()
    for name, column in (("kind", "kind"), ("county", "county_code"), ("town", "town_code")):
        if args.get(name):
            keep &= table[column].eq(args[name]).fillna(value=False)
    return keep
