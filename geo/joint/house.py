"""One building, one way (一楼一策): which way of organising fits a building or market, read off its firms.

After the practice of 厦门思明 (one owner: its own union; a lead tenant or the property firm: a joint union; a shopping
quarter: one union over the area). The numbers are our own choice (D).
"""

from dataclasses import dataclass

import pandas as pd

from geo.joint.options import JointOptions

WAYS = ("done", "single", "mall", "lead", "joint", "nearby", "unknown")
"""Nobody is left to organise · one firm is nearly all of it · a market or mall: one union over the whole · a firm with
its own union can lead · enough small firms for a joint union · too few: join one nearby · no firm is known here."""

SINGLE_SHARE = 0.8
"""Share of the workers known from which one firm is nearly all of a building."""


@dataclass(frozen=True)
class Way:
    """The way, and what it rests on: ``firm`` is the key of the single or the leading firm."""

    code: str
    firm: str | None
    gaps: int
    small: int
    workers: int


def way(firms: pd.DataFrame, kind: str, *, options: JointOptions) -> Way:
    """Return the way of organising for the firms of one building or market (rows of FIRMS).

    ``small`` are the firms without a union and below the size of an own one, ``workers`` theirs, unknown counts at the
    assumed number.
    """
    here = firms[firms["eligible"].astype(bool)]
    gaps = here[here["gap"].astype(bool)]
    small = gaps[gaps["size_class"].isin(["under_25", "unknown"])]
    workers = int(small["workers"].fillna(options.workers_if_unknown).sum())
    code, firm = _code(here, gaps, len(small), workers, kind, options)
    return Way(code, firm, len(gaps), len(small), workers)


def _code(
    here: pd.DataFrame, gaps: pd.DataFrame, small: int, workers: int, kind: str, options: JointOptions
) -> tuple[str, str | None]:
    counted = here["workers"].dropna()
    largest = str(counted.idxmax()) if len(counted) else None
    whole = int(counted.sum())
    enough = small >= options.min_firms and workers >= options.min_workers
    own = here[here["primary"].eq("own")]
    leading = str(own["workers"].fillna(0).idxmax()) if len(own) else None
    tests = [
        (here.empty, "unknown", None),
        (gaps.empty, "done", None),
        (whole > 0 and counted.max() >= SINGLE_SHARE * whole and largest in gaps.index, "single", largest),
        (kind == "market" and enough, "mall", None),
        (enough and leading is not None, "lead", leading),
        (enough, "joint", None),
    ]
    return next(((code, firm) for hit, code, firm in tests if hit), ("nearby", None))
