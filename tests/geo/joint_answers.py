"""What the joint engine answers to the same questions: asked by the compiler here, in plain Python in another process.

Run as a program it prints its answers.
"""

import json
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from joint_towns import town

from geo.joint import JointOptions
from geo.joint.arcs import lay
from geo.joint.audit import audit
from geo.joint.compiled import COMPILED
from geo.joint.ground import Hosts
from geo.joint.planning import Plan, plan
from geo.joint.solver import solve
from geo.joint.table import FIRM_COLUMNS, FIRM_EXTRAS, read_before, read_firms, read_unions
from geo.joint.wishes import Wishes

OPTIONS = JointOptions(max_firms=12, max_firms_in_place=20)


def rows() -> pd.DataFrame:
    """Cells of a file: a tower above the limit, two streets, firms strewn about, a border, and counts unknown."""
    draw = np.random.default_rng(6)
    count = 90
    at = np.arange(count)
    table = pd.DataFrame({
        "id": [f"f{n:03}" for n in at], "workers": draw.integers(0, 26, count),
        "lon": np.round(120.9 + draw.uniform(0, 0.02, count), 5), "lat": np.round(32 + draw.uniform(0, 0.02, count), 5),
        "jurisdiction": np.where(at % 5, "t", "u"), "building": np.where(at < 25, "大厦", ""), "eligible": "1",
        "market": "", "park": "", "street": np.where(at % 3, draw.choice(["北路", "南路"], count), ""),
        "chainage_m": draw.integers(0, 900, count), "industry": draw.choice(["C", "F", ""], count),
    })  # fmt: skip
    return table[[*FIRM_COLUMNS, *FIRM_EXTRAS]].astype(str).set_axis(range(2, 2 + count), axis=0)


def unions() -> pd.DataFrame:
    cells = {"id": ["U"], "kind": ["building"], "place": ["大厦"], "jurisdiction": ["t"], "spare": ["2"]}
    return read_unions(pd.DataFrame(cells)).frame


def plans() -> list[Plan]:
    """Plan the table, again upon its own answer by other parameters, and around what a person wishes."""
    firms = read_firms(rows(), own_size=25).frame
    first = plan(firms, unions(), options=OPTIONS)
    answer = first.firms[["group", "kind", "seat"]].assign(id=firms["id"])
    before = read_before(answer[["id", "group", "kind", "seat"]])
    changed = replace(OPTIONS, max_firms=7, stay_milli=900)
    groups = sorted(first.firms["group"].dropna().unique())
    wishes = Wishes(exclude=frozenset({"f001"}), lock=frozenset(groups[:1]), forbid_seats=frozenset(groups[1:2]))
    found = [first, plan(firms, unions(), before, options=changed)]
    found += [plan(firms, unions(), before, options=OPTIONS, wishes=wishes)]
    for each, options in zip(found, (OPTIONS, changed, OPTIONS), strict=True):
        checked = audit(firms, unions(), each.firms, options=options)
        assert checked.faults == ()
        assert checked.objective_milli == each.objective_milli
    return found


def answers() -> list[Any]:
    """Return plain values: of two towns as the kernel solves them, and of the plans."""
    told: list[Any] = []
    for seed, density in enumerate((100, 10)):
        found = solve(lay(town(seed, 40, density), Hosts.none(), options=JointOptions()).problem)
        told.append([found.value, found.bound, found.iterations, found.arc.tolist()])
    for each in plans():
        cells = each.firms.astype("object").where(each.firms.notna(), None)
        told.append([each.objective_milli, each.bonus_milli, each.bound_milli, cells.to_numpy().tolist()])
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"compiled": COMPILED, "answers": answers()}))
