"""An address read into its parts: labelled components for people, numbers and names for the geocoder."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from geo.address.batches import Component
from geo.address.numbers import Number, read_floor, read_number
from geo.address.segments import Hit, Segment, segment
from geo.address.tokens import CHAIN, COUNTRY, GROUP, KM, NOTE, PART, REL, SEP, Token


@dataclass(slots=True)
class Address:
    """What an address says. All texts are normalised.

    ``names`` are the name segments in order, ``texts`` what they are called (人民路（中） is called 人民中路).
    ``number_after`` is the index in ``names`` of what the house number belongs to, -1 if none.
    """

    text: str
    components: list[Component]
    names: list[Segment]
    texts: list[str]
    number: Number | None = None
    group: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    relation: str | None = None
    crossing: bool = False
    number_after: int = -1

    @property
    def labels(self) -> list[str]:
        """Return the kinds of the names, in order."""
        return [label for _, _, label, _, _ in self.names]


_NAMES = frozenset(("prov", "city", "district", "devzone", "town", "community", "road", "poi", "subpoi", "other"))
_ADMIN = frozenset(("prov", "city", "district"))
_AS_THEY_ARE = frozenset(("town", "community", "subpoi"))
_SHOWN = {"block": "houseno", "cell": "cellno", "floor": "floorno", "room": "roomno", "phase": "subpoi"}
_REAL_ZONES = ("开发区", "高新区", "新区", "示范区", "保税区", "度假区")
_MUNICIPALITIES = frozenset(("北京市", "上海市", "天津市", "重庆市"))
_SETTLED = frozenset(("road", "community", "poi", "devzone"))
_TOWER = re.compile("大厦|中心|广场|大楼|国际|酒店|宾馆|公寓|写字楼|商务")
_INDOORS = frozenset(("houseno", "cellno", "floorno"))
_PARTS = re.compile(r"[A-Z]*\d+[A-Z]*\d*|[^A-Z\d]+|[A-Z]+")
_STOREY = re.compile(r"\d{1,2}F$")
_CROSS = re.compile("交|路口")
_ROAD_PART = re.compile(r"\(([东西南北中])段?\)$")
_ROAD_SUFFIX = re.compile(r"(?<!大)[路街]$")


def parse(text: str, hits: Iterable[Hit] = ()) -> Address:
    """Read a normalised address. ``hits`` are names that a gazetteer knows in it. Never raises; covers every text."""
    return Reader(text).read(segment(text, hits))


def parse_all(texts: Sequence[str], hits: Sequence[Iterable[Hit]], tokens: Sequence[Sequence[Token]]) -> list[Address]:
    """Return what ``parse`` returns for each text; faster for many than one by one."""
    rows = [segment(*given) for given in zip(texts, hits, tokens, strict=True)]
    return [Reader(text).read(segments) for text, segments in zip(texts, rows, strict=True)]


class Reader:
    """Walks the segments once, left to right; what a number means depends on what stood before it."""

    __slots__ = ("_address", "_before", "_components", "_labels", "_last", "_names", "_text", "_texts")

    def __init__(self, text: str, *, after: "Reader | None" = None) -> None:
        """Begin a text, or go on in one whose beginning ``after`` has read; it must hold names only."""
        self._text = text
        self._components: list[Component] = []
        self._names: list[Segment] = []
        self._texts: list[str] = []
        self._last = ""
        """Label of the last component that numbers may hang on."""
        self._before = ""
        """Label of the segment right before this one."""
        self._labels: set[str] = set()
        if after is not None:
            self._components += after._components
            self._names += after._names
            self._texts += after._texts
            self._labels |= after._labels
            self._last, self._before = after._last, after._before
        self._address = Address(text, self._components, self._names, self._texts)

    def read(self, segments: Iterable[Segment]) -> Address:
        """Walk on through segments and return the address."""
        readers = _READERS
        for piece in segments:
            label = piece[2]
            readers[label](self, piece)
            self._before = label
        return self._address

    def _put(self, label: str, start: int, end: int) -> None:
        self._components.append((label, start, end))
        self._labels.add(label)

    def _name(self, piece: Segment) -> None:
        start, end, label, _, _ = piece
        done, words = self._labels, self._text[start:end]
        self._names.append(piece)
        self._texts.append(words)
        if label in _ADMIN:
            if label == "prov" and words in _MUNICIPALITIES:
                label = "city"
            if label in done:
                label = self._restated(label)
        elif label not in _AS_THEY_ARE:
            label = self._shown(label, words)
        self._components.append((label, start, end))
        done.add(label)
        self._last = label

    def _shown(self, label: str, words: str) -> str:
        """Return the label of a name as people mark it: small parks are places, a second place is part of the first."""
        done = self._labels
        if label == "other":
            label = "poi" if len(words) >= 2 else "redundant"
        elif label == "devzone" and not words.endswith(_REAL_ZONES):
            label = "poi"
        if label == "road" and label in done and self._last in ("road", "roadno"):
            return "subroad"
        if label != "poi":
            return label
        if self._last in ("floorno", "roomno"):
            return "person"
        return "subpoi" if label in done else label

    def _restated(self, label: str) -> str:
        """Of an administrative name given twice at the beginning the last one counts; further on it is redundant."""
        if self._labels & _SETTLED or (label == "district" and "redundant" not in self._labels):
            return "redundant"
        for k, (done, start, end) in enumerate(self._components):
            if done == label:
                self._components[k] = ("redundant", start, end)
        return label

    def _separator(self, piece: Segment) -> None:
        start, end, _, _, _ = piece
        words = self._text[start:end]
        if ("-" in words or "_" in words) and "、" not in words:
            self._put("redundant", start, end)

    def _note(self, piece: Segment) -> None:
        self._put("country" if piece[4][0].rstrip(",.、") in COUNTRY else "redundant", piece[0], piece[1])

    def _part(self, piece: Segment) -> None:
        self._put("subroad", piece[0], piece[1])
        self._last = "subroad"

    def _relation(self, piece: Segment) -> None:
        start, end, _, _, _ = piece
        address, words = self._address, self._text[start:end]
        part = _ROAD_PART.match(words)
        if part is not None and self._last == "road":
            self._rename_road(part[1])
        else:
            address.relation = address.relation or words
            address.crossing = address.crossing or bool(_CROSS.search(words))
        self._put("assist", start, end)

    def _rename_road(self, part: str) -> None:
        """Put the part of a road into its name; what was known of the name without it does not hold any more."""
        road = self._texts[-1]
        suffix = _ROAD_SUFFIX.search(road)
        if suffix is not None:
            self._texts[-1] = road[: suffix.start()] + part + suffix.group()
            self._names[-1] = (*self._names[-1][:4], None)

    def _group(self, piece: Segment) -> None:
        address = self._address
        address.group = address.group or piece[4][0]
        self._put("roadno" if self._last in ("road", "subroad", "poi") else "road", piece[0], piece[1])
        self._last = "group"

    def _number(self, piece: Segment) -> None:
        start, end, _, _, _ = piece
        address, last = self._address, self._last
        value, unit = piece[4]
        if address.number is not None and last == "roadno" and self._before in ("no", SEP):
            self._more(value, piece, listed=self._before == SEP)
        elif last in _INDOORS:
            self._put("roomno", start, end)
            address.room = address.room or value
            self._last = "roomno"
        elif last in ("poi", "subpoi") or (last == "roadno" and address.number is not None and address.number.lane):
            self._put("houseno", start, end)
            if last != "roadno":
                address.unit = address.unit or f"{value}号"
            self._last = "houseno"
        else:
            address.number = address.number or read_number(value, unit)
            self._after_road(start, end)

    def _after_road(self, start: int, end: int) -> None:
        address = self._address
        if address.number_after < 0:
            address.number_after = len(self._names) - 1
        self._put("subroadno" if self._last == "subroad" else "roadno", start, end)
        self._last = "roadno"

    def _more(self, value: str, piece: Segment, *, listed: bool) -> None:
        """A second number right behind the first: 88号附1, 60号、65号."""
        address = self._address
        if address.number is not None:
            address.number = address.number.as_listed() if listed else address.number.with_sub(value)
        self._put("roadno" if listed else "subroadno", piece[0], piece[1])

    def _chain(self, piece: Segment) -> None:
        """Bare numbers: 12-3-1001 behind a building, 188 behind a road, 附1 behind a number."""
        address, (value, _) = self._address, piece[4]
        if address.number is not None and self._last == "roadno" and (value[0] == "附" or self._is_sub(piece, value)):
            self._more(value, piece, listed=False)
            return
        if self._last in ("road", "subroad"):
            address.number = address.number or read_number(value, "")
        if self._last in ("road", "subroad", "community", "group") and "-" not in value.strip("-"):
            address.number = address.number or read_number(value, "")
            self._after_road(piece[0], piece[1])
            return
        self._split(piece[0], value)

    def _is_sub(self, piece: Segment, value: str) -> bool:
        """88号-1, 88号之1: a short number tied to the house number, with nothing behind it."""
        start, end, _, _, _ = piece
        tied = self._text[start - 2 : start] in ("号-", "号之")
        return tied and value.isdigit() and len(value) <= 2 and self._text[end : end + 1] in ("", "号", ",")

    def _split(self, begin: int, value: str) -> None:
        parts = [(m.start() + begin, m.end() + begin, m.group()) for m in _PARTS.finditer(value)]
        count = sum(words[-1].isalnum() and words[-1] < "\u4e00" for _, _, words in parts)
        labels = iter(_chain_labels(self._last, count))
        if count == 1 and self._last in ("poi", "subpoi") and self._is_room(parts[0][2]):
            labels = iter(("roomno",))
        if count == 1 and _STOREY.match(value):
            labels = iter(("floorno",))
        for start, end, words in parts:
            label = next(labels, "redundant") if words[-1].isalnum() and words[-1] < "\u4e00" else "redundant"
            self._put(label, start, end)
            if label != "redundant":
                self._last = label
                _fill(self._address, label, words)

    def _is_room(self, words: str) -> bool:
        """Four digits behind a place are a room; three behind a tower."""
        digits = sum(c.isdigit() for c in words)
        return digits >= 4 or (digits == 3 and bool(_TOWER.search(self._texts[-1])))

    def _inside(self, piece: Segment) -> None:
        start, end, label, _, _ = piece
        address, words = self._address, self._text[start:end]
        value, unit = piece[4]
        if label == "block" and unit == "#" and self._last == "road" and address.number is None:
            self._number(piece)  # 88# is written for 88号
            return
        if label == "room":
            address.room = address.room or value.removesuffix("室")
        elif label == "floor":
            address.floor = address.floor or read_floor(words)
        elif address.unit is None:
            address.unit = words
        elif label != "phase":
            address.unit += words
        shown = _SHOWN[label]
        self._put(shown, start, end)
        self._last = shown


_READERS: dict[str, Callable[[Reader, Segment], None]] = {
    "no": Reader._number,
    CHAIN: Reader._chain,
    SEP: Reader._separator,
    REL: Reader._relation,
    KM: Reader._relation,
    NOTE: Reader._note,
    PART: Reader._part,
    GROUP: Reader._group,
    **dict.fromkeys(_SHOWN, Reader._inside),
    **dict.fromkeys(_NAMES, Reader._name),
}


def _fill(address: Address, label: str, words: str) -> None:
    if label == "houseno":
        address.unit = address.unit or words
    elif label == "cellno":
        address.unit = f"{address.unit or ''}-{words}".strip("-")
    elif label == "floorno":
        address.floor = address.floor or read_floor(words)
    elif label == "roomno":
        address.room = address.room or words


def _chain_labels(last: str, count: int) -> tuple[str, ...]:
    """Return what the parts of a chain of bare numbers are, by what stands before it."""
    if last in ("houseno", "cellno", "floorno", "roomno"):
        return (*(("cellno",) * (count - 1)), "roomno")
    if last in ("road", "subroad"):
        return ("roadno", "houseno", "roomno")[:count] if count < 3 else ("roadno", "houseno", "cellno", "roomno")
    if last == "roadno":
        return (*("houseno", "cellno", "floorno")[: count - 1], "roomno")
    return {1: ("houseno",), 2: ("houseno", "roomno")}.get(count, ("houseno", "cellno", "roomno"))
