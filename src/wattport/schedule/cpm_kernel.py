"""
Critical path method on calendars, for one draw or many.

All times are minutes since 2026-01-01T00:00, all work is in working minutes of
a calendar of a `WorkTime`; see `wattport.calendar.work_time_kernel`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.calendar.work_calendar import WorkTime
from wattport.calendar.work_time_kernel import (
    finish_at,
    start_at,
    work_at,
)
from wattport.compiled import kernel

# Kinds of link as `LinkKind` counts them: the even ones leave a finish, those below 2 reach a
# start.
N_TO_START = 2
ELAPSED = -1  # a lag by the clock, in place of a calendar's number
TASK, START_MILESTONE, FINISH_MILESTONE = 0, 1, 2
_SAME_MIN = 1e-6  # work closer than this is the same moment: rounding of sums


class CpmNetwork(NamedTuple):
    """A plan for compiled loops; activities are numbered as in the plan."""

    order: IntArray  # (activity,) each after all its predecessors
    calendar: IntArray  # (activity,)
    shape: IntArray  # (activity,) TASK, START_MILESTONE or FINISH_MILESTONE
    not_before: FloatArray  # (activity,) moment before which nothing (more) is done
    finish_not_before: FloatArray  # (activity,) -inf: none
    must_start: FloatArray  # (activity,) NaN: none; beats the links
    must_finish: FloatArray  # (activity,) NaN: none
    not_after: FloatArray  # (activity,) latest finish demanded; +inf: none
    start_not_after: FloatArray  # (activity,) latest start demanded; +inf: none
    actual_start: FloatArray  # (activity,) NaN: not begun
    actual_finish: FloatArray  # (activity,) NaN: not done
    into: IntArray  # (activity + 1,) links into an activity are into[j] .. into[j + 1] - 1
    predecessor: IntArray  # (link,)
    successor: IntArray  # (link,)
    kind: IntArray  # (link,)
    lag: FloatArray  # (link,) minutes
    lag_calendar: IntArray  # (link,) calendar number or ELAPSED
    out_of: IntArray  # (activity + 1,) places in `out` of the links out of an activity
    out: IntArray  # (link,) link numbers by predecessor
    is_bound: BoolArray  # (link,) False: the successor goes on without waiting for it


@kernel
def _lagged(moment: float, lag: float, calendar: int, table: WorkTime) -> float:
    """Moment a lag after (or, negative, before) another."""
    if lag == 0.0 or calendar == ELAPSED:
        return moment + lag
    work = work_at(moment, calendar, table) + lag
    return finish_at(work, calendar, table) if lag > 0.0 else start_at(work, calendar, table)


@kernel
def started_back(moment: float, duration: float, calendar: int, table: WorkTime) -> float:
    """Start of a duration that is done by a moment."""
    if duration == 0.0:
        return moment
    return start_at(work_at(moment, calendar, table) - duration, calendar, table)


@kernel
def link_moment(
    k: int, start: FloatArray, finish: FloatArray, network: CpmNetwork, table: WorkTime
) -> float:
    """Moment before which a link does not let the end be that it holds of its successor."""
    i, kind = network.predecessor[k], network.kind[k]
    base = finish[i] if kind % 2 == 0 else start[i]
    return _lagged(base, network.lag[k], network.lag_calendar[k], table)


@kernel
def is_done(j: int, network: CpmNetwork) -> bool:
    """Tell whether nothing is left of an activity."""
    return not math.isnan(network.actual_finish[j])


@kernel
def backward(
    duration: FloatArray, end: float, network: CpmNetwork, table: WorkTime,
    late_start: FloatArray, late_finish: FloatArray,
) -> None:  # fmt: skip
    """
    Latest dates that still meet an end, written into the last two arguments.

    Parameters
    ----------
    duration : ndarray, shape (activity,)
        Work that remains. [working minutes, >= 0]
    end : float
        Moment by which everything is to be finished.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    late_start, late_finish : ndarray, shape (activity,)
        Late start of what remains, and late finish.
    """
    for position in range(network.order.size - 1, -1, -1):
        i = network.order[position]
        c, d = network.calendar[i], duration[i]
        if is_done(i, network):
            late_start[i] = network.actual_start[i]
            late_finish[i] = network.actual_finish[i]
            continue
        by = min(end, network.not_after[i])
        start_by = network.start_not_after[i]
        is_begun = not math.isnan(network.actual_start[i])
        for place in range(network.out_of[i], network.out_of[i + 1]):
            k = network.out[place]
            j, kind = network.successor[k], network.kind[k]
            if not network.is_bound[k] or is_done(j, network):
                continue
            moment = late_start[j] if kind < N_TO_START else late_finish[j]
            moment = _lagged(moment, -network.lag[k], network.lag_calendar[k], table)
            if kind % 2 == 0:
                by = min(by, moment)
            elif not is_begun:
                start_by = min(start_by, moment)
        if not math.isnan(network.must_start[i]):
            start_by, by = network.must_start[i], math.inf
        elif not math.isnan(network.must_finish[i]):
            start_by, by = math.inf, network.must_finish[i]
        work = math.inf
        if by < math.inf:
            work = work_at(by, c, table)
        if start_by < math.inf:
            work = min(work, work_at(start_by, c, table) + d)
        if d == 0.0:
            late_start[i] = min(by, start_by)
            late_finish[i] = late_start[i]
        else:
            late_start[i] = start_at(work - d, c, table)
            late_finish[i] = finish_at(work, c, table)


@kernel
def mark_longest_path(
    duration: FloatArray, start: FloatArray, finish: FloatArray, resume: FloatArray,
    order: IntArray, freed_by: IntArray, network: CpmNetwork, table: WorkTime,
    is_critical: BoolArray,
) -> None:  # fmt: skip
    """
    Mark what fixed the end: the last activities, and all that drove a marked one.

    Parameters
    ----------
    duration, start, finish, resume : ndarray, shape (activity,)
        As given to and made by `level_kernel.share_out`.
    order : ndarray of int, shape (activity,)
        In which they were dated.
    freed_by : ndarray of int, shape (activity,)
        Activity whose end set the resource free that each waited for last; -1: none.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    is_critical : ndarray of bool, shape (activity,)
        Written; False on entry.

    Notes
    -----
    A link drives when the successor's work could not have gone on before the moment it
    gives; ties drive together. So does the end of what held a resource for which it waited.
    Activities that are done are not marked.
    """
    end = -math.inf
    for i in range(finish.size):
        if not is_done(i, network):
            end = max(end, finish[i])
    for position in range(order.size - 1, -1, -1):
        j = order[position]
        if is_done(j, network):
            continue
        if finish[j] >= end - _SAME_MIN:
            is_critical[j] = True
        if not is_critical[j]:
            continue
        if freed_by[j] >= 0:
            is_critical[freed_by[j]] = True
        if not (math.isnan(network.must_start[j]) and math.isnan(network.must_finish[j])):
            continue  # the date and not a link fixed it
        c = network.calendar[j]
        reached = work_at(resume[j], c, table) - _SAME_MIN
        for k in range(network.into[j], network.into[j + 1]):
            i = network.predecessor[k]
            if not network.is_bound[k] or is_done(i, network):
                continue
            moment = link_moment(k, start, finish, network, table)
            back = 0.0 if network.kind[k] < N_TO_START else duration[j]
            if work_at(moment, c, table) - back >= reached:
                is_critical[i] = True


@kernel
def free_slack(
    end: float, start: FloatArray, finish: FloatArray,
    network: CpmNetwork, table: WorkTime, slack: FloatArray,
) -> None:  # fmt: skip
    """
    Work by which each activity may slip without moving another, written into ``slack``.

    Parameters
    ----------
    end : float
        Finish of the whole.
    start, finish : ndarray, shape (activity,)
        Of `level_kernel.share_out`.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    slack : ndarray, shape (activity,)
        Working minutes; NaN where done.
    """
    for i in range(finish.size):
        if is_done(i, network):
            slack[i] = math.nan
            continue
        c = network.calendar[i]
        started, finished = work_at(start[i], c, table), work_at(finish[i], c, table)
        slack[i] = work_at(end, c, table) - finished
        for place in range(network.out_of[i], network.out_of[i + 1]):
            k = network.out[place]
            j, kind = network.successor[k], network.kind[k]
            if not network.is_bound[k] or is_done(j, network):
                continue
            moment = start[j] if kind < N_TO_START else finish[j]
            moment = _lagged(moment, -network.lag[k], network.lag_calendar[k], table)
            here = finished if kind % 2 == 0 else started
            slack[i] = min(slack[i], work_at(moment, c, table) - here)
