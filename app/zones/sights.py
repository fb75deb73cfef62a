"""What the desk shows of a draft, put together: map, tally, faults, hierarchy, and what has happened meanwhile."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import store
from app.labels import options
from app.models import ZoneDraft
from app.reading import Reading
from app.zones import counts, course, faults, lying, tree
from app.zones.drawing import drawn, middle
from app.zones.requests import Ground
from app.zones.words import said
from app.zones.work import Work, area
from geo.zones.lattice import UNITS, scale
from geo.zones.repair import REPAIRABLE


def ground(opened: Session, read: Reading, draft: ZoneDraft) -> Ground:
    """Return what operations on a draft can lean on."""
    own = area(draft.county_code)
    now = store.input_version(opened)  # a layer imported since the survey can be painted with at once
    outlines = read.kept.get(("zones.outlines", own, now), lambda: store.read(opened, "outlines", own))
    every = read.kept.get(("zones.counties", now), lambda: _today(store.read(opened, "outlines", store.CITY), "county"))
    streets = read.kept.get("zones.streets", partial(_streets, read))
    return Ground(
        every,
        _today(outlines, "town", "village"),
        read.kept.get(("zones.held", own, now), lambda: store.lines.in_force(opened, own, store.lines.HELD)),
        streets,
        lambda key: len(store.lines.versions_of(opened, store.CITY, key)) > 0,
    )


def around(opened: Session, read: Reading, done: Work) -> dict[str, Any]:
    """Return all that the desk of a draft shows."""
    own = ground(opened, read, done.draft)
    left = lying.left(done, own)
    found = faults.told(done, own, read, left)
    over = course.overtaken(opened, done)
    returned = next((event for event in store.zones.events(opened, done.draft) if event.action == "return"), None)
    return {
        "read": read, "draft": done.draft, "faults": found, "tally": counts.tally(read, done, done.state),
        "zone_names": {key: zone.name for key, zone in done.after.zones.items()},
        "rows": tree.hierarchy(done, own.held), "left": lying.rows(done, left), "beside": [],
        "levels": options("zone_level"), "state": state(done, found),
        "paintable": len(own.painted) > 0, "repairable": any(one.fault.code in REPAIRABLE for one in found),
        "branches": store.zones.branches(opened, done.draft),
        "overtaken": [done.before[key].name if key in done.before else key for key in over],
        "failed": [(one.number, one.kind, said(one.error)) for one in done.failed],
        "returned": returned if done.draft.status == "returned" else None,
    }  # fmt: skip


def state(done: Work, told: Iterable[faults.Told]) -> dict[str, Any]:
    """Return what the map shows of a draft, as JSON."""
    changed, frame = set(done.changed), done.after.frame
    zones = [
        {
            "key": key, "name": zone.name, "locked": zone.locked, "changed": key in changed, "parent": zone.parent,
            "metres": _metres(zone.shape), "geometry": drawn(frame.geometry[key]), "at": middle(frame.geometry[key]),
        }
        for key, zone in done.after.zones.items()
    ]  # fmt: skip
    old = done.before.frame.geometry
    return {
        "version": done.draft.version, "head": done.draft.head, "undo": bool(done.steps),
        "redo": done.draft.tip is not None and done.draft.tip != done.draft.head, "zones": zones,
        "names": [zone.name for zone in done.before.zones.values()],
        "old": [drawn(old[key]) for key in done.before.drawn if key in changed],
        "faults": [drawn(one.fault.geometry) for one in told],
    }  # fmt: skip


def groups(read: Reading, done: Work) -> pd.DataFrame:
    """Return the suggested joint unions that sit in a zone that changes: the next survey makes them anew."""
    return read.groups_at(done.changed)


def words() -> dict[str, Any]:
    """Return what the desk's script says."""
    return {
        "newName": _("新园区"), "saved": _("已保存"), "broken": _("没有连上服务器，这一步没有保存；请检查网络后重试。"),
        "corners": _("坐标没有看懂：每行一个“经度,纬度”。"),
        "moved": _("向东 {east} 米、向北 {north} 米；回车保存，Esc 取消"),
        "below": _("“{name}”下面还有 {n} 个园区："), "removeAll": _("一起删除"),
        "removeOne": _("只删这一个，下级归到上一级"), "removeNone": _("不删"),
        "takeRepair": _("采用修好的形状"), "dropRepair": _("不用"),
        "stillDrawn": _("{said}。画的形状还在图上，问题处标红：拖动拐点改好后按回车再保存。"),
        "stillMoving": _("{said}。园区停在移动后的位置：可接着移，回车再保存，Esc 放回原处。"),
        "saveAgain": _("再保存"), "dropDrawn": _("放弃这次画的"),
        "needs": {
            "1": _("请先选中一个园区"), "2": _("请先选中两个以上园区（按住 Ctrl 点选）"), "some": _("请先选中园区"),
        },
        "done": {
            "draw": _("已画出新园区。请写上名称，按回车保存；没有起名不能提交。"),
            "split": _("已分割"), "merge": _("已合并"), "undo": _("已撤销"), "redo": _("已重做"),
        },
    }  # fmt: skip


def _metres(shape: Any) -> list[float] | None:
    """Metres a degree east and north in the middle of a zone, None where it is not drawn."""
    return None if shape is None or shape.is_empty else [each * UNITS for each in scale(shape)]


def _today(outlines: gpd.GeoDataFrame, *levels: str) -> gpd.GeoDataFrame:
    return outlines[outlines["level"].isin(levels) & outlines["valid_to"].isna() & outlines.geometry.notna()]


def _streets(read: Reading) -> np.ndarray:
    shapes = read.survey.places.loc[read.survey.places["kind"].eq("street"), "geometry"]
    lines = shapes[shapes.notna() & shapes.geom_type.isin(["LineString", "MultiLineString"])]
    return np.asarray(lines.to_numpy(), dtype=object)
