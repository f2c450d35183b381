"""
Serial schedule generation with limited crews, and the chain that drives a finish.

Both loops are sequential by nature: a job can only be placed once those before
it in the list are. Everything is on the work axis (see `build.calendar`).
"""

from __future__ import annotations

import math

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.calendar.site_time_kernel import WorkingTime, finish_at, start_at, work_at
from wattport.compiled import kernel
from wattport.programme.weather_windows_kernel import Weather, progress_at, work_at_progress

# What fixed the start of a job; BY_END is a link that held its finish.
BY_RELEASE, BY_LINK, BY_STAGGER, BY_CREW, BY_END = 0, 1, 2, 3, 4


@kernel
def _earliest(
    times: FloatArray, used: IntArray, n_steps: int, capacity: int, ready: float, duration: float
) -> tuple[float, int]:
    """Find the earliest start with a crew free throughout, and the step it falls in."""
    low, high = 0, n_steps - 1
    while low < high:
        middle = (low + high + 1) // 2
        if times[middle] <= ready:
            low = middle
        else:
            high = middle - 1
    start, first, step = ready, low, low
    while step < n_steps and (step == first or times[step] < start + duration):
        if used[step] >= capacity:
            # All crews are taken until the next step at least; the last step is free.
            step += 1
            start, first = times[step], step
        else:
            step += 1
    return start, first


@kernel
def _next_free(times: FloatArray, used: IntArray, capacity: int, after: float) -> tuple[float, int]:
    """Find the next moment at which a crew comes free, and the step that begins then."""
    step = 1
    while times[step] <= after or used[step] >= capacity or used[step - 1] < capacity:
        step += 1
    return times[step], step


@kernel
def _split(
    times: FloatArray, used: IntArray, freed: IntArray, n_steps: int, step: int, time: float
) -> int:
    """Cut a step at a time inside it; return the new number of steps."""
    for i in range(n_steps, step + 1, -1):
        times[i], used[i], freed[i] = times[i - 1], used[i - 1], freed[i - 1]
    times[step + 1], used[step + 1], freed[step + 1] = time, used[step], -1
    return n_steps + 1


@kernel
def _occupy(
    times: FloatArray,
    used: IntArray,
    freed: IntArray,
    n_steps: int,
    step: int,
    start: float,
    finish: float,
    job: int,
) -> int:
    """Take one crew from start to finish; return the new number of steps."""
    if times[step] < start:
        n_steps = _split(times, used, freed, n_steps, step, start)
        step += 1
    while step + 1 < n_steps and times[step + 1] <= finish:
        used[step] += 1
        step += 1
    if times[step] < finish:
        n_steps = _split(times, used, freed, n_steps, step, finish)
        used[step] += 1
        step += 1
    if freed[step] < 0:
        freed[step] = job
    return n_steps


@kernel
def _end(begin: float, work: float, k: int, c: int, weather: Weather) -> float:
    """When work that begins at a moment is done."""
    if c < 0:
        return begin + work
    slope, done = weather.slope[k, c], weather.progress[k, c]
    reached = progress_at(begin, weather.boundary, slope, done)
    return max(begin, work_at_progress(reached + work, weather.boundary, slope, done))


@kernel
def _begin(end: float, work: float, k: int, c: int, weather: Weather) -> float:
    """When work that is done at a moment began; the inverse of `_end`."""
    if c < 0:
        return end - work
    slope, done = weather.slope[k, c], weather.progress[k, c]
    reached = progress_at(end, weather.boundary, slope, done)
    return min(end, work_at_progress(reached - work, weather.boundary, slope, done))


