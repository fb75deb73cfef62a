"""Code lists: complete, in both languages, and every code that the stages use has its phrase."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

from geo.errors import RuleError
from geo.io.codes import CodeBook, read_codes

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "data" / "codes"
FORM = [str(n) for n in (110, 120, 130, 140, 151, 159, 161, 169, 170, 190, 200, 300, 400, 500, 600, 700)]


@pytest.fixture(scope="module")
def book() -> CodeBook:
    return read_codes(CODES)


def codes(book: CodeBook, *kinds: str) -> set[str]:
    return {code for kind in kinds for code in book[kind].codes}


def test_every_code_has_a_phrase_in_chinese_and_in_english(book: CodeBook) -> None:
    for listed in book.values():
        assert listed.zh, listed.kind
        assert listed.en, listed.kind
        for code in listed.values():
            assert re.search(r"[\u4e00-\u9fff]|[A-Z]{2}", code.zh), (listed.kind, code.code)
            assert not re.search(r"[\u4e00-\u9fff]", code.en), (listed.kind, code.code)
            assert bool(code.say_zh) == bool(code.say_en), (listed.kind, code.code)


def test_both_sentences_of_a_code_need_the_same_figures(book: CodeBook) -> None:
    names = lambda text: {name for _, name, _, _ in Formatter().parse(text) if name is not None}  # noqa: E731
    for listed in book.values():
        for code in listed.values():
            assert names(code.say_zh) >= names(code.say_en), (listed.kind, code.code)
            assert names(code.say_en) >= names(code.say_zh), (listed.kind, code.code)


def test_lists_of_the_registration_form_are_complete(book: CodeBook) -> None:
    assert list(book["sector"].codes) == [f"{number:02}" for number in range(1, 21)]
    assert "".join(code.facts["section"] for code in book["sector"].values()) == "ABCDEFGHIJKLMNOPQRST"
    assert list(book["ownership"].codes) == FORM
    outside = [code.code for code in book["ownership"].values() if not code.facts["enterprise"]]
    assert outside == ["400", "500", "600", "700"]


def test_no_code_stands_twice_in_a_file() -> None:
    class Strict(yaml.SafeLoader):
        """Refuses a key that stands twice, which YAML would silently overwrite."""

    def unique(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict:
        keys = [loader.construct_object(key) for key, _ in node.value]
        doubles = {key for key in keys if keys.count(key) > 1}
        assert not doubles, doubles
        return {loader.construct_object(k): loader.construct_object(v, deep=True) for k, v in node.value}

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, unique)
    for path in (*CODES.glob("*.yaml"), *(ROOT / "data" / "rules").glob("*.yaml")):
        yaml.load(path.read_text(encoding="utf-8"), Strict)


# --- what the contract between the stages and the stages themselves use -----------------------------------

NOTES = {  # column of geo.frames -> lists that hold its codes
    "DIVISIONS.level": ("place_kind",),
    "ALIASES.kind": ("alias_kind",),
    "OUTLINES.level": ("place_kind",),
    "PLACES.kind": ("place_kind",),
    "PLACES.origin": ("origin",),
    "PLACES.zone_level": ("zone_level",),
    "ENTERPRISES.status": ("status",),
    "UNIONS.kind": ("union_kind",),
    "UNIONS.womens_body": ("womens_body",),
    "UNIONS.chair_election": ("chair_election",),
    "UNIONS.home_grade": ("home_grade",),
    "MEMBERSHIPS.member_kind": ("member_kind",),
    "DECISIONS.kind": ("decision_kind",),
    "LOCATIONS.level": ("level",),
    "LOCATIONS.status": ("location_status",),
    "LINKS.member_kind": ("member_kind",),
    "LINKS.role": ("link_role",),
    "LINKS.method": ("link_method",),
    "LINKS.status": ("link_status",),
    "COVERAGE.excluded_because": ("excluded", "reason"),
    "COVERAGE.primary": ("primary",),
    "COVERAGE.size_class": ("size_class",),
    "COVERAGE.path": ("path",),
    "GROUPS.kind": ("group_kind",),
}


@pytest.mark.parametrize("column", NOTES)
def test_the_codes_that_the_contract_names_have_phrases(book: CodeBook, column: str) -> None:
    import geo.frames

    frame, _, name = column.partition(".")
    note = getattr(geo.frames, frame).columns[name].note
    named = {part.strip() for part in re.split(r"[·;]", re.sub(r"\(.*?\)|^[^·]*?: ", "", note))}
    words = {word.split(",")[0].split(" ")[0] for word in named} - {"reason", "NA", "zones", "R07-R11"}
    assert words, note
    assert words <= codes(book, *NOTES[column]), words - codes(book, *NOTES[column])


def strings(*folders: str) -> set[str]:
    """Every text constant in the code below some folders or files of geo, without docstrings."""
    found: set[str] = set()
    for folder in folders:
        place = ROOT / "geo" / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            constants = (
                node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documents
            )
            found |= {node.value for node in constants if isinstance(node.value, str)}
    return found


def evidence(*folders: str) -> set[str]:
    """First items of the pairs ``[code, {detail}]`` in the code below some folders."""
    found: set[str] = set()
    for folder in folders:
        place = ROOT / "geo" / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                pair = isinstance(node, ast.List) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict)
                if pair and isinstance(node.elts[0], ast.Constant):
                    found.add(node.elts[0].value)
    return found


CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
NO_CODES = {
    "FAULT_COLUMNS",
    "LEFT_CODES",
    "CELL_ERROR",
    "FIGURES",
    "KINDS",
    "UNPLACED",
    "GAZETTEER",
    "FACTS",
    "BARE_ZONES",
}
"""Names that modules export, not codes."""


def test_every_fault_of_an_import_has_a_phrase(book: CodeBook) -> None:
    used = {text for text in strings("registry", "io", "datum", "text/codes") if CAPITALS.fullmatch(text)} - NO_CODES
    assert len(used) > 50
    missing = {code for code in used if code not in codes(book, "fault", "refusal") and not hasattr_of_registry(code)}
    assert missing == set()


def hasattr_of_registry(name: str) -> bool:
    """Whether a capital name is a constant that geo.registry or geo.io exports rather than a code."""
    import geo.io
    import geo.registry

    return hasattr(geo.registry, name) or hasattr(geo.io, name)


def test_every_evidence_of_a_location_has_a_phrase(book: CodeBook) -> None:
    used = evidence("geocode", "places")
    used |= {text for text in strings("geocode") if CAPITALS.fullmatch(text)} - NO_CODES
    assert "COUNTY_NAMED" in used
    assert used - codes(book, "location_reason") - codes(book, "refusal") == set()


def test_every_reason_of_a_link_has_a_phrase(book: CodeBook) -> None:
    used = evidence("linkage")
    assert "several_firms" in used
    assert used - codes(book, "link_reason") == set()


def test_every_reason_of_a_group_has_a_phrase(book: CodeBook) -> None:
    used = evidence("joint")
    assert "same_place" in used
    assert used - codes(book, "group_reason", "group_caution", "left_because") == set()


def test_every_figure_rate_and_basis_has_a_phrase(book: CodeBook) -> None:
    from geo.coverage import RATES
    from geo.gaps import FIGURES, KINDS

    assert {rate.name for rate in RATES} <= codes(book, "rate")
    assert {rate.basis for rate in RATES} <= codes(book, "basis")
    assert {part for rate in RATES for part in (rate.part, rate.whole)} <= codes(book, "figure")
    assert set(FIGURES) <= codes(book, "figure")
    assert set(KINDS) <= codes(book, "place_kind")


def test_every_flag_has_a_phrase(book: CodeBook) -> None:
    tree = ast.parse((ROOT / "geo" / "coverage" / "flags.py").read_text(encoding="utf-8"))
    for function, kind in (("of_firms", "firm_flag"), ("of_unions", "union_flag")):
        body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
        facts = next(
            node.value for node in ast.walk(body) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        )
        used = {key.value for key in facts.keys if isinstance(key, ast.Constant)}
        assert used
        assert used <= codes(book, kind), used - codes(book, kind)


def test_steps_datums_and_left_codes_have_phrases(book: CodeBook) -> None:
    from geo.datum import Datum, PositionFault
    from geo.joint import LEFT_CODES
    from geo.rules import Mark, Strength
    from geo.survey import STAGES

    assert set(STAGES) <= codes(book, "stage_of_survey")
    assert set(Datum) <= codes(book, "datum")
    assert set(PositionFault) - {""} <= codes(book, "fault")
    assert set(LEFT_CODES) <= codes(book, "left_because")
    assert set(Mark) <= codes(book, "mark")
    assert set(Strength) <= codes(book, "strength")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("level: {zh: 级, en: level, codes: {a: [甲, {b: c}]}}", "is not .Chinese, English."),
        ("level: [", "is not YAML"),
        ("level: {zh: 级, en: level, codes: {a: {zh: 甲}}}", "a lacks a phrase"),
        ("level: {zh: 级, en: level, codes: {a: [甲]}}", "level: "),
        ("level: {codes: {}}", "'zh'"),
        ("- level", "holds no code lists"),
    ],
)
def test_a_faulty_list_is_named_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "level.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=fault):
        read_codes(tmp_path)


def test_one_kind_cannot_stand_in_two_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("level: {zh: 级, en: level, codes: {x: [甲, a]}}", encoding="utf-8")
    with pytest.raises(RuleError, match="stands in two files"):
        read_codes(tmp_path)
