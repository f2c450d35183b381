"""Milestones of the site: first compute, each tranche's halls, the full campus."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray

FIRST, FULL = 0, -1  # places on the milestone axis; tranches lie between
NO_HALL = -1


def milestone_names(n_tranches: int) -> tuple[str, ...]:
    """
    Name the milestones in their order.

    Parameters
    ----------
    n_tranches : int
        Grid tranches of the spec.

    Returns
    -------
    tuple of str
        Labels of the milestone axis.

    Examples
    --------
    >>> milestone_names(2)
    ('first compute', 'halls of tranche 1', 'halls of tranche 2', 'full campus')
    """
    return ("first compute", *(f"halls of tranche {t + 1}" for t in range(n_tranches)),
            "full campus")  # fmt: skip


def deciding_hall(ready_day: FloatArray, tranche: IntArray, n_tranches: int) -> IntArray:
    """
    Find the hall whose readiness is each milestone.

    The first of the campus for first compute; the last of a tranche's halls, or of all, for
    the others. Halls that a draw does not build are passed over.

    Parameters
    ----------
    ready_day : ndarray, shape (draw, hall)
        NaN where there is no hall.
    tranche : ndarray of int, shape (draw, hall)
        Tranche that admits each hall; -1: none.
    n_tranches : int
        Grid tranches of the spec.

    Returns
    -------
    ndarray of int, shape (draw, milestone)
        Hall; -1 where the draw has none.

    Examples
    --------
    >>> ready = np.array([[5.0, 9.0, 7.0, np.nan]])
    >>> deciding_hall(ready, np.array([[0, 1, 1, 1]]), 3)
    array([[ 0,  0,  1, -1,  1]])
    """
    is_ready = ~np.isnan(ready_day)
    halls = [is_ready, *(is_ready & (tranche == t) for t in range(n_tranches)), is_ready]
    late = np.stack([np.where(mine, ready_day, -np.inf).argmax(axis=1) for mine in halls], axis=1)
    late[:, FIRST] = np.where(is_ready, ready_day, np.inf).argmin(axis=1)
    exists = np.stack([mine.any(axis=1) for mine in halls], axis=1)
    return np.where(exists, late, NO_HALL).astype(np.int64)


def milestone_days(ready_day: FloatArray, hall: IntArray) -> FloatArray:
    """
    Day of each milestone.

    Parameters
    ----------
    ready_day : ndarray, shape (draw, hall)
        NaN where there is no hall.
    hall : ndarray of int, shape (draw, milestone)
        From `deciding_hall`.

    Returns
    -------
    ndarray, shape (draw, milestone)
        NaN where the draw does not have it.
    """
    day = np.take_along_axis(ready_day, np.maximum(hall, 0), axis=1)
    return np.where(hall == NO_HALL, np.nan, day)


def first_day(ready_day: FloatArray) -> FloatArray:
    """Earliest over halls, NaN where a draw has none; shape (draw,)."""
    earliest = np.where(np.isnan(ready_day), np.inf, ready_day).min(axis=1)
    return np.where(np.isinf(earliest), np.nan, earliest)
