"""The learned segmenter: trained on a corpus that this test makes, and the model that ships."""

import sys
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import gazetteer
from geo.address import Component, Segmenter, parse
from geo.address.batches import LABELS
from geo.address.features import SIZES
from geo.address.lexicon import HashSet, pair_hash, text_hash
from geo.address.paths import best_paths
from geo.errors import FileRefused
from geo.frames import ALIASES, PLACES
from geo.gazetteer import Gazetteer
from geo.geocode import locate
from geo.io.divisions import read_aliases, read_divisions
from geo.io.geocoding import read_elsewhere
from geo.io.models import SEGMENTER, read_segmenter, save_segmenter
from geo.text import normalise

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
sys.path.append(str(ROOT / "scripts"))

from segmenter import corpus, training  # noqa: E402  (a package of the scripts, not of the program)
from segmenter.chain import Chain  # noqa: E402
from segmenter.recurrent import Pass  # noqa: E402
from segmenter.variations import varied  # noqa: E402

_CITIES = ("甲山市", "乙水市", "丙原市")
_ROADS = ("东风路", "青石街", "学府大道", "沿河路")
_HOUSES = ("银杏家园", "白塔", "金桥广场", "云栖")


def _written() -> str:
    """Return a corpus of invented addresses: one token and its label a line."""
    lines = []
    for k, (city, road, house) in enumerate(product(_CITIES, _ROADS, _HOUSES)):
        parts = ((city, "city"), (road, "road"), (f"{k + 3}", "roadno"), ("号", "roadno"), (house, "poi"))
        last = ""
        for words, label in parts:
            tokens = [words] if words.isdigit() else list(words)
            for token in tokens:
                lines.append(f"{token} {'I' if label == last else 'B'}-{label}")
                last = label
        lines.append("")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[corpus.Example]:
    path = tmp_path_factory.mktemp("corpus") / "train.txt"
    path.write_text(_written(), encoding="utf-8")
    return corpus.read_examples(path, DATA)


def _trained(examples: list[corpus.Example]) -> Segmenter:
    options = training.Fitting(least=2, state=24, epochs=40, rate=0.02, texts=16, hidden=(0.1, 0.1))
    return training.train(examples, HashSet.of([text_hash("白塔")]), options)


@pytest.fixture(scope="module")
def small(examples: list[corpus.Example]) -> Segmenter:
    return _trained(examples)


@pytest.fixture(scope="module")
def shipped() -> Segmenter:
    model = read_segmenter(DATA / SEGMENTER)
    assert model is not None
    return model


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    aliases = pd.concat([read_aliases(DATA / "divisions" / "nantong_aliases.csv"), read_elsewhere(DATA / "words")])
    return gazetteer.build(read_divisions(DATA / "divisions" / "nantong.csv"), ALIASES.conform(aliases), PLACES.empty())


def labelled(model: Segmenter, raw: str) -> str:
    text = normalise(raw).text
    found = model.label([text], [parse(text).components])[0]
    return " ".join(f"{text[start:end]}/{label}" for label, start, end in found)


