"""An address read into its parts: labelled components for people, numbers and names for the geocoder."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from geo.address.segments import Hit, Segment, segment
from geo.address.tokens import CHAIN, GROUP, KM, REL, ROAD, SEP

Component = tuple[str, int, int]
"""Label and half-open span in the normalised text."""


@dataclass(frozen=True, slots=True)
class Number:
    """A house number: ``88``, ``88-1``, ``88附1``, a list (first one kept, ``listed``) or a range up to ``last``."""

    text: str
    main: int
    last: int | None = None
    listed: bool = False
    lane: bool = False


@dataclass(slots=True)
class Address:
    """What an address says. ``names`` are the name segments in order (label, start, end, hit); texts are normalised."""

    text: str
    components: list[Component]
    names: list[Segment]
    number: Number | None = None
    group: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    relation: str | None = None
    crossing: bool = False
    number_after: int = -1
    """Index in ``names`` of the road (or village) that the house number belongs to, -1 if none."""


_NAMES = {"prov", "city", "district", "devzone", "town", "community", "road", "poi", "subpoi", "other"}
_ADMIN = {"prov": 1, "city": 2, "district": 3}
_PARTS = re.compile(r"[A-Z]*\d+[A-Z]*\d*|[^A-Z\d]+")
_FLOOR = re.compile(r"(?P<minus>地下|负|-|B)?(?P<floor>\d+)")
_NUMBER = re.compile(r"(?P<pre>附|甲|乙|丙|丁|特|临)?[A-Z]*(?P<main>\d+)(?P<rest>.*)", re.DOTALL)
_CROSS = re.compile("交|路口")


def parse(text: str, hits: Iterable[Hit] = ()) -> Address:
    """Read a normalised address. ``hits`` are names that a gazetteer knows in it. Never raises; covers every text."""
    return _Reader(text).read(segment(text, hits))


class _Reader:
    """Walks the segments once, left to right; what a number means depends on what stood before it."""

    __slots__ = ("_address", "_after", "_last", "_road_seen", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._address = Address(text, [], [])
        self._last = ""
        self._after = ""
        self._road_seen = False

    def read(self, segments: list[Segment]) -> Address:
        address = self._address
        for k, piece in enumerate(segments):
            label = piece.label
            if label in _NAMES:
                self._name(piece)
            elif label == "no":
                self._number(piece, segments, k)
            elif label == CHAIN:
                self._chain(piece, segments, k)
            elif label == SEP:
                self._separator(piece)
            elif label in (REL, KM):
                self._relation(piece)
            elif label == GROUP:
                address.group = address.group or piece.source.value  # type: ignore[attr-defined]
                self._put("road" if self._last in ("community", "town", "devzone", "") else "roadno", piece)
                self._last = "group"
            elif label == ROAD:
                self._name(Segment(piece.start, piece.end, "road", None))
            else:
                self._inside(piece)
        return address

    def _put(self, label: str, piece: Segment) -> None:
        self._address.components.append((label, piece.start, piece.end))

    def _name(self, piece: Segment) -> None:
        label, address = piece.label, self._address
        if label == "other":
            label = "poi" if piece.end - piece.start >= 2 else "redundant"
        address.names.append(piece)
        if label in _ADMIN and any(done == label for done, _, _ in address.components):
            label = "redundant"
        elif label == "road" and self._road_seen and self._last in ("road", "rel", "sep", "roadno"):
            label = "subroad"
        elif label == "poi" and any(done == "poi" for done, _, _ in address.components):
            label = "subpoi"
        self._road_seen = self._road_seen or label == "road"
        self._put(label, piece)
        self._last = label

    def _separator(self, piece: Segment) -> None:
        if "、" not in self._text[piece.start : piece.end] and "-" in self._text[piece.start : piece.end]:
            self._put("redundant", piece)

    def _relation(self, piece: Segment) -> None:
        address, words = self._address, self._text[piece.start : piece.end]
        address.relation = address.relation or words
        address.crossing = address.crossing or bool(_CROSS.search(words))
        self._put("assist", piece)

    def _number(self, piece: Segment, segments: list[Segment], k: int) -> None:
        address, token = self._address, piece.source
        value = token.value  # type: ignore[attr-defined]
        if k and address.number and segments[k - 1].label in ("no", SEP) and self._last == "roadno":
            self._more(value, piece, segments[k - 1].label == SEP)
            return
        if self._last in ("houseno", "cellno", "floorno", "block"):
            self._put("roomno", piece)
            address.room = address.room or value
            self._last = "roomno"
        elif self._last in ("poi", "subpoi") or (self._last == "roadno" and address.number and address.number.lane):
            self._put("houseno", piece)
            if address.number is None and self._last != "roadno":
                address.unit = address.unit or f"{value}号"
            self._last = "houseno"
        else:
            address.number = address.number or read_number(value, token.unit)  # type: ignore[attr-defined]
            self._after_road(piece)

    def _after_road(self, piece: Segment) -> None:
        address = self._address
        if address.number_after < 0:
            address.number_after = len(address.names) - 1
        label = "subroadno" if self._last == "subroad" else "roadno"
        self._put(label, piece)
        self._last = "roadno"

    def _more(self, value: str, piece: Segment, listed: bool) -> None:
        """A second number right behind the first: 88号附1, 60号、65号."""
        address = self._address
        assert address.number is not None
        first = address.number
        if listed:
            address.number = Number(first.text, first.main, first.last, True, first.lane)
        else:
            joined = first.text + ("-" + value.removeprefix("附"))
            address.number = Number(joined, first.main, first.last, first.listed, first.lane)
        self._put("roadno" if listed else "subroadno", piece)

    def _chain(self, piece: Segment, segments: list[Segment], k: int) -> None:
        """Bare numbers: 12-3-1001 behind a building, 188 behind a road, 附1 behind a number."""
        address, value = self._address, piece.source.value  # type: ignore[attr-defined]
        if value.startswith("附") and address.number is not None and self._last == "roadno":
            self._more(value, piece, listed=False)
            return
        if self._last in ("road", "subroad", "community", "group") and "-" not in value.strip("-"):
            address.number = address.number or read_number(value, "")
            self._after_road(piece)
            return
        if self._last in ("road", "subroad"):
            address.number = address.number or read_number(value, "")
        self._split_chain(piece, value)

    def _split_chain(self, piece: Segment, value: str) -> None:
        address = self._address
        parts = [(m.start() + piece.start, m.end() + piece.start, m.group()) for m in _PARTS.finditer(value)]
        numbers = [part for part in parts if part[2][-1].isdigit() or part[2][-1].isalpha()]
        labels = self._chain_labels(len(numbers))
        for (start, end, text), label in zip(numbers, labels, strict=False):
            if label == "houseno":
                address.unit = address.unit or text
            elif label == "cellno":
                address.unit = f"{address.unit or ''}-{text}".strip("-")
            elif label == "floorno":
                address.floor = address.floor or text
            elif label == "roomno":
                address.room = address.room or text
            self._last = label
        done = {(start, end): label for (start, end, _), label in zip(numbers, labels, strict=False)}
        address.components += [(done.get((start, end), "redundant"), start, end) for start, end, _ in parts]

    def _chain_labels(self, count: int) -> tuple[str, ...]:
        if self._last in ("houseno", "cellno", "floorno", "roomno"):
            return ("roomno",) if count == 1 else ("cellno",) * (count - 1) + ("roomno",)
        if self._last in ("road", "subroad"):
            return ("roadno", "houseno", "roomno")[:count] if count < 3 else ("roadno", "houseno", "cellno", "roomno")
        if self._last == "roadno":
            return ("roomno",) if count == 1 else ("houseno", "cellno", "floorno", "roomno")[: count - 1] + ("roomno",)
        if count == 1:
            return ("houseno",)
        return ("houseno", "roomno") if count == 2 else ("houseno", "cellno", "roomno", "roomno")[:count]

    def _inside(self, piece: Segment) -> None:
        address, token, label = self._address, piece.source, piece.label
        words = self._text[piece.start : piece.end]
        if label == "block":
            address.unit = words if address.unit is None else f"{address.unit}{words}"
        elif label == "cell":
            address.unit = f"{address.unit or ''}{words}"
        elif label == "floor":
            address.floor = address.floor or read_floor(words)
        elif label == "room":
            value = token.value  # type: ignore[attr-defined]
            address.room = address.room or value.removesuffix("室")
        elif label == "phase":
            address.unit = words if address.unit is None else address.unit
        shown = {"block": "houseno", "cell": "cellno", "floor": "floorno", "room": "roomno", "phase": "subpoi"}[label]
        self._put(shown, piece)
        self._last = shown


def read_number(value: str, unit: str) -> Number | None:
    """Read the digits of a house number: its main number, the end of a range, whether it is a list or a lane (弄)."""
    found = _NUMBER.match(value)
    if found is None:
        return None
    main, rest = int(found["main"][:9]), found["rest"]
    first = re.split(r"[、,/&.和至~]", value)[0]
    last = None
    if (
        (end := re.match(r"[-~至]+(\d+)$", rest))
        and main < int(end[1][:9]) <= main + 400
        and len(end[1]) >= len(found["main"])
    ):
        last = int(end[1][:9])
    listed = bool(re.search(r"[、,/&.和]", rest))
    text = first if last is None or "~" not in rest else f"{main}-{last}"
    return Number(text, main, last, listed, unit == "弄")


def read_floor(words: str) -> str | None:
    """Return the floor as a number (``3``, ``-1``); the first one of a range; words that name no number stay words."""
    found = _FLOOR.search(words)
    if found:
        return ("-" if found["minus"] else "") + found["floor"]
    return {"底": "1", "裙": "1", "地": "-1", "负": "-1"}.get(words[0], words)
