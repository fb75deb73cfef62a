"""The map of the health of what exists: ailing unions in one layer, firms that are won first in another.

Each stands at the finest place that is known of it and on the map: the door of the firm, the seat, else the town.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from flask_babel import gettext as _

from app import palette
from app.maps import basemap, context, positions, scene
from app.maps.assets import Component, render
from app.maps.forms import of_workers, radius
from app.maps.frame import AtlasMap, with_controls
from app.maps.layers import Drawing, DrawnLayer
from app.maps.locator import bearings
from app.pages import asset
from app.reading import Reading
from app.security import nonce
from geo.coverage import PRECISE
from geo.gaps import KINDS

SEATS = ("building", "market", "street", "zone", "village")
"""Kinds of places that a union may have its seat in."""
FINE = ("building", "market")
"""Kinds of places whose firms are one circle, so that a building is one thing to visit."""
COARSE = ("town", "county")
UNIONS, PARTY = palette.SERIES[0], palette.GAP[2]
"""Colours of the two layers: dark and light, so that they differ in grey."""
DOOR, NOWHERE = "firm", "none"
LEAST = 40.0
"""If the largest spot counts fewer, circles are drawn as if it counted these: one union is no large circle."""


@dataclass(frozen=True)
class Layer:
    """One layer: what it is called, its unit and colour, and its spots (``gather``) with the ``link`` of each."""

    key: str
    title: str
    unit: str
    colour: str
    spots: pd.DataFrame


def stand_of_unions(read: Reading, unions: pd.DataFrame) -> pd.DataFrame:
    """Return where each union (a row of SURVEYED_UNIONS) stands: ``kind``, ``key``, ``lon``, ``lat``.

    An own union stands at the door of its firm, another at its seat; where that is not known or not on the map, at its
    town, then its county, else nowhere (kind ``none``).
    """
    seats = unions["place_id"].astype("string")
    kinds = seats.str.partition(":")[0].mask(seats.str.fullmatch(r"\d{12}"), "village")
    levels = [(DOOR, unions["host_id"].where(unions["host_id"].isin(_doors(read).index)))]
    levels += [(kind, seats.where(kinds.eq(kind))) for kind in SEATS]
    return _stand(read, unions.index, [*levels, *((kind, unions[KINDS[kind]]) for kind in COARSE)])


def stand_of_firms(read: Reading, firms: pd.DataFrame) -> pd.DataFrame:
    """Return the same of firms (rows of FIRMS): at their building or market, else their door, their town, county."""
    levels = [(kind, firms[KINDS[kind]]) for kind in FINE]
    own = pd.Series(firms.index, index=firms.index).where(firms.index.isin(_doors(read).index))
    return _stand(read, firms.index, [*levels, (DOOR, own), *((kind, firms[KINDS[kind]]) for kind in COARSE)])


def gather(rows: pd.DataFrame, at: pd.DataFrame) -> pd.DataFrame:
    """Return one row a spot, most first: ``kind``, ``key``, ``lon``, ``lat``, ``count``, ``first`` (key of one row),
    ``name`` (of it), and of firms their ``workers`` and ``workers_unknown``.
    """  # noqa: D205
    found = at.assign(first=rows.index, name=rows["name"].astype("object"))
    sums = ["count"]
    found["count"] = 1
    if "size_class" in rows:
        sums += ["workers", "workers_unknown"]
        found["workers"] = rows["workers"].fillna(0).astype("int64")
        found["workers_unknown"] = rows["workers"].isna().astype("int64")
    groups = found.groupby(["kind", "key"], sort=True)
    spots = groups[["lon", "lat", "first", "name"]].first().join(groups[sums].sum()).reset_index()
    return spots.sort_values("count", ascending=False, kind="stable")


def draw(read: Reading, layers: Sequence[Layer], *, label: str) -> Component:
    """Return the map of layers, each to be switched on and off, in one scale; the first lies on top."""
    now = scene.of(read)
    drawn = AtlasMap(now.bounds, label=label, limits=now.bounds)
    basemap.add(drawn, basemap.counties_of(read.outlines))
    context.add(drawn, bearings(read))
    most = max([LEAST, *(float(layer.spots["count"].max()) for layer in layers if len(layer.spots))])
    for layer in reversed(layers):
        made = DrawnLayer(_drawing(read, layer, most), title=layer.title, key=layer.key)
        made.control = True
        drawn.add_child(made)
    return render(with_controls(drawn), link=asset, nonce=nonce())


def name_of(read: Reading, spot: pd.Series) -> str:
    """Return what stands at a spot in words: the one union or firm, or the place of several."""
    if spot["kind"] == NOWHERE:
        return _("地点不详")
    if spot["count"] == 1 and spot["kind"] not in COARSE:
        return str(spot["name"])
    return read.firm_name(spot["key"]) if spot["kind"] == DOOR else read.name(spot["kind"], spot["key"])


def _doors(read: Reading) -> pd.DataFrame:
    firms = read.survey.firms
    return firms.loc[firms["level"].isin(PRECISE) & firms["lon"].notna(), ["lon", "lat"]].astype("float64")


def _stand(read: Reading, index: pd.Index, levels: Sequence[tuple[str, pd.Series]]) -> pd.DataFrame:
    """Return each row at the first of ``levels`` (a kind, and the key of each row or NA) at which it is on the map."""
    kinds, keys = np.full(len(index), NOWHERE, dtype=object), np.full(len(index), "", dtype=object)
    spots = np.full((len(index), 2), np.nan)
    for kind, asked in levels:
        known = _doors(read) if kind == DOOR else positions.points(scene.of(read), kind)[["lon", "lat"]]
        place = pd.Index(known.index.astype(object)).get_indexer(asked.astype(object).where(asked.notna(), None))
        here = np.where(place[:, None] >= 0, known.to_numpy(dtype=float)[place], np.nan) if len(known) else spots * 0
        new = (kinds == NOWHERE) & ~np.isnan(here[:, 0])
        kinds[new], keys[new], spots[new] = kind, asked.to_numpy(dtype=object)[new], here[new]
    return pd.DataFrame({"kind": kinds, "key": keys, "lon": spots[:, 0], "lat": spots[:, 1]}, index=index)


def _drawing(read: Reading, layer: Layer, most: float) -> Drawing:
    spots = layer.spots[layer.spots["kind"].ne(NOWHERE)]
    counts = spots["count"].to_numpy(dtype=float)
    lines: list[dict[str, Any]] = [{"label": layer.title, "values": spots["count"].tolist(), "unit": layer.unit}]
    if "workers" in spots:
        lines.append(of_workers(_("职工"), spots["workers"], spots["workers_unknown"]))
    return Drawing(
        form="symbols", keys=[f"{layer.key}:{row.kind}:{row.key}" for row in spots.itertuples()],
        classes=[0] * len(spots), colours=[layer.colour], certainty=0.75, lines=lines,
        names=[name_of(read, row) for _key, row in spots.iterrows()], name=list(range(len(spots))),
        links=spots["link"].tolist(),
        shape={
            "points": spots[["lon", "lat"]].astype(float).round(5).to_numpy().tolist(),
            "radii": radius(counts, most, len(spots)).tolist(),
        },
    )  # fmt: skip
