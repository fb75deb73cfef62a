"""The workbench in a real browser: filters and undo, the way down to a floor and a firm, links, shapes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import small_city
from playwright.sync_api import expect
from serving import served, until

pytestmark = pytest.mark.browser
MAP = "document.querySelector('.atlas-map').atlasMap"
BUILDING = "building:building:990101:云帆大厦"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site with the surveys of three days."""
    with served(small_city.loaded(tmp_path_factory.mktemp("workbench"), count=300)) as url:
        yield url


def visit(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-map-ready]")


def whole(page: Any) -> str:
    """What the page shows of a view, to compare two visits."""
    page.wait_for_timeout(300)
    return page.evaluate(
        f"() => JSON.stringify([{MAP}.getZoom(), document.querySelector('#map-side').innerText, "
        "document.querySelector('p[data-sums]').innerText, document.querySelector('#map-legend').innerText])"
    )


def test_filter_undo_and_back(page: Any, site: str) -> None:
    visit(page, f"{site}/map")
    before = page.locator("#map-legend").inner_text()
    page.select_option("[name=covered]", "0")
    page.wait_for_url("**covered=0**")
    page.locator(".chips li").first.wait_for()
    page.select_option("[name=size]", "under_25")
    page.wait_for_url("**size=under_25**")
    page.get_by_role("button", name="撤销上一次筛选").click()
    page.wait_for_function("() => !location.search.includes('size=')")
    expect(page).to_have_url(re.compile("covered=0"))
    page.locator("[data-drop=covered]").click()
    page.wait_for_function("() => !location.search.includes('covered')")
    until(page, lambda: page.locator("#map-legend").inner_text() == before)
    page.go_back()
    page.wait_for_function("() => location.search.includes('covered=0')")
    page.locator(".chips li").first.wait_for()


def test_down_to_a_floor_and_a_firm_and_the_link_says_it(page: Any, site: str) -> None:
    visit(page, f"{site}/map?kind=building")
    page.locator("#map-side button[data-at='building:building:990101:云帆大厦'], #map-inview button").first.wait_for()
    visit(page, f"{site}/map?kind=building&at={BUILDING}")
    page.locator(".section .storey > button:not([disabled])").first.click()
    page.get_by_role("heading", name="层的企业").wait_for()
    expect(page).to_have_url(re.compile("%23"))
    address, shown = page.url, whole(page)
    page.locator(".side-list.plain button").first.click()
    page.get_by_role("link", name="看它的依据").wait_for()
    expect(page).to_have_url(re.compile("at=firm"))
    page.locator(".trail button", has_text="层").click()
    page.get_by_role("heading", name="层的企业").wait_for()
    visit(page, address)
    page.get_by_role("heading", name="层的企业").wait_for()
    until(page, lambda: whole(page) == shown)
    page.locator(".tenant").first.click()
    page.get_by_role("link", name="看它的依据").click()
    page.wait_for_url("**/firms/**")
    page.go_back()
    page.wait_for_selector("html[data-map-ready]")
    expect(page).to_have_url(re.compile("at=firm"))


def test_a_drawn_shape_counts_lists_and_stands_in_the_address(page: Any, site: str) -> None:
    visit(page, f"{site}/map?kind=building")
    page.locator("#map-inview:not([hidden]) tbody tr").first.wait_for()
    page.get_by_role("button", name="取当前图面").click()
    page.locator("#inside").wait_for()
    expect(page).to_have_url(re.compile("shape="))
    count = int(page.locator("#inside dd").nth(1).inner_text().split()[0].replace(",", ""))
    address = page.url
    page.locator("#inside dd a").nth(1).click()
    page.wait_for_url("**/map/firms**")
    expect(page.locator("h2").first).to_contain_text(str(count))
    visit(page, address)
    page.get_by_role("button", name="去掉范围").click()
    page.wait_for_function("() => !location.search.includes('shape')")
    page.get_by_role("button", name="画范围").click()
    for x, y in ((200, 200), (420, 210), (380, 420)):
        page.locator(".atlas-map").click(position={"x": x, "y": y})
    page.keyboard.press("Enter")
    page.locator("#inside").wait_for()
    expect(page).to_have_url(re.compile("^[^;]*%3B[^;]*%3B[^;]*$"))


