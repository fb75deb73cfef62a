"""Geocoding a register: each different text once, every row answered, in order."""

import math
import re
from collections.abc import Callable

import pandas as pd

from geo.address import Segmenter
from geo.beside import WORTH_TWO, beside
from geo.frames import LOCATIONS
from geo.gazetteer import Gazetteer, paused_collector, read
from geo.gazetteer.votes import company_votes, county_votes
from geo.geocode.decided import decide
from geo.geocode.options import LocateOptions
from geo.geocode.rows import Answers, Row, Second
from geo.geocode.sector import break_ties
from geo.text import fold, normalise

_Columns = dict[str, list[object]]
_STEP = 1_000
_SAME = re.compile(r"[\s,.\-/]*$|[同与].{0,6}(?:上|注册|登记|住所|一致|相同)|[无/-]+$|一致$|相同$")
"""Operating addresses that only say that there is no other one."""
_CLEAR = 0.9
_OTHER_ADDRESS = math.log(0.1)
"""Most firms work in the county they are registered in."""


def locate(
    enterprises: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    options: LocateOptions | None = None,
    decisions: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
    segmenter: Segmenter | None = None,
) -> pd.DataFrame:
    """Return ``LOCATIONS`` for a frame with ``address``: one row per row, same index.

    ``name`` is second evidence; ``operating_address`` is used where it is known, the registered one then being second
    evidence too; ``sector`` orders candidates that are tied. ``decisions`` (``DECISIONS``): see
    ``geo.geocode.decided``. The register's own ``lon``/``lat`` are not used here, credit codes only where an option
    says so. ``segmenter`` reads the components of addresses with names that are unknown in the city; without it the
    grammar does. Never raises on any text.
    """
    options = options or LocateOptions()
    inputs = _Inputs(enterprises, options)
    size = len(enterprises)
    two = options.processes > 1 and size >= WORTH_TWO
    middle = size // 2 if two else size

    def answered(part: range, progress: Callable[[int, int], None]) -> _Columns:
        return _answered(inputs, gazetteer, Answers(gazetteer, options, segmenter), part, progress)

    with paused_collector():
        second = beside(lambda: answered(range(middle, size), _untold), wanted=two)
        columns = answered(range(middle), progress or _untold)
        for name, values in second().items():
            columns[name] += values
        frame = LOCATIONS.of(columns, enterprises.index)
    if options.sector and "sector" in enterprises.columns:
        frame = break_ties(frame, enterprises["sector"].tolist())
    if decisions is None:
        return frame

    def again(k: int, votes: tuple[float, ...]) -> Row:
        return Answers(gazetteer, options).rows([inputs.addresses[k]], [(votes, "DECIDED")], [None])[0]

    return decide(frame, inputs.addresses, decisions, gazetteer, again)


def weigh(
    enterprises: pd.DataFrame, gazetteer: Gazetteer, *, options: LocateOptions | None = None
) -> tuple[pd.DataFrame, list[tuple[float, ...]]]:
    """Return ``LOCATIONS`` and, by row, the evidence of each answer, empty where there is none: what a fit learns from.

    Decisions of people are not looked at.
    """
    options = options or LocateOptions()
    inputs = _Inputs(enterprises, options)
    answers = Answers(gazetteer, options)
    answers.evidence = {}
    columns = _answered(inputs, gazetteer, answers, range(len(enterprises)), _untold)
    if options.credit_code:
        raise ValueError("evidence is gathered without credit codes")
    given = zip(inputs.others, inputs.names, strict=True)
    seconds = (_by_name_and_other(gazetteer, other, name) for other, name in given)
    keys = [(normalise(raw).text, second) for raw, second in zip(inputs.addresses, seconds, strict=True)]
    frame = LOCATIONS.of(columns, enterprises.index)
    return frame, [answers.evidence[key] for key in keys]


