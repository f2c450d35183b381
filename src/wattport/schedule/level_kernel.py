"""
Sharing limited resources out on calendars: the serial scheme, for one draw or many.

Each resource has a profile: moments at which what is free of it changes. An
activity is placed as early as links, dates and its calendar allow, and then
moved behind the last moment at which something it needs is taken, until all is
free from its first moment of work to its last. It holds its resources in its
rests, too: a crew is not lent out over night.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.calendar.work_calendar import WorkTime
from wattport.calendar.work_time_kernel import finish_at, interval_at, open_interval_at, work_at
from wattport.compiled import kernel
from wattport.schedule.cpm_kernel import (
    FINISH_MILESTONE,
    N_TO_START,
    CpmNetwork,
    link_moment,
    mark_longest_path,
    started_back,
)

_SAME_UNITS = 1e-9  # units closer than this are the same: rounding of sums


class Sharing(NamedTuple):
    """Who needs what, how much of it there is, and who comes first; for compiled loops."""

    order: IntArray  # (activity,) in which they are placed, each after what it waits for
    use_first: IntArray  # (activity + 1,) uses of activity j: use_first[j] .. use_first[j + 1] - 1
    resource: IntArray  # (use,)
    units: FloatArray  # (use,) never more than the last level of the resource
    level_first: IntArray  # (resource + 1,)
    level_start: FloatArray  # (level,) minutes; the first of each resource is -inf
    level_units: FloatArray  # (level,)


class Profile(NamedTuple):
    """What is free of each resource over time; room for the loops."""

    moment: FloatArray  # (resource, point) rising
    free: FloatArray  # (resource, point) units from that moment to the next
    freed_by: IntArray  # (resource, point) activity that ends there; -1: none
    n_points: IntArray  # (resource,)


@kernel
def room(sharing: Sharing) -> Profile:
    """Make room for a profile."""
    n_resources = sharing.level_first.size - 1
    n_points = sharing.level_units.size + 2 * sharing.units.size + 1
    return Profile(
        np.empty((n_resources, n_points)),
        np.empty((n_resources, n_points)),
        np.empty((n_resources, n_points), dtype=np.int64),
        np.zeros(n_resources, dtype=np.int64),
    )


@kernel
def _empty(profile: Profile, sharing: Sharing) -> None:
    """Nothing is placed: all levels are free."""
    for r in range(profile.n_points.size):
        first, last = sharing.level_first[r], sharing.level_first[r + 1]
        profile.n_points[r] = last - first
        for place in range(last - first):
            profile.moment[r, place] = sharing.level_start[first + place]
            profile.free[r, place] = sharing.level_units[first + place]
            profile.freed_by[r, place] = -1


@kernel
def _last_taken(r: int, begin: float, end: float, units: float, profile: Profile) -> int:
    """Last point from which too little is free between two moments; -1 if there is none."""
    moment, free = profile.moment[r], profile.free[r]
    point = profile.n_points[r] - 1
    while moment[point] >= end:
        point -= 1
    while free[point] >= units - _SAME_UNITS:
        if moment[point] <= begin:
            return -1
        point -= 1
    return int(point)


@kernel
def _insert(r: int, point: int, moment: float, profile: Profile) -> None:
    """Split the stretch before a new point, which takes the place given."""
    for place in range(profile.n_points[r], point, -1):
        profile.moment[r, place] = profile.moment[r, place - 1]
        profile.free[r, place] = profile.free[r, place - 1]
        profile.freed_by[r, place] = profile.freed_by[r, place - 1]
    profile.moment[r, point] = moment
    profile.free[r, point] = profile.free[r, point - 1]
    profile.freed_by[r, point] = -1
    profile.n_points[r] += 1


@kernel
def _take(r: int, begin: float, end: float, units: float, j: int, profile: Profile) -> None:
    """Let an activity hold units between two moments."""
    point = profile.n_points[r] - 1
    while profile.moment[r, point] > end:
        point -= 1
    if profile.moment[r, point] < end:
        point += 1
        _insert(r, point, end, profile)
    profile.freed_by[r, point] = j
    point -= 1
    while profile.moment[r, point] > begin:
        profile.free[r, point] -= units
        point -= 1
    if profile.moment[r, point] < begin:
        point += 1
        _insert(r, point, begin, profile)
    profile.free[r, point] -= units


@kernel
def share_out(
    duration: FloatArray, network: CpmNetwork, table: WorkTime, sharing: Sharing, profile: Profile,
    start: FloatArray, finish: FloatArray, resume: FloatArray, freed_by: IntArray,
) -> None:  # fmt: skip
    """
    Date all activities as early as links, calendars and resources allow.

    Parameters
    ----------
    duration : ndarray, shape (activity,)
        Work that remains. [working minutes, >= 0]
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    sharing : Sharing
        Order, uses and levels. Without uses these are the early dates of the critical path.
    profile : Profile
        Of `room`; overwritten.
    start, finish, resume : ndarray, shape (activity,)
        Written: start (the actual one where begun), finish, and start of what remains.
    freed_by : ndarray of int, shape (activity,)
        Written: activity whose end set free what each waited for last; -1: for no resource.

    Notes
    -----
    As `wattport.equations.precedence.early_dates`, with each sum of a moment and a duration or
    a lag taken on the calendar it belongs to. All in one loop: handing the plan from function
    to function for each activity would take twice as long.

    References
    ----------
    R. Kolisch, "Serial and parallel resource-constrained project scheduling methods
    revisited", European Journal of Operational Research 90(2), 1996,
    doi:10.1016/0377-2217(95)00357-6.
    """
    _empty(profile, sharing)
    for position in range(sharing.order.size):
        j = sharing.order[position]
        c, d = network.calendar[j], duration[j]
        freed_by[j] = -1
        if not math.isnan(network.actual_finish[j]):
            start[j], finish[j] = network.actual_start[j], network.actual_finish[j]
            resume[j] = finish[j]
            continue
        begin, end = network.not_before[j], network.finish_not_before[j]
        for k in range(network.into[j], network.into[j + 1]):
            if network.is_bound[k]:
                moment = link_moment(k, start, finish, network, table)
                if network.kind[k] < N_TO_START:
                    begin = max(begin, moment)
                else:
                    end = max(end, moment)
        if not math.isnan(network.must_start[j]):
            begin, end = network.must_start[j], -math.inf
        elif not math.isnan(network.must_finish[j]):
            begin, end = -math.inf, network.must_finish[j]
        if end > -math.inf:
            begin = max(begin, started_back(end, d, c, table))
        first, last = sharing.use_first[j], sharing.use_first[j + 1]
        while True:
            # A finish milestone may stand at the end of a shift, where nothing can start.
            if d == 0.0 and network.shape[j] == FINISH_MILESTONE:
                i = interval_at(begin, c, table)
            else:
                i = open_interval_at(begin, c, table)
            begin = max(begin, table.begin[i])
            work = table.before[i] + (begin - table.begin[i]) + d
            within = i < table.first[c + 1] - 1 and work <= table.before[i + 1]
            done = begin + d if within or d == 0.0 else finish_at(work, c, table)
            if done < end and not work_at(end, c, table) > work:
                # The last bit is left for after the rest in which the other one finishes.
                done = max(end, table.begin[open_interval_at(end, c, table)])
            if first == last or d == 0.0:
                break
            k, taken = first, -1
            while k < last and taken < 0:
                r = sharing.resource[k]
                taken = _last_taken(r, begin, done, sharing.units[k], profile)
                k += 1
            if taken < 0:
                for k in range(first, last):
                    _take(sharing.resource[k], begin, done, sharing.units[k], j, profile)
                break
            begin, freed_by[j] = profile.moment[r, taken + 1], profile.freed_by[r, taken + 1]
        resume[j], finish[j] = begin, done
        start[j] = begin if math.isnan(network.actual_start[j]) else network.actual_start[j]


@kernel
def play(
    duration: FloatArray, watched: IntArray, network: CpmNetwork, table: WorkTime,
    sharing: Sharing, watched_finish: FloatArray, end: FloatArray,
    resume: FloatArray, finish: FloatArray, is_critical: BoolArray,
) -> None:  # fmt: skip
    """
    Date many draws, written into the last five arguments.

    Parameters
    ----------
    duration : ndarray, shape (draw, activity)
        Work that remains. [working minutes, >= 0]
    watched : ndarray of int, shape (watched,)
        Activities whose finish is wanted in any case.
    network : CpmNetwork
        The plan.
    table : WorkTime
        Its calendars.
    sharing : Sharing
        Order, uses and levels.
    watched_finish : ndarray, shape (draw, watched)
        Finish of those.
    end : ndarray, shape (draw,)
        Finish of the whole.
    resume, finish : ndarray, shape (draw, activity)
        First moment of what remains, and finish; without draws they are not kept.
    is_critical : ndarray of bool, shape (draw, activity)
        On the longest path; False on entry. Without draws nothing is marked.
    """
    n_draws, n = duration.shape
    profile = room(sharing)
    starts, finishes, resumes = np.empty(n), np.empty(n), np.empty(n)
    freed_by = np.empty(n, dtype=np.int64)
    for draw in range(n_draws):
        share_out(
            duration[draw], network, table, sharing, profile, starts, finishes, resumes, freed_by
        )
        end[draw] = finishes.max()
        for place in range(watched.size):
            watched_finish[draw, place] = finishes[watched[place]]
        if finish.shape[0] > 0:
            resume[draw], finish[draw] = resumes, finishes
        if is_critical.shape[0] > 0:
            mark_longest_path(
                duration[draw], starts, finishes, resumes, sharing.order, freed_by, network,
                table, is_critical[draw],
            )  # fmt: skip


@kernel
def follow_links(key: FloatArray, network: CpmNetwork) -> None:
    """Raise keys in place, so that none is below that of an activity it waits for."""
    for position in range(network.order.size):
        j = network.order[position]
        if not (math.isnan(network.must_start[j]) and math.isnan(network.must_finish[j])):
            continue  # a date and no link holds it
        for k in range(network.into[j], network.into[j + 1]):
            if network.is_bound[k]:
                key[j] = max(key[j], key[network.predecessor[k]])
