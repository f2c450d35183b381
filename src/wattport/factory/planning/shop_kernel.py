"""Compiled schedules of a job shop: dispatch by a rule, heads, tails and makespan."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wattport.arrays import IntArray
from wattport.factory.engine.compiled import allocating


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
def copy_order(to: Any, of: Any) -> None:
    """Copy machines, times and rows; neighbours, heads and tails come with `refresh`."""
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