def test_the_same_corpus_gives_the_same_bytes(examples: list[corpus.Example], small: Segmenter, tmp_path: Path) -> None:
    save_segmenter(small, tmp_path / "one.npz")
    save_segmenter(_trained(examples), tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_what_was_taught_is_known(examples: list[corpus.Example], small: Segmenter) -> None:
    answers = small.label([e.normal.text for e in examples], [e.hints for e in examples])
    assert [tuple(answer) for answer in answers] == [example.gold for example in examples]
    assert labelled(small, "乙水市沿河路77号云栖") == "乙水市/city 沿河路/road 77号/roadno 云栖/poi"


def test_a_model_holds_no_text(small: Segmenter, tmp_path: Path) -> None:
    arrays = small.to_arrays()
    assert {name for name, array in arrays.items() if array.dtype.kind in "OSU"} == {"labels"}


def test_a_model_comes_back_from_its_file_as_it_was(
    examples: list[corpus.Example], small: Segmenter, tmp_path: Path
) -> None:
    save_segmenter(small, tmp_path / "m.npz")
    again = read_segmenter(tmp_path / "m.npz")
    assert again is not None
    texts, hints = [e.normal.text for e in examples], [e.hints for e in examples]
    assert again.label(texts, hints) == small.label(texts, hints)


def test_without_a_model_there_is_none(tmp_path: Path) -> None:
    assert read_segmenter(tmp_path / "none.npz") is None


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_damaged_model_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        read_segmenter(tmp_path / "m.npz")
    assert refused.value.code == "MODEL_UNREADABLE"


def test_a_model_of_other_labels_is_refused(small: Segmenter, tmp_path: Path) -> None:
    with (tmp_path / "m.npz").open("wb") as file:
        np.savez(file, **{**small.to_arrays(), "labels": np.array(["road"])})
    with pytest.raises(FileRefused):
        read_segmenter(tmp_path / "m.npz")


def test_the_best_path_is_the_best_of_all() -> None:
    random = np.random.default_rng(7)
    count = 3
    for size in (1, 2, 4):
        scores = random.integers(-20, 20, (size, 2 * count))
        moves, stays = random.integers(-9, 9, (count, count)), random.integers(-9, 9, (2, count))
        opening, closing = random.integers(-9, 9, count), random.integers(-9, 9, 2 * count)

        def worth(path: tuple[int, ...], scores=scores, moves=moves, stays=stays, o=opening, c=closing) -> float:
            if path[0] % 2:
                return -np.inf
            total = o[path[0] // 2] + c[path[-1]] + sum(scores[k, state] for k, state in enumerate(path))
            for before, after in pairwise(path):
                if after % 2 and before // 2 != after // 2:
                    return -np.inf
                total += stays[before % 2, after // 2] if after % 2 else moves[before // 2, after // 2]
            return total

        small = [part.astype(np.int32) for part in (moves, stays, opening, closing)]
        found = best_paths(scores, np.array([0, size]), *small)
        every = product(range(2 * count), repeat=size)
        assert worth(tuple(found.tolist())) == max(map(worth, every))


def test_a_set_of_hashes_holds_what_it_was_given() -> None:
    inside = [text_hash(f"名{k}") for k in range(20_000)]
    outside = np.array([pair_hash(f"名{k}", "某县") for k in range(20_000)], dtype=np.uint64)
    known = HashSet.of(inside)
    assert known.holds(np.array(inside, dtype=np.uint64)).mean() > 0.99
    assert known.holds(outside).mean() < 0.002


def test_the_model_that_ships_is_small(shipped: Segmenter) -> None:
    assert (DATA / SEGMENTER).stat().st_size < 2_000_000


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (
            "浙江省嘉兴市海宁市斜桥镇庆云村12号",
            "浙江省/prov 嘉兴市/city 海宁市/district 斜桥镇/town 庆云村/community 12号/roadno",
        ),
        (
            "安徽省合肥市蜀山区长江西路200号置地广场B座12楼",
            "安徽省/prov 合肥市/city 蜀山区/district 长江西路/road 200号/roadno 置地广场/poi B座/houseno 12楼/floorno",
        ),
        ("苏州市吴江区盛泽镇西二环路1188号", "苏州市/city 吴江区/district 盛泽镇/town 西二环路/road 1188号/roadno"),
        ("翡翠花园9幢2单元301室", "翡翠花园/poi 9幢/houseno 2单元/cellno 301室/roomno"),
    ],
)
def test_addresses_of_other_cities(raw: str, parts: str, shipped: Segmenter) -> None:
    assert labelled(shipped, raw) == parts


def test_gradients_are_those_of_the_loss() -> None:
    random = np.random.default_rng(1)
    sizes, options = np.array([5, 3, 3, 1]), training.Fitting(state=8)
    first = np.concatenate(([0], np.cumsum(sizes)))
    tables = (30, 20, *SIZES)
    network, chain = training.drawn(tables, options, random)
    columns = [random.integers(0, size, 12) for size in tables]
    gold = random.integers(0, len(LABELS), 12) * 2

    def run() -> tuple[Pass, tuple[Chain, np.ndarray, float]]:
        over = Pass.over(network, columns, first, (0.0, 0.0), np.random.default_rng(0))
        return over, chain.gradient(over.scores, gold, sizes)

    over, (slope, by_token, _) = run()
    assert np.allclose(network.scores(columns, first), over.scores, atol=1e-5)
    told = [*training.parts(over.gradient(by_token)), *training.parts(slope)]
    for weight, by_weight in zip([*training.parts(network), *training.parts(chain)], told, strict=True):
        at = np.unravel_index(np.abs(by_weight).argmax(), by_weight.shape)
        losses = []
        for step in (0.01, -0.02):
            weight[at] += step
            losses.append(run()[1][2])
        weight[at] += 0.01
        assert (losses[0] - losses[1]) / 0.02 == pytest.approx(float(by_weight[at]), rel=0.02, abs=1e-3)


def test_swapped_names_keep_their_labels() -> None:
    rows = [
        (
            "浙江省嘉兴市海宁市斜桥镇东风路9号",
            _spans("浙江省/prov 嘉兴市/city 海宁市/district 斜桥镇/town 东风路/road 9号/roadno"),
        ),
        ("青石街12号银杏家园", _spans("青石街/road 12号/roadno 银杏家园/poi")),
    ]
    land = [{"prov": "江苏省", "city": "南通市", "district": "如东县", "town": "曹埠镇"}]
    (first, one), (second, two) = varied(rows, land, 1.0, seed=3)
    assert first in ("江苏省南通市如东县曹埠镇东风路9号", "江苏省南通市如东县曹埠镇青石街9号")
    assert [first[start:end] for _, start, end in one][:4] == ["江苏省", "南通市", "如东县", "曹埠镇"]
    assert [label for label, _, _ in two] == ["road", "roadno", "poi"]
    assert second.endswith("12号银杏家园")
    assert list(varied(rows, land, 1.0, seed=3)) == [(first, one), (second, two)], "the same seed, the same rows"


def _spans(told: str) -> tuple[Component, ...]:
    found: list[Component] = []
    for piece in told.split():
        words, _, label = piece.partition("/")
        start = found[-1][2] if found else 0
        found.append((label, start, start + len(words)))
    return tuple(found)


def test_components_that_are_sure_stand(shipped: Segmenter) -> None:
    text = normalise("海宁市斜桥镇庆云村12号").text
    sure: list[Component] = [("town", 3, 8)]
    (found,) = shipped.label([text], [parse(text).components], [sure])
    assert ("town", 3, 8) in found


def test_signs_part_components(shipped: Segmenter) -> None:
    text = normalise("福寿路（宏坝居委会办公楼内）").text
    (found,) = shipped.label([text], [parse(text).components])
    assert not any(set("()") & set(text[start:end]) for _, start, end in found)


_ANY = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="南通市区镇村路街号幢室楼层组栋东西中一二十百０8ABc-、（）,. 〇", max_size=30),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_ANY, min_size=1, max_size=8))
def test_any_text_is_cut_in_order_within_itself(shipped: Segmenter, raws: list[str]) -> None:
    texts = [normalise(raw).text for raw in raws]
    found = shipped.label(texts, [parse(text).components for text in texts])
    assert found == [shipped.label([text], [parse(text).components])[0] for text in texts], (
        "texts do not depend on others"
    )
    for text, components in zip(texts, found, strict=True):
        spans = [(start, end) for _, start, end in components]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


