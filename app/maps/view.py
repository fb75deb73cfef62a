"""What the map page was asked to show: measure, form, kind of place, cell size, choice of firms: all in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from werkzeug.datastructures import MultiDict

from app import polygons, query
from geo.gaps import Filter


@dataclass(frozen=True)
class Measure:
    """One thing to map: the figure of ``geo.gaps`` behind its number, and the column that is summed.

    Of a rate also the two counts it is made of. ``flag``: only whether a share is more than chance is shown;
    ``like``: whether places lie among their like.
    """

    column: str
    figure: str
    rate: bool = False
    part: str = "gap"
    whole: str = "eligible"
    flag: bool = False
    like: bool = False

    @property
    def graded(self) -> bool:
        """Whether it is a share, drawn the paler the less certain it is."""
        return self.rate and not self.flag


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "firms": Measure("gap", "gap"),
        "workers": Measure("gap_workers", "gap_workers"),
        "big": Measure("without_own_25", "without_own_25"),
        "rate": Measure("smoothed", "gap", rate=True),
        "opportunity": Measure("opportunity", "opportunity"),
        "flags": Measure("flag", "gap", rate=True, flag=True),
        "like": Measure("flag", "gap", rate=True, flag=True, like=True),
        "unknown": Measure("unknown", "gap_workers_unknown", rate=True, part="gap_workers_unknown", whole="gap"),
    }
)
FORMS = ("place", "county", "town", "grid", "heat", "points")
"""Symbols at places, fills of counties, fills of towns whose outline is known, hexagons, a surface, dots."""
KINDS = ("town", "zone", "village", "street", "market", "building")
CELLS = (500, 1000, 2000, 3000, 5000)
"""Distance between neighbouring cells, and of the heat map the band width, in metres."""


MOST_KEY = 16


@dataclass(frozen=True)
class View:
    """A state of the map page; ``at`` is the unit chosen on it, "" for none.

    ``at`` reads ``town:320602001``, ``cell:12,-7``, ``building:…``, one floor of it ``building:…#5``, ``firm:…``.
    ``shape`` is what somebody drew on the map: corners as ``lon,lat;lon,lat;…``. ``base`` is the key of a basemap
    from outside, "" for our own.
    """

    measure: str = "firms"
    by: str = "place"
    kind: str = "town"
    cell: int = 3000
    chosen: Filter = field(default_factory=Filter)
    at: str = ""
    shape: str = ""
    base: str = ""

    @property
    def unit(self) -> str:
        """Kind of the units drawn: a kind of place, county, or cell."""
        return {"place": self.kind, "county": "county", "town": "town"}.get(self.by, "cell")

    @property
    def measured(self) -> Measure:
        """The measure asked for."""
        return MEASURES[self.measure]

    def but(self, **changes: Any) -> "View":
        """Return a copy with some parts replaced."""
        return replace(self, **changes)


def read(args: MultiDict[str, str]) -> View:
    """Return the view that an address's arguments say; what is not understood falls back to the default.

    The page refuses such values before it reads them (``app.arguments``).
    """
    default, linked = View(), _linked(args)
    if linked is not None:
        return linked
    cell = args.get("cell", default.cell, type=int)
    return View(
        measure=_one(args, "measure", MEASURES, default.measure),
        by=_one(args, "by", FORMS, default.by),
        kind=_one(args, "kind", KINDS, default.kind),
        cell=cell if cell in CELLS else default.cell,
        chosen=query.read(args),
        at=args.get("at", "")[:200],
        shape=args.get("shape", "")[: polygons.MOST],
        base=args.get("base", "")[:MOST_KEY],
    )


def write(view: View) -> dict[str, Any]:
    """Return the arguments that ``read`` turns into the same view, defaults left out."""
    default = View()
    own = {name: getattr(view, name) for name in ("measure", "by", "kind", "cell", "at", "shape", "base")}
    return {name: value for name, value in own.items() if value != getattr(default, name)} | query.write(view.chosen)


def _linked(args: MultiDict[str, str]) -> View | None:
    """Return the view that another page's link to one place means (``kind``, ``key``)."""
    kind, key = args.get("kind", ""), args.get("key", "")
    if not key or kind not in ("county", *KINDS):
        return None
    linked = View(at=f"{kind}:{key}", chosen=query.read(args))
    return linked.but(by="county") if kind == "county" else linked.but(kind=kind)


def _one(args: MultiDict[str, str], name: str, allowed: Any, default: str) -> str:
    value = args.get(name, default)
    return value if value in allowed else default
