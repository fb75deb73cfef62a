"""The documents tell the truth: every command, option, file and setting that they name exists."""

import re
import shlex
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "DESIGN.md", "data/README.md", "docs/api.md"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def flask_lines() -> list[str]:
    """Every `flask --app app …` line of the README's code blocks, without its comment."""
    blocks = re.findall(r"```sh\n(.*?)```", text_of("README.md"), re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if "flask --app app " in line]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text_of(name))
    missing = [t for t in targets if "://" not in t and not (ROOT / name).parent.joinpath(t).exists()]
    assert missing == []


@cache
def commands() -> click.Group:
    from app import create_app

    return create_app().cli


@pytest.mark.parametrize("line", flask_lines())
def test_commands_in_the_readme_exist_with_their_options(line: str) -> None:
    words = shlex.split(line, comments=True)
    words = words[words.index("app") + 1 :]
    command: click.Command = commands()
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"no command {name!r} in: {line}"
        command = found
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_command_of_the_readme_has_help() -> None:
    listed = re.search(r"Each command explains itself with `--help`: (.+?)\.", text_of("README.md"), re.S)
    assert listed
    runner = CliRunner()
    for name in re.findall(r"`([a-z]+)`", listed.group(1)):
        result = runner.invoke(commands(), [name, "--help"])
        assert result.exit_code == 0, name
        assert len(result.output.splitlines()) > 3, name


def test_settings_named_in_documents_are_real() -> None:
    from app.config import Config

    named = set(re.findall(r"\bATLAS_[A-Z_]+\b", "".join(text_of(name) for name in DOCUMENTS)))
    # Read by the tests alone.
    named -= {"ATLAS_SHARED"}
    known = {f"ATLAS_{field.name.upper()}" for field in fields(Config)}
    assert named <= known


def test_the_changelog_has_an_unreleased_part() -> None:
    assert "## Unreleased" in text_of("CHANGELOG.md")
