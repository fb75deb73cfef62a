"""The learned segmenter as a file: a compressed archive of arrays."""

import zipfile
from pathlib import Path

import numpy as np

from geo.address.model import Segmenter
from geo.errors import FileRefused

SEGMENTER = Path("models") / "segmenter.npz"
"""Where the model lies below the folder of data; it may be missing."""


def read_segmenter(path: Path) -> Segmenter | None:
    """Read a model; ``None`` if there is no such file: the grammar then decides alone.

    Raises
    ------
    FileRefused
        ``MODEL_UNREADABLE`` if the file is no model of this version.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Segmenter.from_arrays(dict(arrays))
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as fault:
        raise FileRefused(f"{path.name} is no model", code="MODEL_UNREADABLE", detail={"file": path.name}) from fault


def save_segmenter(model: Segmenter, path: Path) -> None:
    """Write a model; the same model gives the same bytes."""
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **model.to_arrays())
