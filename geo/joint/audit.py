"""The second opinion on a plan: everything recomputed from the rows of the files, nothing taken from the engine."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.joint.options import JointOptions

_PLACES = ("building", "market", "park")
_EARTH_M = 6_371_008.8


@dataclass(frozen=True)
class Audit:
    """What the rows say: the value of the plan in milli-workers, and every rule that is broken (none if sound)."""

    objective_milli: int
    faults: tuple[str, ...]
    firms: int
    workers: int


def audit(firms: pd.DataFrame, unions: pd.DataFrame, answer: pd.DataFrame, *, options: JointOptions) -> Audit:
    """Check a plan.

    Parameters
    ----------
    firms, unions : the rows as read (``table``)
    answer : ``planning.Plan.firms``
    """
    rows = firms.join(answer)
    grouped = rows[rows["group"].notna()]
    faults = [f"row {row}: has both or neither of a group and a reason" for row in _unanswered(rows)]
    faults += [f"firm {id_}: takes part though it may not" for id_ in grouped["id"][grouped["unusable"].notna()]]
    faults += [f"firm {id_}: stands in two rows" for id_ in grouped["id"][grouped["id"].duplicated()]]
    faults += _sizes(grouped, unions, options)
    for kind, part in grouped.groupby("kind"):
        faults += _together(str(kind), part, unions, options)
    faults += _inside(rows) + _usual(rows, grouped)
    values = _values(grouped, unions, options)
    founding = grouped.drop_duplicates("group")["kind"].map(_founding(options)).fillna(0).sum() * 1000
    return Audit(int(values.sum() - founding), tuple(faults), len(grouped), int(grouped["workers"].sum()))


def _unanswered(rows: pd.DataFrame) -> list[int]:
    told = rows["reason"].isin(["founds", "joins"])
    return rows["row"][rows["reason"].isna() | (told != rows["group"].notna())].tolist()


def _founding(options: JointOptions) -> dict[str, int]:
    place = dict.fromkeys(_PLACES, options.founding_place)
    return {**place, "street": options.founding_street, "community": options.founding_community, "existing": 0}


def _sizes(grouped: pd.DataFrame, unions: pd.DataFrame, options: JointOptions) -> list[str]:
    size = grouped.groupby("group").agg(
        kind=("kind", "first"), seat=("seat", "first"), firms=("id", "size"), workers=("workers", "sum"),
        towns=("jurisdiction", "nunique"), seats=("seat", "nunique"),
    )  # fmt: skip
    new = size["kind"].ne("existing")
    most = size["kind"].isin(_PLACES).map({True: options.max_firms_in_place, False: options.max_firms})
    spare = size["seat"].map(dict(zip(unions["id"], unions["spare"], strict=True)))
    tests = {
        "several jurisdictions": size["towns"] > 1,
        "several seats": size["seats"] > 1,
        "too few firms": new & (size["firms"] < options.min_firms),
        "too few workers": new & (size["workers"] < options.min_workers),
        "too many firms": new & (size["firms"] > most),
        "more than the union has room for": ~new & (spare.isna() | (size["firms"] > spare.fillna(0))),
    }
    return [f"group {group}: {fault}" for fault, hit in tests.items() for group in size.index[hit.fillna(True)]]


def _together(kind: str, part: pd.DataFrame, unions: pd.DataFrame, options: JointOptions) -> list[str]:
    if kind in _PLACES:
        seat = part["seat"].str.replace(r"#\d+$", "", regex=True)
        wrong = part[kind].ne(part["seat"]).fillna(True) & part[kind].ne(seat).fillna(True)
        return [f"firm {id_}: is not in the {kind} of its group" for id_ in part["id"][wrong]]
    if kind == "street":
        name = part["seat"].str.rpartition("@")
        off = (part["chainage_m"].astype("float64") - name[2].astype("float64")).abs()
        wrong = part["street"].ne(name[0]).fillna(True) | (off > options.street_span_m // 2)
        wrong |= off.ne(part["distance_m"].astype("float64"))
        faults = [f"firm {id_}: is not within reach along the street" for id_ in part["id"][wrong]]
        for group, at in part.groupby("group")["chainage_m"]:
            ordered = np.sort(at.to_numpy("int64"))
            if (
                ordered[-1] - ordered[0] > options.street_span_m
                or np.diff(ordered).max(initial=0) > options.street_gap_m
            ):
                faults.append(f"group {group}: too long or with too wide a gap")
        return faults
    if kind == "community":
        degrees = part["seat"].str.split(",", expand=True).astype("float64")
        away = _apart(part["lon"], part["lat"], degrees[0], degrees[1])
        wrong = (away - part["distance_m"].astype("float64")).abs() > 2 + 0.005 * away
        wrong |= part["distance_m"] > options.reach_m
        return [f"firm {id_}: its distance is {d:.0f} m" for id_, d in zip(part["id"][wrong], away[wrong], strict=True)]
    return _at_hosts(part, unions, options)


def _at_hosts(part: pd.DataFrame, unions: pd.DataFrame, options: JointOptions) -> list[str]:
    joined = part.merge(unions, left_on="seat", right_on="id", suffixes=("", "_union"), how="left")
    wrong = joined["jurisdiction"].ne(joined["jurisdiction_union"]).fillna(True)
    for kind in (*_PLACES, "street"):
        wrong |= joined["kind_union"].eq(kind) & joined[kind].ne(joined["place"]).fillna(True)
    away = _apart(joined["lon"], joined["lat"], joined["lon_union"], joined["lat_union"])
    wrong |= joined["kind_union"].eq("community") & ~(away <= options.reach_m * 1.01 + 2)
    return [f"firm {id_}: cannot join that union" for id_ in joined["id"][wrong.astype(bool)]]


def _apart(lon: pd.Series, lat: pd.Series, lon2: pd.Series, lat2: pd.Series) -> pd.Series:
    """Great-circle metres (haversine)."""
    a, b, c, d = (np.radians(part.astype("float64")) for part in (lon, lat, lon2, lat2))
    h = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return pd.Series(2 * _EARTH_M * np.arcsin(np.sqrt(h)), index=lon.index)


def _inside(rows: pd.DataFrame) -> list[str]:
    """Nobody who is left over, in a community union or in another piece stands inside a piece of a street."""
    free = rows["unusable"].isna() & rows["reason"].ne("excluded").fillna(True)
    free &= ~rows["kind"].isin([*_PLACES, "existing"]).fillna(False)
    on = rows[free & rows["street"].notna() & rows["chainage_m"].notna()]
    on = on.sort_values(["jurisdiction", "street", "chainage_m", "id"])
    of = on["group"].where(on["kind"].eq("street").fillna(False)).fillna("")
    runs = of.ne(of.shift()).cumsum()
    pieces = pd.DataFrame({"group": of, "run": runs})[of.ne("")].drop_duplicates()
    parted = pieces["group"][pieces["group"].duplicated()].unique()
    at = on["chainage_m"].astype("float64")
    faults = []
    for group in parted:
        ends = at[of.eq(group)]
        town, street = on.loc[ends.index[0], ["jurisdiction", "street"]]
        here = on["jurisdiction"].eq(town) & on["street"].eq(street) & of.ne(group)
        if ((at > ends.min()) & (at < ends.max()) & here).any():
            faults.append(f"group {group}: a stranger stands between its members")
    return faults


def _usual(rows: pd.DataFrame, grouped: pd.DataFrame) -> list[str]:
    """A group has one usual industry; in a place it is that of most firms there, of several the first."""
    told = grouped.groupby("group")["usual"].nunique()
    faults = [f"group {group}: several usual industries" for group in told.index[told > 1]]
    here = rows[rows["unusable"].isna() & rows["reason"].ne("excluded").fillna(True)]
    for kind in _PLACES:
        part = grouped[grouped["kind"].eq(kind) & grouped["usual"].notna()].drop_duplicates("group")
        if len(part):
            size = here.groupby(["jurisdiction", kind, "industry"]).size().rename("firms").reset_index()
            size = size.sort_values(["firms", "industry"], ascending=[False, True], kind="stable")
            most = size.drop_duplicates(["jurisdiction", kind]).set_index(["jurisdiction", kind])["industry"]
            due = most.reindex(pd.MultiIndex.from_frame(part[["jurisdiction", kind]])).to_numpy()
            wrong = part["usual"].to_numpy() != due
            faults += [f"group {group}: another industry is usual there" for group in part["group"][wrong]]
    return faults


def _values(grouped: pd.DataFrame, unions: pd.DataFrame, options: JointOptions) -> pd.Series:
    kinds = grouped["kind"].where(
        grouped["kind"].ne("existing"), grouped["seat"].map(dict(zip(unions["id"], unions["kind"], strict=True)))
    )
    street, spread = kinds.eq("street").to_numpy(bool), kinds.eq("community").to_numpy(bool)
    workers, metres = grouped["workers"].to_numpy("int64"), grouped["distance_m"].to_numpy("int64")
    taken = street * options.penalty_street_milli + spread * options.penalty_community_milli
    reach = np.where(street, max(1, options.street_span_m // 2), max(1, options.reach_m))
    alike = grouped["industry"].eq(grouped["usual"]) & grouped["kind"].ne("street")
    taken = taken - alike.fillna(False).to_numpy(bool) * options.industry_milli
    return pd.Series(workers * (1000 - taken) - workers * options.distance_milli * metres // reach, index=grouped.index)
