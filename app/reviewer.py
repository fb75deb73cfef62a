"""Who decides: a name asked once and kept in this browser's session, until there are accounts."""

from flask import request, session

MOST = 30
"""Characters of a name that are kept."""


def name() -> str:
    """Return the name that the form brings, else the one kept from before; "" if there is none."""
    written = " ".join(request.form.get("by", "").split())[:MOST]
    if written:
        session["reviewer"] = written
        session.permanent = True
    return str(session.get("reviewer", ""))


def acts() -> list[list[str]]:
    """Return the acts of this browser that a key takes back, oldest first: the act and what it was about."""
    return list(session.get("acts", []))


def keep(kept: list[list[str]], most: int = 30) -> None:
    """Keep the acts that can be taken back by a key; older ones stay in the list of decisions."""
    session["acts"] = kept[-most:]
