"""The figures by place, each rate with its named basis. Members are not workers, and bases are never mixed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geo.coverage.modes import commonest
from geo.coverage.options import CoverageOptions
from geo.coverage.state import ended_because
from geo.errors import FrameError

UNLOCATED = ("none", "county")
"""Levels too coarse to count as located: whoever visits must at least know the town."""

PRECISE = ("building", "number", "market")
"""Levels at which a firm's door can be found."""

UNPLACED = ""
"""Index value of the row for firms and unions whose place is not known: sums over places equal the city."""


@dataclass(frozen=True)
class Rate:
    """A rate: two counted columns and the code of the basis that has to be printed beside it."""

    name: str
    part: str
    whole: str
    basis: str


RATES = (
    Rate("rate", "covered", "eligible", "register"),
    Rate("rate_own", "own", "eligible", "register"),
    Rate("rate_joint", "joint", "eligible", "register"),
    Rate("rate_gap", "gap", "eligible", "register"),
    Rate("rate_census", "covered", "census_units", "census"),
    Rate("rate_own_25", "own_25", "eligible_25", "register_25"),
    Rate("rate_dynamic", "covered_grown", "eligible_grown", "register_grown"),
    Rate("rate_secondary", "secondary", "primary_any", "primary"),
    Rate("rate_members", "members", "workers", "workers_eligible"),
    Rate("rate_members_unionised", "members", "unit_workers", "workers_covered"),
    Rate("rate_located", "located", "eligible", "register"),
    Rate("rate_precise", "precise", "eligible", "register"),
)
"""Every rate of a table of figures. ``rate`` is 建会率 on the register, ``rate_census`` on typed census totals."""

FIRM_COUNTS = (
    "firms", "eligible", "excluded", "covered", "own", "joint", "federation_counted", "gap", "gap_25", "gap_under_25",
    "gap_unknown", "eligible_25", "own_25", "without_own_25", "secondary", "primary_any", "covered_units", "located",
    "unlocated", "precise", "eligible_grown", "covered_grown",
)  # fmt: skip
WORKER_SUMS = ("workers", "covered_workers", "gap_workers")
UNKNOWN_COUNTS = ("workers_unknown", "gap_workers_unknown")
UNION_COUNTS = (
    "unions", "unions_own", "unions_joint", "unions_own_uncounted", "members", "members_unknown", "unit_workers",
)  # fmt: skip


