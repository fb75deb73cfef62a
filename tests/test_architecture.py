"""The house rules that a machine can check: who may open files, read clocks, speak outside addresses."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP = {"app", "geo", "data", "templates", "scripts", "tests", "requirements.txt", "README.md"}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def tracked(*patterns: str) -> list[Path]:
    """Files that git tracks (or would track) and that match the patterns."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for line in listing.stdout.splitlines() if (path := ROOT / line).is_file()]


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call in a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def core_files() -> list[Path]:
    return tracked("geo/*.py")


def test_top_level_is_the_agreed_one() -> None:
    assert {name for name in TOP if (ROOT / name).exists()} == TOP


def test_only_geo_io_opens_files() -> None:
    opening = re.compile(
        r"(^|\.)(open|read_text|read_bytes|write_text|write_bytes|read_csv|read_excel|read_file|to_csv)$"
    )
    faults = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in core_files()
        if "io" not in path.relative_to(ROOT).parts
        for line, name in calls(path)
        if opening.search(name) and not name.startswith("cells.")  # geo.registry.cells reads values, not files
    ]
    assert faults == []


def test_the_core_reads_no_clock_and_rolls_no_dice() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in core_files()
        for line, name in calls(path)
        if (name.rpartition(".")[2] in CLOCKS and name.startswith(("date.", "datetime.", "time.", "pd.Timestamp.")))
        or name.startswith(("random.", "uuid.", "secrets.", "np.random.", "numpy.random."))
    ]
    assert faults == []


def test_every_imported_package_is_pinned() -> None:
    pinned = {
        line.partition("==")[0].lower() for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line
    }
    homes = packages_distributions()
    roots = {
        name.partition(".")[0]
        for path in tracked("geo/*.py", "app/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported(node)
    }
    outside = roots - set(sys.stdlib_module_names) - {"geo", "app"}
    assert {name for name in outside if not {home.lower() for home in homes.get(name, [])} & pinned} == set()


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []


def test_modules_are_nouns() -> None:
    assert [p for p in tracked("*.py") if BANNED_NAMES & {part.removesuffix(".py") for part in p.parts}] == []


@pytest.mark.parametrize("folder", ["geo", "app"])
def test_every_module_says_what_it_is(folder: str) -> None:
    empty = [
        str(path.relative_to(ROOT))
        for path in tracked(f"{folder}/*.py")
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert empty == []


def test_pages_load_nothing_from_outside() -> None:
    outside = re.compile(
        r"""(src|href|action)\s*=\s*["']?(https?:)?//|url\(\s*["']?(https?:)?//|@import\s+["']?https?:""", re.I
    )
    files = [p for p in tracked("templates", "app/static") if p.suffix in {".html", ".css", ".js", ".svg", ".xml"}]
    faults = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if outside.search(line)
    ]
    assert faults == []


def test_no_third_party_code_or_font_is_committed() -> None:
    kinds = {".woff", ".woff2", ".ttf", ".otf", ".min.js", ".whl"}
    assert [p for p in tracked("*") if any(p.name.endswith(kind) for kind in kinds)] == []


def test_templates_never_switch_escaping_off() -> None:
    # The one place that may mark text as safe is the map renderer, which escapes names itself.
    faults = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in tracked("templates")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\|\s*safe\b|autoescape\s+false", line)
    ]
    assert faults == []


def test_commands_and_scripts_are_executable() -> None:
    for name in ("scripts/run", "scripts/test", ".ci/run"):
        path = ROOT / name
        assert path.stat().st_mode & 0o111, name
        assert path.read_text(encoding="utf-8").startswith("#!"), name


def test_ruff_reads_scripts_whose_names_have_no_ending() -> None:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["extend-include"]
    ours = [path for path in tracked("scripts") if not path.suffix and b"python" in path.read_bytes()[:40]]
    assert ours
    assert not [path for path in ours if not any(path.relative_to(ROOT).match(pattern) for pattern in read)]
