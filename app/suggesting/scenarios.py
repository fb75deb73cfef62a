"""Named scenarios: what other thresholds would suggest for the firms of the newest survey, worked out as runs.

A scenario changes nothing: it is read beside the suggestions, and the survey goes on with its own thresholds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from time import perf_counter
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from app import policy, runs, store
from geo.errors import AtlasError
from geo.joint import JointOptions, OptionError, Proof, Suggested, laid_out
from geo.joint.federations import offers
from geo.survey import JointInputs, Survey, suggest_joint

KIND = "scenario"
KEPT = "joint_scenarios"
"""Setting: by name the thresholds asked for, who asked, and the run that works them out."""

MOST, MOST_NAME = 8, 20
MOST_VALUE = 100_000

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "size": ("min_firms", "min_workers", "max_firms", "max_firms_in_place", "advise_sections_above",
                 "workers_if_unknown"),
        "reach": ("reach_m", "street_span_m", "street_gap_m", "street_offset_m", "street_radius_m",
                  "metres_per_number"),
        "worth": ("founding_place", "founding_street", "founding_community", "penalty_street_milli",
                  "penalty_community_milli", "distance_milli"),
        "policy": ("own_building", "compete", "industry_milli", "federation_from"),
        "stay": ("stay_milli", "stay_founding_milli", "stay_loss_milli", "tolerance_milli"),
    }
)  # fmt: skip
"""The options that a scenario can change, by what they are about; a phrase for each stands in ``data/codes``. What the
law says and what only tells where existing unions sit is not among them."""

ASKED = tuple(name for names in SECTIONS.values() for name in names)
SWITCHES = ("own_building", "compete")
"""Options that are 0 or 1."""


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
        if name in SWITCHES and text not in ("", "0", "1"):
            raise ScenarioError(name, detail={"field": name, "fault": "switch"})
        asked[name] = int(text) if text else asked[name]
    try:
        JointOptions(**asked)
    except OptionError as error:
        field = (error.detail.get("options") or ["min_firms"])[0] if isinstance(error.detail, dict) else "min_firms"
        raise ScenarioError(str(error), detail={"field": field, "fault": "contradiction"}) from None
    return asked


def kept(opened: Session) -> dict[str, dict[str, Any]]:
    """Return the scenarios by name: ``options``, ``by``, ``at``, ``run``."""
    found: dict[str, dict[str, Any]] = store.settings.get(opened, KEPT, default={})
    return {name: {**each, "options": standard() | each["options"]} for name, each in found.items()}


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


def adopt(opened: Session, name: str, by: str) -> None:
    """Put a scenario in force, so that the next survey suggests by it; without a name, the standard options.

    Raises
    ------
    ScenarioError
        If there is no scenario of the name.
    """
    found = kept(opened)
    if name and name not in found:
        raise ScenarioError(name, detail={"field": "name", "fault": "gone"})
    options = JointOptions(**found[name]["options"]) if name else JointOptions()
    policy.put(opened, name, options, by, datetime.now(UTC).isoformat())


def drop(opened: Session, name: str) -> None:
    """Forget a scenario."""
    store.settings.put(opened, KEPT, {key: value for key, value in kept(opened).items() if key != name})


def work(job: runs.Job) -> Mapping[str, Any]:
    """Suggest for the newest survey by the options of the run; the tally is ``told``.

    Where every building is to have its own union, the same is worked out without that switch: its price.
    """
    with job.database.session() as opened:
        survey = store.surveys.latest(opened, store.CITY)
        layers = {name: store.read(opened, name, store.CITY) for name in ("divisions", "decisions", "case_steps")}
    if survey is None:
        raise AtlasError("nothing has been surveyed yet", code="NO_SURVEY")
    options = JointOptions(**job.params["options"])
    inputs = JointInputs(**layers, before=survey.groupings)
    job.progress("joint", 0, 1 + options.own_building)
    began = perf_counter()
    found = _suggested(survey, inputs, options)
    tally = {"on": survey.on.isoformat(), **told(survey, found.groups, found.groupings),
             **proved(found.proof), "seconds": round(perf_counter() - began, 1),
             "federations": len(offers(survey.firms, survey.unions, options=options))}  # fmt: skip
    if options.own_building:
        job.progress("joint", 1, 2)
        fresh = replace(inputs, before=survey.groupings[:0])  # neither side may lean on what there was
        sides = [_suggested(survey, fresh, replace(options, own_building=on)) for on in (1, 0)]
        tally["price"] = price(survey, *sides)
    job.progress("joint", 1 + options.own_building, 1 + options.own_building)
    return tally


def _suggested(survey: Survey, inputs: JointInputs, options: JointOptions) -> Suggested:
    firms = laid_out(survey.firms, survey.places, options=options)
    return suggest_joint(firms, survey.unions, inputs, places=survey.places, options=options)


def proved(proof: Sequence[Proof]) -> dict[str, Any]:
    """Return the worth of an answer in workers, and the share by which a better one could be worth more at most."""
    bound = sum(each.bound_milli for each in proof)
    reached = sum(each.value_milli + each.bonus_milli for each in proof)
    value = sum(each.value_milli for each in proof)
    return {"value": round(value / 1000, 1) if proof else None, "gap": 1 - reached / bound if bound > 0 else None}


def proof_of(record: Any, proof: Sequence[Proof]) -> dict[str, Any]:
    """Return what a page tells of how good the suggestions of a survey are; ``record`` is its ``SurveyRecord``."""
    kept = (record.proof if record is not None else None) or {}
    options = kept.get("options") or {}
    return {
        **proved(proof), "rows": proof, "seconds": kept.get("seconds"),
        "options": [(name, options[name]) for name in ASKED if name in options],
    }  # fmt: skip


def price(survey: Survey, with_switch: Suggested, without: Suggested) -> dict[str, Any]:
    """Return what a switch changes: unions, firms and workers more, worth less (in workers and as a share)."""
    ours, theirs = (told(survey, each.groups, each.groupings) for each in (with_switch, without))
    worth, free = (proved(each.proof)["value"] or 0.0 for each in (with_switch, without))
    return {
        **{name: ours[name] - theirs[name] for name in ("unions", "joins", "firms", "workers")},
        "worth": round(free - worth, 1), "share": (free - worth) / free if free else None,
    }  # fmt: skip


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
