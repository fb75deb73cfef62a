"""Which frame of ``geo.frames`` lies in which table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import sqlalchemy as sa

from app import models
from geo import frames
from geo.frames import DAY, INTEGER, TEXT, Column, Spec

HEADCOUNTS = Spec(
    "headcounts",
    "headcount_id",
    MappingProxyType(
        {
            "subject_kind": Column(TEXT, "enterprise · union", required=True),
            "subject_key": Column(TEXT, "key of the enterprise or union", required=True),
            "as_of": Column(DAY, "day of the counts, NA if the source does not say"),
            "workers": Column(INTEGER, "职工; of a union: workers of the covered units"),
            "women": Column(INTEGER, "女职工"),
            "migrant": Column(INTEGER, "农民工"),
            "agency_workers": Column(INTEGER, "劳务派遣工"),
            "members": Column(INTEGER, "会员"),
            "women_members": Column(INTEGER, "女会员"),
            "covered_units": Column(INTEGER, "涵盖单位"),
            "basis": Column(TEXT, "where the counts come from"),
        }
    ),
)
"""Counts by subject and day; the index is ``kind|subject|day``."""


@dataclass(frozen=True)
class Layer:
    """A frame and its table; ``counts`` maps its columns to those of ``headcount``, ``kind`` is their subject."""

    spec: Spec
    table: sa.Table
    kind: str | None = None
    counts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def columns(self) -> list[str]:
        """The columns of the frame that lie in the table itself."""
        return [name for name in self.spec.columns if name in self.table.c]


_COUNTS = {name: name for name in ("workers", "women", "migrant", "agency_workers")}
_UNION_COUNTS = {name: name for name in ("members", "women_members", "workers", "covered_units")}


def _layer(spec: Spec, model: type[models.Base], kind: str | None = None, **counts: str) -> Layer:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return Layer(spec, table, kind, MappingProxyType(counts))


LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.spec.name: layer
        for layer in (
            _layer(frames.DIVISIONS, models.Division),
            _layer(frames.ALIASES, models.Alias),
            _layer(frames.OUTLINES, models.Outline),
            _layer(frames.PLACES, models.Place),
            _layer(
                frames.ENTERPRISES, models.Enterprise, "enterprise", **_COUNTS, counts_on="as_of", counts_basis="basis"
            ),
            _layer(frames.UNIONS, models.LaborUnion, "union", **_UNION_COUNTS, counts_on="as_of"),
            _layer(frames.MEMBERSHIPS, models.Membership),
            _layer(frames.DECISIONS, models.Decision),
            _layer(frames.STEPS, models.LedgerStep),
            _layer(frames.CASE_STEPS, models.CaseStep),
            _layer(HEADCOUNTS, models.Headcount),
        )
    }
)
"""The layers by the names of their frames: divisions, aliases, outlines, places, enterprises, unions, memberships …"""
