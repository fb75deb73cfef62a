"""Fixtures with the real parts: a private PostGIS cluster, a file database, a browser that cannot leave the machine."""

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.templating import Environment
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from signed_in import SignedIn
from werkzeug.routing import Rule

from app import create_app
from app.auth import accounts
from app.config import Config
from app.db import attached


class Kept(BytecodeCache):
    """Templates as an earlier application of the process compiled them: each of a thousand would do it anew."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self.codes.get(bucket.key):
            bucket.load_bytecode(BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


class Routed(Rule):
    """A route whose builders an earlier application of the process compiled: they are half of what making one takes."""

    builders: ClassVar[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (append_unknown, tuple(self._trace), tuple(sorted((self.defaults or {}).items())))
        if key not in self.builders:
            self.builders[key] = super()._compile_builder(append_unknown)
        return self.builders[key]


Flask.url_rule_class = Routed
Flask.jinja_environment = partial(Environment, bytecode_cache=Kept())  # type: ignore[assignment]
Flask.test_client_class = SignedIn
# What makes guessing dear makes a thousand accounts dear; tests/app/test_accounts.py looks at the one in use.
accounts._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
settings.register_profile("atlas", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("atlas")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the shared real data (not part of the product); tests that need it skip where it is missing."""
    folder = Path(os.environ.get("ATLAS_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder}; set ATLAS_SHARED")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take long: with one of them left at the end, one process works and the others wait.

    First of all comes the one that loads the sample city, for which another module waits.
    """
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path.stem != "test_sample_load", item.path not in long))


def pytest_collection_finish() -> None:
    """Let no collection of garbage look at what stays anyway: modules, and the tests themselves.

    What is left by a test is looked for seldom: each look goes through all that fixtures keep, a tenth of all time.
    """
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return a folder that one of the test processes fills; the others wait for it. Who changes it makes a copy."""
    folder = tmp_path_factory.getbasetemp()
    top = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def filled(name: str, fill: Callable[[Path], None]) -> Path:
        with (top / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (top / name).exists():
                with tempfile.TemporaryDirectory(dir=top) as work:
                    fill(Path(work))
                    shutil.copytree(work, top / name)
        return top / name

    return filled


@pytest.fixture(scope="session")
def sample(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The files of a small sample city."""
    command = [sys.executable, ROOT / "scripts" / "make_sample", "--firms", "1200", "--out"]
    return once("sample", lambda folder: subprocess.run([*command, folder], check=True, stdout=subprocess.DEVNULL))


@pytest.fixture(scope="session")
def loaded_sample(once: Callable[[str, Callable[[Path], None]], Path], sample: Path) -> Path:
    """The instance in which the small sample city was loaded into an empty database, and ``told``: what it said."""
    return once("loaded", lambda folder: _load_sample(folder, sample))


def _load_sample(folder: Path, sample: Path) -> None:
    app = create_app(Config.from_environment({}, instance=folder))
    answer = app.test_cli_runner().invoke(args=["sample", "load", "--folder", str(sample)])
    assert answer.exit_code == 0, answer.output
    attached(app).dispose()
    (folder / "told").write_text(answer.output, encoding="utf-8")


# --- databases ------------------------------------------------------------------------------------------------------


class Cluster:
    """A private, throw-away PostgreSQL cluster with PostGIS on a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])).parent
        # PostgreSQL refuses root, so root hands the cluster to the account that Debian's package made for it.
        self.account: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        )
        self.count = 0

    def start(self) -> None:
        """Create and start the cluster; PostGIS goes into template1, so every later database has it."""
        if self.account:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        self._do("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync")
        options = f"-k {self.folder} -h '' -c fsync=off -c synchronous_commit=off -c max_connections=60"
        self._do("pg_ctl", "-D", data, "-l", self.folder / "log", "-w", "-o", options, "start")
        self.sql("template1", "CREATE EXTENSION postgis")

    def sql(self, database: str, statement: str) -> None:
        """Run one statement by psql."""
        self._do("psql", "-h", self.folder, "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-qc", statement)

    def database(self, like: str = "template1") -> str:
        """Create a database as a copy of one that nobody is connected to, and return its URL."""
        self.count += 1
        name = f"atlas_{self.count}"
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {like}")
        return f"postgresql+psycopg2://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop the cluster and remove its files."""
        self._do("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, program: str, *args: str | Path) -> None:
        # The socket's folder is the working directory: the account cannot enter root's home.
        subprocess.run(
            [self.bin / program, *map(str, args)],
            cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **self.account,
        )  # fmt: skip


@pytest.fixture(scope="session")
def postgis_cluster() -> Iterator[Cluster]:
    """The cluster of this test process; a missing PostGIS is a failure, not a skip."""
    if not any(Path("/usr/lib/postgresql").glob("*/lib/postgis-3.so")):
        pytest.fail("PostGIS is not installed: run ./scripts/test, or apt-get install postgresql-postgis")
    # Socket paths end at 107 bytes: pytest's own folders are too deep.
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="pg", dir="/tmp")))
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def postgis_url(postgis_cluster: Cluster) -> str:
    """URL of a fresh, empty PostGIS database."""
    return postgis_cluster.database()


@pytest.fixture
def geopackage_url(tmp_path: Path) -> str:
    """URL of a GeoPackage file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'atlas.gpkg'}"


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


# --- browser --------------------------------------------------------------------------------------------------------

BROWSER_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Not by a route of Playwright: that passes each request through Python and switches the browser's cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, headless; a missing one is a failure, not a skip."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)

    # The shell without windows draws the same pages for half the processor time.
    program = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    if program is None:
        pytest.fail("no Chromium found: run ./scripts/test, or apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGS)
        yield chromium
        chromium.close()


HERE = ("http://127.0.0.1", "http://localhost")
PATIENCE_MS = 90_000
"""How long a page may take for what is waited for: the browser shares its two cores with other tests."""


def watched(context: Any) -> list[str]:
    """Return the list that collects all page errors and every request that leaves the machine (none gets far)."""
    faults: list[str] = []

    def gate(request: Any) -> None:
        if not request.url.startswith((*HERE, "data:", "blob:", "file:")):
            faults.append(f"request leaves the machine: {request.url}")

    def listen(page: Any) -> None:
        page.set_default_timeout(PATIENCE_MS)
        page.on(
            "console", lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None
        )
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))

    context.on("request", gate)
    context.on("page", listen)
    return faults


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: Any) -> None:
    """Close a test's pages before its server stops: an answer that is still awaited then is no fault of the page."""
    for name in ("page", "phone"):
        if item.get_closest_marker("browser") and (tab := item.funcargs.get(name)):
            tab.context.close()


def _tab(browser: Any, width: int, height: int, **options: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
    faults = watched(context)
    yield context.new_page()
    assert faults == []


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page 1440 px wide in Chinese; the test fails if the page asked outside or an error reached the console."""
    yield from _tab(browser, 1440, 900)


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    """A page 390 px wide with touch, watched like ``page``."""
    yield from _tab(browser, 390, 844, has_touch=True, is_mobile=True)