@kernel
def serial_schedule(
    order: IntArray,
    duration: FloatArray,
    release: FloatArray,
    link_first: IntArray,
    link_from: IntArray,
    link_kind: IntArray,
    link_is_stagger: BoolArray,
    link_is_elapsed: BoolArray,
    link_lag: FloatArray,
    crew: IntArray,
    capacity: IntArray,
    time: WorkingTime,
    weather_class: IntArray,
    weather: Weather,
) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """
    Place jobs one by one, each as early as links, release and crews allow.

    A job may be placed in a gap before jobs placed earlier, so the order is a
    priority for crews and not a sequence in time.

    Parameters
    ----------
    order : ndarray of int, shape (draw, job)
        Jobs in order of priority, each after its predecessors.
    duration : ndarray, shape (draw, job)
        Working days; NaN where the draw has no such job. [>= 0]
    release : ndarray, shape (draw, job)
        Work before which a job cannot start.
    link_first : ndarray of int, shape (job + 1,)
        Links into job ``j`` are ``link_first[j] : link_first[j + 1]``.
    link_from, link_kind : ndarray of int, shape (link,)
        Predecessor, and value of `equations.network.LinkKind`.
    link_is_stagger : ndarray of bool, shape (link,)
        Spaces two halls.
    link_is_elapsed : ndarray of bool, shape (link,)
        The lag is calendar days; else working days.
    link_lag : ndarray, shape (draw, link)
        Negative is a lead; -inf where the link does not hold.
    crew : ndarray of int, shape (job,)
        Crew type that does the job, one crew throughout; -1: none needed.
    capacity : ndarray of int, shape (draw, crew)
        Crews of each type. [>= 1]
    time : WorkingTime
        Working days of the site.
    weather_class : ndarray of int, shape (job,)
        Class whose weather stops the job; -1: none does.
    weather : Weather
        Progress of each class in each draw.

    Returns
    -------
    start, finish : ndarray, shape (draw, job)
        Work at which each job starts and finishes; NaN where it does not exist.
    driver : ndarray of int, shape (draw, job)
        What fixed the start: BY_RELEASE, BY_LINK, BY_STAGGER, BY_CREW or BY_END.
    driver_job : ndarray of int, shape (draw, job)
        The predecessor, or the job that gave the crew free; -1 for a release.

    References
    ----------
    R. Kolisch, "Serial and parallel resource-constrained project scheduling
    methods revisited", European Journal of Operational Research 90(2), 1996,
    doi:10.1016/0377-2217(95)00357-6.
    """
    n_draws, n_jobs = duration.shape
    start = np.full((n_draws, n_jobs), np.nan)
    finish = np.full((n_draws, n_jobs), np.nan)
    driver = np.zeros((n_draws, n_jobs), dtype=np.int64)
    driver_job = np.full((n_draws, n_jobs), -1, dtype=np.int64)
    n_types = capacity.shape[1]
    on_type = np.zeros(n_types, dtype=np.int64)
    for j in range(n_jobs):
        if crew[j] >= 0:
            on_type[crew[j]] += 1
    width = 2 * (on_type.max() if n_types > 0 else 0) + 2
    times = np.empty((n_types, width))
    used = np.empty((n_types, width), dtype=np.int64)
    freed = np.empty((n_types, width), dtype=np.int64)
    n_steps = np.empty(n_types, dtype=np.int64)
    for k in range(n_draws):
        times[:, 0], used[:, 0], freed[:, 0], n_steps[:] = -np.inf, 0, -1, 1
        for place in range(n_jobs):
            j = order[k, place]
            work = duration[k, j]
            if math.isnan(work):
                continue
            ready, by, cause_job = release[k, j], BY_RELEASE, -1
            for i in range(link_first[j], link_first[j + 1]):
                before = link_from[i]
                kind = link_kind[i]
                is_from_finish = kind == 0 or kind == 2
                point = finish[k, before] if is_from_finish else start[k, before]
                if math.isnan(point) or link_lag[k, i] == -np.inf:
                    continue
                if not link_is_elapsed[i]:
                    bound = point + link_lag[k, i]
                elif is_from_finish:
                    bound = work_at(finish_at(point, time) + link_lag[k, i], time)
                else:
                    bound = work_at(start_at(point, time) + link_lag[k, i], time)
                if kind >= 2:
                    bound = _begin(bound, work, k, weather_class[j], weather)
                if bound > ready:
                    ready, cause_job = bound, before
                    by = BY_STAGGER if link_is_stagger[i] else BY_END if kind >= 2 else BY_LINK
            begin, c = ready, crew[j]
            end = _end(begin, work, k, weather_class[j], weather)
            if c >= 0 and work > 0.0:
                while True:
                    free, step = _earliest(
                        times[c], used[c], n_steps[c], capacity[k, c], begin, end - begin
                    )
                    if free == begin:
                        break
                    if weather_class[j] >= 0:
                        # Other days have other weather: the job may be shorter before then.
                        free, step = _next_free(times[c], used[c], capacity[k, c], begin)
                    begin = free
                    end = _end(begin, work, k, weather_class[j], weather)
                    by, cause_job = BY_CREW, freed[c, step]
                n_steps[c] = _occupy(times[c], used[c], freed[c], n_steps[c], step, begin, end, j)
            start[k, j], finish[k, j] = begin, end
            driver[k, j], driver_job[k, j] = by, cause_job
    return start, finish, driver, driver_job


