"""Slips of the pen mended: a name that nobody knows, one slip away from exactly one name of its county.

What is known is never changed. A name with two characters of its own (海门, 新桥) is told from its neighbours by them,
so it is mended by ear and eye only, and never without a person.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from geo.address import Hit
from geo.gazetteer import Entity, Gazetteer, Name, Reading, is_unknown, read
from geo.gazetteer.repairs import Slip, repairs_of
from geo.gazetteer.variants import AFTER_VILLAGE
from geo.geocode.resolve import Resolved

_KINDS = {
    "town": ("town",),
    "community": ("community",),
    "road": ("road",),
    "poi": ("poi", "community"),
    "subpoi": ("poi", "community"),
    "other": ("poi", "road", "community", "town"),
}
_COUNTY_LABELS = frozenset(("district", "city"))
_SHORTEST, _SHORTEST_OTHER = 3, 4
_LONGEST = 12
_RESOLVED = 0.75
"""Chance of the county from which names are looked for in it."""
_SURE, _LIKELY, _DOUBTFUL = 0.97, 0.94, 0.85
_SCORE = 60.0


class _Piece(NamedTuple):
    """A stretch of the text that may be a misspelt name."""

    start: int
    end: int
    label: str


class Mend(NamedTuple):
    """A name put in the place of a misspelt one. ``sure``: what the confidence keeps; ``doubtful``: a person looks."""

    start: int
    end: int
    label: str
    name: Name
    words: str
    was: str
    now: str
    sure: float
    doubtful: bool

    @property
    def hit(self) -> Hit:
        """The mended name as if the gazetteer had found it."""
        return self.start, self.end, self.label, _SCORE, self.name


def mended(
    gazetteer: Gazetteer, reading: Reading, second: tuple[float, ...] | None
) -> tuple[Reading, tuple[Mend, ...]]:
    """Return the reading with its misspelt names mended, and how; the reading itself if nothing is misspelt."""
    if not reading.unknown or reading.outside is not None or reading.conflict:
        return reading, ()
    unknown = _unknown(reading)
    if not unknown:
        return reading, ()
    mends: tuple[Mend, ...] = ()
    if not reading.districts:
        mends = tuple(_counties(gazetteer, reading, unknown))[:1]
        if mends:
            reading = read(gazetteer, reading.address.text, second, mends=mends)
            unknown = _unknown(reading)
    if reading.chance >= _RESOLVED:
        more = {mend for piece in unknown if (mend := _mend(gazetteer, reading, piece)) is not None}
        if not more:
            more = {
                mend for piece in _joined(reading, unknown) if (mend := _mend(gazetteer, reading, piece)) is not None
            }
        if more:
            mends += tuple(sorted(more, key=lambda mend: mend.start))
            reading = read(gazetteer, reading.address.text, second, mends=mends)
    return reading, mends


def take_mend(mend: Mend, found: Resolved) -> None:
    """Put down that a name was mended, and what it costs."""
    found.reasons.append(["TYPO", {"from": mend.was, "to": mend.now}])
    found.penalty *= mend.sure
    found.doubtful = found.doubtful or mend.doubtful


def _unknown(reading: Reading) -> list[_Piece]:
    """Return the names that nothing knows, or that only this very address seems to have taught."""
    found = []
    for (start, end, label, _, _), name in reading.named:
        if not is_unknown(name):
            continue
        whole = _with_suffix(reading.address.text, _Piece(start, end, label))
        if whole.end - whole.start >= (_SHORTEST_OTHER if whole.label == "other" else _SHORTEST):
            found.append(whole)
    return found


def _joined(reading: Reading, unknown: list[_Piece]) -> Iterator[_Piece]:
    """Yield unknown names joined to the doubtful piece beside them: a slip may have cut one name in two."""
    starts = {piece.start for piece in unknown}
    for ((one, cut, _, _, _), left), ((two, end, label, _, _), right) in pairwise(reading.named):
        if cut != two or end - one > _LONGEST or _stands(left) or _stands(right):
            continue
        towns = {e.town for e in _entities(reading, "town")}
        loose = one in starts or two in starts or (_elsewhere(right, towns) and left is None)
        if loose and _is_loose(left, towns) and _is_loose(right, towns):
            yield _with_suffix(reading.address.text, _Piece(one, end, label))


def _stands(name: Name | None) -> bool:
    """Whether a piece is known well enough to belong to no other name, wherever it lies."""
    if name is None or name.form == "bare" or name.label == "community":
        return False
    return name.form != "learned" or name.mentions > 1


def _is_loose(name: Name | None, towns: set[str | None]) -> bool:
    """Whether a piece may belong to another name: unknown, known without its suffix, or a village of another town."""
    return (
        name is None
        or name.form == "bare"
        or (name.form == "learned" and name.mentions <= 1)
        or _elsewhere(name, towns)
    )


def _elsewhere(name: Name | None, towns: set[str | None]) -> bool:
    if name is None or name.label != "community" or not towns:
        return False
    return not any(e.town in towns for e in name.entities)


def _with_suffix(text: str, piece: _Piece) -> _Piece:
    """Return a village that is called like a town or road (三甲镇居委会, 长兴路居委会) whole."""
    suffix = AFTER_VILLAGE.match(text, piece.end) if piece.label in ("town", "road") else None
    return piece if suffix is None else _Piece(piece.start, suffix.end(), "community")


def _counties(gazetteer: Gazetteer, reading: Reading, unknown: list[_Piece]) -> Iterator[Mend]:
    """Yield a county in place of an unknown one: 祟川区, 海们市."""
    for piece in unknown:
        if piece.label in _COUNTY_LABELS:
            words = reading.address.text[piece.start : piece.end]
            slips = [s for s in repairs_of(gazetteer).slips("district", "", words) if s.like or s.size > 2]
            if len({e.county for s in slips for e in s.entities}) == 1:
                yield _made(piece, slips[0], words, label="district", rivals=False)


def _mend(gazetteer: Gazetteer, reading: Reading, piece: _Piece) -> Mend | None:
    words = reading.address.text[piece.start : piece.end]
    for kind in _KINDS.get(piece.label, ()):
        found = repairs_of(gazetteer).slips(kind, reading.county, words)
        if not found:
            continue
        slips = [s for s in found if _fits(reading, kind, s, label=piece.label)]
        likely = [s for s in slips if s.like] or slips
        if len(likely) == 1:
            return _made(piece, likely[0], words, label=kind, rivals=len(slips) > 1)
    return None


def _fits(reading: Reading, kind: str, slip: Slip, *, label: str) -> bool:
    """Whether a slip is long enough to be one, and agrees with the towns and villages that are known."""
    if kind != label and not slip.like and kind in ("community", "town"):
        return False
    if kind == "community":
        towns = {e.town for e in _entities(reading, "town")}
        if towns and not any(e.town in towns for e in slip.entities):
            return False
        return (slip.like and slip.size > 2) or (
            bool(towns) and (slip.size > 2 or (slip.lacking and len(slip.text) > 2))
        )
    if kind == "town":
        inside = {e.town for e in _entities(reading, "community")}
        if inside and not any(e.town in inside for e in slip.entities):
            return False
        return slip.like or len(slip.text) > 2
    return slip.like or slip.size > 2


def _entities(reading: Reading, label: str) -> Iterator[Entity]:
    """Yield what the known names of a label may mean in the county."""
    for _, name in reading.named:
        if name is not None and name.label == label:
            yield from (e for e in name.entities if e.county == reading.county)


def _made(piece: _Piece, slip: Slip, words: str, *, label: str, rivals: bool) -> Mend:
    doubtful = rivals or slip.size <= 2 or (slip.lacking and not slip.like)
    sure = _DOUBTFUL if doubtful else _SURE if slip.like else _LIKELY
    written = slip.text if label in ("road", "poi", "district") else words
    name = Name(slip.name.text, label, slip.name.form, slip.name.entities, slip.name.votes, slip.name.mentions)
    shown = slip.entities[0].name if slip.entities and label in ("town", "community", "district") else slip.text
    return Mend(piece.start, piece.end, label, name, written, words, shown, sure, doubtful)
