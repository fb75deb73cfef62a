"""The stages in order, on one page: registers in, a survey of the city out.

Everything a page, list or report shows is a selection or a sum over a ``Survey``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import pandas as pd

from geo.coverage import CoverageOptions
from geo.errors import AtlasError
from geo.joint import JointOptions
from geo.linkage import LinkOptions

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, of)`` before each stage (``done`` stages of ``of``) and once at the end."""

STAGES = ("gazetteer", "geocode", "places", "linkage", "coverage", "joint")
"""The stages in their order, also the keys of progress and tally."""


class CountError(AtlasError):
    """A stage lost or invented a row: a programmer's fault, never a user's."""

    code = "COUNT"


@dataclass(frozen=True)
class Inputs:
    """What a survey reads: one frame of ``geo.frames`` each. What people decided is an input like any other."""

    divisions: pd.DataFrame
    aliases: pd.DataFrame
    outlines: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    enterprises: pd.DataFrame
    unions: pd.DataFrame
    memberships: pd.DataFrame
    decisions: pd.DataFrame


@dataclass(frozen=True)
class Options:
    """Every threshold of every stage, with its default; the law's numbers are not here but in the rule set."""

    linkage: LinkOptions = field(default_factory=LinkOptions)
    coverage: CoverageOptions = field(default_factory=CoverageOptions)
    joint: JointOptions = field(default_factory=JointOptions)


@dataclass(frozen=True)
class Tally:
    """Rows into and out of a stage; ``counts`` says what they became and sums to ``given``."""

    stage: str
    taken: int
    given: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Survey:
    """The city on one day. Frames as declared in ``geo.frames``; not a snapshot of a past register."""

    on: date
    rules_day: date
    firms: pd.DataFrame
    """FIRMS: one row per enterprise, in the order of the input."""
    places: gpd.GeoDataFrame
    """PLACES: the given ones and those learned from the addresses."""
    unions: pd.DataFrame
    """SURVEYED_UNIONS: one row per union, in the order of the input."""
    links: pd.DataFrame
    """LINKS."""
    groups: pd.DataFrame
    """GROUPS: suggested joint unions, and existing ones that have room."""
    groupings: pd.DataFrame
    """GROUPINGS: one row per enterprise without coverage that a joint union may take in."""
    gazetteer_hash: str
    """Version of names and places that the firms were located with."""
    tally: tuple[Tally, ...]
    """One entry per stage, in order."""
