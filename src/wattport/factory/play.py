"""Play a laid-out factory and read what came of it, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.factory.engine.line_records import Lines
from wattport.factory.engine.simulate import simulate
from wattport.factory.layout import Floor
from wattport.factory.measure import counted_per_year, mean_inside, mser5


@dataclass(frozen=True)
class Future:
    """The factory over all draws."""

    lines: Lines
    from_h: FloatArray  # (draw,) counting begins
    until_h: FloatArray  # (draw,) and ends
    rate_per_year: FloatArray  # (draw, product) good units
    inside_units: FloatArray  # (draw, product) mean between release and departure
    lead_days: FloatArray  # (draw, product) mean from release to departure
    wait_days: FloatArray  # (draw, product) mean from room in the line to release
    finish_h: FloatArray  # (draw,) last good unit that is sold
    late_days: FloatArray  # (draw, unit ordered) of the k-th good unit; negative: early


def play(floor: Floor, from_h: float | None = None, n_threads: int | None = None) -> Future:
    """
    Simulate a floor and measure it.

    Parameters
    ----------
    floor : Floor
        From `lay_out`.
    from_h : float, optional
        Counting begins; by default at the end of the learning ramps, which is
        also where the first half of the units of a short order may lie: then
        the first unit is the beginning.
    n_threads : int, optional
        Results are the same for any number.
    """
    lines = simulate(floor.network, n_threads)
    sold = list(floor.sold)
    done = np.where(np.isfinite(lines.done_h), lines.done_h, np.nan)
    finish = _latest(done[:, sold].reshape(len(done), -1))
    has_orders = bool(np.isfinite(floor.due_h).any())
    ramped = floor.network.lines["ramp_until_h"].max(axis=1)
    begin = ramped if from_h is None else np.maximum(ramped, from_h)
    if has_orders:
        end = np.where(np.isfinite(finish), finish, lines.end_h)
        first = floor.network.lines["from_h"].max(axis=1)
        begin = np.where(ramped < first + 0.5 * (end - first), ramped, first)
    else:
        end = np.full(len(done), floor.network.until_h)
    gone = np.where(np.isnan(done), lines.scrapped_h, done)
    n_products = done.shape[1]
    rate = np.empty((len(done), n_products))
    inside = np.empty_like(rate)
    lead = np.empty_like(rate)
    wait = np.empty_like(rate)
    for p in range(n_products):
        rate[:, p] = counted_per_year(done[:, p], begin, end)
        inside[:, p] = mean_inside(lines.released_h[:, p], gone[:, p], begin, end)
        is_counted = (done[:, p] > begin[:, None]) & (done[:, p] <= end[:, None])
        lead[:, p] = _mean(done[:, p] - lines.released_h[:, p], is_counted) / 24.0
        wait[:, p] = _mean(lines.released_h[:, p] - lines.asked_h[:, p], is_counted) / 24.0
    return Future(lines, begin, end, rate, inside, lead, wait, finish, _late(floor, done))


def warm_up_h(floor: Floor) -> float:
    """
    Hour from which a watched factory counts, by MSER-5 on the departures of each draw.

    Returns
    -------
    float
        Median over the draws, never later than half of the watch. [h]
    """
    done = simulate(floor.network).done_h[:, list(floor.sold)]
    ends = []
    for row in done.reshape(len(done), -1):
        at = np.sort(row[np.isfinite(row)])
        cut = mser5(np.diff(at))
        ends.append(at[cut] if len(at) else np.inf)
    opens = float(floor.network.lines["from_h"].min())
    return min(float(np.median(ends)), opens + 0.5 * (floor.network.until_h - opens))


def _mean(values: FloatArray, is_counted: FloatArray) -> FloatArray:
    count = is_counted.sum(axis=1)
    total = np.where(is_counted, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _latest(values: FloatArray) -> FloatArray:
    least = np.where(np.isfinite(values), values, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(least), least, np.nan)


def _late(floor: Floor, done: FloatArray) -> FloatArray:
    """The k-th good unit to leave serves the k-th order by due date; never made: infinite."""
    columns = []
    for p in floor.sold:
        is_due = np.isfinite(floor.due_h[p])
        served = np.sort(np.where(np.isfinite(done[:, p]), done[:, p], np.inf), axis=1)
        columns.append((served[:, : is_due.sum()] - floor.due_h[p][is_due]) / 24.0)
    return np.concatenate(columns, axis=1)
