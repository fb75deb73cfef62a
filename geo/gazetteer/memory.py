"""The garbage collector, held while many small results are kept: none of them is part of a cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Keep the cyclic collector from walking over a growing mass of results again and again.

    What was made meanwhile counts as old afterwards: it is looked at with the next collection of everything.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.freeze()
            gc.unfreeze()  # the two together move the young to the oldest generation without walking over them
            gc.enable()
