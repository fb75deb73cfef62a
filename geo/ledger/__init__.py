"""The ledger of firms without a union (四清台账): how many, where, why, how far; the state is read off dated steps."""

from geo.ledger.clears import CLEARS, MEASURES, SHOWN, completeness, shown
from geo.ledger.contradictions import contradictions
from geo.ledger.outcomes import OUTCOMES, Outcome
from geo.ledger.refusals import Refusal, refusals
from geo.ledger.stages import BUILT, STAGES, Stage, following
from geo.ledger.standing import STANDINGS, stand
from geo.ledger.states import stated, states
from geo.ledger.workload import STALE_DAYS, load, marked

__all__ = [
    "BUILT",
    "CLEARS",
    "MEASURES",
    "OUTCOMES",
    "SHOWN",
    "STAGES",
    "STALE_DAYS",
    "STANDINGS",
    "Outcome",
    "Refusal",
    "Stage",
    "completeness",
    "contradictions",
    "following",
    "load",
    "marked",
    "refusals",
    "shown",
    "stand",
    "stated",
    "states",
]
