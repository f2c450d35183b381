"""Plans for tests, and a calendar so small that it can be counted through."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from wattport.calendar.work_calendar import WorkCalendar, office_calendar, round_the_clock
from wattport.equations.precedence import LinkKind
from wattport.schedule.plan import ActivityKind, LagCalendar, Plan, PlanLink, activity

MONDAY = datetime(2026, 1, 5, 8)
TWO_SHIFTS = WorkCalendar(
    "Two shifts",
    (((360, 840), (840, 1320)),) * 5 + (((360, 840),), ()),
    ((date(2026, 1, 24), ((480, 720),)), (date(2026, 5, 1), ())),
    16.0,
)


def chain(*durations: float, lag_hours: float = 0.0) -> Plan:
    """Activities A, B, C ... one after the other on office time."""
    ids = [chr(ord("A") + i) for i in range(len(durations))]
    return Plan(
        name="Chain",
        start=MONDAY,
        calendar="Standard",
        calendars=(office_calendar(),),
        activities=tuple(activity(id, d) for id, d in zip(ids, durations, strict=True)),
        links=tuple(PlanLink(a, b, lag_hours=lag_hours) for a, b in pairwise(ids)),
    )


def random_plan(
    seed: int,
    n: int = 30,
    *,
    kinds: tuple[int, ...] = (0, 0, 0, 1, 2, 3),
    lags: tuple[float, ...] = (0.0, 0.0, 8.0, -4.0, 24.0),
    lag_calendar: LagCalendar = LagCalendar.SUCCESSOR,
) -> Plan:
    """A network on three calendars with milestones and links of the given kinds."""
    random = np.random.default_rng(seed)
    calendars = (office_calendar(), TWO_SHIFTS, round_the_clock())
    shapes = [ActivityKind.TASK] * 8 + [ActivityKind.START_MILESTONE, ActivityKind.FINISH_MILESTONE]
    activities = []
    for i in range(n):
        kind = shapes[random.integers(10)]
        hours = float(random.integers(1, 120)) if kind == ActivityKind.TASK else 0.0
        name = calendars[random.integers(3)].name
        activities.append(activity(f"A{i:03d}", hours, name, kind=kind))
    links = [
        PlanLink(
            f"A{i:03d}",
            f"A{j:03d}",
            LinkKind(int(random.choice(kinds))),
            float(random.choice(lags)),
            lag_calendar,
        )
        for j in range(1, n)
        for i in sorted(set(random.integers(max(0, j - 8), j, 2).tolist()))
    ]
    return Plan(
        name="Random",
        start=MONDAY,
        calendar="Standard",
        calendars=calendars,
        activities=tuple(activities),
        links=tuple(links),
        data_date=MONDAY,
    )


def working_minutes(calendar: WorkCalendar, first: date, n_days: int) -> np.ndarray:
    """True for each minute in which work is done."""
    minutes = np.zeros(n_days * 1440, dtype=bool)
    for number in range(n_days):
        for start, stop in calendar.shifts_on(first + timedelta(days=number)):
            minutes[number * 1440 + start : number * 1440 + stop] = True
    return minutes
