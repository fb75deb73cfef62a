"""A day at the office in a real browser: signing in, the same view from its link, back, a foreign link, a phone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import small_city
from playwright.sync_api import expect
from serving import served, until
from signed_in import PASSWORD

from app.auth.accounts import Wish

pytestmark = pytest.mark.browser
HERE, THERE = small_city.COUNTIES
BUILDING = "building:building:990101:云帆大厦"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site whose visitors have to sign in."""
    editors = [Wish("o-editor", "乙", "editor", HERE), Wish("o-other", "丙", "editor", THERE)]
    people = [Wish("o-planner", "甲", "planner"), *editors]
    with served(small_city.loaded(tmp_path_factory.mktemp("office"), count=300, people=people), entered=False) as url:
        yield url


def enter(page: Any, site: str, login: str, path: str = "/") -> None:
    page.goto(site + path)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").last.click()


def leave(page: Any) -> None:
    page.locator(".whoami > summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in**")


def shown(page: Any) -> str:
    page.wait_for_selector("html[data-map-ready]")
    page.wait_for_timeout(400)
    return page.evaluate(
        "() => JSON.stringify([document.querySelector('#map-side').innerText, "
        "document.querySelector('#map-legend').innerText, document.querySelector('.chips')?.innerText ?? ''])"
    )


def test_a_link_asks_to_sign_in_and_then_opens_the_same_view(page: Any, site: str) -> None:
    link = f"/map?kind=building&size=under_25&at={BUILDING}&view=32.1000,121.1000,12"
    enter(page, site, "o-editor", link)
    page.wait_for_url("**/map?**")
    page.get_by_role("heading", name="云帆大厦").wait_for()
    first = shown(page)
    page.locator(".section .storey > button:not([disabled])").first.click()
    page.get_by_role("heading", name="层的企业").wait_for()
    page.go_back()
    page.get_by_role("heading", name="云帆大厦").wait_for()
    page.wait_for_function("() => !location.search.includes('%23')")
    until(page, lambda: shown(page) == first)
    leave(page)
    enter(page, site, "o-planner", link)
    page.get_by_role("heading", name="云帆大厦").wait_for()
    expect(page).to_have_url(re.compile("size=under_25"))


def test_another_county_opens_the_link_and_finds_nothing_of_it(page: Any, site: str) -> None:
    enter(page, site, "o-other", "/map?kind=building")
    page.wait_for_selector("html[data-map-ready]")
    text = page.locator("body").inner_text()
    assert "云帆大厦" not in text and small_city.COUNTIES[HERE] not in text
    link = page.request.get(f"{site}/map?kind=building&at={BUILDING}")
    assert link.status == 400 and small_city.COUNTIES[HERE] not in link.text().partition("<main")[2]
    answer = page.request.get(f"{site}/places/{BUILDING.replace(':', '/', 1)}")
    assert answer.status == 404 and "云帆大厦" not in answer.text().partition("<main")[2]


def test_lists_and_the_page_of_a_firm_on_a_phone(phone: Any, site: str) -> None:
    enter(phone, site, "o-editor", "/gaps?kind=building")
    phone.locator("#list tbody tr").first.wait_for()
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(wide) <= 0
    phone.locator("#list tbody td[data-label='未建会'] a").first.tap()
    phone.wait_for_url("**/firms?**")
    assert phone.evaluate(wide) <= 0
    phone.locator("#list tbody th a").first.tap()
    phone.wait_for_url("**/firms/**")
    phone.locator("h1").wait_for()
    assert phone.evaluate(wide) <= 0
    for section in phone.locator("main section").all():
        box = section.bounding_box()
        assert box is None or box["x"] + box["width"] <= 390
