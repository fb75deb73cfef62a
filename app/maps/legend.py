"""The legend: classes and symbols, and beside them what every map must say: denominator, day, what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app import links, palette, query
from app.maps import flags, forms, words
from app.maps.cells import metres
from app.maps.drawing import Picture
from app.maps.forms import radius
from app.maps.scene import FEW
from app.maps.view import View
from app.pages import number, people, told
from geo.coverage import UNPLACED

SIZED = {"eligible": lazy_gettext("应建会企业数"), "gap": lazy_gettext("未建会企业数")}
"""What the circles of a rate are as large as."""


STATES = {"none": lazy_gettext("未建会"), "joint": lazy_gettext("联合建会"), "own": lazy_gettext("单独建会")}
"""What the colours of dots mean."""


@dataclass(frozen=True)
class Swatch:
    """One class: a colour with its opacity, or the hatching for "too few"."""

    label: str
    colour: str
    opacity: float = 1.0
    hatched: bool = False


@dataclass(frozen=True)
class Outside:
    """Firms or workers that the picture cannot show (None: nobody knows how many), with the address of their list."""

    label: str
    count: int | None
    unit: str
    href: str


@dataclass(frozen=True)
class Legend:
    """What stands beside a picture.

    ``circles`` are radius (px) and label of sample symbols; ``warning``: counts on equal areas show where firms are;
    ``base``: what the measure is a part of, with its number.
    """

    title: str
    unit: str
    swatches: list[Swatch]
    circles: list[tuple[float, str]]
    notes: list[str]
    warning: bool
    outside: list[Outside]
    base: str


def of(picture: Picture, *, vague_url: str, total: pd.Series) -> Legend:
    """Return the legend of a picture.

    Parameters
    ----------
    vague_url : opens the firms that are placed too coarsely for it
    total : the figures of the firms chosen (``geo.coverage.measure``)
    """
    view = picture.view
    return Legend(
        title=str(words.MEASURES[view.measure]),
        unit=str((words.DENSITIES if view.by == "heat" else words.UNITS)[view.measure]),
        swatches=_swatches(picture),
        circles=_circles(picture),
        notes=_notes(picture),
        warning=not view.measured.rate and view.by in ("heat", "grid"),
        outside=_outside(picture, vague_url),
        base=_base(view, total),
    )  # fmt: skip


def _base(view: View, total: pd.Series) -> str:
    """Return what the measure is a part of: workers of workers, firms of 25 and over of such firms."""
    if view.measure == "workers":
        return _("应建会企业职工 %(n)s", n=people(total["workers"], total["workers_unknown"]))
    if view.measure == "big":
        return _("25 人以上应建会企业 %(n)s 家", n=number(total["eligible_25"]))
    if view.measured.whole == "gap" or view.measure == "opportunity":
        return _("未建会企业 %(n)s 家", n=number(total["gap"]))
    return _("应建会企业 %(n)s 家", n=number(total["eligible"]))


def _swatches(picture: Picture) -> list[Swatch]:
    view, scale = picture.view, picture.classes
    if view.by == "points":
        return [Swatch(str(STATES[name]), palette.STATES[name]) for name in STATES]
    if picture.drawing.form == "symbols" and not view.measured.rate:
        return []
    if view.by == "heat" and not view.measured.rate:
        labels = [_("≥ %(value)s", value=_plain(value)) for value in scale.breaks]
        return [Swatch(label, colour, 0.8) for label, colour in zip(labels, scale.colours, strict=True)]
    if view.measured.flag:
        said = zip(flags.labels(view.measured), scale.colours, strict=True)
        return [Swatch(text, colour, forms.PLAIN) for text, colour in said]
    shown = [Swatch(label, colour, forms.PLAIN) for label, colour in zip(scale.labels(), scale.colours, strict=True)]
    if view.measured.rate:
        shown = [Swatch(swatch.label, swatch.colour, forms.FULL) for swatch in shown]
        few = _("不足 %(few)s 家，不计算比率", few=FEW) if view.by != "heat" else _("企业太少，留白")
        return [*shown, Swatch(few, palette.NO_DATA, hatched=view.by != "heat")]
    nought = [Swatch(_("0（应建已建）"), forms.NONE_LEFT, forms.PLAIN)]
    untold = [Swatch(_("人数不详"), palette.NO_DATA, hatched=True)]
    values = picture.shown["value"]
    return [*(nought if (values == 0).any() else []), *shown, *(untold if values.isna().any() else [])]


def _circles(picture: Picture) -> list[tuple[float, str]]:
    if picture.drawing.form != "symbols" or picture.top <= 0:
        return []
    many = len(picture.drawing.keys)
    samples = _samples(picture.top)
    sizes = radius(np.array(samples), picture.top, many)
    return [(float(size), number(value)) for size, value in zip(sizes, samples, strict=True)]


def _samples(top: float) -> list[float]:
    """Return up to three round values for sample symbols, the largest first."""
    from app.maps.classes import floor

    largest = floor(top)
    found = [largest, floor(largest / 4), floor(largest / 20)]
    return list(dict.fromkeys(value for value in found if value >= 1))


def _notes(picture: Picture) -> list[str]:
    view = picture.view
    notes = []
    if view.by == "points":
        return [_("一点一家应建会企业，只画定位到楼宇、门牌或市场的；多于 %(n)s 家时先画六边形，放大后成点", n=2000)]
    if picture.drawing.form == "symbols":
        sized = str(SIZED[view.measured.whole]) if view.measured.rate else str(words.MEASURES[view.measure])
        notes.append(_("圆面积 = %(what)s", what=sized))
    if view.measured.like:
        notes.append(_("各处与相邻各处比（局部莫兰指数，比率按企业数校正），误报率控制在 10%%；供分析用"))
    elif view.measured.flag:
        notes.append(_("与按全市未建会率随机分布相比，误报率控制在 10%%（超几何检验，Benjamini–Hochberg）"))
    elif view.measured.rate and view.by != "heat":
        notes.append(_("比率经经验贝叶斯平滑，颜色越淡越不确定（90%% 区间宽于 %(a)s、%(b)s 点）", a=15, b=30))
    if view.by == "heat":
        notes.append(_("核密度，带宽 %(size)s", size=metres(view.cell)))
    if view.by == "heat" and view.measured.rate:
        notes.append(_("比率 = 未建会密度 ÷ 应建会密度，带宽相同"))
        notes.append(_("棕线内高于全市、蓝线内低于全市，都超出偶然（逐点 99%%）"))
    if view.by == "grid":
        notes.append(_("六边形中心相距 %(size)s；换一种大小，次序可能改变", size=metres(view.cell)))
    if picture.classes.breaks and picture.drawing.form != "symbols" and not view.measured.flag:
        notes.append(_("分级按全市全部企业取自然断点并取整，不随筛选变化"))
    return [*notes, _("县界只作背景，不作划界依据；位置、面积均为估算")]


def _outside(picture: Picture, vague_url: str) -> list[Outside]:
    view, column = picture.view, picture.view.measured.column
    column = picture.view.measured.part if picture.view.measured.rate else column
    unit = str(words.UNITS["firms" if picture.view.measured.rate else view.measure])
    if view.unit == "cell":
        return [Outside(_among(view, _("未精确定位（只到村、镇或更粗）")), _sum(picture.left, column), unit, vague_url)]
    kind = str(words.KINDS[view.unit]).lower()  # within a sentence
    lost = query.behind(view.measured.figure, view.unit, UNPLACED, view.chosen)
    shown = [
        Outside(
            _among(view, _("未归入任何%(kind)s", kind=kind)), _sum(picture.left, column), unit, links.list_url(lost)
        )
    ]
    waiting = picture.waiting
    if len(waiting):
        label = _("未上图的%(kind)s %(n)s 个，共", kind=kind, n=number(len(waiting)))
        shown.append(Outside(_among(view, label), _sum(waiting.sum(numeric_only=True), column), unit, "#waiting"))
    return shown


def _sum(counts: Mapping[str, int] | pd.Series, column: str) -> int | None:
    """Return a count; None for workers where not one count is known."""
    found = told(counts[column], counts["gap_workers_unknown"]) if column == "gap_workers" else counts[column]
    return None if found is None else int(found)


def _among(view: View, left: str) -> str:
    return _("%(what)s中%(left)s", what=words.COUNTED[view.measure], left=left)


def _plain(value: float) -> str:
    return number(value) if value >= 1 else f"{value:g}"
