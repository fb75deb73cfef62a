"""What is written comes back to the letter, on both databases; sources that do not know change nothing."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from rows_of import rows_of

from app import store
from app.db import Database
from app.models import Base, Headcount
from app.store.layers import LAYERS
from geo.frames import DECISIONS, DIVISIONS, ENTERPRISES, MEMBERSHIPS, PLACES, UNIONS

NEEDED = {name: tuple(c.name for c in layer.table.c if not c.nullable) for name, layer in LAYERS.items()}
FEW = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Every example is several transactions."""
NAMES = [name for name in LAYERS if name != "headcounts"]


@pytest.fixture
def one(database: Database) -> Iterator[Database]:
    """A database that the examples of one property share; each example rolls back."""
    yield database


def firms(names: dict[str, str], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"name": list(names.values()), "address": "崇川区工农路88号"} | columns, index=list(names))
    return ENTERPRISES.conform(frame)


def settled(layer: str, frame: pd.DataFrame) -> pd.DataFrame:
    """What must come back: a day or basis without any count has nothing to belong to."""
    target = LAYERS[layer]
    if not target.kind:
        return frame
    numbers = [name for name, column in target.counts.items() if column not in ("as_of", "basis")]
    empty = frame[numbers].isna().all(axis=1)
    rest = [name for name in target.counts if name not in numbers]
    return target.spec.conform(frame.assign(**{name: frame[name].where(~empty) for name in rest}))


@pytest.mark.parametrize("layer", NAMES)
@FEW
@given(data=st.data())
def test_every_frame_comes_back_to_the_letter(one: Database, layer: str, data: st.DataObject) -> None:
    frame = data.draw(rows_of(LAYERS[layer].spec, never_missing=NEEDED[layer]))
    with one.session(write=True) as s:
        first = store.write(s, layer, frame)
        back = store.read(s, layer, store.CITY)
        again = store.write(s, layer, frame)
        chosen = store.read(s, layer, store.CITY, keys=list(frame.index[:2]))
        s.rollback()
    assert_frame_equal(back, settled(layer, frame), check_index_type=False)
    assert_frame_equal(chosen, back.iloc[:2], check_index_type=False)
    assert first.counts == {"new": len(frame), "changed": 0, "unchanged": 0}
    assert again.counts == {"new": 0, "changed": 0, "unchanged": len(frame)}


@pytest.mark.parametrize("layer", NAMES)
@FEW
@given(data=st.data())
def test_any_import_can_be_taken_back(one: Database, layer: str, data: st.DataObject) -> None:
    rows = rows_of(LAYERS[layer].spec, never_missing=NEEDED[layer])
    before, given_ = data.draw(rows), data.draw(rows)
    absent = data.draw(st.sampled_from(["keep", "clear"]))
    with one.session(write=True) as s:
        store.write(s, layer, before)
        was = everything(s)
        batch = store.imports.begin(s, store.imports.File(layer, "x.csv", "0", {}))
        store.write(s, layer, given_, batch=batch, absent=absent)
        store.write(s, layer, before, batch=batch, absent="clear")
        store.imports.finish(s, batch)
        store.imports.undo(s, batch)
        now = everything(s)
        s.rollback()
    assert now == was