class _Inputs:
    """What each row gives: the address to locate, the other address where there are two, the firm's name."""

    def __init__(self, enterprises: pd.DataFrame, options: LocateOptions) -> None:
        self.addresses, self.others = _addresses(enterprises)
        nothing: list[object] = [None] * len(enterprises)
        self.names = enterprises["name"].tolist() if options.company and "name" in enterprises.columns else nothing
        self.codes = enterprises["uscc"].tolist() if options.credit_code and "uscc" in enterprises.columns else nothing


def used_addresses(enterprises: pd.DataFrame) -> list[object]:
    """Return the address that is located, by row: where the firm operates if that is known to differ."""
    return _addresses(enterprises)[0]


def _addresses(enterprises: pd.DataFrame) -> tuple[list[object], list[object]]:
    """Return the address to locate, and the registered one where another one is located."""
    addresses: list[object] = enterprises["address"].tolist()
    if "operating_address" not in enterprises.columns:
        return addresses, [None] * len(addresses)
    both = list(zip(addresses, enterprises["operating_address"].tolist(), strict=True))
    used = [isinstance(operating, str) and not _SAME.match(fold(operating)) for _, operating in both]
    located = [b if use else a for (a, b), use in zip(both, used, strict=True)]
    return located, [a if use else None for (a, _), use in zip(both, used, strict=True)]


def _untold(_done: int, _of: int) -> None:
    """Tell nobody how far the work is."""


def _answered(
    inputs: _Inputs, gazetteer: Gazetteer, answers: Answers, part: range, progress: Callable[[int, int], None]
) -> _Columns:
    """Return the columns of ``LOCATIONS`` for a part of the inputs, in order; a million rows as such are not kept."""
    columns: _Columns = {name: [] for name in LOCATIONS.columns}
    for begin in range(part.start, part.stop, _STEP):
        progress(begin - part.start, len(part))
        some = slice(begin, min(begin + _STEP, part.stop))
        given = (inputs.addresses[some], inputs.others[some], inputs.names[some], inputs.codes[some])
        rows = answers.rows(given[0], [_second(gazetteer, *row) for row in zip(*given, strict=True)], given[2])
        for column, values in zip(columns.values(), zip(*rows, strict=True), strict=True):
            column.extend(values)
    answers.settle()
    progress(len(part), len(part))
    return columns


_AUTHORITY = math.log(0.2)
"""A credit code keeps the authority of the first registration, and a city's own authority may be any county's."""


def _tie_broken(gazetteer: Gazetteer, raw: object, second: Second, code: str) -> Second:
    """Return the second evidence with the authority of a credit code, if the address leaves the county open."""
    reading = read(gazetteer, normalise(raw).text, second[0])
    entity = gazetteer.entities.get(code[2:8])
    if entity is None or entity.kind != "county" or reading.certain or reading.chance >= _CLEAR:
        return second
    owner = gazetteer.owners.get(entity.name)
    if owner is None or owner.votes is None:
        return second
    votes = county_votes(gazetteer, gazetteer.county_of(owner.votes), _AUTHORITY)
    if second[0] is not None:
        votes = tuple(a + b for a, b in zip(second[0], votes, strict=True))
    return votes, "CREDIT_CODE"


def _second(gazetteer: Gazetteer, raw: object, other: object, name: object, code: object) -> Second:
    """Return all evidence from outside the address ``raw``."""
    second = _by_name_and_other(gazetteer, other, name)
    return _tie_broken(gazetteer, raw, second, code) if isinstance(code, str) else second


def _by_name_and_other(gazetteer: Gazetteer, other: object, name: object) -> Second:
    """Return the votes of the firm's name and of its registered address, where another one is located."""
    votes = company_votes(gazetteer, fold(name)) if isinstance(name, str) else None
    if not isinstance(other, str):
        return votes, "COMPANY_NAME"
    reading = read(gazetteer, normalise(other).text)
    if reading.outside is not None or reading.chance < _CLEAR:
        return votes, "COMPANY_NAME"
    registered = county_votes(gazetteer, reading.county, _OTHER_ADDRESS)
    if votes is not None:
        registered = tuple(a + b for a, b in zip(votes, registered, strict=True))
    return registered, "REGISTERED_ADDRESS"
