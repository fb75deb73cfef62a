"""Pages of the ledger in a real browser: nothing overflows, lists narrow in place, ticks are counted and given out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import small_city
from playwright.sync_api import expect
from serving import served

pytestmark = pytest.mark.browser

PAGES = [
    "/ledger", "/ledger?show=anew", "/ledger/progress", "/ledger/progress?kind=building",
    "/ledger/firm/919901010000000005", "/tasks", "/tasks?state=done", "/visits", "/visits?kind=town", "/inbox",
    "/health", "/health?check=no_home_grade",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the served small city."""
    with served(small_city.loaded(Path(tmp_path_factory.mktemp("walk")))) as url:
        yield url


SIZES = {"phone": (390, 844, "screen"), "desk": (1440, 900, "screen"), "paper": (794, 1123, "print")}
TRANSLATED = """async () => {
  const answer = await fetch("/language/en?next=" + encodeURIComponent(location.pathname + location.search));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(page.body);
  return page.documentElement.lang;
}"""


def overflowing(tab: Any) -> list[str]:
    """Return for which sizes the page, as it is loaded, is wider than its window, and leave it as on a telephone."""
    wide = []
    for name in ("paper", "desk", "phone"):
        width, height, media = SIZES[name]
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(media=media)
        if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)
    return wide


def test_nothing_overflows_in_either_language_on_paper_size_or_phone(phone: Any, site: str) -> None:
    """Loading takes the time: each page is loaded once, laid out for each size, and given its English body."""
    for path in [*PAGES, "/field/"]:
        phone.goto(f"{site}/language/zh?next={quote(path)}")
        phone.locator("#field[data-ready=yes]" if path == "/field/" else "h1").wait_for()
        assert overflowing(phone) == [], path
        assert phone.evaluate(TRANSLATED) == "en" and phone.locator("h1").count() == 1, path
        assert overflowing(phone) == [], (path, "English")


def test_a_list_is_narrowed_in_place_ticked_and_given_out(page: Any, site: str) -> None:
    page.goto(f"{site}/ledger")
    page.locator("#f-show").select_option("no_where")
    page.wait_for_url("**show=no_where**")
    page.locator("#list [data-tick-all]").check()
    count = page.locator("#list input[name=key]:checked").count()
    assert count > 3
    page.get_by_text(f"已选 {count} 家").wait_for()
    page.locator("#f-hands").select_option("person:tester")
    page.get_by_role("button", name="分派任务").click()
    page.get_by_text(f"已分派 {count} 项").wait_for()
    expect(page, "back to the list one came from").to_have_url(re.compile("show=no_where"))
    page.goto(f"{site}/tasks?who=mine")
    expect(page.locator("#list h2")).to_have_text(re.compile(rf"^\s*{count} 项任务"))


def test_a_figure_of_the_progress_opens_its_list(page: Any, site: str) -> None:
    page.goto(f"{site}/ledger/progress?kind=building")
    figure = page.locator("td.n a").nth(2)
    count = figure.inner_text()
    figure.click()
    page.wait_for_url("**/ledger?**")
    expect(page.locator("#list h2")).to_have_text(re.compile(rf"^\s*{count} 家"))
