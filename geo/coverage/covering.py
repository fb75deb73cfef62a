"""Coverage of each enterprise on a day, and what each union covers."""

from datetime import date

import pandas as pd

from geo.coverage import flags, layers, state
from geo.coverage.modes import commonest
from geo.coverage.options import CoverageOptions
from geo.coverage.path import legal_path
from geo.frames import COVERAGE, SAME, SURVEYED_UNIONS
from geo.rules import RuleSet


def cover(
    enterprises: pd.DataFrame,
    unions: pd.DataFrame,
    links: pd.DataFrame,
    *,
    on: date,
    rules: RuleSet,
    options: CoverageOptions,
    same: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Tell how every enterprise is covered on a day: own before joint before none; a federation is a second layer.

    Parameters
    ----------
    enterprises : ENTERPRISES
    unions : UNIONS
    links : LINKS; only those with status ``auto`` count, the others raise a flag
    on : the day
    rules : the rule set whose thresholds and code lists apply
    options : the choices that no rule settles
    same : SAME; a record that another one stands for does not count, one in doubt is flagged

    Returns
    -------
    COVERAGE, one row per enterprise in the order of the input. ``workers`` decide size and path, never members of
    unions.
    """
    ended = union_state(enterprises, unions, links, on=on, options=options)
    counting = layers.standing(links, on=on, in_force=unions.index[ended.isna()])
    claims = layers.claims(counting, unions)
    table = _layered(
        enterprises, claims, layers.federations(counting, unions), layers.listed_by_federation(counting, unions)
    )
    table["covered"] = table["primary"].ne("none") | (table["federation_only"] & options.federation_only_counts)
    reason = state.excluded_because(enterprises, on=on, rules=rules, options=options)
    table["excluded_because"] = reason.mask(table["covered"] & reason.str.match(r"R\d").fillna(False))
    pairs = SAME.empty() if same is None else same
    table["same_as"] = _same_as(pairs).reindex(enterprises.index)
    table.loc[table["same_as"].notna(), "excluded_because"] = "same_firm"
    table["eligible"] = table["excluded_because"].isna()
    table["gap"] = table["eligible"] & ~table["covered"]
    table["size_class"] = _size_class(enterprises["workers"], rules.promote_workers.value)
    advice = legal_path(enterprises["workers"], _preparing(unions, links, ended, enterprises.index), rules=rules)
    table["path"] = advice["path"].where(table["gap"])
    table["path_rules"] = [rule if gap else [] for rule, gap in zip(advice["path_rules"], table["gap"], strict=True)]
    limit = pd.Timestamp(on) - pd.DateOffset(months=options.grace_months)
    young = enterprises["established"] > limit
    doubtful = pd.Index(links.loc[links["status"].eq("review"), "member_id"].dropna().unique())
    alike = pairs[pairs["status"].eq("review")]
    facts = enterprises.assign(primary=table["primary"], gap=table["gap"], young=young, same_as=table["same_as"])
    table["flags"] = flags.of_firms(facts, claims, doubtful, pd.Index([*alike["one"], *alike["other"]]))
    return COVERAGE.conform(table)


def _same_as(pairs: pd.DataFrame) -> pd.Series:
    """The record that stands for each record of a sure pair, but for those that stand for themselves."""
    sure = pairs[pairs["status"].eq("auto")]
    table = pd.concat([sure["firm"].set_axis(sure[side]) for side in ("one", "other")])
    table = table[~table.index.duplicated()]
    return table[table.to_numpy() != table.index.to_numpy()].astype("string")


def union_state(
    enterprises: pd.DataFrame, unions: pd.DataFrame, links: pd.DataFrame, *, on: date, options: CoverageOptions
) -> pd.Series:
    """Why each union is not in force on the day, NA while it is (codes in ``geo.frames.SURVEYED_UNIONS``)."""
    undated = options.undated_approval_counts
    return state.ended_because(unions, on=on, hosts=hosts_of(links), firms=enterprises, undated=undated)


def hosts_of(links: pd.DataFrame) -> pd.Series:
    """Enterprise key of each own union by union key, from sure links."""
    sure = links[links["role"].eq("host") & links["status"].eq("auto") & links["member_id"].notna()]
    return sure.drop_duplicates("union_id").set_index("union_id")["member_id"]


def survey_unions(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    links: pd.DataFrame,
    *,
    on: date,
    options: CoverageOptions,
) -> pd.DataFrame:
    """What each union covers on the day, beside what it reports.

    Parameters
    ----------
    firms : FIRMS (only enterprise, location and coverage columns are read)
    unions, links, on, options : as for ``cover``

    Returns
    -------
    SURVEYED_UNIONS in the order of ``unions``; ``place_id`` is left NA (the joint stage knows seats). County and town
    are those of the host, else as registered, else those of most firms covered.
    """
    ended = union_state(firms, unions, links, on=on, options=options)
    table = unions.assign(ended_because=ended, in_force=ended.isna())
    hosts = hosts_of(links)
    table["host_id"] = hosts.reindex(unions.index)
    sure = links[links["status"].eq("auto") & links["member_kind"].eq("enterprise") & links["member_id"].notna()]
    table["linked_firms"] = sure.groupby("union_id")["member_id"].nunique().reindex(unions.index).fillna(0)
    by_union = firms[firms["union_id"].notna()]
    covered = by_union.groupby("union_id")
    table["covered_firms"] = covered.size().reindex(unions.index).fillna(0)
    table["covered_workers"] = covered["workers"].sum().reindex(unions.index).fillna(0)
    town = commonest(by_union["town_code"], by_union["union_id"]).reindex(unions.index)
    table["town_code"] = table["host_id"].map(firms["town_code"]).astype("string").fillna(town)
    county = commonest(by_union["county_code"], by_union["union_id"]).reindex(unions.index)
    seated = table["host_id"].map(firms["county_code"]).astype("string")
    table["county_code"] = seated.fillna(table["county_code"]).fillna(county)
    counting = layers.standing(links, on=on, in_force=unions.index[ended.isna()])
    table["flags"] = flags.of_unions(table, layers.claims(counting, unions), hosts, firms["workers"])
    return SURVEYED_UNIONS.conform(table)


def _layered(
    enterprises: pd.DataFrame,
    claims: pd.DataFrame,
    over: dict[str, tuple[str, ...]],
    listed: dict[str, tuple[str, ...]],
) -> pd.DataFrame:
    first = claims.drop_duplicates("member_id").set_index("member_id").reindex(enterprises.index)
    table = pd.DataFrame(
        {"primary": first["form"].fillna("none"), "union_id": first["union_id"]}, index=enterprises.index
    )
    above = [over.get(union, ()) for union in table["union_id"].tolist()]
    direct = [listed.get(key, ()) for key in enterprises.index.tolist()]
    table["federations"] = [layers.merged(*pair) for pair in zip(above, direct, strict=True)]
    table["federations"] = table["federations"].astype("object")
    any_above = table["federations"].str.len() > 0
    table["secondary"] = any_above & table["primary"].ne("none")
    table["federation_only"] = any_above & table["primary"].eq("none")
    return table


def _size_class(workers: pd.Series, threshold: float) -> pd.Series:
    result = pd.Series("unknown", index=workers.index, dtype="string")
    result[(workers < threshold).fillna(False)] = "under_25"
    result[(workers >= threshold).fillna(False)] = "25_and_over"
    return result


def _preparing(unions: pd.DataFrame, links: pd.DataFrame, ended: pd.Series, firms: pd.Index) -> pd.Series:
    hosts = hosts_of(links)
    preparing = unions.index[ended.eq("not_yet").fillna(False)].intersection(hosts.index)
    members = unions.loc[preparing, "members"].groupby(hosts[preparing]).max()
    return members.reindex(firms).astype("Int64")
