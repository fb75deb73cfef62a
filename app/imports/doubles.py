"""New rows of a register that are probably firms already known: told before and after an import, never in its way."""

from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app import store
from geo import linkage

MOST = 200_000
"""Stored firms, and rows of the file, that are compared: a few seconds. Beyond, the next survey finds them all."""
SHOWN = 100
"""Rows that are named; 疑似重复 shows all of them after the next survey."""


class Doubles:
    """Counts new rows, chunk by chunk, that are probably firms stored before the import began."""

    def __init__(
        self, session: Session, divisions: pd.DataFrame, aliases: pd.DataFrame, scope: store.Scope = store.CITY
    ) -> None:
        self._stored = store.count(session, "enterprises")
        self._left = MOST
        self._rows: list[list[Any]] = []
        self._found = self._new = self._looked = 0
        self._known: linkage.Known | None = None
        if 0 < self._stored <= MOST:
            firms = store.firm_names(session, scope)
            self._names = {key: name for key, name, _ in firms}
            self._known = linkage.known(firms, linkage.region_words(divisions, aliases))

    def see(self, firms: pd.DataFrame, status: pd.Series, rows: pd.Series) -> None:
        """Look at the new ones of a chunk: ENTERPRISES, what became of each, and its row number by key."""
        new = firms[(status == "new").reindex(firms.index, fill_value=False).to_numpy()]
        self._new += len(new)
        if self._known is None or not self._left:
            return
        new = new.head(self._left)
        self._left -= len(new)
        self._looked += len(new)
        codes = new["org_code"].fillna(new["uscc"].str[8:17])
        for key, name, code in zip(new.index, new["name"], codes, strict=True):
            other = self._known.like(str(name), code if isinstance(code, str) else None)
            if other is not None:
                self._found += 1
                if len(self._rows) < SHOWN:
                    self._rows.append([int(rows[key][0]), str(name), other, self._names[other]])

    def notes(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return what is to be said: how many rows are probably known, and where not all were looked at."""
        told: list[tuple[str, dict[str, Any]]] = []
        if self._found:
            told.append(("ROWS_PROBABLY_KNOWN", {"rows": self._found, "new": self._new, "known": self._rows}))
        if self._stored and self._new > self._looked:
            told.append(("NOT_ALL_COMPARED", {"stored": self._stored, "new": self._new, "looked": self._looked}))
        return tuple(told)
