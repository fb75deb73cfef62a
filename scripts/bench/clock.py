"""Processor time of a bench and of the processes that it starts."""

import os


def worked() -> float:
    """Return the processor seconds of this process and of those beside it that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
