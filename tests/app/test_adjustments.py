"""Hard edits on the pages, on both databases: previewed with their price, kept, respected by a survey, undone."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import review_city
from bs4 import BeautifulSoup
from flask import Flask
from review_city import market_group
from review_city import newest as survey
from signed_in import sign, stranger

from app import store
from app.auth.accounts import Wish
from app.db import session
from app.suggesting import adjusting
from geo.survey import suggest_joint

EDITOR = Wish("li", "李干事", "editor", "990101")
OTHER = Wish("zhao", "赵干事", "editor", "990102")
VIEWER = Wish("qian", "钱观察", "viewer", "990101")


@pytest.fixture
def app(server: Any, tmp_path: Path) -> Flask:
    """The city whose firms need a person, surveyed, in a database of each kind."""
    return review_city.loaded(tmp_path, server=server, people=(EDITOR, OTHER, VIEWER), form_tokens=False)


def members(app: Flask, place: str = review_city.MARKET) -> set[str]:
    found = survey(app)
    keys = found.groups.index[found.groups["place_id"].eq(place)]
    return set(found.firms.index[found.firms["group_id"].isin(keys)])


def post(app: Flask, path: str, login: str = "li", **form: Any) -> Any:
    return sign(stranger(app), login).post(path, data=form)


def look(app: Flask, path: str, login: str = "li", **asked: Any) -> Any:
    return sign(stranger(app), login).get(path, query_string=asked)


def keep(app: Flask, act: str, key: str = "", **form: Any) -> None:
    answer = post(app, f"/adjustments/keep/{quote(key or market_group(app))}", act=act, **form)
    assert answer.status_code == 302, said(answer.text)


def said(html: str) -> str:
    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)


def listed(app: Flask, login: str = "li") -> list[str]:
    page = BeautifulSoup(sign(stranger(app), login).get("/adjustments").text, "html.parser")
    return [row.get_text(" ", strip=True) for row in page.select("#edits tbody tr")]


def acts(app: Flask) -> list[str]:
    page = BeautifulSoup(sign(stranger(app), "li").get("/adjustments").text, "html.parser")
    return [str(field["value"]) for field in page.select("#edits input[name=act]")]


def test_a_preview_tells_changes_and_price_and_keeps_nothing(app: Flask) -> None:
    key, before = market_group(app), members(app)
    assert before == {f"m{n}" for n in range(1, 9)}
    answer = look(app, f"/adjustments/preview/{quote(key)}", act="bar", member=["m1", "m2"])
    text = said(answer.text)
    assert answer.status_code == 200 and "综合得分少" in text
    assert "8 → 6" in text and "<b>m1</b>有限公司" in text, "names are shown as text"
    closed = BeautifulSoup(look(app, f"/adjustments/preview/{quote(key)}", act="close").text, "html.parser")
    (moved,) = [each.text for each in closed.select(".kpis > *") if "变动的企业" in each.text]
    assert "8家" in moved, "all of them, together or not, are somewhere else"
    assert listed(app) == []
    review_city.survey(app)
    assert members(app) == before


def test_what_a_township_is_without_an_edit_is_solved_once_until_the_data_change(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = []

    def counting(*args: Any, **kwargs: Any) -> Any:
        solved.append(args)
        return suggest_joint(*args, **kwargs)

    monkeypatch.setattr(adjusting, "suggest_joint", counting)
    path = f"/adjustments/preview/{quote(market_group(app))}"
    first = look(app, path, act="bar", member=["m1", "m2"])
    assert len(solved) == 2
    again = look(app, path, act="bar", member=["m1", "m2"])
    assert len(solved) == 3 and said(again.text) == said(first.text)
    assert "8 → 7" in said(look(app, path, act="out", member=["m3"]).text) and len(solved) == 4
    keep(app, "out", member=["m3"])
    after = said(look(app, path, act="bar", member=["m1", "m2"]).text)
    assert len(solved) == 6 and "7 → 5" in after, "what was kept meanwhile is part of what there is without the edit"


def test_an_edit_is_kept_by_the_next_survey_with_who_and_when_until_it_is_taken_back(app: Flask) -> None:
    before = members(app)
    keep(app, "bar", member=["m1", "m2"])
    keep(app, "out", member=["m3"])
    rows = listed(app)
    assert len(rows) == 2 and all("李干事" in row and "等下次计算" in row for row in rows)
    own = f"/suggestions/{quote(market_group(app))}"
    assert "有 2 项人工调整已记下" in said(look(app, own).text)
    review_city.survey(app)
    assert "项人工调整已记下" not in said(look(app, own).text)
    found = survey(app)
    assert members(app) == before - {"m1", "m2", "m3"}
    assert found.firms.at["m3", "left_because"] == "R8" and found.firms.loc[["m1", "m2"], "group_id"].isna().all()
    rows = listed(app)
    assert all("已采用" in row for row in rows)
    for act in acts(app):
        assert post(app, "/adjustments/undo", act=act).status_code == 302
    assert listed(app) == []
    review_city.survey(app)
    assert members(app) == before
    record = said(app.test_client().get("/audit").text)
    assert record.count("组建建议的人工调整") >= 2 and record.count("撤回组建建议的调整") >= 2


def test_a_locked_list_stays_and_a_closed_place_founds_nothing(app: Flask) -> None:
    before = members(app)
    key = market_group(app)
    keep(app, "lock")
    review_city.survey(app)
    assert members(app) == before
    assert any("名单锁定" in row and "8 家" not in row and "已采用" in row for row in listed(app))
    keep(app, "close", key)
    review_city.survey(app)
    rows = listed(app)
    assert members(app) == set() and any("此处不新建" in row and "已采用" in row for row in rows)
    assert any("名单锁定" in row and "没有做到" in row for row in rows), "the place was closed after it"


def test_a_firm_elsewhere_cannot_be_pulled_in_and_the_preview_says_why(app: Flask) -> None:
    key = market_group(app)
    answer = look(app, f"/adjustments/preview/{quote(key)}", act="must", firm="<b>r1</b>有限公司")
    assert answer.status_code == 200 and "企业不在此处或离得太远" in said(answer.text)
    assert "保存，下次计算采用" not in said(answer.text), "kept, it would only take the firm out of where it is"
    can = look(app, f"/adjustments/preview/{quote(key)}", act="bar", member=["m1"])
    assert "保存，下次计算采用" in said(can.text)
    anyway = post(app, f"/adjustments/keep/{quote(key)}", act="must", firm="<b>r1</b>有限公司")
    assert anyway.status_code == 422 and "没有保存，企业留在原处" in said(anyway.text) and listed(app) == []
    for name, fault in {"没有这家": "没有找到这家企业", "": "请勾选或写明企业"}.items():
        answer = look(app, f"/adjustments/preview/{quote(key)}", act="must", firm=name)
        assert answer.status_code == 422 and fault in said(answer.text), name


def test_a_firm_that_was_moved_out_is_pulled_back_in(app: Flask) -> None:
    keep(app, "bar", member=["m1"])
    review_city.survey(app)
    form = BeautifulSoup(
        sign(stranger(app), "li").get(f"/adjustments/edit/{quote(market_group(app))}").text, "html.parser"
    )
    assert "m1" in [field["value"] for field in form.select("#act-must input[name=other]")]
    (act,) = acts(app)
    post(app, "/adjustments/undo", act=act)
    keep(app, "must", other=["m1"])
    review_city.survey(app)
    assert "m1" in members(app)


def test_what_makes_no_sense_is_refused_in_words(app: Flask) -> None:
    key = market_group(app)
    for form, fault in (({}, "请选一种调整方式"), ({"act": "x"}, "请选一种调整方式"), ({"act": "bar"}, "请勾选"),
                        ({"act": "out", "member": ["t01", "nobody"]}, "请勾选")):  # fmt: skip
        answer = post(app, f"/adjustments/keep/{quote(key)}", **form)
        assert answer.status_code == 422 and fault in said(answer.text), form
    assert post(app, "/adjustments/keep/nothing", act="lock").status_code == 404
    case = app.test_client().post(
        f"/suggestions/decide/{quote(key)}", data={"move": "accept", "name": "四海", "taken_on": "2025-12-01"}
    )
    assert case.status_code == 302
    assert "已经有人决定" in said(post(app, f"/adjustments/keep/{quote(key)}", act="lock").text)


def test_another_county_and_who_may_only_look_change_nothing(app: Flask) -> None:
    key = market_group(app)
    for login, status in (("zhao", 404), ("qian", 403)):
        for way, path in ((look, f"preview/{quote(key)}"), (post, f"keep/{quote(key)}")):
            assert way(app, f"/adjustments/{path}", login, act="lock").status_code == status, login
    keep(app, "lock")
    assert listed(app, "zhao") == [] and len(listed(app, "qian")) == 1
    (act,) = acts(app)
    assert post(app, "/adjustments/undo", "qian", act=act).status_code == 403
    post(app, "/adjustments/undo", "zhao", act=act)
    assert len(listed(app)) == 1
    for odd in ("", "decision:", "decision:2025", "x" * 300):
        assert post(app, "/adjustments/undo", act=odd).status_code == 302
    assert len(listed(app)) == 1


def test_a_rejected_suggestion_is_listed_with_its_reason_and_its_firms(app: Flask) -> None:
    key = market_group(app)
    app.test_client().post(
        f"/suggestions/decide/{quote(key)}", data={"move": "reject", "reason": "unwilling", "taken_on": "2025-12-01"}
    )
    review_city.survey(app)
    assert members(app) == set()
    page = BeautifulSoup(app.test_client().get("/adjustments").text, "html.parser")
    row = page.select_one("#refused tbody tr")
    assert row is not None and "多数企业不愿联合" in row.text and "m1" in row.text
    case = page.select_one("#refused tbody a")["href"]  # type: ignore[index]
    app.test_client().post(f"/suggestions/decide/{str(case).rpartition('/suggestions/')[2]}",
                           data={"move": "reopen", "note": "重新商量", "taken_on": "2025-12-02"})  # fmt: skip
    review_city.survey(app)
    assert members(app) == {f"m{n}" for n in range(1, 9)}


def test_the_proof_of_a_survey_is_stored_and_shown(app: Flask) -> None:
    found = survey(app)
    assert found.proof and all(0 <= each.gap < 0.02 for each in found.proof)
    with app.app_context(), session() as opened:
        kept = store.surveys.record(opened)
    assert kept is not None and kept.proof is not None
    assert kept.proof["options"]["min_workers"] == 25 and kept.proof["seconds"] >= 0
    page = said(app.test_client().get("/suggestions").text)
    assert "至少达到理论最优的" in page and "本次用时" in page
    mine = said(sign(stranger(app), "zhao").get("/suggestions").text)
    assert "东沟区" not in mine.partition("离最优有多远")[2].partition("镇级联合工会")[0]


def test_what_ticked_suggestions_lift_is_told_for_all_and_by_area(app: Flask) -> None:
    key, found = market_group(app), survey(app)
    text = said(app.test_client().get("/effect", query_string={"key": [key, key]}).text)
    eligible, covered = int(found.firms["eligible"].sum()), int(found.firms["covered"].sum())
    before, after = covered / eligible, (covered + 8) / eligible
    assert "勾选的 1 条建议办成后" in text and f"由 {before:.2%} 升到 {after:.2%}" in text
    nothing = app.test_client().get("/effect", query_string={"key": "gone"})
    assert nothing.status_code == 200 and "没有可算的建议" in said(nothing.text)
    coming = said(app.test_client().get("/effect?top=5&county=990101").text)
    assert "接下来的" in coming and "四海小商品市场" in coming
    assert app.test_client().get("/effect?top=7").status_code == 400


def test_places_for_a_federation_are_listed_and_given_as_a_file(app: Flask) -> None:
    page = app.test_client().get("/federations")
    assert page.status_code == 200 and "没有这样的地点" in said(page.text)
    assert app.test_client().get("/federations/list.xlsx").status_code == 200
    assert app.test_client().get("/federations?kind=village").status_code == 400
