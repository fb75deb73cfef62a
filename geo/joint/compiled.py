"""Loops that NumPy cannot say are compiled where Numba is installed; elsewhere the same functions run as plain Python.

Both give the same integers: nothing here uses unordered sums, random numbers or fast mathematics. The environment
variable ``ATLAS_PLAIN_PYTHON`` (any value) keeps the compiler out, for tests and for hunting a fault.
"""

import importlib
import os
from collections.abc import Callable
from contextlib import suppress
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
    each process.
    """
    if numba is None:
        return function
    try:
        return cast("F", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder for the cache
        return cast("F", numba.njit(nogil=True)(function))
