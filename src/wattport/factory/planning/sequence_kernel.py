"""
Compiled tabu search for job shops and flexible job shops.

A move takes one operation of a longest path out and puts it elsewhere on its
machine, or on another that can do it. Heads and tails are computed without the
operation, so that the makespan after each insertion is exact, not an estimate.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wattport.arrays import IntArray
from wattport.equations.random_stream import next_uniform, seed_stream
from wattport.factory.engine.compiled import allocating
from wattport.factory.planning.shop_kernel import copy_order, empty_order, refresh

_FAR = 1 << 60


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
def _restart(
    now: Any, local: Any, local_least: Any, elite: Any, elite_span: Any, stream: Any
) -> None:
    """Keep the best schedule since the last restart among the elite, and take one of them."""
    worst = int(np.argmax(elite_span))
    if local_least <= elite_span[worst]:
        copy_order(elite[worst], local)
        elite_span[worst] = local_least
    pick = int(next_uniform(stream) * len(elite))
    copy_order(now, elite[pick if elite_span[pick] < _FAR else worst])


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
    copy_order(now, best)
    least = makespan = local_least = refresh(shop, now)
    copy_order(local, now)
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
            copy_order(local, now)
        if makespan < least:
            least = makespan
            copy_order(best, now)
        if stale > patience or chosen < 0:
            _restart(now, local, local_least, elite, elite_span, stream)
            n_moves = 4 + int(next_uniform(stream) * n / 6)
            makespan = _shake(shop, now, n_moves, stream, row, head, tail)
            local_least, stale = makespan, 0
            copy_order(local, now)
            memory.pair[:] = 0
            memory.place[:] = 0
    refresh(shop, best)
    return least, step
