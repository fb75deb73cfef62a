"""Whether two names that are nearly the same differ by a slip of the pen, or by a word that makes another firm."""

from rapidfuzz.distance import OSA

from geo.linkage.likeness import same_or_alike
from geo.linkage.register import Register, pairs, without_tail
from geo.text import CompanyName

_A_WORD = 1000
_OWN = 2
_TELLING = frozenset("一二三四五六七八九十百千东南西北中内外上下前后左右大小新老旧甲乙丙丁总分")
"""Characters by which firms tell themselves apart."""


def slipped(listed: CompanyName, registered: CompanyName, register: Register) -> bool:
    """Whether two names nearly the same differ by a slip of the pen, not by a word that other firms bear.

    A slip leaves a pair of characters that hardly any name has (商么); what makes a sister firm's name are words that
    many have (纺织品 for 纺织), and any other own word (天晟 for 天盛). A character that nobody takes for the other is
    a slip only where both its pairs are rare. A branch's own words are mostly too short to tell.
    """
    if listed.branch != registered.branch:
        return False
    ours, theirs = listed.core, registered.core
    usual = 2 + len(register.keys) // _A_WORD
    rare = [register.frequency(pair) <= usual for pair in pairs(ours) - pairs(theirs)]
    if len(ours) != len(theirs):
        return not (set(ours) ^ set(theirs)) & _TELLING and (not rare or any(rare))
    if own_word_differs(ours, theirs):
        return False
    if sorted(ours) != sorted(theirs) and not all(map(same_or_alike, ours, theirs)):
        told = {one for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1] for one in pair}
        return not told & _TELLING and all(rare)
    return not rare or any(rare)


def form_slipped(listed: CompanyName, registered: CompanyName) -> bool:
    """Whether two names differ by one slip inside the legal form (股有份限公司), whose words tell nobody apart."""
    ours, theirs = without_tail(listed), without_tail(registered)
    start = theirs.find(registered.core + registered.form) + len(registered.core)
    end = start + len(registered.form)
    if start < len(registered.core) or not ours.startswith(theirs[:start]) or not ours.endswith(theirs[end:]):
        return False
    written = ours[start : len(ours) - len(theirs) + end]
    added = len(written) > len(registered.form)
    return OSA.distance(written, registered.form) == 1 and (not added or set(written) == set(registered.form))


def own_word_differs(ours: str, theirs: str) -> bool:
    """Whether the beginning of two cores differs, where a firm's own word stands; behind a town if there is one."""
    start = max(ours.find("镇", 0, 5), ours.find("乡", 0, 5)) + 1
    return ours[: start + _OWN] != theirs[: start + _OWN]
