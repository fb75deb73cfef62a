"""Files as bad as they come, by command and page: each is read or refused in a sentence, never with a traceback."""

import gc
import io
import zipfile

import msoffcrypto.format.ooxml
import openpyxl
import pytest

from app import create_app
from app.config import Config

HEADER = "企业名称,统一社会信用代码,注册地址,职工人数,成立日期"
FIRM = "海门市直属机关消费合作社,913206841387832638,海门市政府大院内,25,2010-01-05"
GBK = f"{HEADER}\n{FIRM}\n".encode("gb18030")


def book(*rows):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


GOOD = book(HEADER.split(","), FIRM.split(","))


def swollen():
    """A workbook whose sheet holds a hundred megabytes of blanks: a few hundred kilobytes packed."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            filler = b" " * 110_000_000 if name.endswith("sheet1.xml") else b""
            bad.writestr(name, good.read(name).replace(b"</sheetData>", filler + b"</sheetData>"))
    return body.getvalue()


def encrypted():
    body = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(GOOD)).encrypt("secret", body)
    return body.getvalue()


def lines(*rows):
    return "\n".join((HEADER, *rows)).encode()


REFUSED = {
    "empty.csv": (b"", "文件是空的"),
    "empty.xlsx": (b"", "文件是空的"),
    "bomb.xlsx": (swollen, "文件太大"),
    "locked.xlsx": (encrypted, "文件加了密码"),
    "half.xlsx": (GOOD[: len(GOOD) // 2], "文件不完整"),
    "cut.xlsx": (GOOD[:-30], "文件不完整"),
    "odd.csv": (GBK + b"\xb1\xb1\xff\xff,1,\n", "既不是 UTF-8，也不是 GB18030"),
    "page.xls": ("<html><body>请登录</body></html>".encode(), "没有数据行"),
    "quote.csv": (lines('"南通甲有限公司,,人民路1号,1,', FIRM), "引号没有配对"),
    "wide.csv": (f"{HEADER},{','.join(map(str, range(3000)))}\n{FIRM}\n".encode(), "列太多"),
    "cell.csv": (lines(f"南通甲有限公司,,{'海' * 200_000},1,"), "第 2 行有一格超过"),
    "unknown.csv": ("甲\n南通甲有限公司\n".encode(), "找不到表头"),
    "paper.xlsx": (b"%PDF-1.4\n...", "这不是表格文件"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "文件不完整"),
}
READ = {
    "named.xls": (
        f"<html><table><tr><td>{HEADER.replace(',', '<td>')}</tr><tr><td>{FIRM.replace(',', '<td>')}</table>".encode(),
        "扩展名与内容不符",
    ),
    "nul.csv": (lines(FIRM.replace("合作", "合\0作")), "空字节"),
    "one.csv": ("企业名称\n南通甲有限公司\n".encode(), "没有地址"),
    "formula.csv": (lines("南通甲有限公司,,@SUM(A1),=1+1,"), "数目读不懂"),
    "formula.xlsx": (book(HEADER.split(","), ["南通甲有限公司", "", "人民路1号", "=1+1", ""]), "公式未计算"),
    "serial.csv": (lines("南通甲有限公司,9.13206E+17,人民路1号,25,44927"), "代码被表格软件改成科学计数"),
    "serial.xlsx": (book(HEADER.split(","), ["南通甲有限公司", 9.13206e17, "人民路", 25, 40000]), "日期由序号换算"),
    "twice.csv": ("企业名称,企业名称,地址,地址,\n南通甲有限公司,乙,人民路1号,x,y\n".encode(), "未用 3 列"),
    "two.xlsx": (
        book(["企业名称", "地址", "职工人数", None], [None, None, "合计", "女"], ["南通甲有限公司", "人民路", 9, 5]),
        "women=女",
    ),
    "merged.xlsx": (book(["南通市名录"], HEADER.split(","), FIRM.split(","), ["合计", None, None, 25]), "跳过 1"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    gc.collect()  # what tests of other modules left behind is not told in the midst of one of these
    instance = tmp_path_factory.mktemp("hostile")
    made = create_app(Config.from_environment({}, instance=instance, worker=False))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


def content(of):
    return of() if callable(of) else of


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence(app, tmp_path, name):
    data, words = content(REFUSED[name][0]), REFUSED[name][1]
    path = tmp_path / name
    path.write_bytes(data)
    answer = app.test_cli_runner().invoke(args=["import", "enterprises", str(path)])
    assert (answer.exit_code, words in answer.output) == (2, True), answer.output
    assert isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    assert page(app, name, data).count(words) == 1


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_and_the_odd_told(app, tmp_path, name):
    data, words = READ[name]
    path = tmp_path / name
    path.write_bytes(data)
    answer = app.test_cli_runner().invoke(args=["import", "enterprises", str(path), "--dry-run"])
    assert (answer.exit_code in (0, 1), words in answer.output) == (True, True), answer.output
    assert "退回 0" in answer.output
    assert "读作" in page(app, name, data)


def page(app, name, data):
    client = app.test_client()
    held = client.post("/imports", data={"kind": "enterprises", "source": "试", "file": (io.BytesIO(data), name)})
    shown = client.get(held.location)
    assert shown.status_code == 200
    client.post(f"{held.location}/drop")  # an account may hold so many
    return shown.get_data(as_text=True)
