"""The one future that stands for many: where every milestone lies near its middle."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.records import Programme


def typical_draw(programme: Programme) -> int:
    """
    Find the draw whose milestones are nearest to their medians, all of them.

    A schedule of P50 dates is none: no future has them all, and its links would not hold. The
    draw found is a future that can happen, and no milestone of it is far from its P50.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    int
        The draw whose worst milestone is least far from the middle, by ranks; of equals the
        one nearest on the whole.

    Notes
    -----
    Milestones never reached rank last. With one draw it is that one.
    """
    return _most_central(np.asarray(programme.milestone_day, dtype=np.float64))


def _most_central(day: FloatArray) -> int:
    """
    Row whose ranks are nearest to the middle in every column.

    Examples
    --------
    >>> _most_central(np.array([[1.0, 9.0], [3.0, 7.0], [2.0, 8.0], [np.inf, 5.0], [9.0, 6.0]]))
    1
    """
    late = np.where(np.isfinite(day), day, np.inf)
    # Equal dates share their middle rank: a milestone that never moves favours nobody.
    middle = np.empty(late.shape)
    for m, column in enumerate(late.T):
        rising = np.sort(column)
        below = np.searchsorted(rising, column, "left")
        middle[:, m] = 0.5 * (below + np.searchsorted(rising, column, "right"))
    off = np.abs(middle - 0.5 * day.shape[0])
    return int(np.lexsort((off.sum(axis=1), off.max(axis=1)))[0])
