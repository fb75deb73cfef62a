"""A suggestion from acceptance to approval and into the next survey, on both databases; rejected, it stays away."""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

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

EDITOR = Wish("li", "李干事", "editor", "990101")
OTHER = Wish("zhao", "赵干事", "editor", "990102")
MARKET = review_city.MARKET


@pytest.fixture
def app(server: Any, tmp_path: Path) -> Flask:
    """The city whose firms need a person, surveyed, in a database of each kind."""
    return review_city.loaded(tmp_path, server=server, people=(EDITOR, OTHER), form_tokens=False)


def decide(app: Flask, key: str, move: str, login: str | None = None, **form: Any) -> Any:
    client = app.test_client() if login is None else sign(stranger(app), login)
    path = "approve" if move in ("approve", "annul") else "decide"
    data = {"move": move, "taken_on": "2025-12-01", **form}
    return client.post(f"/suggestions/{path}/{quote(key)}", data=data)


def state(app: Flask, key: str) -> str:
    page = BeautifulSoup(app.test_client().get(f"/suggestions/{quote(key)}").text, "html.parser")
    return str(page.select_one("#decide .badge-a").text)


def member_keys() -> list[str]:
    return [f"m{n}" for n in range(1, 9)]


def test_from_suggestion_to_a_union_that_the_next_survey_counts(app: Flask) -> None:
    key, before = market_group(app), survey(app)
    assert before.firms.loc[member_keys(), "gap"].all()
    answer = decide(app, key, "accept", EDITOR.login, name="四海市场联合工会", hands="person:li", due_on="2999-01-01")
    assert answer.status_code == 302
    case = unquote(answer.headers["Location"]).rpartition("/suggestions/")[2]
    assert state(app, key) == state(app, case) == "筹备中"
    with app.app_context(), session() as opened:
        tasks = store.tasks.read(opened, store.CITY)
        assert sorted(tasks["subject"]) == member_keys() and set(tasks["person"]) == {"li"}
        steps = store.read(opened, "steps", store.CITY)
        assert set(steps["note"]) == {"列入联合建会：四海市场联合工会"} and steps["stage"].isna().all()
    assert decide(app, case, "approve", name="四海市场联合工会", document="工〔2025〕8号").status_code == 422
    assert decide(app, case, "advance", EDITOR.login, stage="P3").status_code == 302
    assert decide(app, case, "advance", EDITOR.login, stage="P5", counted="35").status_code == 302
    with app.app_context(), session() as opened:
        steps = store.read(opened, "steps", store.CITY)
        assert steps["stage"].value_counts().to_dict() == {"P3": 8, "P5": 8}
    assert decide(app, case, "approve", EDITOR.login, name="x", document="y").status_code == 403
    form = {"name": "四海市场联合工会", "document": "工〔2025〕8号", "counted": "35", "taken_on": "2025-12-20"}
    assert decide(app, case, "approve", **form, member=member_keys()[:7]).status_code == 302

    review_city.survey(app)
    after = survey(app)
    covered = after.firms.loc[member_keys()[:7]]
    assert covered["primary"].eq("joint").all() and covered["union_id"].nunique() == 1
    assert not after.firms.at["m8", "covered"], "who was not ticked is not covered"
    union = after.unions.loc[covered["union_id"].iloc[0]]
    assert union[["name", "kind", "county_code", "covered_firms", "covered_units", "members"]].tolist() == [
        "四海市场联合工会", "market", "990101", 7, 7, 35,
    ]  # fmt: skip
    assert (union["approved_on"].date(), union["approval_no"]) == (date(2025, 12, 20), "工〔2025〕8号")
    assert after.firms["covered"].sum() == before.firms["covered"].sum() + 7, "each firm counts once"
    assert len(after.unions) == len(before.unions) + 1 and union["flags"] == []
    doubles = {"two_joint", "own_and_joint", "two_own", "stage_behind_union", "built_by_stage_only"}
    assert not doubles & {flag for flags in covered["flags"] for flag in flags}
    assert not after.groups["place_id"].eq(MARKET).any()
    assert state(app, case) == "已批复"


