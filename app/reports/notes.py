"""What stands on the cover of every file: what is counted, on which day, on which basis, and what is not on the map."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from app.config import settings
from app.labels import label
from app.pages import day, is_sample, number
from app.query import CODE_LISTS
from app.reading import Reading
from geo.coverage import UNPLACED
from geo.gaps import Filter

CONDITIONS = {
    "county": lazy("县（市、区）"),
    "town": lazy("镇（街道）"),
    "village": lazy("村（社区）"),
    "zone": lazy("园区"),
    "building": lazy("楼宇"),
    "market": lazy("市场"),
    "street": lazy("道路"),
    "sector": lazy("行业"),
    "ownership": lazy("单位类别"),
    "size": lazy("职工规模"),
    "primary": lazy("一次覆盖"),
    "union": lazy("工会"),
    "path": lazy("建议组织形式"),
    "reason": lazy("未建会原因"),
    "stage": lazy("推进阶段"),
    "level": lazy("定位级别"),
    "location": lazy("定位结论"),
    "excluded": lazy("不计入分母的原因"),
    "group": lazy("建议的联合工会"),
    "left": lazy("未列入建议的原因"),
    "source": lazy("名录来源"),
    "placed": lazy("地点类型"),
    "flag": lazy("核对提示"),
    "federation": lazy("联合会"),
    "priority": lazy("重点类型"),
    "eligible": lazy("计入分母"),
    "covered": lazy("已建会"),
    "gap": lazy("未建会"),
    "secondary": lazy("二次覆盖"),
    "federation_only": lazy("仅由联合会覆盖"),
    "party_org": lazy("有党组织"),
    "top500": lazy("世界 500 强"),
    "located": lazy("已定位"),
    "precise": lazy("定位到楼宇、门牌或市场"),
    "point": lazy("有点位"),
    "workers_known": lazy("人数已知"),
    "suggested": lazy("已列入建会建议"),
    "flagged": lazy("有核对提示"),
    "text": lazy("文字"),
}
"""What each condition of ``geo.gaps.Filter`` is called."""


COUNTED = ("firms", "eligible", "gap", "unlocated", "workers_unknown")
"""Counts that a cover tells; all other figures of a choice would take a workbook as long as its rows."""


def notes(
    read: Reading, chosen: Filter, what: str, asked: Sequence[tuple[str, str]] | None = None
) -> list[tuple[str, str]]:
    """Return label and text of each note of a list.

    Parameters
    ----------
    chosen : the firms that the list counts
    what : what one row is
    asked : conditions of a list that is not one of firms, name and value in words; by default those of ``chosen``
    """
    asked = conditions(read, chosen) if asked is None else asked
    total = {name: read.counted(name, chosen) for name in COUNTED}
    lines = [
        (_("内容"), what),
        (_("筛选条件"), "；".join(f"{name}：{value}" for name, value in asked) or _("无，全部列出")),
        (_("数据截止"), day(read.on)),
        (_("口径"), _("名录口径：分母为数据截止日登记在册、正常经营的企业法人；人数为职工数，不是会员数")),
        (_("企业总数"), number(total["firms"])),
        (_("计入分母的企业"), number(total["eligible"])),
        (_("未建会企业"), number(total["gap"])),
        (
            _("未定位"),
            _("%(n)s 家计入分母的企业只知县（市、区）或完全不明，已列在表中，不在图上", n=number(total["unlocated"])),
        ),
        (_("人数不详"), _("%(n)s 家计入分母的企业没有职工人数，合计不含这些企业", n=number(total["workers_unknown"]))),
        (_("使用说明"), _("工作台账，非统计调查表。仅供内部工作使用，不得公开。")),
    ]
    if not read.ledger:
        lines.insert(2, (_("工会台账"), _("尚未导入工会台账，覆盖情况未知")))
    if read.credits:
        lines.append((_("地点数据"), "；".join(read.credits)))
    if settings().map_approval:
        lines.append((_("审图号"), settings().map_approval))
    if is_sample():
        lines.insert(0, (_("注意"), _("演示数据：街道、楼宇、企业、工会均为虚构")))
    return lines


def stamp(read: Reading, basis: str = "") -> list[tuple[str, str]]:
    """Return heading and text of the columns that a file without a cover carries: day, basis and, if so, the sample.

    The basis is the register of enterprises unless ``basis`` names another one.
    """
    columns = [(_("数据截止"), day(read.on)), (_("口径"), basis or _("名录口径"))]
    return [*columns, (_("注意"), _("演示数据：街道、楼宇、企业、工会均为虚构"))] if is_sample() else columns


def conditions(read: Reading, chosen: Filter) -> list[tuple[str, str]]:
    """Return each condition of a filter in words."""
    return [(str(CONDITIONS[name]), _worded(read, name, value)) for name, value in chosen.conditions().items()]


def _worded(read: Reading, name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, tuple):
        return "、".join(_("未知") if item == UNPLACED else value_name(read, name, item) for item in value)
    return str(value)


def value_name(read: Reading, name: str, value: str) -> str:
    """Return one allowed value of a condition in words: a place, a union, or a code of a list."""
    if name in ("county", "town", "village", "zone", "building", "market", "street", "union"):
        return read.name(name, value)
    if name == "federation":
        return read.name("union", value)
    if name == "group":
        return read.group_name(value)
    return value if name == "source" else label(CODE_LISTS.get(name, name), value)
