"""The web shell itself: configuration, errors, languages, headers, commands, colours."""

import importlib
import itertools
import pkgutil
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

import app as shell
import geo
from app import create_app, errors, i18n, palette
from app.auth import signed
from app.auth.routes import ROUTES
from app.cli import NOTHING_DONE
from app.config import ROOT, Config, ConfigError
from app.highlight import spans
from app.security import POLICY, policy
from geo.errors import AtlasError

STATIC = ROOT / "app" / "static"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(Config.from_environment({}, instance=tmp_path))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


# --- configuration ---------------------------------------------------------------------------------------------------


def test_every_key_is_documented_and_read_from_the_environment() -> None:
    for name, (default, text) in Config.doc().items():
        assert name.startswith("ATLAS_")
        assert text.endswith(".")
        if isinstance(default, int) and not isinstance(default, bool):
            assert getattr(Config.from_environment({name: "7"}), name.removeprefix("ATLAS_").lower()) == 7


def test_all_faults_of_the_configuration_are_named_together() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_environment({"ATLAS_PORT": "eight", "ATLAS_WORKER": "perhaps"})
    assert len(caught.value.detail["faults"]) == 2


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    config = Config.from_environment({}, instance=tmp_path / "new")
    assert config.secret() == config.secret()
    assert len(config.secret()) == 64
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0
    assert Config.from_environment({"ATLAS_SECRET_KEY": "mine"}).secret() == "mine"


def test_nothing_touches_the_database_before_it_is_asked_for(tmp_path: Path) -> None:
    create_app(Config.from_environment({}, instance=tmp_path))
    assert not list(tmp_path.glob("*.gpkg*"))


# --- errors ----------------------------------------------------------------------------------------------------------


def every_error() -> Iterator[type[AtlasError]]:
    for package in (geo, shell):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in info.name:
                importlib.import_module(info.name)
    waiting = [AtlasError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(("geo", "app")):
            yield kind


def test_every_error_has_a_sentence_of_its_own(app: Flask) -> None:
    untold = {kind.code for kind in every_error()} - set(errors.SAYINGS) - errors.INSIDE
    with app.app_context():
        assert {code for code in untold if errors.saying(code) is errors.SAYINGS["ERROR"]} == set()


def test_a_file_that_is_refused_is_told_by_its_own_reason(app: Flask) -> None:
    error = AtlasError("utf-8?", code="FILE_ENCODING")
    with app.app_context():
        assert errors.saying("FILE_ENCODING").status == 422
        assert errors.sentence(error).startswith("文字编码无法识别")
        wrong = AtlasError("320601", code="DIVISION_NO_CODE", detail={"code": "32"})
        assert "应为六位数字" in errors.sentence(wrong)


def test_errors_are_told_in_the_form_asked_for(client: FlaskClient) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "没有找到" in page.text
    assert "<html" in page.text
    part = client.get("/nowhere", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert part.headers["HX-Retarget"] == "#notices"
    assert client.get("/api/v1/nowhere").json == {
        "type": "/interface#NOT_FOUND", "code": "NOT_FOUND", "status": 404, "title": "没有找到", "detail": "没有找到",
        "instance": "/api/v1/nowhere", "right": "这个对象不存在，或者已经改名、合并。请从列表重新进入。",
    }  # fmt: skip


def test_an_unforeseen_error_is_told_without_its_inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    monkeypatch.setattr(signed, "ROUTES", {**ROUTES, "broken": "see"})
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "数据没有改动" in answer.text
    assert "ZeroDivision" not in answer.text


def test_a_database_out_of_reach_is_one_sentence(tmp_path: Path) -> None:
    url = "postgresql+psycopg2://u:geheim@127.0.0.1:1/none"
    client = create_app(Config.from_environment({}, instance=tmp_path, database_url=url)).test_client()
    answer = client.get("/", follow_redirects=True)
    assert answer.status_code == 503
    assert "数据库连接不上" in answer.text
    assert "geheim" not in answer.text


# --- commands --------------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_one_sentence(app: Flask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = app.test_cli_runner().invoke(args=["serve", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == NOTHING_DONE
    assert "端口已被占用" in result.output
    assert "Traceback" not in result.output


def test_every_command_has_help(app: Flask) -> None:
    def walk(command: click.Command, path: list[str]) -> None:
        result = app.test_cli_runner().invoke(args=[*path, "--help"])
        assert result.exit_code == 0, path
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*path, name])

    for name, command in app.cli.commands.items():
        walk(command, [name])