def test_the_chart_and_the_table_follow_the_view(page: Any, site: str) -> None:
    visit(page, f"{site}/map?kind=building")
    page.locator("#map-inview .inview-bar").first.wait_for()
    sums = page.locator("p[data-sums]").inner_text()
    page.evaluate(f"() => {MAP}.setView([32.15, 121.38], 15, {{ animate: false }})")
    page.wait_for_function("(old) => document.querySelector('p[data-sums]').innerText !== old", arg=sums)


@pytest.mark.parametrize("width", [390, 1024])
def test_it_fits_narrow_windows(browser: Any, site: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
    tab = context.new_page()
    visit(tab, f"{site}/map?at={BUILDING}")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize(
    ("width", "height", "size"), [(1440, 900, "normal"), (1280, 720, "normal"), (1920, 1080, "large")]
)
def test_controls_map_and_table_stand_side_by_side_and_nothing_is_below_the_fold(
    browser: Any, site: str, width: int, height: int, size: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.add_init_script(f"localStorage.setItem('atlas.size', '{size}')")
    tab = context.new_page()
    visit(tab, f"{site}/map?by=grid&measure=rate&size=under_25")
    assert tab.evaluate("document.documentElement.scrollHeight") <= height
    boxes = [tab.locator(part).bounding_box() for part in ("#map-form", "#map-frame", ".map-right", "#map-legend")]
    form, frame, right, legend = boxes
    assert form["x"] + form["width"] <= frame["x"] < frame["x"] + frame["width"] <= right["x"]
    assert legend["y"] + legend["height"] <= height
    canvas = tab.locator(".map-canvas").bounding_box()
    assert canvas["y"] + canvas["height"] <= legend["y"] + 1  # the legend covers no data
    assert canvas["height"] > 0.3 * height
    assert tab.locator("#map-legend").evaluate("(box) => box.scrollHeight - box.clientHeight") <= 1
    switch = tab.locator("[data-size-switch]")
    expect(switch).to_have_attribute("aria-pressed", str(size == "large").lower())
    ink, paper = (
        tab.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')")
        for name in ("ink", "paper")
    )
    shown = switch.evaluate("(it) => getComputedStyle(it).getPropertyValue('--bs-btn-bg').trim()")
    assert shown == (ink if size == "large" else paper)
    context.close()


def focused(page: Any) -> str:
    return page.evaluate(
        "() => document.activeElement.dataset.at ?? (document.activeElement.id || document.activeElement.tagName)"
    )


def test_the_focus_stays_where_somebody_works(page: Any, site: str) -> None:
    visit(page, f"{site}/map")
    button = page.locator("#map-side button[data-at]:not([disabled])").last
    key = button.get_attribute("data-at")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("#map-side .unit").wait_for()
    assert focused(page) == "H2"
    page.keyboard.press("Escape")
    page.locator("#map-side").get_by_text("排行").wait_for()
    assert focused(page) == key
    page.select_option("[name=covered]", "0")
    page.locator(".chips li").first.wait_for()
    assert focused(page) == key  # the list was drawn anew, the focus is where it was
    page.locator("[data-drop=covered]").focus()
    page.keyboard.press("Enter")
    page.locator(".chips").wait_for(state="detached")
    assert focused(page) == "SUMMARY"
    page.locator("#map-filter-box > summary").press("Enter")  # who folds the filters finds them folded
    page.get_by_role("radio", name="平滑未建会率").check()
    page.locator("#map-legend").get_by_text("不足 5 家").wait_for()
    expect(page.locator("#map-filter-box[open]")).to_have_count(0)


def test_several_values_of_a_condition_stay_until_it_is_changed(page: Any, site: str) -> None:
    visit(page, f"{site}/map?size=under_25&size=unknown")
    page.get_by_role("radio", name="未建会职工").check()
    page.wait_for_url("**measure=workers**")
    assert parse_qs(page.url.split("?")[1])["size"] == ["under_25", "unknown"]
    page.select_option("select[name=size]", "25_and_over")
    page.wait_for_url("**size=25_and_over**")
    assert parse_qs(page.url.split("?")[1])["size"] == ["25_and_over"]


def test_two_days_of_many_firms_are_asked_for_box_by_box(page: Any, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.maps.cells.PLAIN", 10)
    visit(page, f"{site}/map/compare?with=2024-12-31&by=grid&measure=rate")
    both = "[...document.querySelectorAll('.atlas-map')].map((box) => box.atlasMap.atlas)"
    page.wait_for_function(f"() => {both}.every((atlas) => atlas.items.size > 0)")
    page.get_by_text("现在画的六边形中心相距").wait_for()


def test_a_small_move_shows_what_is_there_and_asks_for_nothing(
    page: Any, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.maps.cells.PLAIN", 10)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/map/cells" in request.url else None)
    visit(page, f"{site}/map?by=grid&cell=500&measure=firms&view=32.1,121.2,13")
    page.wait_for_function(f"() => {MAP}.atlas.items.size > 0")
    assert len(asked) == 1 and "margin=0.5" in asked[0]
    told = "addEventListener('atlas:drawn', () => done(1), { once: true })"
    drawn = f"() => new Promise((done) => {{ {MAP}.getContainer().{told};"
    page.evaluate(f"{drawn} {MAP}.panBy([60, 40], {{ animate: false }}); }})")
    page.evaluate(f"{drawn} {MAP}.setZoom(13.5, {{ animate: false }}); }})")
    page.wait_for_timeout(400)
    assert len(asked) == 1, "the margin held what the move brought"
    page.evaluate(f"{drawn} {MAP}.panBy([5000, 0], {{ animate: false }}); }})")
    assert len(asked) == 2


@pytest.mark.parametrize(("by", "name"), [("grid", "一带"), ("points", "公司")])
def test_what_lies_on_a_sheet_is_told_and_opened_where_it_is(
    page: Any, site: str, monkeypatch: pytest.MonkeyPatch, by: str, name: str
) -> None:
    monkeypatch.setattr("app.maps.cells.PLAIN", 10)
    visit(page, f"{site}/map?by={by}&view=32.1,121.2,11")
    page.wait_for_function(f"() => {MAP}.atlas.items.size > 0")
    spot = page.evaluate(
        f"""() => {{
          const {{ drawing, sheet }} = {MAP}.atlas.layer, size = {MAP}.getSize();
          const at = sheet.form.positions(drawing).map((spot) => {MAP}.latLngToContainerPoint(spot));
          return at.find(({{ x, y }}) => x > 60 && y > 60 && x < size.x - 120 && y < size.y - 60);
        }}"""
    )
    page.locator(".atlas-map").hover(position=spot)
    page.locator(".atlas-tip").get_by_text(name).first.wait_for()
    page.locator(".atlas-map").click(position=spot)
    page.locator("#map-side .unit").wait_for()
    expect(page).to_have_url(re.compile("at=cell" if by == "grid" else "at=firm"))
    assert page.evaluate(f"() => {MAP}.atlas.layer.sheet.chosen") >= 0, "it stands out"


def test_a_finger_beside_a_small_circle_means_it(phone: Any, site: str) -> None:
    visit(phone, f"{site}/map?kind=building&view=32.12,121.3,13")
    phone.wait_for_function(f"() => {MAP}.atlas.items.size > 0")
    first = f"{MAP}.atlas.layer.sheet.form.positions({MAP}.atlas.layer.drawing)[0]"
    phone.evaluate(f"() => {MAP}.setView({first}, 16, {{ animate: false }})")
    middle = phone.evaluate(f"() => {{ const {{ x, y }} = {MAP}.getSize(); return [x / 2, y / 2]; }}")
    radius = phone.evaluate(f"() => Math.max(2, {MAP}.atlas.layer.drawing.radii[0] * 0.6)")
    phone.locator(".atlas-map").tap(position={"x": middle[0] + radius + 30, "y": middle[1]})
    phone.wait_for_timeout(300)
    expect(phone).not_to_have_url(re.compile("at="))
    phone.locator(".atlas-map").tap(position={"x": middle[0] + radius + 6, "y": middle[1]})
    phone.locator("#map-side .unit").wait_for()


@pytest.mark.parametrize("split", ["pair", "swipe"])
def test_two_days_look_at_the_same_place_in_one_scale(page: Any, site: str, split: str) -> None:
    visit(page, f"{site}/map/compare?with=2023-12-31&split={split}&measure=rate")
    both = "() => [...document.querySelectorAll('.atlas-map')].map((box) => box.atlasMap"
    colours = page.evaluate(f"{both}.atlas.layer.drawing.colours)")
    assert colours[0] == colours[1]
    move = "setView([32.1, 121.2], 12, { animate: false })"
    page.evaluate(f"() => document.querySelector('.compare-then .atlas-map').atlasMap.{move}")
    assert page.evaluate(f"{both}.getZoom())") == [12, 12]
    expect(page).to_have_url(re.compile(r"view=32\.1"))
    if split == "swipe":
        page.locator("#curtain").focus()
        page.keyboard.press("ArrowRight")
        assert "51%" in page.evaluate("() => document.querySelector('.compare-now').style.clipPath")


def test_the_time_slider_keeps_scale_and_filter(page: Any, site: str) -> None:
    visit(page, f"{site}/map?by=county&size=under_25")
    before = page.evaluate(f"() => {MAP}.atlas.layer.drawing.colours")
    page.locator("#f-time").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**on=2024-12-31**")
    page.locator("#map-legend").get_by_text("数据截止 2024-12-31").wait_for()
    expect(page).to_have_url(re.compile("size=under_25"))
    assert page.evaluate(f"() => {MAP}.atlas.layer.drawing.colours") == before
    page.go_back()
    page.locator("#map-legend").get_by_text("数据截止 2025-12-31").wait_for()


def test_a_view_is_saved_and_opened_by_keyboard(page: Any, site: str) -> None:
    visit(page, f"{site}/map?kind=building")
    page.select_option("[name=size]", "under_25")
    page.wait_for_url("**size=under_25**")
    page.evaluate(f"() => {MAP}.setView([32.12, 121.3], 13, {{ animate: false }})")
    page.wait_for_url("**view=32.12**")
    asked, shown = page.url.split("?")[1], whole(page)
    page.locator("#saved > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "saved-name"
    page.keyboard.type("周一例会")
    page.select_option("[name=covered]", "0")  # the picture changes while somebody names it: the name stays
    page.wait_for_url("**covered=0**")
    page.wait_for_timeout(500)
    expect(page.locator("#saved-name")).to_have_value("周一例会")
    page.select_option("[name=covered]", "")
    page.wait_for_function("() => !location.search.includes('covered')")
    page.locator("#saved-name").press("Enter")
    page.get_by_text("视图“周一例会”已保存").wait_for()
    page.wait_for_selector("html[data-map-ready]")
    until(page, lambda: whole(page) == shown)
    visit(page, f"{site}/map")
    page.locator("#saved > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**size=under_25**")
    page.wait_for_selector("html[data-map-ready]")
    assert parse_qs(page.url.split("?")[1]) == parse_qs(asked)
    until(page, lambda: whole(page) == shown)


def test_a_map_that_was_moved_is_not_loaded_anew(page: Any, site: str) -> None:
    visit(page, f"{site}/map?kind=building")
    page.evaluate("() => { window.here = true; }")
    page.evaluate(f"() => {MAP}.setView([32.12, 121.3], 11, {{ animate: false }})")
    page.wait_for_url("**view=32.12**")
    page.get_by_role("radio", name="平滑未建会率").check()
    page.locator("#map-legend").get_by_text("不足 5 家").wait_for()
    page.locator("#map-side button[data-at]:not([disabled])").first.click()
    page.locator("#map-side .unit").wait_for()
    expect(page).to_have_url(re.compile(r"view=32\.12"))
    assert page.evaluate("() => window.here")
