"""The pages about the interface in a real browser, and a token made there used by a program."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_city
from playwright.sync_api import expect
from serving import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(small_city.loaded(tmp_path_factory.mktemp("interface"))) as found:
        yield found


def test_a_token_made_on_the_page_reads_and_then_is_taken_back(page: Any, address: str) -> None:
    page.goto(f"{address}/interface")
    page.locator("details.resource", has_text="/api/v1/firms ").locator("summary").first.click()
    expect(page.locator("details[open] td", has_text="统一社会信用代码")).to_be_visible()
    page.get_by_role("link", name="接口令牌").first.click()
    page.get_by_label("用途").fill("统计科")
    page.get_by_role("button", name="新建").click()
    shown = page.locator("code.given").inner_text().strip()
    told = asked(address, shown)
    assert told["total"] == 240 and told["items"][0]["id"]
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_text("已收回。")).to_be_visible()
    expect(page.locator("code.given")).to_have_count(0)
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(address, shown)
    assert refused.value.code == 401


def asked(address: str, shown: str) -> Any:
    request = urllib.request.Request(f"{address}/api/v1/firms", headers={"Authorization": f"Bearer {shown}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def test_the_pages_fit_a_phone(phone: Any, address: str, tmp_path: Path) -> None:
    for path in ("/interface", "/tokens"):
        phone.goto(f"{address}{path}")
        phone.evaluate("document.querySelectorAll('details.resource').forEach(each => each.open = true)")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
