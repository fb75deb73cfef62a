"""Firms already known, looked up by name core while a register is read: a first word, before a survey weighs it all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo.linkage.register import without_tail
from geo.text import CompanyName, read_name

_LEAST = 4
"""Characters of a core that make it a firm's own: shorter ones (华能, 新华) are borne by many."""


@dataclass(frozen=True)
class Known:
    """The firms of a register by what is their own in their names, and by organisation code."""

    regions: frozenset[str]
    county_of: Mapping[str, str]
    by_core: Mapping[tuple[str, str], tuple[tuple[str, CompanyName, str], ...]]
    by_org_code: Mapping[str, str]

    def like(self, name: str, org_code: str | None) -> str | None:
        """Return the key of a firm that a row of another register probably means, None if there is none.

        The same organisation code, else the same core and branch, place words that do not name two counties, and no two
        organisation codes. The first by key of several; a survey weighs them all.
        """
        if org_code and org_code in self.by_org_code:
            return self.by_org_code[org_code]
        read = read_name(name, self.regions)
        for key, other, code in self.by_core.get(_own(read), ()):
            alike = len("".join(_own(read))) >= _LEAST or without_tail(read) == without_tail(other)
            if alike and not (org_code and code) and not self._apart(read, other):
                return key
        return None

    def _apart(self, one: CompanyName, other: CompanyName) -> bool:
        ours, theirs = (
            {self.county_of[word] for word in name.regions if word in self.county_of} for name in (one, other)
        )
        return bool(ours and theirs and not ours & theirs)


def known(firms: Iterable[tuple[str, str, str | None]], regions: Mapping[str, str]) -> Known:
    """Prepare the look-up of firms given as key, name and organisation code; ``regions`` as ``region_words`` gives."""
    words = frozenset(regions)
    by_core: dict[tuple[str, str], list[tuple[str, CompanyName, str]]] = {}
    by_org_code: dict[str, str] = {}
    for key, name, code in sorted(firms):
        read = read_name(name, words)
        by_core.setdefault(_own(read), []).append((key, read, code or ""))
        if code:
            by_org_code.setdefault(code, key)
    counties = {word: code for word, code in regions.items() if not code.endswith("00")}
    return Known(words, counties, {own: tuple(rows) for own, rows in by_core.items()}, by_org_code)


def _own(name: CompanyName) -> tuple[str, str]:
    return name.core, name.branch or ""
