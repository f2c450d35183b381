"""
Genetic search of two populations: schedules read forwards, and schedules read backwards.

A child of two forward schedules is placed backwards and joins the backward population, and the
other way round. So each generated schedule is at once a crossover and half of a justification.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.equations.random_stream import next_uniform, seed_stream
from wattport.schedule.rcpsp_kernel import (
    Side,
    SmallInts,
    Words,
    follow_links,
    mirror_starts,
    place_in_parallel,
    place_serially,
    sort_by_key,
)

EMPTY = 1e18
# How strongly urgency rules the first orders: afresh, they are spread more widely.
FIRST_POWER, LATER_POWER = 2.0, 1.0
# Of the first schedules, how many come from the parallel scheme: those without delay are the
# better ones where resources are scarce, but they all resemble each other.
PARALLEL_FRAC = 0.5
# Share of the makespan that a child takes from its mother, at least and at most.
LEAST_WINDOW_FRAC, MOST_WINDOW_FRAC = 0.1, 0.5
# Schedules without a new member, in multiples of the population, before all starts afresh.
PATIENCE = 5


class Population(NamedTuple):
    """Schedules of both directions: 0 forward, 1 backward."""

    start: Any  # (direction, member, activity) int32
    makespan: Any  # (direction, member) int32
    rating: Any  # (direction, member): lower is better; EMPTY: no member


@kernel
def _below(state: Words, n: int) -> int:
    return int(next_uniform(state) * n)


@kernel
def _sample_keys(side: Side, latest: SmallInts, power: float, state: Words, key: SmallInts) -> None:
    """
    Draw an order: of those that may come next, rather the one that must finish early.

    The chance grows with a power of the regret, the lead over the least urgent.
    """
    n = key.size
    n_open = side.first[1:] - side.first[:-1]
    weight = np.empty(n)
    key[:] = -1
    for place in range(n):
        least_urgent = -(2**30)
        for j in range(n):
            if key[j] < 0 and n_open[j] == 0:
                least_urgent = max(least_urgent, latest[j])
        total = 0.0
        for j in range(n):
            weight[j] = 0.0
            if key[j] < 0 and n_open[j] == 0:
                weight[j] = float(least_urgent - latest[j] + 1) ** power
                total += weight[j]
        left, chosen = next_uniform(state) * total, -1
        for j in range(n):
            if weight[j] > 0.0:
                chosen = j
                left -= weight[j]
                if left <= 0.0:
                    break
        key[chosen] = place
        # Numbers ascend along links, so that only higher ones can follow.
        for j in range(chosen + 1, n):
            for i in range(side.first[j], side.first[j + 1]):
                if side.other[i] == chosen:
                    n_open[j] -= 1


@kernel
def _cross_keys(
    mother: SmallInts, mother_span: int, father: SmallInts, father_span: int,
    side: Side, state: Words, far: int, key: SmallInts,
) -> None:  # fmt: skip
    """
    Keep what the mother does in a window of time; before and after, follow the father.

    ``far`` is more than any start. Both parents are read in the direction of the child.
    """
    share = LEAST_WINDOW_FRAC + (MOST_WINDOW_FRAC - LEAST_WINDOW_FRAC) * next_uniform(state)
    width = max(1, int(mother_span * share))
    opens = _below(state, mother_span + width) - width
    closes = opens + width
    middle = 0.5 * (opens + closes) * father_span / mother_span
    for j in range(key.size):
        duration = side.duration[j]
        if mother[j] >= opens and mother[j] + duration <= closes:
            key[j] = far + mother[j]
        elif father[j] + 0.5 * duration < middle:
            key[j] = father[j]
        else:
            key[j] = 2 * far + father[j]


@kernel
def _fitter(rating: FloatArray, state: Words) -> int:
    """Choose the better of two members at random."""
    one, other = _below(state, rating.size), _below(state, rating.size)
    return other if rating[other] < rating[one] else one


@kernel
def _breed(
    people: Population, direction: int, sides: tuple[Side, Side], state: Words, far: int,
    key: SmallInts,
) -> None:  # fmt: skip
    """Write the keys of a child, to be placed in the other direction than its parents."""
    start, makespan = people.start[direction], people.makespan[direction]
    rating = people.rating[direction]
    one, two = _fitter(rating, state), _fitter(rating, state)
    if one == two:
        two = _below(state, rating.size)
    mother, father = np.empty_like(key), np.empty_like(key)
    duration = sides[direction].duration
    mirror_starts(start[one], duration, makespan[one], mother)
    mirror_starts(start[two], duration, makespan[two], father)
    _cross_keys(mother, makespan[one], father, makespan[two], sides[1 - direction], state, far, key)


@kernel
def _join(people: Population, direction: int, start: SmallInts, makespan: int, rate: float) -> bool:
    """Take the worst member's place if no worse and not there already; tell whether."""
    rating = people.rating[direction]
    worst = 0
    for i in range(rating.size):
        if rating[i] > rating[worst]:
            worst = i
    if rate > rating[worst]:
        return False
    for i in range(rating.size):
        if (
            rating[i] == rate
            and rating[worst] != EMPTY
            and np.array_equal(people.start[direction, i], start)
        ):
            return False
    people.start[direction, worst] = start
    people.makespan[direction, worst] = makespan
    is_better = bool(rate < rating[worst])
    rating[worst] = rate
    return is_better


