"""What a person answers to an item, as rows of ``DECISIONS``."""

import math
from dataclasses import dataclass

from geo.decisions import NOWHERE, OUTSIDE, shape
from geo.errors import AtlasError
from geo.review.items import Item

Row = dict[str, object]
_ADDRESSED = ("homonym", "address", "nowhere")
_PLACES = ("building", "market", "street", "zone")


class AnswerRefusedError(AtlasError):
    """An answer that its item does not take, or a position that is none."""

    code = "ANSWER"


@dataclass(frozen=True)
class Answer:
    """An answer as it was given.

    ``act`` is pin (``lon``, ``lat``, perhaps ``drawn``: outline or course as WKT), choose (``target``), refuse (no such
    place, not the same, none of these), outside, nowhere (no usable address), or retype (a building is a market, or the
    other way round).
    ``only`` restricts an answer about addresses to one of them.
    """

    act: str
    target: str = ""
    lon: float = math.nan
    lat: float = math.nan
    drawn: str = ""
    only: str = ""


def rows(item: Item, answer: Answer) -> list[Row]:
    """Return the decisions that an answer makes.

    Raises
    ------
    AnswerRefusedError
        If the item does not take such an answer.
    """
    made = _MAKERS[answer.act](item, answer) if answer.act in _MAKERS else []
    if not made:
        detail = {"item": item.key, "act": answer.act, "target": answer.target}
        raise AnswerRefusedError(f"{item.key} takes no {answer.act}", detail=detail)
    return made


def _pin(item: Item, answer: Answer) -> list[Row]:
    inside = -180 <= answer.lon <= 180 and -90 <= answer.lat <= 90  # NaN is not
    if item.kind != "pin" or not inside or (answer.lon, answer.lat) == (0.0, 0.0):
        return []
    drawn = answer.drawn if answer.drawn and shape(math.nan, math.nan, answer.drawn) is not None else None
    if answer.drawn and drawn is None:
        return []
    return [{"kind": "pin", "subject": item.subject, "lon": answer.lon, "lat": answer.lat, "text": drawn}]


def _choose(item: Item, answer: Answer) -> list[Row]:
    target = answer.target
    if item.kind in _ADDRESSED and target:
        return _about_addresses(item, answer, target)
    if item.kind == "county" and target.isdigit():
        return [{"kind": "accept", "subject": f"{item.place_kind}:{target}:{item.name}"}]
    if item.kind == "double" and target == item.other:
        return [{"kind": "link", "subject": item.subject, "target": target}]
    if item.kind == "link" and target:
        return [{"kind": "link", "subject": item.subject, "target": target}]
    if item.kind == "pin" and target and target != item.subject and item.place_kind in _PLACES:
        return [{"kind": "alias", "subject": item.subject, "target": target, "text": item.name}]
    if item.kind == "same" and target in (item.subject, item.other):
        gone = item.other if target == item.subject else item.subject
        name = gone.split(":", 2)[2].partition("#")[0]
        return [{"kind": "alias", "subject": gone, "target": target, "text": name}]
    return []


def _refuse(item: Item, _answer: Answer) -> list[Row]:
    if item.kind == "pin" and item.place_kind in _PLACES:
        return [{"kind": "forbid", "subject": item.subject}]
    if item.kind == "county":
        counties = {c.target for c in item.candidates} | ({item.county} if item.county else set())
        return [{"kind": "forbid", "subject": f"{item.place_kind}:{code}:{item.name}"} for code in sorted(counties)]
    if item.kind in ("same", "double"):
        return [{"kind": "unlink", "subject": item.subject, "target": item.other}]
    if item.kind == "link":
        return [{"kind": "link", "subject": item.subject, "target": None}]
    return []


def _outside(item: Item, answer: Answer) -> list[Row]:
    return _about_addresses(item, answer, OUTSIDE)


def _nowhere(item: Item, answer: Answer) -> list[Row]:
    return _about_addresses(item, answer, NOWHERE)


def _retype(item: Item, answer: Answer) -> list[Row]:
    other = {"building": "market", "market": "building"}.get(item.place_kind)
    if item.kind != "pin" or other is None or answer.target not in ("", other):
        return []
    return [{"kind": "retype", "subject": item.subject, "text": other}]


def _about_addresses(item: Item, answer: Answer, target: str) -> list[Row]:
    if item.kind not in _ADDRESSED:
        return []
    subjects = [answer.only] if answer.only in item.subjects else sorted(item.subjects)
    return [{"kind": "place", "subject": subject, "target": target} for subject in subjects]


_MAKERS = {
    "pin": _pin,
    "choose": _choose,
    "refuse": _refuse,
    "outside": _outside,
    "nowhere": _nowhere,
    "retype": _retype,
}
"""Answers by name."""
