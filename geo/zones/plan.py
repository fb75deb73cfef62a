"""A plan: the zones of one level in one working set. Values in, values out: an operation returns another plan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import FrameError
from geo.frames import CRS
from geo.zones.errors import LockedError, OperationError
from geo.zones.lattice import Geometries, area_m2, to_degrees, to_lattice
from geo.zones.mesh import noded

FACTS = ("name", "parent", "county_code", "zone_level", "locked", "cross_county")
"""Columns of a plan's frame beside the geometry."""


@dataclass(frozen=True, eq=False)
class Zone:
    """One zone; ``shape`` is on the lattice (see ``geo.zones.lattice``), None while it is known by name only."""

    key: str
    name: str = ""
    parent: str | None = None
    county_code: str | None = None
    zone_level: str | None = None
    locked: bool = False
    cross_county: bool = False
    shape: Any = None

    @property
    def drawn(self) -> bool:
        """Whether it has a valid outline that takes part in operations."""
        return self.shape is not None and not self.shape.is_empty and self.valid

    @cached_property
    def valid(self) -> bool:
        """Whether the outline, if there is one, is valid."""
        return self.shape is None or bool(shapely.is_valid(self.shape))

    @cached_property
    def area_m2(self) -> float:
        """Area on the ellipsoid; 0 without an outline."""
        return 0.0 if self.shape is None else float(area_m2(self.shape))


