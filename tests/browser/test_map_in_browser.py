"""The map in a real browser that cannot leave the machine: it draws, answers, is read by keyboard, trusts no name."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import small_city
from flask import g
from playwright.sync_api import expect
from serving import served, until

from app import create_app
from app.config import Config
from app.maps import view
from app.reading import Reading

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>`${alert(3)}`'\"\\{{ 7 * 7 }}{% if"
DRAWN = "() => document.querySelector('.atlas-map').atlasMap.atlas"


def hostile(frame: Any) -> Any:
    """Return a frame whose every name tries to become markup or script."""
    return frame.assign(name=[f"{HOSTILE}{place}" for place in range(len(frame))])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site that shows the small city, all its names hostile."""
    made = small_city.survey()
    survey = replace(made, firms=hostile(made.firms), places=hostile(made.places), groups=hostile(made.groups))
    read = Reading(survey, hostile(small_city.divisions()), hostile(small_city.outlines()), (survey.on,))
    app = create_app(Config.from_environment({}, instance=Path(tmp_path_factory.mktemp("site"))))

    @app.before_request
    def give() -> None:
        g.reading = read

    with served(app) as url:
        yield url


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site that has the surveys of three days in its database."""
    with served(small_city.loaded(tmp_path_factory.mktemp("stored"))) as url:
        yield url


def visit(page: Any, address: str) -> None:
    """Open an address and wait until the map listens; a dialog would mean that a name became script."""
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    page.goto(address)
    page.wait_for_selector("html[data-map-ready]")


DRAWINGS = {
    "place": "symbols",
    "county": "areas",
    "town": "areas",
    "grid": "cells",
    "heat": "image",
    "points": "symbols",
}


@pytest.mark.parametrize("measure", view.MEASURES)
def test_each_state_draws_without_the_network(page: Any, site: str, measure: str) -> None:
    assert set(DRAWINGS) == set(view.FORMS)
    for form, drawing in DRAWINGS.items():
        visit(page, f"{site}/map?measure={measure}&by={form}")
        drawn = page.evaluate(f"{DRAWN}.layer.drawing.form")
        assert drawn == ("cells" if measure in ("flags", "like") and form == "heat" else drawing), form
        full = page.evaluate(f"{DRAWN}.items.size") > 0
        assert full or form in ("heat", "points", "town"), form  # no town has an outline
        expect(page.locator(".leaflet-attribution-flag")).to_have_count(0)


@pytest.mark.parametrize("kind", view.KINDS)
def test_names_are_shown_as_text(page: Any, site: str, kind: str) -> None:
    visit(page, f"{site}/map?kind={kind}&view=32.055,121.055,15")
    page.wait_for_load_state("networkidle")
    page.locator("#map-side").get_by_text("<img src=x").first.wait_for()
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_pointing_and_clicking_tell_what_lies_there(page: Any, site: str) -> None:
    visit(page, f"{site}/map?by=county")
    page.locator(".atlas-map").hover(position={"x": 330, "y": 330})
    page.locator(".atlas-tip").get_by_text("<img src=x").first.wait_for()
    page.locator(".atlas-map").click(position={"x": 330, "y": 330})
    page.locator(".unit").wait_for()
    expect(page).to_have_url(re.compile("at=county%3A99010"))
    page.locator("#map-side").get_by_role("button", name="返回全市").click()
    page.locator("#map-side").get_by_text("排行").wait_for()
    expect(page).not_to_have_url(re.compile("at="))


def test_controls_change_the_address_and_back_returns(page: Any, site: str) -> None:
    visit(page, f"{site}/map")
    page.check("[name=by][value=grid]")
    page.locator("#map-legend").get_by_text("未精确定位").wait_for()
    page.check("[name=measure][value=rate]")
    page.get_by_role("heading", level=1, name="平滑未建会率").wait_for()
    expect(page).to_have_url(re.compile("by=grid"))
    expect(page).to_have_url(re.compile("measure=rate"))
    page.go_back()
    page.get_by_role("heading", level=1, name="未建会企业").wait_for()
    expect(page.locator("[name=measure][value=firms]")).to_be_checked()
    page.go_back()
    page.locator("#map-legend").get_by_text("未归入任何").wait_for()
    expect(page.locator("[name=by][value=place]")).to_be_checked()


def test_controls_keep_the_day_of_the_page(page: Any, stored: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, f"{stored}/map?on=2024-12-31")
    page.check("[name=measure][value=workers]")
    page.get_by_role("heading", level=1, name="未建会职工").wait_for()
    expect(page.locator("#map-legend")).to_contain_text("数据截止 2024-12-31")
    page.locator("#map-side button[data-at]").first.click()
    page.locator(".unit").wait_for()
    expect(page).to_have_url(re.compile("on=2024-12-31"))
    assert page.url.count("on=2024-12-31") == 1
    parts = [address for address in asked if "/map/part" in address or "/map/panel" in address]
    assert len(parts) == 2
    assert all(address.count("?") == 1 and address.count("on=2024-12-31") == 1 for address in parts)


def test_a_link_opens_the_same_view(page: Any, site: str) -> None:
    visit(page, f"{site}/map?by=county")
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_url("**view=**")
    zoom, address = page.evaluate(f"{DRAWN} && document.querySelector('.atlas-map').atlasMap.getZoom()"), page.url
    visit(page, address)
    assert page.evaluate("document.querySelector('.atlas-map').atlasMap.getZoom()") == pytest.approx(zoom)


def test_the_heat_map_answers_clicks_and_names_its_limits(page: Any, site: str) -> None:
    visit(page, f"{site}/map?by=heat")
    page.locator("#map-legend").get_by_text("数量图主要反映企业在哪里").wait_for()
    page.locator("[data-measure=rate]").click()
    page.get_by_role("heading", level=1, name="平滑未建会率").wait_for()
    page.locator("#map-side button[data-at]").first.click()
    page.locator(".unit").wait_for()
    expect(page).to_have_url(re.compile("at=cell"))


def test_everything_is_reached_by_keyboard(page: Any, site: str) -> None:
    visit(page, f"{site}/map")
    titles = set()
    for _step in range(90):
        page.keyboard.press("Tab")
        titles.add(
            page.evaluate(
                "() => (({name, title, dataset, textContent}) => name || title || (dataset.at ? 'unit' : "
                "textContent.trim()))(document.activeElement)"
            )
        )
    assert {"measure", "by", "kind", "放大", "缩小", "全屏", "unit", "看列表", "筛选"} <= titles


def test_a_unit_opens_and_closes_by_keyboard(page: Any, site: str) -> None:
    visit(page, f"{site}/map")
    page.locator("#map-side button[data-at]").first.focus()
    page.keyboard.press("Enter")
    page.locator(".unit").wait_for()
    page.keyboard.press("Escape")
    page.locator("#map-side").get_by_text("排行").wait_for()


def test_map_has_a_name_and_a_list_that_says_the_same(page: Any, site: str) -> None:
    visit(page, f"{site}/map?by=county")
    assert "看列表" in page.locator(".atlas-map").get_attribute("aria-label")
    page.get_by_role("link", name="看列表").click()
    expect(page.locator("table.data tbody tr")).to_have_count(2)


def test_on_a_phone_it_fits_and_a_tap_opens(phone: Any, site: str) -> None:
    visit(phone, f"{site}/map?by=county")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator(".map-canvas").bounding_box()["height"] > 280
    phone.locator(".atlas-map").tap(position={"x": 120, "y": 190})
    phone.locator(".unit").wait_for()


def test_printing_fits_the_map_to_the_sheet_and_back(page: Any, site: str) -> None:
    visit(page, f"{site}/map?by=county")
    page.evaluate(
        "() => { window.print = () => { window.sheet = document.querySelector('.map-canvas').offsetWidth; }; }"
    )
    before = page.locator(".map-canvas").bounding_box()["width"]
    page.get_by_role("button", name="打印").click()
    until(page, lambda: page.evaluate("window.sheet") == pytest.approx(272 * 96 / 25.4, abs=4))
    until(page, lambda: page.locator(".map-canvas").bounding_box()["width"] == before)


def test_the_page_works_without_script(browser: Any, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    tab = context.new_page()
    tab.goto(f"{site}/map")
    tab.check("[name=by][value=county]")
    tab.get_by_role("button", name="显示").click()
    assert "by=county" in tab.url
    tab.locator("#map-side li").nth(1).wait_for()
    expect(tab.locator("#map-side li")).to_have_count(2)
    context.close()


def test_on_a_phone_the_map_comes_first_and_its_controls_unfold(phone: Any, site: str) -> None:
    phone.goto(f"{site}/map")
    phone.wait_for_function("document.documentElement.dataset.mapReady === 'true'")
    assert phone.locator(".map-canvas").bounding_box()["y"] < 300
    expect(phone.locator("#map-form")).to_be_hidden()
    phone.locator(".map-toggle").tap()
    expect(phone.locator("#map-form")).to_be_visible()
    phone.locator("#map-form label", has_text="未建会职工").tap()
    phone.wait_for_url("**measure=workers**")
    phone.locator(".map-legend", has_text="分母：应建会企业职工").wait_for()
