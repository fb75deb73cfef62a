"""The stage: in the atlas and from a file on a stick, by keys and by touch, with nothing asked of anybody."""

import urllib.parse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_city
from playwright.sync_api import expect
from serving import served
from signed_in import acting

from app.conference import deck, pack
from app.conference.content import Mark
from app.db import session

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return small_city.loaded(tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="module")
def site(city: Any) -> Iterator[str]:
    with served(city) as address:
        yield address


@pytest.fixture(scope="module")
def stick(city: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the offline page on a disk."""
    path = tmp_path_factory.mktemp("stick") / "离线演示.html"
    with acting(city), session() as opened:
        content, _template = pack.gather(opened, Mark("internal", "张三", date(2026, 1, 5)))
        path.write_bytes(deck.page(content))
    return "file://" + urllib.parse.quote(str(path))


CUT = """() => {
  const parts = document.querySelectorAll('.screen.on h1, .screen.on .figures, .screen.on .grid, .screen.on .what');
  return [...parts].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.bottom > innerHeight || box.right > innerWidth + 1 || node.scrollWidth > node.clientWidth + 1;
  }).map((node) => node.className || node.textContent);
}"""
"""Parts of the screen that reach beyond it."""


def title(page: Any) -> str:
    return str(page.locator(".screen.on h1").inner_text())


def test_the_file_asks_for_nothing(browser: Any, stick: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    asked: list[str] = []
    faults: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(stick)
    page.keyboard.press("End")
    assert [url for url in asked if not url.startswith("data:")] == [stick]
    assert faults == []
    assert page.evaluate("document.fonts.check('16px \"Atlas Sans\"', '工会')")
    context.close()


def test_keys_turn_the_screens(page: Any, stick: str) -> None:
    page.goto(stick)
    assert title(page) == "试验市工会组织工作会议"
    page.keyboard.press("ArrowRight")
    assert title(page) == "试验市一览"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    last = title(page)
    page.keyboard.press("ArrowRight")
    assert title(page) == last
    page.keyboard.press("Home")
    assert title(page) == "试验市工会组织工作会议"
    page.keyboard.press("b")
    expect(page.locator("body.black")).to_have_count(1)
    page.keyboard.press("b")
    before = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.keyboard.press("+")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") > before


def test_the_map_opens_a_county_and_leads_back(page: Any, stick: str) -> None:
    page.goto(stick + "#3")
    page.locator(".screen.on .area[data-key='990101']").click()
    assert title(page) == "东沟区"
    expect(page.locator(".screen.on .side")).to_contain_text("东沟经济开发区")
    page.get_by_role("button", name="返回全市").click()
    assert title(page) == "建会率"
    page.get_by_role("button", name="未建会企业（家）").click()
    assert title(page) == "未建会企业（家）"


def test_the_swipe_follows_pointer_and_keys(page: Any, stick: str) -> None:
    page.goto(stick + "#4")
    box = page.locator(".screen.on .swipe").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 100)
    page.mouse.up()
    left = float(page.locator(".screen.on .bar").evaluate("node => parseFloat(node.style.left)"))
    assert 23 < left < 27
    page.keyboard.press("Shift+ArrowRight")
    assert float(page.locator(".screen.on .bar").evaluate("node => parseFloat(node.style.left)")) == pytest.approx(
        left + 5
    )


def test_no_screen_is_cut_off(page: Any, stick: str) -> None:
    for size in ({"width": 1366, "height": 768}, {"width": 1920, "height": 1080}, {"width": 1024, "height": 768}):
        page.set_viewport_size(size)
        page.goto(stick)
        for _screen in range(page.locator(".screen").count()):
            cut = page.evaluate(CUT)
            assert cut == [], (size, title(page))
            page.keyboard.press("PageDown")


def test_on_a_telephone_names_stand_on_one_line_and_are_what_is_bold(phone: Any, stick: str) -> None:
    phone.goto(stick)
    tables = 0
    for _screen in range(phone.locator(".screen").count()):
        names = phone.locator(".screen.on .grid tbody th")
        for name in names.all():
            wide = name.evaluate("n => n.getBoundingClientRect().height / parseFloat(getComputedStyle(n).lineHeight)")
            assert wide < 2, (title(phone), name.inner_text())
        told = names.all_inner_texts()
        tables += bool(told)
        assert not set(told) & {"1", "东沟区 河口街道"}, title(phone)
        phone.keyboard.press("PageDown")
    assert tables >= 5


def test_in_the_atlas_figures_open_their_lists(page: Any, site: str) -> None:
    page.goto(f"{site}/year/conference/present#2")
    expect(page.locator(".screen.on .foot")).to_contain_text("演示数据")
    with page.context.expect_page() as opened:
        page.locator(".screen.on .figures a").nth(1).click()
    opened.value.wait_for_load_state()
    assert "/firms" in opened.value.url and "gap=1" in opened.value.url


def test_a_phone_shows_the_stage_without_moving_sideways(phone: Any, stick: str) -> None:
    phone.goto(stick + "#2")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_file_is_one(stick: str) -> None:
    body = Path(urllib.parse.unquote(stick.removeprefix("file://"))).read_text(encoding="utf-8")
    assert "http://" not in body.replace("http://www.w3.org/2000/svg", "") and "https://" not in body
    assert len(body) < 3_000_000
