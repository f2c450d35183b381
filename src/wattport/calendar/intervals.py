"""
Working calendars: which hours of which days a plant works.

Times are hours since the wattport epoch, 1 January 2026 00:00 UTC, a Thursday.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records
from wattport.calendar.epoch import EPOCH

_FIRST_SHIFT_H = 6.0  # the first shift starts at six; a convention without effect on rates


def stack_calendars(intervals: list[tuple[FloatArray, FloatArray]]) -> Records:
    """
    Stack calendars given as starts and ends of work.

    Parameters
    ----------
    intervals : list of tuple of ndarray, shape (interval,)
        Starts and ends of each calendar, ascending. [h]

    Returns
    -------
    structured ndarray, shape (calendar, interval)
        Of `wattport.calendar.intervals.INTERVAL`, padded with infinity.

    Examples
    --------
    >>> stack_calendars([(np.array([6.0, 30.0]), np.array([13.0, 37.0]))])["worked_h"]
    array([[ 0.,  7., inf]])
    """
    width = max(len(start) for start, _ in intervals) + 1
    calendars = np.full((len(intervals), width), np.inf, dtype=INTERVAL)
    for row, (start, end) in enumerate(intervals):
        calendars["start_h"][row, : len(start)] = start
        calendars["end_h"][row, : len(start)] = end
        calendars["worked_h"][row, : len(start)] = np.cumsum(end - start) - (end - start)
    return calendars


def clock_h(calendar: Records, wall: FloatArray) -> FloatArray:
    """
    Hours a calendar has worked until given moments.

    Parameters
    ----------
    calendar : structured ndarray, shape (interval,)
        One row of `stack_calendars`.
    wall : ndarray
        Moments. [h]

    Returns
    -------
    ndarray
        Same shape. [h]

    Examples
    --------
    >>> days = stack_calendars([(np.array([6.0, 30.0]), np.array([13.0, 37.0]))])
    >>> clock_h(days[0], np.array([0.0, 7.0, 20.0, 31.0]))
    array([0., 1., 7., 8.])
    """
    last = len(calendar) - 2
    at = np.clip(np.searchsorted(calendar["start_h"], wall, side="right") - 1, 0, last)
    span = calendar[at]
    inside = np.clip(wall - span["start_h"], 0.0, span["end_h"] - span["start_h"])
    return np.asarray(span["worked_h"] + inside, dtype=np.float64)


def wall_h(calendar: Records, clock: FloatArray) -> FloatArray:
    """
    Moments at which given hours have been worked; infinite beyond the last interval.

    Parameters and shapes as in `clock_h`.

    Examples
    --------
    >>> days = stack_calendars([(np.array([6.0, 30.0]), np.array([13.0, 37.0]))])
    >>> wall_h(days[0], np.array([1.0, 7.0, 8.0, 15.0]))
    array([ 7., 13., 31., inf])
    """
    last = len(calendar) - 2
    at = np.clip(np.searchsorted(calendar["worked_h"], clock, side="left") - 1, 0, last)
    span = calendar[at]
    wall = span["start_h"] + (clock - span["worked_h"])
    return np.where(wall <= span["end_h"] + 1e-9, wall, np.inf)


def working_days(
    days_per_week: int, weeks_per_year: float, first_year: int, n_years: int
) -> IntArray:
    """
    Days a plant works, with its yearly closure.

    Parameters
    ----------
    days_per_week : int
        Worked from Monday on. [1..7]
    weeks_per_year : float
        Worked weeks; the rest of the year the plant is closed: two thirds of it
        until the end of August, one third until the end of December, as French
        plants do. [<= 52.2]
    first_year, n_years : int
        Calendar years covered.

    Returns
    -------
    ndarray of int
        Day numbers since the epoch, ascending.

    Examples
    --------
    >>> days = working_days(5, 45.9, 2028, 4)
    >>> round(len(days) / 4 / 5, 1)
    45.9
    """
    days = []
    for year in range(first_year, first_year + n_years):
        begin = (date(year, 1, 1) - EPOCH).days
        summer = (date(year, 9, 1) - EPOCH).days
        end = (date(year + 1, 1, 1) - EPOCH).days
        closed = max(0.0, (end - begin) - 7.0 * weeks_per_year)
        in_summer, in_winter = round(closed * 2.0 / 3.0), round(closed / 3.0)
        day = np.arange(begin, end)
        is_closed = (day >= summer - in_summer) & (day < summer) | (day >= end - in_winter)
        is_week = (day + EPOCH.weekday()) % 7 < days_per_week
        days.append(day[is_week & ~is_closed])
    return np.concatenate(days)


def shift_intervals(
    days: IntArray, n_shifts: int, shift_h: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Daily hours of work, shifts following each other without a gap.

    Parameters
    ----------
    days : ndarray of int
        Working days, from `working_days`.
    n_shifts : int
        Shifts a day. [>= 1]
    shift_h : float
        Length of one. Beyond 24 h in all the day is full. [h]

    Returns
    -------
    start_h, end_h : ndarray, shape (day,)
        Hours of work.
    change_h : ndarray, shape (day * shift,)
        Start of each shift.

    Examples
    --------
    >>> start, end, change = shift_intervals(np.array([0]), 2, 7.0)
    >>> start, end, change
    (array([6.]), array([20.]), array([ 6., 13.]))
    """
    start = 24.0 * days + _FIRST_SHIFT_H
    end = start + min(n_shifts * shift_h, 24.0)
    change = (start[:, None] + shift_h * np.arange(n_shifts)).ravel()
    return np.asarray(start, np.float64), np.asarray(end, np.float64), change


INTERVAL = np.dtype([("start_h", "f8"), ("end_h", "f8"), ("worked_h", "f8")], align=True)
