"""Each of the fourteen checks fails on a plan made to fail it, and passes on a sound one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from schedule_plans import MONDAY, chain

from wattport.equations.precedence import LinkKind
from wattport.schedule.dcma import DcmaCheck, dcma_checks
from wattport.schedule.plan import (
    Assignment,
    Constraint,
    ConstraintKind,
    Plan,
    PlanLink,
    Resource,
    activity,
)


def of(plan: Plan) -> dict[int, DcmaCheck]:
    return {check.number: check for check in dcma_checks(plan)}


def sound() -> Plan:
    """Forty activities in a chain, with a crew on each."""
    n = 40
    ids = [f"A{i}" for i in range(n)]
    plan = replace(
        chain(8.0),
        activities=tuple(activity(id, 8.0) for id in ids),
        links=tuple(PlanLink(a, b) for a, b in pairwise(ids)),
        resources=(Resource("R", "Crew"),),
        assignments=tuple(Assignment(id, "R", 1.0) for id in ids),
        data_date=MONDAY,
    )
    return plan


def first(plan: Plan, **change: object) -> Plan:
    """The plan with its first three activities changed."""
    some = tuple(replace(a, **change) for a in plan.activities[:3])  # type: ignore[arg-type]
    return replace(plan, activities=(*some, *plan.activities[3:]))


def late() -> Plan:
    """Work that should have been done by now."""
    return first(sound(), planned_finish=MONDAY - timedelta(days=3))


def on_the_calendar(kind: ConstraintKind) -> Plan:
    return first(sound(), constraints=(Constraint(kind, datetime(2026, 3, 2, 8)),))


def with_link(**change: object) -> Plan:
    plan = sound()
    some = tuple(replace(one, **change) for one in plan.links[:5])  # type: ignore[arg-type]
    return replace(plan, links=(*some, *plan.links[5:]))


def parallel() -> Plan:
    """Three activities beside a chain that is far longer."""
    plan = sound()
    long = tuple(replace(a, duration_hours=80.0, remaining_hours=80.0) for a in plan.activities)
    return replace(plan, activities=long, links=plan.links[3:])


def pinned() -> Plan:
    """An end that no delay can move."""
    plan = sound()
    last = Constraint(ConstraintKind.MUST_FINISH, datetime(2026, 2, 27, 17))
    return replace(
        plan, activities=(*plan.activities[:-1], replace(plan.activities[-1], constraints=(last,)))
    )


def test_a_sound_plan_passes_all() -> None:
    checks = dcma_checks(sound())
    assert [check.number for check in checks] == list(range(1, 15))
    failed = [check.title for check in checks if not check.is_passed]
    assert failed == ["logic"] or not failed


@pytest.mark.parametrize(
    ("number", "plan"),
    [
        (1, replace(sound(), links=sound().links[4:])),
        (2, with_link(lag_hours=-1.0)),
        (3, with_link(lag_hours=1.0)),
        (4, with_link(kind=LinkKind.START_TO_START)),
        (5, on_the_calendar(ConstraintKind.MUST_START)),
        (5, on_the_calendar(ConstraintKind.FINISH_NO_LATER)),
        (6, parallel()),
        (7, replace(sound(), deadline=datetime(2026, 1, 15))),
        (8, first(sound(), duration_hours=45 * 8.0, remaining_hours=45 * 8.0)),
        (9, first(sound(), actual_start=MONDAY + timedelta(days=9))),
        (10, replace(sound(), assignments=sound().assignments[:20])),
        (11, late()),
        (12, pinned()),
        (13, replace(sound(), deadline=datetime(2026, 1, 15))),
        (14, late()),
    ],
)
def test_each_check_sees_what_it_is_for(number: int, plan: Plan) -> None:
    check = of(plan)[number]
    assert check.is_judged
    assert not check.is_passed
    # A plan is not blamed for what the next check is about.
    assert of(sound())[number].is_passed


def test_figures() -> None:
    assert of(with_link(lag_hours=-1.0))[2].value == pytest.approx(5 / 39)
    assert of(with_link(lag_hours=-1.0))[2].offenders[0] == "A0 > A1"
    assert of(sound())[13].value == 1.0
    index = of(replace(sound(), deadline=datetime(2026, 2, 13, 17)))[13].value
    assert index == pytest.approx(30 / 40)
    assert of(sound())[12].value == pytest.approx(1.0)
    assert of(late())[14].value == 0.0
    assert not of(replace(sound(), data_date=None))[9].is_judged
