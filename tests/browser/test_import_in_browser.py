"""An officer imports a register in the browser: upload, columns, dry run, import, survey, taking it back."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect
from serving import served

from app import create_app, runs
from app.config import Config

pytestmark = pytest.mark.browser

ROWS = [
    ["2026年度未建会企业名册"],
    [],
    ["序号", "企业名称", "统一社会信用代码", "详细地址", "职工人数"],
    [1, "海门市直属机关消费合作社", "913206841387832638", "海门市政府大院内", 25],
    [2, "南通市通州区环球物流有限公司", 9.13206e17, "金沙镇金通路60号", "约30"],
    [3, None, None, "海门市海门镇育才路135号", 12],
]


@pytest.fixture
def address(tmp_path):
    """A server with its worker, on an empty database."""
    app = create_app(Config.from_environment({}, instance=tmp_path / "instance"))
    runs.companion.start(app)
    with served(app) as url:
        yield url


def test_from_upload_to_undo(address, page, tmp_path):  # the page closes before its server does
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "未建会企业.xlsx")
    page.goto(f"{address}/imports")
    page.set_input_files("#f-file", tmp_path / "未建会企业.xlsx")
    page.fill("#f-source", "走访")
    page.get_by_role("button", name="上传并识别").click()
    expect(page.get_by_label("企业名称 读作")).to_have_value("name")
    expect(page.get_by_label("序号 读作")).to_have_value("")
    page.get_by_role("button", name="试算（不写入）").click()
    page.get_by_role("button", name="导入 2 行").click(timeout=60_000)
    page.get_by_role("link", name="查看导入结果").click(timeout=60_000)
    expect(page.get_by_text("代码被表格软件改成科学计数")).to_have_count(1)
    expect(page.get_by_text("缺少名称")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto(f"{address}/runs")
    page.get_by_role("link", name="全面计算").first.wait_for()
    page.go_back()
    page.get_by_text("撤回这次导入").click()
    page.get_by_role("button", name=re.compile("确认撤回")).click()
    page.get_by_text("已撤回：删除").wait_for()
