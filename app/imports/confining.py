"""An import by a county's account: rows of other counties are kept out, each with the reason; none is dropped silently.

A row is another county's if its county column or its address names one, if it names none but its position lies in one,
or if what it means is stored as another county's. A row that says nothing of the kind is the county's own.
"""

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from app import store
from app.imports.gates import county_shapes
from geo.datum import to_wgs84
from geo.registry import REJECT, Checked, Matching, Setting
from geo.registry.cells import read_degrees, show, tidy
from geo.registry.faults import COLUMNS
from geo.registry.identity import area_of, find_county

FaultRow = tuple[Any, str, str, str | None, str | None, str, dict[str, Any]]
FOREIGN, STORED = "OTHER_COUNTY", "OTHER_COUNTY_STORED"


@dataclass(frozen=True)
class Confined:
    """One import confined to a county: what the readers are told, the city's outlines, the county's code."""

    setting: Setting
    outlines: gpd.GeoDataFrame
    county_code: str

    def split(self, rows: pd.DataFrame, matching: Matching) -> tuple[pd.DataFrame, list[FaultRow]]:
        """Return the rows of a chunk that are not another county's, and a fault for each of the others."""
        county, address = (matching.columns.get(name) for name in ("county", "address"))
        named = rows[county].map(tidy) if county is not None else pd.Series("", index=rows.index)
        lines = rows[address].map(tidy) if address is not None else pd.Series("", index=rows.index)
        faults: list[FaultRow] = []
        open_rows = []
        for row, text, line in zip(rows.index, named, lines, strict=True):
            code = self._named(text, line)
            if code and code != self.county_code:
                field, column, value = ("county", county, text) if text else ("address", address, line)
                faults.append((row, REJECT, FOREIGN, field, column, value[:500], {"named": value[:80]}))
            elif not code:
                open_rows.append(row)
        faults += self._placed(rows.loc[open_rows], matching)
        return rows[~rows.index.isin([fault[0] for fault in faults])], faults

    def without_theirs(self, session: Session, checked: Checked, foreign: list[FaultRow]) -> Checked:
        """Return the rows without those that mean what is stored as another county's, and with all faults told.

        Of a row kept out nothing else is told: it could repeat what the other county has stored.
        """
        name, frame = next(iter(checked.frames.items()))
        theirs = self._theirs(session, name, frame)
        rows = [checked.rows[key][0] for key in theirs]
        stored: list[FaultRow] = [(row, REJECT, STORED, "name", None, "", {}) for row in rows]
        frames = {
            layer: part[~(part["union_id"] if "union_id" in part else part.index.to_series()).isin(theirs)]
            if layer != name
            else part[~part.index.isin(theirs)]
            for layer, part in checked.frames.items()
        }
        kept = checked.faults[~checked.faults["row"].isin(rows)]
        added = pd.DataFrame([*foreign, *stored], columns=list(COLUMNS), dtype="object")
        faults = pd.concat([kept, added], ignore_index=True) if len(kept) else added
        rejected = checked.rejected.append(pd.Index([fault[0] for fault in (*foreign, *stored)], dtype="object"))
        return replace(
            checked, frames=frames, rows=checked.rows[~checked.rows.index.isin(theirs)], faults=faults,
            rejected=rejected, rows_in=checked.rows_in + len(foreign),
        )  # fmt: skip

    def _named(self, text: str, line: str) -> str:
        """Return the code of the county that a row names; of a column that names none we know, what it says."""
        if text and not self.setting.words.blank(text):
            return find_county(text, self.setting.counties, self.setting.city) or text
        return area_of(None, line, self.setting.counties)

    def _placed(self, rows: pd.DataFrame, matching: Matching) -> list[FaultRow]:
        """Return a fault for each row, of those that name no county, whose position lies in another one."""
        points = self._points(rows, matching)
        if points is None:
            return []
        shapes = county_shapes(self.outlines)
        own = shapes.pop(self.county_code, None)
        if own is None or not shapes:
            return []
        inside = np.zeros(len(rows), dtype=bool)
        for shape in shapes.values():
            inside |= shapely.contains(shape, points)
        inside &= ~shapely.intersects(own, points)
        column = matching.columns.get("lon")
        cells = rows[column].map(show) if column in rows else pd.Series("", index=rows.index)
        return [
            (row, REJECT, FOREIGN, "lon", column if column in rows else None, cells[row][:500], {"named": ""})
            for row in rows.index[inside]
        ]

    def _points(self, rows: pd.DataFrame, matching: Matching) -> np.ndarray | None:
        if "geometry" in rows:
            shapes = rows["geometry"].to_numpy(dtype=object)
            return np.asarray(shapely.point_on_surface(shapes))
        lon, lat = (matching.columns.get(name) for name in ("lon", "lat"))
        if lon not in rows or lat not in rows or not len(rows):
            return None
        x, y = (
            np.array([read_degrees(cell, self.setting.words)[0] for cell in rows[name]], dtype=float)
            for name in (lon, lat)
        )
        sound = (x > 70) & (x < 140) & (y > 0) & (y < 56)
        points = np.full(len(rows), None, dtype=object)
        found = to_wgs84(x[sound], y[sound], self.setting.datum)
        points[sound] = shapely.points(found.lon, found.lat)
        return points

    def _theirs(self, session: Session, name: str, frame: pd.DataFrame) -> list[str]:
        """Return the keys of the rows that mean what is stored as another county's, or as the city's."""
        if name == "divisions":
            return [key for key in frame.index if not str(key).startswith(self.county_code)]
        if name in ("places", "unions"):
            stored = store.find(session, name, key=list(frame.index))
            return list(stored.index[stored["county_code"].ne(self.county_code).fillna(value=True)])
        subject = {"headcounts": "subject_key", "memberships": "union_id"}.get(name)
        keys = frame.index.to_series() if subject is None else frame[subject]
        if name == "memberships":
            stored = store.find(session, "unions", key=list(keys.unique()))
            own = set(stored.index[stored["county_code"].eq(self.county_code).fillna(value=False)])
            return [key for key, union in keys.items() if union not in own]
        counties = self._of_firms(session, list(keys.unique()))
        return [key for key, firm in keys.items() if counties.get(firm, self.county_code) != self.county_code]

    def _of_firms(self, session: Session, keys: list[str]) -> dict[str, str]:
        """Return the county of stored firms: where the latest survey found them, else what their address names."""
        found = store.whereabouts(session, keys)
        open_keys = [key for key in keys if key not in found]
        stored = store.find(session, "enterprises", key=open_keys) if open_keys else pd.DataFrame()
        for key, address in stored["address"].items() if len(stored) else ():
            code = area_of(None, address if isinstance(address, str) else "", self.setting.counties)
            if code:
                found[str(key)] = code
        return found
