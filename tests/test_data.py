"""Every file under data/ against its contract, and the facts that must be right in it."""

import csv
import subprocess
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.datum import faults
from geo.errors import FileRefused
from geo.io.cities import read_city
from geo.io.codes import read_codes
from geo.io.divisions import read_aliases, read_divisions, read_outlines, read_zones
from geo.io.rules import read_rules

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def divisions() -> pd.DataFrame:
    return read_divisions(DATA / "divisions" / "nantong.csv")


@pytest.fixture(scope="module")
def now(divisions: pd.DataFrame) -> pd.DataFrame:
    return divisions[divisions["valid_to"].isna()]


@pytest.fixture(scope="module")
def aliases() -> pd.DataFrame:
    return read_aliases(DATA / "divisions" / "nantong_aliases.csv")


def county_of(divisions: pd.DataFrame, code: str) -> str:
    """Climb to the county."""
    while divisions.at[code, "level"] != "county":
        code = divisions.at[code, "parent"]
    return code


def test_seven_counties_and_their_towns_and_villages_are_in_force(now: pd.DataFrame) -> None:
    assert now["level"].value_counts().to_dict() == {"village": 2005, "town": 136, "county": 7, "city": 1}
    counties = now[now["level"] == "county"]
    assert set(counties["name"]) == {"崇川区", "通州区", "海门区", "如东县", "启东市", "如皋市", "海安市"}
    assert counties.loc["320613", "name"] == "崇川区"
    assert counties.loc["320685", "name"] == "海安市"


def test_every_division_in_force_hangs_below_one_in_force_a_step_wider(now: pd.DataFrame) -> None:
    wider = {"county": "city", "town": "county", "village": "town"}
    below = now[now["level"] != "city"]
    assert (below["parent"].map(now["level"]) == below["level"].map(wider)).all()


def test_a_former_division_lies_in_one_of_today(divisions: pd.DataFrame, now: pd.DataFrame) -> None:
    former = divisions[divisions["valid_to"].notna()]
    assert set(former["parent"]) <= set(now.index)
    for code in former.index[former["level"] != "county"]:
        assert county_of(divisions, code) in now.index


def test_codes_fit_their_level(divisions: pd.DataFrame) -> None:
    length = {"city": 6, "county": 6, "town": 9, "village": 12}
    assert (divisions.index.str.len() == divisions["level"].map(length)).all()
    assert divisions.index.str.startswith("3206").all()


def test_the_zone_that_is_no_county_has_its_towns_in_chongchuan(divisions: pd.DataFrame) -> None:
    assert "320671" not in divisions.index
    assert divisions.loc["320671001", ["name", "parent"]].tolist() == ["中兴街道", "320613"]


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2011-03-09", {"崇川区", "港闸区", "通州区", "海安县", "如东县", "启东市", "如皋市", "海门市"}),
        ("2009-01-01", {"崇川区", "港闸区", "通州市", "海安县", "如东县", "启东市", "如皋市", "海门市"}),
        ("2019-01-01", {"崇川区", "港闸区", "通州区", "海安市", "如东县", "启东市", "如皋市", "海门市"}),
        ("2026-11-23", {"崇川区", "通州区", "海门区", "如东县", "启东市", "如皋市", "海安市"}),
    ],
)
def test_the_counties_of_a_day(divisions: pd.DataFrame, day: str, names: set[str]) -> None:
    counties, at = divisions[divisions["level"] == "county"], pd.Timestamp(day)
    begun = counties["valid_from"].isna() | (counties["valid_from"] <= at)
    there = counties[begun & (counties["valid_to"].isna() | (counties["valid_to"] >= at))]
    assert set(there["name"]) == names
    assert len(there) == len(names)


@pytest.mark.parametrize(
    ("alias", "target", "until"),
    [
        ("港闸区", "320613", "2020-06-04"),
        ("海门市", "320614", "2020-06-04"),
        ("海安县", "320685", "2018-02-21"),
        ("通州市", "320612", "2009-03-30"),
        ("掘港镇", "320623001", "2019-10-30"),
        ("苴镇", "320623003", "2020-06-29"),
        ("林梓镇", "320682105", "2013-03-17"),
        ("三星镇", "320614416", None),
    ],
)
def test_what_became_of_a_name(aliases: pd.DataFrame, alias: str, target: str, until: str | None) -> None:
    rows = aliases[aliases["alias"] == alias]
    assert rows["target"].tolist() == [target]
    assert rows["valid_to"].isna().all() if until is None else str(rows["valid_to"].iloc[0].date()) == until