def measure(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    *,
    by: str | None,
    census: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count and rate coverage by a column of the firms.

    Parameters
    ----------
    firms : FIRMS
    unions : SURVEYED_UNIONS of the same day; federations are left out of every count
    by : column of FIRMS (county_code, town_code, zone, building, sector …), None for the whole city in one row
    census : typed totals by the same keys: ``units`` and, for the reader, ``source``, ``counted_on``

    Returns
    -------
    frame by place key, sorted, with ``UNPLACED`` last where some have no place: the counts of this module, the rates of
    ``RATES`` (NaN where the basis is empty or unknown) and ``flags`` (census_exceeded · members_over_workers). A
    rate above 1 is shown and flagged, never clipped. Workers and members are sums of the known counts;
    ``*_unknown`` says how many are missing. ``unit_workers`` are those of every unit that the unions counted cover, in
    the denominator or not (branches, sole traders), so they and ``members`` are of one set; ``covered_workers`` are
    those of covered eligible firms. ``unions_own_uncounted``: own unions whose host is not an eligible firm.
    """
    keys = _keys(firms, by)
    table = pd.concat([_firm_counts(firms), _worker_sums(firms)], axis=1).groupby(keys, sort=True).sum()
    counts = _union_counts(firms, unions, union_places(firms, unions, by=by))
    table = table.join(counts, how="outer").fillna(0).astype("int64")
    if by is None:  # an area is there even if no firm of it is known
        table = table.reindex(["all"], fill_value=0)
    table = table.sort_index(key=lambda index: index.where(index != UNPLACED, "\uffff"))
    if census is not None and "units" not in census.columns:
        raise FrameError("census totals need a column 'units'")
    units = pd.Series(np.nan, index=table.index) if census is None else census["units"].reindex(table.index)
    table["census_units"] = units.astype("Int64")
    for rate in RATES:
        table[rate.name] = _ratio(table[rate.part], table[rate.whole])
    table["flags"] = [
        [code for code, hit in (("census_exceeded", high), ("members_over_workers", many)) if hit]
        for high, many in zip(table["rate_census"] > 1, table["rate_members_unionised"] > 1, strict=True)
    ]
    table.index.name = by or "city"
    return table


def with_empty(table: pd.DataFrame, keys: Iterable[str]) -> pd.DataFrame:
    """Return a table of ``measure`` with a row for each key: noughts and no rates for one without firms and unions.

    Rows of keys that are not asked for stay, the new ones come last in the order asked for.
    """
    missing = [key for key in keys if key not in table.index]
    if not missing:
        return table
    rates = {rate.name for rate in RATES} | {"census_units"}
    counts = {name: 0 for name in table.columns if name not in rates and name != "flags"}
    rows = pd.DataFrame(counts, index=pd.Index(missing, name=table.index.name))
    rows = rows.assign(**{name: np.nan for name in table.columns if name in rates}, flags=[[] for _key in missing])
    rows = rows[table.columns].astype({name: kind for name, kind in table.dtypes.items() if name != "flags"})
    return pd.concat([table, rows]) if len(table) else rows


def growth(
    firms: pd.DataFrame, unions: pd.DataFrame, *, by: str | None, since: date, options: CoverageOptions
) -> pd.DataFrame:
    """Net growth of the stock of basic-level unions from an earlier day to the day of the survey.

    Returns
    -------
    by place key: ``unions_then``, ``unions_now``, ``founded``, ``ended``, ``net_growth`` ((now - then) / then, NaN
    without a stock). Members of a past day are not in the registers of one day, so their growth needs two surveys.
    """
    facts = moves(firms, unions, since=since, options=options)
    places = union_places(firms, unions, by=by)
    table = facts.astype("int64").groupby(places).sum()
    if by is None:  # the city is there even if it has no union yet
        table = table.reindex(["all"], fill_value=0)
    table["net_growth"] = _ratio(table["unions_now"] - table["unions_then"], table["unions_then"])
    table.index.name = by or "city"
    return table


def moves(firms: pd.DataFrame, unions: pd.DataFrame, *, since: date, options: CoverageOptions) -> pd.DataFrame:
    """Tell by union whether it counted on an earlier day and counts on the survey's: stock, founded, ended.

    Returns
    -------
    by union key, truths: ``unions_then``, ``unions_now``, ``founded``, ``ended``; federations are none of these
    """
    before = ended_because(
        unions, on=since, hosts=unions["host_id"].dropna(), firms=firms, undated=options.undated_approval_counts
    ).isna()
    basic, now = unions["kind"].ne("federation"), unions["in_force"].astype(bool)
    return pd.DataFrame(
        {
            "unions_then": basic & before,
            "unions_now": basic & now,
            "founded": basic & now & ~before,
            "ended": basic & before & ~now,
        }
    ).astype(bool)


def union_places(firms: pd.DataFrame, unions: pd.DataFrame, *, by: str | None) -> pd.Series:
    """The one place each union is counted in, ``UNPLACED`` if unknown.

    County and town are the columns of SURVEYED_UNIONS, so that lists by them agree; of other kinds of place an own
    union stands where its host stands; a joint union in the place that it names as its own (``place_id``), else where
    most of the firms it covers are (ties: smallest key), in none if most are in none. So a joint union counts once
    however many places it reaches, and the union of a whole town is not that of a zone some of its firms are in.
    """
    if by is None:
        return pd.Series("all", index=unions.index, dtype="string")
    if by in ("county_code", "town_code"):
        return unions[by].astype("string").fillna(UNPLACED)
    covered = firms[firms["union_id"].notna()]
    result = commonest(covered[by].astype("string").fillna(UNPLACED), covered["union_id"])
    hosted = unions["host_id"].map(firms[by].astype("string")).astype("string")
    return hosted.fillna(named_seats(unions, by)).fillna(result.reindex(unions.index)).fillna(UNPLACED)


def named_seats(unions: pd.DataFrame, by: str) -> pd.Series:
    """The place of one kind (column of FIRMS) that each union of SURVEYED_UNIONS names as its own, NA for others."""
    of_kind = unions["kind"].eq("village") if by == "village_code" else unions["place_id"].str.startswith(f"{by}:")
    named = (unions["place_name"].notna() & of_kind).fillna(value=False).astype(bool)
    return unions["place_id"].where(named).astype("string")


def _keys(firms: pd.DataFrame, by: str | None) -> pd.Series:
    if by is None:
        return pd.Series("all", index=firms.index, dtype="string")
    return firms[by].astype("string").fillna(UNPLACED)


def _firm_counts(firms: pd.DataFrame) -> pd.DataFrame:
    eligible, covered = firms["eligible"].astype(bool), firms["covered"].astype(bool)
    own, joint = firms["primary"].eq("own"), firms["primary"].eq("joint")
    large, gap = firms["size_class"].eq("25_and_over"), firms["gap"].astype(bool)
    located, precise = ~firms["level"].isin(UNLOCATED), firms["level"].isin(PRECISE)
    grown = eligible & ~firms["flags"].map(lambda flags: "young" in flags).astype(bool)
    facts = {
        "firms": pd.Series(data=True, index=firms.index),
        "eligible": eligible,
        "excluded": ~eligible,
        "covered": eligible & covered,
        "own": eligible & own,
        "joint": eligible & joint,
        "federation_counted": eligible & covered & ~own & ~joint,
        "gap": gap,
        "gap_25": gap & large,
        "gap_under_25": gap & firms["size_class"].eq("under_25"),
        "gap_unknown": gap & firms["size_class"].eq("unknown"),
        "eligible_25": eligible & large,
        "own_25": eligible & large & own,
        "without_own_25": eligible & large & ~own,
        "secondary": eligible & firms["secondary"].astype(bool),
        "primary_any": eligible & (own | joint),
        "covered_units": own | joint,
        "located": eligible & located,
        "unlocated": eligible & ~located,
        "precise": eligible & precise,
        "eligible_grown": grown,
        "covered_grown": grown & covered,
        "workers_unknown": eligible & firms["workers"].isna(),
        "gap_workers_unknown": gap & firms["workers"].isna(),
    }
    return pd.DataFrame(facts).astype("int64")


def _worker_sums(firms: pd.DataFrame) -> pd.DataFrame:
    workers = firms["workers"].fillna(0).astype("int64")
    eligible, covered = firms["eligible"].astype(bool), firms["covered"].astype(bool)
    return pd.DataFrame(
        {
            "workers": workers.where(eligible, 0),
            "covered_workers": workers.where(eligible & covered, 0),
            "gap_workers": workers.where(firms["gap"].astype(bool), 0),
        }
    )


def _union_counts(firms: pd.DataFrame, unions: pd.DataFrame, places: pd.Series) -> pd.DataFrame:
    basic = unions["in_force"].astype(bool) & unions["kind"].ne("federation")
    own = unions["kind"].eq("own")
    counted = unions["host_id"].isin(firms.index[firms["eligible"].astype(bool)])
    facts = pd.DataFrame(
        {
            "unions": basic,
            "unions_own": basic & own,
            "unions_joint": basic & ~own,
            "unions_own_uncounted": basic & own & ~counted,
            "members": unions["members"].fillna(0).where(basic, 0),
            "members_unknown": basic & unions["members"].isna(),
            "unit_workers": unions["covered_workers"].where(basic, 0),
        }
    )
    return facts.astype("int64").groupby(places).sum()


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    top, bottom = part.astype("float64"), whole.astype("float64")
    return top.div(bottom.where(bottom > 0))
