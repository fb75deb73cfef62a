"""Coverage and figures, written as sentences of the rules and computed by hand."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import ON, enterprises, firms, links, rules, unions

from geo.coverage import (
    UNPLACED,
    CoverageOptions,
    cover,
    growth,
    legal_path,
    measure,
    statistical_year,
    survey_unions,
    with_empty,
)
from geo.coverage.modes import commonest
from geo.frames import FIRMS, GROUPINGS, SURVEYED_UNIONS, UNIONS


def covered(
    firm_rows: dict[str, Any], union_rows: dict[str, Any], link_rows: Any, *, on: date = ON, **options: Any
) -> pd.DataFrame:
    table = link_rows if isinstance(link_rows, pd.DataFrame) else links(link_rows)
    return cover(
        enterprises(firm_rows), unions(union_rows), table, on=on, rules=rules(on), options=CoverageOptions(**options)
    )


class TestPrimaryCoverage:
    def test_an_own_union_wins_over_a_joint_one_and_both_are_flagged(self) -> None:
        table = covered(
            {"a": {"workers": 30}},
            {"union:o": {}, "union:j": {"kind": "building"}},
            [("union:j", "covered", "a"), ("union:o", "host", "a")],
        )
        assert table.loc["a", ["primary", "union_id", "covered", "gap"]].tolist() == ["own", "union:o", True, False]
        assert "own_and_joint" in table.loc["a", "flags"]

    def test_of_two_joint_unions_the_earlier_approved_counts(self) -> None:
        table = covered(
            {"a": {}},
            {"union:1": {"kind": "joint", "approved_on": "2020-01-01"}, "union:2": {"kind": "street"}},
            [("union:1", "covered", "a"), ("union:2", "covered", "a")],
        )
        assert table.loc["a", "union_id"] == "union:2"
        assert "two_joint" in table.loc["a", "flags"]

    @pytest.mark.parametrize(
        ("union", "on", "primary"),
        [
            ({"revoked_on": "2025-12-31"}, ON, "none"),
            ({"revoked_on": "2026-01-01"}, ON, "own"),
            ({"approved_on": "2026-01-01"}, ON, "none"),
            ({"approved_on": "2025-12-31"}, ON, "own"),
            ({"approved_on": None}, ON, "own"),
        ],
    )
    def test_a_union_covers_from_its_approval_until_the_day_before_it_is_revoked(
        self, union: dict[str, Any], on: date, primary: str
    ) -> None:
        table = covered({"a": {}}, {"union:o": union}, [("union:o", "host", "a")], on=on)
        assert table.loc["a", "primary"] == primary

    def test_a_project_union_ends_with_its_project(self) -> None:
        union = {"union:p": {"kind": "project", "term_end": "2025-06-30"}}
        link = [("union:p", "covered", "a")]
        assert covered({"a": {}}, union, link, on=date(2025, 6, 30)).loc["a", "primary"] == "joint"
        assert covered({"a": {}}, union, link, on=date(2025, 7, 1)).loc["a", "primary"] == "none"

    def test_a_link_under_review_covers_nobody_but_is_flagged(self) -> None:
        table = covered({"a": {}}, {"union:o": {}}, links([("union:o", "host", "a")], status="review"))
        assert table.loc["a", "primary"] == "none"
        assert "link_in_review" in table.loc["a", "flags"]

    def test_membership_counts_between_its_days(self) -> None:
        union = {"union:j": {"kind": "joint"}}
        left = links([("union:j", "covered", "a")], from_on="2020-01-01", to_on="2024-12-31")
        assert covered({"a": {}}, union, left).loc["a", "primary"] == "none"
        assert covered({"a": {}}, union, left, on=date(2024, 12, 31)).loc["a", "primary"] == "joint"


class TestSecondaryCoverage:
    UNIONS = {"union:o": {}, "union:f": {"kind": "federation"}, "union:g": {"kind": "federation"}}  # noqa: RUF012

    def test_a_federation_over_the_primary_union_is_a_second_layer(self) -> None:
        table = covered({"a": {}}, self.UNIONS, [("union:o", "host", "a"), ("union:f", "federated", "union:o")])
        assert table.loc["a", ["primary", "secondary"]].tolist() == ["own", True]
        assert table.loc["a", "federations"] == ["union:f"]

    def test_federations_are_climbed_and_a_circle_ends(self) -> None:
        table = covered(
            {"a": {}},
            self.UNIONS,
            [
                ("union:o", "host", "a"),
                ("union:f", "federated", "union:o"),
                ("union:g", "federated", "union:f"),
                ("union:f", "federated", "union:g"),
            ],
        )
        assert table.loc["a", "federations"] == ["union:f", "union:g"]

    def test_a_firm_that_only_a_federation_lists_is_not_built_unless_switched_on(self) -> None:
        link = [("union:f", "federated", "a")]
        off = covered({"a": {}}, self.UNIONS, link)
        assert off.loc["a", ["primary", "federation_only", "covered", "gap"]].tolist() == ["none", True, False, True]
        on = covered({"a": {}}, self.UNIONS, link, federation_only_counts=True)
        assert on.loc["a", ["primary", "covered", "gap"]].tolist() == ["none", True, False]
        assert not on.loc["a", "secondary"]


class TestDenominator:
    @pytest.mark.parametrize(
        ("row", "because"),
        [
            ({"status": "closed"}, "closed"),
            ({"status": "moved", "closed_on": "2025-12-31"}, "moved"),
            ({"status": "closed", "closed_on": "2026-02-01"}, None),
            ({"legal_person": False}, "not_legal_person"),
            ({"established": "2026-01-01"}, "not_yet"),
            ({"reason": "R07"}, "R07"),
            ({"reason": "R11"}, "R11"),
            ({"reason": "R04"}, None),
            ({"status": "unknown"}, None),
            ({"status": None, "legal_person": None, "established": None}, None),
        ],
    )
    def test_who_is_an_active_enterprise_legal_person(self, row: dict[str, Any], because: str | None) -> None:
        table = covered({"a": row}, {}, [])
        assert table.loc["a", "eligible"] == (because is None)
        assert (table["excluded_because"].iloc[0] if because else None) == because

    def test_a_reason_for_having_no_union_says_nothing_about_a_firm_that_has_one(self) -> None:
        table = covered({"a": {"reason": "R08"}}, {"union:o": {}}, [("union:o", "host", "a")])
        assert table.loc["a", "eligible"]
        assert "reason_though_covered" in table.loc["a", "flags"]

    def test_the_union_of_a_closed_employer_ends_and_is_flagged(self) -> None:
        firm, union, link = {"a": {"status": "closed"}}, {"union:o": {}}, [("union:o", "host", "a")]
        assert covered(firm, union, link).loc["a", "primary"] == "none"
        table = firms({"a": {"status": "closed", "eligible": False}})
        surveyed = survey_unions(table, unions(union), links(link), on=ON, options=CoverageOptions())
        assert surveyed.loc["union:o", "ended_because"] == "host_ended"
        assert "union_of_ended_employer" in surveyed.loc["union:o", "flags"]

    def test_unknown_status_can_be_left_out(self) -> None:
        table = covered({"a": {"status": None}}, {}, [], unknown_status_is_active=False)
        assert table["excluded_because"].tolist() == ["unknown_status"]

    def test_stage_p7_without_a_union_is_not_built_but_flagged(self) -> None:
        table = covered({"a": {"stage": "P7"}}, {}, [])
        assert table.loc["a", "gap"]
        assert "built_by_stage_only" in table.loc["a", "flags"]


class TestLegalPath:
    @pytest.mark.parametrize(
        ("day", "workers", "members", "path", "ids"),
        [
            (ON, 300, 25, "own_must", ["F1"]),
            (ON, 25, None, "own_promote", ["F2"]),
            (ON, 24, None, "choice", ["F3"]),
            (ON, 11, None, "choice", ["F3"]),
            (ON, 10, None, "joint_or_organiser", ["F3", "F8"]),
            (ON, None, None, "unknown", []),
            (ON, None, 30, "own_must", ["F1"]),
            (date(2011, 6, 1), 24, None, "joint_or_organiser", ["F3", "F8"]),
            (date(2011, 6, 1), 25, None, "own_promote", ["F2"]),
        ],
    )
    def test_the_form_follows_from_members_then_workers_by_the_rules_of_the_day(
        self, day: date, workers: int | None, members: int | None, path: str, ids: list[str]
    ) -> None:
        both = [pd.Series([value], index=["a"], dtype="Int64") for value in (workers, members)]
        table = legal_path(*both, rules=rules(day))
        assert table.loc["a", "path"] == path
        assert table.loc["a", "path_rules"] == ids

    def test_members_of_a_union_in_preparation_make_it_a_duty(self) -> None:
        union = {"union:o": {"approved_on": "2026-03-01", "members": 40}}
        table = covered({"a": {"workers": 80}}, union, [("union:o", "host", "a")])
        assert table.loc["a", ["gap", "path"]].tolist() == [True, "own_must"]

    def test_no_path_without_a_gap(self) -> None:
        table = covered({"a": {"workers": 80}}, {"union:o": {}}, [("union:o", "host", "a")])
        assert pd.isna(table.loc["a", "path"])
        assert table.loc["a", "path_rules"] == []


FOUNDED = "2020-01-01"


def by_hand() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four active firms, a closed one and two branches in county 1, two firms in county 2, one nobody could place."""
    rows = {
        "a": {"workers": 40, "primary": "own", "union_id": "union:a"},
        "b": {"workers": 30, "primary": "joint", "union_id": "union:j", "secondary": True},
        "c": {"workers": 10, "primary": "joint", "union_id": "union:j", "secondary": True},
        "d": {"workers": None},
        "e": {"workers": 50, "eligible": False, "excluded_because": "closed"},
        "f": {"workers": 26, "county_code": "990102"},
        "g": {"workers": 8, "county_code": "990102", "flags": ["young"]},
        "h": {"workers": 5, "county_code": None, "level": "none"},
        "m": {"workers": 12, "eligible": False, "primary": "joint", "union_id": "union:j"},
        "n": {"workers": 7, "eligible": False, "primary": "own", "union_id": "union:n"},
    }
    table = {
        "union:a": {"in_force": True, "host_id": "a", "members": 35, "covered_workers": 40, "approved_on": FOUNDED},
        "union:j": {"in_force": True, "kind": "building", "members": 20, "covered_workers": 30 + 10 + 12},
        "union:n": {"in_force": True, "host_id": "n", "members": 6, "covered_workers": 7},
        "union:old": {"in_force": False, "members": 99, "revoked_on": "2025-03-01", "host_id": "f"},
        "union:f": {"in_force": True, "kind": "federation", "members": 500},
    }
    full = unions({key: {k: v for k, v in row.items() if k in UNIONS.columns} for key, row in table.items()})
    for column in ("in_force", "host_id"):
        full[column] = pd.Series({key: row.get(column) for key, row in table.items()})
    full["covered_workers"] = [row.get("covered_workers", 0) for row in table.values()]
    full = full.assign(linked_firms=0, covered_firms=0, flags=[[] for _ in range(len(full))])
    return firms(rows), SURVEYED_UNIONS.conform(full)


