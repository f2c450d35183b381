"""Levers judged in the event engine: the same luck for every plan that is compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.factory.engine.line_records import Outcome
from wattport.factory.layout import counted_from, lay_out
from wattport.factory.measure import Estimate, estimate
from wattport.factory.planning.levers import FROM_H, Levers, with_levers
from wattport.factory.play import play
from wattport.factory.relief import use_of
from wattport.spec.factory.factory import Factory

_LEAST_QUIET_H = 60.0 * 24.0  # longer than any yearly closure
FEW = 16  # futures in which a change is tried before it is judged in all


@dataclass(frozen=True)
class Evaluation:
    """What a factory with its levers does, past its ramps."""

    rate_per_year: FloatArray  # (draw,) of the mix
    state_frac: FloatArray  # (station, state) of the bays' scheduled time
    lead_days: FloatArray  # (product,) from release to departure
    stuck_frac: float  # share of the futures in which the factory stands still

    @property
    def rate(self) -> Estimate:
        """Mean with its 95 % interval."""
        return estimate(self.rate_per_year)

    @property
    def sure_per_year(self) -> float:
        """
        What a plan is held to: the lower end of the interval, or the one rate of a single draw.

        Zero where the factory stands still in any future.
        """
        if self.stuck_frac > 0.0:
            return 0.0
        found = self.rate
        return found.low if np.isfinite(found.low) else found.mean


class Evaluator:
    """The event engine on one factory, remembering what it has judged."""

    def __init__(self, base: Factory, share: FloatArray, n_draws: int, seed: int) -> None:
        self.base, self.share, self.n_draws, self.seed = base, share, n_draws, seed
        self.n_plays = 0
        self._known: dict[tuple[Levers, int], Evaluation] = {}
        self._bound: dict[Levers, float] = {}

    def evaluate(self, levers: Levers, n_draws: int | None = None) -> Evaluation:
        """Play levers in the first futures, by default in all."""
        n = self.n_draws if n_draws is None else min(n_draws, self.n_draws)
        key = (levers, n)
        if key not in self._known:
            self._known[key] = self.played(with_levers(self.base, levers), n)
        return self._known[key]

    def gain(self, levers: Levers, than: Levers) -> float:
        """Yearly rate of levers over that of others, in few futures."""
        mean = self.evaluate(levers, FEW).rate_per_year.mean()
        return float(mean - self.evaluate(than, FEW).rate_per_year.mean())

    def played(self, factory: Factory, n_draws: int | None = None) -> Evaluation:
        """Play a factory that is no more than the base with some numbers changed."""
        self.n_plays += 1
        drawn = factory.draw(n_draws or self.n_draws, self.seed)
        floor = counted_from(lay_out(drawn), FROM_H)
        future = play(floor, FROM_H)
        sold = list(floor.sold)
        # What leaves beyond the mix is not wanted.
        rate = (future.rate_per_year[:, sold] / self.share[sold]).min(axis=1)
        is_stuck = future.lines.outcome > Outcome.UNTIL
        is_stuck |= has_stopped(future.lines.done_h[:, sold], floor.network.until_h)
        return Evaluation(
            rate_per_year=np.where(is_stuck, 0.0, rate),
            state_frac=use_of(future.lines.state_h),
            lead_days=_mean_known(future.lead_days),
            stuck_frac=float(is_stuck.mean()),
        )


def has_stopped(done_h: FloatArray, until_h: float) -> BoolArray:
    """
    Whether a line stands still for good while others go on: a ring of parts in it alone.

    Parameters
    ----------
    done_h : ndarray, shape (draw, line, unit)
        NaN: not done. [h]
    until_h : float
        End of the watch. [h]

    Returns
    -------
    ndarray, shape (draw,)
        True where nothing left a line for two months at the end, and for ten
        times the mean time between its departures before.

    Examples
    --------
    >>> steady = np.arange(0.0, 9000.0, 100.0)
    >>> has_stopped(np.array([[steady], [steady - 4000.0]]), 9000.0)
    array([False,  True])
    """
    last = np.where(np.isfinite(done_h), done_h, -np.inf).max(axis=2)
    count = np.isfinite(done_h).sum(axis=2)
    between = np.maximum(last, 0.0) / np.maximum(count, 1)
    quiet = until_h - last
    stopped = quiet > np.maximum(10.0 * between, _LEAST_QUIET_H)
    return np.asarray(stopped.any(axis=1), dtype=np.bool_)


def _mean_known(values: FloatArray) -> FloatArray:
    is_known = np.isfinite(values)
    total = np.where(is_known, values, 0.0).sum(axis=0)
    count = is_known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