@kernel
def trace_chains(
    last_job: IntArray,
    start_day: FloatArray,
    finish_day: FloatArray,
    driver: IntArray,
    driver_job: IntArray,
    cause_share: FloatArray,
    release_cause: IntArray,
    crew_cause: int,
    task: IntArray,
    origin_day: float,
) -> tuple[FloatArray, BoolArray]:
    """
    Walk back from the last job of each hall along what drove each start.

    Parameters
    ----------
    last_job : ndarray of int, shape (draw, hall)
        Job that makes the hall ready; -1: no hall.
    start_day, finish_day : ndarray, shape (draw, job)
        Calendar days.
    driver, driver_job : ndarray of int, shape (draw, job)
        From `serial_schedule`.
    cause_share : ndarray, shape (draw, site and hall activity, cause)
        How the own time of an activity is charged; adds up to 1.
    release_cause : ndarray of int, shape (draw, job)
        Cause that the wait for a job's release is charged to.
    crew_cause : int
        Cause that waits for a crew and for the stagger are charged to.
    task : ndarray of int, shape (job,)
        Activity of each job.
    origin_day : float
        Day from which days are charged.

    Returns
    -------
    cause_days : ndarray, shape (draw, hall, cause)
        Days charged to each cause; they add up to the hall's ready day less the origin.
    is_driving : ndarray of bool, shape (draw, hall, site and hall activity)
        Which activities are on the chain, in this hall or, through a crew, in another.

    Notes
    -----
    Where a link held the *finish* of a job, only its time after the predecessor's finish is its
    own: before that it had time to spare.
    """
    n_draws, n_halls = last_job.shape
    n_causes = cause_share.shape[2]
    cause_days = np.zeros((n_draws, n_halls, n_causes))
    is_driving = np.zeros((n_draws, n_halls, cause_share.shape[1]), dtype=np.bool_)
    for k in range(n_draws):
        for h in range(n_halls):
            j = last_job[k, h]
            if j < 0:
                continue
            until, is_own_time = finish_day[k, j], True
            while j >= 0:
                activity = task[j]
                is_driving[k, h, activity] = True
                since = start_day[k, j]
                if driver[k, j] == BY_END:
                    since = max(since, min(until, finish_day[k, driver_job[k, j]]))
                days = until - since
                if is_own_time:
                    for c in range(n_causes):
                        cause_days[k, h, c] += days * cause_share[k, activity, c]
                else:
                    cause_days[k, h, crew_cause] += days
                until = since
                if driver[k, j] == BY_RELEASE:
                    cause_days[k, h, release_cause[k, j]] += until - origin_day
                # A link hands over work; a stagger or a crew only makes the hall wait.
                is_own_time = driver[k, j] == BY_LINK or driver[k, j] == BY_END
                j = driver_job[k, j]
    return cause_days, is_driving
