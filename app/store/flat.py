"""The columns of a slim reading as one file in the instance folder, read in a fraction of the time of their rows.

A survey does not change once it is stored, so a file is right as long as its run stands, and goes with it. It holds
what the database holds of firms, and nobody but the atlas may read it. Where it is not there, cannot be read or is of
another version, the rows are read and the file is written anew.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from flask import has_app_context

from app.config import settings

FOLDER = "columns"
_BETWEEN = "\x00"
_MARK, _KNOWN, _TEXT = "mark", "known", "text:"


@dataclass(frozen=True)
class Flat:
    """Columns as plain arrays: ``texts`` one text a firm, ``known`` what the numbers of a column of codes stand for."""

    arrays: Mapping[str, np.ndarray]
    texts: Mapping[str, list[str]] = field(default_factory=dict)
    known: Mapping[str, list[object]] = field(default_factory=dict)


def load(run: str, area: str, mark: str) -> Flat | None:
    """Return what was kept of a run for an area, None if nothing was or it does not bear the mark.

    Outside of an application there is no instance folder: nothing is kept then.
    """
    if not has_app_context():
        return None
    try:
        with np.load(_path(run, area), allow_pickle=False) as found:
            if bytes(found[_MARK]).decode() != mark:
                return None
            arrays = {name: found[name] for name in found.files if name not in (_MARK, _KNOWN)}
            known = json.loads(bytes(found[_KNOWN]).decode())
    except (OSError, ValueError, KeyError, EOFError):
        return None
    texts = {name: arrays.pop(name) for name in list(arrays) if name.startswith(_TEXT)}
    return Flat(arrays, {name.removeprefix(_TEXT): _split(text) for name, text in texts.items()}, known)


def save(run: str, area: str, mark: str, flat: Flat) -> None:
    """Keep the columns of a run; a disk that is full or cannot be written to costs time later, and nothing now."""
    if not has_app_context():
        return
    path = _path(run, area)
    fresh = path.with_name(f"{path.stem}-{secrets.token_hex(4)}.part")
    texts = {f"{_TEXT}{name}": _bytes(_BETWEEN.join(texts)) for name, texts in flat.texts.items()}
    told = {_MARK: _bytes(mark), _KNOWN: _bytes(json.dumps(flat.known, ensure_ascii=False, default=str))}
    small = {name: _small(array) for name, array in flat.arrays.items()}
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                np.savez(file, **small, **texts, **told)  # type: ignore[arg-type]
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def drop(run: str) -> None:
    """Delete what was kept of a run."""
    if not has_app_context():
        return
    with suppress(OSError):
        for path in _path(run, "").parent.glob(f"{_stem(run)}-*"):
            path.unlink(missing_ok=True)


def _path(run: str, area: str) -> Path:
    return settings().instance / FOLDER / f"{_stem(run)}-{area or 'city'}.npz"


def _stem(run: str) -> str:
    return hashlib.sha256(run.encode()).hexdigest()[:24]


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype="uint8")


def _split(text: np.ndarray) -> list[str]:
    return bytes(text).decode().split(_BETWEEN)


def _small(array: np.ndarray) -> np.ndarray:
    """Whole numbers in as few bytes as hold them."""
    if array.dtype.kind != "i" or not len(array):
        return array
    return array.astype(np.promote_types(np.min_scalar_type(array.min()), np.min_scalar_type(-int(array.max()) - 1)))
