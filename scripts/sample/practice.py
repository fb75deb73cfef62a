"""A register to practise the import with: rows new, changed, and spoilt in the ways that offices spoil them."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence

from .files import Cell
from .firms import Firm

HEADER = (
    "序号",
    "企业名称",
    "统一社会信用代码",
    "企业类型",
    "注册地址",
    "成立日期",
    "登记状态",
    "职工人数",
    "其中：女职工",
    "联系电话",
)
CHANGED = 12
"""How many firms of the city stand in it with a new head count."""


def practice_rows(known: Sequence[Firm], new: Sequence[Firm], rng: random.Random) -> Iterator[Sequence[Cell]]:
    """Yield rows of changed and of new firms with spoilt rows between them, and a line of totals at the end.

    A spoilt row is a new firm's under another name, so that it spoils nothing but itself.
    """
    changed = rng.sample([firm for firm in known if firm.legal and not firm.closed], CHANGED)
    rows = [_row(firm, rng.uniform(0.7, 1.4)) for firm in changed]
    rows += [_row(firm, 1.0) for firm in new[len(_SPOILT) :]]
    rows += [_spoilt(_row(firm, 1.0), spoil) for firm, spoil in zip(new, _SPOILT, strict=False)]
    rows += [[*rows[-1]], [*rows[0][:1], rows[1][1], *rows[0][2:]]]  # one row twice, one firm under another's code
    rng.shuffle(rows)
    yield from ((number, *row) for number, row in enumerate(rows, start=1))
    yield ("合计", "", "", "", "", "", "", sum(row[6] for row in rows if isinstance(row[6], int)), "", "")


def _row(firm: Firm, growth: float) -> list[Cell]:
    workers, women = (max(1, round(count * growth)) for count in firm.heads[-1][:2])
    return [
        firm.name,
        firm.uscc,
        "有限责任公司",
        firm.address,
        firm.established,
        "存续",
        workers,
        min(women, workers),
        "",
    ]


def _spoilt(row: list[Cell], spoil: dict[int, Callable[[str], Cell]]) -> list[Cell]:
    return [spoil[i](str(cell)) if i in spoil else cell for i, cell in enumerate(row)]


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_SPOILT: tuple[dict[int, Callable[[str], Cell]], ...] = (
    {0: lambda _: ""},
    {1: lambda code: float(f"{code[:6]}E+12")},  # what a spreadsheet leaves of a code of digits
    {1: lambda code: code[:-1] + ("0" if code[-1] != "0" else "1")},
    {1: lambda code: code.translate(_WIDE)},
    {1: lambda code: code[:15]},
    {6: lambda count: f"约{count}人"},
    {6: lambda _: -5},
    {6: lambda _: "三十五"},
    {7: lambda count: int(count) + 500},
    {4: lambda _: dt.date(2031, 5, 1)},
    {4: lambda _: 41_234},
    {4: lambda _: "2019年3月5日"},
    {5: lambda _: "正常经营（待核实）"},
    {0: lambda name: f"=HYPERLINK({name})"},
    {3: lambda address: f"{address} 联系电话0513-80000000"},
)
"""What each of the first rows has wrong, by column."""
NEW = len(_SPOILT) + 20
"""How many firms are needed that stand in no other register."""
