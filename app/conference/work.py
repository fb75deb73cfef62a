"""The run of kind ``conference``: makes the pack in the background and keeps it in the instance folder."""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from app import runs, store
from app.conference import pack
from app.conference.content import Mark
from app.config import settings

KIND = "conference"
KEPT = 6
"""Packs that are kept; the oldest goes."""


def folder() -> Path:
    """Return the folder of all packs."""
    return settings().instance / "packs"


def work(job: runs.Job) -> Mapping[str, Any]:
    """Make the pack of the run's day as asked."""
    mark = Mark(str(job.params["mode"]), str(job.params["by"]), date.fromisoformat(str(job.params["at"])))
    with job.database.session() as session:
        scope = store.Scope(job.params.get("county") or None)
        content, template = pack.gather(session, mark, job.on_day, scope)
    target = folder() / job.key
    digests = pack.write(content, template, target, job.progress)
    tidy()
    return {"files": digests, "stamp": content.fingerprint}


def tidy() -> None:
    """Remove the oldest packs beyond ``KEPT``."""
    made = sorted(path for path in folder().iterdir() if path.is_dir())
    for old in made[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


runs.register(KIND, work)
