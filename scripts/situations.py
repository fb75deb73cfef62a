"""The situations that set-up can meet, each told in one sentence: what is wrong, what to do. Standard library only."""

import argparse
import errno
import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / ".venv" / "setup.log"
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


def explain(command: str, output: str) -> str:
    """Turn a failed set-up command's output into one sentence."""
    if "No space left on device" in output or "ENOSPC" in output:
        return disk_full()
    if any(sign in output for sign in ("Permission denied", "Read-only file system", "EACCES", "EROFS")):
        return no_right()
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


def no_right(error: OSError | None = None) -> str:
    """The sentence for a folder that may not be written."""
    where = error.filename if error is not None and error.filename else ROOT
    return (
        f"没有写入权限：{where}。请把整个文件夹放到自己可写的位置，或请管理员授权后再运行。"
        f" / No right to write {where}: move the whole folder to where you may write, or ask for the right."
    )


def disk_full(_error: OSError | None = None) -> str:
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


def port_number(text: str) -> int:
    """Read a port as ``argparse`` wants it."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(
            f"端口应为 1–65535 的整数 / a port is a whole number from 1 to 65535, not {text!r}"
        )
    return int(text)


def guarded(action: Callable[[], int]) -> int:
    """Run a command; a situation met is told and gives exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return action()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        sentence = {errno.ENOSPC: disk_full, errno.EACCES: no_right, errno.EROFS: no_right, errno.EPERM: no_right}
        if error.errno not in sentence:
            raise
        print(sentence[error.errno](error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
