"""The review desk by keyboard in a real browser: answers, a pin dragged, an outline drawn, undo; the next survey."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import review_city
from flask import Flask
from playwright.sync_api import expect
from serving import served
from signed_in import TESTER

from app import store
from app.db import session

pytestmark = pytest.mark.browser

NAME = TESTER.name


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return review_city.loaded(tmp_path)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def opened(tab: Any, site: str) -> None:
    tab.goto(f"{site}/review")
    tab.wait_for_function("document.documentElement.dataset.reviewReady === 'true'")


def title(tab: Any) -> str:
    return str(tab.locator("#review-title").inner_text())


def after(tab: Any, old: str) -> None:
    tab.wait_for_function("old => document.querySelector('#review-title')?.innerText !== old", arg=old)


def stored(app: Flask) -> Any:
    with app.app_context(), session() as found:
        return store.read(found, "decisions", store.CITY)


def click_map(tab: Any, across: float, down: float) -> None:
    box = tab.locator(".review-canvas").bounding_box()
    tab.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def test_ten_items_are_settled_by_keys_alone_and_the_next_survey_has_located_them(
    page: Any, site: str, app: Flask
) -> None:
    opened(page, site)
    done = pressed = 0
    while page.locator("#review-title").count():
        old, where = title(page), page.locator("#review-item .review-sort").inner_text()
        if "待标位置" in where:
            page.keyboard.press("p")
            page.keyboard.press("Enter")
            pressed += 1
        elif page.locator("[data-key='1']").count():
            page.keyboard.press("1")
        else:
            page.keyboard.press("n")
        after(page, old)
        done, pressed = done + 1, pressed + 1
        assert page.evaluate("document.activeElement.id || document.querySelector('.empty') && 'end'") in (
            "review-title",
            "end",
        )
    assert done >= 9
    assert pressed <= 2 * done  # what lets a person decide six items a minute: never more than two keys
    rows = stored(app)
    assert set(rows["decided_by"]) == {NAME}
    assert rows["kind"].eq("pin").sum() >= 4
    review_city.survey(app)
    firms = review_city.surveyed(app)
    assert firms["lon"].notna().sum() >= 30
    page.goto(f"{site}/review")
    expect(page.locator("#review")).not_to_contain_text("等下一次计算采用")


def test_a_pin_is_clicked_dragged_and_moved_by_keys(page: Any, site: str, app: Flask) -> None:
    opened(page, site)
    click_map(page, 0.5, 0.5)
    spot = page.locator("[data-spot]")
    first = spot.inner_text()
    assert "已标点 121." in first
    pin = page.locator(".review-pin span").bounding_box()
    page.mouse.move(pin["x"] + 13, pin["y"] + 13)
    page.mouse.down()
    page.mouse.move(pin["x"] + 90, pin["y"] + 60, steps=6)
    page.mouse.up()
    dragged = spot.inner_text()
    assert dragged != first
    page.keyboard.press("ArrowRight")
    assert spot.inner_text() != dragged
    told = spot.inner_text().split()[1].rstrip(",")
    page.keyboard.press("Enter")
    after(page, "红星大厦")
    row = stored(app).iloc[0]
    assert row[["kind", "subject", "decided_by"]].tolist() == ["pin", review_city.TOWER, NAME]
    assert row["lon"] == pytest.approx(float(told), abs=1e-5)
    page.keyboard.press("u")
    after(page, "四海小商品市场")
    assert title(page) == "红星大厦"
    assert len(stored(app)) == 0


def test_an_outline_is_drawn_corrected_and_kept(page: Any, site: str, app: Flask) -> None:
    opened(page, site)
    page.keyboard.press("d")
    for across, down in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.2, 0.9)):
        click_map(page, across, down)
    page.keyboard.press("Backspace")
    expect(page.locator("[data-spot]")).to_contain_text("3 个拐点")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    after(page, "红星大厦")
    row = stored(app).iloc[0]
    assert row["text"].startswith("POLYGON ((121.")
    assert row["text"].count(",") == 3
    assert 121 < row["lon"] < 121.5


def test_the_same_place_is_found_by_keys(page: Any, site: str, app: Flask) -> None:
    page.goto(f"{site}/review?at=pin:{review_city.NEAR}")
    page.wait_for_function("document.documentElement.dataset.reviewReady === 'true'")
    assert title(page) == "红星大夏"
    page.keyboard.press("g")
    page.keyboard.type("红星")
    page.locator("#review-found button").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    after(page, "红星大夏")
    assert stored(app).iloc[0][["kind", "target"]].tolist() == ["alias", review_city.TOWER]


def test_what_is_skipped_keeps_nothing(page: Any, site: str, app: Flask) -> None:
    opened(page, site)
    page.keyboard.press("s")
    after(page, "红星大厦")
    assert title(page) == "四海小商品市场"
    expect(page).to_have_url(re.compile("at=pin"))
    page.keyboard.press("u")
    after(page, "四海小商品市场")
    assert title(page) == "红星大厦"
    assert len(stored(app)) == 0


def test_pasted_coordinates_stand_on_the_map_or_say_why_not(page: Any, site: str, app: Flask) -> None:
    opened(page, site)
    written, told = page.locator("[name=written]"), page.locator("[data-written-said]")
    written.fill("32.1, 121.1")
    told.filter(has_text="先写经度").wait_for()
    expect(page.locator(".review-pin")).to_have_count(0)
    written.fill("121.1, 32.1")
    page.locator(".review-pin span").wait_for()
    assert told.is_hidden()
    expect(page.locator("[data-spot]")).to_contain_text("已标点 121.10000, 32.10000")
    click_map(page, 0.3, 0.3)  # the pin that is moved afterwards counts
    expect(written).to_have_value("")
    written.fill("121.05, 32.05")
    page.locator("[data-spot]", has_text="121.05000, 32.05000").wait_for()
    page.locator("button[value=pin]").click()
    after(page, "红星大厦")
    assert stored(app).iloc[0][["lon", "lat"]].tolist() == [121.05, 32.05]


def test_on_a_phone_a_tap_sets_the_pin(phone: Any, site: str, app: Flask) -> None:
    opened(phone, site)
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    box = phone.locator(".review-canvas").bounding_box()
    phone.locator(".review-canvas").scroll_into_view_if_needed()
    box = phone.locator(".review-canvas").bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.locator("[data-spot]", has_text="已标点").wait_for()
    phone.locator("button[value=pin]").tap()
    after(phone, "红星大厦")
    assert len(stored(app)) == 1
