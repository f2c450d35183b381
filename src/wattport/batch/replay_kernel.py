"""Jobs at their real start times, laid into the machine."""

from wattport.arrays import IntArray
from wattport.batch.pool_kernel import Pool, allocate, release
from wattport.compiled import kernel


@kernel
def lay_out(pool: Pool, event: IntArray, n_nodes: IntArray, scope: IntArray, rows: IntArray) -> int:
    """
    Give each job its nodes while it runs, and note how many lie in which hall.

    Parameters
    ----------
    pool : Pool
        The machine, all free, with room for the fullest moment; changed in place.
    event : ndarray of int64, shape (2 * job,)
        Starts (``job``) and ends (``-1 - job``) in order of time.
    n_nodes, scope : ndarray of int64, shape (job,)
        Nodes, and closeness preferred.
    rows : ndarray of int64, shape (row, 3)
        Receives job, hall, nodes; a job has a row in each hall at most.

    Returns
    -------
    int
        Rows in use.
    """
    n_rows = 0
    for e in event:
        if e < 0:
            release(pool, -1 - e)
            continue
        allocate(pool, e, n_nodes[e], scope[e])
        part = pool.first_part[e]
        hall = -1
        while part >= 0:
            here = pool.rack[pool.part[part].rack].hall
            if here != hall:
                rows[n_rows, 0], rows[n_rows, 1], rows[n_rows, 2] = e, here, 0
                n_rows += 1
                hall = here
            rows[n_rows - 1, 2] += pool.part[part].n
            part = pool.part[part].next
    return n_rows