@dataclass(frozen=True, eq=False)
class Plan:
    """Zones by place key, in order. Borders that zones share are the same vertices in both."""

    zones: Mapping[str, Zone]

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, *, matched: bool = False) -> "Plan":
        """Read a plan from a frame by place key with ``geometry`` in EPSG:4326 and any of ``FACTS``.

        PLACES fits as it is. Outlines are rounded to the lattice (a centimetre) and vertices of one put into the
        borders of others that pass within it; no other change: faults stay for ``check`` to tell.

        Parameters
        ----------
        matched : the frame comes from ``Plan.frame``, so that borders already match; saves time only

        Raises
        ------
        FrameError
            If the CRS is another, keys repeat, or a geometry is no polygon.
        """
        _promised(frame)
        shapes = to_lattice(np.asarray(frame.geometry.array, dtype=object))
        facts = frame.reindex(columns=FACTS)
        rows = zip(frame.index, facts.itertuples(index=False), shapes, strict=True)
        zones = {str(key): _zone(str(key), row, shape) for key, row, shape in rows}
        plan = cls(MappingProxyType(zones))
        return plan if matched else plan.matched()

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The plan at the edge: by place key, ``FACTS`` and ``geometry`` in EPSG:4326 with seven decimals."""
        zones = list(self.zones.values())
        rows = {fact: [getattr(zone, fact) for zone in zones] for fact in FACTS}
        index = pd.Index([zone.key for zone in zones], name="place_id", dtype="object")
        shapes = [None if zone.shape is None else to_degrees(zone.shape) for zone in zones]
        facts = pd.DataFrame(rows, index=index)
        texts = facts.astype(dict.fromkeys(("name", "parent", "county_code", "zone_level"), "string"))
        geometry = gpd.GeoSeries(shapes, index=index, crs=CRS)
        return gpd.GeoDataFrame(texts.astype({"locked": "bool", "cross_county": "bool"}), geometry=geometry, crs=CRS)

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Keys of the zones that have a valid outline."""
        return tuple(key for key, zone in self.zones.items() if zone.drawn)

    @cached_property
    def shapes(self) -> Geometries:
        """Lattice outlines of ``drawn``."""
        return np.array([self.zones[key].shape for key in self.drawn] or [], dtype=object)

    @cached_property
    def degrees(self) -> Geometries:
        """Outlines of ``drawn`` in EPSG:4326."""
        return np.asarray(to_degrees(self.shapes), dtype=object)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over ``shapes``."""
        return shapely.STRtree(self.shapes)

    def __getitem__(self, key: str) -> Zone:
        """Return a zone.

        Raises
        ------
        OperationError
            If there is none of that key (``ZONE_UNKNOWN``).
        """
        if key not in self.zones:
            raise OperationError(f"no zone {key!r} in this plan", code="ZONE_UNKNOWN", detail={"zone": key})
        return self.zones[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self.zones)

    def __len__(self) -> int:
        """Return the number of zones."""
        return len(self.zones)

    def __contains__(self, key: object) -> bool:
        """Whether there is a zone of this key."""
        return key in self.zones

    def area_m2(self) -> pd.Series:
        """Area on the ellipsoid by key."""
        return pd.Series({key: zone.area_m2 for key, zone in self.zones.items()}, dtype="float64")

    def near(self, shape: Any, reach: float = 2.0) -> list[str]:
        """Keys of the zones within ``reach`` units of lattice shapes, in order."""
        found = np.atleast_1d(self.tree.query(shape, predicate="dwithin", distance=reach))
        return [self.drawn[k] for k in np.unique(found[-1] if found.ndim == 2 else found)]

    def related(self, key: str) -> set[str]:
        """Keys above and below a zone in the hierarchy, as far as they are in the plan; they may overlap it."""
        return self.above(key) | set(self.below(key))

    def below(self, key: str) -> list[str]:
        """Keys of the zones below a zone in the hierarchy at any depth, in order; itself if the hierarchy is a ring."""
        return [other for other, zone in self.zones.items() if zone.parent and key in self.above(other)]

    def with_zones(self, *zones: Zone, without: Iterable[str] = ()) -> "Plan":
        """Return the plan with zones put in (a known key keeps its place in the order) and others taken out."""
        gone = set(without)
        merged = {key: zone for key, zone in self.zones.items() if key not in gone}
        merged.update((zone.key, zone) for zone in zones)
        return Plan(MappingProxyType(merged))

    def with_shapes(self, shapes: Mapping[str, Any]) -> "Plan":
        """Return the plan with other lattice outlines; a zone whose outline is the same stays the same object."""
        changed = [
            replace(self.zones[key], shape=shape)
            for key, shape in shapes.items()
            if not same_shape(self.zones[key].shape, shape)
        ]
        return self.with_zones(*changed) if changed else self

    def unlocked(self, keys: Iterable[str]) -> None:
        """Refuse if one of the zones is locked.

        Raises
        ------
        LockedError
            Naming those.
        """
        locked = sorted(key for key in keys if self[key].locked)
        if locked:
            names = [self.zones[key].name or key for key in locked]
            raise LockedError(f"locked: {', '.join(locked)}", detail={"zones": locked, "names": names})

    def matched(self) -> "Plan":
        """Return the plan with the vertices of each zone put into the borders of the others that pass through them."""
        if len(self.drawn) < 2 or bool(shapely.coverage_is_valid(self.shapes)):
            return self
        return self.with_shapes(dict(zip(self.drawn, noded(self.shapes), strict=True)))

    def above(self, key: str) -> set[str]:
        """Keys above a zone in the hierarchy, as far as they are in the plan; itself if the hierarchy is a ring."""
        found: set[str] = set()
        parent = self.zones[key].parent
        while parent is not None and parent in self.zones and parent not in found:
            found.add(parent)
            parent = self.zones[parent].parent
        return found


def same_shape(one: Any, other: Any) -> bool:
    """Whether two outlines are the same, wherever their rings begin."""
    if one is None or other is None:
        return one is other
    if one is other:
        return True
    if shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other):
        return False
    return bool(shapely.equals_identical(shapely.normalize(one), shapely.normalize(other)))


def _zone(key: str, row: Any, shape: Any) -> Zone:
    name, parent, county, level = (
        None if pd.isna(getattr(row, fact)) else str(getattr(row, fact)) for fact in FACTS[:4]
    )
    locked, crossing = (not pd.isna(getattr(row, fact)) and bool(getattr(row, fact)) for fact in FACTS[4:])
    outline = None if shape is None or shape.is_empty else shape
    return Zone(key, name or "", parent, county, level, locked, crossing, outline)


def _promised(frame: gpd.GeoDataFrame) -> None:
    faults = []
    if frame.crs is not None and frame.crs.to_epsg() != 4326:
        faults.append(f"the CRS is {frame.crs}, not {CRS}")
    if not frame.index.is_unique:
        faults.append("a key stands twice")
    kinds = set(frame.geometry.geom_type.dropna()) - {"Polygon", "MultiPolygon"}
    if kinds:
        faults.append(f"outlines are {', '.join(sorted(kinds))}")
    if faults:
        raise FrameError("plan: " + "; ".join(faults), detail={"frame": "plan", "faults": faults})
