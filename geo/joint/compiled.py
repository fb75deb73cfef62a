"""Loops that NumPy cannot say are compiled where Numba is installed; elsewhere the same functions run as plain Python.

Both give the same integers: nothing here uses unordered sums, random numbers or fast mathematics. The environment
variable ``ATLAS_PLAIN_PYTHON`` (any value) keeps the compiler out, for tests and for hunting a fault.
"""

import functools
import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

numba: Any = None
if not os.environ.get("ATLAS_PLAIN_PYTHON"):
    with suppress(ImportError):
        numba = importlib.import_module("numba")

COMPILED = numba is not None
"""Whether the loops are compiled in this process."""


def compiled(function: F) -> F:
    """Return a function compiled on its first call, or the function itself without Numba.

    Machine code is kept beside the source, or in the user's cache; where neither can be written it is made anew in
    each process. It holds what a function calls in other modules, too, so it is dropped when any module of the folder
    has changed, while Numba by itself looks only at the function's own.
    """
    if numba is None:
        return function
    try:
        loop = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder for the cache
        return cast("F", numba.njit(nogil=True)(function))
    stamp = _stamp(Path(function.__code__.co_filename).parent)
    with suppress(AttributeError):  # another Numba may keep it elsewhere
        loop._cache._cache_file._source_stamp = stamp
    return cast("F", loop)


@functools.cache
def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells one state of a folder's modules from another: names, times of change, sizes."""
    files = sorted(folder.glob("*.py"))
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