@settings(max_examples=60, deadline=None)
@given(st.lists(_ANY, min_size=1, max_size=8))
def test_rows_show_components_of_the_text_as_written(names: Gazetteer, shipped: Segmenter, raws: list[str]) -> None:
    found = locate(pd.DataFrame({"address": raws}), names, segmenter=shipped)
    folded = pd.DataFrame({"address": [normalise(raw).text for raw in raws]})
    again = locate(folded, names, segmenter=shipped)
    for raw, text, parts, same in zip(raws, folded["address"], found["components"], again["components"], strict=True):
        assert all(words == raw[start:end] for _, words, start, end in parts)
        assert all(before[3] <= after[2] for before, after in pairwise(parts))
        norm = normalise(raw)
        expected = [[label, *norm.span(start, end)] for label, _, start, end in same]
        assert [[label, start, end] for label, _, start, end in parts] == expected, (raw, text)


def test_only_components_and_their_reason_come_from_the_model(names: Gazetteer, shipped: Segmenter) -> None:
    addresses = ["崇川区人民中路9号", "浙江省温岭市牧屿沈桥村沈工机床", "观音山镇居委二组", "无", None, 7]
    frame = pd.DataFrame({"address": addresses}, dtype="object")
    without, given = locate(frame, names), locate(frame, names, segmenter=shipped)
    others = [column for column in without.columns if column not in ("components", "reasons")]
    pd.testing.assert_frame_equal(without[others], given[others])
    for before, after, was, now in zip(
        without["reasons"], given["reasons"], without["components"], given["components"], strict=True
    ):
        assert (["PARSED_BY_MODEL", {}] in after) == (was != now)
        assert [reason for reason in after if reason[0] != "PARSED_BY_MODEL"] == before
    assert given["components"][1] != without["components"][1]


def test_names_of_the_city_are_not_asked_of_the_model(names: Gazetteer, shipped: Segmenter) -> None:
    frame = pd.DataFrame({"address": ["南通市通州区金沙街道", "如皋市江安镇", "海门区三厂街道"]})
    without, given = locate(frame, names), locate(frame, names, segmenter=shipped)
    pd.testing.assert_frame_equal(without, given)
