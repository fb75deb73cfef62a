"""The figures by place, each rate with its named basis. Members are not workers, and bases are never mixed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    places, seats = _keys(firms, by), union_places(firms, unions, by=by)
    # An area is there even if no firm of it is known.
    keys = pd.Index(pd.concat([places, seats]).unique() if by is not None else ["all"], dtype="object")
    keys = keys.sort_values(key=lambda index: index.where(index != UNPLACED, "\uffff"))
    at, seated = keys.get_indexer(places), keys.get_indexer(seats)
    sums = {name: _sum(at, fact, len(keys)) for name, fact in _firm_facts(firms).items()}
    sums |= {name: _sum(seated, fact, len(keys)) for name, fact in _union_facts(firms, unions).items()}
    table = pd.DataFrame(sums, index=keys.astype("str" if by is None else "string"))
    if census is not None and "units" not in census.columns:
        raise FrameError("census totals need a column 'units'")
    units = pd.Series(np.nan, index=table.index) if census is None else census["units"].reindex(table.index)
    table["census_units"] = units.astype("Int64")
    rates = {rate.name: _ratio(table[rate.part], table[rate.whole]) for rate in RATES}
    table = pd.concat([table, pd.DataFrame(rates, index=table.index)], axis=1)
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


def _sum(at: NDArray[np.intp], facts: NDArray[np.generic], size: int) -> NDArray[np.int64]:
    """Count truths or add up whole numbers by the place that each stands at (below 2**53, so to the last digit)."""
    if facts.dtype == np.bool_:
        return np.bincount(at[facts.astype(bool)], minlength=size).astype("int64")
    return np.bincount(at, weights=facts, minlength=size).astype("int64")


def _truths(values: pd.Series) -> NDArray[np.bool_]:
    return values.to_numpy(dtype=bool, na_value=False)


def _firm_facts(firms: pd.DataFrame) -> dict[str, NDArray[np.generic]]:
    eligible, covered, gap = (_truths(firms[name]) for name in ("eligible", "covered", "gap"))
    own, joint = _truths(firms["primary"].eq("own")), _truths(firms["primary"].eq("joint"))
    large = _truths(firms["size_class"].eq("25_and_over"))
    located, precise = ~_truths(firms["level"].isin(UNLOCATED)), _truths(firms["level"].isin(PRECISE))
    grown = eligible & np.array(["young" not in flags for flags in firms["flags"]], dtype=bool)
    unknown, workers = _truths(firms["workers"].isna()), firms["workers"].to_numpy(dtype="int64", na_value=0)
    return {
        "firms": np.ones(len(firms), dtype=bool),
        "eligible": eligible,
        "excluded": ~eligible,
        "covered": eligible & covered,
        "own": eligible & own,
        "joint": eligible & joint,
        "federation_counted": eligible & covered & ~own & ~joint,
        "gap": gap,
        "gap_25": gap & large,
        "gap_under_25": gap & _truths(firms["size_class"].eq("under_25")),
        "gap_unknown": gap & _truths(firms["size_class"].eq("unknown")),
        "eligible_25": eligible & large,
        "own_25": eligible & large & own,
        "without_own_25": eligible & large & ~own,
        "secondary": eligible & _truths(firms["secondary"]),
        "primary_any": eligible & (own | joint),
        "covered_units": own | joint,
        "located": eligible & located,
        "unlocated": eligible & ~located,
        "precise": eligible & precise,
        "eligible_grown": grown,
        "covered_grown": grown & covered,
        "workers_unknown": eligible & unknown,
        "gap_workers_unknown": gap & unknown,
        "workers": workers * eligible,
        "covered_workers": workers * (eligible & covered),
        "gap_workers": workers * gap,
    }


def _union_facts(firms: pd.DataFrame, unions: pd.DataFrame) -> dict[str, NDArray[np.generic]]:
    basic = _truths(unions["in_force"]) & ~_truths(unions["kind"].eq("federation"))
    own = _truths(unions["kind"].eq("own"))
    counted = _truths(unions["host_id"].isin(firms.index[_truths(firms["eligible"])]))
    return {
        "unions": basic,
        "unions_own": basic & own,
        "unions_joint": basic & ~own,
        "unions_own_uncounted": basic & own & ~counted,
        "members": unions["members"].to_numpy(dtype="int64", na_value=0) * basic,
        "members_unknown": basic & _truths(unions["members"].isna()),
        "unit_workers": unions["covered_workers"].to_numpy(dtype="int64", na_value=0) * basic,
    }


def _ratio(part: pd.Series, whole: pd.Series) -> NDArray[np.float64]:
    top, bottom = (side.to_numpy(dtype="float64", na_value=np.nan) for side in (part, whole))
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