class TestMeasure:
    def test_every_figure_of_a_county_as_counted_by_hand(self) -> None:
        table = measure(*by_hand(), by="county_code")
        one = table.loc["990101"]
        assert one[["firms", "eligible", "excluded", "covered", "own", "joint", "gap"]].tolist() == [
            7,
            4,
            3,
            3,
            1,
            2,
            1,
        ]
        assert one[["eligible_25", "own_25", "without_own_25", "gap_25", "gap_unknown"]].tolist() == [2, 1, 1, 0, 1]
        assert one[["workers", "covered_workers", "gap_workers", "workers_unknown"]].tolist() == [80, 80, 0, 1]
        assert one[["unions", "unions_own", "unions_joint", "members"]].tolist() == [3, 2, 1, 61]
        assert one["rate"] == pytest.approx(3 / 4)
        assert one["rate_own_25"] == pytest.approx(1 / 2)
        # members of a, j and n: 35 + 20 + 6; eligible workers a-d: 80; workers of all they cover: 40 + 52 + 7 = 99
        assert one["rate_members"] == pytest.approx(61 / 80)
        assert one["rate_members_unionised"] == pytest.approx(61 / 99)
        assert one["covered_units"] - one["primary_any"] == 2  # the branches m and n, said beside the rate
        assert one["unions_own_uncounted"] == 1  # own 1 firm, but 2 own unions
        assert one["rate_secondary"] == pytest.approx(2 / 3)

    def test_the_federation_and_the_revoked_union_are_counted_nowhere(self) -> None:
        assert measure(*by_hand(), by=None)["members"].tolist() == [61]
        assert measure(*by_hand(), by=None)["unions"].tolist() == [3]

    def test_what_has_no_place_has_a_row_of_its_own_and_counties_sum_to_the_city(self) -> None:
        table, city = measure(*by_hand(), by="county_code"), measure(*by_hand(), by=None)
        assert table.index.tolist() == ["990101", "990102", UNPLACED]
        counts = [name for name in table.columns if table[name].dtype == "int64"]
        assert table[counts].sum().tolist() == city[counts].iloc[0].tolist()

    def test_a_rate_above_the_census_is_shown_and_flagged(self) -> None:
        census = pd.DataFrame({"units": [2], "source": ["经济普查公报"]}, index=["990101"])
        table = measure(*by_hand(), by="county_code", census=census)
        assert table.loc["990101", "rate_census"] == pytest.approx(1.5)
        assert table.loc["990101", "flags"] == ["census_exceeded"]
        assert pd.isna(table.loc["990102", "rate_census"])

    def test_young_firms_leave_the_dynamic_rate_only(self) -> None:
        two = measure(*by_hand(), by="county_code").loc["990102"]
        assert two[["eligible", "eligible_grown"]].tolist() == [2, 1]

    def test_net_growth_counts_founded_and_ended(self) -> None:
        table, surveyed = by_hand()
        result = growth(table, surveyed, by=None, since=date(2019, 12, 31), options=CoverageOptions())
        assert result.loc["all", ["unions_then", "unions_now", "founded", "ended"]].tolist() == [3, 3, 1, 1]
        assert result.loc["all", "net_growth"] == 0.0


