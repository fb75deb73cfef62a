"""The run of kind ``survey``: read what is stored, let the stages work, store what they found."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app import store
from app.config import settings
from app.runs.execution import Job, register

KIND = "survey"


def work(job: Job) -> Mapping[str, Any]:
    """Survey the city as of the run's day, by the rules in force on its rules' day; the tally is that of the stages."""
    from geo import survey
    from geo.io.rules import read_rules

    assert job.on_day is not None
    with job.database.session() as session:
        inputs, version = store.inputs(session, on=job.on_day), store.input_version(session)
    rules = read_rules(settings().data).in_force(job.rules_day or job.on_day)
    found = survey.survey(inputs, on=job.on_day, rules=rules, options=survey.Options(), progress=job.progress)
    with job.database.session(write=True) as session:
        store.surveys.save(session, found, job.key, input_version=version)
    return {"stages": [asdict(stage) for stage in found.tally], "firms": len(found.firms)}


register(KIND, work)
"""Order of this kind: ``Order("survey", on_day=…, rules_day=…)``."""
