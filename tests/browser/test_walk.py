"""The pages in a real browser: walked, filtered, sorted, switched, downloaded; on a phone nothing overflows.

The fixtures refuse requests that leave the machine and fail on any console error (``tests/conftest.py``).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import small_city
from playwright.sync_api import expect
from serving import served

pytestmark = pytest.mark.browser

BUILDING = "/places/building/building:990101:云帆大厦"
PAGES = [
    "/", "/gaps", "/gaps?kind=market", "/firms?gap=1", "/firms/919901010000000000", "/firms/919901010000000003",
    BUILDING, "/places/county/990101", "/unions", "/unions/union:joint1", "/suggestions",
    "/suggestions/building:990101:云帆大厦", "/definitions", "/review", "/review/decisions", "/facts", "/quality",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a served small city."""
    with served(small_city.loaded(tmp_path_factory.mktemp("site"))) as url:
        yield url


def overflow(tab: Any) -> int:
    return int(tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


FACES = "document.fonts.load('16px \"Noto Sans SC Variable\"', '工').then((faces) => faces.length)"


def test_every_page_stands_without_fault_and_overflows_at_no_size_of_type(page: Any, site: str) -> None:
    for language in ("zh", "en"):
        page.goto(f"{site}/language/{language}")
        for path in PAGES:
            page.goto(site + path)
            if language == "zh":
                page.wait_for_load_state("networkidle")
                assert page.locator("h1").count() == 1, path
                assert page.evaluate(FACES) == 1, path
            assert overflow(page) <= 0, (language, path)
            page.locator("[data-size-switch]").click()
            assert page.evaluate("document.documentElement.dataset.size") == "large"
            assert overflow(page) <= 0, (language, path)
            page.locator("[data-size-switch]").click()


def test_nothing_overflows_on_a_phone(phone: Any, site: str) -> None:
    for language in ("zh", "en"):
        phone.goto(f"{site}/language/{language}")
        for path in PAGES:
            phone.goto(site + path)
            assert overflow(phone) <= 0, (language, path)


def test_the_phone_opens_its_menu(phone: Any, site: str) -> None:
    phone.goto(site)
    link = phone.locator(".mainnav a", has_text="空白点")
    expect(link).to_be_hidden()
    phone.locator("[data-nav-toggle]").tap()
    link.tap()
    phone.wait_for_url("**/gaps")


def test_a_figure_opens_its_list(page: Any, site: str) -> None:
    page.goto(site)
    figure = page.locator("a.kpi", has_text="未建会企业").first
    count = figure.locator(".kpi-value").inner_text().removesuffix("家").strip()
    figure.click()
    page.wait_for_url("**/firms?**gap=1**")
    expect(page.locator("#list h2")).to_contain_text(count)


def test_sorting_changes_the_table_in_place_and_the_address(page: Any, site: str) -> None:
    page.goto(f"{site}/firms?gap=1")
    page.evaluate("window.here = true")
    page.locator("#list thead a", has_text="企业名称").click()
    page.wait_for_url("**sort=-name**")
    page.locator("#list th[aria-sort=descending]", has_text="企业名称").wait_for()
    assert page.evaluate("window.here") is True
    page.go_back()
    page.wait_for_function("!location.search.includes('sort')")
    expect(page.locator("#list table")).to_have_count(1)


def test_a_filter_answers_as_one_types_and_leaves_no_empty_fields(page: Any, site: str) -> None:
    page.goto(f"{site}/firms")
    before = page.locator("#list h2").inner_text()
    page.locator("#f-text").press_sequentially("引号")
    page.wait_for_url("**text=**")
    page.wait_for_function("before => document.querySelector('#list h2').innerText !== before", arg=before)
    expect(page.locator("#list h2")).to_contain_text("1")
    expect(page).not_to_have_url(re.compile("county="))
    expect(page.locator("#list tbody th")).to_have_text(small_city.HOSTILE[5])


def test_choosing_a_county_narrows_the_gap_list(page: Any, site: str) -> None:
    page.goto(f"{site}/gaps?kind=building")
    page.locator("#f-county").select_option("990102")
    page.wait_for_url("**county=990102**")
    page.locator("#list .pager", has_text="1").wait_for()
    page.wait_for_function("!document.querySelector('#list tbody').innerText.includes('云帆大厦')")
    expect(page.locator("#list tbody")).to_contain_text("石埠商贸楼")


def test_the_day_is_switched_and_stays(page: Any, site: str) -> None:
    page.goto(site)
    page.locator("#day").select_option("2023-12-31")
    page.wait_for_url("**on=2023-12-31**")
    page.get_by_role("link", name="工会", exact=True).click()
    page.wait_for_url("**/unions?on=2023-12-31")


def test_the_language_is_switched_on_the_page_one_reads(page: Any, site: str) -> None:
    page.goto(f"{site}/gaps?kind=street")
    page.locator(".tools a[lang=en]").click()
    page.wait_for_url("**/gaps?kind=street")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".tools a[lang=zh]").click()
    expect(page.locator("h1")).to_have_text("空白点")


