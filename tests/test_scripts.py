"""Set-up in states that a machine can be in: each is mended, or told in one sentence with exit status 2."""

import errno
import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "scripts"))

import situations
import steps


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of the project's, with npm's packages there."""
    (tmp_path / "package.json").write_text('{"atlas": {"assets": {"a/b.js": "b/*.js"}}}', encoding="utf-8")
    (tmp_path / "node_modules" / "b").mkdir(parents=True)
    (tmp_path / "node_modules" / "b" / "b.js").write_text("1")
    (tmp_path / "static").mkdir()
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "VENDOR", tmp_path / "static" / "vendor")
    monkeypatch.setattr(steps, "MARKS", tmp_path / "marks")
    monkeypatch.setattr(steps, "npm", lambda: [sys.executable, "-c", ""])
    return tmp_path


@pytest.mark.parametrize("state", ["nothing", "folder", "link", "dead link"])
def test_browser_libraries_take_the_place_of_whatever_is_there(place: Path, state: str) -> None:
    elsewhere, vendor = place / "elsewhere", place / "static" / "vendor"
    if state == "folder":
        vendor.mkdir()
        (vendor / "old.js").write_text("0")
    elif state != "nothing":
        vendor.symlink_to(elsewhere)
    if state == "link":
        elsewhere.mkdir()
        (elsewhere / "kept.js").write_text("0")
    steps.assets()
    assert [path.relative_to(vendor).as_posix() for path in vendor.rglob("*.js")] == ["a/b.js"]
    assert not vendor.is_symlink()
    assert state != "link" or (elsewhere / "kept.js").exists(), "what is elsewhere is not ours"


def test_a_step_is_done_once_until_what_it_reads_changes(place: Path) -> None:
    done, read = [], place / "package.json"
    for text in ("one", "one", "two", "two"):
        read.write_text(text)
        steps.step("s", [read], lambda: done.append(1))
    assert len(done) == 2


def test_a_step_that_failed_is_done_again(place: Path) -> None:
    def fail() -> None:
        raise situations.SetupError("no")

    with pytest.raises(situations.SetupError):
        steps.step("s", [place / "package.json"], fail)
    done: list[int] = []
    steps.step("s", [place / "package.json"], lambda: done.append(1))
    assert done == [1]


def test_of_things_done_at_once_each_is_finished_and_a_failure_told() -> None:
    ended = []

    def fail() -> None:
        raise situations.SetupError("no network")

    def slow() -> None:
        time.sleep(0.05)
        ended.append(1)

    with pytest.raises(situations.SetupError, match="no network"):
        steps.together(fail, slow)
    assert ended == [1]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("Could not fetch URL https://x", "联网"),
        ("npm ERR! code ENOSPC", "磁盘已满"),
        ("Error: [Errno 13] Permission denied: '/x/.venv'", "没有写入权限"),
        ("SELF_SIGNED_CERT_IN_CHAIN", "证书"),
        ("ERROR: something odd\nmore", "something odd"),
    ],
)
def test_what_a_failed_command_says_becomes_one_sentence(output: str, words: str) -> None:
    told = situations.explain("pip", output)
    assert words in told and "\n" not in told


@pytest.mark.parametrize(("number", "words"), [(errno.EACCES, "/x/y"), (errno.EROFS, "写入"), (errno.ENOSPC, "磁盘")])
def test_a_disk_that_is_full_or_closed_is_told(number: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise OSError(number, "no", "/x/y")

    assert situations.guarded(fail) == 2
    told = capsys.readouterr().err
    assert words in told and "Traceback" not in told
