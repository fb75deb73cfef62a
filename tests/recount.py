"""The sample city's figures counted from its raw files and its truth: plain Python, none of the atlas' own code.

Run as a script it prints them: ``python tests/recount.py FOLDER``.
"""

import csv
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

LEFT = ("R07", "R08", "R09", "R10", "R11")
"""Reasons that take a firm without a union out of the denominator (domain notes, 3.1)."""
TODAY = {"崇川区": "320613", "港闸区": "320613", "通州区": "320612", "通州市": "320612", "海门区": "320614",
         "海门市": "320614", "海安县": "320685", "海安市": "320685", "如东县": "320623", "启东市": "320681",
         "如皋市": "320682"}  # fmt: skip
"""Counties of yesterday and today, as the founding document's notes list them (5.1)."""
LARGE = 25
KINDS = ("zone", "building", "market")


def firms(folder: Path, day: date) -> Iterator[dict[str, Any]]:
    """Yield each firm that should have a union on a day: how it is covered, its workers, its places, as truth says."""
    rows = {"enterprises_market.csv": list(market(folder)), "enterprises_zones.xlsx": list(zones(folder))}
    for truth in read(folder / "truth.csv"):
        primary = truth[f"primary_{day.year}"]
        if truth["legal"] != "1" or truth[f"alive_{day.year}"] != "1":
            continue
        if primary == "none" and truth["reason"] in LEFT:
            continue
        told = rows[truth["file"]][int(truth["row"]) - 1]
        yield {
            "file_row": f"{truth['file']}:{truth['row']}",
            "uscc": truth["uscc"], "name": truth["name"], "primary": primary, "workers": number(told),
            "county": truth["county"], "zone": truth["zone"], "top_zone": truth["top_zone"],
            "building": truth["building"], "market": truth["market"],
        }  # fmt: skip


def unions(folder: Path, day: date) -> Iterator[dict[str, Any]]:
    """Yield each union of the register that stands on a day, federations left out, with county and members."""
    # Who moved away keeps its union until it is revoked; only the end of the firm ends it.
    gone = {row["uscc"] for row in read(folder / "truth.csv")
            if row["status"] != "迁出" and row["closed"] and on(row["closed"]) <= day}  # fmt: skip
    then = members(folder, day)
    for row in sheet(folder / "unions.xlsx", "工会统计代码"):
        kind, host = str(row["工会类型"]), str(row["所在单位统一社会信用代码"] or "")
        begun, ended = row["批准日期"], row["撤销日期"]
        if "联合会" in kind or not begun or on(begun) > day or (ended and on(ended) <= day) or host in gone:
            continue
        yield {
            "kind": kind,
            "county": TODAY.get(str(row["所在县区"]), ""),
            "members": then.get(str(row["工会统计代码"]), 0),
        }


def members(folder: Path, day: date) -> dict[str, int]:
    """Return the members of each union by the latest register not after a day."""
    old = [row for path in sorted(folder.glob("unions_*.csv")) for row in read(path)]
    dated = [(on(row["统计日期"]), row) for row in [*old, *sheet(folder / "unions.xlsx", "工会统计代码")]]
    dated.sort(key=lambda pair: pair[0])
    return {str(row["工会统计代码"]): int(row["会员数"] or 0) for counted_on, row in dated if counted_on <= day}


def counted(folder: Path, day: date, told: dict[str, dict[str, str]] | None = None) -> dict[str, Counter[str]]:
    """Return the counts of the city (``city``), of counties by code, of zones, buildings and markets (``kind:name``).

    ``told``: by firm and kind of place how far its place is told by its address (a park's zone instead of the park, or
    none); without it each firm is in its own.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for firm in firms(folder, day):
        names = {kind: firm[kind] for kind in KINDS} if told is None else told[firm["file_row"]]
        for place in ("city", firm["county"], *(f"{kind}:{name}" for kind, name in names.items() if name)):
            counts[place].update(marks(firm))
    for union in unions(folder, day):
        for place in ("city", union["county"]):
            counts[place].update(
                {"unions": 1, "members": union["members"], "own_unions": union["kind"] == "单独基层工会"}
            )
    return counts


def marks(firm: dict[str, Any]) -> dict[str, int]:
    """Return what one firm adds to each count."""
    own, joint, workers = firm["primary"] == "own", firm["primary"] == "joint", firm["workers"]
    gap, large = not own and not joint, workers is not None and workers >= LARGE
    return {
        "eligible": 1, "covered": int(own or joint), "own": int(own), "joint": int(joint), "gap": int(gap),
        "workers": workers or 0, "gap_workers": (workers or 0) * gap, "gap_unknown": int(gap and workers is None),
        "eligible_25": int(large), "own_25": int(large and own), "without_own_25": int(large and not own),
    }  # fmt: skip


def shared(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Return a whole number split by weights, the largest remainders served first."""
    whole = sum(weights.values())
    parts = {key: total * weight // whole for key, weight in weights.items()}
    order = sorted(weights, key=lambda key: (-(total * weights[key] % whole), -weights[key], key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def targets(folder: Path, before: date, now: date) -> dict[str, dict[str, int]]:
    """Return base, now, done and target of unions, members, own unions, firms in joint ones, by ``all`` and county."""
    then, today = counted(folder, before), counted(folder, now)
    codes = sorted(set(TODAY.values()))
    result = {}
    stocks = {"unions": "unions", "members": "members", "own": "own_unions", "joint_units": "joint"}
    for figure, name in stocks.items():
        whole = math.ceil(round(then["city"][name] * 0.06, 9))
        parts = shared(whole, {code: then[code][name] for code in codes})
        for key, place in (("all", "city"), *((code, code) for code in codes)):
            base, stock = then[place][name], today[place][name]
            asked = whole if key == "all" else parts[key]
            result[f"{key}.{figure}"] = {"base": base, "now": stock, "done": stock - base, "target": asked}
    return result


def market(folder: Path) -> Iterator[Any]:
    """Yield the head count cells of the market regulator's file."""
    with (folder / "enterprises_market.csv").open(encoding="gb18030", newline="") as file:
        yield from (row["职工人数"] for row in csv.DictReader(file))


def zones(folder: Path) -> Iterator[Any]:
    """Yield the head count cells of the zones' workbook."""
    yield from (row["从业人数"] for row in sheet(folder / "enterprises_zones.xlsx", "单位名称"))


def sheet(path: Path, known: str) -> Iterator[dict[str, Any]]:
    """Yield the rows below the heading that holds a known word."""
    book = load_workbook(path, read_only=True)
    heads: list[str] | None = None
    for row in book.worksheets[0].iter_rows(values_only=True):
        if heads is None:
            heads = [str(cell).strip() for cell in row] if known in row else None
        elif any(cell is not None for cell in row):
            yield dict(zip_longest(heads, row[: len(heads)]))  # a read-only sheet drops empty cells at the end
    book.close()


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of the truth."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(cell: Any) -> int | None:
    """Return the head count in a cell, None where there is none."""
    found = re.search(r"\d+", str(cell if cell is not None else ""))
    return int(found[0]) if found else None


def on(cell: Any) -> date:
    """Return the day in a cell."""
    if isinstance(cell, datetime):
        return cell.date()
    year, month, day = (int(part) for part in re.findall(r"\d+", str(cell))[:3])
    return date(year, month, day)


if __name__ == "__main__":
    found = counted(Path(sys.argv[1]), date(2025, 12, 31))
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
