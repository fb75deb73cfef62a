"""Firms of one industry belong together: what it is worth to join where most are of one's own."""

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.options import JointOptions
from geo.joint.problem import Flags, Integers

UNKNOWN = -1
"""Industry of a firm that has none, and of a seat where nobody has one."""


def usual(industry: Integers, count: Integers, counts: Flags, *, options: JointOptions) -> Integers:
    """Return the industry of most firms in reach of each seat; ``UNKNOWN`` where it is not to count.

    Parameters
    ----------
    industry : by arc, in the order of the seats
    count : arcs of each seat
    counts : seats at which industries count at all
    """
    known = int(industry.max(initial=UNKNOWN)) + 1
    if not known or not options.industry_milli:
        return np.full(len(count), UNKNOWN, np.int64)
    return np.where(counts, usual_industries(count, industry, known), UNKNOWN)


def worth(industry: Integers, workers: Integers, common: Integers, *, options: JointOptions) -> Integers:
    """Return the milli-workers that each arc adds because its firm is of the industry ``common`` at its seat."""
    return workers * ((industry == common) & (common != UNKNOWN)) * options.industry_milli


@compiled
def usual_industries(count: Integers, industry: Integers, known: int) -> Integers:
    """Return the industry of most firms in reach of each seat, of several the first; ``UNKNOWN`` without any."""
    found, seen, at = np.full(len(count), UNKNOWN, np.int64), np.zeros(known, np.int64), 0
    for seat in range(len(count)):
        end, most = at + count[seat], 0
        for of in industry[at:end]:
            if of != UNKNOWN:
                seen[of] += 1
        for of in industry[at:end]:
            if of != UNKNOWN and (seen[of] > most or (seen[of] == most and of < found[seat])):
                most, found[seat] = seen[of], of
        for of in industry[at:end]:
            if of != UNKNOWN:
                seen[of] = 0
        at = end
    return found
