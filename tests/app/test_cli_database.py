"""A database that is not there, or whose address is wrong, told by commands; and who may make a new one."""

import pytest

from app import create_app
from app.config import Config

FIRM = "企业名称,注册地址\n南通甲有限公司,崇川区人民路1号\n"
LOOKING = (
    ("survey", "--on", "2025-12-31"),
    ("gaps", "--kind", "building"),
    ("suggest",),
    ("db", "check"),
    ("import", "list"),
    ("import", "undo", "1"),
    ("worker", "--drain"),
)


def ask(tmp_path, url, *args):
    environment = {"ATLAS_DATABASE_URL": url} if url else {}
    app = create_app(Config.from_environment(environment, instance=tmp_path / "instance", worker=False))
    return app.test_cli_runner().invoke(args=[*map(str, args)])


@pytest.mark.parametrize("command", LOOKING, ids=lambda command: " ".join(command))
def test_a_mistyped_path_is_told_and_no_file_is_made(tmp_path, command):
    path = tmp_path / "no" / "atlsa.gpkg"
    answer = ask(tmp_path, f"sqlite:///{path}", *command)
    if command[0] != "worker":  # which waits for a database, as for a server that is down
        assert answer.exit_code == 2
        assert "没有这个数据库文件" in answer.output
        assert str(path) in answer.output
        assert "sample load" in answer.output
    assert not path.parent.exists()
    assert "there is no" not in answer.output


def test_an_import_makes_the_database_and_says_so_once(tmp_path):
    path = tmp_path / "new" / "atlas.gpkg"
    file = tmp_path / "a.csv"
    file.write_text(FIRM, encoding="utf-8")
    first = ask(tmp_path, f"sqlite:///{path}", "import", "enterprises", file)
    assert first.exit_code == 0
    assert first.output.count(f"已新建数据库 / new database: {path}") == 1
    assert "已新建" not in ask(tmp_path, f"sqlite:///{path}", "import", "enterprises", file).output
    made = ask(tmp_path, f"sqlite:///{tmp_path / 'other.gpkg'}", "db", "upgrade")
    assert "已新建数据库" in made.output


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("nonsense", "nonsense"),
        ("mysql://u:secret@host/d", "mysql://***@host/d"),
        ("postgresql+psycopg2://u:se/cr@et@host:port/d", "postgresql+psycopg2://***@host:port/d"),
    ],
)
def test_a_malformed_address_is_shown_without_its_password(tmp_path, url, shown):
    answer = ask(tmp_path, url, "gaps", "--kind", "building")
    assert answer.exit_code == 2
    assert f"数据库地址写法不对：{shown}。" in answer.output
    assert "secret" not in answer.output
    assert "ATLAS_DATABASE_URL" in answer.output


def test_no_sentence_of_a_command_speaks_of_a_page(tmp_path):
    answer = ask(tmp_path, "postgresql+psycopg2://u:secret@127.0.0.1:1/atlas", "gaps", "--kind", "building")
    assert answer.exit_code == 2
    assert "数据库连接不上" in answer.output
    assert "刷新" not in answer.output


def test_a_dry_run_on_a_missing_database_leaves_nothing(tmp_path):
    path = tmp_path / "new" / "atlas.gpkg"
    file = tmp_path / "a.csv"
    file.write_text(FIRM, encoding="utf-8")
    told = ask(tmp_path, f"sqlite:///{path}", "import", "enterprises", file, "--dry-run")
    assert told.exit_code == 0, told.output
    assert "已新建" not in told.output
    assert not path.parent.exists()


def test_a_day_that_is_none_is_told_in_both_languages(tmp_path):
    told = ask(tmp_path, f"sqlite:///{tmp_path / 'a.gpkg'}", "survey", "--on", "2025-02-30")
    assert told.exit_code == 2
    assert "没有这一天" in told.output


def test_a_refused_import_leaves_no_new_database(tmp_path):
    path, file = tmp_path / "atlas.gpkg", tmp_path / "empty.csv"
    file.write_text("", encoding="utf-8")
    told = ask(tmp_path, f"sqlite:///{path}", "import", "enterprises", file)
    assert told.exit_code == 2
    assert "已新建" not in told.output
    assert not list(tmp_path.glob("atlas.gpkg*"))
