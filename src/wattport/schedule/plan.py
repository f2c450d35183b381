"""
A plan: anybody's schedule as one frozen value.

It holds what planning tools share: calendars, activities, four kinds of link
with lags, constraints, resources and their use, progress and the work
breakdown. Dates are local times of the plan without a zone; durations are
working hours of the activity's calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wattport.calendar.work_calendar import WorkCalendar
from wattport.equations.precedence import LinkKind

ALWAYS = datetime(1984, 1, 1)  # a level that starts here has no beginning


class ActivityKind(StrEnum):
    """What an activity is to the schedule."""

    TASK = "task"
    START_MILESTONE = "start milestone"
    FINISH_MILESTONE = "finish milestone"
    HAMMOCK = "hammock"  # spans what its links hang on; drives nothing
    WBS_SUMMARY = "wbs summary"  # spans the other activities of its node; drives nothing


class ConstraintKind(StrEnum):
    """
    What a date demands of an activity.

    ``MUST_*`` beat the links; the others only add to them.
    """

    START_NO_EARLIER = "start no earlier than"
    START_NO_LATER = "start no later than"
    START_ON = "start on"
    FINISH_NO_EARLIER = "finish no earlier than"
    FINISH_NO_LATER = "finish no later than"
    FINISH_ON = "finish on"
    MUST_START = "must start on"
    MUST_FINISH = "must finish on"
    AS_LATE_AS_POSSIBLE = "as late as possible"


class LagCalendar(StrEnum):
    """Whose working time a lag is counted in."""

    SUCCESSOR = "successor"
    PREDECESSOR = "predecessor"
    PROJECT = "project"
    ELAPSED = "elapsed"  # by the clock


class ResourceKind(StrEnum):
    """What a resource is."""

    LABOUR = "labour"
    EQUIPMENT = "equipment"
    MATERIAL = "material"


@dataclass(frozen=True)
class Constraint:
    """A demand on one date of an activity."""

    kind: ConstraintKind
    moment: datetime | None = None  # None only where as late as possible


@dataclass(frozen=True)
class PlanActivity:
    """
    One activity.

    It has started when ``actual_start`` is set and is done when ``actual_finish`` is.
    """

    id: str
    name: str
    calendar: str
    duration_hours: float
    kind: ActivityKind = ActivityKind.TASK
    wbs: int | None = None  # index of its node; None: directly under the project
    constraints: tuple[Constraint, ...] = ()  # at most two
    planned_start: datetime | None = None  # of the baseline
    planned_finish: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    remaining_hours: float = 0.0
    physical_frac: float = 0.0
    fixed_cost: float = 0.0  # at completion, whatever its duration; in the plan's currency

    @property
    def is_done(self) -> bool:
        """True when nothing is left of it."""
        return self.actual_finish is not None

    @property
    def is_started(self) -> bool:
        """True when it has begun, done or not."""
        return self.actual_start is not None

    @property
    def is_milestone(self) -> bool:
        """True for a moment without work."""
        return self.kind in (ActivityKind.START_MILESTONE, ActivityKind.FINISH_MILESTONE)

    @property
    def is_span(self) -> bool:
        """True when others give it its dates."""
        return self.kind in (ActivityKind.HAMMOCK, ActivityKind.WBS_SUMMARY)


@dataclass(frozen=True)
class PlanLink:
    """A link between two activities, by their ids."""

    predecessor: str
    successor: str
    kind: LinkKind = LinkKind.FINISH_TO_START
    lag_hours: float = 0.0
    lag_calendar: LagCalendar = LagCalendar.SUCCESSOR

    def __post_init__(self) -> None:
        """Forget whose time no lag is counted in: two links that say the same are equal."""
        if self.lag_hours == 0.0:
            object.__setattr__(self, "lag_calendar", LagCalendar.SUCCESSOR)


@dataclass(frozen=True)
class WbsNode:
    """A node of the work breakdown; parents come before their children."""

    code: str
    name: str
    parent: int | None = None  # index; None: directly under the project


@dataclass(frozen=True)
class Level:
    """Units of a resource that are there from a moment on; 1.0 is one person or machine."""

    start: datetime
    units: float


@dataclass(frozen=True)
class Resource:
    """Who or what does the work."""

    id: str
    name: str
    kind: ResourceKind = ResourceKind.LABOUR
    levels: tuple[Level, ...] = ()  # by start; none: without limit
    calendar: str | None = None
    cost_per_hour: float = 0.0  # of one unit's work; of material, for one unit


@dataclass(frozen=True)
class Assignment:
    """Use of a resource by an activity."""

    activity: str
    resource: str
    units: float
    remaining_hours: float = 0.0
    actual_hours: float = 0.0


@dataclass(frozen=True)
class Plan:
    """
    A whole schedule.

    Unfinished work lies after ``data_date``. Without one, activities that have begun go on
    from the work already done, and others start as early as ``start`` allows.
    """

    name: str
    start: datetime
    calendar: str  # name of the default one
    calendars: tuple[WorkCalendar, ...]
    activities: tuple[PlanActivity, ...]
    links: tuple[PlanLink, ...] = ()
    wbs: tuple[WbsNode, ...] = ()
    resources: tuple[Resource, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    data_date: datetime | None = None
    deadline: datetime | None = None
    # Work out of sequence waits for its predecessors (True) or goes on without them.
    is_logic_retained: bool = True
    currency: str = ""  # of all costs, such as EUR; empty: not said

    @property
    def n_activities(self) -> int:
        """Number of activities, of all kinds."""
        return len(self.activities)


def activity(
    id: str,
    duration_hours: float,
    calendar: str = "Standard",
    *,
    name: str = "",
    kind: ActivityKind = ActivityKind.TASK,
    constraints: Sequence[Constraint] = (),
) -> PlanActivity:
    """
    Make an activity nobody has begun, all of whose work remains.

    Parameters
    ----------
    id : str
        Unique in its plan.
    duration_hours : float
        Working hours. [>= 0]
    calendar : str
        Name of its calendar.
    name : str
        What people read; the id when empty.
    kind : ActivityKind
        Task when left out.
    constraints : sequence of Constraint
        At most two.

    Examples
    --------
    >>> activity("A", 16.0).remaining_hours
    16.0
    """
    return PlanActivity(
        id=id,
        name=name or id,
        calendar=calendar,
        duration_hours=duration_hours,
        kind=kind,
        constraints=tuple(constraints),
        remaining_hours=duration_hours,
    )


def wbs_path(plan: Plan, node: int | None) -> str:
    """
    Codes of a node and those above it, joined by dots; empty for the project itself.

    Examples
    --------
    >>> from wattport.calendar.work_calendar import office_calendar
    >>> nodes = (WbsNode("S", "Site"), WbsNode("1", "Hall 1", 0))
    >>> plan = Plan("P", datetime(2026, 1, 5), "Standard", (office_calendar(),), (), wbs=nodes)
    >>> wbs_path(plan, 1)
    'S.1'
    """
    codes: list[str] = []
    while node is not None:
        codes.append(plan.wbs[node].code)
        node = plan.wbs[node].parent
    return ".".join(reversed(codes))
