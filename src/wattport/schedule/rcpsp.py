"""
Resource-constrained project scheduling: the shortest schedule that crews and plant allow.

The answer says how far from the optimum it can be: `solve_rcpsp` returns the best schedule found
and a bound that no schedule can beat; `build.rcpsp_proof` tightens both with CP-SAT.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wattport.arrays import BoolArray, IntArray
from wattport.schedule import rcpsp_bound_kernel as bounds
from wattport.schedule import rcpsp_kernel as schemes
from wattport.schedule.rcpsp_kernel import Side
from wattport.schedule.rcpsp_project import ResourceProject, compiled
from wattport.schedule.rcpsp_search_kernel import search


class Status(StrEnum):
    """What is known about a schedule."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True)
class ResourceSchedule:
    """A feasible schedule, and how good it is known to be."""

    start: IntArray  # (activity,) periods
    makespan: int
    bound: int  # no schedule is shorter
    n_schedules: int  # generated to find it

    @property
    def status(self) -> Status:
        """OPTIMAL where the makespan meets the bound."""
        return Status.OPTIMAL if self.makespan == self.bound else Status.FEASIBLE

    @property
    def gap_frac(self) -> float:
        """How much shorter the optimum may be, of the bound."""
        return (self.makespan - self.bound) / self.bound if self.bound else 0.0


def lower_bound(project: ResourceProject) -> int:
    """
    Find a makespan that no schedule can beat.

    From the critical path and the work per unit of each resource upwards, makespans are
    refuted: pairs that cannot overlap are ordered, and no window of time may be too short for
    the work that must lie in it. The first that is not refuted is the bound.

    Parameters
    ----------
    project : ResourceProject
        Any.

    Returns
    -------
    int
        Periods.

    References
    ----------
    R. Klein, A. Scholl, "Computing lower bounds by destructive improvement", European Journal
    of Operational Research 112(2), 1999, doi:10.1016/S0377-2217(97)00442-6.

    Examples
    --------
    Two jobs for one crane, 3 and 2 days:

    >>> from wattport.equations.precedence import link
    >>> lower_bound(ResourceProject(np.array([3, 2]), link(), np.ones((2, 1)), np.array([1])))
    5
    """
    if project.n_activities == 0:
        return 0
    forward, backward, _ = compiled(project)
    return _lower_bound(project, forward, backward)


