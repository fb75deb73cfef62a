"""A suggestion is accepted, moved on and printed in a real browser, on a desk and on a telephone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import review_city
from playwright.sync_api import expect
from serving import served

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    with served(review_city.loaded(tmp_path)) as address:
        yield address


def test_a_suggestion_is_accepted_and_moved_on_with_its_history(page: Any, site: str) -> None:
    page.goto(f"{site}/suggestions")
    page.get_by_role("link", name="四海小商品市场联合工会（拟）").click()
    page.locator("summary", has_text="采纳，进入筹备").click()
    page.fill("#f-accept-note", "市场管理处同意牵头")
    page.get_by_role("button", name="采纳，进入筹备").click()
    page.wait_for_url("**/suggestions/case*")
    expect(page.locator("h1")).to_have_text("四海小商品市场联合工会")
    expect(page.locator("#decide .badge-a").first).to_have_text("筹备中")
    page.locator("summary", has_text="批复成立").click()
    expect(page.get_by_role("button", name="批复成立"), "not before members have signed up").to_be_disabled()
    for stage in ("P3", "P5"):
        page.locator("summary", has_text="记筹备进展").click()
        page.select_option("#f-advance-stage", stage)
        page.fill("#f-advance-counted", "36")
        with page.expect_navigation():
            page.get_by_role("button", name="记筹备进展").click()
    rows = page.locator("#decide table tbody tr")
    rows.nth(2).wait_for()
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("市场管理处同意牵头")
    page.locator("summary", has_text="批复成立").click()
    expect(page.locator(".ticks input:checked")).to_have_count(8)
    page.get_by_role("link", name="建会建议书").click()
    page.wait_for_selector(".paper tbody tr")
    expect(page.locator(".paper tbody tr")).to_have_count(8)
    page.wait_for_load_state("networkidle")


def test_on_a_telephone_nothing_runs_over_the_edge(phone: Any, site: str) -> None:
    phone.goto(f"{site}/suggestions")
    phone.get_by_role("link", name="四海小商品市场联合工会（拟）").click()
    phone.wait_for_selector("#decide")
    for path in (phone.url, f"{site}/suggestions", f"{site}/scenarios"):
        phone.goto(path)
        phone.wait_for_load_state("networkidle")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    phone.goto(f"{site}/suggestions")
    phone.get_by_role("link", name="四海小商品市场联合工会（拟）").click()
    phone.locator("summary", has_text="不采纳").click()
    phone.select_option("#f-reject-reason", "no_chair")
    with phone.expect_navigation():
        phone.get_by_role("button", name="不采纳").click()
    expect(phone.locator("#decide")).to_contain_text("没有合适的牵头人")
    phone.wait_for_load_state("networkidle")