# --- security --------------------------------------------------------------------------------------------------------


def test_the_policy_allows_no_outside_source(client: FlaskClient) -> None:
    header = client.get("/nowhere").headers["Content-Security-Policy"]
    assert "http" not in header
    assert "*" not in header
    assert set(POLICY) <= {part.split()[0] for part in header.split("; ")}
    assert "'unsafe-inline'" not in re.search(r"script-src ([^;]*)", header)[1]  # type: ignore[index]


def test_each_answer_has_its_own_nonce(app: Flask) -> None:
    seen = set()
    for _ in range(3):
        with acting(app):
            seen.add(policy())
    assert len(seen) == 3


def test_no_template_and_no_script_of_ours_names_an_outside_address() -> None:
    files = [*(ROOT / "templates").rglob("*.html"), *STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]
    for file in files:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
        assert not re.search(r"https?://|//cdn", text), file


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    app.add_url_rule("/post", view_func=lambda: "done", methods=["POST"])
    answer = app.test_client().post("/post")
    assert answer.status_code == 400
    assert "表单已过期" in answer.text


# --- languages -------------------------------------------------------------------------------------------------------


def test_the_language_is_switched_and_kept(client: FlaskClient) -> None:
    answer = client.get("/language/en?next=/definitions")
    assert answer.headers["Location"] == "/definitions"
    page = client.get("/definitions").text
    assert '<html lang="en">' in page
    client.get("/language/zh")
    assert '<html lang="zh-CN">' in client.get("/definitions").text


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r/evil.example",
        "/\n",
    ],
)
def test_the_switch_leads_nowhere_else(client: FlaskClient, evil: str) -> None:
    assert client.get("/language/en", query_string={"next": evil}).headers["Location"] == "/"


def test_catalogues_are_compiled_when_older_than_their_source(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "总览"\nmsgstr "Overview"\n', "utf-8"
    )
    assert i18n.compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    assert i18n.compile_catalogues(tmp_path) == []


# --- colours ---------------------------------------------------------------------------------------------------------


def lightness(colour: str) -> float:
    """CIE L* of an sRGB colour (IEC 61966-2-1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("scale", [palette.GAP, palette.COVERED])
def test_scales_darken_steadily_so_that_grey_prints_keep_the_order(scale: tuple[str, ...]) -> None:
    steps = [lightness(colour) for colour in scale]
    assert all(light - dark >= 8 for light, dark in itertools.pairwise(steps))


def test_the_three_states_differ_in_grey() -> None:
    shades = sorted(lightness(palette.STATES[state]) for state in ("own", "joint", "none"))
    assert all(light - dark >= 20 for dark, light in itertools.pairwise(shades))


def test_the_pages_use_the_same_colours() -> None:
    css = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    named = {f"--data-{state}": colour for state, colour in palette.STATES.items()}
    named |= {f"--gap-{n}": colour for n, colour in enumerate(palette.GAP, 1)}
    named |= {f"--covered-{n}": colour for n, colour in enumerate(palette.COVERED, 1)}
    named |= {"--no-data": palette.NO_DATA, "--red": palette.IDENTITY}
    for name, colour in named.items():
        assert re.search(rf"{name}: {colour};", css), name


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("#1c2430", "#f5f6f8"),
        ("#4a5564", "#ffffff"),
        ("#647080", "#f5f6f8"),
        ("#1d4f86", "#ffffff"),
        ("#7f1218", "#ffffff"),
        ("#5a3d00", "#fdecc0"),
        ("#143350", "#d5e6f2"),
    ],
)
def test_text_contrast_is_at_least_aa(ink: str, paper: str) -> None:
    def luminance(colour: str) -> float:
        level = lightness(colour)
        return ((level + 16) / 116) ** 3 if level > 8 else level / 903.3

    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


# --- addresses -------------------------------------------------------------------------------------------------------


def test_an_address_is_cut_where_its_parts_are_and_joins_again() -> None:
    text = "东沟区望江路8号3楼"
    parts = [["district", "东沟区", 0, 3], ["road", "望江路", 3, 6], ["floor", "3楼", 8, 10]]
    firm: dict[str, Any] = {"address": text, "operating_address": "别处", "components": parts}
    found = spans(firm, "address")
    assert "".join(piece for piece, _ in found) == text
    assert found == [("东沟区", "district"), ("望江路", "road"), ("8号", ""), ("3楼", "floor")]
    assert spans(firm, "operating_address") == [("别处", "")]
