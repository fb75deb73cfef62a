"""The health of unions as pages read it: examined once a survey, chosen by an address, and where each stands."""

import pandas as pd
from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import ledger
from app.labels import label
from app.ledger_desk import standings
from app.maps import ailing
from app.query import NOT_KNOWN
from app.reading import Reading
from geo.health import CHECKS, examine
from geo.ledger import shown

MONTHS = 6
ANY = "any"
"""The choice of unions of which any check is true."""
COARSE = ("street", "zone", "village", "town", "county", "none")
"""Levels at which a firm is no spot of its own on the map."""


def examined(read: Reading) -> pd.DataFrame:
    """Return the unions examined with the register's columns and an answer a check; kept while the survey lasts."""

    def made() -> pd.DataFrame:
        found = examine(read.survey.unions, read.survey.firms, on=read.on, months=MONTHS)
        return ledger.table(read).loc[found.index].join(found)

    return read.kept.get("health", made)


def listed(read: Reading, args: MultiDict[str, str], check: str) -> pd.DataFrame:
    """Return the unions that a check is true of, or of which it is not known, at the place asked for."""
    table = of_place(examined(read), args)
    checked = table[list(CHECKS) if check == ANY else [check]]
    found = checked.isna() if args.get("answer") == "unknown" else checked.fillna(value=False).astype(bool)
    return _at_spot(read, table[found.any(axis=1)], args.get("spot", ""))


def won_first(read: Reading, args: MultiDict[str, str]) -> pd.DataFrame:
    """Return the ledger of the firms with a party organisation and without a union at the place asked for."""
    due = due_firms(read)
    return of_place(due[due["party_org"].eq(other=True).fillna(value=False)], args)


def due_firms(read: Reading) -> pd.DataFrame:
    """Return the ledger of the firms that have no union and should have one."""
    table = standings.table(read)
    return table[shown(table, "due").to_numpy(dtype=bool)]


def of_place(table: pd.DataFrame, args: MultiDict[str, str]) -> pd.DataFrame:
    """Return the rows of the county that an address asks for."""
    county, column = args.get("county", ""), table["county_code"]
    if not county:
        return table
    return table[column.isna() if county == NOT_KNOWN else column.eq(county).fillna(value=False)]


def said(check: str) -> str:
    """Return what a check is called."""
    return _("任一问题") if check == ANY else label("union_check", check)


def spot_name(read: Reading, spot: str) -> str:
    """Return what a spot of the map (``kind:key``) is called, "" for none."""
    kind, _sign, key = spot.partition(":")
    if kind == ailing.NOWHERE:
        return _("地点不详")
    return read.firm_name(key) if kind == ailing.DOOR else read.name(kind, key) if key else ""


def spots_of_unions(read: Reading, args: MultiDict[str, str], check: str) -> pd.DataFrame:
    """Return the spots of the unions chosen, each with the address of its list, where tasks are given out."""
    unions = listed(read, args, check)
    spots = ailing.gather(unions, ailing.stand_of_unions(read, unions))
    county = args.get("county") or None
    return spots.assign(
        link=[
            url_for("health.index", check=check, county=county, spot=f"{kind}:{key}")
            for kind, key in zip(spots["kind"], spots["key"], strict=True)
        ]
    )


def spots_of_firms(read: Reading, args: MultiDict[str, str]) -> pd.DataFrame:
    """Return the spots of the firms that are won first, each with the address of its ledger."""
    firms = won_first(read, args)
    spots = ailing.gather(firms, ailing.stand_of_firms(read, firms))
    return spots.assign(link=[_ledger(*pair) for pair in zip(spots["kind"], spots["key"], strict=True)])


def _ledger(kind: str, key: str) -> str:
    if kind == ailing.DOOR:
        return url_for("ledger.show", key=key)
    within: dict[str, object] = {kind: key} if kind != ailing.NOWHERE else {"county": NOT_KNOWN}
    if kind == "county":
        within["town"] = NOT_KNOWN
    if kind in ailing.COARSE:
        within["level"] = list(COARSE)
    return url_for("ledger.index", party_org=1, **within)  # type: ignore[arg-type]  # lists of values


def _at_spot(read: Reading, table: pd.DataFrame, spot: str) -> pd.DataFrame:
    kind, _sign, key = spot.partition(":")
    if not kind:
        return table
    at = ailing.stand_of_unions(read, table)
    return table[at["kind"].eq(kind) & at["key"].eq(key)]
