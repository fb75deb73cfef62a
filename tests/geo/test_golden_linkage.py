"""The hand-labelled pairs of records: no wrong automatic link, and how many of the right ones are found."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from invented import DATA, decisions

from geo import gazetteer
from geo.frames import ALIASES, ENTERPRISES, PLACES
from geo.geocode import locate
from geo.io.divisions import read_aliases, read_divisions
from geo.linkage import LinkOptions, Query, match, pair_key, prepare, region_words, same
from geo.registry.marks import person_mark, phone_mark
from geo.text import read_register_code, read_registration_number

GOLDEN = Path(__file__).parents[1] / "golden" / "linkage.yaml"
COUNTIES = {
    "崇川": "320613", "通州": "320612", "海门": "320614", "如东": "320623", "启东": "320681", "如皋": "320682",
    "海安": "320685",
}  # fmt: skip
OWNS = "鼎昊 瑞驰 凯越 铭扬 博晟 腾辉 裕泰 盈科 汇丰 嘉禾 立邦 宝诚 鸿达 恒昌 兴隆 华盛 金马 银河 永固 天元 远大 安泰 顺发 万隆 正阳 国泰 民生 新亚 四方 三联".split()  # noqa: E501, SIM905
TRADES = "纺织品 纺织 织造 家纺 服饰 服装 绣品 印染 丝绸 机械制造 机械 机电 电子科技 电子 电器 五金 塑料制品 包装 建材 建筑工程 建设工程 装饰工程 贸易 商贸 进出口 物流 运输 食品 水产 农业科技 化工 医药 医疗器械 生物科技 环保设备 钢结构 船舶工程 汽车销售 物业管理 房地产开发 咨询 文化传播 信息技术 人力资源 劳务派遣 农机 印务 家具 玩具 工具".split()  # noqa: E501, SIM905
"""Firms that stand around: a register of their own words and trades, so that it knows what firms are called."""


def load() -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    return [tuple(row) for row in yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))]


PAIRS = load()


def record(said: dict[str, Any]) -> dict[str, Any]:
    code = read_register_code(said.get("c"))
    return {
        "name": said["n"],
        "uscc": code.value,
        "org_code": code.org_code,
        "reg_no": read_registration_number(said.get("c")).value,
        "former_names": said.get("f"),
        "phone_mark": phone_mark(said.get("p")),
        "person_mark": person_mark(said.get("r")),
        "established": said.get("d"),
        "address": said.get("a"),
        "county": COUNTIES.get(said.get("k", "")),
    }


@cache
def city() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """All records and where they are: those of the pairs, and some 1,500 firms that stand around."""
    rows = {
        f"{side}{n:03}": record(pair[place]) for n, pair in enumerate(PAIRS) for side, place in (("l", 2), ("r", 3))
    }
    towns = list(COUNTIES.values())
    for n, (own, trade) in enumerate((own, trade) for own in OWNS for trade in TRADES):
        rows[f"x{n:04}"] = {
            "name": f"南通{own}{trade}有限公司",
            "uscc": f"9{n:07}{n:09}X",
            "county": towns[n % len(towns)],
        }
    table = pd.DataFrame.from_dict(rows, orient="index").astype("object")
    table = table.where(table.notna(), None)
    divisions = read_divisions(DATA / "divisions" / "nantong.csv")
    aliases = [read_aliases(DATA / folder) for folder in ("divisions/nantong_aliases.csv", "words/elsewhere.csv")]
    known = ALIASES.conform(pd.concat(aliases))
    firms = ENTERPRISES.conform(table.drop(columns="county"))
    taught = gazetteer.learn(firms["address"], gazetteer.build(divisions, known, PLACES.empty()))
    names = gazetteer.build(divisions, known, taught.places, facts=taught.facts)
    located = locate(firms, names)
    located["county_code"] = table["county"].fillna(located["county_code"])
    return firms, located, region_words(divisions, known)


@cache
def told() -> dict[int, tuple[str, Any]]:
    """Status and reasons of each pair, ``apart`` where the survey tells nothing of it."""
    firms, located, words = city()
    register = prepare(firms.assign(county_code=located["county_code"]), words)
    pairs = same(firms, located, register=register, decisions=decisions(), options=LinkOptions())
    found = {}
    for n in range(len(PAIRS)):
        key = pair_key(f"l{n:03}", f"r{n:03}")
        found[n] = (str(pairs.at[key, "status"]), pairs.at[key, "reasons"]) if key in pairs.index else ("apart", [])
    return found


def test_there_are_enough_pairs_of_every_kind() -> None:
    labels = Counter(pair[0] for pair in PAIRS)
    assert len(PAIRS) >= 300
    assert min(labels["same"], labels["different"]) >= 120
    assert set(labels) == {"same", "different", "review"}


@pytest.mark.parametrize("label", ["different", "review"])
def test_no_wrong_pair_is_joined(label: str) -> None:
    wrong = [
        (PAIRS[n][2], PAIRS[n][3], why)
        for n, (status, why) in told().items()
        if status == "auto" and PAIRS[n][0] == label
    ]
    assert wrong == []


def test_the_right_pairs_are_found() -> None:
    status = Counter(told()[n][0] for n, pair in enumerate(PAIRS) if pair[0] == "same")
    assert status["auto"] / status.total() >= 0.80
    assert (status["auto"] + status["review"]) / status.total() >= 0.94


def test_what_only_asking_can_tell_is_never_joined_and_half_of_it_is_proposed() -> None:
    status = Counter(told()[n][0] for n, pair in enumerate(PAIRS) if pair[0] == "review")
    assert status["auto"] == 0
    assert status["review"] / status.total() >= 0.45


def test_a_list_of_names_is_linked_without_a_wrong_automatic_link() -> None:
    """The same pairs as a union's list sees them: name, code and county against the register."""
    firms, located, words = city()
    listed = firms.index.str.startswith("l")
    register = prepare(firms[~listed].assign(county_code=located["county_code"][~listed]), words)
    wrong, right, total = [], 0, 0
    for n, (label, _tags, left, _right) in enumerate(PAIRS):
        code = read_register_code(left.get("c"))
        found = match(
            Query(left["n"], code.value or code.org_code, COUNTIES.get(left.get("k", ""))),
            register,
            options=LinkOptions(),
        )
        key = register.keys[found.row] if found.row is not None else None
        told_by_name = left["n"] != _right["n"]  # a list knows no person, telephone or address
        if label == "different" and told_by_name and found.status == "auto" and key == f"r{n:03}":
            wrong.append((left, _right, found.reasons))
        if label == "same":
            total += 1
            right += key == f"r{n:03}" and found.status in ("auto", "review")
            assert found.status != "auto" or key == f"r{n:03}", (left, key)
    assert wrong == []
    assert right / total >= 0.9


def test_every_pair_that_is_joined_or_proposed_says_why() -> None:
    assert all(why for status, why in told().values() if status != "apart")
