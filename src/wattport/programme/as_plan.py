"""The site programme of one draw as a plan, for the planner's own tool."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import numpy as np

from wattport.calendar.epoch import EPOCH_START
from wattport.calendar.work_calendar import Shifts, WorkCalendar
from wattport.equations.precedence import LinkKind
from wattport.programme.activity_network import NO_CREW, NO_WEATHER, NOT_HELD
from wattport.programme.calendar import days_off, start_of_work, work_of_day
from wattport.programme.dates import Problem, Schedule, schedule
from wattport.programme.dates_kernel import BY_CREW
from wattport.programme.deadlines import constrained, deadlines
from wattport.programme.draws import Future, foresee, module_arrival, pose
from wattport.programme.racks import order_racks
from wattport.records import Design, Production
from wattport.schedule.cpm import critical_path
from wattport.schedule.plan import (
    ALWAYS,
    ActivityKind,
    Assignment,
    Constraint,
    ConstraintKind,
    LagCalendar,
    Level,
    Plan,
    PlanActivity,
    PlanLink,
    Resource,
    WbsNode,
    activity,
)
from wattport.spec import Spec
from wattport.spec.campus.programme import ConstraintKind as DateKind
from wattport.spec.campus.programme import Each, Programme

_SHIFT_START, _HOURS_PER_DAY = 8 * 60, 8.0
_SHIFT_BEGIN, _SHIFT_END = (8, 0), (16, 0)
_CALENDAR = "Site"


def programme_plan(spec: Spec, design: Design, production: Production, draw: int = 0) -> Plan:
    """
    Lay one draw of the site programme out as a plan.

    The templates of the spec become activities of a node for the site and of one for each
    hall; what a job waits for becomes links, earliest starts and, where a crew was busy
    elsewhere, a link from the job that had it. So the critical path of the plan gives the
    dates of the schedule, and other tools can show, change and level it.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        What is built.
    production : Production
        When modules come.
    draw : int
        Which of the draws.

    Returns
    -------
    Plan
        Working days are eight hours from 8 to 16. Halls that are not built are left out.

    Notes
    -----
    A working day of the programme is the whole day, one of the plan a shift in it, so that
    dates agree to the day and not to the hour.
    """
    future = order_racks(foresee(spec, design, production), spec, production)
    problem, _ = pose(future)
    made = schedule(problem)
    jobs = np.flatnonzero(np.isfinite(problem.duration_days[draw]))
    names = _ids(future)
    activities = [_activity(future, problem, made, draw, int(job), names[job]) for job in jobs]
    spans, hung = _hammocks(future, made, draw)
    roads, fed = _roads(future, draw)
    crews = future.programme.crews
    plan = Plan(
        name=spec.name,
        start=EPOCH_START + timedelta(days=float(np.floor(future.gates.start_day[draw]))),
        calendar=_CALENDAR,
        calendars=(_calendar(future.programme),),
        activities=(*activities, *spans, *roads),
        links=(*_links(problem, made, draw, names), *hung, *fed),
        wbs=(
            WbsNode("SITE", "Site"),
            *(
                WbsNode(f"H{hall + 1}", f"Hall {hall + 1}")
                for hall in range(problem.network.n_halls)
            ),
        ),
        resources=tuple(
            Resource(crew.name, crew.name, levels=(Level(ALWAYS, float(n)),))
            for crew, n in zip(crews, problem.n_crews[draw], strict=True)
        ),
        assignments=tuple(
            Assignment(
                names[job],
                crews[int(problem.network.crew[job])].name,
                1.0,
                _hours(problem, made, draw, int(job)),
            )
            for job in jobs
            if problem.network.crew[job] != NO_CREW
        ),
    )

    return _with_planned_dates(plan)


def _with_planned_dates(plan: Plan) -> Plan:
    """A first issue of the plan is its own baseline."""
    dates = critical_path(plan)
    activities = tuple(
        replace(one, planned_start=dates.start(i), planned_finish=dates.finish(i))
        for i, one in enumerate(plan.activities)
    )
    return replace(plan, activities=activities, data_date=plan.start)


def _hammocks(
    future: Future, made: Schedule, draw: int
) -> tuple[list[PlanActivity], list[PlanLink]]:
    """Spans of each hall, hung on the activity that starts first and the one that ends last."""
    activities = [one.name for one in future.programme.hall_activities]
    start, finish = made.hall_start_day(future.network), made.hall_finish_day(future.network)
    spans, hung = [], []
    for hall in np.flatnonzero(future.is_built[draw]).tolist():
        for hammock in future.programme.hammocks:
            inside = np.array([activities.index(name) for name in hammock.activities])
            first = inside[start[draw, hall, inside].argmin()]
            last = inside[finish[draw, hall, inside].argmax()]
            id_ = f"H{hall + 1}~{hammock.name}"
            span = activity(id_, 0.0, _CALENDAR, name=hammock.name, kind=ActivityKind.HAMMOCK)
            spans.append(replace(span, wbs=hall + 1))
            hung.append(PlanLink(f"H{hall + 1}.{activities[first]}", id_, LinkKind.START_TO_START))
            hung.append(PlanLink(f"H{hall + 1}.{activities[last]}", id_, LinkKind.FINISH_TO_FINISH))
    return spans, hung


def _roads(future: Future, draw: int) -> tuple[list[PlanActivity], list[PlanLink]]:
    """The modules of each hall on the road, which must have come before the last is set."""
    if future.programme.module_transport is None:
        return [], []
    ready = work_of_day(future.gates.module_day[draw], future.time)
    there = module_arrival(future)[draw]
    gated = [one.name for one in future.programme.hall_activities if one.is_module_gated]
    roads, fed = [], []
    for hall in np.flatnonzero(future.is_built[draw]).tolist():
        mine = (future.module_hall[draw] == hall) & np.isfinite(ready)
        if not mine.any():
            continue
        first, last = float(ready[mine].min()), float(there[mine].max())
        id_ = f"H{hall + 1}~modules on the road"
        leaves = Constraint(ConstraintKind.START_NO_EARLIER, _moment(future, first))
        hours = round((last - first) * _HOURS_PER_DAY * 60.0) / 60.0
        road = activity(id_, hours, _CALENDAR, name="modules on the road", constraints=(leaves,))
        roads.append(replace(road, wbs=hall + 1))
        fed += [PlanLink(id_, f"H{hall + 1}.{name}", LinkKind.FINISH_TO_FINISH) for name in gated]
    return roads, fed


def _moment(future: Future, work: float) -> datetime:
    """Moment in a shift at which work can start."""
    day = float(start_of_work(work, future.time))
    into = timedelta(minutes=round((day % 1.0) * _HOURS_PER_DAY * 60.0) + _SHIFT_START)
    return EPOCH_START + timedelta(days=float(np.floor(day))) + into


def _ids(future: Future) -> list[str]:
    programme, network = future.programme, future.network
    each = [one.each for one in programme.site_activities]
    site = [
        f"SITE.{programme.site_activities[task].name}"
        + (f" {member + 1}" if each[task] is not Each.SITE else "")
        for task, member in zip(network.task[: network.n_site], network.member, strict=True)
    ]
    halls = [
        f"H{hall + 1}.{one.name}"
        for hall in range(network.n_halls)
        for one in programme.hall_activities
    ]
    return [*site, *halls]


def _calendar(programme: Programme) -> WorkCalendar:
    """The first days of a week, the last of them in part where the number is broken."""
    per_week = float(np.ravel(programme.working_days_per_week)[0])
    whole = int(per_week)
    minutes = round((per_week - whole) * _HOURS_PER_DAY * 60.0)
    day: Shifts = ((_SHIFT_START, _SHIFT_START + round(_HOURS_PER_DAY * 60.0)),)
    part: Shifts = ((_SHIFT_START, _SHIFT_START + minutes),) if minutes else ()
    week = ((day,) * whole + (part,) + ((),) * 7)[:7]
    off = tuple((day, ()) for day in days_off(programme) if week[day.weekday()])
    return WorkCalendar(_CALENDAR, week, off, hours_per_day=_HOURS_PER_DAY)


def _hours(problem: Problem, made: Schedule, draw: int, job: int) -> float:
    """Duration in whole minutes of working time, with the days that weather takes."""
    days = float(problem.duration_days[draw, job])
    if problem.network.weather[job] != NO_WEATHER:
        ends = np.array([made.start_day[draw, job], made.finish_day[draw, job]])
        days = float(np.diff(work_of_day(ends, problem.time))[0])
    return round(days * _HOURS_PER_DAY * 60.0) / 60.0


def _activity(
    future: Future, problem: Problem, made: Schedule, draw: int, job: int, name: str
) -> PlanActivity:
    network, programme = problem.network, future.programme
    is_site = job < network.n_site
    template = (*programme.site_activities, *programme.hall_activities)
    constraints = []
    release = float(problem.release_work[draw, job])
    if np.isfinite(release):
        moment = _moment(future, release)
        constraints.append(Constraint(ConstraintKind.START_NO_EARLIER, moment))
    for one in deadlines(programme):
        if constrained(one, programme, network)[job]:
            is_finish = one.kind is DateKind.FINISH_BY
            by = datetime.combine(one.date, time(*(_SHIFT_END if is_finish else _SHIFT_BEGIN)))
            kind = ConstraintKind.FINISH_NO_LATER if is_finish else ConstraintKind.START_NO_LATER
            constraints.append(Constraint(kind, by))
    laid = activity(
        name, _hours(problem, made, draw, job), _CALENDAR, name=template[network.task[job]].name,
        constraints=constraints,
    )  # fmt: skip
    hall = (job - network.n_site) // network.n_template
    if laid.duration_hours == 0.0:
        laid = replace(laid, kind=ActivityKind.FINISH_MILESTONE)
    return replace(laid, wbs=0 if is_site else hall + 1)


def _links(problem: Problem, made: Schedule, draw: int, names: list[str]) -> tuple[PlanLink, ...]:
    network = problem.network
    is_built = np.isfinite(problem.duration_days[draw])
    shape = (problem.duration_days.shape[0], network.links.n_links)
    stagger = float(problem.stagger_days[draw]) * 24.0
    found = []
    for k in range(network.links.n_links):
        i, j = int(network.links.predecessor[k]), int(network.links.successor[k])
        if not (is_built[i] and is_built[j]):
            continue
        kind = LinkKind(int(network.links.kind[k]))
        lag = float(np.broadcast_to(network.links.lag_days, shape)[draw, k])
        if network.is_stagger[k]:
            found.append(PlanLink(names[i], names[j], kind, stagger, LagCalendar.ELAPSED))
        elif lag == NOT_HELD:
            continue
        elif network.is_elapsed[k]:
            found.append(PlanLink(names[i], names[j], kind, lag * 24.0, LagCalendar.ELAPSED))
        else:
            found.append(PlanLink(names[i], names[j], kind, lag * _HOURS_PER_DAY))
    linked = {
        (one.predecessor, one.successor) for one in found if one.kind == LinkKind.FINISH_TO_START
    }
    for job in np.flatnonzero(is_built & (made.driver[draw] == BY_CREW)):
        pair = (names[int(made.driver_job[draw, job])], names[job])
        if pair not in linked:
            found.append(PlanLink(*pair))
    place = {name: job for job, name in enumerate(names)}
    return tuple(sorted(found, key=lambda one: place[one.successor]))
