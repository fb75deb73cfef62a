"""Boundaries in a real browser: drawn, split, merged and counted by one county, approved and restored by the city."""

from collections.abc import Iterator
from typing import Any

import pytest
import zone_city as city
from flask import Flask
from playwright.sync_api import expect
from serving import served
from signed_in import PASSWORD

pytestmark = pytest.mark.browser
MAP = "document.querySelector('.atlas-map').atlasMap"
DONE = "() => Number(document.getElementById('zones-desk').dataset.done || 0)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site that asks everybody to sign in."""
    app: Flask = city.loaded(tmp_path_factory.mktemp("zones"))
    with served(app, entered=False) as url:
        yield url


def sign_in(page: Any, site: str, login: str) -> None:
    if page.locator(".whoami").count():
        page.locator(".whoami > summary").click()
        page.get_by_role("button", name="退出").click()
    page.goto(f"{site}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("form [type=submit]").first.click()
    page.wait_for_url(f"{site}/")


def ready(page: Any) -> None:
    page.wait_for_selector("html[data-zones-ready]")


def begin(page: Any, site: str, title: str) -> str:
    page.goto(f"{site}/zones")
    page.fill("#f-title", title)
    page.get_by_role("button", name="开始起草").click()
    ready(page)
    return str(page.url)


def click(page: Any, lon: float, lat: float) -> None:
    """Click the map at a position."""
    at = page.evaluate(
        f"([lat, lon]) => {{ const p = {MAP}.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }}", [lat, lon]
    )
    page.locator(".atlas-map").click(position={"x": at[0], "y": at[1]})


def spot(page: Any, lon: float, lat: float) -> tuple[float, float]:
    """Where a position stands in the window."""
    at = page.evaluate(f"([lat, lon]) => {MAP}.latLngToContainerPoint([lat, lon])", [lat, lon])
    box = page.locator(".atlas-map").bounding_box()
    return box["x"] + at["x"], box["y"] + at["y"]


def draw(page: Any, tool: str, points: list[tuple[float, float]]) -> None:
    """Choose a tool, click the points, end with Enter, and wait for what the server made of it."""
    before = page.evaluate(DONE)
    page.locator(".atlas-map").focus()
    page.keyboard.press(tool)
    page.wait_for_function(f"() => {MAP}.pm.globalDrawModeEnabled() || {MAP}.pm.Draw.getActiveShape()")
    for lon, lat in points:
        click(page, lon, lat)
    page.keyboard.press("Enter")
    page.wait_for_function(f"(before) => ({DONE})() > before", arg=before)


def after(page: Any, act: Any) -> None:
    before = page.evaluate(DONE)
    act()
    page.wait_for_function(f"(before) => ({DONE})() > before", arg=before)


def figures(page: Any, name: str) -> list[str]:
    """The figures of a zone in the tally, as before → after where they differ."""
    rows = page.locator(f"#zones-tally tbody[data-row='{name}'] tr:has(td)").all()
    sides = [row.locator("td").all_inner_texts() for row in rows]
    return [one if one == other else f"{one} → {other}" for one, other in zip(sides[0], sides[-1], strict=True)]


def zones(page: Any) -> list[str]:
    return sorted(page.locator("#zones-list .zone-row label span").all_inner_texts())


def choose(page: Any, *names: str) -> None:
    for box in page.locator("#zones-list [data-zone]:checked").all():
        box.uncheck()
    for name in names:
        page.locator(".zone-row label", has=page.locator(f"span:text-is('{name}')")).locator("input").check()


def view(page: Any) -> None:
    page.evaluate(f"() => {MAP}.setView([32.08, 121.06], 12.5, {{ animate: false }})")
    page.wait_for_timeout(100)


def test_from_a_drawing_to_lines_in_force_and_back(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    address = begin(page, site, "东区扩园")
    view(page)
    assert zones(page) == ["东沟经济开发区"]
    # A new zone over the third field: its western side snaps to the border of the zone there.
    draw(page, "d", [(121.0603, 32.06), (121.0603, 32.1), (121.08, 32.1), (121.08, 32.06)])
    assert figures(page, "新园区")[0] == "0 → 3"
    chosen = page.locator("#zones-list [data-zone]:checked")
    expect(chosen).to_have_count(1)
    expect(chosen.locator("xpath=..")).to_contain_text("新园区")
    expect(page.locator("[data-tool=split]")).to_have_attribute("aria-disabled", "false")
    expect(page.locator("#zones-list details[open] [name=name]"), "its name lies open").to_have_value("新园区")
    assert figures(page, "不在园区内")[0] == "8 → 5"
    expect(page.locator("#zones-faults")).to_contain_text("还没有起名")
    page.keyboard.type("新东区")
    after(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#zones-faults")).to_contain_text("没有重叠")
    choose(page, "东沟经济开发区")
    draw(page, "s", [(121.0401, 32.05), (121.0401, 32.11)])
    assert zones(page) == ["东沟经济开发区", "东沟经济开发区2", "新东区"]
    sides = {figures(page, name)[0].split("→")[-1].strip() for name in zones(page)[:2]}
    assert sides == {"1", "2"}
    choose(page, "东沟经济开发区", "新东区")
    after(page, lambda: page.get_by_role("button", name="合并").click())
    assert len(zones(page)) == 2
    # Undo by key, and it survives a reload.
    after(page, lambda: page.keyboard.press("Control+z"))
    assert len(zones(page)) == 3
    page.reload()
    ready(page)
    assert len(zones(page)) == 3
    after(page, lambda: page.keyboard.press("Control+y"))
    assert len(zones(page)) == 2
    page.get_by_role("link", name="看影响并提交").click()
    ready(page)
    expect(page.locator("#zone-impact")).to_contain_text("换园区")
    expect(page.locator("path.zone-added").first).to_be_visible()
    page.get_by_label("我已看过上面的影响说明").check()
    page.get_by_role("button", name="提交审批").click()
    page.get_by_text("已提交，待审批").first.wait_for()

    sign_in(page, site, city.ADMIN.login)
    page.goto(f"{address}/review")
    ready(page)
    expect(page.locator("#zone-impact")).to_contain_text("田03公司")
    page.get_by_role("button", name="批准").click()
    expect(page.locator("#notices")).to_contain_text("影响说明已经变化或还没有看")
    page.get_by_label("我已看过上面的影响说明").check()
    page.get_by_role("button", name="批准").click()
    page.get_by_text("已生效").first.wait_for()
    page.goto(f"{site}/zones/history/{city.ZONE}")
    ready(page)
    page.goto(f"{address}/review")
    page.get_by_label("我已看过上面的影响说明").check()
    page.fill("#f-comment", "划错了")
    page.get_by_role("button", name="恢复原来的边界").click()
    page.get_by_text("已恢复原边界").first.wait_for()
    page.goto(f"{site}/zones")
    expect(page.locator("tr", has_text="东沟经济开发区")).to_have_count(1)

    sign_in(page, site, city.OTHER.login)
    page.goto(f"{site}/zones")
    expect(page.locator("main")).not_to_contain_text("东区扩园")


def test_the_tally_follows_the_drawing_before_it_is_saved(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "边画边算")
    view(page)
    asked: list[str] = []
    answered: list[int] = []
    page.on("request", lambda sent: sent.url.endswith("/tally") and asked.append(sent.url))
    page.on("requestfinished", lambda sent: sent.url.endswith("/tally") and answered.append(len(asked)))
    page.locator(".atlas-map").focus()
    page.keyboard.press("d")
    for lon, lat in [(121.062, 32.06), (121.062, 32.1), (121.08, 32.1), (121.08, 32.06)]:
        click(page, lon, lat)
    page.locator("#zones-live").wait_for()
    page.locator("#zones-tally tbody[data-row='新园区'] .after b:text-is('3')").first.wait_for()
    assert figures(page, "新园区")[0] == "0 → 3"
    assert answered[: len(asked)] == list(range(1, len(answered) + 1))  # one question at a time, however fast one draws
    page.keyboard.press("Escape")
    page.locator("#zones-live").wait_for(state="hidden")
    assert zones(page) == ["东沟经济开发区"]


def test_reshape_by_dragging_a_corner_and_move_by_keys(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "改边")
    view(page)
    choose(page, "东沟经济开发区")
    page.locator("[data-tool=reshape]").click()
    (x0, y0), (x1, y1) = spot(page, 121.06, 32.1), spot(page, 121.08, 32.1)
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, y0, steps=4)
    page.mouse.move(x1, y1, steps=4)
    page.mouse.up()
    after(page, lambda: page.keyboard.press("Enter"))
    area = page.evaluate(
        "() => JSON.stringify([...document.querySelectorAll('#zones-tally b')].map((b) => b.innerText))"
    )
    assert figures(page, "东沟经济开发区")
    choose(page, "东沟经济开发区")
    page.locator("[data-tool=move]").click()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    after(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#zones-said.bad")).to_have_count(0)
    assert area


def test_coordinates_can_be_typed(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "输坐标")
    page.locator(".zones-typed > summary").click()
    page.fill("#f-corners", "121.06,32.06\n121.06,32.1\n121.08,32.1\n121.08,32.06")
    after(page, lambda: page.get_by_role("button", name="用这些坐标").click())
    assert zones(page) == ["东沟经济开发区", "新园区"]
    page.fill("#f-corners", "121.19,32.06\n121.19,32.1\n121.22,32.1\n121.22,32.06")
    after(page, lambda: page.get_by_role("button", name="用这些坐标").click())
    expect(page.locator("#zones-said")).to_contain_text("超出")
    after(page, lambda: page.get_by_role("button", name="采用修好的形状").click())
    assert len(zones(page)) == 3


def test_a_phone_shows_it_within_its_width(phone: Any, site: str) -> None:
    sign_in(phone, site, city.EDITOR.login)
    address = begin(phone, site, "手机")
    for path in (address, f"{address}/review", f"{site}/zones", f"{site}/zones/history/{city.ZONE}"):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def corner(page: Any, name: str) -> list[float]:
    """The first corner of a zone on the map: longitude and latitude."""
    return page.evaluate(
        f"""(name) => {{
          let found;
          {MAP}.eachLayer((layer) => {{
            if (layer.zone && layer.zone.endsWith(name)) found = layer.getLatLngs().flat(Infinity)[0];
          }});
          return [found.lng, found.lat];
        }}""",
        name,
    )


def test_arrow_keys_move_in_whole_metres_and_as_many_back_is_nowhere(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "键盘移动")
    view(page)
    choose(page, "东沟经济开发区")
    start = corner(page, "东沟经济开发区")
    middle = page.evaluate(f"() => {MAP}.getCenter()")
    page.keyboard.press("m")
    for key in ("ArrowRight", "Shift+ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    said = page.locator("#zones-said").inner_text()
    assert "向东 100 米、向北 1100 米" in said, said
    assert page.evaluate(f"() => {MAP}.getCenter()") == middle, "the map stays where it is"
    for key in ("ArrowLeft", "Shift+ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert corner(page, "东沟经济开发区") == start
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => !{MAP}.getContainer().classList.contains('drawing')")
    expect(page.locator("[data-turn=undo]"), "nowhere is no step").to_be_disabled()
    # Saved, and moved back by as much: the corner is the very same.
    for way in ("ArrowRight", "ArrowLeft"):
        page.locator("[data-tool=move]").click()
        page.keyboard.press(way)
        after(page, lambda: page.keyboard.press("Enter"))
    assert corner(page, "东沟经济开发区") == start


def test_a_zone_with_parks_moves_and_goes_with_them_if_one_says_so(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "下级园区")
    view(page)
    page.locator(".zones-typed > summary").click()
    page.fill("#f-corners", "121.045,32.07\n121.045,32.09\n121.055,32.09\n121.055,32.07")
    page.select_option("#f-border", "free")
    after(page, lambda: page.get_by_role("button", name="用这些坐标").click())
    row = page.locator("#zones-list li", has=page.locator("span:text-is('新园区')"))
    row.locator("[name=parent]").select_option(label="东沟经济开发区")
    after(page, lambda: row.get_by_role("button", name="保存资料").click())
    assert page.evaluate("document.activeElement.closest('form')?.dataset.describe"), "the keyboard stays where it was"
    choose(page, "东沟经济开发区")
    was = [corner(page, name) for name in ("东沟经济开发区", "新园区")]
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    moved = [corner(page, name) for name in ("东沟经济开发区", "新园区")]
    assert was[0][1] - moved[0][1] == pytest.approx(was[1][1] - moved[1][1], abs=1e-9) and moved != was
    after(page, lambda: page.keyboard.press("Enter"))
    saved = [corner(page, name) for name in ("东沟经济开发区", "新园区")]
    assert [abs(a - b) < 2e-7 for one, other in zip(saved, moved, strict=True) for a, b in zip(one, other, strict=True)]
    page.locator("[data-act=remove]").click()
    expect(page.locator("#zones-said")).to_contain_text("下面还有 1 个园区")
    page.get_by_role("button", name="不删").click()
    assert len(zones(page)) == 2
    page.locator("[data-act=remove]").click()
    after(page, lambda: page.keyboard.press("Enter"))  # the first answer has the focus: all of them
    assert zones(page) == []
    after(page, lambda: page.keyboard.press("Control+z"))
    assert len(zones(page)) == 2


def test_letters_are_keys_where_one_draws_and_can_be_switched_off(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "快捷键")
    pressed = page.locator("[data-tool=draw]")
    page.keyboard.press("d")
    expect(pressed, "nothing that the key could be meant for has the focus").to_have_attribute("aria-pressed", "false")
    page.locator(".atlas-map").focus()
    page.keyboard.press("d")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.locator(".zones-tools [data-keys-switch]").uncheck()
    page.reload()
    ready(page)
    page.locator(".atlas-map").focus()
    page.keyboard.press("d")
    expect(pressed).to_have_attribute("aria-pressed", "false")
    expect(pressed.locator("kbd")).to_be_hidden()
    page.locator(".whoami > summary").click()
    page.locator(".whoami [data-keys-switch]").check()
    page.locator(".atlas-map").focus()
    page.keyboard.press("d")
    expect(pressed).to_have_attribute("aria-pressed", "true")


def test_a_zone_that_leaves_its_building_behind_says_so_while_it_is_drawn_and_after(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    address = begin(page, site, "留下楼宇")
    view(page)
    row = page.locator("#zones-list li", has=page.locator("span:text-is('东沟经济开发区')"))
    row.locator("summary").click()
    row.get_by_label("云帆大厦").check()
    after(page, lambda: row.get_by_role("button", name="保存归属").click())
    expect(page.locator(".zone-left")).to_have_count(0)
    choose(page, "东沟经济开发区")
    page.keyboard.press("m")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.locator("#zones-tally .zone-left").get_by_text("云帆大厦（属东沟经济开发区）").wait_for()
    after(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#zones-faults")).to_contain_text("云帆大厦：改边以后不在所属的“东沟经济开发区”里了")
    page.goto(f"{address}/review")
    page.locator("#zone-impact .zone-left").get_by_text("云帆大厦").wait_for()
    expect(page.get_by_role("button", name="提交")).to_be_enabled()


def test_a_town_is_painted_into_a_zone(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "整片划入")
    view(page)
    choose(page, "东沟经济开发区")
    page.keyboard.press("p")
    page.locator("#zones-map path[stroke-dasharray='4 3']").first.wait_for()
    after(page, lambda: click(page, 121.09, 32.08))
    assert figures(page, "东沟经济开发区")[0] == "3 → 7"


def drag(page: Any, at: tuple[float, float], to: tuple[float, float]) -> None:
    (x0, y0), (x1, y1) = spot(page, *at), spot(page, *to)
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=3)
    page.mouse.move(x1, y1, steps=3)
    page.mouse.up()


def test_a_refused_drawing_stays_to_be_corrected_and_neighbours_that_follow_are_told(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    begin(page, site, "改正")
    view(page)
    page.uncheck("#f-snap")
    # The third and fourth corner in the wrong order: the border crosses itself in the middle.
    draw(page, "d", [(121.064, 32.07), (121.084, 32.07), (121.064, 32.09), (121.084, 32.09)])
    expect(page.locator("#zones-said")).to_contain_text("与自己相交")
    marked = page.evaluate(
        f"() => {{ let at; {MAP}.eachLayer((l) => {{ if (l instanceof L.CircleMarker) at = l.getLatLng(); }});"
        " return [at.lng, at.lat]; }"
    )
    assert marked == pytest.approx([121.074, 32.08], abs=1e-3)
    assert zones(page) == ["东沟经济开发区"]
    drag(page, (121.084, 32.09), (121.07, 32.095))
    drag(page, (121.064, 32.09), (121.084, 32.09))
    after(page, lambda: page.get_by_role("button", name="再保存").click())
    assert zones(page) == ["东沟经济开发区", "新园区"]
    # A drawing beyond the county: what the server would keep of it can be taken at once.
    page.evaluate(f"() => {MAP}.setView([32.08, 121.2], 12.5, {{ animate: false }})")
    page.wait_for_timeout(100)
    draw(page, "d", [(121.19, 32.07), (121.19, 32.09), (121.21, 32.09), (121.21, 32.07)])
    expect(page.locator("#zones-said")).to_contain_text("超出")
    after(page, lambda: page.get_by_role("button", name="采用修好的形状").click())
    assert zones(page) == ["东沟经济开发区", "新园区", "新园区 2"]
    # Without a name nothing is submitted.
    page.get_by_role("link", name="看影响并提交").click()
    ready(page)
    page.get_by_label("我已看过上面的影响说明").check()
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator("#notices")).to_contain_text("新园区、新园区 2还没有起名")
    page.get_by_role("link", name="继续画").click()
    ready(page)
    view(page)
    # The neighbour that a moved zone would cut is told before it is saved.
    page.select_option("#f-border", "shared")
    choose(page, "东沟经济开发区")
    page.locator("[data-tool=move]").click()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowRight")
    page.locator(".zone-beside", has_text="新园区 减少").wait_for()
    page.keyboard.press("Escape")
    page.locator(".zone-beside").wait_for(state="detached")


def test_a_hole_is_cut_taken_back_and_kept(page: Any, site: str) -> None:
    sign_in(page, site, city.EDITOR.login)
    address = begin(page, site, "挖洞")
    view(page)
    page.uncheck("#f-snap")
    choose(page, "东沟经济开发区")
    hole = [(121.045, 32.075), (121.055, 32.075), (121.055, 32.085), (121.045, 32.085)]
    rings = f"() => {{ let n; {MAP}.eachLayer((l) => {{ if (l.zone) n = l.getLatLngs().length; }}); return n; }}"
    draw(page, "h", hole)
    assert page.evaluate(rings) == 2
    assert figures(page, "东沟经济开发区")[0] == "3 → 1"
    after(page, lambda: page.locator("[data-turn=undo]").click())
    assert page.evaluate(rings) == 1
    after(page, lambda: page.locator("[data-turn=redo]").click())
    page.reload()
    ready(page)
    assert page.evaluate(rings) == 2
    page.goto(f"{address}/review")
    ready(page)
    expect(page.locator("#zone-figures")).to_contain_text("3 → 1")
    page.get_by_label("我已看过上面的影响说明").check()
    page.get_by_role("button", name="提交审批").click()
    page.get_by_text("已提交，待审批").first.wait_for()
