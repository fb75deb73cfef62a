"""What a grouping of a survey is asked beside its firms, and how good its answer is proved to be."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from geo.joint.wishes import Wishes


class Asked(NamedTuple):
    """What a person settled, and the groups there were."""

    wishes: "Wishes"
    """Seats are named as by ``former.seat_name``; of locked groups the keys as in ``groups``."""
    groups: Mapping[str, str]
    """Key of the group in which each firm was (``former.with_locks``)."""


class Proof(NamedTuple):
    """How good the answer for one county is: no answer of the model is worth more than ``bound_milli``.

    Joining the union of a town and sharing out large zones come after the model, and are not in these figures.
    """

    county: str
    """Code, empty for firms of no known county."""
    firms: int
    """Candidates."""
    value_milli: int
    """Milli-workers, without the bonus for who stays and for wishes."""
    bonus_milli: int
    bound_milli: int
    """With that bonus."""
    iterations: int

    @property
    def gap(self) -> float:
        """Share of the bound that is not reached, at most."""
        return 1 - (self.value_milli + self.bonus_milli) / self.bound_milli if self.bound_milli > 0 else 0.0
