"""Imports as runs: the dry run of an upload, and its import, followed by a survey of the new data."""

from collections.abc import Mapping
from typing import Any

from app import runs
from app.db import Database
from app.imports import drafts
from app.imports.importing import commit, plan, undo
from geo.errors import FileRefused

PLAN, IMPORT = "import_plan", "import"


def work_plan(job: runs.Job) -> Mapping[str, Any]:
    """Work out what the import of an upload would do."""
    draft = _draft(job)
    with drafts.keep_rows(draft.token) as keep:
        return plan(job.database, draft.request, progress=job.progress, keep=keep).to_json()


def work_import(job: runs.Job) -> Mapping[str, Any]:
    """Import an upload and ask for a survey, unless it changed nothing."""
    draft = _draft(job)
    done = commit(job.database, draft.request, progress=job.progress, run_key=job.key)
    drafts.drop(draft.token)
    survey = None if done.nothing_to_do else _ask_survey(job.database)
    return {**done.to_json(), "survey": survey}


def take_back(database: Database, batch: str) -> str:
    """Take an import back, ask for a survey of what is left, and return the survey's run."""
    undo(database, batch)
    return _ask_survey(database)


def renew_surveys(database: Database) -> list[str]:
    """Ask for every surveyed day to be surveyed anew and return the runs, newest day first.

    Commands bring no first day.
    """
    with database.session(write=True) as session:
        return runs.survey.renew(session)


def _ask_survey(database: Database) -> str:
    """Ask for every surveyed day, or today where there is none yet, and return the run of the newest."""
    with database.session(write=True) as session:
        return (runs.survey.renew(session) or [runs.survey.order(session)])[0]


def _draft(job: runs.Job) -> drafts.Draft:
    draft = drafts.get(str(job.params.get("token", "")))
    if draft is None:
        raise FileRefused("the uploaded file is gone", code="FILE_MISSING", detail={"file": job.params.get("name", "")})
    return draft


runs.register(PLAN, work_plan)
runs.register(IMPORT, work_import)
