"""How like two names are that are not the same: edits, likeness of their own words, and what contradicts."""

from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from geo.linkage.register import Register, without_tail
from geo.text import CompanyName
from geo.text.alike import alike, sounds_near

_OTHER_COUNTY, _SAME_BRANCH, _SLIPS = 0.9, 0.75, 2


class Scored(NamedTuple):
    """A candidate; sorts best first: by score, edits of the whole name, likeness of what differs, county, row."""

    loss: float
    edits: int
    unlike: int
    unplaced: bool
    row: int
    conflict: bool

    @property
    def score(self) -> float:
        """Likeness 0..1."""
        return 1.0 - self.loss


def scored(listed: CompanyName, county: str | None, row: int, register: Register, *, least: float) -> Scored | None:
    """Weigh a row of the register as what a listed name may mean; None where it is less like than ``least``.

    ``county`` is the one written beside the listed name.
    """
    registered = register.names[row]
    score = similarity(listed, registered)
    ours, theirs = without_tail(listed), without_tail(registered)
    edits = int(OSA.distance(ours, theirs))
    if edits <= _SLIPS and not _other_branch(listed, registered, score):
        score = max(score, 1.0 - edits / max(len(ours), len(theirs)))
    if score < least:
        return None
    conflict = conflicts(listed, county, row, register)
    score *= _OTHER_COUNTY if conflict else 1.0
    if score < least:
        return None
    unplaced = county is not None and register.counties[row] != county
    differing = unlike(ours, theirs) if edits <= _SLIPS else edits
    return Scored(round(1.0 - score, 6), edits, differing, unplaced, row, conflict)


def similarity(listed: CompanyName, registered: CompanyName) -> float:
    """Likeness of two names, 0..1, from the edits (swapped neighbours are one) between what is their own in them."""
    if listed.branch and registered.branch:
        head = OSA.normalized_similarity(listed.core, registered.core)
        return float(min(head, OSA.normalized_similarity(listed.branch, registered.branch)))
    return float(OSA.normalized_similarity(_bare(listed), _bare(registered)))


def unlike(ours: str, theirs: str) -> int:
    """Count the characters of one name that nobody takes for those of the other by ear or eye; moved ones are none."""
    if len(ours) != len(theirs):
        return abs(len(ours) - len(theirs))
    if sorted(ours) == sorted(theirs):
        return 0
    return sum(not same_or_alike(one, other) for one, other in zip(ours, theirs, strict=True))


def same_or_alike(one: str, other: str) -> bool:
    """Whether two characters are one, or taken for one another."""
    return one == other or alike(one, other) or sounds_near(one, other)


def _other_branch(listed: CompanyName, registered: CompanyName, score: float) -> bool:
    """Whether two names are those of two branches of one firm; a slip before the branch's words may hide them."""
    if not (listed.branch and registered.branch) or score >= _SAME_BRANCH:
        return False
    hidden = listed.branch.endswith(registered.branch) or registered.branch.endswith(listed.branch)
    return not hidden or (
        listed.core == registered.core and "公司" not in max(listed.branch, registered.branch, key=len)
    )


def _bare(name: CompanyName) -> str:
    return name.core + name.form + (name.branch or "")


def form_of(name: CompanyName) -> str:
    """The legal form as compared: 有限责任公司 and 有限公司 are one."""
    return name.form.replace("责任", "").replace("公司", "").strip("()")


def regions_of(name: CompanyName) -> frozenset[str]:
    """The place words of a name as compared, without 市, 区, 县."""
    return frozenset(word.rstrip("市区县省") for word in name.regions)


def other_place(listed: CompanyName, registered: CompanyName) -> dict[str, Any] | None:
    """The place words of both names if they share none: 如东县…, 南通市… are registered at two offices."""
    ours, theirs = regions_of(listed), regions_of(registered)
    apart = ours and theirs and not ours & theirs
    return {"listed": "".join(listed.regions), "registered": "".join(registered.regions)} if apart else None


def conflicts(listed: CompanyName, county: str | None, row: int, register: Register) -> bool:
    """Whether the counties contradict each other, those written beside the names or those inside them."""
    known = register.counties[row]
    if county is not None and known is not None and county != known:
        return True
    ours, theirs = register.counties_named(listed), register.counties_named(register.names[row])
    return bool(ours and theirs and not ours & theirs)
