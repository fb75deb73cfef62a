"""The conference pack: same input, same bytes; files that open and hold native parts; nothing told too much."""

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
import small_city
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from pptx import Presentation
from pptx.util import Emu
from signed_in import acting

from app import runs, store
from app.auth import audit
from app.conference import bulletin, pack
from app.conference import deck as stage
from app.conference.content import Content, Mark
from app.conference.facts import facts
from app.conference.stable import stable
from app.conference.wrapping import CLOSING
from app.config import settings
from app.current import reading
from app.db import current, session
from app.models import Run

MARK = Mark("internal", "张三", date(2026, 1, 5))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("conference"), form_tokens=False)


def content(mark: Mark = MARK) -> tuple[Content, str]:
    with session() as opened:
        return pack.gather(opened, mark)


@pytest.fixture(scope="module")
def files(app: Flask) -> dict[str, bytes]:
    """The pack, by the end of each file's name."""
    with acting(app):
        return {Path(name).suffix if "通报" not in name else f"bulletin{Path(name).suffix}": body
                for name, body in pack.files(*content())}  # fmt: skip


@pytest.fixture
def approved(app: Flask) -> Iterator[None]:
    config = app.config["ATLAS"]
    app.config["ATLAS"] = replace(config, map_approval="苏图审〔2026〕1号")
    yield
    app.config["ATLAS"] = config


def test_the_same_input_gives_the_same_bytes(app: Flask, files: dict[str, bytes]) -> None:
    with acting(app):
        again = [hashlib.sha256(body).hexdigest() for _name, body in pack.files(*content())]
    assert again == [hashlib.sha256(body).hexdigest() for body in files.values()]


def test_another_maker_is_another_pack(app: Flask, files: dict[str, bytes]) -> None:
    """Slides and atlas say who made them, too (below); drawing them again would take longer than all other tests."""
    from app.conference import annex, documents

    with acting(app):
        made, template = content(Mark("internal", "李四", date(2026, 1, 5)))
        parts = bulletin.parts(made, template)
        other = {
            "bulletin.docx": documents.docx(made, parts), "bulletin.pdf": documents.pdf(made, parts),
            ".html": stage.page(made), ".xlsx": annex.annex(made, facts(made)),
        }  # fmt: skip
    assert [name for name, body in other.items() if body == files[name]] == []
    slides = Presentation(io.BytesIO(files[".pptx"])).slides
    assert all(any("张三" in s.text_frame.text for s in page.shapes if s.has_text_frame) for page in slides)


def test_no_clock_stays_in_an_office_file() -> None:
    made = openpyxl.Workbook()
    stream = io.BytesIO()
    made.save(stream)
    body = stable(stream.getvalue(), date(2026, 1, 5))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 5, 12, 0, 0)}
        assert b"2026-01-05T12:00:00Z" in archive.read("docProps/core.xml")
    assert stable(body, date(2026, 1, 5)) == body


def test_slides_are_native_and_nothing_leaves_the_slide(files: dict[str, bytes]) -> None:
    deck = Presentation(io.BytesIO(files[".pptx"]))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert sum(shape.has_chart for shape in shapes) >= 3
    assert sum(shape.has_table for shape in shapes) >= 6
    assert sum(shape.shape_type == 13 for shape in shapes) >= 4, "maps are pictures"
    for slide in deck.slides:
        assert any(shape.has_text_frame and shape.text_frame.text for shape in slide.shapes)
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width, shape.name
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height, shape.name


def test_no_picture_or_table_stands_on_another(files: dict[str, bytes]) -> None:
    deck = Presentation(io.BytesIO(files[".pptx"]))
    for number, slide in enumerate(deck.slides, 1):
        solid = [s for s in slide.shapes if s.has_table or s.has_chart or s.shape_type == 13]
        texts = [s for s in slide.shapes if s.has_text_frame and s.text_frame.text and not s.rotation]
        for one in solid:
            for other in [*solid, *texts]:
                if other is not one:
                    assert not overlap(one, other), (number, one.name, other.name)


