"""Scenarios of joint unions side by side: what other thresholds would suggest."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import policy, runs
from app.arguments import asks
from app.auth import signed
from app.current import partial, reading
from app.db import session
from app.labels import label
from app.runs import DONE, QUEUED, RUNNING
from app.suggesting import federations, scenarios

bp = Blueprint("scenarios", __name__, url_prefix="/scenarios")


@bp.get("")
@asks()
def index() -> str:
    """Show the scenarios beside the suggestions of the survey; htmx asks for the table while one is worked out."""
    read = reading()
    with session() as opened:
        kept, standing = scenarios.kept(opened), policy.told(opened)
        found = {name: runs.get(opened, each["run"]) for name, each in kept.items()}
    survey = read.survey
    now = {name: getattr(survey.joint, name) for name in scenarios.ASKED}
    columns: list[dict[str, Any]] = [{"name": "", "options": now, "run": None,
                "told": scenarios.told(survey, survey.groups, survey.groupings)
                | scenarios.proved(survey.proof)
                | {"federations": len(federations.listed(read))}}]  # fmt: skip
    columns += [
        {"name": name, "options": each["options"], "by": each["by"], "run": found[name],
         "told": dict(run.tally or {}) if (run := found[name]) is not None and run.status == DONE else None}
        for name, each in kept.items()
    ]  # fmt: skip
    going = any(run is not None and run.status in (QUEUED, RUNNING) for run in found.values())
    template = "scenarios/table.html" if partial() else "scenarios/page.html"
    return render_template(
        template, read=read, columns=columns, going=going, asked=scenarios.ASKED, standard=now, standing=standing,
        most=scenarios.MOST_NAME, sections=scenarios.SECTIONS, switches=scenarios.SWITCHES,
    )  # fmt: skip


@bp.post("")
def save() -> Redirect:
    """Keep a scenario under its name and put it in line; the same name is worked out anew."""
    who, name = signed.account(), request.form.get("name", "").strip()
    try:
        options = scenarios.read(request.form)
        with session(write=True) as opened:
            scenarios.keep(opened, name, options, str(who.name if who else ""))
    except scenarios.ScenarioError as error:
        field = label("joint_option", error.detail["field"])
        flash(f"{field}{_('：')}{label('scenario_refusal', error.detail['fault'])}", "bad")
    else:
        runs.wake()
        flash(_("已排入任务，算完后列在下表。"), "ok")
    return redirect(url_for("scenarios.index"))


@bp.post("/adopt")
def adopt() -> Redirect:
    """Put a scenario in force for the next survey; without a name, the standard options."""
    who, name = signed.account(), request.form.get("name", "").strip()[: scenarios.MOST_NAME]
    try:
        with session(write=True) as opened:
            scenarios.adopt(opened, name, str(who.name if who else ""))
            signed.note(opened, "scenario_adopted", name or "-", name=name)
    except scenarios.ScenarioError as error:
        flash(label("scenario_refusal", error.detail["fault"]), "bad")
    else:
        flash(_("下次计算按“%(n)s”编组。", n=name or _("默认参数")), "ok")
    return redirect(url_for("scenarios.index"))


@bp.post("/drop")
def drop() -> Redirect:
    """Forget a scenario."""
    with session(write=True) as opened:
        scenarios.drop(opened, request.form.get("name", ""))
    return redirect(url_for("scenarios.index"))