class TestSurveyedUnions:
    @staticmethod
    def surveyed(
        firm_rows: dict[str, Any], union_rows: dict[str, Any], link_rows: Any
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        table, unions_, found = enterprises(firm_rows), unions(union_rows), links(link_rows)
        state = cover(table, unions_, found, on=ON, rules=rules(ON), options=CoverageOptions())
        full = firms({key: {} for key in firm_rows})
        full[state.columns] = state
        for name in ("workers", "county_code"):
            full[name] = [row.get(name) for row in firm_rows.values()]
        return full, survey_unions(full, unions_, found, on=ON, options=CoverageOptions())

    def test_a_union_is_counted_in_the_county_that_its_row_names(self) -> None:
        full, table = self.surveyed(
            {"a": {"workers": 30, "county_code": "990102"}, "b": {"workers": 5, "county_code": "990102"}},
            {"union:o": {"county_code": "990101"}, "union:j": {"kind": "building", "county_code": "990101"}},
            [("union:o", "host", "a"), ("union:j", "covered", "b")],
        )
        assert table["county_code"].to_dict() == {"union:o": "990102", "union:j": "990101"}
        counted = measure(full, table, by="county_code")["unions"]
        assert counted[counted > 0].to_dict() == table["county_code"].value_counts().to_dict()

    @pytest.mark.parametrize(
        ("second", "units", "flagged"),
        [(5, 2, True), (5, None, True), (6, 2, False), (None, 2, False), (5, 3, False)],
        ids=["more than 10 + 5", "no units reported", "as many", "a count unknown", "a unit not linked"],
    )
    def test_members_are_compared_with_the_register_when_all_its_units_are_known(
        self, second: int | None, units: int | None, flagged: bool
    ) -> None:
        _, table = self.surveyed(
            {"a": {"workers": 10}, "b": {"workers": second}},
            {"union:j": {"kind": "building", "members": 16, "workers": 40, "covered_units": units}},
            [("union:j", "covered", "a"), ("union:j", "covered", "b")],
        )
        assert ("members_over_workers" in table["flags"].iloc[0]) is flagged

    @pytest.mark.parametrize(
        ("union", "flagged"),
        [({}, True), ({"revoked_on": pd.Timestamp("2025-01-01")}, False), ({"kind": "federation"}, False)],
        ids=["in force", "revoked", "second layer"],
    )
    def test_members_are_compared_only_of_unions_that_count(self, union: dict[str, Any], flagged: bool) -> None:
        _, table = self.surveyed(
            {"a": {"workers": 10}}, {"union:o": {"members": 16, **union}}, [("union:o", "host", "a")]
        )
        assert ("members_over_workers" in table["flags"].iloc[0]) is flagged


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["990101", "990102", None]),
            st.one_of(st.none(), st.integers(0, 60)),
            st.sampled_from(["own", "joint", "none"]),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_sums_over_any_place_equal_the_city(rows: list[tuple[str | None, int | None, str, bool]]) -> None:
    table = firms(
        {
            f"f{n}": {"county_code": county, "workers": workers, "primary": primary, "eligible": eligible,
                      "union_id": None if primary == "none" else "union:x"}
            for n, (county, workers, primary, eligible) in enumerate(rows)
        }
    )  # fmt: skip
    nobody = SURVEYED_UNIONS.empty()
    parts = measure(table, nobody, by="county_code")
    city = measure(table, nobody, by=None)
    counts = [name for name in parts.columns if parts[name].dtype == "int64"]
    assert parts[counts].sum().tolist() == (city[counts].iloc[0].tolist() if rows else [0] * len(counts))
    assert (parts["eligible"] == parts["covered"] + parts["gap"]).all()
    assert (parts["gap"] == parts["gap_25"] + parts["gap_under_25"] + parts["gap_unknown"]).all()
    assert (parts["workers"] == parts["covered_workers"] + parts["gap_workers"]).all()


