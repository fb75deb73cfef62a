"""Lock, move out, pull in, take out and close in a real browser: preview, keep, and the next survey respects them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import review_city
from flask import Flask
from playwright.sync_api import expect
from serving import served

from app import create_app
from app.config import Config

pytestmark = pytest.mark.browser


@pytest.fixture
def made(tmp_path: Path) -> Flask:
    made: Flask = create_app(Config.from_environment({}, instance=tmp_path, worker=False))
    review_city.load(made)
    return made


@pytest.fixture
def site(made: Flask) -> Iterator[str]:
    with served(made) as address:
        yield address


def opened(page: Any, site: str) -> None:
    """Open the form that adjusts the market's suggestion."""
    page.goto(f"{site}/suggestions")
    page.get_by_role("link", name="四海小商品市场联合工会（拟）").click()
    page.get_by_role("link", name="调整", exact=True).click()
    page.wait_for_selector("#act-bar")


def seen_and_kept(page: Any, act: str) -> str:
    """Look at what an edit changes, keep it, and return what the preview said."""
    with page.expect_navigation():
        page.locator(f"#act-{act}").get_by_role("button", name="看影响").click()
    told = str(page.locator("main").inner_text())
    with page.expect_navigation():
        page.get_by_role("button", name="保存，下次计算采用").click()
    page.wait_for_selector("#edits tbody tr")
    return told


def members(made: Flask) -> set[str]:
    firms = review_city.surveyed(made)
    return set(firms.index[firms["market"].eq(review_city.MARKET) & firms["group_id"].notna()])


def test_edits_are_previewed_kept_and_respected_by_the_next_survey(page: Any, made: Flask, site: str) -> None:
    everybody = members(made)
    opened(page, site)
    page.locator("#act-bar input[value=m1]").check()
    assert "8 → 7" in seen_and_kept(page, "bar")
    opened(page, site)
    page.locator("#act-out input[value=m2]").check()
    assert "综合得分少" in seen_and_kept(page, "out")
    expect(page.locator("#edits").get_by_text("等下次计算")).to_have_count(2)
    review_city.survey(made)
    assert members(made) == everybody - {"m1", "m2"}

    opened(page, site)
    assert "各组名单不变" in seen_and_kept(page, "lock")
    page.goto(f"{site}/adjustments")
    row = page.locator("#edits tbody tr", has_text="不在此处联合")
    with page.expect_navigation():
        row.get_by_role("button", name="撤回").click()
    review_city.survey(made)
    assert members(made) == everybody - {"m1", "m2"}, "the list is locked, though m1 might come back"

    page.goto(f"{site}/adjustments")
    expect(page.locator("#edits tbody tr")).to_have_count(2)
    for _ in range(2):
        with page.expect_navigation():
            page.locator("#edits tbody tr").first.get_by_role("button", name="撤回").click()
    expect(page.locator("#edits")).to_contain_text("还没有调整")
    review_city.survey(made)
    assert members(made) == everybody

    opened(page, site)
    page.fill("#f-firm", "<b>r1</b>有限公司")
    with page.expect_navigation():
        page.locator("#act-must").get_by_role("button", name="看影响").click()
    expect(page.locator("main")).to_contain_text("企业不在此处或离得太远")
    opened(page, site)
    assert "8 → —" in seen_and_kept(page, "close")
    review_city.survey(made)
    assert members(made) == set()
    page.wait_for_load_state("networkidle")


def test_ticked_suggestions_are_added_up(page: Any, site: str) -> None:
    page.goto(f"{site}/suggestions")
    page.locator(".tick input").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="勾选的办成以后会怎样").click()
    expect(page.locator("#effect")).to_contain_text("勾选的 1 条建议办成后")
    page.wait_for_load_state("networkidle")


def test_on_a_telephone_nothing_runs_over_the_edge(phone: Any, site: str) -> None:
    opened(phone, site)
    paths = [phone.url]
    phone.locator("#act-bar input[value=m1]").check()
    with phone.expect_navigation():
        phone.locator("#act-bar").get_by_role("button", name="看影响").click()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "preview"
    for path in (*paths, f"{site}/adjustments", f"{site}/effect", f"{site}/federations", f"{site}/suggestions"):
        phone.goto(path)
        phone.wait_for_load_state("networkidle")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
