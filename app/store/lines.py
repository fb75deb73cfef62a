"""Boundaries as stored: zones and what lies in them, each version with the day it came in force; old ones stay.

Places are versioned by ``version`` and ``replaced_on``; ``since`` is the first day of a version, none of the first.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.models import Place
from app.store import versions, writing
from app.store.layers import LAYERS
from app.store.scope import Scope
from geo.frames import ALIASES, CRS

TABLE: sa.Table = Place.__table__  # type: ignore[assignment]
ZONES, HELD = ("zone",), ("building", "market")
"""Kinds of places with lines of their own to draw, and kinds that only lie in one of them."""

COPIED = tuple(column.name for column in TABLE.columns if column.name not in ("fid", "geom"))
DRAWN = ("name", "parent", "county_code", "zone_level", "locked", "cross_county")
"""What a draft may change of a zone, besides its lines."""


def in_force(session: Session, scope: Scope, kinds: Sequence[str] = ZONES) -> gpd.GeoDataFrame:
    """Return today's places of some kinds by key: every column of the table, and the geometry (None: not drawn)."""
    return _read(session, scope, TABLE.c.kind.in_(kinds), TABLE.c.replaced_on.is_(None)).set_index("key")


def on(session: Session, scope: Scope, day: date) -> gpd.GeoDataFrame:
    """Return the zones that were in force on a day, by key."""
    begun = TABLE.c.since.is_(None) | (TABLE.c.since <= day)
    last = TABLE.c.replaced_on.is_(None) | (TABLE.c.replaced_on > day)
    return _read(session, scope, TABLE.c.kind.in_(ZONES), begun, last).set_index("key")


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether the places in force on two days are the same versions."""
    return bool(one["version"].to_dict() == other["version"].to_dict())


def versions_of(session: Session, scope: Scope, key: str) -> gpd.GeoDataFrame:
    """Return every version of a place, the newest first, by number of version; empty where there is none in scope."""
    found = _read(session, scope, TABLE.c.key == key)
    return found.sort_values("version", ascending=False).set_index("version")


def write(session: Session, rows: Sequence[Mapping[str, Any]], *, since: date, draft: str) -> None:
    """Write new versions of zones, or of the parent of what lies in them, in force from a day.

    Parameters
    ----------
    rows : key, kind, ``DRAWN`` and geometry of a zone; key and parent of another place; key and ``removed`` of a zone
        that is no more, with ``into``, the zone it was merged into, if it was: addresses that name it mean that one
    since : first day; whatever was in force ends on it
    draft : key of the draft that decided it
    """
    for row in rows:
        before = _current(session, str(row["key"]))
        if before is not None:
            session.execute(sa.update(TABLE).where(TABLE.c.fid == before.fid).values(replaced_on=since))
            _keep_name(session, before, row, since=since, draft=draft)
        if not row.get("removed"):
            _insert(session, _after(session, before, row), since, draft)
    if rows:
        versions.bump(session, versions.INPUTS)


def revert(session: Session, keys: Sequence[str], *, since: date, draft: str) -> None:
    """Put what a draft replaced back in force, as versions of their own: nothing of the history goes."""
    table = LAYERS["aliases"].table
    session.execute(table.delete().where(table.c.key.startswith(f"boundary:{draft}:", autoescape=True)))
    rows: list[dict[str, Any]] = []
    for key in keys:
        found = _read(session, Scope(), TABLE.c.key == key).sort_values("version")
        own = found["version"][found["draft_key"].eq(draft)]
        ended = found["draft_key"].ne(draft) if own.empty else found["version"] < own.max()
        older = found[ended]
        rows.append({"key": key, "removed": True} if older.empty else dict(older.iloc[-1]))
    write(session, rows, since=since, draft=draft)


def overtaken(session: Session, base: Mapping[str, Mapping[str, Any]], keys: Sequence[str]) -> list[str]:
    """Return which of these zones are no longer as a draft found them (``base``): others have changed them since."""
    return [key for key in keys if _differs(_current(session, key), base.get(key))]


def last_made_by(session: Session, keys: Sequence[str], draft: str) -> bool:
    """Return whether nobody has changed these places since a draft did."""
    newest = sa.select(TABLE.c.draft_key).order_by(TABLE.c.version.desc()).limit(1)
    made = [session.scalar(newest.where(TABLE.c.key == key, TABLE.c.replaced_on.is_(None))) for key in keys]
    return all(found in (draft, None) for found in made)


def shape_text(shape: shapely.Geometry | None) -> str | None:
    """Return a geometry as text that keeps every digit."""
    return None if shape is None else shapely.to_wkb(shape, hex=True)


def shape_of(text: str | None) -> shapely.Geometry | None:
    """Return the geometry of ``shape_text``."""
    return None if not text else shapely.from_wkb(text)


def _read(session: Session, scope: Scope, *conditions: Any) -> gpd.GeoDataFrame:
    own = [] if scope.county_code is None else [TABLE.c.county_code == scope.county_code]
    query = sa.select(*(TABLE.c[name] for name in COPIED), dialect.raw(TABLE.c.geom)).where(*conditions, *own)
    rows = session.execute(query.order_by(TABLE.c.name, TABLE.c.fid)).all()
    frame = pd.DataFrame([row[:-1] for row in rows], columns=list(COPIED), dtype="object")
    shapes = dialect.decode(session.connection(), [row[-1] for row in rows])
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=CRS), crs=CRS)


def _current(session: Session, key: str) -> Any:
    query = sa.select(*(TABLE.c[name] for name in ("fid", *COPIED)), dialect.raw(TABLE.c.geom))
    return session.execute(query.where(TABLE.c.key == key, TABLE.c.replaced_on.is_(None))).first()


def _differs(row: Any, base: Mapping[str, Any] | None) -> bool:
    if row is None or base is None:
        return (row is None) != (base is None)
    return bool(row.version != base["version"])


def _after(session: Session, before: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a new version: those of the one before, changed by what the row says."""
    count = session.scalar(sa.select(sa.func.max(TABLE.c.version)).where(TABLE.c.key == row["key"]))
    kept = {} if before is None else {name: getattr(before, name) for name in COPIED}
    if before is None:
        kept = {"origin": "decision", "kind": "zone", "source": None, "mentions": None}
    told = {name: row[name] for name in ("kind", *DRAWN) if name in row}
    connection = session.connection()
    geom = row["geometry"] if "geometry" in row else _shape(connection, before)
    encoded = dialect.encode(connection, np.array([geom], dtype=object))[0]
    return {**dict.fromkeys(COPIED), **kept, **told, "key": row["key"], "version": (count or 0) + 1, "geom": encoded}


