"""The resources of ``/api/v1``: each module of this package adds its own."""

from typing import Any

from app.api.resources import Resources
from app.pages import is_sample
from app.reading import Reading

v1 = Resources("api", __name__, url_prefix="/api/v1")


def head(read: Reading | None = None) -> dict[str, Any]:
    """Return what stands before every list: day, basis, whether all of it is invented, whom to name."""
    told: dict[str, Any] = {"on": None, "basis": None, "sample": is_sample(), "credits": []}
    return told if read is None else told | {"on": str(read.on), "basis": "register", "credits": list(read.credits)}
