"""The plants quarter by quarter and month by month: states of stations, stocks, lead times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.calendar.epoch import EPOCH
from wattport.calendar.intervals import clock_h
from wattport.factory.engine.line_records import BayState, Network, Outcome
from wattport.factory.engine.simulate import rows_of, simulate
from wattport.production.as_factory import set_price_eur
from wattport.production.record import ENCLOSURES, MODULES, Made
from wattport.records.production import Production

STATE_DRAWS = 12
_QUARTERS_MAX = 32  # a plant that takes longer is shown for its first eight years


def quarter_starts(month_day: FloatArray) -> FloatArray:
    """
    First days of the quarters that hold given months, and the end of the last one.

    Parameters
    ----------
    month_day : ndarray, shape (month,)
        First days of consecutive months. [day]

    Returns
    -------
    ndarray, shape (quarter + 1,)
        [day]

    Examples
    --------
    >>> quarter_starts(np.array([31.0, 59.0, 90.0]))
    array([  0.,  90., 181.])
    """
    first, last = (EPOCH + timedelta(days=int(day)) for day in (month_day[0], month_day[-1]))
    begin = first.year * 4 + (first.month - 1) // 3
    end = min(last.year * 4 + (last.month - 1) // 3, begin + _QUARTERS_MAX - 1)
    starts = [
        EPOCH.replace(year=quarter // 4, month=3 * (quarter % 4) + 1)
        for quarter in range(begin, end + 2)
    ]
    return np.array([float((day - EPOCH).days) for day in starts])


def states_by_quarter(network: Network, quarter_day: FloatArray) -> FloatArray:
    """
    Share of bay-time in each state, quarter by quarter.

    The engine keeps sums only. So each draw is played to the end of every
    quarter, and what two neighbouring ends differ by is the quarter's.

    Parameters
    ----------
    network : Network
        Of the draws to be looked at.
    quarter_day : ndarray, shape (quarter + 1,)
        From `quarter_starts`. [day]

    Returns
    -------
    ndarray, shape (state + 1, station, quarter)
        Mean over the draws of the share of scheduled bay hours; the last state
        is "off": before the opening and after the last unit. Adds up to one
        wherever anything is scheduled, else NaN.
    """
    until = _state_h_until(network, 24.0 * quarter_day[1:])
    spent = np.diff(until, axis=-1, prepend=0.0)
    scheduled = _scheduled_h(network, quarter_day)
    off = np.maximum(scheduled - spent.sum(axis=2), 0.0)
    hours = np.concatenate((spent, off[:, :, None]), axis=2)
    total = hours.sum(axis=2, keepdims=True)
    share = np.divide(hours, total, out=np.full_like(hours, np.nan), where=total > 0.0)
    return np.asarray(share.mean(axis=0).transpose(1, 0, 2), dtype=np.float64)


def _state_h_until(network: Network, end_h: FloatArray) -> FloatArray:
    """Bay hours in each state up to given ends; shape (draw, station, state, end)."""
    rows = np.arange(len(network.draw_ids))  # draws that are not done yet
    so_far = np.zeros((*network.stations.shape, len(BayState)))
    until = np.empty((*so_far.shape, len(end_h)))
    for at, end in enumerate(end_h):
        if len(rows) > 0:
            lines = simulate(rows_of(network, rows)._replace(until_h=float(end)))
            so_far[rows] = lines.state_h
            rows = rows[lines.outcome == Outcome.UNTIL]
        until[..., at] = so_far
    return until


def _scheduled_h(network: Network, quarter_day: FloatArray) -> FloatArray:
    """Bay hours on the calendar; shape (draw, station, quarter)."""
    ends_h = 24.0 * quarter_day
    always = np.diff(ends_h)  # calendar -1
    by_calendar = np.stack([*(np.diff(clock_h(of, ends_h)) for of in network.calendars), always])
    stations = network.stations
    return np.asarray(by_calendar[stations["calendar"]] * stations["n_bays"][..., None])


def stock_at(in_day: FloatArray, out_day: FloatArray, moment_day: FloatArray) -> FloatArray:
    """
    Units that have come in and not gone out at given moments.

    Parameters
    ----------
    in_day, out_day : ndarray, shape (draw, unit)
        In any order; NaN or infinite: not yet. [day]
    moment_day : ndarray, shape (moment,)
        Ascending. [day]

    Returns
    -------
    ndarray, shape (draw, moment)
        Counts.

    Examples
    --------
    >>> came, went = np.array([[1.0, 2.0, np.nan]]), np.array([[5.0, 9.0, np.nan]])
    >>> stock_at(came, went, np.array([3.0, 6.0]))
    array([[2., 1.]])
    """
    return counted(in_day, moment_day) - counted(out_day, moment_day)


def counted(event_day: FloatArray, moment_day: FloatArray) -> FloatArray:
    """
    Events before given moments.

    Parameters and shapes as in `stock_at`.

    Examples
    --------
    >>> counted(np.array([[4.0, 1.0, np.nan]]), np.array([2.0, 4.0, 5.0]))
    array([[1., 1., 2.]])
    """
    return _counted_in_order(np.sort(event_day, axis=1), moment_day)  # NaN last


def _counted_in_order(ordered_day: FloatArray, moment_day: FloatArray) -> FloatArray:
    counts = np.empty((len(ordered_day), len(moment_day)))
    for draw, row in enumerate(ordered_day):
        counts[draw] = np.searchsorted(row, moment_day, side="left")
    return counts


def mean_by_month(value: FloatArray, day: FloatArray, month_day: FloatArray) -> FloatArray:
    """
    Mean of a value over the units done in each month.

    Parameters
    ----------
    value, day : ndarray, shape (draw, unit)
        Value of a unit, and when it was done; NaN: not done.
    month_day : ndarray, shape (month + 1,)
        First days of the months, and the end of the last one. [day]

    Returns
    -------
    ndarray, shape (draw, month)
        NaN in a month without units.

    Examples
    --------
    >>> value, day = np.array([[4.0, 6.0, 9.0]]), np.array([[1.0, 2.0, 40.0]])
    >>> mean_by_month(value, day, np.array([0.0, 31.0, 59.0]))
    array([[5., 9.]])
    """
    n_draws, n_months = len(day), len(month_day) - 1
    month = np.searchsorted(month_day, day, side="right") - 1
    is_known = np.isfinite(day) & (month >= 0) & (month < n_months)
    at = (np.arange(n_draws)[:, None] * n_months + month)[is_known]
    size = n_draws * n_months
    count = np.bincount(at, minlength=size).astype(np.float64)
    total = np.bincount(at, weights=value[is_known], minlength=size)
    mean = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    return np.asarray(mean.reshape(n_draws, n_months), dtype=np.float64)


def with_course(production: Production, made: Made) -> Production:
    """
    Add to a record how the plants fared over time.

    Parameters
    ----------
    production : Production
        From `wattport.production.record.production_of`.
    made : Made
        Both plants, and what came of them.

    Returns
    -------
    Production
        With states by quarter, stocks and lead times by month, people at work.
    """
    lines, network, rows = made.lines, made.floor.network, range(len(made.plants))
    month_day = production.month_day
    edges = np.append(month_day, _month_after(float(month_day[-1])))
    ends = edges[1:]
    done, released = lines.done_h / 24.0, lines.released_h / 24.0
    is_fed = network.feed[MODULES, ENCLOSURES] > 0
    taken = released[:, MODULES] if is_fed else done[:, ENCLOSURES]
    module, need = production.module_done_day, production.module_need_day
    wanted = np.where(np.isnan(need), module, np.maximum(module, need))
    n_looked = min(STATE_DRAWS, production.n_draws)
    quarters = quarter_starts(month_day)
    return replace(
        production,
        state=(*(state.name.lower() for state in BayState), "off"),
        quarter_day=quarters[:-1],
        state_frac=states_by_quarter(rows_of(network, np.arange(n_looked)), quarters),
        n_state_draws=n_looked,
        n_people_busy=_people_busy(made),
        need_units=np.diff(counted(need, edges), axis=1),
        yard_units=stock_at(done[:, ENCLOSURES], taken, ends),
        early_module_units=stock_at(module, wanted, ends),
        part_stock_meur=np.stack(
            [_part_stock_meur(made, row, released[:, row], ends) for row in rows], axis=1
        ),
        lead_days=np.stack(
            [mean_by_month((done - released)[:, row], done[:, row], edges) for row in rows], axis=1
        ),
    )


def _month_after(day: float) -> float:
    first = EPOCH + timedelta(days=int(day))
    year, month = divmod(first.year * 12 + first.month, 12)
    return float((EPOCH.replace(year=year, month=month + 1) - EPOCH).days)


def _people_busy(made: Made) -> FloatArray:
    """People on working bays of each station, mean over the hours the plant is open."""
    state_h = made.lines.state_h
    open_h = state_h.sum(axis=2) / made.floor.network.stations["n_bays"]
    worked = state_h[:, :, BayState.WORKING] * made.crew
    people = np.divide(worked, open_h, out=np.zeros_like(worked), where=open_h > 0.0)
    return np.asarray(people, dtype=np.float64)


def _part_stock_meur(
    made: Made, row: int, released_day: FloatArray, moment_day: FloatArray
) -> FloatArray:
    """Parts that lie in the store; what no unit of the draw will use is not ordered."""
    # Parts arrive and units are released in their order; NaN, where there is no unit, is last.
    n_units = np.isfinite(released_day).sum(axis=1)[:, None]
    n_out = _counted_in_order(released_day, moment_day)
    arrived_day = made.arrived_day(row)
    stock = np.zeros(n_out.shape)
    for s, supplier in enumerate(made.plants[row].suppliers):
        n_in = np.minimum(_counted_in_order(arrived_day[:, s], moment_day), n_units)
        price_meur = per_draw(set_price_eur(supplier), len(stock))[:, None] / 1e6
        stock += price_meur * (n_in - n_out)
    return stock