def overlap(one: Any, other: Any) -> bool:
    slack = Emu(30_000)
    return bool(
        one.left + slack < other.left + other.width and other.left + slack < one.left + one.width
        and one.top + slack < other.top + other.height and other.top + slack < one.top + one.height
    )  # fmt: skip


def test_maps_are_of_300_dpi(files: dict[str, bytes]) -> None:
    deck = Presentation(io.BytesIO(files[".pptx"]))
    pictures = [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13]
    for picture in pictures:
        wide, _high = picture.image.size
        assert wide / (picture.width / 914_400) >= 299


@pytest.mark.parametrize("name", [".pdf", "bulletin.pdf"])
def test_pages_are_drawn_and_their_text_is_text(files: dict[str, bytes], name: str) -> None:
    book = pypdfium2.PdfDocument(files[name])
    assert len(book) >= 1
    told = ""
    for page in book:
        picture = page.render(scale=0.5, grayscale=True).to_numpy()
        assert (picture < 128).mean() > 0.002, "an empty page"
        told += page.get_textpage().get_text_range()
    assert "试验市" in told and "未建会" in told and "不得公开" in told and "张三" in told
    book.close()


def test_each_county_and_each_drawn_zone_has_its_page(files: dict[str, bytes]) -> None:
    book = pypdfium2.PdfDocument(files[".pdf"])
    heads = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in book]
    for name in (*small_city.COUNTIES.values(), *(f"园区：{zone}" for zone in small_city.ZONES.values())):
        assert any(name in head for head in heads), name
    assert all("数据截止 2025-12-31" in head and "数据指纹" in head for head in heads)
    book.close()


def test_the_bulletin_can_be_edited(files: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(files["bulletin.docx"]))
    assert document.paragraphs[0].text == "试验市工会组建情况通报"
    assert len(document.tables) >= 4
    assert "演示数据" in document.sections[0].footer.paragraphs[0].text


def test_the_annex_traces_each_figure_to_its_list(app: Flask, client: FlaskClient, files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[".xlsx"]))
    rows = list(book["数字溯源"].iter_rows(min_row=2, values_only=True))
    codes = [row[0] for row in rows]
    assert len(set(codes)) == len(codes)
    told = {row[0]: row for row in rows}
    for code in ("city.gap", "city.unions", "county.990101.own", "county.990102.gap"):
        _code, _place, _title, value, _shown, _basis, link, digest = told[code]
        body = client.get(link).get_data(as_text=True)
        count = re.search(r"共 ([\d,]+) (?:条|家)|([\d,]+) 家企业", body)
        assert count and int((count[1] or count[2]).replace(",", "")) == value, (code, link)
        assert re.fullmatch(r"[0-9a-f]{12}", digest)


def test_each_sheet_of_the_annex_fits_its_page_and_no_text_its_cell_cuts_off(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[".xlsx"]))
    for page in book.worksheets[1:]:
        widths = {letter: column.width for letter, column in page.column_dimensions.items()}
        assert sum(widths.values()) < 230, (page.title, "printed on A4 it could not be read")
        for row in page.iter_rows():
            for each in row:
                lines = page.row_dimensions[each.row].height / 15
                text = each.value if isinstance(each.value, str) else "2025-12-31" if each.is_date else "99.9%"
                text = f"{each.value:,}" if isinstance(each.value, int) else text
                wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
                assert wide <= lines * (widths[each.column_letter] - 1), (page.title, each.coordinate, text)
        assert page.oddFooter.right.text == "&P / &N" and page.page_setup.orientation == "landscape"
    across = book["各县（市、区）"]
    assert [each.value for each in across[1]] == ["指标", "西塘县", "东沟区", "试验市"], "ranked by rate"


