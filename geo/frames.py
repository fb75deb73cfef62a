"""Columns, units and CRS of every frame that passes between stages, declared once.

``SPEC.conform(frame)`` returns a copy with exactly the declared columns, order and dtypes (missing optional columns are
filled with NA) and raises ``FrameError`` naming every fault; ``SPEC.of(columns, index)`` makes the frame of values that
fit, ``SPEC.empty()`` the one without rows.
All coordinates are WGS-84 (EPSG:4326), longitude before latitude; ``_m`` is metres; dates are days.
Keys are text and stable across runs:

* division: its code (6 digits county, 9 town, 12 village);
* enterprise: the credit code if valid, else ``org:`` + organisation code, else ``row:`` + digest of name and address;
* union: ``union:`` + its own code if it has one, else ``union:`` + digest of name and county;
* place: ``kind:county code or city code:name`` (``building:320613:华辰大厦``), ``#2`` behind it for a namesake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from geo.errors import FrameError

CRS = "EPSG:4326"
"""The CRS of every geometry inside the atlas."""

TEXT, INTEGER, REAL, FLAG, DAY, LIST = "string", "Int64", "float64", "boolean", "datetime64[s]", "object"


@dataclass(frozen=True)
class Column:
    """One column: its pandas dtype, what it means (with unit or code list), and whether it may be left out."""

    dtype: str
    note: str
    required: bool = False


@dataclass(frozen=True)
class Spec:
    """The contract of one frame: ``index`` names the index; a ``spatial`` frame has a ``geometry`` in ``CRS``."""

    name: str
    index: str
    columns: Mapping[str, Column]
    spatial: bool = False

    def empty(self) -> pd.DataFrame:
        """Return the frame without rows."""
        return self.conform(pd.DataFrame(index=pd.Index([], name=self.index, dtype="object"), columns=self._required()))

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a copy with the declared columns, order, dtypes and index name.

        Raises
        ------
        FrameError
            If a required column is missing, the index has duplicates, or a value does not fit its dtype.
        """
        faults = [f"column {name!r} is missing" for name in self._required() if name not in frame.columns]
        faults += self._doubled(frame.index)
        columns = {}
        for name, column in self.columns.items():
            try:
                columns[name] = _cast(frame, name, column.dtype).array  # without an index there is none to compare
            except (TypeError, ValueError) as error:
                faults.append(f"column {name!r} is not {column.dtype}: {error}")
        if faults:
            raise FrameError(f"frame {self.name}: " + "; ".join(faults), detail={"frame": self.name, "faults": faults})
        result = pd.DataFrame(columns, index=frame.index.rename(self.index))
        if not self.spatial:
            return result
        geometry = frame["geometry"] if "geometry" in frame.columns else pd.Series([None] * len(frame), dtype="object")
        return gpd.GeoDataFrame(result, geometry=gpd.GeoSeries(geometry.array, index=result.index, crs=CRS), crs=CRS)

    def of(self, columns: Mapping[str, Sequence[object]], index: pd.Index) -> pd.DataFrame:
        """Return the frame of all its columns, given as values that fit their dtypes (not ``DAY``), without a shape.

        Raises
        ------
        FrameError
            If the index has duplicates.
        """
        if faults := self._doubled(index):
            raise FrameError(f"frame {self.name}: " + "; ".join(faults), detail={"frame": self.name, "faults": faults})
        typed = {name: pd.array(columns[name], dtype=column.dtype) for name, column in self.columns.items()}
        return pd.DataFrame(typed, index=index.rename(self.index), copy=False)

    def _doubled(self, index: pd.Index) -> list[str]:
        if index.is_unique:
            return []
        return [f"index {self.index!r} has duplicates, first {index[index.duplicated()][0]!r}"]

    def _required(self) -> list[str]:
        return [name for name, column in self.columns.items() if column.required]