def _lower_bound(project: ResourceProject, forward: Side, backward: Side) -> int:
    head = np.zeros(project.n_activities, np.int32)
    mirrored_head = head.copy()
    bound = int(bounds.earliest_starts(forward, head))
    bounds.earliest_starts(backward, mirrored_head)
    tail = mirrored_head[::-1].copy()
    used = project.capacity > 0
    demand = np.ascontiguousarray(project.demand[project.order][:, used])
    capacity = project.capacity[used]
    work = project.duration @ project.demand[:, used]
    bound = max([bound, *map(int, -(-work // capacity))])
    is_active = project.duration[project.order] > 0
    together = demand[:, None, :] + demand[None, :, :]
    apart: BoolArray = np.any(together > capacity, axis=2) & np.outer(is_active, is_active)

    def is_refuted(makespan: int) -> bool:
        return bool(bounds.refuted(makespan, forward, head, tail, demand, capacity, apart))

    # Stride out while makespans are refuted, then close in on the first that is not.
    stride = 1
    while is_refuted(bound + stride - 1):
        bound += stride
        stride *= 2
    while stride > 1:
        stride //= 2
        if is_refuted(bound + stride - 1):
            bound += stride
    return bound


def solve_rcpsp(project: ResourceProject, n_schedules: int, seed: int) -> ResourceSchedule:
    """
    Look for the shortest schedule with a genetic search of two populations.

    Activities are listed by when they start in good schedules, lists are crossed within a
    window of time, and each child is placed as early as it can be, in the direction opposite to
    its parents'. The search ends when the bound is met or the schedules are used up.

    Parameters
    ----------
    project : ResourceProject
        Activities, links, demands and capacities.
    n_schedules : int
        Passes that place all activities, justification included. [>= 1]
    seed : int
        Of the random stream: the same seed gives the same schedule.

    Returns
    -------
    ResourceSchedule
        Starts, makespan, bound and status.

    References
    ----------
    See `build.rcpsp_search_kernel.search`; its quality on the PSPLIB instances is on the page
    *Resource-constrained schedules* of the documentation.

    Examples
    --------
    Three halls, each cabled for 4 days and tested for 2, by one crew and one test set:

    >>> from wattport.equations.precedence import link
    >>> project = ResourceProject(
    ...     duration=np.array([4, 2, 4, 2, 4, 2]), links=link((0, 1), (2, 3), (4, 5)),
    ...     demand=np.array([[1, 0], [0, 1]] * 3), capacity=np.array([1, 1]))
    >>> plan = solve_rcpsp(project, n_schedules=100, seed=1)
    >>> plan.makespan, plan.status.value
    (14, 'optimal')
    """
    n = project.n_activities
    if n == 0:
        return ResourceSchedule(np.empty(0, np.int64), 0, 0, 0)
    forward, backward, _ = compiled(project)
    bound = _lower_bound(project, forward, backward)
    mirrored_head = np.zeros(n, np.int32)
    bounds.earliest_starts(backward, mirrored_head)
    # Tuned on PSPLIB: more members than activities learn too slowly, however long the search.
    n_members = max(4, min(n, round(0.4 * n_schedules**0.65)))
    makespan, found, n_used = search(
        forward, backward, -mirrored_head[::-1].copy(), project.n_periods,
        bound, n_schedules, n_members, seed,
    )  # fmt: skip
    start = np.empty(n, np.int64)
    start[project.order] = found
    return ResourceSchedule(start, int(makespan), bound, int(n_used))


def sample_schedules(
    project: ResourceProject, duration_draws: IntArray, priority: IntArray
) -> IntArray:
    """
    Date a project for many draws of its durations, with resources respected in each.

    Each draw is placed serially in one order of priority, so that the rule by which crews are
    shared is the same in all draws. Draws are independent: a slice of them gives the same dates,
    and the caller may hand slices to threads.

    Parameters
    ----------
    project : ResourceProject
        Its own durations are not used. A gate, such as the day on which a grid tranche opens, is
        an activity without demand and predecessors, whose duration is drawn.
    duration_draws : ndarray of int, shape (draw, activity)
        Periods. [>= 0]
    priority : ndarray of int, shape (activity,)
        Lower comes first, as far as links allow; the starts of a good schedule do well.

    Returns
    -------
    ndarray of int, shape (draw, activity)
        Finish of each activity. [periods]

    Examples
    --------
    >>> from wattport.equations.precedence import link
    >>> project = ResourceProject(np.array([3, 2]), link(), np.ones((2, 1)), np.array([1]))
    >>> sample_schedules(project, np.array([[3, 2], [5, 1]]), np.array([1, 0]))
    array([[5, 2],
           [6, 1]])
    """
    forward, _, link_order = compiled(project)
    draws = np.ascontiguousarray(duration_draws[:, project.order], np.int32)
    # Ranks are small and not negative, as the sort wants them.
    key = np.unique(priority[project.order], return_inverse=True)[1].astype(np.int32)
    schemes.follow_links(key, forward)
    order, count = np.empty(key.size, np.int32), np.empty(key.size + 2, np.int32)
    schemes.sort_by_key(key, order, count)
    finish = np.empty_like(draws)
    schemes.sample_finishes(
        order, draws, forward, project.links.kind[link_order].astype(np.int32),
        project.links.lag_days[link_order].astype(np.int32), finish,
    )  # fmt: skip
    found = np.empty(draws.shape, np.int64)
    found[:, project.order] = finish
    return found