def test_a_city_with_one_survey_gets_no_slide_that_compares_nothing(app: Flask, files: dict[str, bytes]) -> None:
    from app.conference import slides

    with acting(app):
        with session() as opened:
            first, template = pack.gather(opened, MARK, small_city.YEARS[0])
        deck = Presentation(io.BytesIO(slides.deck(first)))
        parts = bulletin.parts(first, template)
    texts = [[s.text_frame.text for s in slide.shapes if s.has_text_frame] for slide in deck.slides]
    titles = {text for slide in texts for text in slide}
    assert not titles & {"年初与现在（同一图例）", "历年变化"}
    wanted = "没有 2022-12-31 的数据，基数不详，暂不计算净增和完成率；补算这一天或录入基数后重新制作。"
    assert wanted in titles and any(wanted in part.text for part in parts)
    assert len(deck.slides) == len(Presentation(io.BytesIO(files[".pptx"])).slides) - 2


def test_the_page_says_before_it_makes_material_that_there_is_nothing_to_compare(client: FlaskClient) -> None:
    first = client.get(f"/year/conference?on={small_city.YEARS[0]}").text
    assert "没有 2022-12-31 的计算结果" in first and "/year/series#any-day" in first.replace(
        f"?on={small_city.YEARS[0]}", ""
    )
    assert "的计算结果：材料里没有" not in client.get("/year/conference").text


def test_long_tables_of_the_bulletin_leave_no_page_half_empty(app: Flask) -> None:
    from app.conference import documents

    rows = tuple((str(n), f"某某大厦{n}", "东沟区 河口街道", "9") for n in range(1, 31))
    table = bulletin.Table("building", "楼宇", ("名次", "地点", "所在", "未建会"), rows, (0.5, 2.0, 2.0, 1.0), words=3)
    parts = [bulletin.Part("title", "通报"), *(bulletin.Part("text", "说明文字。" * 40) for _n in range(4))]
    with acting(app):
        body = documents.pdf(content()[0], [*parts, *(bulletin.Part("table", table=table) for _n in range(3))])
    pages = list(pypdfium2.PdfDocument(body))
    assert len(pages) == 3
    for page in pages[:-1]:
        ink = page.render(scale=0.5, grayscale=True).to_numpy() < 160
        lowest = max(n for n, row in enumerate(ink[: int(len(ink) * 0.92)]) if row.any())
        assert lowest > 0.8 * len(ink)


def test_names_of_small_zones_stand_beside_them_and_cover_no_circle(app: Flask) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from shapely import Point, box

    from app.conference import marks

    with acting(app):
        figure = Figure(figsize=(5, 5), dpi=100)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 1000), ylim=(0, 1000))
        taken = marks.circles(axes, [marks.Spot(500.0, 480.0, 9.0, 1)])
        zone = box(490, 520, 510, 540)
        assert marks.beside(axes, Point(500, 530), "东沟开发区", size=7, taken=taken, around=zone)
        name = taken[-1].transformed(axes.transData.inverted())
        assert name.y0 >= 540 or name.y1 <= 520, "not on the zone itself"
        assert not any(taken[-1].overlaps(other) for other in taken[:-1])
        large = box(100, 700, 900, 900)
        assert marks.beside(axes, Point(500, 800), "大园区", size=7, taken=taken, around=large)
        inside = taken[-1].transformed(axes.transData.inverted())
        assert 700 < inside.y0 < inside.y1 < 900, "a name that fits stands inside"


def test_no_firm_is_named_anywhere(files: dict[str, bytes]) -> None:
    firms = small_city.firms()["name"].tolist()
    page = files[".html"].decode()
    book = openpyxl.load_workbook(io.BytesIO(files[".xlsx"]))
    strings = {str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}
    for name in firms[6:60]:
        assert name not in page and name not in strings


def test_nothing_is_made_public_without_its_approval_number(app: Flask) -> None:
    with acting(app), pytest.raises(pack.PackError) as raised:
        content(Mark("public", "张三", date(2026, 1, 5)))
    assert raised.value.code == "MAP_APPROVAL_MISSING"


