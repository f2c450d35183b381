"""Crews at work in each month."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.compiled import kernel


@kernel
def crews_at_work(
    start_day: FloatArray,
    finish_day: FloatArray,
    crew: IntArray,
    n_types: int,
    job_hall: IntArray,
    hall_mw: FloatArray,
    month_day: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """
    Count the crews at work, and the megawatts they work on.

    Parameters
    ----------
    start_day, finish_day : ndarray, shape (draw, job)
        Calendar days; NaN: no such job.
    crew : ndarray of int, shape (job,)
        Crew type; -1: none.
    n_types : int
        Crew types.
    job_hall : ndarray of int, shape (job,)
        Hall of each job; -1: site.
    hall_mw : ndarray, shape (draw, hall)
        IT nameplate.
    month_day : ndarray, shape (month,)
        First day of each month; the last only closes the month before it.

    Returns
    -------
    n_busy : ndarray, shape (draw, month, crew)
        Mean over the month of crews at work, by type; 0 in the last.
    at_work_mw : ndarray, shape (draw, month)
        Sum of the halls in which a crew works at any time of the month.
    """
    n_draws, n_jobs = start_day.shape
    n_months = month_day.size
    n_busy = np.zeros((n_draws, n_months, n_types))
    at_work_mw = np.zeros((n_draws, n_months))
    for k in range(n_draws):
        is_at_work = np.zeros((hall_mw.shape[1], n_months), dtype=np.bool_)
        for j in range(n_jobs):
            if crew[j] < 0 or np.isnan(start_day[k, j]):
                continue
            month = max(np.searchsorted(month_day, start_day[k, j], side="right") - 1, 0)
            while month + 1 < n_months and month_day[month] < finish_day[k, j]:
                opened, closed = month_day[month], month_day[month + 1]
                overlap = min(finish_day[k, j], closed) - max(start_day[k, j], opened)
                n_busy[k, month, crew[j]] += max(overlap, 0.0) / (closed - opened)
                if job_hall[j] >= 0 and overlap > 0.0:
                    is_at_work[job_hall[j], month] = True
                month += 1
        for h in range(hall_mw.shape[1]):
            for month in range(n_months):
                if is_at_work[h, month]:
                    at_work_mw[k, month] += hall_mw[k, h]
    return n_busy, at_work_mw
