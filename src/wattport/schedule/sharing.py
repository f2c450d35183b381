"""
Who shares what in a plan: uses, levels and the working time of people with their work.

Only labour and equipment with a level is shared out; material is used up and
bought. Somebody with a calendar of their own works when it and that of the
activity do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.work_calendar import Shifts, WorkCalendar, minute_of
from wattport.errors import Finding, WattportError
from wattport.schedule.cpm_network import CpmProblem
from wattport.schedule.level_kernel import Sharing, follow_links
from wattport.schedule.plan import Plan, Resource, ResourceKind
from wattport.schedule.plan_check import PlanCode


@dataclass(frozen=True)
class Uses:
    """Uses of shared resources by the activities that are work, sorted by activity."""

    resources: tuple[Resource, ...]  # shared ones
    activity: tuple[int, ...]  # (use,) place in `CpmProblem.worked`
    resource: tuple[int, ...]  # (use,) place in `resources`
    units: tuple[float, ...]  # (use,)
    capped: tuple[Finding, ...]  # warnings: needs that are more than there is


def is_shared(resource: Resource) -> bool:
    """Tell whether only so much of a resource is there at a time."""
    return resource.kind != ResourceKind.MATERIAL and bool(resource.levels)


def in_shifts_of_people(plan: Plan) -> Plan:
    """
    Give each activity the time at which it and all who work on it are at work.

    Parameters
    ----------
    plan : Plan
        Sound.

    Returns
    -------
    Plan
        With a calendar more for each combination that occurs.

    Raises
    ------
    WattportError
        When an activity and its people never work at the same time.
    """
    calendars = {calendar.name: calendar for calendar in plan.calendars}
    own = {
        resource.id: resource.calendar
        for resource in plan.resources
        if resource.calendar is not None and resource.kind != ResourceKind.MATERIAL
    }
    people: dict[str, dict[str, None]] = {}
    for use in plan.assignments:
        if use.resource in own:
            people.setdefault(use.activity, {})[str(own[use.resource])] = None
    made: dict[tuple[str, ...], WorkCalendar] = {}
    activities, findings = [], []
    for one in plan.activities:
        names = (one.calendar, *(n for n in people.get(one.id, {}) if n != one.calendar))
        if len(names) == 1 or one.is_span or one.is_milestone or one.is_done:
            activities.append(one)
            continue
        if names not in made:
            both = calendars[names[0]]
            for name in names[1:]:
                both = common_time(both, calendars[name])
            while both.name in calendars:
                both = replace(both, name=f"{both.name} ")
            made[names] = calendars[both.name] = both
        if not made[names].has_work:
            findings.append(_never_together(one.id, names))
        activities.append(replace(one, calendar=made[names].name))
    if findings:
        raise WattportError(findings)
    return replace(plan, activities=tuple(activities), calendars=(*plan.calendars, *made.values()))


def _never_together(activity: str, names: tuple[str, ...]) -> Finding:
    return Finding(
        PlanCode.NO_WORKING_TIME,
        f"activity and resources never work at the same time: {', '.join(names)}",
        path=f"activity {activity}",
        remedy="give one of them another calendar, or leave resources out (--ignore-resources)",
    )


def common_time(one: WorkCalendar, other: WorkCalendar) -> WorkCalendar:
    """
    Calendar of the time in which two calendars work.

    Parameters
    ----------
    one, other : WorkCalendar
        The hours of a day are those of the first.

    Returns
    -------
    WorkCalendar
        Named after both.

    Examples
    --------
    >>> from wattport.calendar.work_calendar import office_calendar, round_the_clock
    >>> common_time(office_calendar(), round_the_clock()).week == office_calendar().week
    True
    """
    days: dict[date, Shifts] = {}
    for calendar in (one, other):
        for day, _ in calendar.exceptions:
            days[day] = _common_shifts(one.shifts_on(day), other.shifts_on(day))
    return WorkCalendar(
        f"{one.name} & {other.name}",
        tuple(_common_shifts(a, b) for a, b in zip(one.week, other.week, strict=True)),
        tuple(sorted(days.items())),
        one.hours_per_day,
    )


def _common_shifts(some: Shifts, others: Shifts) -> Shifts:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a, b in product(some, others))
    return tuple(sorted((start, stop) for start, stop in pairs if start < stop))


def uses(plan: Plan, problem: CpmProblem) -> Uses:
    """
    Collect what activities with work left need of shared resources.

    Parameters
    ----------
    plan : Plan
        Sound.
    problem : CpmProblem
        Its arrays.

    Returns
    -------
    Uses
        A need above the last level of its resource counts as that level, and is told: else it
        would wait for ever.
    """
    shared = tuple(resource for resource in plan.resources if is_shared(resource))
    place = {plan.activities[i].id: j for j, i in enumerate(problem.worked.tolist())}
    number = {resource.id: r for r, resource in enumerate(shared)}
    needs: dict[tuple[int, int], float] = {}
    for use in plan.assignments:
        is_over = use.remaining_hours == 0.0 and use.actual_hours > 0.0
        if use.resource not in number or use.activity not in place or is_over or use.units <= 0.0:
            continue
        j = place[use.activity]
        if problem.remaining_min[j] > 0.0:
            key = (j, number[use.resource])
            needs[key] = needs.get(key, 0.0) + use.units
    found = sorted(needs.items())
    last = [resource.levels[-1].units for resource in shared]
    greedy: dict[int, list[str]] = {}
    for (j, r), units in found:
        if units > last[r] + 1e-9:
            greedy.setdefault(r, []).append(plan.activities[int(problem.worked[j])].id)
    kept = [(j, r, min(units, last[r])) for (j, r), units in found if last[r] > 0.0]
    return Uses(
        resources=shared,
        activity=tuple(j for j, _, _ in kept),
        resource=tuple(r for _, r, _ in kept),
        units=tuple(units for _, _, units in kept),
        capped=tuple(_capped(shared[r], ids) for r, ids in sorted(greedy.items())),
    )


def _capped(resource: Resource, ids: list[str]) -> Finding:
    level = resource.levels[-1].units
    shown = ", ".join(ids[:4]) + (f" and {len(ids) - 4} more" if len(ids) > 4 else "")
    takes = "takes all of it" if level > 0.0 else "does without"
    return Finding(
        PlanCode.NEEDS_TOO_MUCH,
        f"more is needed of {resource.id} than the {level:g} there are, and {takes}: {shown}",
        path=f"resource {resource.id}",
        value=level,
        remedy="raise the level of the resource, or lower the units of the assignments",
        severity="warning",
    )


def no_sharing(problem: CpmProblem) -> Sharing:
    """Leave resources out of account: dates are those of links and calendars alone."""
    nothing = np.zeros(0)
    return Sharing(
        order=problem.network.order,
        use_first=np.zeros(problem.worked.size + 1, dtype=np.int64),
        resource=np.zeros(0, dtype=np.int64),
        units=nothing,
        level_first=np.zeros(1, dtype=np.int64),
        level_start=nothing,
        level_units=nothing,
    )


def sharing(problem: CpmProblem, needs: Uses) -> Sharing:
    """
    Lay uses and levels out for the compiled loops.

    Parameters
    ----------
    problem : CpmProblem
        The plan's arrays.
    needs : Uses
        Of `uses`.

    Returns
    -------
    Sharing
        In the order of the network.
    """
    starts: list[float] = []
    units: list[float] = []
    first = [0]
    for resource in needs.resources:
        levels = [(minute_of(level.start), level.units) for level in resource.levels]
        starts += [-math.inf, *(start for start, _ in levels)]
        units += [0.0, *(level for _, level in levels)]
        first.append(len(starts))
    return Sharing(
        order=problem.network.order,
        use_first=np.searchsorted(
            np.array(needs.activity, dtype=np.int64), np.arange(problem.worked.size + 1)
        ).astype(np.int64),
        resource=np.array(needs.resource, dtype=np.int64),
        units=np.array(needs.units, dtype=np.float64),
        level_first=np.array(first, dtype=np.int64),
        level_start=np.array(starts, dtype=np.float64),
        level_units=np.array(units, dtype=np.float64),
    )


def ordered(shared: Sharing, problem: CpmProblem, key: FloatArray) -> Sharing:
    """
    Change who comes first, as far as links allow.

    Parameters
    ----------
    shared : Sharing
        In any order.
    problem : CpmProblem
        The plan's arrays.
    key : ndarray, shape (activity,)
        Lower comes first. Pinned dates come before all others, and work that has begun
        before what has not.

    Returns
    -------
    Sharing
        In that order.
    """
    network = problem.network
    raised = np.where(np.isnan(network.actual_start), key, -1e300)
    is_pinned = ~(np.isnan(network.must_start) & np.isnan(network.must_finish))
    raised[is_pinned] = -np.inf
    follow_links(raised, network)
    rank = np.empty(raised.size)
    rank[network.order] = np.arange(raised.size)
    return shared._replace(order=np.lexsort((rank, raised)).astype(np.int64))
