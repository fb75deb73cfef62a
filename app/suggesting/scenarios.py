"""Named scenarios: what other thresholds would suggest for the firms of the newest survey, worked out as runs.

A scenario changes nothing: it is read beside the suggestions, and the survey goes on with its own thresholds.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from app import runs, store
from geo.errors import AtlasError
from geo.joint import JointOptions, OptionError, life, respect, suggest
from geo.survey import Survey

KIND = "scenario"
KEPT = "joint_scenarios"
"""Setting: by name the thresholds asked for, who asked, and the run that works them out."""

MOST, MOST_NAME = 8, 20
MOST_VALUE = 100_000

ASKED = (
    "min_firms", "min_workers", "max_firms", "max_firms_in_place", "street_span_m", "street_gap_m",
    "workers_if_unknown",
)  # fmt: skip
"""The thresholds that a scenario can change; a phrase for each stands in ``data/codes``."""


class ScenarioError(AtlasError):
    """A scenario cannot be kept as asked; ``detail`` names the field."""

    code = "SCENARIO"


def standard() -> dict[str, int]:
    """Return the thresholds of the survey."""
    return {name: int(getattr(JointOptions(), name)) for name in ASKED}


def read(form: Mapping[str, Any]) -> dict[str, int]:
    """Return the thresholds that a form asks for; an empty field stays at the standard.

    Raises
    ------
    ScenarioError
        With ``field`` and a code of ``scenario_refusal`` in its detail.
    """
    asked = standard()
    for name in ASKED:
        text = str(form.get(name) or "").strip()
        if text and not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_VALUE and len(text) <= 9):
            raise ScenarioError(name, detail={"field": name, "fault": "number"})
        asked[name] = int(text) if text else asked[name]
    try:
        JointOptions(**asked)
    except OptionError as error:
        raise ScenarioError(str(error), detail={"field": "min_firms", "fault": "contradiction"}) from None
    return asked


def kept(opened: Session) -> dict[str, dict[str, Any]]:
    """Return the scenarios by name: ``options``, ``by``, ``at``, ``run``."""
    found: dict[str, dict[str, Any]] = store.settings.get(opened, KEPT, default={})
    return found


def keep(opened: Session, name: str, options: Mapping[str, int], by: str) -> str:
    """Keep a scenario under a name, put its run in line and return the run's key; the same name is worked out anew.

    Raises
    ------
    ScenarioError
        Without a name, or if there are ``MOST`` others.
    """
    found = dict(kept(opened))
    if not name or len(name) > MOST_NAME:
        raise ScenarioError(name, detail={"field": "name", "fault": "name"})
    if name not in found and len(found) >= MOST:
        raise ScenarioError(name, detail={"field": "name", "fault": "many"})
    key = runs.enqueue(opened, runs.Order(KIND, params={"name": name, "options": dict(options)}))
    found[name] = {"options": dict(options), "by": by, "at": datetime.now(UTC).isoformat(), "run": key}
    store.settings.put(opened, KEPT, found)
    return key


def drop(opened: Session, name: str) -> None:
    """Forget a scenario."""
    store.settings.put(opened, KEPT, {key: value for key, value in kept(opened).items() if key != name})


def work(job: runs.Job) -> Mapping[str, Any]:
    """Suggest for the newest survey by the thresholds of the run; the tally is ``told``."""
    with job.database.session() as opened:
        survey = store.surveys.latest(opened, store.CITY)
        divisions = store.read(opened, "divisions", store.CITY)
        cases = life.cases(store.read(opened, "case_steps", store.CITY))
    if survey is None:
        raise AtlasError("nothing has been surveyed yet", code="NO_SURVEY")
    job.progress("joint", 0, 1)
    options = JointOptions(**job.params["options"])
    found = respect.suggest_anew(
        survey.firms, cases,
        lambda firms: suggest(firms, survey.unions, places=survey.places, divisions=divisions, options=options),
    )  # fmt: skip
    job.progress("joint", 1, 1)
    return {"on": survey.on.isoformat(), **told(survey, found.groups, found.groupings)}


def told(survey: Survey, groups: Any, groupings: Any) -> dict[str, Any]:
    """Return the figures of some suggestions: unions by kind, firms, workers, rate reached, firms left by reason."""
    new = groups[groups["kind"].ne("existing")]
    eligible = int(survey.firms["eligible"].sum())
    covered = int((survey.firms["covered"] & survey.firms["eligible"]).sum())
    firms = int(groups["firms"].sum())
    return {
        "unions": len(new), "joins": int(len(groups) - len(new)), "firms": firms,
        "workers": int(groups["workers"].sum()),
        "each": float(new["firms"].mean()) if len(new) else None,
        "rate": (covered + firms) / eligible if eligible else None,
        "kinds": {str(kind): int(count) for kind, count in groups["kind"].value_counts().items()},
        "left": {str(code): int(count) for code, count in groupings["left_because"].value_counts().items()},
    }  # fmt: skip


assert set(ASKED) <= {field.name for field in fields(JointOptions)}
runs.register(KIND, work)