def test_few_firms_are_not_told_in_public(app: Flask, approved: None) -> None:
    with acting(app):
        made, _template = content(Mark("public", "张三", date(2026, 1, 5)))
        assert settings().map_approval in made.footer and made.watermark == ""
        row = made.total.copy()
        row["gap"], row["gap_workers"], row["covered"] = 2, 31, 40
        assert made.text(row, "gap") == "＜3"
        assert made.text(row, "gap_workers") == "略"
        assert made.value(row, "gap") is None
        assert made.text(row, "covered") == "40"
        row["eligible"], row["rate"] = 42, 40 / 42
        assert (made.text(row, "eligible"), made.text(row, "rate")) == ("略", "略"), "42 - 40 would tell the two"
        row["gap"], row["covered"] = 40, 2
        assert [made.text(row, name) for name in ("gap", "covered", "eligible")] == ["40", "＜3", "略"]
        row["eligible"], row["rate"] = 2, 0.5
        assert made.text(row, "rate") == "略"
        assert made.buildings["gap"].ge(3).all()
        made.__dict__["places"] = made.counties.iloc[:1].assign(eligible=made.total["eligible"] - 2)
        assert "另有 ＜3 家" in bulletin.values(made)["说明"]
        hidden = [fact for fact in facts(made) if fact.shown in ("＜3", "略")]
        assert all(fact.value is None and fact.digest == "" for fact in hidden)


def test_internally_every_figure_is_told(app: Flask) -> None:
    with acting(app):
        made, _template = content()
        row = made.total.copy()
        row["gap"] = 2
        assert made.text(row, "gap") == "2"
        assert "张三" in made.watermark and "2026-01-05" in made.watermark


def test_a_template_is_checked_and_kept(client: FlaskClient) -> None:
    answer = client.post("/year/bulletin/template", data={"template": "# {城市}通报\n[没有的表]"})
    assert answer.status_code == 422
    assert "{城市}" in answer.text and "[没有的表]" in answer.text
    assert client.post("/year/bulletin/template", data={"template": "# 我们{全市}\n[县市区表]"}).status_code == 302
    page = client.get("/year/bulletin").text
    assert "我们试验市" in page and "一、任务完成情况" not in page
    client.post("/year/bulletin/template", data={"template": ""})
    assert "一、任务完成情况" in client.get("/year/bulletin").text


def test_a_template_that_begins_with_a_long_paragraph_makes_its_files_and_one_too_long_is_told(
    client: FlaskClient,
) -> None:
    assert client.post("/year/bulletin/template", data={"template": "会" * 300}).status_code == 302
    for form in ("docx", "pdf"):
        assert client.get(f"/year/bulletin/bulletin.{form}").status_code == 200, form
    answer = client.post("/year/bulletin/template", data={"template": "长" * (bulletin.LONGEST + 1)})
    assert answer.status_code == 422 and "模板太长" in answer.text
    assert "会会会" in client.get("/year/bulletin").text, "what was kept stays"
    client.post("/year/bulletin/template", data={"template": ""})


def test_a_document_is_chinese_whoever_asks(app: Flask, client: FlaskClient) -> None:
    chinese = client.get("/year/bulletin/bulletin.docx").data
    client.set_cookie("atlas_language", "en")
    try:
        english = client.get("/year/bulletin/bulletin.docx").data
        page = client.get("/year/bulletin").text
        stage = client.get("/year/conference/present").text
    finally:
        client.delete_cookie("atlas_language")
    assert english == chinese
    assert "Edit the template" in page and "编辑模板" not in page, "the page around it is English"
    assert "基层工会净增" in page and "unions净增" not in page
    assert "基层工会净增完成" in stage or "\\u57fa\\u5c42" in stage


