"""
Critical path method on calendars, for one draw or many.

All times are minutes since 2026-01-01T00:00, all work is in working minutes of
a calendar of a `WorkTime`. A moment and the work done by then differ in one
thing only: while nobody works, moments go on and work does not. So each
function that goes back from work to a moment says which end of the rest it
means: *start* (the first moment at which work goes on) or *finish* (the moment
at which the last bit was done).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from wattport.build.plan_calendar import WORK_BUCKET_MIN, WorkTime
from wattport.records.record import BoolArray, FloatArray, IntArray

# Kinds of link as `LinkKind` counts them: the even ones leave a finish, those below 2 reach a
# start.
_N_TO_START = 2
ELAPSED = -1  # a lag by the clock, in place of a calendar's number
TASK, START_MILESTONE, FINISH_MILESTONE = 0, 1, 2
# A product just over a whole day would skip its first interval; just under, it costs a step.
_DAYS_PER_MINUTE = (1.0 - 1e-12) / 1440.0
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


@njit(cache=True, nogil=True)
def _interval_at(moment: float, calendar: int, table: WorkTime) -> int:
    """First interval that ends at or after a moment."""
    since = moment - table.origin
    if since < 0.0:
        i = int(table.first[calendar])
    else:
        last = table.by_day.shape[1] - 1
        i = int(table.by_day[calendar, int(min(since * _DAYS_PER_MINUTE, last))])
    # The sentinel at the end lasts for ever but for what is beyond all time itself.
    while table.end[i] < moment and i < table.first[calendar + 1] - 1:
        i += 1
    return i


@njit(cache=True, nogil=True)
def work_at(moment: float, calendar: int, table: WorkTime) -> float:
    """
    Work done by a moment.

    Parameters
    ----------
    moment : float
        Minutes since 2026-01-01T00:00.
    calendar : int
        Number of the calendar.
    table : WorkTime
        Calendars over the horizon.

    Returns
    -------
    float
        Working minutes since the horizon began.
    """
    i = _interval_at(moment, calendar, table)
    return float(table.before[i] + max(0.0, moment - table.begin[i]))


@njit(cache=True, nogil=True)
def _interval_of(work: float, calendar: int, table: WorkTime) -> int:
    """First interval by whose end a work is done."""
    first, last = table.first[calendar], table.first[calendar + 1] - 1
    if work <= 0.0:
        i = int(first if work < 0.0 else first + 1)
    else:
        low, high = table.first_bucket[calendar], table.first_bucket[calendar + 1] - 1
        bucket = low + int(min(work / WORK_BUCKET_MIN, 1e9))
        i = int(max(table.by_work[bucket if bucket < high else high], first + 1))
    while i < last and table.before[i + 1] < work:
        i += 1
    return i


@njit(cache=True, nogil=True)
def finish_at(work: float, calendar: int, table: WorkTime) -> float:
    """
    Moment at which a work is done.

    Parameters
    ----------
    work : float
        Working minutes since the horizon began.
    calendar : int
        Number of the calendar.
    table : WorkTime
        Calendars over the horizon.

    Returns
    -------
    float
        Minutes since 2026-01-01T00:00; beyond all time if there is not enough work.
    """
    i = _interval_of(work, calendar, table)
    if i == table.first[calendar]:
        return float(table.end[i])
    return float(table.begin[i] + work - table.before[i])


@njit(cache=True, nogil=True)
def start_at(work: float, calendar: int, table: WorkTime) -> float:
    """
    First moment at which work can go on after a work is done.

    Parameters
    ----------
    work : float
        Working minutes since the horizon began.
    calendar : int
        Number of the calendar.
    table : WorkTime
        Calendars over the horizon.

    Returns
    -------
    float
        Minutes since 2026-01-01T00:00; beyond all time if there is none.
    """
    i = _interval_of(work, calendar, table)
    if i == table.first[calendar]:
        return float(table.end[i])
    last = table.first[calendar + 1] - 1
    while i < last and table.before[i + 1] <= work:
        i += 1
    return float(table.begin[i] + work - table.before[i])


@njit(cache=True, nogil=True)
def _open_interval_at(moment: float, calendar: int, table: WorkTime) -> int:
    """First interval that ends after a moment."""
    i = _interval_at(moment, calendar, table)
    while table.end[i] <= moment and i < table.first[calendar + 1] - 1:
        i += 1
    return i


@njit(cache=True, nogil=True)
def _lagged(moment: float, lag: float, calendar: int, table: WorkTime) -> float:
    """Moment a lag after (or, negative, before) another."""
    if lag == 0.0 or calendar == ELAPSED:
        return moment + lag
    work = work_at(moment, calendar, table) + lag
    return finish_at(work, calendar, table) if lag > 0.0 else start_at(work, calendar, table)


@njit(cache=True, nogil=True)
def _started_back(moment: float, duration: float, calendar: int, table: WorkTime) -> float:
    """Start of a duration that is done by a moment."""
    if duration == 0.0:
        return moment
    return start_at(work_at(moment, calendar, table) - duration, calendar, table)


@njit(cache=True, nogil=True)
def _bound(
    k: int, start: FloatArray, finish: FloatArray, network: CpmNetwork, table: WorkTime
) -> float:
    """Moment before which a link lets the end of its successor that it holds not be."""
    i, kind = network.predecessor[k], network.kind[k]
    base = finish[i] if kind % 2 == 0 else start[i]
    return _lagged(base, network.lag[k], network.lag_calendar[k], table)


@njit(cache=True, nogil=True)
def forward(
    duration: FloatArray, network: CpmNetwork, table: WorkTime,
    start: FloatArray, finish: FloatArray, resume: FloatArray,
) -> None:  # fmt: skip
    """
    Earliest dates of all activities, written into the last three arguments.

    Parameters
    ----------
    duration : ndarray, shape (activity,)
        Work that remains. [working minutes, >= 0]
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    start, finish, resume : ndarray, shape (activity,)
        Start (the actual one where begun), finish, and start of what remains.

    Notes
    -----
    As `wattport.equations.network.early_dates`, with each sum of a moment and a duration or
    a lag taken on the calendar it belongs to.
    """
    for position in range(network.order.size):
        j = network.order[position]
        c = network.calendar[j]
        if not math.isnan(network.actual_finish[j]):
            start[j] = network.actual_start[j]
            finish[j] = network.actual_finish[j]
            resume[j] = finish[j]
            continue
        d = duration[j]
        begin, end = network.not_before[j], network.finish_not_before[j]
        for k in range(network.into[j], network.into[j + 1]):
            if network.is_bound[k]:
                moment = _bound(k, start, finish, network, table)
                if network.kind[k] < _N_TO_START:
                    begin = max(begin, moment)
                else:
                    end = max(end, moment)
        if not math.isnan(network.must_start[j]):
            begin, end = network.must_start[j], -math.inf
        elif not math.isnan(network.must_finish[j]):
            begin, end = -math.inf, network.must_finish[j]
        if end > -math.inf:
            begin = max(begin, _started_back(end, d, c, table))
        # A finish milestone may stand at the end of a shift, where nothing can start.
        if d == 0.0 and network.shape[j] == FINISH_MILESTONE:
            i = _interval_at(begin, c, table)
        else:
            i = _open_interval_at(begin, c, table)
        begin = max(begin, table.begin[i])
        resume[j] = begin
        work = table.before[i] + (begin - table.begin[i]) + d
        within = i < table.first[c + 1] - 1 and work <= table.before[i + 1]
        finish[j] = begin + d if within or d == 0.0 else finish_at(work, c, table)
        if finish[j] < end and not work_at(end, c, table) > work:
            # The last bit is left for after the rest in which the other one finishes.
            finish[j] = max(end, table.begin[_open_interval_at(end, c, table)])
        is_begun = not math.isnan(network.actual_start[j])
        start[j] = network.actual_start[j] if is_begun else begin


@njit(cache=True, nogil=True)
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
        if not math.isnan(network.actual_finish[i]):
            late_start[i] = network.actual_start[i]
            late_finish[i] = network.actual_finish[i]
            continue
        by = min(end, network.not_after[i])
        start_by = network.start_not_after[i]
        is_begun = not math.isnan(network.actual_start[i])
        for place in range(network.out_of[i], network.out_of[i + 1]):
            k = network.out[place]
            j, kind = network.successor[k], network.kind[k]
            if not network.is_bound[k] or not math.isnan(network.actual_finish[j]):
                continue
            moment = late_start[j] if kind < _N_TO_START else late_finish[j]
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


@njit(cache=True, nogil=True)
def mark_longest_path(
    duration: FloatArray, start: FloatArray, finish: FloatArray, resume: FloatArray,
    network: CpmNetwork, table: WorkTime, is_critical: BoolArray,
) -> None:  # fmt: skip
    """
    Mark what fixed the end: the last activities, and all that drove a marked one.

    Parameters
    ----------
    duration, start, finish, resume : ndarray, shape (activity,)
        As given to and made by `forward`.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    is_critical : ndarray of bool, shape (activity,)
        Written; False on entry.

    Notes
    -----
    A link drives when the successor's work could not have gone on before the moment it
    gives; ties drive together. Activities that are done are not marked.
    """
    end = -math.inf
    for i in range(finish.size):
        if math.isnan(network.actual_finish[i]):
            end = max(end, finish[i])
    for position in range(network.order.size - 1, -1, -1):
        j = network.order[position]
        if not math.isnan(network.actual_finish[j]):
            continue
        if finish[j] >= end - _SAME_MIN:
            is_critical[j] = True
        if not is_critical[j]:
            continue
        if not (math.isnan(network.must_start[j]) and math.isnan(network.must_finish[j])):
            continue  # the date and not a link fixed it
        c = network.calendar[j]
        reached = work_at(resume[j], c, table) - _SAME_MIN
        for k in range(network.into[j], network.into[j + 1]):
            i = network.predecessor[k]
            if not network.is_bound[k] or not math.isnan(network.actual_finish[i]):
                continue
            moment = _bound(k, start, finish, network, table)
            back = 0.0 if network.kind[k] < _N_TO_START else duration[j]
            if work_at(moment, c, table) - back >= reached:
                is_critical[i] = True


@njit(cache=True, nogil=True)
def play(
    duration: FloatArray, watched: IntArray, network: CpmNetwork, table: WorkTime,
    watched_finish: FloatArray, end: FloatArray, is_critical: BoolArray,
) -> None:  # fmt: skip
    """
    Date many draws, written into the last three arguments.

    Parameters
    ----------
    duration : ndarray, shape (draw, activity)
        Work that remains. [working minutes, >= 0]
    watched : ndarray of int, shape (watched,)
        Activities whose finish is wanted.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    watched_finish : ndarray, shape (draw, watched)
        Finish of those.
    end : ndarray, shape (draw,)
        Finish of the whole.
    is_critical : ndarray of bool, shape (draw, activity)
        On the longest path; False on entry. Without draws nothing is marked.
    """
    n_draws, n = duration.shape
    start, finish, resume = np.empty(n), np.empty(n), np.empty(n)
    for draw in range(n_draws):
        forward(duration[draw], network, table, start, finish, resume)
        end[draw] = finish.max()
        for place in range(watched.size):
            watched_finish[draw, place] = finish[watched[place]]
        if is_critical.shape[0] > 0:
            mark_longest_path(
                duration[draw], start, finish, resume, network, table, is_critical[draw]
            )


@njit(cache=True, nogil=True)
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
        Of `forward`.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    slack : ndarray, shape (activity,)
        Working minutes; NaN where done.
    """
    for i in range(finish.size):
        if not math.isnan(network.actual_finish[i]):
            slack[i] = math.nan
            continue
        c = network.calendar[i]
        started, finished = work_at(start[i], c, table), work_at(finish[i], c, table)
        slack[i] = work_at(end, c, table) - finished
        for place in range(network.out_of[i], network.out_of[i + 1]):
            k = network.out[place]
            j, kind = network.successor[k], network.kind[k]
            if not network.is_bound[k] or not math.isnan(network.actual_finish[j]):
                continue
            moment = start[j] if kind < _N_TO_START else finish[j]
            moment = _lagged(moment, -network.lag[k], network.lag_calendar[k], table)
            here = finished if kind % 2 == 0 else started
            slack[i] = min(slack[i], work_at(moment, c, table) - here)
