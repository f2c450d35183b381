"""Counts running hosts by time and utilisation, in compiled form."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.compiled import kernel


@kernel
def count_running(
    first: IntArray, start_step: FloatArray, usage_frac: FloatArray, running: FloatArray
) -> None:
    """
    Add each task's samples of utilisation to the table of running hosts.

    A task that starts inside a step puts the share of its sample that falls into that step
    there and the rest into the next one. A utilisation between two levels is shared out so that
    both the number of hosts and their mean utilisation stay exact; levels stand at the squares
    of equal steps, dense near idle, where power rises steeply.

    Parameters
    ----------
    first : ndarray, shape (task + 1,)
        Where each task's samples begin; the last entry is their number.
    start_step : ndarray, shape (task,)
        Start over step length. [>= 0]
    usage_frac : ndarray, shape (sample,)
        Utilisation of the host, one sample a step. [0 to 1]
    running : ndarray, shape (time, level)
        Running hosts; written. Samples after the last time are dropped.
    """
    n_times, n_levels = running.shape
    for task in range(start_step.size):
        begin = int(np.floor(start_step[task]))
        late = start_step[task] - begin
        for sample in range(first[task], first[task + 1]):
            t = begin + sample - first[task]
            if t >= n_times:
                break
            usage = usage_frac[sample]
            level = min(int(np.sqrt(usage) * (n_levels - 1)), n_levels - 2)
            low = (level / (n_levels - 1)) ** 2
            high = ((level + 1) / (n_levels - 1)) ** 2
            above = (usage - low) / (high - low)
            running[t, level] += (1.0 - late) * (1.0 - above)
            running[t, level + 1] += (1.0 - late) * above
            if late > 0.0 and t + 1 < n_times:
                running[t + 1, level] += late * (1.0 - above)
                running[t + 1, level + 1] += late * above