def _cast(frame: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series(pd.NA if dtype in (TEXT, INTEGER, FLAG) else None, index=frame.index, dtype=dtype)
    if dtype == DAY:
        return pd.to_datetime(frame[name]).astype(dtype)
    return frame[name].astype(dtype)


def _spec(title: str, index: str, /, *, spatial: bool = False, **columns: Column) -> Spec:
    return Spec(title, index, MappingProxyType(columns), spatial)


DIVISIONS = _spec(
    "divisions",
    "code",
    name=Column(TEXT, "official name, today's or of its time", required=True),
    level=Column(TEXT, "city · county · town · village", required=True),
    parent=Column(TEXT, "code of the division above", required=True),
    valid_from=Column(DAY, "first day in force, NA if before the records"),
    valid_to=Column(DAY, "last day in force, NA if still"),
    lon=Column(REAL, "a point inside, WGS-84, NaN if unknown"),
    lat=Column(REAL, "a point inside, WGS-84, NaN if unknown"),
    source=Column(TEXT, "where the row comes from"),
)

ALIASES = _spec(
    "aliases",
    "alias_id",
    alias=Column(TEXT, "the other name as written", required=True),
    target=Column(TEXT, "key of the division or place meant", required=True),
    kind=Column(TEXT, "official · former · short · generated · learned · decided", required=True),
    valid_from=Column(DAY, "first day the name was official"),
    valid_to=Column(DAY, "last day the name was official"),
    source=Column(TEXT, "source or reviewer"),
)

OUTLINES = _spec(
    "outlines",
    "code",
    spatial=True,
    name=Column(TEXT, "name of the county or town", required=True),
    level=Column(TEXT, "city · county · town", required=True),
    valid_from=Column(DAY, ""),
    valid_to=Column(DAY, ""),
    source=Column(TEXT, "source, licence, datum it came in"),
)

PLACES = _spec(
    "places",
    "place_id",
    spatial=True,  # geometry may be missing: a place is known by name before anyone has put it on the map
    kind=Column(TEXT, "zone · building · market · street · address", required=True),
    name=Column(TEXT, "name as shown; of an address point the full text", required=True),
    parent=Column(TEXT, "key of the place around it (building in zone, address on street)"),
    county_code=Column(TEXT, "6 digits, today's"),
    town_code=Column(TEXT, "9 digits, today's"),
    number=Column(TEXT, "house number of an address point as written (88, 88-1)"),
    address=Column(TEXT, "postal address of a building, market or zone"),
    floors=Column(INTEGER, "floors above ground"),
    operator=Column(TEXT, "property or market operator"),
    zone_level=Column(TEXT, "national · provincial · local, zones only"),
    origin=Column(TEXT, "layer · registry (learned) · decision · division", required=True),
    mentions=Column(INTEGER, "addresses that name it, for learned places"),
    source=Column(TEXT, "file or register, with date"),
    valid_from=Column(DAY, ""),
    valid_to=Column(DAY, ""),
)

ENTERPRISES = _spec(
    "enterprises",
    "enterprise_id",
    name=Column(TEXT, "registered name", required=True),
    uscc=Column(TEXT, "18-character credit code, valid or NA"),
    org_code=Column(TEXT, "9-character organisation code, valid or NA"),
    reg_no=Column(TEXT, "13- or 15-digit registration number of old registers"),
    former_names=Column(TEXT, "former names as written, ； between them"),
    phone_mark=Column(TEXT, "marks of telephone numbers, blanks between them: to be compared, not read"),
    person_mark=Column(TEXT, "mark of the legal person's name: to be compared, not read"),
    address=Column(TEXT, "registered address as written", required=True),
    operating_address=Column(TEXT, "operating address as written, NA if not known to differ"),
    scope=Column(TEXT, "business scope as written"),
    sector=Column(TEXT, "code of data/codes/industries"),
    ownership=Column(TEXT, "code of data/codes/unit_categories (110-700)"),
    workers=Column(INTEGER, "职工人数 on counts_on"),
    women=Column(INTEGER, "女职工"),
    migrant=Column(INTEGER, "农民工"),
    agency_workers=Column(INTEGER, "劳务派遣工 working here"),
    counts_on=Column(DAY, "day of the counts"),
    counts_basis=Column(TEXT, "where the counts come from; begins with 'estimated' where they are no exact numbers"),
    top500=Column(FLAG, "belongs to a Fortune 500 group"),
    party_org=Column(FLAG, "a party organisation exists"),
    legal_person=Column(FLAG, "enterprise legal person; branches and 个体户 are not and leave the denominator"),
    status=Column(TEXT, "active · closed · moved · unknown as the register says"),
    established=Column(DAY, "registered on"),
    closed_on=Column(DAY, "closed or moved away on"),
    lon=Column(REAL, "position given by the register, already WGS-84"),
    lat=Column(REAL, "position given by the register, already WGS-84"),
    reason=Column(TEXT, "R01-R99, why there is no union, if recorded"),
    stage=Column(TEXT, "P0-PX, if recorded"),
    source=Column(TEXT, "register the row comes from"),
    source_date=Column(DAY, "date of that register"),
)

UNIONS = _spec(
    "unions",
    "union_id",
    name=Column(TEXT, "registered name", required=True),
    kind=Column(
        TEXT,
        "code of data/codes: own · joint · building · street · market · project · park · village · federation",
        required=True,
    ),
    code=Column(TEXT, "the union's own register code (901)"),
    host_name=Column(TEXT, "enterprise an own union belongs to, as written"),
    host_uscc=Column(TEXT, "its credit or organisation code, valid or NA"),
    parent=Column(TEXT, "key or, if unknown, name of the higher union"),
    county_code=Column(TEXT, "6 digits, today's"),
    address=Column(TEXT, "address as written"),
    place_name=Column(TEXT, "building, market, street, zone or village it covers, as written"),
    approved_on=Column(DAY, "approved by the higher union"),
    approval_no=Column(TEXT, "approval number"),
    revoked_on=Column(DAY, "revoked, merged or ended"),
    term_start=Column(DAY, "term 届期 begins"),
    term_end=Column(DAY, "term ends: re-election due"),
    members=Column(INTEGER, "会员 on counts_on"),
    women_members=Column(INTEGER, ""),
    workers=Column(INTEGER, "workers of the covered units as the union reports them"),
    covered_units=Column(INTEGER, "covered units as the union reports them"),
    counts_on=Column(DAY, "day of the counts"),
    womens_body=Column(TEXT, "committee · member · none (女职工委员会/委员)"),
    chair_election=Column(TEXT, "direct · delegates · appointed · unknown"),
    home_grade=Column(TEXT, "职工之家: none · qualified · county · city · province · national"),
    full_time_staff=Column(INTEGER, "full-time union staff"),
    source=Column(TEXT, "register the row comes from"),
    source_date=Column(DAY, ""),
)

MEMBERSHIPS = _spec(
    "memberships",
    "membership_id",
    union_id=Column(TEXT, "joint union or federation", required=True),
    member_kind=Column(TEXT, "enterprise · union", required=True),
    member_name=Column(TEXT, "name as listed", required=True),
    member_uscc=Column(TEXT, "credit or organisation code as listed, valid or NA"),
    member_id=Column(TEXT, "enterprise or union key where the source knows it"),
    from_on=Column(DAY, ""),
    to_on=Column(DAY, ""),
)

DECISIONS = _spec(
    "decisions",
    "decision_id",
    kind=Column(
        TEXT,
        "pin · alias · link · unlink · place · forbid · accept · retype · joint_out · joint_bar · joint_must · "
        "joint_close · joint_lock",
        required=True,
    ),
    subject=Column(TEXT, "what it is about, see geo.decisions: enterprise, address, union, link, place", required=True),
    target=Column(TEXT, "key decided on, NA where the kind needs none"),
    lon=Column(REAL, "pins: WGS-84"),
    lat=Column(REAL, "pins: WGS-84"),
    text=Column(TEXT, "alias text, outline or course of a pin (WKT), or kind of a place"),
    decided_by=Column(TEXT, "who"),
    decided_on=Column(DAY, "when"),
)

STEPS = _spec(
    "steps",
    "step_id",  # in the order in which they were recorded
    enterprise_id=Column(TEXT, "enterprise key", required=True),
    taken_on=Column(DAY, "the day it happened, not the day it was typed", required=True),
    stage=Column(TEXT, "P0-PX, NA where the step changes none"),
    reason=Column(TEXT, "R01-R99, the main reason for having no union; NA where the step says nothing of it"),
    second_reason=Column(TEXT, "R01-R99, only beside a main one"),
    outcome=Column(TEXT, "what a visit found: code of data/codes outcome"),
    document=Column(TEXT, "number of the document: application, approval"),
    members=Column(INTEGER, "members signed up, of the stage P5"),
    committee=Column(INTEGER, "members of the committee elected, of the stage P6"),
    next_on=Column(DAY, "day of the next step, of the stage PX"),
    workers=Column(INTEGER, "职工 counted on the day"),
    women=Column(INTEGER, "女职工 counted on the day"),
    note=Column(TEXT, "what else is to be said; of firms, not of persons"),
    taken_by=Column(TEXT, "who was there, or whose document it is", required=True),
    account=Column(TEXT, "account that recorded it", required=True),
    basis=Column(TEXT, "page · field · workbook", required=True),
    client_id=Column(TEXT, "key given by whoever sent it, so that it counts once however often it arrives"),
)
"""Steps of the ledger of firms without a union: never changed, never deleted; ``geo.ledger`` reads the state off."""

CASE_STEPS = _spec(
    "case_steps",
    "case_step_id",  # case and number of the step, so that a step is recorded once
    case_id=Column(TEXT, "which suggestion: the same kind, seat and firms are the same case", required=True),
    move=Column(TEXT, "code of geo.joint.life.MOVES", required=True),
    state=Column(TEXT, "state after the move", required=True),
    taken_on=Column(DAY, "the day it happened, not the day it was typed", required=True),
    kind=Column(TEXT, "as in GROUPS", required=True),
    place_id=Column(TEXT, "as in GROUPS", required=True),
    group_id=Column(TEXT, "key of the group in the survey that was decided on", required=True),
    name=Column(TEXT, "name of the union, proposed or approved", required=True),
    county_code=Column(TEXT, "as in GROUPS"),
    town_code=Column(TEXT, "as in GROUPS"),
    members=Column(LIST, "enterprise keys, sorted", required=True),
    workers=Column(INTEGER, "their workers when it was decided, known counts only"),
    said=Column(LIST, "reasons of the group when it was decided: list of [code, {detail}]"),
    stage=Column(TEXT, "P0-P7, of the union in preparation"),
    reason=Column(TEXT, "code of data/codes case_reason, of a rejection"),
    note=Column(TEXT, "what else is to be said; never of persons"),
    document=Column(TEXT, "number of the document: application, approval"),
    counted=Column(INTEGER, "members signed up (P5) or committee elected (P6); members of the union (P7)"),
    union_id=Column(TEXT, "the union that covers the firms, once approved"),
    taken_by=Column(TEXT, "who decided", required=True),
    account=Column(TEXT, "account that recorded it", required=True),
)
"""Steps of suggested unions from suggestion to approval: never changed; ``geo.joint.life`` reads the state off."""

FACTS = _spec(
    "facts",
    "fact_id",  # kind:county code:name, with the number of a door behind it
    kind=Column(TEXT, "road · poi · devzone · community · town · stem · door · prior", required=True),
    name=Column(TEXT, "normalised name; road of a door; form of a prior", required=True),
    county_code=Column(TEXT, "6 digits, today's", required=True),
    mentions=Column(INTEGER, "addresses whose county is certain that name it", required=True),
    support=Column(REAL, "addresses whose county was inferred, weighted by how sure that was", required=True),
    detail=Column(TEXT, "number of a door"),
    surface=Column(TEXT, "most frequent writing; name of the building of a door"),
)
"""What the addresses of a register taught, after what people decided about it."""

# --- results -------------------------------------------------------------------------------------------------------

LOCATIONS = _spec(
    "locations",
    "enterprise_id",
    county_code=Column(TEXT, "6 digits, today's; NA if not resolved", required=True),
    town_code=Column(TEXT, "9 digits"),
    village_code=Column(TEXT, "12 digits"),
    zone=Column(TEXT, "place key"),
    building=Column(TEXT, "place key, also of a learned place without position"),
    market=Column(TEXT, "place key"),
    street=Column(TEXT, "place key"),
    house_no=Column(TEXT, "88, 88-1 as normalised"),
    unit=Column(TEXT, "block or stair (3幢, A座, 2单元)"),
    floor=Column(TEXT, "floor as normalised: 3, -1"),
    room=Column(TEXT, "room as written"),
    lon=Column(REAL, "NaN if no position is earned"),
    lat=Column(REAL, "NaN if no position is earned"),
    level=Column(TEXT, "building · number · street · market · zone · village · town · county · none", required=True),
    radius_m=Column(REAL, "the true point lies within it in about nine of ten cases; NaN without position"),
    confidence=Column(REAL, "0..1: probability that the answer at this level is right"),
    status=Column(TEXT, "auto · review · none · outside", required=True),
    reasons=Column(LIST, "list of [code, {detail}] evidence and faults, strongest first"),
    candidates=Column(LIST, "at most five {place, level, lon, lat, score} not chosen"),
    components=Column(LIST, "[[label, text, start, end], …] over the raw text"),
)
"""Where each firm is. ``level`` is the finest place earned; a position is given only if that level has one.

A place known by name alone (a learned building, a village without a point) keeps its level with lon and lat NaN. Where
the finest place has no position but a number, street, market or zone does, that level and its position are given and
the finer key stays filled. Points of villages, towns and counties never stand in for something finer.
"""

SAME = _spec(
    "same",
    "pair_id",  # the two enterprise keys, sorted, with = between them
    one=Column(TEXT, "enterprise key", required=True),
    other=Column(TEXT, "enterprise key", required=True),
    firm=Column(TEXT, "key of the record that stands for the firm, NA unless the pair is one firm"),
    method=Column(TEXT, "decision · org_code · reg_no · name · former_name · name_core · fuzzy", required=True),
    score=Column(REAL, "0..1: chance that both are one firm", required=True),
    bits=Column(REAL, "sum of the evidence, logarithm of the odds to the base of two"),
    status=Column(TEXT, "auto: one firm · review: perhaps · none: told apart by a person", required=True),
    reasons=Column(LIST, "list of [code, {detail}], weightiest first; detail may hold bits"),
)

LINKS = _spec(
    "links",
    "link_id",
    union_id=Column(TEXT, "", required=True),
    member_kind=Column(TEXT, "enterprise · union", required=True),
    member_id=Column(TEXT, "enterprise or union key, NA if nothing fits"),
    role=Column(TEXT, "host (own union) · covered (joint) · federated", required=True),
    listed_name=Column(TEXT, "name as the union register writes it"),
    method=Column(TEXT, "decision · uscc · org_code · key · name · name_core · fuzzy · none", required=True),
    score=Column(REAL, "0..1"),
    status=Column(TEXT, "auto · review · none", required=True),
    from_on=Column(DAY, ""),
    to_on=Column(DAY, ""),
    reasons=Column(LIST, "list of [code, {detail}]"),
)

COVERAGE = _spec(
    "coverage",
    "enterprise_id",
    eligible=Column(FLAG, "in the denominator on the day: active enterprise legal person", required=True),
    same_as=Column(TEXT, "key of the record that stands for this firm, NA for one that counts itself"),
    excluded_because=Column(
        TEXT, "same_firm · closed · moved · not_legal_person · not_yet · unknown_status · R07-R11; NA if eligible"
    ),
    primary=Column(TEXT, "own · joint · none (一次覆盖)", required=True),
    union_id=Column(TEXT, "the primary union"),
    secondary=Column(FLAG, "二次覆盖: the primary union belongs to a federation"),
    federations=Column(LIST, "federation keys over it, sorted"),
    federation_only=Column(FLAG, "listed by a federation without a primary union; not built unless switched on"),
    covered=Column(FLAG, "counts as built on the day under the options", required=True),
    gap=Column(FLAG, "eligible and not covered (空白点)", required=True),
    size_class=Column(TEXT, "under_25 · 25_and_over · unknown", required=True),
    path=Column(
        TEXT, "own_must · own_promote · choice (own, joint or organiser) · joint_or_organiser · unknown; NA without gap"
    ),
    path_rules=Column(LIST, "rule ids the path rests on (F1, F2, F3 …)"),
    flags=Column(LIST, "double-count and plausibility flags, sorted codes"),
)

GROUPS = _spec(
    "groups",
    "group_id",
    kind=Column(TEXT, "building · market · zone · street · village · community · existing", required=True),
    place_id=Column(
        TEXT, "seat: place key, village code, address (lon,lat), or key of an existing union", required=True
    ),
    name=Column(TEXT, "proposed name of the joint union"),
    county_code=Column(TEXT, ""),
    town_code=Column(TEXT, "the township it lies in; NA where members span several"),
    firms=Column(INTEGER, "member firms", required=True),
    workers=Column(INTEGER, "their workers, known counts only", required=True),
    workers_unknown=Column(INTEGER, "member firms without a count"),
    chainage_from_m=Column(REAL, "streets: where the piece begins"),
    chainage_to_m=Column(REAL, "streets: where it ends"),
    lon=Column(REAL, "seat or centre of the positioned members, NaN if none"),
    lat=Column(REAL, ""),
    reasons=Column(LIST, "list of [code, {detail}] in order of weight"),
    cautions=Column(LIST, "list of [code, {detail}]"),
)

GROUPINGS = _spec(
    "groupings",
    "enterprise_id",
    group_id=Column(TEXT, "NA if left over"),
    left_because=Column(TEXT, "R1-R8 of suggestions, NA if grouped"),
)

# --- what a survey hands on: one wide row each -----------------------------------------------------------------------

GIVEN = MappingProxyType({"lon": "given_lon", "lat": "given_lat"})
"""Columns of ENTERPRISES renamed in FIRMS: the register's own position steps behind the located one."""

LOCATED = MappingProxyType({"status": "location_status", "reasons": "location_reasons"})
"""Columns of LOCATIONS renamed in FIRMS: ``status`` stays the register's, ``reason`` why there is no union."""


def _renamed(spec: Spec, names: Mapping[str, str]) -> dict[str, Column]:
    return {names.get(name, name): column for name, column in spec.columns.items()}


MATCHED = ("reg_no", "former_names", "phone_mark", "person_mark")
"""Columns of ENTERPRISES that only tell whether two records are one firm; FIRMS is without them."""

FIRMS = Spec(
    "firms",
    "enterprise_id",  # in the order of the register
    MappingProxyType(
        {name: column for name, column in _renamed(ENTERPRISES, GIVEN).items() if name not in MATCHED}
        | _renamed(LOCATIONS, LOCATED)
        | dict(COVERAGE.columns)
        | dict(GROUPINGS.columns)
    ),
)

_UNION_RESULTS = {
    "in_force": Column(FLAG, "approved and not ended on the day", required=True),
    "ended_because": Column(TEXT, "not_yet · revoked · project_ended · host_ended; NA while in force"),
    "host_id": Column(TEXT, "enterprise of an own union, by an automatic or decided link"),
    "place_id": Column(TEXT, "seat of a joint union: place key or village code, NA if unknown"),
    "town_code": Column(TEXT, "town of the host, the seat or most of the covered firms, NA if unknown"),
    "linked_firms": Column(INTEGER, "distinct enterprises linked; links under review left out", required=True),
    "covered_firms": Column(INTEGER, "of these, firms whose primary union it is on the day", required=True),
    "covered_workers": Column(INTEGER, "their workers, known counts only", required=True),
    "flags": Column(LIST, "double-count and plausibility flags, sorted codes", required=True),
}

SURVEYED_UNIONS = Spec("surveyed_unions", "union_id", MappingProxyType(dict(UNIONS.columns) | _UNION_RESULTS))
