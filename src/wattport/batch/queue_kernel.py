"""
The waiting queue as a tree of minima: the next job that may start, without walking the queue.

A leaf is a job's rank in the queue. Each inner vertex keeps the fewest nodes and the shortest
request below it, so that whole stretches of jobs that are too large or too long are passed over.
"""

from wattport.arrays import IntArray
from wattport.compiled import kernel

NEVER = 2**61


@kernel
def tree_put(least_n: IntArray, least_ms: IntArray, rank: int, n_nodes: int, wall_ms: int) -> None:
    """
    Let a job wait, or with `NEVER` twice take it out of the queue.

    Parameters
    ----------
    least_n, least_ms : ndarray of int64, shape (2 * leaves,)
        The tree, root at 1; changed in place.
    rank : int
        Leaf of the job.
    n_nodes, wall_ms : int
        Nodes wanted; estimated wall time. [ms]
    """
    p = rank + least_n.size // 2
    least_n[p], least_ms[p] = n_nodes, wall_ms
    p >>= 1
    while p >= 1:
        n = min(least_n[2 * p], least_n[2 * p + 1])
        t = min(least_ms[2 * p], least_ms[2 * p + 1])
        if n == least_n[p] and t == least_ms[p]:
            break
        least_n[p], least_ms[p] = n, t
        p >>= 1


@kernel
def tree_next(
    least_n: IntArray, least_ms: IntArray, rank: int, free: int, spare: int, slack_ms: int
) -> int:
    """
    Find the first waiting job, from a rank on, that fits beside the reservation.

    Parameters
    ----------
    least_n, least_ms : ndarray of int64, shape (2 * leaves,)
        The tree of `tree_put`.
    rank : int
        First leaf looked at.
    free : int
        Nodes free now.
    spare : int
        Nodes that stay free when the reserved job has started.
    slack_ms : int
        Time until the reserved job starts. [ms]

    Returns
    -------
    int
        Rank of the first job with ``n <= free`` and (``wall <= slack`` or ``n <= spare``);
        -1 if there is none.
    """
    leaves = least_n.size // 2
    if rank >= leaves:
        return -1
    p = rank + leaves
    while True:
        n = least_n[p]
        if n <= free and (least_ms[p] <= slack_ms or n <= spare):
            if p >= leaves:
                return p - leaves
            p = 2 * p
            continue
        while p & 1:
            p >>= 1
        if p == 0:
            return -1
        p += 1
