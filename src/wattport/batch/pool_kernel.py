"""
Nodes handed out by the rack: where a job lies, and what stays free in each rack, row and hall.

The counts are per rack and a running job is a chain of (rack, nodes) pairs; there is no state
for a single node.
"""

from typing import NamedTuple

import numpy as np

from wattport.arrays import IntArray, Records
from wattport.compiled import kernel

SCOPE_ANY, SCOPE_HALL, SCOPE_ROW, SCOPE_RACK = 0, 1, 2, 3


RACK = np.dtype(
    [(name, np.int64) for name in ("row", "hall", "end_node", "free", "failed", "maintained")],
    align=True,
)
PART = np.dtype([(name, np.int64) for name in ("rack", "n", "next")], align=True)


class Pool(NamedTuple):
    """Racks in order of hall and row, with what is free and what each job holds."""

    rack: Records  # (rack,) of `RACK`; `end_node` cumulates nodes
    row_begin: IntArray  # (row + 1,) first rack of each row
    hall_begin: IntArray  # (hall + 1,) first rack of each hall
    row_free: IntArray  # (row,)
    hall_free: IntArray  # (hall,)
    part: Records  # (parts,) of `PART`: chains of the jobs' racks; -1 ends one
    first_part: IntArray  # (job,) -1: holds nothing
    spare_part: IntArray  # (1,) head of the chain of unused parts


@kernel
def move_free(pool: Pool, rack: int, n: int) -> None:
    """Add ``n`` nodes to what is free in a rack; negative: take them."""
    pool.rack[rack].free += n
    pool.row_free[pool.rack[rack].row] += n
    pool.hall_free[pool.rack[rack].hall] += n


@kernel
def _tightest(free: IntArray, n: int) -> int:
    """Index of the smallest room that still holds ``n``; -1: none does."""
    best = -1
    for i in range(free.size):
        if free[i] >= n and (best < 0 or free[i] < free[best]):
            best = i
            if free[i] == n:
                break
    return best


@kernel
def allocate(pool: Pool, job: int, n: int, scope: int) -> None:
    """
    Give a job its nodes, as close together as it asks if there is room.

    Parameters
    ----------
    pool : Pool
        Changed in place.
    job, n : int
        The job and its nodes; the pool has as many free.
    scope : int
        Closeness preferred: one rack, row or hall, the tightest that fits; else the next wider.
    """
    low, high = 0, pool.rack.size
    found = -1
    if scope >= SCOPE_RACK:
        found = _tightest(pool.rack["free"], n)
        if found >= 0:
            low, high = found, found + 1
    if found < 0 and scope >= SCOPE_ROW:
        found = _tightest(pool.row_free, n)
        if found >= 0:
            low, high = pool.row_begin[found], pool.row_begin[found + 1]
    if found < 0 and scope >= SCOPE_HALL:
        found = _tightest(pool.hall_free, n)
        if found >= 0:
            low, high = pool.hall_begin[found], pool.hall_begin[found + 1]
    previous = -1
    for rack in range(low, high):
        take = min(n, pool.rack[rack].free)
        if take <= 0:
            continue
        part = pool.spare_part[0]
        pool.spare_part[0] = pool.part[part].next
        pool.part[part].rack, pool.part[part].n, pool.part[part].next = rack, take, -1
        if previous < 0:
            pool.first_part[job] = part
        else:
            pool.part[previous].next = part
        previous = part
        move_free(pool, rack, -take)
        n -= take
        if n == 0:
            break


@kernel
def release(pool: Pool, job: int) -> None:
    """Give back all nodes of a job."""
    part = pool.first_part[job]
    pool.first_part[job] = -1
    while part >= 0:
        move_free(pool, pool.part[part].rack, pool.part[part].n)
        following = pool.part[part].next
        pool.part[part].next = pool.spare_part[0]
        pool.spare_part[0] = part
        part = following


@kernel
def holder_of(pool: Pool, rack: int, index: int, running: IntArray, n_running: int) -> int:
    """
    Find who uses a node of a rack.

    Parameters
    ----------
    pool : Pool
        The machine.
    rack, index : int
        The rack, and the node's number in it. Numbers are dealt afresh: failed nodes first,
        then maintained, free and busy ones, which is as good as any for a random pick.
    running : ndarray of int64
        Jobs that run; entries that are no jobs hold no parts and have larger numbers.
    n_running : int
        Entries in use.

    Returns
    -------
    int
        The job; -1: the node is free; -2: it is failed or maintained.
    """
    index -= pool.rack[rack].failed + pool.rack[rack].maintained
    if index < 0:
        return -2
    index -= pool.rack[rack].free
    if index < 0:
        return -1
    n_jobs = pool.first_part.size
    for i in range(n_running):
        job = running[i]
        if job >= n_jobs:
            continue
        part = pool.first_part[job]
        while part >= 0:
            if pool.part[part].rack == rack:
                index -= pool.part[part].n
                if index < 0:
                    return int(job)
            part = pool.part[part].next
    return -2
