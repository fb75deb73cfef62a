"""What may become of a draft: every pair of status and action, who may take it, and what has to hold."""

import pytest

from geo.zones import transitions as course
from geo.zones.transitions import CALENDAR, FAULTS, STATUSES, STEPS, TABLE, Caller, TransitionError, offered, take

HERE, THERE = "990101", "990102"
ACTIONS = sorted({step.action for step in STEPS})
EVERYTHING = frozenset({"zones", "approve", CALENDAR})
NEEDS = frozenset(FAULTS)

# Written by hand: from which status which action leads where.
ALLOWED = {
    ("draft", "submit"): "submitted", ("draft", "withdraw"): "withdrawn",
    ("returned", "submit"): "submitted", ("returned", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn", ("submitted", "return"): "returned", ("submitted", "approve"): "approved",
    ("withdrawn", "reopen"): "draft",
    ("approved", "enforce"): "in_force", ("approved", "withdraw"): "withdrawn",
    ("in_force", "restore"): "restored",
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_pair_is_a_step_or_refused(status: str, action: str) -> None:
    caller = Caller(EVERYTHING)
    if (status, action) in ALLOWED:
        assert take(status, action, caller, HERE, NEEDS) == ALLOWED[status, action]
    else:
        with pytest.raises(TransitionError) as refused:
            take(status, action, caller, HERE, NEEDS)
        assert refused.value.code == "ZONE_STEP"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.source}-{step.action}")
def test_a_step_is_taken_with_its_right_and_in_ones_own_county_only(step: course.Step) -> None:
    for rights in (frozenset(), EVERYTHING - {step.right}):
        with pytest.raises(TransitionError) as refused:
            take(step.source, step.action, Caller(rights), HERE, NEEDS)
        assert refused.value.code == "ZONE_RIGHT"
    assert take(step.source, step.action, Caller(EVERYTHING, HERE), HERE, NEEDS) == step.target
    with pytest.raises(TransitionError) as refused:
        take(step.source, step.action, Caller(EVERYTHING, THERE), HERE, NEEDS)
    assert refused.value.code == "ZONE_RIGHT"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.source}-{step.action}")
def test_each_need_that_is_not_met_has_its_own_code(step: course.Step) -> None:
    for need in step.needs:
        with pytest.raises(TransitionError) as refused:
            take(step.source, step.action, Caller(EVERYTHING), HERE, NEEDS - {need})
        assert refused.value.code == FAULTS[need]
    assert take(step.source, step.action, Caller(EVERYTHING), HERE, step.needs) == step.target


def test_the_table_holds_each_pair_once() -> None:
    assert len(TABLE) == len(STEPS)


def test_who_approves_has_seen_the_impact_and_is_another_person() -> None:
    assert {course.SEEN, course.OTHER, course.CONSENT, course.SOUND} <= set(TABLE["submitted", "approve"].needs)


def test_an_editor_is_offered_what_an_editor_may() -> None:
    editor = Caller(frozenset({"zones"}), HERE)
    assert [step.action for step in offered("draft", editor, HERE)] == ["submit", "withdraw"]
    assert [step.action for step in offered("submitted", editor, HERE)] == ["withdraw"]
    assert offered("approved", editor, HERE) == []
    assert offered("draft", editor, THERE) == []
    assert editor.draws(HERE) and not editor.draws(THERE)
    assert not Caller(frozenset({"see"})).draws(HERE)


def test_nobody_but_the_day_brings_lines_in_force() -> None:
    with pytest.raises(TransitionError):
        take("approved", "enforce", Caller(frozenset({"zones", "approve"})), HERE, NEEDS)
