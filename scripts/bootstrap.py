"""What ``scripts/run`` and ``scripts/test`` do once Python is new enough. Standard library only."""

import argparse
import os
import subprocess
import time

from situations import ROOT, check_port, guarded, port_number, say
from steps import BIN, PYTHON, environment, system_packages


def main_run(argv: list[str]) -> int:
    """Set up, load the sample unless told not to, and serve until stopped. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/run", description="建好环境、装入演示城市并启动图集。/ Set up, load the sample city, serve."
    )
    parser.add_argument(
        "--port",
        type=port_number,
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
    return guarded(lambda: _run(args))


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
    return guarded(lambda: _test(args.fast, rest))


def _test(fast: bool, rest: list[str]) -> int:
    failed: list[str] = []
    environment(dev=True, beside=[lambda: failed.extend(check()), *([] if fast else [system_packages])])
    say("== pytest")
    chosen = ["-m", "not browser and not postgis and not slow"] if fast else []
    status = subprocess.call([str(PYTHON), "-m", "pytest", *chosen, *rest], cwd=ROOT)
    if failed:
        say("未通过的检查 / failed checks: " + ", ".join(failed))
    return status or int(bool(failed))


def check() -> list[str]:
    """Run the static checks, tell of each when it is done, and return the names of those that failed."""
    failed = []
    for name, command in checks().items():
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True)
        say(f"== {name}\n{(done.stdout + done.stderr).decode(errors='replace').strip()}")
        if done.returncode != 0:
            failed.append(name)
    return failed


def checks() -> dict[str, list[str]]:
    """Name and command of every static check."""
    return {
        "ruff": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "mypy": [str(PYTHON), "-m", "mypy"],
        "import-linter": [str(BIN / "lint-imports")],
    }
