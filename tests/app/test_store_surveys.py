"""A survey is stored whole, one a day, and the same object is read again while it stands."""

from dataclasses import replace
from datetime import date

import small_city
import sqlalchemy as sa
from pandas.testing import assert_frame_equal, assert_series_equal
from test_store import firms

from app import store
from app.db import Database
from app.models import SurveyFirm, SurveyRecord
from app.store.area import ELSEWHERE
from app.store.evidence import StoredList
from app.store.surveys import PARTS
from geo.coverage import measure

CITY = store.CITY


def same(a: object, b: object) -> None:
    for name, (spec, _) in PARTS.items():
        ours, theirs = spec.conform(getattr(a, name)), spec.conform(getattr(b, name))
        assert_frame_equal(
            ours, theirs[theirs["kind"] != "address"] if name == "places" else theirs, check_index_type=False
        )


def test_a_survey_comes_back_to_the_letter(database: Database) -> None:
    survey = small_city.survey()
    with database.session(write=True) as s:
        store.surveys.save(s, survey, "run-1")
    with database.session() as s:
        back = store.surveys.latest(s, CITY)
    assert back is not None
    same(back, survey)
    assert (back.on, back.rules_day, back.gazetteer_hash, back.tally) == (
        survey.on,
        survey.rules_day,
        survey.gazetteer_hash,
        survey.tally,
    )
    assert set(back.groupings.index) <= set(back.firms.index)


def test_the_figures_of_each_day_are_told_without_reading_its_firms(database: Database) -> None:
    survey = small_city.survey()
    expected = (
        measure(survey.firms, survey.unions, by=None).loc["all"].drop("census_units")
    )  # unknown: NA here, NaN there
    with database.session(write=True) as s:
        for year in (2024, 2025):
            store.surveys.save(s, replace(survey, on=date(year, 12, 31)), f"run-{year}")
    with database.session(write=True) as s:
        s.execute(sa.update(SurveyRecord).where(SurveyRecord.key == "run-2024").values(figures=None))
        s.execute(sa.delete(SurveyFirm).where(SurveyFirm.run_key == "run-2025"))
    with database.session() as s:
        told = store.surveys.totals(s, CITY)
        county = store.surveys.totals(s, store.Scope("990101"))
    assert [on for on, _ in told] == [date(2024, 12, 31), date(2025, 12, 31)]
    for _, row in told:  # the first as counted anew, the second as stored: its firms are gone
        assert_series_equal(row.drop("census_units"), expected, check_dtype=False, check_names=False)
    ours = survey.firms[survey.firms["county_code"] == "990101"]
    assert county[0][1]["firms"] == len(ours) < expected["firms"]


def test_it_is_read_once(database: Database) -> None:
    with database.session(write=True) as s:
        store.surveys.save(s, small_city.survey(), "run-1")
    with database.session() as s:
        first = store.surveys.latest(s, CITY)
    with database.session() as s:
        assert store.surveys.latest(s, CITY) is first
        assert store.surveys.latest(s, store.Scope("990101")) is store.surveys.latest(s, store.Scope("990101"))
    with database.session(write=True) as s:
        store.surveys.save(s, small_city.survey(), "run-2")
    with database.session() as s:
        assert store.surveys.latest(s, CITY) is not first


def test_one_survey_a_day_is_kept(database: Database) -> None:
    survey = small_city.survey()
    days = [date(2023, 12, 31), date(2025, 12, 31), date(2024, 12, 31), date(2025, 12, 31)]
    for n, day in enumerate(days):
        with database.session(write=True) as s:
            store.surveys.save(s, replace(survey, on=day), f"run-{n}")
    with database.session() as s:
        assert store.surveys.days(s) == [date(2025, 12, 31), date(2024, 12, 31), date(2023, 12, 31)]
        found = {on: store.surveys.record(s, on) for on in (None, date(2025, 6, 1), date(2020, 1, 1))}
        rows = {name: s.query(model).count() for name, (_, model) in PARTS.items()}
    assert [record and record.key for record in found.values()] == ["run-3", "run-2", None]
    assert rows == {name: 3 * len(getattr(survey, name)) for name in rows}


def test_none_yet(database: Database) -> None:
    with database.session() as s:
        assert store.surveys.latest(s, CITY) is None
        assert store.surveys.days(s) == []
        assert store.surveys.outdated(s) is False


def test_surveys_can_be_cleared(database: Database) -> None:
    with database.session(write=True) as s:
        store.surveys.save(s, small_city.survey(), "run-1")
    with database.session(write=True) as s:
        store.surveys.clear(s)
    with database.session() as s:
        assert store.surveys.latest(s, CITY) is None
        assert [s.query(model).count() for _, model in PARTS.values()] == [0] * len(PARTS)


def test_a_county_sees_its_firms_and_what_they_belong_to(database: Database) -> None:
    with database.session(write=True) as s:
        store.surveys.save(s, small_city.survey(), "run-1")
    parts = []
    with database.session() as s:
        whole = store.surveys.latest(s, CITY)
        assert whole is not None
        for code in small_city.COUNTIES:
            part = store.surveys.latest(s, store.Scope(code))
            assert part is not None
            parts.append(part)
            assert set(part.firms["county_code"]) == {code}
            assert set(part.firms["union_id"].dropna()) - {ELSEWHERE} <= set(part.unions.index)
            assert set(part.unions["county_code"].dropna()) <= {code}
            assert set(part.links["union_id"]) <= set(part.unions.index)
            for kind in ("zone", "building", "market", "street"):
                assert set(part.firms[kind].dropna()) & set(whole.places.index) <= set(part.places.index)
            assert part.groupings.index.isin(part.firms.index).all()
    assert sum(len(part.firms) for part in parts) == whole.firms["county_code"].isin(list(small_city.COUNTIES)).sum()


def test_registers_of_a_county_are_those_located_there(database: Database) -> None:
    survey = small_city.survey()
    keys = list(survey.firms.index)
    with database.session(write=True) as s:
        store.write(s, "enterprises", firms(dict.fromkeys(keys, "某公司")))
        store.surveys.save(s, survey, "run-1")
    with database.session() as s:
        seen = store.read(s, "enterprises", store.Scope("990102")).index
    assert set(seen) == set(survey.firms.index[survey.firms["county_code"] == "990102"])


def test_changed_inputs_make_a_survey_outdated(database: Database) -> None:
    with database.session(write=True) as s:
        store.surveys.save(s, small_city.survey(), "run-1")
    with database.session(write=True) as s:
        assert store.surveys.outdated(s) is False
        store.write(s, "enterprises", firms({"a": "甲"}))
        assert store.surveys.outdated(s) is True


def test_every_declared_column_has_a_place_in_the_tables() -> None:
    for name, (spec, model) in PARTS.items():
        assert {*spec.columns, "fid", "key", "run_key"} == {c.name for c in model.__table__.c} - {"geom"}, name


def test_a_stored_list_reads_like_the_list_it_says() -> None:
    listed, empty = StoredList('[["ROAD",{"name":"望江路"}],["X",{}]]'), StoredList("[]")
    assert [code for code, _detail in listed] == ["ROAD", "X"]
    assert (len(listed), listed[1], bool(empty), listed[:1]) == (2, ["X", {}], False, [["ROAD", {"name": "望江路"}]])
    assert listed == [["ROAD", {"name": "望江路"}], ["X", {}]]
    assert listed != empty
    assert repr(empty) == "[]"
