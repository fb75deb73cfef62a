"""The best solution there is, by HiGHS: the oracle of tests and the last polish of small problems.

Seats that the bound rules out are left out first (reduced-cost fixing).
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from geo.joint.problem import Problem
from geo.joint.solver import Solution


def solve_exactly(problem: Problem, *, seconds: float = 60.0) -> Solution | None:
    """Solve a problem to proved optimality.

    Returns
    -------
    the best solution, its bound equal to its value; None if time runs out first
    """
    seat, arcs, seats = problem.seat_of_arc(), len(problem.firm), problem.seats
    if arcs == 0:
        return Solution(np.full(problem.firms, -1, dtype=np.int64), 0, 0)
    cost = np.concatenate([-problem.value, problem.founding]).astype(np.float64)
    arc, one = np.arange(arcs), np.ones(arcs)
    where = arcs + seat
    shape = arcs + seats
    firms = csr_matrix((one, (problem.firm, arc)), shape=(problem.firms, shape))
    opened = csr_matrix(
        (np.concatenate([one, -one]), (np.concatenate([arc, arc]), np.concatenate([arc, where]))), shape=(arcs, shape)
    )

    def sums(weight: np.ndarray, term: np.ndarray) -> csr_matrix:
        rows = np.concatenate([seat, np.arange(seats)])
        columns = np.concatenate([arc, arcs + np.arange(seats)])
        return csr_matrix((np.concatenate([weight[problem.firm], -term]), (rows, columns)), shape=(seats, shape))

    rules = [
        LinearConstraint(firms, -np.inf, 1),
        LinearConstraint(opened, -np.inf, 0),
        LinearConstraint(sums(np.ones(problem.firms), problem.most), -np.inf, 0),
        LinearConstraint(sums(problem.workers, problem.least_workers), 0, np.inf),
        LinearConstraint(sums(problem.heads, problem.least_firms), 0, np.inf),
    ]
    found = milp(
        cost, constraints=rules, integrality=np.ones(shape), bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )  # fmt: skip
    if found.status != 0:
        return None
    taken = np.flatnonzero(found.x[:arcs] > 0.5)
    result = np.full(problem.firms, -1, dtype=np.int64)
    result[problem.firm[taken]] = taken
    used = np.unique(seat[taken])
    value = int(problem.value[taken].sum() - problem.founding[used].sum())
    return Solution(result, value, value, 0, used)