def test_firms_of_no_county_are_told_where_the_counties_do_not_sum_to_the_city(app: Flask) -> None:
    with acting(app):
        made, _template = content()
        firms = made.read.survey.firms
        lost = int((firms["eligible"].astype(bool) & firms["county_code"].isna()).sum())
        assert lost > 0 and f"另有 {lost:,} 家" in bulletin.values(made)["说明"]
        del made.__dict__["unplaced"], made.__dict__["places"]
        made.__dict__["counties"] = made.counties.iloc[:1].assign(eligible=made.total["eligible"])
        assert made.unplaced == "", "nothing is said where nothing is lost"


def test_one_measure_has_one_scale_in_a_pack(app: Flask) -> None:
    with acting(app):
        told = stage.deck(content()[0], links=False)
    rate = told["map"]["measures"]["rate"]
    assert [side["legend"] for side in told["before"]["sides"]] == [rate["legend"]] * 2
    assert told["before"]["sides"][1]["colours"] == rate["colours"]


def test_every_figure_says_what_it_counts_and_every_told_target_has_a_digest(app: Flask) -> None:
    with acting(app):
        found = facts(content()[0])
    assert [fact.code for fact in found if not fact.basis] == []
    targets = {fact.code: fact for fact in found if fact.code.startswith("target.")}
    assert [code for code, fact in targets.items() if (fact.value is not None) != bool(fact.digest)] == []
    now = {figure: targets[f"target.all.{figure}.now"].digest for figure in ("unions", "members", "own")}
    assert now["unions"] == now["members"] != now["own"], "members are counted from all unions"
    city = {fact.code: fact.digest for fact in found}
    assert city["city.unions"] == now["unions"], "the same list"


def test_heads_of_slides_can_be_read_and_what_could_be_reached_is_explained(files: dict[str, bytes]) -> None:
    explained = 0
    for slide in Presentation(io.BytesIO(files[".pptx"])).slides:
        heads = [cell for shape in slide.shapes if shape.has_table for cell in shape.table.rows[0].cells]
        said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        sizes = [run.font.size.pt for cell in heads for part in cell.text_frame.paragraphs for run in part.runs]
        assert min(sizes, default=11) >= 11
        if "可覆盖企业" in [cell.text for cell in heads]:
            assert any("“—”表示" in text for text in said)
            explained += 1
    assert explained == 2


def test_the_base_of_a_target_is_traced_to_the_list_of_the_base_date(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[".xlsx"]))
    links = {row[0]: row[6] for row in book["数字溯源"].iter_rows(min_row=2, values_only=True)}
    assert links["target.all.joint_units.base"].endswith("on=2024-12-31")
    assert links["target.all.joint_units.now"].endswith("on=2025-12-31")


def test_all_placeholders_have_a_text(app: Flask) -> None:
    with acting(app):
        made, template = content()
        assert bulletin.faults(template) == []
        for name, text in bulletin.values(made).items():
            assert "nan" not in text.lower() and "<NA>" not in text, name


def test_the_button_makes_the_pack_and_each_file_can_be_taken(app: Flask, client: FlaskClient) -> None:
    assert client.post("/year/conference", data={"mode": "internal"}).status_code == 302
    with app.app_context():
        done = runs.execute(current())
        assert done is not None and done.status == "done", done.error_detail
        with session() as opened:
            run = runs.latest(opened, kind="conference")[0]
    page = client.get("/year/conference").text
    for name, digest in run.tally["files"].items():
        assert name in page
        body = client.get(f"/year/conference/files/{run.key}/{name}").data
        assert hashlib.sha256(body).hexdigest() == digest
    assert client.get(f"/year/conference/files/{run.key}/../secret_key").status_code == 404
    assert client.get(f"/year/conference/files/{run.key}/secret_key").status_code == 404
    with app.app_context(), session() as opened:
        exports = audit.entries(opened, action="export")
        assert exports["target"].str.contains("/year/conference/files/").sum() == len(run.tally["files"])


