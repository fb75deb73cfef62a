"""Imports as runs: the dry run of an upload, and its import, followed by a survey of the new data."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app import runs
from app.imports import drafts
from app.imports.importing import commit, plan
from geo.errors import FileRefused

PLAN, IMPORT = "import_plan", "import"


def work_plan(job: runs.Job) -> Mapping[str, Any]:
    """Work out what the import of an upload would do."""
    return plan(job.database, _draft(job).request, progress=job.progress).to_json()


def work_import(job: runs.Job) -> Mapping[str, Any]:
    """Import an upload and ask for a survey, unless it changed nothing."""
    draft = _draft(job)
    done = commit(job.database, draft.request, progress=job.progress, run_key=job.key)
    drafts.drop(draft.token)
    survey = None if done.nothing_to_do else ask_survey(job)
    return {**done.to_json(), "survey": survey}


def ask_survey(job: runs.Job) -> str | None:
    """Put a survey of today in line, unless one waits already."""
    day = datetime.now(UTC).astimezone().date()
    with job.database.session(write=True) as session:
        waiting = [run for run in runs.latest(session, kind="survey", limit=20) if run.status == runs.QUEUED]
        if any(run.on_day == day for run in waiting):
            return None
        return runs.enqueue(session, runs.Order("survey", on_day=day, rules_day=day))


def _draft(job: runs.Job) -> drafts.Draft:
    draft = drafts.get(str(job.params.get("token", "")))
    if draft is None:
        raise FileRefused("the uploaded file is gone", code="FILE_MISSING", detail={"file": job.params.get("name", "")})
    return draft


runs.register(PLAN, work_plan)
runs.register(IMPORT, work_import)
