"""The error budget: read as typed, shown with what it means for firms, kept with who and when, used from then on."""

import re

import pytest
import small_city
from flask import Flask

from app import budget
from app.db import session
from app.runs import survey as surveying


@pytest.fixture
def app(tmp_path) -> Flask:
    return small_city.loaded(tmp_path, form_tokens=False, worker=False)


@pytest.mark.parametrize(
    ("text", "share"),
    [("0.5", 0.005), ("0.5%", 0.005), ("０．５％", 0.005), ("20", 0.2),
     ("0", None), ("21", None), ("很少", None), ("nan", None)],
)  # fmt: skip
def test_a_percentage_is_read_as_it_is_typed(text: str, share: float | None) -> None:
    assert budget.typed(text) == share


def numbers(page: str) -> list[tuple[int, int, int]]:
    """Return automatic, review and neither of each row of the table."""
    cells = r'data-label="自动采用">([\d,]+).*?data-label="等人核对">([\d,]+).*?data-label="没有认出或在外地">([\d,]+)'
    return [tuple(int(v.replace(",", "")) for v in row) for row in re.findall(cells, page, re.DOTALL)]  # type: ignore[misc]


def test_each_budget_tells_what_becomes_of_every_firm_and_a_larger_one_takes_no_fewer(app: Flask) -> None:
    page = app.test_client().get("/quality/budget?share=3").get_data(as_text=True)
    rows = numbers(page)
    assert len(rows) == len(budget.CHOICES) + 1
    assert len({sum(row) for row in rows}) == 1
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert "安装时的设定" in page and 'value="3" checked' in page


def test_a_budget_that_too_few_tried_answers_can_show_is_told(app: Flask) -> None:
    page = app.test_client().get("/quality/budget").get_data(as_text=True)
    rows = re.findall(r'name="share" value="([\d.]+)".*?data-label="检验时实际错">(.*?)</td>', page, re.DOTALL)
    doubtful = {share for share, cell in rows if "实际可能错到" in cell}
    assert "0.1" in doubtful  # 1 of 1,042 wrong may as well be five
    assert doubtful.isdisjoint({"0.5", "1", "2"})


def test_the_budget_is_kept_with_who_and_when_and_the_next_survey_goes_by_it(app: Flask, monkeypatch) -> None:
    client = app.test_client()
    assert client.post("/quality/budget", data={"other": "viel"}).status_code == 422
    answer = client.post("/quality/budget", data={"share": "1", "other": "0.2"}, follow_redirects=True)
    assert "最多允许错 0.2%" in answer.get_data(as_text=True)
    assert "张三" in client.get("/quality").get_data(as_text=True)
    with app.app_context():
        with session() as opened:
            now = budget.in_force(opened)
        assert (now.share, now.by) == (0.002, "张三") and now.at is not None
        used = []
        options = surveying.locate_options
        monkeypatch.setattr(surveying, "locate_options", lambda share: used.append(share) or options(share))
        from app import runs
        from app.db import current

        with session(write=True) as opened:
            key = surveying.order(opened)
        runs.execute(current(), key)
    assert used == [0.002]
