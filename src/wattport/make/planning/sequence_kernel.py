"""
Compiled tabu search for job shops and flexible job shops.

A move takes one operation of a longest path out and puts it elsewhere on its
machine, or on another that can do it. Heads and tails are computed without the
operation, so that the makespan after each insertion is exact, not an estimate.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattport.equations.random_stream import next_uniform, seed_stream
from wattport.make.compiled import allocating

IntArray = NDArray[np.int64]
_FAR = 1 << 60


class Shop(NamedTuple):
    """Operations of the jobs, in order, and where each may run."""

    job: IntArray  # (operation,)
    first: IntArray  # (job + 1,) first operation of each
    option: IntArray  # (operation + 1,) first option of each
    machine: IntArray  # (option,)
    time: IntArray  # (option,)
    n_machines: int


class Order(NamedTuple):
    """One schedule: the machine of each operation and the order on each machine."""

    machine: IntArray  # (operation,)
    time: IntArray  # (operation,)
    row: IntArray  # (machine, place)
    n_on: IntArray  # (machine,)
    topo: IntArray  # (operation,) every operation after those it waits for
    place: IntArray  # (operation,) in `topo`
    before: IntArray  # (operation,) on its machine; -1: none
    after: IntArray  # (operation,)
    head: IntArray  # (operation,) earliest start
    tail: IntArray  # (operation,) longest path after it


@allocating
def empty_order(shop: Any) -> Any:
    """Room for one schedule."""
    n, m = shop.job.size, shop.n_machines
    return Order(
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros((m, n), np.int64),
        np.zeros(m, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.full(n, -1, np.int64),
        np.full(n, -1, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
    )


@allocating
def _copy(to: Any, of: Any) -> None:
    to.machine[:] = of.machine
    to.time[:] = of.time
    to.row[:] = of.row
    to.n_on[:] = of.n_on


@allocating
def dispatch(shop: Any, rule: Any, order: Any) -> Any:
    """
    Schedule operation by operation where it starts first; ties by a priority rule.

    Rule 0: most work left in the job; 1: shortest operation; 2: most operations left.
    """
    n_jobs = shop.first.size - 1
    at = shop.first[:-1].copy()
    job_free, free = np.zeros(n_jobs, np.int64), np.zeros(shop.n_machines, np.int64)
    order.n_on[:] = 0
    for _ in range(shop.job.size):
        best, best_job, best_option, best_start = np.inf, -1, -1, 0
        for job in range(n_jobs):
            op = at[job]
            if op == shop.first[job + 1]:
                continue
            left = 0
            for later in range(op, shop.first[job + 1]):
                left += shop.time[shop.option[later]]
            for option in range(shop.option[op], shop.option[op + 1]):
                start = max(job_free[job], free[shop.machine[option]])
                end = start + shop.time[option]
                worth = left if rule == 0 else shop.first[job + 1] - op
                if rule == 1:
                    worth = -shop.time[option]
                key = (start if rule < 2 else end) - 1e-6 * worth
                if key < best:
                    best, best_job, best_option, best_start = key, job, option, start
        op, m = at[best_job], shop.machine[best_option]
        order.machine[op], order.time[op] = m, shop.time[best_option]
        order.row[m, order.n_on[m]] = op
        order.n_on[m] += 1
        free[m] = job_free[best_job] = best_start + shop.time[best_option]
        at[best_job] += 1
    return refresh(shop, order)


@allocating
def refresh(shop: Any, order: Any) -> Any:
    """Compute neighbours, heads and tails of a schedule; its makespan, -1 if it is a circle."""
    n = shop.job.size
    for m in range(shop.n_machines):
        last = -1
        for i in range(order.n_on[m]):
            op = order.row[m, i]
            order.before[op] = last
            if last >= 0:
                order.after[last] = op
            last = op
        if last >= 0:
            order.after[last] = -1
    waits = np.zeros(n, np.int64)
    n_ready = 0
    for op in range(n):
        waits[op] = (op > shop.first[shop.job[op]]) + (order.before[op] >= 0)
        if waits[op] == 0:
            order.topo[n_ready] = op
            order.head[op] = 0
            n_ready += 1
        else:
            order.head[op] = 0
    done, makespan = 0, 0
    while done < n_ready:
        op = order.topo[done]
        order.place[op] = done
        done += 1
        end = order.head[op] + order.time[op]
        makespan = max(makespan, end)
        following = op + 1 if op + 1 < shop.first[shop.job[op] + 1] else -1
        for other in (following, order.after[op]):
            if other >= 0:
                order.head[other] = max(order.head[other], end)
                waits[other] -= 1
                if waits[other] == 0:
                    order.topo[n_ready] = other
                    n_ready += 1
    if done < n:
        return -1
    for i in range(n - 1, -1, -1):
        op = order.topo[i]
        tail = 0
        if op + 1 < shop.first[shop.job[op] + 1]:
            tail = order.tail[op + 1] + order.time[op + 1]
        if order.after[op] >= 0:
            tail = max(tail, order.tail[order.after[op]] + order.time[order.after[op]])
        order.tail[op] = tail
    return makespan


@allocating
def _without(shop: Any, order: Any, out: Any, head: Any, tail: Any) -> Any:
    """Heads and tails when one operation is taken out; the makespan then."""
    n, at = shop.job.size, order.place[out]
    for i in range(at):
        op = order.topo[i]
        head[op] = order.head[op]
    for i in range(at + 1, n):
        op = order.topo[i]
        tail[op] = order.tail[op]
    is_first = out == shop.first[shop.job[out]]
    is_last = out + 1 == shop.first[shop.job[out] + 1]
    head[out] = 0 if is_first else head[out - 1] + order.time[out - 1]
    tail[out] = 0 if is_last else tail[out + 1] + order.time[out + 1]
    for i in range(at + 1, n):
        op = order.topo[i]
        start = 0
        if op > shop.first[shop.job[op]]:
            start = head[op - 1] + (order.time[op - 1] if op - 1 != out else 0)
        other = order.before[op]
        other = order.before[out] if other == out else other
        if other >= 0:
            start = max(start, head[other] + order.time[other])
        head[op] = start
    for i in range(at - 1, -1, -1):
        op = order.topo[i]
        left = 0
        if op + 1 < shop.first[shop.job[op] + 1]:
            left = tail[op + 1] + (order.time[op + 1] if op + 1 != out else 0)
        other = order.after[op]
        other = order.after[out] if other == out else other
        if other >= 0:
            left = max(left, tail[other] + order.time[other])
        tail[op] = left
    makespan = 0
    for op in range(n):
        if op != out:
            makespan = max(makespan, head[op] + order.time[op] + tail[op])
    return makespan


@allocating
def _row_without(order: Any, m: Any, out: Any, row: Any) -> Any:
    """Operations of one machine without one of them; how many, and the place it had."""
    n, place = 0, -1
    for i in range(order.n_on[m]):
        op = order.row[m, i]
        if op == out:
            place = n
        else:
            row[n] = op
            n += 1
    return n, place


@allocating
def _window(order: Any, out: Any, row: Any, n: Any, head: Any, tail: Any) -> Any:
    """
    First and last place where insertion closes no circle and no better place is missed.

    After all operations that must run later than the one inserted and not
    earlier, before all that must run earlier and not later (Mastrolilli and
    Gambardella 2000, theorem 1).
    """
    a, b = 0, n
    while a < n and tail[row[a]] + order.time[row[a]] > tail[out]:
        a += 1
    while b > 0 and head[row[b - 1]] + order.time[row[b - 1]] > head[out]:
        b -= 1
    return min(a, b), max(a, b)


@allocating
def _move(order: Any, op: Any, m: Any, time: Any, at: Any) -> None:
    """Take an operation from its machine and put it at a place of another (or the same)."""
    old = order.machine[op]
    is_past = False
    for i in range(order.n_on[old] - 1):
        is_past = is_past or order.row[old, i] == op
        if is_past:
            order.row[old, i] = order.row[old, i + 1]
    order.n_on[old] -= 1
    for i in range(order.n_on[m], at, -1):
        order.row[m, i] = order.row[m, i - 1]
    order.row[m, at] = op
    order.n_on[m] += 1
    order.machine[op], order.time[op] = m, time


@allocating
def _longest_path(shop: Any, order: Any, makespan: Any, stream: Any, path: Any) -> Any:
    """Operations of one longest path, drawn at random among them; their number."""
    n, op, n_seen = 0, -1, 0
    for first in range(shop.job.size):
        is_start = order.head[first] == 0
        if is_start and order.time[first] + order.tail[first] == makespan:
            n_seen += 1
            if next_uniform(stream) * n_seen < 1.0:
                op = first
    while op >= 0:
        path[n] = op
        n += 1
        end = order.head[op] + order.time[op]
        following, n_seen = -1, 0
        in_job = op + 1 if op + 1 < shop.first[shop.job[op] + 1] else -1
        for other in (in_job, order.after[op]):
            if other < 0 or order.head[other] != end:
                continue
            if end + order.time[other] + order.tail[other] == makespan:
                n_seen += 1
                if next_uniform(stream) * n_seen < 1.0:
                    following = other
        op = following
    return n


class Memory(NamedTuple):
    """What may not be undone yet, by the iteration until which."""

    pair: IntArray  # (operation, operation) the first before the second
    place: IntArray  # (operation, machine)


@allocating
def _is_tabu(memory: Any, step: Any, op: Any, m: Any, row: Any, old: Any, new: Any) -> Any:
    if old < 0:
        return memory.place[op, m] > step
    for i in range(old, new):
        if memory.pair[row[i], op] > step:
            return True
    is_earlier_tabu = False
    for i in range(new, old):
        is_earlier_tabu = is_earlier_tabu or memory.pair[op, row[i]] > step
    return is_earlier_tabu


@allocating
def _forbid(
    memory: Any, until: Any, op: Any, from_machine: Any, row: Any, old: Any, new: Any
) -> None:
    if old < 0:
        memory.place[op, from_machine] = until
        return
    for i in range(old, new):
        memory.pair[op, row[i]] = until
    for i in range(new, old):
        memory.pair[row[i], op] = until


@allocating
def _shake(shop: Any, order: Any, n_moves: Any, stream: Any, row: Any, head: Any, tail: Any) -> Any:
    """Move some operations to places drawn at random."""
    makespan = refresh(shop, order)
    for _ in range(n_moves):
        op = int(next_uniform(stream) * shop.job.size)
        n_options = shop.option[op + 1] - shop.option[op]
        option = shop.option[op] + int(next_uniform(stream) * n_options)
        m = shop.machine[option]
        _without(shop, order, op, head, tail)
        n, _ = _row_without(order, m, op, row)
        a, b = _window(order, op, row, n, head, tail)
        _move(order, op, m, shop.time[option], a + int(next_uniform(stream) * (b - a + 1)))
        makespan = refresh(shop, order)
    return makespan


@allocating
def _best_move(
    shop: Any, now: Any, memory: Any, step: Any, makespan: Any, least: Any, stream: Any, work: Any
) -> Any:
    """
    Operation, option and place of the move with the shortest makespan, then shortest path.

    A tabu move counts only if it beats the best makespan; if nothing is left,
    any move is drawn. The operation is -1 if no move exists: the plan is best.
    """
    head, tail, row, path = work
    n_path = _longest_path(shop, now, makespan, stream, path)
    chosen, any_op = -1, -1
    chosen_span, chosen_through, n_tied, n_any = _FAR, _FAR, 0, 0
    chosen_option, chosen_at, any_option, any_at = 0, 0, 0, 0
    for i in range(n_path):
        op = path[i]
        rest = _without(shop, now, op, head, tail)
        for option in range(shop.option[op], shop.option[op + 1]):
            m, time = shop.machine[option], shop.time[option]
            n_row, old = _row_without(now, m, op, row)
            a, b = _window(now, op, row, n_row, head, tail)
            for at in range(a, b + 1):
                if at == old:
                    continue
                begin, left = head[op], tail[op]
                if at > 0:
                    begin = max(begin, head[row[at - 1]] + now.time[row[at - 1]])
                if at < n_row:
                    left = max(left, tail[row[at]] + now.time[row[at]])
                through = begin + time + left
                span = max(rest, through)
                n_any += 1
                if next_uniform(stream) * n_any < 1.0:
                    any_op, any_option, any_at = op, option, at
                if span > chosen_span or (span == chosen_span and through > chosen_through):
                    continue
                if span >= least and _is_tabu(memory, step, op, m, row, old, at):
                    continue
                is_better = span < chosen_span or through < chosen_through
                n_tied = 1 if is_better else n_tied + 1
                if is_better or next_uniform(stream) * n_tied < 1.0:
                    chosen, chosen_option, chosen_at = op, option, at
                    chosen_span, chosen_through = span, through
    if chosen < 0:
        chosen, chosen_option, chosen_at = any_op, any_option, any_at
    return chosen, chosen_option, chosen_at


@allocating
def improve(
    shop: Any, best: Any, bound: Any, n_steps: Any, patience: Any, n_elite: Any, seed: Any
) -> Any:
    """
    Tabu search from a schedule, with restarts from shaken elite schedules.

    Parameters
    ----------
    shop : Shop
        Jobs and machines.
    best : Order
        To improve, changed in place.
    bound : int
        Stop when the makespan reaches it.
    n_steps, patience : int
        Moves in all; moves without gain before a restart.
    n_elite : int
        Schedules kept to restart from.
    seed : int
        Of the random choices.

    Returns
    -------
    makespan : int
        Of `best`.
    steps : int
        Moves made.
    """
    n, n_machines = shop.job.size, shop.n_machines
    stream = seed_stream(seed, n, n_machines, 0)
    now, local = empty_order(shop), empty_order(shop)
    elite = [empty_order(shop) for _ in range(n_elite)]
    elite_span = np.full(n_elite, _FAR, np.int64)
    head, tail = np.zeros(n, np.int64), np.zeros(n, np.int64)
    row, path = np.zeros(n, np.int64), np.zeros(n, np.int64)
    work = (head, tail, row, path)
    memory = Memory(np.zeros((n, n), np.int64), np.zeros((n, n_machines), np.int64))
    _copy(now, best)
    least = makespan = local_least = refresh(shop, now)
    _copy(local, now)
    stale = 0
    tenure = 10.0 + (shop.first.size - 1) / n_machines
    step = 0
    while step < n_steps and least > bound:
        step += 1
        chosen, option, at = _best_move(shop, now, memory, step, makespan, least, stream, work)
        if chosen >= 0:
            m, from_machine = shop.machine[option], now.machine[chosen]
            _, old = _row_without(now, m, chosen, row)
            until = step + int(tenure * (1.0 + next_uniform(stream)))
            _forbid(memory, until, chosen, from_machine, row, old, at)
            _move(now, chosen, m, shop.time[option], at)
            makespan = refresh(shop, now)
        stale += 1
        if makespan < local_least:
            local_least, stale = makespan, 0
            _copy(local, now)
        if makespan < least:
            least = makespan
            _copy(best, now)
        if stale > patience or chosen < 0:
            worst = np.argmax(elite_span)
            if local_least <= elite_span[worst]:
                _copy(elite[worst], local)
                elite_span[worst] = local_least
            pick = int(next_uniform(stream) * n_elite)
            pick = pick if elite_span[pick] < _FAR else int(worst)
            _copy(now, elite[pick])
            makespan = _shake(
                shop, now, 4 + int(next_uniform(stream) * n / 6), stream, row, head, tail
            )
            local_least, stale = makespan, 0
            _copy(local, now)
            memory.pair[:] = 0
            memory.place[:] = 0
    refresh(shop, best)
    return least, step