def test_an_approval_entered_by_mistake_leaves_nothing(app: Flask) -> None:
    before = survey(app)
    case = accepted(app, "P3", "P5")
    assert (
        decide(app, case, "approve", name="四海市场联合工会", document="8号", member=member_keys()).status_code == 302
    )
    assert decide(app, case, "annul", note="录错了").status_code == 302
    assert state(app, case) == "筹备中"
    assert "筹备进展：P5" in app.test_client().get(f"/suggestions/{quote(case)}").text, "as before the approval"
    review_city.survey(app)
    after = survey(app)
    assert len(after.unions) == len(before.unions)
    assert after.firms["covered"].tolist() == before.firms["covered"].tolist()
    with app.app_context(), session() as opened:
        assert len(store.read(opened, "memberships", store.CITY)) == 1
        steps = store.read(opened, "steps", store.CITY)
        assert steps[steps["enterprise_id"].eq("m2")]["stage"].tolist()[-2:] == ["P0", "P5"]


def test_an_approval_without_a_firm_ticked_is_refused(app: Flask) -> None:
    case = accepted(app, "P3", "P5")
    refused = decide(app, case, "approve", name="四海市场联合工会", document="8号")
    assert refused.status_code == 422 and "只选了 0 家" in refused.text
    assert state(app, case) == "筹备中"
    with app.app_context(), session() as opened:
        assert list(store.read(opened, "memberships", store.CITY).index) == ["m1"]


def test_the_form_offers_the_stage_that_comes_next(app: Flask) -> None:
    case = accepted(app, "P3")
    page = BeautifulSoup(app.test_client().get(f"/suggestions/{quote(case)}").text, "html.parser")
    assert [each["value"] for each in page.select("#f-advance-stage option[selected]")] == ["P4"]


def test_a_committee_of_an_even_number_is_refused_and_a_planner_is_told_who_approves(app: Flask) -> None:
    case = accepted(app, "P3", "P5")
    page = f"/suggestions/{quote(case)}"
    refused = decide(app, case, "advance", stage="P6", counted="4")
    assert refused.status_code == 422 and "委员 4 人是双数；2016-10-09 起施行的规则要求单数" in refused.text
    assert decide(app, case, "advance", stage="P6", counted="5").status_code == 302
    told = BeautifulSoup(sign(stranger(app), "li").get(page).text, "html.parser").select_one("#next")
    assert told is not None and "由东沟区总工会批准" in told.text and "请市管理员在本页登记批复" in told.text


def test_a_bookmark_of_a_suggestion_leads_to_what_became_of_it(app: Flask) -> None:
    key = market_group(app)
    accepted(app)
    review_city.survey(app)
    found = app.test_client().get(f"/suggestions/{quote(key)}")
    assert found.status_code == 302 and "case%3A" in found.headers["Location"].replace(":", "%3A")
    other = app.test_client().get(f"/suggestions/{quote(key.replace('#1', '#7'))}")
    assert other.status_code == 404 and "这条建议已不再列出" in other.text
    assert app.test_client().get("/suggestions/nothing").status_code == 404


def accepted(app: Flask, *stages: str) -> str:
    answer = decide(app, market_group(app), "accept", name="四海市场联合工会")
    assert answer.status_code == 302
    case = str(unquote(answer.headers["Location"]).rpartition("/suggestions/")[2])
    for stage in stages:
        assert decide(app, case, "advance", stage=stage, counted="30", document="1号").status_code == 302
    return case


def test_a_survey_keeps_what_is_in_preparation_as_it_was_accepted(app: Flask) -> None:
    case = accepted(app)
    review_city.survey(app)
    found = survey(app)
    assert found.groups.loc[case, ["kind", "firms", "name"]].tolist() == ["market", 8, "四海市场联合工会"]
    assert set(found.firms.index[found.firms["group_id"].eq(case).fillna(False)]) == set(member_keys())
    page = app.test_client().get("/suggestions").text
    assert page.count("四海市场联合工会") >= 1 and "筹备中" in page