@kernel
def search(
    forward: Side, backward: Side, latest: SmallInts, n_periods: int,
    lower: int, n_schedules: int, n_members: int, seed: int,
) -> tuple[int, SmallInts, int]:  # fmt: skip
    """
    Look for a short schedule, counting every pass that places all activities.

    Parameters
    ----------
    forward, backward : Side
        The project, and the project read backwards.
    latest : ndarray of int32, shape (activity,)
        Latest finish, up to a constant.
    n_periods : int
        More than the longest schedule.
    lower : int
        Makespan at which to stop, as no schedule is shorter.
    n_schedules : int
        Passes allowed. [>= 1]
    n_members : int
        Size of each population.
    seed : int
        Of the random stream.

    Returns
    -------
    makespan : int
        The shortest found. [periods]
    start : ndarray of int32, shape (activity,)
        Its starts, forwards.
    n_used : int
        Schedules generated.

    References
    ----------
    D. Debels, M. Vanhoucke, "A bi-population based genetic algorithm for the
    resource-constrained project scheduling problem", LNCS 3483, 2005,
    doi:10.1007/11424925_41 (two populations).
    V. Valls, F. Ballestin, S. Quintanilla, "Justification and RCPSP: a technique that pays",
    European Journal of Operational Research 165(2), 2005, doi:10.1016/j.ejor.2004.04.008.
    """
    n = latest.size
    state = seed_stream(seed, 0, 0, 0)
    sides = (forward, backward)
    profile = np.empty((n_periods, forward.free.size), np.uint64)
    count = np.empty(3 * n_periods + n + 2, np.int32)
    key, order, start = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    best, best_start, n_used = 2**30, np.zeros(n, np.int32), 0
    people = Population(
        np.zeros((2, n_members, n), np.int32),
        np.zeros((2, n_members), np.int32),
        np.full((2, n_members), EMPTY),
    )
    step = n_idle = makespan = direction = 0
    power = FIRST_POWER
    while best > lower and n_used < n_schedules:
        # The first schedules are drawn and justified: forward, backward, forward.
        is_drawn = step < 3 * n_members and step % 3 == 0
        if is_drawn:
            _sample_keys(forward, latest, power, state, key)
            direction = 0
        elif step < 3 * n_members:
            mirror_starts(start, sides[direction].duration, makespan, key)
            direction = 1 - direction
        else:
            _breed(people, direction, sides, state, n_periods, key)
            direction = 1 - direction
        side = sides[direction]
        follow_links(key, side)
        sort_by_key(key, order, count)
        if is_drawn and next_uniform(state) < PARALLEL_FRAC:
            makespan = place_in_parallel(order, side, sides[1 - direction], start)
        else:
            makespan = place_serially(order, side, start, profile)
        n_used += 1
        step += 1
        if makespan < best:
            best = makespan
            best_start[:] = start
            if direction == 1:
                mirror_starts(start, side.duration, makespan, best_start)
        # Of two equally long schedules, the one that is done earlier on average.
        rate = makespan + start.sum() / ((makespan + 1.0) * n)
        n_idle = 0 if _join(people, direction, start, makespan, rate) else n_idle + 1
        if n_idle > PATIENCE * n_members:
            people.rating[:] = EMPTY
            step = n_idle = 0
            power = LATER_POWER
    return best, best_start, n_used