def test_every_alias_means_a_division_in_force_and_no_name_in_force_is_an_alias_of_another_in_its_county(
    aliases: pd.DataFrame, now: pd.DataFrame
) -> None:
    assert set(aliases["target"]) <= set(now.index)
    towns = now[now["level"] == "town"]
    official = {(name, county_of(now, code)): code for code, name in towns["name"].items()}
    for row in aliases[aliases["target"].str.len() == 9].itertuples():
        assert official.get((row.alias, county_of(now, row.target)), row.target) == row.target


def test_what_is_known_by_memory_alone_says_so(aliases: pd.DataFrame) -> None:
    marked = aliases["source"].str.contains(r"\((?:B|C|D)\)|PyPI|npm|GB/T", regex=True)
    assert marked.all()
    assert aliases["source"].str.contains("unverified (D)", regex=False).sum() > 40


def test_old_codes_lead_to_codes_of_today(now: pd.DataFrame) -> None:
    with (DATA / "divisions" / "nantong_old_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert rows["320602"]["today"] == rows["320611"]["today"] == "320613"
    assert rows["320602001"]["today"] == "320613001"
    assert {row["today"] for row in rows.values()} <= set(now.index)
    assert not set(rows) & set(now.index)
    assert {row["how"] for row in rows.values()} <= set(read_codes(DATA / "codes")["succession"].codes)
    assert {row["sure"] for row in rows.values()} <= {"high", "medium", "low"}


def test_positions_lie_in_their_county(now: pd.DataFrame) -> None:
    outlines = read_outlines(DATA / "boundaries" / "nantong.geojson").geometry
    placed = now[now["lon"].notna() & (now["level"] != "city")]
    assert len(placed) > 250
    assert (faults(placed["lon"], placed["lat"]) == "").all()
    for code, lon, lat in zip(placed.index, placed["lon"], placed["lat"], strict=True):
        assert outlines[county_of(now, code)].distance(shapely.Point(lon, lat)) < 0.003, code
    assert not placed.duplicated(["lon", "lat"]).any()


@pytest.mark.parametrize(("name", "count"), [("nantong", 7), ("nantong_2011", 8)])
def test_outlines_are_a_coverage_without_slivers(divisions: pd.DataFrame, name: str, count: int) -> None:
    outlines = read_outlines(DATA / "boundaries" / f"{name}.geojson")
    assert len(outlines) == count
    assert outlines.geometry.is_valid.all()
    assert shapely.coverage_is_valid(outlines.geometry.array)
    assert (outlines["name"] == divisions["name"].reindex(outlines.index)).all()
    whole = shapely.union_all(outlines.geometry.array)
    assert sum(len(part.interiors) for part in shapely.get_parts(whole)) == 0
    assert shapely.area(outlines.geometry.array).sum() == pytest.approx(whole.area, rel=1e-9)


def test_both_years_cover_the_same_land_but_for_crumbs() -> None:
    today, then = (read_outlines(DATA / "boundaries" / f"{name}.geojson") for name in ("nantong", "nantong_2011"))
    rest = shapely.union_all(today.geometry.array).symmetric_difference(shapely.union_all(then.geometry.array))
    assert rest.area < 1e-6  # a hectare


def test_the_units_of_2011_were_in_force_in_2011() -> None:
    outlines = read_outlines(DATA / "boundaries" / "nantong_2011.geojson")
    at = pd.Timestamp(date(2011, 3, 9))
    assert (outlines["valid_from"].isna() | (outlines["valid_from"] <= at)).all()
    assert (outlines["valid_to"].isna() | (outlines["valid_to"] >= at)).all()


def test_areas_are_those_of_a_real_city() -> None:
    metres = read_outlines(DATA / "boundaries" / "nantong_2011.geojson").to_crs(32651).geometry.area / 1e6
    assert metres["320611"] == pytest.approx(153, rel=0.1)  # 港闸区
    assert metres.sum() == pytest.approx(9900, rel=0.05)  # with water


def test_zones_are_places_in_counties_of_today(now: pd.DataFrame) -> None:
    zones = read_zones(DATA / "zones" / "nantong.geojson")
    assert len(zones) == 17
    assert set(zones["county_code"]) <= set(now.index)
    assert (zones.index == "zone:" + zones["county_code"] + ":" + zones["name"]).all()
    assert zones["zone_level"].value_counts().to_dict() == {"provincial": 11, "national": 6}
    assert zones.loc["zone:320613:南通经济技术开发区"].geometry.is_valid
    towns = gpd.read_file(DATA / "zones" / "nantong.geojson")["towns"].dropna().str.split(" ").explode()
    assert set(towns) <= set(now.index)
    aliases = read_aliases(DATA / "zones" / "nantong_aliases.csv")
    assert set(aliases["target"]) <= set(zones.index)


def test_rules_and_codes_can_be_read() -> None:
    assert len(read_rules(DATA).numbers) > 20
    assert len(read_codes(DATA / "codes")) > 40


def test_the_countrys_table_holds_nantong_as_the_citys_own_file_does(now: pd.DataFrame) -> None:
    city = read_city(DATA / "divisions", "320600")
    there = city[city["valid_to"].isna()]
    assert there["name"].to_dict() == now["name"].to_dict()
    assert there["parent"].dropna().to_dict() == now["parent"].dropna().to_dict()


def test_every_file_is_named_in_the_readme() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    for folder in ("divisions", "boundaries", "zones"):
        for path in (DATA / folder).iterdir():
            assert f"`{path.name}`" in text, path


def test_the_data_stay_small() -> None:
    root = DATA.parent
    listed = subprocess.run(["git", "ls-files", "data"], cwd=root, capture_output=True, text=True, check=True).stdout
    sizes = {name: (root / name).stat().st_size for name in listed.split() if (root / name).is_file()}
    models = {name: size for name, size in sizes.items() if name.startswith("data/models/")}
    assert sum(models.values()) <= 2_000_000, models
    assert sum(sizes.values()) - sum(models.values()) < 6_000_000, max(sizes.items(), key=lambda item: item[1])


HEADER = "code,name,level,parent,valid_from,valid_to,lon,lat,source\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name,level,parent\n城,city,\n", "columns are missing: code"),
        ("code,name\n1,甲\n", "columns are missing: level, parent"),
        (HEADER + "320600,甲,city,,,,,,\n320600,乙,city,,,,,,\n", "code 320600 stands more than once"),
        (HEADER + "320600,甲,province,,,,,,\n", "has the level 'province'"),
        (HEADER + "320600,甲,city,,,,32.0,120.9,\n", "lon comes before lat"),
        (HEADER + "320600,甲,city,,gestern,,,,\n", "gestern"),
        (HEADER + "320600,甲,city,,,,viel,,\n", "viel"),
        ("", "it is not a UTF-8 table"),
    ],
)
def test_a_faulty_table_of_divisions_is_refused_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "divisions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match=fault):
        read_divisions(path)