def test_the_list_for_the_visit_is_downloaded(page: Any, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}{BUILDING}")
    with page.expect_download() as waiting:
        page.locator("a[download]").click()
    waiting.value.save_as(tmp_path / "list.xlsx")
    assert waiting.value.suggested_filename.startswith("云帆大厦_未建会企业清单")
    assert openpyxl.load_workbook(tmp_path / "list.xlsx").sheetnames == ["说明", "清单"]


def test_the_keyboard_reaches_content_and_links(page: Any, site: str) -> None:
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_navigation_is_one_line_or_a_menu(page: Any, site: str) -> None:
    for language, large in (("zh", False), ("en", False), ("zh", True), ("en", True)):
        page.goto(f"{site}/language/{language}")
        page.evaluate(f"localStorage.setItem('atlas.size', '{'large' if large else 'normal'}')")
        page.goto(f"{site}/definitions")
        for width in (1920, 1440, 1366, 1280, 1100, 1024, 900, 821):
            page.set_viewport_size({"width": width, "height": 800})
            folded = page.locator(".navtoggle").is_visible()
            assert folded or page.locator(".masthead").bounding_box()["height"] < 90, (language, large, width)
            assert not folded or width < 1300, (language, large, width)
            assert overflow(page) <= 0, (language, large, width)


def test_the_chart_draws_three_years(page: Any, site: str) -> None:
    page.goto(site)
    page.locator("[data-chart] svg").wait_for()
    expect(page.locator("[data-chart]")).to_contain_text("2023-12-31")


def test_the_printed_page_has_figures_and_no_controls(page: Any, site: str) -> None:
    page.goto(f"{site}/gaps")
    page.emulate_media(media="print")
    expect(page.locator(".mainnav")).to_be_hidden()
    expect(page.locator(".filters-box")).to_be_hidden()
    expect(page.locator("#list table")).to_be_visible()
    expect(page.locator(".sample")).to_be_visible()


def test_the_county_table_fits_in_english_and_its_sum_prints_once(page: Any, site: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/language/en")
    page.goto(site)
    hidden = "(box) => box.scrollWidth - box.clientWidth"
    assert page.locator("#counties .scroll").evaluate(hidden) <= 0
    page.emulate_media(media="print")
    assert page.locator("#counties tfoot").evaluate("(sum) => getComputedStyle(sum).display") == "table-row-group"


def test_cards_of_a_phone_leave_no_empty_cell_and_show_the_address(phone: Any, site: str) -> None:
    phone.goto(f"{site}/places/county/990101")
    cells = phone.locator(".kpis > *")
    assert cells.count() % 2 == 1
    assert cells.last.bounding_box()["width"] > 1.9 * cells.first.bounding_box()["width"]
    phone.goto(f"{site}/firms?gap=1")
    expect(phone.locator("td[data-label='注册地址']").first).to_be_visible()
    gap = phone.locator("#list .card-head").evaluate("(head) => parseFloat(getComputedStyle(head).rowGap)")
    assert gap >= 4  # buttons that stand below the count do not touch it


def test_the_towns_offered_follow_the_county(page: Any, site: str) -> None:
    page.goto(f"{site}/firms")
    page.locator("#f-county").select_option("990101")
    page.locator("#f-town").select_option("990101001")
    page.wait_for_url("**town=990101001**")
    page.locator("#f-county").select_option("990102")
    page.wait_for_url("**county=990102**")
    page.wait_for_function("![...document.querySelectorAll('#f-town option')].some(o => o.value === '990101001')")
    expect(page).not_to_have_url(re.compile("town="))


def test_a_menu_of_the_navigation_opens_leads_on_and_closes_by_escape(page: Any, site: str) -> None:
    page.goto(site)
    data = page.locator(".menu", has_text="数据").first
    entry = data.locator("a", has_text="数据质量")
    expect(entry).to_be_hidden()
    data.locator("summary").click()
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    data.locator("summary").press("Enter")
    entry.click()
    page.wait_for_url("**/quality**")
    expect(page.locator(".menu", has_text="数据").first.locator("summary")).to_have_class(re.compile("here"))