def test_the_button_pressed_again_says_that_the_pack_is_under_way(app: Flask, client: FlaskClient) -> None:
    def queued() -> list[str]:
        with app.app_context(), session() as opened:
            return [run.key for run in runs.latest(opened, kind="conference") if run.status == runs.QUEUED]

    def done() -> None:
        with app.app_context(), session(write=True) as opened:
            for run in opened.query(Run).filter(Run.kind == "conference", Run.status == runs.QUEUED):
                run.status, run.tally = runs.DONE, {"files": {}, "stamp": ""}

    assert "已开始制作" in client.post("/year/conference", data={"mode": "internal"}, follow_redirects=True).text
    for _press in range(2):
        again = client.post("/year/conference", data={"mode": "internal"}, follow_redirects=True)
        assert "正在制作，没有再排一份" in again.text
    assert len(queued()) == 1
    done()
    assert queued() == []
    client.post("/year/conference", data={"mode": "internal"})
    assert len(queued()) == 1, "one that is done may be made anew"
    done()


def test_a_use_that_nobody_knows_makes_no_pack(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), session() as opened:
        before = len(runs.latest(opened, kind="conference"))
    answer = client.post("/year/conference", data={"mode": "secret<b>"})
    assert answer.status_code == 400 and "不认识的条件" in answer.text and "mode=secret&lt;b&gt;" in answer.text
    with app.app_context(), session() as opened:
        assert len(runs.latest(opened, kind="conference")) == before


def test_public_is_refused_by_the_page_too(client: FlaskClient) -> None:
    answer = client.post("/year/conference", data={"mode": "public"})
    assert answer.status_code == 409
    assert "审图号" in answer.text