def test_what_is_rejected_is_not_proposed_again_until_that_is_taken_back(app: Flask) -> None:
    key = market_group(app)
    answer = decide(app, key, "reject", reason="unwilling", note="商户不同意")
    case = str(unquote(answer.headers["Location"]).rpartition("/suggestions/")[2])
    with app.app_context(), session() as opened:
        assert set(store.cases.steps(opened, case)["name"]) == {"四海小商品市场联合工会（拟）"}
    review_city.survey(app)
    found = survey(app)
    assert not found.groups["place_id"].eq(MARKET).any()
    assert set(found.firms.loc[member_keys(), "left_because"]) == {"R7"}
    client = app.test_client()
    assert case.replace(":", "%3A") in client.get("/suggestions?state=rejected").text or case in client.get(
        "/suggestions?state=rejected").text  # fmt: skip
    text = client.get(f"/suggestions/{quote(case)}").text
    assert "多数企业不愿联合" in text and "商户不同意" in text and "张三" in text
    assert decide(app, case, "reopen", note="重新征求了意见").status_code == 302
    review_city.survey(app)
    assert survey(app).groups["place_id"].eq(MARKET).any()


def test_changes_since_acceptance_are_told(app: Flask) -> None:
    case = accepted(app)
    with app.app_context(), session(write=True) as opened:
        firms = store.read(opened, "enterprises", store.CITY, keys=["m1", "m2"])
        store.write(opened, "enterprises", firms.assign(status=["closed", "active"], workers=[None, 40]))
    review_city.survey(app)
    text = app.test_client().get(f"/suggestions/{quote(case)}").text
    assert "决定之后有 2 家企业的情况变了" in text
    assert "已注销、迁出或不计入" in text and "职工已达 25 人" in text
    for stage in ("P3", "P5"):
        decide(app, case, "advance", stage=stage, counted="30")
    refused = decide(app, case, "approve", name="四海市场联合工会", document="8号", member=member_keys())
    assert refused.status_code == 422 and "1 家企业已注销、重复或已有工会覆盖" in refused.text


def test_another_county_neither_sees_nor_decides(app: Flask) -> None:
    key = market_group(app)
    case = accepted(app)
    client = sign(stranger(app), OTHER.login)
    for path in (key, case):
        assert client.get(f"/suggestions/{quote(path)}").status_code == 404
        assert decide(app, path, "withdraw", OTHER.login, note="x").status_code == 404
    assert "四海" not in client.get("/suggestions?state=all").text
    assert state(app, case) == "筹备中"


def test_what_is_refused_keeps_what_was_typed_and_says_why_in_both_languages(app: Flask) -> None:
    key = market_group(app)
    answer = decide(app, key, "reject", note="<b>还没想好</b>")
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("#f-reject-note")["value"] == "<b>还没想好</b>"
    assert page.select_one("#fault-reason").text == "没有填"
    assert decide(app, key, "fly").status_code == 422
    for form in ({"name": ""}, {"taken_on": "31/31/2025"}, {"taken_on": "2999-01-01"}):
        assert decide(app, key, "accept", **form).status_code == 422, form
    client = app.test_client()
    client.get("/language/en")
    answer = client.post(f"/suggestions/decide/{quote(key)}", data={"move": "reject", "taken_on": "2025-12-01"})
    assert "is missing" in answer.text
    assert state(app, key) == "建议"


def test_two_who_decide_at_once_cannot_both_hold(app: Flask) -> None:
    from app.store.cases import TakenError

    case = accepted(app)
    with app.app_context(), session(write=True) as opened:
        last = store.cases.steps(opened, case).iloc[-1].to_dict()
        with pytest.raises(TakenError):
            store.cases.record(opened, last, number=1)
        assert store.cases.record(opened, last, number=2).endswith(":0002")


def test_every_decision_is_in_the_record_with_who_and_what(app: Flask) -> None:
    from app.auth import audit

    case = accepted(app)
    with app.app_context(), session() as opened:
        found = audit.entries(opened, action="suggestion")
    assert found.iloc[0][["account", "target"]].tolist() == ["tester", case]
    assert found.iloc[0]["detail"] == {"move": "accept", "name": "四海市场联合工会"}


def test_clearing_the_sample_takes_what_was_tried_on_it_away(app: Flask) -> None:
    from app import imports
    from app.db import current

    case = accepted(app, "P3", "P5")
    assert (
        decide(app, case, "approve", name="四海市场联合工会", document="8号", member=member_keys()).status_code == 302
    )
    with app.app_context():
        imports.clear_sample(current())
        with session() as opened:
            assert len(store.read(opened, "case_steps", store.CITY)) == 0
            assert list(store.read(opened, "unions", store.CITY).index) == ["union:j"]
            assert list(store.read(opened, "memberships", store.CITY).index) == ["m1"]
