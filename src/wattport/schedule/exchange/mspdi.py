"""
Reading Microsoft Project XML (MSPDI).

References
----------
Microsoft, "Project XML Data Interchange Schema": elements, their order and
their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from wattport.calendar.work_calendar import OFFICE_DAY, Shifts, WorkCalendar, round_the_clock
from wattport.equations.precedence import LinkKind
from wattport.schedule.exchange.markup import Element, parsed
from wattport.schedule.exchange.mspdi_calendar import exceptions_of, week_of
from wattport.schedule.exchange.mspdi_words import (
    AS_SOON_AS_POSSIBLE,
    CENTS,
    CONSTRAINT_OF,
    ELAPSED_FORMATS,
    ID_ALIAS,
    LINK_OF,
    LOST_OF_ASSIGNMENT,
    LOST_OF_RESOURCE,
    LOST_OF_TASK,
    PERCENT_FORMATS,
    RESOURCE_OF,
    SAYS_NOTHING,
)
from wattport.schedule.exchange.notes import (
    MOST_BASES,
    ExchangeCode,
    Notes,
    ReadPlan,
    StatedDates,
    unique_names,
)
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
    ResourceKind,
    WbsNode,
)

_NOBODY = "-65535"  # resource number of work that is assigned to nobody
_NONE = ("", "-1")


def read_mspdi(raw: bytes, name: str = "") -> ReadPlan:
    """
    Read a Microsoft Project XML file.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        Its name, for findings.

    Returns
    -------
    ReadPlan
        Summary tasks become the work breakdown; planned dates are those of the first baseline.

    Raises
    ------
    WattportError
        With all faults, each with its line.
    """
    notes = Notes(name)
    root = parsed(raw, notes)
    if root is not None and root.tag != "Project":
        is_p6 = root.tag == "APIBusinessObjects"
        notes.fault(
            ExchangeCode.NOT_THIS_FORMAT,
            "the file is Primavera's own XML" if is_p6 else f"the root element is {root.tag!r}",
            line=root.line, allowed="Primavera XER, or Microsoft Project XML (root `Project`)",
            remedy="export the project as XER from Primavera" if is_p6
            else "save the project as XML from Microsoft Project",
        )  # fmt: skip
    notes.refuse()
    assert root is not None
    reader = _Reader(root, notes)
    plan = reader.plan()
    sound = notes.judged(plan)
    return ReadPlan(sound, notes.losses, reader.stated)


@dataclass
class _Reader:
    root: Element
    notes: Notes
    stated: dict[str, StatedDates] = field(default_factory=dict)
    calendars: list[WorkCalendar] = field(default_factory=list)
    calendar_name: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # of activities by their number
    clock: str = ""  # name of the calendar that never rests, once some task needs it
    summaries: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the custom field that keeps ids."""
        self.id_fields = {
            definition.value("FieldID")
            for definition in self.root.under("ExtendedAttributes", "ExtendedAttribute")
            if definition.value("Alias") == ID_ALIAS
        }

    def plan(self) -> Plan:
        """The plan of the file."""
        notes, root = self.notes, self.root
        self.read_calendars()
        default = self.calendar_name.get(root.value("CalendarUID"), "")
        if not default:
            if not self.calendars:
                self.calendars.append(self.standard("Standard"))
            default = self.calendars[0].name
            notes.changes("the project names no calendar: its first one is the default", default)
        start = root.moment("StartDate", notes)
        if start is None:
            notes.fault(
                ExchangeCode.BAD_DATE, "the project has no start", line=root.line,
                path="Project.StartDate", remedy="give it a start date and save it again",
            )  # fmt: skip
            start = ALWAYS
        if not root.is_true("ScheduleFromStart", default=True):
            notes.changes("a project scheduled from its finish is scheduled from its start")
        tasks = self.tasks()
        wbs, activities = self.activities(tasks, default)
        resources = self.resources()
        return Plan(
            name=root.raw("Title") or root.raw("Name"),
            start=start,
            calendar=default,
            calendars=tuple(self.calendars),
            activities=activities,
            links=self.links(tasks, activities),
            wbs=wbs,
            resources=tuple(resources.values()),
            assignments=self.assignments(resources),
            data_date=root.moment("StatusDate", notes),
            currency=root.raw("CurrencyCode"),
        )

    def standard(self, name: str, days: dict[int, Shifts] | None = None) -> WorkCalendar:
        """Calendar with some days given and the others as Project has them."""
        week = tuple((days or {}).get(day, OFFICE_DAY if day < 5 else ()) for day in range(7))
        return WorkCalendar(name, week, hours_per_day=self.hours_per_day())

    def hours_per_day(self) -> float:
        """What the project calls a day."""
        return self.root.number("MinutesPerDay", self.notes, 480.0) / 60.0

    def read_calendars(self) -> None:
        """All calendars that have something of their own."""
        notes, elements = self.notes, self.root.under("Calendars", "Calendar")
        self.numbers_once("Calendar", elements)
        by_uid = {element.value("UID"): element for element in elements}
        own = [e for e in elements if not self.is_alias(e, by_uid)]
        names = unique_names(
            own, lambda e: e.raw("Name"),
            lambda name: notes.changes("a calendar's name stood twice and got a number", name),
        )  # fmt: skip
        built: dict[str, WorkCalendar] = {}
        for element, name in zip(own, names, strict=True):
            chain = self.chain(element, by_uid)
            notes.inherits(len(chain) - 1, element.line, name)
            days: dict[int, Shifts] = {}
            special: dict[date, Shifts] = {}
            for one in reversed(chain):
                days |= week_of(one, notes)
                special |= exceptions_of(one, notes, name)
            if chain[-1].value("BaseCalendarUID") not in ("0", *_NONE, *by_uid):
                notes.changes("a calendar that inherits from none of the file stands alone", name)
            if len(days) < 7:
                notes.changes("week days a calendar does not give are Project's usual ones", name)
            if len(chain) > 1:
                notes.changes("a calendar that inherits is written out", name)
            calendar = replace(self.standard(name, days), exceptions=tuple(sorted(special.items())))
            built[element.value("UID")] = calendar
            notes.stands(f"calendar {name}", element.line)
        self.calendars = list(built.values())
        for uid, element in by_uid.items():
            base = next((e.value("UID") for e in self.chain(element, by_uid)
                         if e.value("UID") in built), None)  # fmt: skip
            if base is not None:
                self.calendar_name[uid] = built[base].name

    @staticmethod
    def is_alias(element: Element, by_uid: dict[str, Element]) -> bool:
        """True for a calendar that is another one throughout, as resources have them."""
        has_own = element.under("WeekDays", "WeekDay") or element.under("Exceptions", "Exception")
        return not has_own and element.value("BaseCalendarUID") in by_uid

    @staticmethod
    def chain(element: Element, by_uid: dict[str, Element]) -> list[Element]:
        """A calendar and those it inherits from, the nearest first, and one more than may be."""
        found = [element]
        while len(found) < MOST_BASES + 2:
            base = by_uid.get(found[-1].value("BaseCalendarUID"))
            if base is None or any(base is one for one in found):
                break
            found.append(base)
        return found

    def tasks(self) -> list[Element]:
        """Tasks that are in force, without the project's own."""
        kept = []
        for task in self.root.under("Tasks", "Task"):
            name = task.value("Name")
            if task.is_true("IsNull") or task.value("OutlineLevel") == "0":
                continue
            if not task.is_true("Active", default=True):
                self.notes.loses("inactive tasks", name)
            elif task.is_true("ExternalTask") or task.is_true("IsSubproject"):
                self.notes.loses("tasks of other projects", name)
            else:
                kept.append(task)
        return kept

    def activities(
        self, tasks: list[Element], default: str
    ) -> tuple[tuple[WbsNode, ...], tuple[PlanActivity, ...]]:
        """Work breakdown and activities, in the order of the outline."""
        nodes: list[WbsNode] = []
        activities: list[PlanActivity] = []
        above: list[tuple[int, int]] = []  # level and node of the summaries open here
        levels = [int(task.number("OutlineLevel", self.notes, 1.0)) for task in tasks]
        self.numbers_once("Task", tasks)
        for place, (task, level) in enumerate(zip(tasks, levels, strict=True)):
            while above and above[-1][0] >= level:
                above.pop()
            parent = above[-1][1] if above else None
            has_children = place + 1 < len(tasks) and levels[place + 1] > level
            uid = task.value("UID")
            if task.is_true("Summary") or has_children:
                above.append((level, len(nodes)))
                code = task.raw("WBS").rpartition(".")[2] or uid
                nodes.append(WbsNode(code, task.raw("Name"), parent))
                self.summaries[uid] = task.value("Name")
                self.list_losses(task, (*LOST_OF_TASK, "FixedCost"), "summary ")
            else:
                activities.append(self.activity(task, parent, default))
        return tuple(nodes), tuple(activities)

    def activity(self, task: Element, wbs: int | None, default: str) -> PlanActivity:
        """One task as an activity."""
        notes, uid = self.notes, task.value("UID")
        name = self.given_id(task) or uid
        self.ids[uid] = name
        notes.stands(f"activity {name}", task.line)
        duration = task.hours("Duration", notes)
        start, finish = task.moment("Start", notes), task.moment("Finish", notes)
        actual_start = task.moment("ActualStart", notes)
        actual_finish = task.moment("ActualFinish", notes)
        done_frac = task.number("PercentComplete", notes) / 100.0
        if actual_start is None and (done_frac > 0.0 or actual_finish is not None):
            notes.changes("tasks with progress but no actual start began at their start", name)
            actual_start = start or actual_finish
        if actual_finish is None and done_frac >= 1.0:
            actual_finish = finish or actual_start
        remaining = duration * (1.0 - done_frac)
        if task.value("RemainingDuration"):
            remaining = task.hours("RemainingDuration", notes)
        baseline = next((b for b in task.all("Baseline") if b.value("Number", "0") == "0"), None)
        n_baselines = len(task.all("Baseline")) - (baseline is not None)
        if n_baselines:
            notes.loses("further baselines", name)
        self.stated[name] = StatedDates(
            early_start=task.moment("EarlyStart", notes),
            early_finish=task.moment("EarlyFinish", notes),
            late_start=task.moment("LateStart", notes),
            late_finish=task.moment("LateFinish", notes),
            total_float_hours=task.number("TotalSlack", notes) / 600.0
            if task.value("TotalSlack")
            else None,
        )
        self.list_losses(task, LOST_OF_TASK, "task ")
        return PlanActivity(
            id=name,
            name=task.raw("Name"),
            calendar=self.calendar_of(task, default, name),
            duration_hours=duration,
            kind=self.kind(task, duration, name),
            wbs=wbs,
            constraints=self.constraints(task, start, actual_start, name),
            planned_start=baseline.moment("Start", notes) if baseline else None,
            planned_finish=baseline.moment("Finish", notes) if baseline else None,
            actual_start=actual_start,
            actual_finish=actual_finish,
            remaining_hours=remaining,
            physical_frac=task.number("PhysicalPercentComplete", notes) / 100.0,
            fixed_cost=task.number("FixedCost", notes) / CENTS,
        )

    def numbers_once(self, what: str, elements: Iterable[Element]) -> None:
        """Elements that others refer to have a number of their own."""
        self.notes.twice(
            ((one.value("UID"), one.line_of("UID")) for one in elements), f"{what}.UID"
        )

    def given_id(self, task: Element) -> str:
        """Id in the custom field that keeps it, if the file has one."""
        for extra in task.all("ExtendedAttribute"):
            if extra.value("FieldID") in self.id_fields:
                return extra.raw("Value")
            self.notes.loses("custom fields of tasks", extra.value("FieldID"))
        return ""

    def calendar_of(self, task: Element, default: str, name: str) -> str:
        """Calendar of a task; one that never rests where its duration runs by the clock."""
        if task.value("DurationFormat") in ELAPSED_FORMATS:
            self.notes.changes("elapsed durations become work on a calendar that never rests", name)
            self.clock = self.clock or self.never_resting()
            return self.clock
        uid = task.value("CalendarUID")
        if uid in _NONE:
            return default
        if uid not in self.calendar_name:
            self.notes.fault(
                ExchangeCode.DANGLING, f"there is no calendar with the number {uid!r}",
                line=task.line_of("CalendarUID"), path="Task.CalendarUID", value=uid,
                remedy="give the task a calendar and save again",
            )  # fmt: skip
        return self.calendar_name.get(uid, default)

    def never_resting(self) -> str:
        """Name of the calendar that never rests, which joins the others where it is missing."""
        clock = round_the_clock()
        if clock not in self.calendars:
            taken = {calendar.name for calendar in self.calendars}
            while clock.name in taken:
                clock = replace(clock, name=f"{clock.name} ")
            self.calendars.append(clock)
        return clock.name

    def kind(self, task: Element, duration: float, name: str) -> ActivityKind:
        """What a task is."""
        if not task.is_true("Milestone"):
            return ActivityKind.TASK
        if duration > 0.0:
            self.notes.changes("milestones that last become tasks", name)
            return ActivityKind.TASK
        return ActivityKind.FINISH_MILESTONE

    def constraints(
        self, task: Element, start: datetime | None, actual: datetime | None, name: str
    ) -> tuple[Constraint, ...]:
        """Constraint and deadline of a task."""
        notes, found = self.notes, []
        number = task.value("ConstraintType", AS_SOON_AS_POSSIBLE)
        moment = task.moment("ConstraintDate", notes)
        kind = CONSTRAINT_OF.get(number)
        if kind is None and number != AS_SOON_AS_POSSIBLE:
            notes.fault(
                ExchangeCode.UNKNOWN_WORD, f"there is no constraint {number!r}",
                line=task.line_of("ConstraintType"), path="Task.ConstraintType", value=number,
                allowed="0 to 7", remedy="correct the constraint",
            )  # fmt: skip
        if kind == ConstraintKind.AS_LATE_AS_POSSIBLE:
            found.append(Constraint(kind))
        elif kind is not None and moment is not None:
            found.append(Constraint(kind, moment))
        elif kind is not None:
            notes.loses("constraints without a date", name)
        deadline = task.moment("Deadline", notes)
        if deadline is not None:
            found.append(Constraint(ConstraintKind.FINISH_NO_LATER, deadline))
        if task.is_true("Manual") and start is not None and actual is None:
            notes.changes("manually scheduled tasks must start on their date", name)
            found = [Constraint(ConstraintKind.MUST_START, start), *found[-1:]]
        return tuple(found)

    def links(
        self, tasks: list[Element], activities: tuple[PlanActivity, ...]
    ) -> tuple[PlanLink, ...]:
        """Links between tasks that are activities."""
        notes, links = self.notes, []
        hours = {activity.id: activity.duration_hours for activity in activities}
        every = {task.value("UID") for task in self.root.under("Tasks", "Task")}
        for task in tasks:
            after = self.ids.get(task.value("UID"))
            for element in task.all("PredecessorLink"):
                uid = element.value("PredecessorUID")
                before = self.ids.get(uid)
                if element.is_true("CrossProject"):
                    notes.loses("links from other projects", task.value("Name"))
                elif before is None and uid not in every:
                    notes.fault(
                        ExchangeCode.DANGLING, f"there is no task with the number {uid!r}",
                        line=element.line, path="PredecessorLink.PredecessorUID", value=uid,
                        remedy="remove the link, or save the project again",
                    )  # fmt: skip
                elif before is None or after is None:
                    notes.loses("links of summaries and inactive tasks", task.value("Name"))
                else:
                    links.append(self.link(element, before, after, hours))
        return tuple(links)

    def link(self, element: Element, before: str, after: str, hours: dict[str, float]) -> PlanLink:
        """One link."""
        notes, number = self.notes, element.value("Type", "1")
        if number not in LINK_OF:
            notes.fault(
                ExchangeCode.UNKNOWN_WORD, f"there is no kind of link {number!r}",
                line=element.line_of("Type"), path="PredecessorLink.Type", value=number,
                allowed="0 FF, 1 FS, 2 SF, 3 SS", remedy="correct the link",
            )  # fmt: skip
        lag, form = element.number("LinkLag", notes), element.value("LagFormat")
        lag_hours = lag / 600.0
        if form in PERCENT_FORMATS:
            notes.changes("lags in per cent become hours", f"{before} > {after}")
            lag_hours = hours[before] * lag / 100.0
        is_elapsed = form in ELAPSED_FORMATS or form in ("20", "52")
        notes.stands(f"link {before} > {after}", element.line)
        return PlanLink(
            before, after, LINK_OF.get(number, LinkKind.FINISH_TO_START), lag_hours,
            LagCalendar.ELAPSED if is_elapsed else LagCalendar.SUCCESSOR,
        )  # fmt: skip

    def resources(self) -> dict[str, Resource]:
        """Resources by their number."""
        notes = self.notes
        elements = [
            element
            for element in self.root.under("Resources", "Resource")
            # Project keeps a nameless resource 0 for what is assigned to nobody.
            if not element.is_true("IsNull")
            and (element.value("UID") != "0" or element.raw("Name"))
        ]
        self.numbers_once("Resource", elements)
        names = unique_names(
            elements, lambda e: e.raw("Initials") or f"R{e.value('UID')}",
            lambda name: notes.changes("a resource's initials stood twice and got a number", name),
        )  # fmt: skip
        found = {}
        for element, name in zip(elements, names, strict=True):
            uid, calendar = element.value("UID"), element.value("CalendarUID")
            if calendar not in _NONE and calendar not in self.calendar_name:
                notes.loses("calendars of resources that are not in the file", name)
            kind = RESOURCE_OF.get(element.value("Type", "1"))
            if kind is None:
                notes.changes("resources that are costs become material", name)
            notes.stands(f"resource {name}", element.line)
            self.list_losses(element, LOST_OF_RESOURCE, "resource ")
            found[uid] = Resource(
                id=name,
                name=element.raw("Name"),
                kind=kind or ResourceKind.MATERIAL,
                levels=self.levels(element),
                calendar=self.calendar_name.get(calendar),
                cost_per_hour=element.number("StandardRate", notes),
            )
            rates = [r for r in element.under("Rates", "Rate") if r.value("RateTable", "0") == "0"]
            if len(rates) > 1:
                notes.changes("of rates that change over time the standard one counts", name)
        return found

    def levels(self, element: Element) -> tuple[Level, ...]:
        """Units over time."""
        steps: list[Level] = []
        over: datetime | None = None
        for period in element.under("AvailabilityPeriods", "AvailabilityPeriod"):
            since = period.moment("AvailableFrom", self.notes) or ALWAYS
            if over is not None and over + timedelta(minutes=1) < since:
                steps.append(Level(over, 0.0))
            steps.append(Level(since, period.number("AvailableUnits", self.notes)))
            over = period.moment("AvailableTo", self.notes)
        if not steps and element.value("MaxUnits"):
            steps = [Level(ALWAYS, element.number("MaxUnits", self.notes))]
        return tuple(sorted(steps, key=lambda level: level.start))

    def assignments(self, resources: dict[str, Resource]) -> tuple[Assignment, ...]:
        """Use of resources."""
        notes, uses = self.notes, []
        for element in self.root.under("Assignments", "Assignment"):
            task, resource = element.value("TaskUID"), element.value("ResourceUID")
            if resource == _NOBODY:
                continue
            if task in self.summaries or task == "0":
                notes.loses("assignments of summaries", self.summaries.get(task, ""))
                continue
            if task not in self.ids or resource not in resources:
                notes.fault(
                    ExchangeCode.DANGLING,
                    f"the assignment of resource {resource!r} to task {task!r} leads nowhere",
                    line=element.line, path="Assignment", remedy="save the project as XML again",
                )  # fmt: skip
                continue
            self.list_losses(element, LOST_OF_ASSIGNMENT, "assignment ")
            use = Assignment(
                activity=self.ids[task],
                resource=resources[resource].id,
                units=element.number("Units", notes, 1.0),
                remaining_hours=element.hours("RemainingWork", notes),
                actual_hours=element.hours("ActualWork", notes),
            )
            notes.stands(f"assignment {use.activity}/{use.resource}", element.line)
            uses.append(use)
        return tuple(uses)

    def list_losses(self, element: Element, tags: tuple[str, ...], what: str) -> None:
        """List elements that hold something the plan has no place for."""
        for child in element.children:
            if child.tag in tags and (child.children or child.text.strip() not in SAYS_NOTHING):
                self.notes.loses(f"{what}{child.tag}", element.value("Name"))