def _keep_name(session: Session, before: Any, row: Mapping[str, Any], *, since: date, draft: str) -> None:
    """Keep the name of a zone that was merged or renamed: registers go on writing it for years."""
    target = row.get("into") if row.get("removed") else row["key"]
    if not target or (not row.get("removed") and row.get("name", before.name) == before.name):
        return
    alias = {
        "alias": before.name, "target": target, "kind": "former",
        "valid_to": pd.Timestamp(since) - pd.Timedelta(days=1),
        "source": f"边界草案 / draft of boundaries {draft}",
    }  # fmt: skip
    made = pd.DataFrame([alias], index=[f"boundary:{draft}:{row['key']}"])
    writing.write(session, "aliases", ALIASES.conform(made))


def _shape(connection: sa.Connection, before: Any) -> shapely.Geometry | None:
    return None if before is None else dialect.decode(connection, [before.geom])[0]


def _insert(session: Session, values: dict[str, Any], since: date, draft: str) -> None:
    values = {**values, "replaced_on": None, "since": since.isoformat(), "draft_key": draft}
    plain = {name: value.isoformat() if isinstance(value, date) else _plain(value) for name, value in values.items()}
    dialect.bulk_insert(session.connection(), TABLE, list(plain), [tuple(plain.values())])


def _plain(value: Any) -> Any:
    return None if value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)) else value
