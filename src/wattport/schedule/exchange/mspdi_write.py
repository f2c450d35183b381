"""Writing Microsoft Project XML (MSPDI); elements stand in the order of its schema."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from xml.sax.saxutils import escape

from wattport.calendar.work_calendar import MINUTES_PER_DAY, Shifts, WorkCalendar
from wattport.errors import Finding
from wattport.schedule.cpm import PlanDates, critical_path
from wattport.schedule.cpm_network import moment_of_day
from wattport.schedule.exchange.mspdi_words import (
    AS_SOON_AS_POSSIBLE,
    CENTS,
    DURATION_IN_HOURS,
    ID_ALIAS,
    ID_FIELD,
    ID_FIELD_NAME,
    LAG_IN_ELAPSED_HOURS,
    LAG_IN_HOURS,
    NAMESPACE,
    NUMBER_OF_CONSTRAINT,
    NUMBER_OF_LINK,
    RATE_OF_MATERIAL,
    RATE_PER_HOUR,
)
from wattport.schedule.exchange.notes import Notes
from wattport.schedule.plan import (
    ActivityKind,
    Constraint,
    ConstraintKind,
    LagCalendar,
    Plan,
    PlanActivity,
    PlanLink,
    ResourceKind,
    wbs_path,
)

_FOR_EVER = datetime(2049, 12, 31, 23, 59)
_FORBIDDEN = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Value = str | int | float | datetime | None


def outlined(plan: Plan) -> Plan:
    """
    Put a plan in the order of an outline, the only one Microsoft Project knows.

    Activities follow the node they belong to, nodes their parents, and links their
    successors.

    Parameters
    ----------
    plan : Plan
        Sound.

    Returns
    -------
    Plan
        The same plan, its tuples in another order.
    """
    below: dict[int | None, list[int]] = {}
    for index in reversed(range(len(plan.wbs))):
        below.setdefault(plan.wbs[index].parent, []).append(index)
    order: list[int] = []
    waiting = below.get(None, [])
    while waiting:
        order.append(waiting.pop())
        waiting += below.get(order[-1], [])
    place = {old: new for new, old in enumerate(order)}
    nodes = tuple(
        replace(plan.wbs[old], parent=None if (up := plan.wbs[old].parent) is None else place[up])
        for old in order
    )
    moved = [replace(a, wbs=None if a.wbs is None else place[a.wbs]) for a in plan.activities]
    moved.sort(key=lambda a: -1 if a.wbs is None else a.wbs)
    rank = {a.id: i for i, a in enumerate(moved)}
    links = tuple(sorted(plan.links, key=lambda one: rank[one.successor]))
    return replace(plan, wbs=nodes, activities=tuple(moved), links=links)


def mspdi_bytes(plan: Plan, name: str = "") -> tuple[bytes, tuple[Finding, ...]]:
    """
    Write a plan as a Microsoft Project XML file.

    Dates are those of `critical_path`, so that other tools show the same dates before they
    schedule anything themselves.

    Parameters
    ----------
    plan : Plan
        Sound (see `wattport.schedule.plan_check.faults`).
    name : str
        Name of the file, for findings.

    Returns
    -------
    raw : bytes
        XML in UTF-8.
    not_carried : tuple of Finding
        What reading the file would not give back. Empty: reading gives the plan itself.

    Raises
    ------
    WattportError
        When the plan cannot be dated.
    """
    notes = Notes(name)
    ordered = outlined(plan)
    dates = critical_path(ordered)
    if ordered != plan:
        notes.changes("activities, nodes and links are put in the order of the outline")
    writer = _Writer(ordered, dates, notes)
    text = "\n".join(
        ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
         f'<Project xmlns="{NAMESPACE}">', *writer.lines(), "</Project>", ""]
    )  # fmt: skip
    return text.encode("utf-8"), notes.losses


class _Writer:
    def __init__(self, plan: Plan, dates: PlanDates, notes: Notes) -> None:
        self.plan, self.dates, self.notes = plan, dates, notes
        self.calendar_uid = {c.name: i + 1 for i, c in enumerate(plan.calendars)}
        self.resource_uid = {r.id: i + 1 for i, r in enumerate(plan.resources)}
        self.default = next(c for c in plan.calendars if c.name == plan.calendar)
        self.task_uid: dict[str, int] = {}

    def lines(self) -> Iterator[str]:
        """All elements of the project."""
        plan, minutes = self.plan, round(self.default.hours_per_day * 60.0)
        if minutes / 60.0 != self.default.hours_per_day:
            self.notes.changes("hours per day are rounded to the minute", self.default.name)
        if plan.deadline is not None:
            self.notes.loses("the date the project must finish by", f"{plan.deadline}")
        if not plan.is_logic_retained:
            self.notes.loses("progress override: work out of sequence waits for its predecessors")
        week = sum(stop - start for shifts in self.default.week for start, stop in shifts)
        end = moment_of_day(self.dates.end_day)
        yield from self.leaves(
            SaveVersion=14, Name=plan.name, Title=plan.name, ScheduleFromStart=1,
            StartDate=plan.start, FinishDate=end, CriticalSlackLimit=0,
            CalendarUID=self.calendar_uid[plan.calendar], MinutesPerDay=minutes,
            MinutesPerWeek=week, DaysPerMonth=20, DurationFormat=DURATION_IN_HOURS, WorkFormat=2,
            CurrencyCode=plan.currency or None, NewTasksAreManual=0, StatusDate=plan.data_date,
        )  # fmt: skip
        yield "<ExtendedAttributes><ExtendedAttribute>"
        yield from self.leaves(FieldID=ID_FIELD, FieldName=ID_FIELD_NAME, Alias=ID_ALIAS)
        yield "</ExtendedAttribute></ExtendedAttributes>"
        yield "<Calendars>"
        for calendar in plan.calendars:
            yield from self.calendar(calendar)
        yield from self.resource_calendars()
        yield "</Calendars>"
        yield "<Tasks>"
        yield from self.tasks()
        yield "</Tasks>"
        yield "<Resources>"
        yield from self.resources()
        yield "</Resources>"
        yield "<Assignments>"
        yield from self.assignments()
        yield "</Assignments>"

    def leaves(self, **values: Value) -> Iterator[str]:
        """Elements with a value, in the order given; none where there is no value."""
        for tag, value in values.items():
            if value is not None:
                yield f"<{tag}>{self.text(value)}</{tag}>"

    def text(self, value: str | int | float | datetime) -> str:
        """A value as the text of an element."""
        if isinstance(value, datetime):
            if value.microsecond:
                self.notes.changes("parts of seconds of dates are cut off")
            return f"{value:%Y-%m-%dT%H:%M:%S}"
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        kept = _FORBIDDEN.sub("?", str(value))
        if kept != str(value):
            self.notes.changes("letters XML has no place for become question marks", kept)
        return escape(kept)

    def duration(self, hours: float) -> str:
        """A duration such as PT8H0M0S."""
        seconds = round(hours * 3600.0)
        if seconds / 3600.0 != hours:
            self.notes.changes("durations are rounded to the second")
        return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"

    def calendar(self, calendar: WorkCalendar) -> Iterator[str]:
        """A calendar with its week and its exceptions, the latter in the old and the new way."""
        if calendar.hours_per_day != self.default.hours_per_day:
            self.notes.changes("all calendars share the project's hours per day", calendar.name)
        yield "<Calendar>"
        yield from self.leaves(
            UID=self.calendar_uid[calendar.name], Name=calendar.name, IsBaseCalendar=1,
            BaseCalendarUID=-1,
        )  # fmt: skip
        yield "<WeekDays>"
        for number in range(1, 8):
            shifts = calendar.week[(number - 2) % 7]
            yield from ("<WeekDay>", *self.leaves(DayType=number, DayWorking=int(bool(shifts))))
            yield from (*self.shifts(shifts), "</WeekDay>")
        for day, shifts in calendar.exceptions:
            yield from ("<WeekDay>", *self.leaves(DayType=0, DayWorking=int(bool(shifts))))
            yield from (*self.period(day), *self.shifts(shifts), "</WeekDay>")
        yield "</WeekDays>"
        if calendar.exceptions:
            yield "<Exceptions>"
            for day, shifts in calendar.exceptions:
                yield from ("<Exception>", *self.leaves(EnteredByOccurrences=0))
                yield from self.period(day)
                yield from self.leaves(Occurrences=1, Type=1, DayWorking=int(bool(shifts)))
                yield from (*self.shifts(shifts), "</Exception>")
            yield "</Exceptions>"
        yield "</Calendar>"

    def period(self, day: object) -> Iterator[str]:
        """One whole day."""
        yield (f"<TimePeriod><FromDate>{day}T00:00:00</FromDate>"
               f"<ToDate>{day}T23:59:00</ToDate></TimePeriod>")  # fmt: skip

    def shifts(self, shifts: Shifts) -> Iterator[str]:
        """Working times of a day."""
        if not shifts:
            return
        yield "<WorkingTimes>"
        for start, stop in shifts:
            yield (f"<WorkingTime><FromTime>{_clock(start)}</FromTime>"
                   f"<ToTime>{_clock(stop % MINUTES_PER_DAY)}</ToTime></WorkingTime>")  # fmt: skip
        yield "</WorkingTimes>"

    def resource_calendars(self) -> Iterator[str]:
        """The calendar of each resource, which Project wants to be its own."""
        for resource in self.plan.resources:
            if resource.calendar is not None:
                yield "<Calendar>"
                yield from self.leaves(
                    UID=self.own_calendar(resource.id), Name=resource.name, IsBaseCalendar=0,
                    BaseCalendarUID=self.calendar_uid[resource.calendar],
                )  # fmt: skip
                yield "</Calendar>"

    def own_calendar(self, resource: str) -> int:
        """Number of the calendar of a resource."""
        return len(self.plan.calendars) + self.resource_uid[resource]

    def tasks(self) -> Iterator[str]:
        """Nodes and activities in the order of the outline."""
        plan = self.plan
        entries: list[tuple[int, int | None]] = []  # node, activity
        members: dict[int | None, list[int]] = {}
        for i, activity in enumerate(plan.activities):
            members.setdefault(activity.wbs, []).append(i)
        entries += [(-1, i) for i in members.get(None, [])]
        for index in range(len(plan.wbs)):
            entries.append((index, None))
            entries += [(index, i) for i in members.get(index, [])]
        self.task_uid = {
            plan.activities[i].id: uid + 1 for uid, (_, i) in enumerate(entries) if i is not None
        }
        into: dict[str, list[PlanLink]] = {}
        for one in plan.links:
            into.setdefault(one.successor, []).append(one)
        counts: dict[str, int] = {}
        place: int | None
        numbers: dict[int, str] = {}
        for uid, (index, place) in enumerate(entries, start=1):
            node = None if index < 0 else index
            parent = plan.wbs[index].parent if place is None else node
            above = "" if parent is None else numbers[parent]
            counts[above] = counts.get(above, 0) + 1
            number = f"{above}.{counts[above]}" if above else str(counts[above])
            if place is None:
                numbers[index] = number
                yield from self.node(uid, index, number)
            else:
                links = into.get(plan.activities[place].id, [])
                yield from self.task(uid, place, number, links)

    def node(self, uid: int, index: int, number: str) -> Iterator[str]:
        """A node of the work breakdown as a summary task."""
        node = self.plan.wbs[index]
        if "." in node.code or node.code != node.code.strip() or not node.code:
            self.notes.changes("codes of the work breakdown with dots are cut", node.code)
        yield "<Task>"
        yield from self.leaves(
            UID=uid, ID=uid, Name=node.name, Active=1, Manual=0, Type=1, IsNull=0,
            WBS=wbs_path(self.plan, index), OutlineNumber=number,
            OutlineLevel=number.count(".") + 1, Summary=1,
        )  # fmt: skip
        yield "</Task>"

    def task(self, uid: int, i: int, number: str, links: list[PlanLink]) -> Iterator[str]:
        """An activity as a task."""
        a, dates = self.plan.activities[i], self.dates
        self.list_changes(a)
        first, deadline = self.constraints(a)
        done = max(0.0, a.duration_hours - a.remaining_hours)
        share = 100.0 if a.is_done else 100.0 * done / a.duration_hours if a.duration_hours else 0.0
        physical = round(a.physical_frac * 100.0)
        if physical / 100.0 != a.physical_frac:
            self.notes.changes("physical progress is rounded to per cents", a.id)
        is_default = a.calendar == self.plan.calendar
        yield "<Task>"
        yield from self.leaves(
            UID=uid, ID=uid, Name=a.name, Active=1, Manual=0, Type=1, IsNull=0,
            OutlineNumber=number, OutlineLevel=number.count(".") + 1,
            Start=_moment(dates.start_day[i]), Finish=_moment(dates.finish_day[i]),
            Duration=self.duration(a.duration_hours), DurationFormat=DURATION_IN_HOURS,
            EffortDriven=0, Estimated=0, Milestone=int(a.is_milestone), Summary=0,
            Critical=int(dates.is_longest_path[i]), IsSubproject=0, ExternalTask=0,
            EarlyStart=_moment(dates.start_day[i]), EarlyFinish=_moment(dates.finish_day[i]),
            LateStart=_moment(dates.late_start_day[i]),
            LateFinish=_moment(dates.late_finish_day[i]),
            FreeSlack=_tenths(dates.free_float_hours[i]),
            TotalSlack=_tenths(dates.total_float_hours[i]), PercentComplete=int(share),
            ActualStart=a.actual_start, ActualFinish=a.actual_finish,
            ActualDuration=self.duration(done),
            RemainingDuration=self.duration(a.remaining_hours),
            ConstraintType=NUMBER_OF_CONSTRAINT[first.kind] if first else AS_SOON_AS_POSSIBLE,
            CalendarUID=-1 if is_default else self.calendar_uid[a.calendar],
            ConstraintDate=first.moment if first else None,
            Deadline=deadline, IgnoreResourceCalendar=1, PhysicalPercentComplete=physical,
            FixedCost=self.cents(a),
        )  # fmt: skip
        n_links = Counter(one.predecessor for one in links)
        for one in links:
            if n_links[one.predecessor] > 1:
                self.notes.changes("Project itself keeps one of several links between two "
                                   "activities", f"{one.predecessor} > {a.id}")  # fmt: skip
            yield from self.link(one, a)
        yield from ("<ExtendedAttribute>", *self.leaves(FieldID=ID_FIELD, Value=a.id),
                    "</ExtendedAttribute>")  # fmt: skip
        if a.planned_start is not None or a.planned_finish is not None:
            yield "<Baseline>"
            yield from self.leaves(Number=0, Start=a.planned_start, Finish=a.planned_finish)
            yield "</Baseline>"
        yield "</Task>"

    def list_changes(self, a: PlanActivity) -> None:
        """List what of an activity becomes something else."""
        if a.kind not in (ActivityKind.TASK, ActivityKind.FINISH_MILESTONE):
            self.notes.changes(f"{a.kind.value} activities become tasks or milestones",
                               a.id)  # fmt: skip
        if a.is_milestone and a.duration_hours:
            self.notes.changes("milestones that last become tasks", a.id)
        if a.remaining_hours > a.duration_hours:
            self.notes.changes("remaining durations above the whole are not shown by Project", a.id)

    def constraints(self, a: PlanActivity) -> tuple[Constraint | None, datetime | None]:
        """The one constraint Project has room for, and its deadline."""
        first, second = (*a.constraints, None, None)[:2]
        if first is not None and first.kind in (ConstraintKind.START_ON, ConstraintKind.FINISH_ON):
            self.notes.changes("constraints that yield to links become ones that beat them", a.id)
        if second is None or second.kind == ConstraintKind.FINISH_NO_LATER:
            return first, second.moment if second else None
        self.notes.loses("second constraints other than a latest finish", a.id)
        return first, None

    def cents(self, a: PlanActivity) -> float | None:
        """The fixed cost of an activity, as the file has it."""
        cents = round(a.fixed_cost * CENTS, 6)
        if cents / CENTS != a.fixed_cost:
            self.notes.changes("fixed costs are rounded", a.id)
        return cents or None

    def link(self, one: PlanLink, successor: PlanActivity) -> Iterator[str]:
        """A link, in the task of its successor."""
        tenths = round(one.lag_hours * 600.0)
        if tenths / 600.0 != one.lag_hours:
            self.notes.changes("lags are rounded to tenths of a minute")
        if one.lag_calendar in (LagCalendar.PREDECESSOR, LagCalendar.PROJECT):
            self.notes.changes(
                f"lags on the {one.lag_calendar.value} calendar are counted on the successor one",
                f"{one.predecessor} > {one.successor}",
            )  # fmt: skip
        is_elapsed = one.lag_calendar == LagCalendar.ELAPSED
        yield "<PredecessorLink>"
        yield from self.leaves(
            PredecessorUID=self.task_uid[one.predecessor], Type=NUMBER_OF_LINK[one.kind],
            CrossProject=0, LinkLag=tenths,
            LagFormat=LAG_IN_ELAPSED_HOURS if is_elapsed else LAG_IN_HOURS,
        )  # fmt: skip
        yield "</PredecessorLink>"

    def resources(self) -> Iterator[str]:
        """Resources with their units over time."""
        for resource in self.plan.resources:
            uid, levels = self.resource_uid[resource.id], resource.levels
            is_material = resource.kind == ResourceKind.MATERIAL
            if resource.kind == ResourceKind.EQUIPMENT:
                self.notes.changes("equipment becomes a resource that works", resource.id)
            if not resource.id:
                self.notes.changes("resources without an id get a number")
            yield "<Resource>"
            yield from self.leaves(
                UID=uid, ID=uid, Name=resource.name,
                Type=0 if is_material else 1, IsNull=0,
                Initials=resource.id, MaxUnits=levels[0].units if levels else None,
                StandardRate=resource.cost_per_hour or None,
                StandardRateFormat=RATE_OF_MATERIAL if is_material else RATE_PER_HOUR,
                CalendarUID=-1 if resource.calendar is None else self.own_calendar(resource.id),
            )  # fmt: skip
            if levels:
                yield "<AvailabilityPeriods>"
                for level, over in zip(
                    levels, [*(n.start for n in levels[1:]), _FOR_EVER], strict=True
                ):
                    yield "<AvailabilityPeriod>"
                    yield from self.leaves(
                        AvailableFrom=level.start, AvailableTo=over,
                        AvailableUnits=level.units,
                    )  # fmt: skip
                    yield "</AvailabilityPeriod>"
                yield "</AvailabilityPeriods>"
            yield "</Resource>"

    def assignments(self) -> Iterator[str]:
        """Use of resources."""
        for uid, use in enumerate(self.plan.assignments, start=1):
            yield "<Assignment>"
            yield from self.leaves(
                UID=uid, TaskUID=self.task_uid[use.activity],
                ResourceUID=self.resource_uid[use.resource],
                ActualWork=self.duration(use.actual_hours),
                RemainingWork=self.duration(use.remaining_hours), Units=use.units,
                Work=self.duration(use.actual_hours + use.remaining_hours),
            )  # fmt: skip
            yield "</Assignment>"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}:00"


def _moment(day: float) -> datetime | None:
    return None if day != day else moment_of_day(float(day))


def _tenths(hours: float) -> int | None:
    return None if hours != hours else round(float(hours) * 600.0)
