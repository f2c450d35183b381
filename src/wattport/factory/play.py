"""Play a laid-out factory and read what came of it, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.factory.engine.line_records import Lines, Outcome
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

    def first(self, n_draws: int) -> Future:
        """Keep the first draws."""
        rows = {name: of[:n_draws] for name, of in self.lines._asdict().items()}
        return Future(Lines(**rows), *(getattr(self, f.name)[:n_draws] for f in fields(self)[1:]))


def simulate_floor(floor: Floor, n_threads: int | None = None) -> Lines:
    """Simulate a floor; orders that thirty years do not finish have run out of time."""
    lines = simulate(floor.network, n_threads)
    if not floor.is_ordered:
        return lines
    is_out = lines.outcome == Outcome.UNTIL
    return lines._replace(outcome=np.where(is_out, int(Outcome.NO_TIME), lines.outcome))


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
    lines = simulate_floor(floor, n_threads)
    done = np.where(np.isfinite(lines.done_h), lines.done_h, np.nan)
    finish = finish_of(floor, done)
    begin, end = counted(floor, finish, lines.end_h, from_h)
    gone = np.where(np.isnan(done), lines.scrapped_h, done)
    n_products = done.shape[1]
    inside = np.empty((len(done), n_products))
    lead = np.empty_like(inside)
    wait = np.empty_like(inside)
    for p in range(n_products):
        inside[:, p] = mean_inside(lines.released_h[:, p], gone[:, p], begin, end)
        is_counted = (done[:, p] > begin[:, None]) & (done[:, p] <= end[:, None])
        lead[:, p] = _mean(done[:, p] - lines.released_h[:, p], is_counted) / 24.0
        wait[:, p] = _mean(lines.released_h[:, p] - lines.asked_h[:, p], is_counted) / 24.0
    rate = rates_of(done, begin, end)
    return Future(lines, begin, end, rate, inside, lead, wait, finish, _late(floor, done))


def finish_of(floor: Floor, done_h: FloatArray) -> FloatArray:
    """Hour of the last good unit that is sold; NaN where none is; shape (draw,)."""
    return _latest(done_h[:, list(floor.sold)].reshape(len(done_h), -1))


def counted(
    floor: Floor, finish_h: FloatArray, end_h: FloatArray, from_h: float | None
) -> tuple[FloatArray, FloatArray]:
    """Hours between which units count, as `play` says; shape (draw,)."""
    ramped = floor.network.lines["ramp_until_h"].max(axis=1)
    if not floor.is_ordered:
        begin = ramped if from_h is None else np.maximum(ramped, from_h)
        return begin, np.full(len(ramped), floor.network.until_h)
    end = np.where(np.isfinite(finish_h), finish_h, end_h)
    first = floor.network.lines["from_h"].max(axis=1)
    return np.where(ramped < first + 0.5 * (end - first), ramped, first), end


def rates_of(done_h: FloatArray, begin_h: FloatArray, end_h: FloatArray) -> FloatArray:
    """Good units a year in a window; shape (draw, product)."""
    rates = [counted_per_year(done_h[:, p], begin_h, end_h) for p in range(done_h.shape[1])]
    return np.stack(rates, axis=1)


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


def _mean(values: FloatArray, is_counted: BoolArray) -> FloatArray:
    count = is_counted.sum(axis=1)
    total = np.where(is_counted, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _latest(values: FloatArray) -> FloatArray:
    least = np.where(np.isfinite(values), values, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(least), least, np.nan)


def _late(floor: Floor, done: FloatArray) -> FloatArray:
    """
    Days by which the k-th good unit to leave misses the k-th due date.

    Never made: infinite; wanted by no day: NaN; shape (draw, unit of any product sold).
    """
    sold = list(floor.sold)
    served = np.sort(np.where(np.isfinite(done[:, sold]), done[:, sold], np.inf), axis=2)
    late: FloatArray = (served - floor.due_h[:, sold]) / 24.0
    late = late.reshape(len(done), -1)
    return late[:, np.isfinite(floor.due_h[:, sold]).reshape(late.shape).any(axis=0)]
