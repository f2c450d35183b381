"""Dates that activities have to keep, and spans over several of them."""

from __future__ import annotations

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.calendar.epoch import day_of
from wattport.programme.activity_network import Network
from wattport.programme.dates import Schedule
from wattport.spec.campus.programme import ConstraintKind, DateConstraint, Programme


def deadlines(programme: Programme) -> tuple[DateConstraint, ...]:
    """
    Constraints that move nothing and are kept or missed.

    Parameters
    ----------
    programme : Programme
        Section of the spec.

    Returns
    -------
    tuple of DateConstraint
        In the order of the spec.
    """
    return tuple(
        one for one in programme.constraints if one.kind is not ConstraintKind.START_NO_EARLIER
    )


def deadline_name(one: DateConstraint) -> str:
    """
    Say what a deadline is about.

    Examples
    --------
    >>> from datetime import date
    >>> late = ConstraintKind.FINISH_BY
    >>> deadline_name(DateConstraint(activity="shell", kind=late, date=date(2029, 1, 1), hall=2))
    'hall 2: shell finished'
    """
    where = "" if one.hall is None else f"hall {one.hall}: "
    done = "finished" if one.kind is ConstraintKind.FINISH_BY else "started"
    return f"{where}{one.activity} {done}"


def constrained(one: DateConstraint, programme: Programme, network: Network) -> BoolArray:
    """
    Jobs that a constraint is about.

    Parameters
    ----------
    one : DateConstraint
        Its activity is one of the programme's.
    programme : Programme
        Section of the spec.
    network : Network
        Laid out from it.

    Returns
    -------
    ndarray of bool, shape (job,)
        None where there is no such hall.
    """
    activities = (*programme.site_activities, *programme.hall_activities)
    mine = network.task == [activity.name for activity in activities].index(one.activity)
    if one.hall is not None:
        hall = (np.arange(network.n_jobs) - network.n_site) // max(network.n_template, 1)
        mine &= hall == one.hall - 1
    return np.asarray(mine)


def deadline_float_days(programme: Programme, network: Network, planned: Schedule) -> FloatArray:
    """
    Days by which each deadline is kept.

    Parameters
    ----------
    programme : Programme
        Section of the spec.
    network : Network
        Laid out from it.
    planned : Schedule
        Its dates.

    Returns
    -------
    ndarray, shape (draw, deadline)
        Calendar days, of the job that keeps it worst; negative where it is missed, NaN where
        the draw has no such job.
    """
    n_draws = planned.start_day.shape[0]
    kept = np.full((n_draws, len(deadlines(programme))), np.nan)
    for d, one in enumerate(deadlines(programme)):
        is_finish = one.kind is ConstraintKind.FINISH_BY
        day = planned.finish_day if is_finish else planned.start_day
        mine = day[:, constrained(one, programme, network)]
        if mine.shape[1]:
            # Comparisons pass NaN over: jobs that a draw does not have say nothing.
            latest = np.fmax.reduce(mine, axis=1)
            kept[:, d] = day_of(one.date) + float(is_finish) - latest
    return kept


def hammock_days(
    programme: Programme, network: Network, planned: Schedule
) -> tuple[FloatArray, FloatArray]:
    """
    Start and finish of each hammock in each hall.

    Parameters
    ----------
    programme : Programme
        Section of the spec.
    network : Network
        Laid out from it.
    planned : Schedule
        Its dates.

    Returns
    -------
    start_day, finish_day : ndarray, shape (draw, hall, hammock)
        First start and last finish of what it spans; NaN where there is no hall.
    """
    names = [activity.name for activity in programme.hall_activities]
    start, finish = planned.hall_start_day(network), planned.hall_finish_day(network)
    shape = (*start.shape[:2], len(programme.hammocks))
    first, last = np.empty(shape), np.empty(shape)
    for h, hammock in enumerate(programme.hammocks):
        inside = [names.index(name) for name in hammock.activities]
        first[..., h] = start[..., inside].min(axis=2)
        last[..., h] = finish[..., inside].max(axis=2)
    return first, last
