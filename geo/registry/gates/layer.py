"""Sentences for a layer as a whole: what is wrong with its positions altogether, and whether its datum can be right."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from geo.registry.gates import rows
from geo.registry.gates.verdict import Verdict

BAD, LOOK, GOOD = "bad", "warn", "ok"
SEVERITY: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("LAYER_DATUM_WRONG", "LAYER_DATUM_WRONG_LINES"), BAD),
        **dict.fromkeys(("LAYER_DATUM_OVER", "LAYER_DATUM_OVER_LINES"), BAD),
        **dict.fromkeys(("LAYER_SWAPPED", "LAYER_PROJECTED", "LAYER_UNPLACED", "LAYER_OUTSIDE"), BAD),
        "LAYER_ELSEWHERE": BAD,
        **dict.fromkeys(("LAYER_DATUM_AGREES", "LAYER_DATUM_AGREES_LINES", "LAYER_PLACED"), GOOD),
    }
)
"""How much a finding weighs; those not named want a look."""
STOPS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("LAYER_DATUM_WRONG", "LAYER_DATUM_WRONG_LINES"), "datum"),
        **dict.fromkeys(("LAYER_DATUM_OVER", "LAYER_DATUM_OVER_LINES"), "datum"),
        "LAYER_ELSEWHERE": "outside",
    }
)
"""Findings that a person has to contradict before the layer is imported, and what is confirmed then."""
NAMES: Mapping[str, str] = MappingProxyType(
    {"wgs84": "WGS-84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09", "bd09_gcj02": "BD-09→GCJ-02"}
)
"""Datums as both languages write them."""
_SHARE = 0.1
_WHOLE = MappingProxyType(
    {
        "POSITION_SWAPPED": "LAYER_SWAPPED",
        "POSITION_PROJECTED": "LAYER_PROJECTED",
        "POSITION_ZERO": "LAYER_ZERO",
        "POSITION_OUT_OF_RANGE": "LAYER_RANGE",
        "POSITION_OUTSIDE_CHINA": "LAYER_RANGE",
        "POSITION_COPIED": "LAYER_COPIED",
        "POSITION_FAR": "LAYER_FAR",
        "POSITION_OTHER_COUNTY": "LAYER_OTHER_COUNTY",
    }
)
_DECIMALS_TOLD = 3

Finding = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Counted:
    """Rows of a layer counted: all, those with a usable position, and those whose position is refused, by its fault."""

    rows: int
    placed: int
    faults: Counter[str]

    @property
    def without(self) -> int:
        """Rows that never had a position."""
        return self.rows - self.placed - sum(self.faults.values())


def sum_up(
    counted: Counted, decimals: pd.Series, outside: int, verdict: Verdict | None, crs: str | None
) -> tuple[Finding, ...]:
    """Return the findings about a layer, weightiest first; () where no row has or had a position.

    ``decimals``: of the usable points; ``outside``: how many of them lie out of the city; ``crs``: the projected
    reference that would put the layer into the city, if its numbers are metres.
    """
    if not counted.placed and not counted.faults:
        return ()
    found: list[Finding] = [] if verdict is None else [_of(verdict)]
    whole: Counter[str] = Counter()
    for code, count in counted.faults.items():
        whole[_WHOLE.get(code, "LAYER_RANGE")] += count
    for code, count in whole.most_common():
        if count >= max(2, _SHARE * counted.rows) or not counted.placed:
            found.append((code, {"rows": count, "of": counted.rows, **({"crs": crs or ""} if crs else {})}))
    coarse = decimals[(decimals <= _DECIMALS_TOLD).fillna(value=False)]
    if len(coarse) >= 2 and 2 * len(coarse) > counted.placed:
        usual = int(coarse.mode().iloc[0])
        found.append(("LAYER_COARSE", {"rows": len(coarse), "decimals": usual, "about_m": rows.about_m(usual)}))
    found += outside_city(outside, counted.placed, counted.rows)
    code = "LAYER_PLACED" if counted.placed else "LAYER_UNPLACED"
    refused = sum(counted.faults.values())
    tally = {"of": counted.rows, "placed": counted.placed, "refused": refused, "without": counted.without}
    order = {BAD: 0, LOOK: 1, GOOD: 2}
    return tuple(sorted([*found, (code, tally)], key=lambda finding: order[severity(finding[0])]))


def severity(code: str) -> str:
    """Return how much a finding weighs: bad, warn or ok."""
    return SEVERITY.get(code, LOOK)


def outside_city(outside: int, placed: int, of: int) -> list[Finding]:
    """Return what is told of points outside the city, ``placed`` of ``of`` rows being on the map.

    ``LAYER_ELSEWHERE`` where the whole file is of another city: all its points lie outside, and most rows have one.
    """
    if not outside or 2 * outside <= placed:
        return []
    whole = outside == placed and 2 * placed > of
    return [("LAYER_ELSEWHERE" if whole else "LAYER_OUTSIDE", {"rows": outside, "of": placed})]


def stops(findings: Sequence[Finding], confirmed: Collection[str] = ()) -> Finding | None:
    """Return the finding that has to be contradicted before the layer is imported, None if there is none.

    ``confirmed`` are the values of ``STOPS`` that a person has confirmed already.
    """
    return next((found for found in findings if found[0] in STOPS and STOPS[found[0]] not in confirmed), None)


def _of(verdict: Verdict) -> Finding:
    """Return a verdict as a finding; ``…_LINES`` where only streets and borders spoke, so that no spread is known."""
    detail = verdict.detail()
    reading = detail.pop("reading") or ""
    named = {"declared": NAMES.get(verdict.declared, verdict.declared), "datum": reading}
    words = {**detail, **named, "probable": NAMES.get(reading.removeprefix("over_"), "")}
    lines = verdict.code.startswith("LAYER_DATUM") and reading and detail["spread_m"] is None
    return (f"{verdict.code}_LINES" if lines else verdict.code), words


CANDIDATES = (
    *(f"EPSG:{code}" for code in (4549, 4528, 4550, 4529, 4548, 4527, 4547, 4526, 4546, 4525)),
    *(f"EPSG:{code}" for code in (4509, 4498, 4508, 4497, 4507, 4496)),
    *(f"EPSG:{code}" for code in (3857, 32651, 32650, 2437, 2385, 2363, 2416)),
)
"""Projected references that offices deliver: CGCS2000, Web Mercator, UTM, Beijing 1954, Xi'an 1980; eastern zones."""


def guess_crs(x: np.ndarray, y: np.ndarray, box: tuple[float, float, float, float]) -> str | None:
    """Return the projected reference under which most points in metres fall into a box of degrees; None if none does.

    A guess to be told, never used: neighbouring references differ by less than a city is wide.
    """
    import pyproj

    for name in CANDIDATES:
        for east, north in ((x, y), (y, x)):
            lon, lat = pyproj.Transformer.from_crs(name, "EPSG:4326", always_xy=True).transform(east, north)
            inside = (lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])
            if inside.mean() > 0.9:
                return f"{name} {pyproj.CRS(name).name}"
    return None
