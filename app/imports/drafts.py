"""Uploaded files held aside until they are imported or given up: one folder each, under the instance folder."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.config import settings
from app.db.types import to_json
from app.imports.request import Request
from app.imports.taking import Keep
from app.store.imports import Row
from geo.errors import FileRefused

KEPT_S = 7 * 24 * 3600.0
"""Seconds after which a file that nobody went on with is deleted."""
_TOKEN = re.compile(r"[0-9a-f]{16}")
_ROWS = "rows.jsonl"
_SUFFIX = re.compile(r"(\.osm\.pbf|\.[A-Za-z0-9]{1,8})$")


@dataclass(frozen=True)
class Draft:
    """An upload: what is asked of it, and the runs that work out (``planned``) and do (``done``) the import."""

    token: str
    request: Request
    planned: str | None = None
    done: str | None = None


def keep(save: Callable[[Path], None], filename: str, what: Callable[[Path, str], Request]) -> Draft:
    """Hold an upload: ``save`` writes it to a path, ``what`` makes the request from path and name."""
    _sweep()
    token = secrets.token_hex(8)
    folder = _root() / token
    folder.mkdir(parents=True)
    name = re.sub(r"[\x00-\x1f/\\]", "", filename.replace("\\", "/").rpartition("/")[2])[-120:] or "upload"
    suffix = _SUFFIX.search(name)
    path = folder / ("file" + (suffix.group(1).lower() if suffix else ""))
    try:
        save(path)
        return put(Draft(token, what(path, name)))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def get(token: str) -> Draft | None:
    """Return the upload of a token, None if there is none (any more)."""
    path = _root() / token / "draft.json"
    if not _TOKEN.fullmatch(token) or not path.is_file():
        return None
    values = json.loads(path.read_text(encoding="utf-8"))
    return Draft(token, Request.from_json(values["request"]), values["planned"], values["done"])


def held(user_key: str) -> list[Draft]:
    """Return the uploads of an account that wait, the newest first; those that were imported wait no more."""
    folders = [folder for folder in (_root().iterdir() if _root().is_dir() else ()) if _TOKEN.fullmatch(folder.name)]
    folders.sort(key=lambda folder: (folder.stat().st_mtime, folder.name), reverse=True)
    found = (_readable(folder.name) for folder in folders)
    return [draft for draft in found if draft is not None and draft.request.user_key == user_key and draft.done is None]


def _readable(token: str) -> Draft | None:
    """Return an upload, None for one whose request a newer version refuses: it waits for nobody and is swept."""
    try:
        return get(token)
    except FileRefused:
        return None


def put(draft: Draft) -> Draft:
    """Write down what is asked of an upload."""
    values = {"request": draft.request.to_json(), "planned": draft.planned, "done": draft.done}
    folder = _root() / draft.token
    part = folder / "draft.part"
    part.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    part.replace(folder / "draft.json")
    return draft


def change(draft: Draft, request: Request) -> Draft:
    """Ask something else of an upload: what was worked out before holds no more."""
    return put(replace(draft, request=request, planned=None))


@contextmanager
def keep_rows(token: str) -> Iterator[Keep]:
    """Write down the rows at fault of an upload's dry run; they replace those of an earlier one."""
    folder = _root() / token
    part = folder / "rows.part"
    with part.open("w", encoding="utf-8") as file:
        yield lambda rows: file.writelines(f"{to_json(asdict(row))}\n" for row in rows)
    part.replace(folder / _ROWS)


def rows(token: str, severity: str) -> Iterator[Row]:
    """Yield the rows of a severity that the dry run wrote down, in the order of the file."""
    path = _root() / token / _ROWS
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        found = (Row(**json.loads(line)) for line in file)
        yield from (row for row in found if row.severity == severity)


def drop(token: str) -> None:
    """Delete an upload."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(_root() / token, ignore_errors=True)


def _root() -> Path:
    return settings().instance / "uploads"


def _sweep() -> None:
    root = _root()
    for folder in root.iterdir() if root.is_dir() else ():
        if _TOKEN.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
