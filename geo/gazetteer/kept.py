"""Names and doors of a city's layers, kept from one survey to the next for as long as the layers stay as they are.

They depend neither on the day of a survey nor on its registers, and doors are what takes longest to put together.
"""

import hashlib

import numpy as np
import pandas as pd
import shapely

from geo.gazetteer.build import build
from geo.gazetteer.doors import KnownDoors
from geo.gazetteer.index import Gazetteer

Layers = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
"""``DIVISIONS``, ``ALIASES``, ``PLACES``."""


class Kept:
    """The names of the layers asked for last, and the doors found with them; what was asked before changes no result.

    Only one city's are kept: those of 27,000 doors take some twenty megabytes.
    """

    def __init__(self) -> None:
        self._key = b""
        self._names: Gazetteer | None = None
        self._doors: KnownDoors | None = None

    def names(self, *layers: pd.DataFrame) -> Gazetteer:
        """Return the gazetteer of divisions, aliases and places, with nothing learned and without doors."""
        key = b"".join([_digest(frame) for frame in layers])
        if self._names is None or key != self._key:
            self._key, self._names, self._doors = key, build(*layers, doors=False), None
        return self._names

    def doors(self, names: Gazetteer) -> KnownDoors | None:
        """Return the doors found with such names, ``None`` if they are not known."""
        return self._doors if names is self._names else None

    def keep(self, names: Gazetteer, doors: KnownDoors) -> KnownDoors:
        """Keep and return the doors found with names that ``names`` gave."""
        if names is self._names:
            self._doors = doors
        return doors


def _digest(frame: pd.DataFrame) -> bytes:
    """Return a digest of all that a frame says, the order of its rows included."""
    found = hashlib.sha256(repr([(name, str(dtype)) for name, dtype in frame.dtypes.items()]).encode())
    if "geometry" in frame.columns:
        shapes = [shape or b"" for shape in shapely.to_wkb(np.asarray(frame["geometry"], dtype=object))]
        found.update(np.array([len(shape) for shape in shapes], dtype="int64").tobytes())
        found.update(b"".join(shapes))
        frame = pd.DataFrame(frame.drop(columns="geometry"))
    found.update(pd.util.hash_pandas_object(frame).to_numpy().tobytes())
    return found.digest()
