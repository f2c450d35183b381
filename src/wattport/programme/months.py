"""Megawatts and workers month by month."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.programme.dates import Schedule
from wattport.programme.draws import Future
from wattport.programme.workforce_kernel import crews_at_work


def power_open(day: FloatArray, power_mw: FloatArray, month_day: FloatArray) -> FloatArray:
    """
    Power open at the start of each month, from steps that each replace the one before.

    Parameters
    ----------
    day : ndarray, shape (draw, step)
        Day each step opens, ascending.
    power_mw : ndarray, shape (draw, step)
        Cumulative power, ascending.
    month_day : ndarray, shape (month,)
        First days.

    Returns
    -------
    ndarray, shape (draw, month)
        In MW.
    """
    is_open = day[:, None, :] <= month_day[None, :, None]
    return np.asarray((is_open * power_mw[:, None, :]).max(axis=2), dtype=np.float64)


def power_ready(ready_day: FloatArray, hall_mw: FloatArray, month_day: FloatArray) -> FloatArray:
    """
    IT nameplate of the halls that are ready at the start of each month.

    Parameters
    ----------
    ready_day, hall_mw : ndarray, shape (draw, hall)
        NaN where the draw has no such hall.
    month_day : ndarray, shape (month,)
        First days.

    Returns
    -------
    ndarray, shape (draw, month)
        In MW.
    """
    total_mw = np.zeros((ready_day.shape[0], month_day.size))
    month = np.searchsorted(month_day, ready_day)  # NaN comes after all
    draw, hall = np.nonzero(month < month_day.size)
    np.add.at(total_mw, (draw, month[draw, hall]), np.nan_to_num(hall_mw)[draw, hall])
    return np.cumsum(total_mw, axis=1)


def crews_busy(
    future: Future, planned: Schedule, hall_mw: FloatArray, month_day: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Crews at work by month, and the megawatts on which they work.

    Parameters
    ----------
    future : Future
        Which activity needs which crew.
    planned : Schedule
        Dates of the activities.
    hall_mw : ndarray, shape (draw, hall)
        IT nameplate.
    month_day : ndarray, shape (month,)
        First days.

    Returns
    -------
    n_crews_busy : ndarray, shape (draw, month, crew)
        Mean over the month; never more than there are.
    at_work_mw : ndarray, shape (draw, month)
        Sum of the halls in which a crew works at any time of the month.
    """
    network = future.network
    halls = np.repeat(np.arange(network.n_halls), network.n_template)
    busy, at_work_mw = crews_at_work(
        planned.start_day,
        planned.finish_day,
        network.crew,
        len(future.programme.crews),
        np.concatenate((np.full(network.n_site, -1), halls)),
        np.nan_to_num(hall_mw),
        month_day,
    )
    return busy, at_work_mw


def workers(future: Future, n_crews_busy: FloatArray, at_work_mw: FloatArray) -> FloatArray:
    """
    Head count on site by month.

    The crews of the network are only the trades that pace the work. Their
    count gives the shape; the level comes from the published ratio of peak
    workers to megawatts under way, which covers all the others.

    Parameters
    ----------
    future : Future
        Size of the crews, and the ratio.
    n_crews_busy, at_work_mw : ndarray
        From `crews_busy`.

    Returns
    -------
    ndarray, shape (draw, month)
        Crew workers, scaled in each draw so that their busiest month has
        ``construction_workers_per_mw`` x the most megawatts worked on in one month.
    """
    programme = future.programme
    per_crew = np.array([crew.workers_per_crew for crew in programme.crews], dtype=np.float64)
    # Summed crew by crew: a matrix product may round otherwise for another number of draws.
    n_draws, n_months = at_work_mw.shape
    head_count = np.zeros((n_draws, n_months))
    for c in range(per_crew.size):
        head_count += n_crews_busy[:, :, c] * per_crew[c]
    peak = per_draw(programme.construction_workers_per_mw, n_draws) * at_work_mw.max(axis=1)
    busiest = head_count.max(axis=1)
    scale = np.where(busiest > 0.0, peak / np.maximum(busiest, 1e-12), 0.0)
    return head_count * scale[:, None]