def test_every_row_of_the_register_is_answered_in_its_order() -> None:
    rows = {key: {} for key in ("c", "a", "b")}
    assert covered(rows, {}, []).index.tolist() == ["c", "a", "b"]
    assert set(GROUPINGS.columns) < set(FIRMS.columns)


@pytest.mark.parametrize(
    ("on", "year_end", "first", "last"),
    [
        (date(2025, 12, 31), (12, 31), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), (12, 31), date(2026, 1, 1), date(2026, 12, 31)),
        (date(2025, 9, 30), (9, 30), date(2024, 10, 1), date(2025, 9, 30)),
        (date(2025, 10, 1), (9, 30), date(2025, 10, 1), date(2026, 9, 30)),
        (date(2024, 2, 29), (6, 30), date(2023, 7, 1), date(2024, 6, 30)),
    ],
)
def test_the_statistical_year_closes_on_the_day_the_office_says(
    on: date, year_end: tuple[int, int], first: date, last: date
) -> None:
    year = statistical_year(on, year_end)
    assert (year.first, year.last) == (first, last)
    assert year.elapsed(last) == 1.0
    assert year.elapsed(year.before) == 0.0
    assert 0.0 < year.elapsed(on) <= 1.0


def test_a_place_without_firms_and_unions_has_noughts_and_no_rates() -> None:
    table = measure(FIRMS.empty(), SURVEYED_UNIONS.empty(), by="county_code")
    row = with_empty(table, ["990103"]).loc["990103"]
    assert (row["eligible"], row["unions"], row["members"], row["flags"]) == (0, 0, 0, [])
    assert pd.isna(row["rate"]) and pd.isna(row["rate_census"])
    assert with_empty(table, []) is table


def test_the_commonest_value_of_a_group_is_the_smallest_of_several_and_a_known_one() -> None:
    groups = pd.Series(["a", "a", "a", "b", "b", "c", None, "d"], dtype="string")
    values = pd.Series(["y", "x", "y", "y", "x", None, "x", None], dtype="string")
    assert commonest(values, groups).to_dict() == {"a": "y", "b": "x"}
    assert commonest(values[:0], groups[:0]).to_dict() == {}
    assert commonest(values[5:6], groups[5:6]).to_dict() == {}