def everything(session: sa.orm.Session) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all layers as they lie in the database."""
    rows = {}
    for name, layer in LAYERS.items():
        columns = ", ".join(f'"{c.name}"' for c in layer.table.c)
        rows[name] = [
            tuple(map(repr, row))
            for row in session.execute(sa.text(f"SELECT {columns} FROM {layer.table.name} ORDER BY fid"))
        ]
    return rows


def test_new_changed_and_unchanged_are_told_apart(database: Database) -> None:
    with database.session(write=True) as s:
        store.write(s, "enterprises", firms({"a": "甲", "b": "乙", "c": "丙"}, workers=[3, None, 30]))
    with database.session(write=True) as s:
        given_ = firms({"c": "丙", "b": "乙改", "d": "丁", "a": "甲"}, workers=[31, None, 1, 3])
        dry = store.write(s, "enterprises", given_, dry=True)
        assert store.read(s, "enterprises", store.CITY)["name"].tolist() == ["甲", "乙", "丙"]
        outcome = store.write(s, "enterprises", given_)
        assert store.count(s, "enterprises") == 4
    assert outcome.status.to_dict() == {"c": "changed", "b": "changed", "d": "new", "a": "unchanged"}
    assert dry.counts == outcome.counts == {"new": 1, "changed": 2, "unchanged": 1}
    with database.session() as s:
        back = store.read(s, "enterprises", store.CITY)
    assert back["name"].to_dict() == {"a": "甲", "b": "乙改", "c": "丙", "d": "丁"}
    assert back["workers"].fillna(-1).to_dict() == {"a": 3, "b": -1, "c": 31, "d": 1}


def test_a_source_that_does_not_know_keeps_what_is_known(database: Database) -> None:
    with database.session(write=True) as s:
        store.write(s, "enterprises", firms({"a": "甲"}, sector="06", party_org=True))
    with database.session(write=True) as s:
        assert store.write(s, "enterprises", firms({"a": "甲"})).counts["unchanged"] == 1
        assert store.write(s, "enterprises", firms({"a": "甲"}), absent="clear").counts["changed"] == 1
        assert store.read(s, "enterprises", store.CITY).loc["a", ["sector", "party_org"]].isna().all()


def test_counts_are_those_of_the_day(database: Database) -> None:
    with database.session(write=True) as s:
        for year, workers in ((2023, 20), (2024, 26), (2025, 24)):
            store.write(s, "enterprises", firms({"a": "甲"}, workers=workers, counts_on=date(year, 12, 31)))
        store.write(s, "enterprises", firms({"b": "乙"}, workers=7))

    def workers_on(day: date | None) -> dict[str, object]:
        with database.session() as s:
            return store.read(s, "enterprises", store.CITY, on=day)["workers"].to_dict()

    assert workers_on(None) == {"a": 24, "b": 7}
    assert workers_on(date(2024, 12, 31)) == {"a": 26, "b": 7}
    assert workers_on(date(2024, 12, 30)) == {"a": 20, "b": 7}
    assert workers_on(date(2020, 1, 1)) == {"a": None, "b": 7}
    with database.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Headcount)) == 4


def test_yearly_counts_can_be_written_by_themselves(database: Database) -> None:
    counts = pd.DataFrame(
        {
            "subject_kind": "enterprise",
            "subject_key": ["a", "a", "a"],
            "as_of": pd.to_datetime(["2024-12-31", "2025-12-31", "2025-12-31"]),
            "workers": [1, 2, 3],
        }
    )
    with database.session(write=True) as s:
        store.write(s, "enterprises", firms({"a": "甲"}))
        assert store.write(s, "headcounts", store.headcounts.keyed(counts)).counts["new"] == 2
        assert store.read(s, "enterprises", store.CITY)["workers"].tolist() == [3]


def test_members_are_not_workers(database: Database) -> None:
    union = UNIONS.conform(
        pd.DataFrame(
            {
                "name": ["甲工会"],
                "kind": ["own"],
                "members": [20],
                "workers": [60],
                "counts_on": pd.to_datetime(["2025-06-30"]),
            },
            index=["union:1"],
        )
    )
    with database.session(write=True) as s:
        store.write(s, "unions", union)
        store.write(s, "enterprises", firms({"union:1": "同键企业"}, workers=5))
        back = store.read(s, "unions", store.CITY)
    assert back.loc["union:1", ["members", "workers"]].tolist() == [20, 60]


def test_rows_are_found_by_any_of_their_codes(database: Database) -> None:
    with database.session(write=True) as s:
        store.write(
            s,
            "enterprises",
            firms({"a": "甲", "b": "乙", "c": "丙"}, uscc=["U1", None, "U3"], org_code=["O1", "O2", None]),
        )
        found = store.find(s, "enterprises", uscc=["U1", "U9"], org_code=["O1", "O2"], name=[])
        assert store.find(s, "enterprises", uscc=[]).empty
    assert found["name"].tolist() == ["甲", "乙"]


def test_a_county_sees_its_own(database: Database) -> None:
    places = PLACES.conform(
        pd.DataFrame(
            {"kind": "zone", "name": ["东", "西"], "origin": "layer", "county_code": ["320613", "320614"]},
            index=["p", "q"],
        )
    )
    unions = UNIONS.conform(
        pd.DataFrame(
            {"name": ["东工会", "西工会"], "kind": "joint", "county_code": ["320613", "320614"]}, index=["u", "v"]
        )
    )
    members = MEMBERSHIPS.conform(
        pd.DataFrame({"union_id": ["u", "v"], "member_kind": "enterprise", "member_name": "甲"}, index=["m", "n"])
    )
    with database.session(write=True) as s:
        for layer, frame in (
            ("places", places),
            ("unions", unions),
            ("memberships", members),
            ("enterprises", firms({"a": "甲"})),
        ):
            store.write(s, layer, frame)
    with database.session() as s:
        county = store.Scope("320613")
        seen = {
            layer: list(store.read(s, layer, county).index)
            for layer in ("places", "unions", "memberships", "enterprises")
        }
    # Nothing has been located yet, so no enterprise is known to lie in the county.
    assert seen == {"places": ["p"], "unions": ["u"], "memberships": ["m"], "enterprises": []}


def test_versions_grow_with_every_change_and_only_then(database: Database) -> None:
    with database.session() as s:
        assert store.data_version(s) == 0
    seen = []
    for name in ("甲", "甲", "乙"):
        with database.session(write=True) as s:
            store.write(s, "enterprises", firms({"a": name}))
            store.write(s, "decisions", DECISIONS.empty())
        with database.session() as s:
            seen.append(store.data_version(s))
    assert seen[0] > 0 and seen[1] == seen[0] and seen[2] > seen[1]


def test_more_keys_than_one_query_takes(database: Database) -> None:
    many = DIVISIONS.conform(
        pd.DataFrame({"name": "村", "level": "village", "parent": "x"}, index=[f"{i:012d}" for i in range(20_100)])
    )
    with database.session(write=True) as s:
        assert store.write(s, "divisions", many).counts["new"] == 20_100
        assert store.write(s, "divisions", many.assign(name="庄")).counts["changed"] == 20_100
        assert (store.read(s, "divisions", store.CITY)["name"] == "庄").all()


def test_nul_characters_do_not_stop_a_load(database: Database) -> None:
    with database.session(write=True) as s:
        store.write(s, "enterprises", firms({"a": "甲\0公司"}))
        assert store.read(s, "enterprises", store.CITY).loc["a", "name"] == "甲公司"


def test_all_inputs_of_a_survey_are_read_at_once(database: Database) -> None:
    with database.session(write=True) as s:
        store.write(s, "enterprises", firms({"a": "甲"}, workers=30, counts_on=date(2025, 1, 1)))
    with database.session() as s:
        inputs = store.inputs(s, on=date(2024, 1, 1))
    assert inputs.enterprises["workers"].isna().all()
    assert inputs.places.crs == "EPSG:4326"
    assert all(len(getattr(inputs, name)) == (name == "enterprises") for name in NAMES)


# --- imports on record ----------------------------------------------------------------------------------------------

FILE = store.imports.File(
    "enterprises", "名录.xlsx", "ab", {"sheet": "一"}, source="市场监管", source_date=date(2025, 1, 1)
)


def test_rows_not_taken_stay_on_record(database: Database) -> None:
    rows = [
        store.imports.Row(
            "一", i, "reject" if i % 2 else "warn", {"名称": "=1+1"}, [["name", "名称", "EMPTY", "", None]]
        )
        for i in range(50)
    ]
    with database.session(write=True) as s:
        batch = store.imports.begin(s, FILE, run_key="r")
        assert store.imports.add_rows(s, batch, iter(rows)) == 50
        store.imports.finish(s, batch, rows_in=50, rejected=25, warned=25)
    with database.session() as s:
        assert list(store.imports.rows(s, batch)) == rows
        assert [row.row_no for row in store.imports.rows(s, batch, severity="warn", offset=1, limit=2)] == [2, 4]
        found = store.imports.get(s, batch)
        assert found is not None
        assert (found.status, found.rows_in, found.rejected, found.source_date, found.options) == (
            "done",
            50,
            25,
            date(2025, 1, 1),
            {"sheet": "一"},
        )
        assert [b.key for b in store.imports.latest(s, sha256="ab")] == [batch]
        assert store.imports.latest(s, kind="unions") == []


def test_an_import_that_a_later_one_built_on_is_not_taken_back(database: Database) -> None:
    from app.store.undo import UndoRefusedError

    batches = []
    for names in ({"a": "甲", "b": "乙"}, {"b": "乙改"}):
        with database.session(write=True) as s:
            batches.append(store.imports.begin(s, FILE))
            store.write(s, "enterprises", firms(names), batch=batches[-1])
            store.imports.finish(s, batches[-1], rows_in=len(names))
    with pytest.raises(UndoRefusedError) as caught, database.session(write=True) as s:
        store.imports.undo(s, batches[0])
    assert (caught.value.code, caught.value.detail["later"]) == ("IMPORT_LATER", batches[1])
    with database.session(write=True) as s:
        assert store.imports.undo(s, batches[1]) == {"enterprises": {"removed": 0, "restored": 1}}
        assert store.imports.undo(s, batches[0]) == {"enterprises": {"removed": 2, "restored": 0}}
    with pytest.raises(UndoRefusedError) as caught, database.session(write=True) as s:
        store.imports.undo(s, batches[0])
    assert caught.value.code == "IMPORT_NOT_DONE"


def test_columns_are_remembered_by_source(database: Database) -> None:
    for mapping in ({"name": "单位"}, {"name": "名称", "address": "住所"}):
        with database.session(write=True) as s:
            store.imports.remember(s, "enterprises", "市场监管", mapping)
    with database.session() as s:
        assert store.imports.recall(s, "enterprises", "市场监管") == {"name": "名称", "address": "住所"}
        assert store.imports.recall(s, "unions", "市场监管") == {}


def test_settings_hold_what_json_can(database: Database) -> None:
    with database.session(write=True) as s:
        assert store.settings.is_sample(s) is False
        store.settings.put(s, "sample", True)
        store.settings.put(s, "x", {"城": [1, None]})
    with database.session() as s:
        assert store.settings.is_sample(s) is True
        assert store.settings.get(s, "x") == {"城": [1, None]}


def test_every_declared_column_has_a_place_in_the_tables() -> None:
    for name, layer in LAYERS.items():
        assert set(layer.spec.columns) - set(layer.columns) == {c for c in layer.counts if c not in layer.columns}, name
        kept = {"fid", "key", "geom", "version", "replaced_on"} | set(layer.spec.columns)
        kept |= {"since", "draft_key", "locked", "cross_county"}  # of versions of boundaries
        assert {c.name for c in layer.table.c} <= kept, name
    assert np.all([table.primary_key.columns.keys() == ["fid"] for table in Base.metadata.tables.values()])