def test_the_command_writes_the_pack(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    out = [tmp_path / "one", tmp_path / "two"]
    for folder in out:
        asked = ["report", "bulletin", "--out", str(folder), "--by", "张三", "--at", "2026-01-05"]
        answer = runner.invoke(args=asked)
        assert answer.exit_code == 0, answer.output
    names = sorted(path.name for path in out[0].iterdir())
    assert names == ["bulletin_2025-12-31.docx", "bulletin_2025-12-31.pdf"]
    assert all((out[0] / name).read_bytes() == (out[1] / name).read_bytes() for name in names)


def test_snapshots_are_the_same_bytes_whatever_the_order_of_rows(app: Flask, tmp_path: Path) -> None:
    from app import annual
    from app.conference import snapshots

    with app.app_context(), session() as opened:
        read = annual.reading(opened)
        assert read is not None
        shuffled = replace(
            read,
            survey=replace(read.survey, firms=read.survey.firms.sample(frac=1, random_state=3)),
            kept=type(read.kept)(),
        )
        assert snapshots.snapshot(read) == snapshots.snapshot(shuffled)
        other = read.survey.firms.copy()
        other.loc[other.index[0], "eligible"] = not bool(other["eligible"].iloc[0])
        changed = replace(read, survey=replace(read.survey, firms=other), kept=type(read.kept)())
        assert snapshots.fingerprint(read) != snapshots.fingerprint(changed)


def test_a_countys_own_bulletin_ranks_its_towns(app: Flask) -> None:
    with acting(app), session() as opened:
        made, template = pack.gather(opened, MARK, None, store.Scope("990101"))
        parts = bulletin.parts(made, template)
        firms = made.read.survey.firms
    tables = {part.table.name: part.table for part in parts if part.table is not None}
    texts = [part.text for part in parts if part.table is None]
    assert any("各镇（街道）建会情况" in text for text in texts) and not any("各县（市、区）" in text for text in texts)
    rows = {row[1]: row for row in tables["town"].rows}
    assert set(rows) == {"河口街道", made.city}, "a town without a firm has no rank"
    eligible = firms["eligible"].astype(bool)
    mine = int((eligible & firms["town_code"].eq("990101001").fillna(value=False)).sum())
    assert rows["河口街道"][2] == f"{mine:,}" and rows[made.city][2] == f"{int(eligible.sum()):,}"
    assert any(f"另有 {int(eligible.sum()) - mine} 家应建会企业不知属于哪个镇" in text for text in texts)
    assert len(tables["target"].rows) == 1, "one county is told once"


def test_pages_of_the_year_open_for_a_county(app: Flask) -> None:
    from signed_in import account, sign, stranger

    from app.auth.accounts import Wish

    account(app, Wish("xitang", "县级", "viewer", "990102"))
    visitor = sign(stranger(app), "xitang")
    for path in ("/year", "/year/series", "/year/bulletin", "/year/conference", "/year/conference/present"):
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "云帆大厦" not in answer.text and "东沟经济开发区" not in answer.text, path


def test_missing_months_are_put_in_line(app: Flask, client: FlaskClient) -> None:
    page = client.get("/year/series").text
    assert "补算缺少的 11 个月末" in page
    assert client.post("/year/series").status_code == 302
    with app.app_context(), session(write=True) as opened:
        waiting = sorted(run.on_day for run in runs.latest(opened, limit=50) if run.status == "queued")
        assert waiting[0] == date(2025, 1, 31) and len(waiting) == 11
        opened.query(Run).filter(Run.status == "queued").delete()


def test_an_area_without_firms_and_outlines_has_its_documents(tmp_path: Path) -> None:
    made = small_city.loaded(tmp_path)
    with made.app_context(), session(write=True) as opened:
        county = small_city.divisions().loc[["990101"]].set_axis(["990103"]).assign(name="空县")
        store.write(opened, "divisions", county)
    with acting(made):
        with session() as opened:
            gathered = pack.gather(opened, MARK, None, store.Scope("990103"))
        bodies = {Path(name).suffix: body for name, body in pack.files(*gathered)}
    book = pypdfium2.PdfDocument(bodies[".pdf"])
    assert all(page.get_textpage().get_text_range() for page in book)
    book.close()
    assert b'"map": null' in bodies[".html"] or b'"map":null' in bodies[".html"]
    assert len(Presentation(io.BytesIO(bodies[".pptx"])).slides) > 10
    tables = openpyxl.load_workbook(io.BytesIO(bodies[".xlsx"]))["数字溯源"]
    told = {row[0]: row[3] for row in tables.iter_rows(min_row=2, values_only=True)}
    assert told["city.eligible"] == told["city.unions"] == 0 and told["city.rate"] is None


def test_heavy_libraries_load_when_a_document_is_made() -> None:
    heavy = "{'docx', 'matplotlib', 'pptx', 'reportlab'}"
    asked = f"import sys, app; app.create_app(); print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.strip().splitlines()[-1] == "[]"


def test_the_printed_bulletin_breaks_its_lines_itself(files: dict[str, bytes]) -> None:
    book = pypdfium2.PdfDocument(files["bulletin.pdf"])
    lines = [line for page in book for line in page.get_textpage().get_text_range().split("\r\n") if line]
    book.close()
    first = next(place for place, line in enumerate(lines) if line.startswith("截至2025年"))
    assert len(lines[first]) > 35 and len(lines[first + 1]) > 35, "no letter stands alone on a line"
    assert not [line for line in lines if line[0] in CLOSING]


def test_the_page_of_a_zone_says_how_many_of_its_firms_are_not_drawn(app: Flask, files: dict[str, bytes]) -> None:
    with acting(app):
        firms = reading().survey.firms
    of_zone = firms[firms["zone"].eq("zone:990101:东沟经济开发区").fillna(False) & firms["eligible"].astype(bool)]
    exact = of_zone["lon"].notna() & of_zone["level"].isin(["number", "building", "market"])
    atlas = pypdfium2.PdfDocument(files[".pdf"])
    page = next(page for page in atlas if "园区：东沟经济开发区" in page.get_textpage().get_text_range())
    assert f"另有{(~exact).sum()}家只知在本园区" in "".join(page.get_textpage().get_text_range().split())
    assert 0 < (~exact).sum() < len(of_zone)