def test_a_table_in_another_encoding_or_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    path.write_bytes((HEADER + "320600,南通市,city,,,,,,\n").encode("gb18030"))
    with pytest.raises(FileRefused, match="not a UTF-8 table"):
        read_divisions(path)
    with pytest.raises(FileRefused, match="does not exist"):
        read_aliases(tmp_path / "none.csv")


def test_outlines_in_another_crs_are_turned_and_points_are_refused(tmp_path: Path) -> None:
    box = shapely.box(120.8, 31.9, 120.9, 32.0)
    layer = gpd.GeoDataFrame({"code": ["1"], "name": ["甲"], "level": ["county"]}, geometry=[box], crs=4326)
    layer.to_crs(32651).to_file(tmp_path / "metres.gpkg")
    read = read_outlines(tmp_path / "metres.gpkg")
    assert read.geometry.iloc[0].centroid.distance(box.centroid) < 1e-6
    layer.set_geometry([box.centroid], crs=4326).to_file(tmp_path / "points.gpkg")
    with pytest.raises(FileRefused, match="is not a polygon"):
        read_outlines(tmp_path / "points.gpkg")
    (tmp_path / "no.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(FileRefused, match="cannot be read"):
        read_outlines(tmp_path / "no.geojson")


def test_a_former_county_elsewhere_stands_for_the_one_of_today_with_its_last_day() -> None:
    rows = read_aliases(DATA / "words" / "elsewhere.csv").set_index("alias")
    assert rows.loc["大丰市", ["target", "kind"]].tolist() == ["320904", "former"]
    assert str(rows.at["大丰市", "valid_to"].date()) == "2015-12-30"
    former = rows[rows["kind"] == "former"]
    assert former["valid_to"].notna().all()
    today = set(rows.loc[rows["kind"] == "official", "target"])
    assert (~former["target"].isin(today)).mean() < 0.3  # those whose land was divided have no county of today
