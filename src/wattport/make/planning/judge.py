"""Levers judged in the event engine: the same luck for every plan that is compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.make.factory.floor import counted_from, lay_out
from wattport.make.factory.future import play
from wattport.make.factory.measure import Estimate, estimate
from wattport.make.factory.relief import use_of
from wattport.make.network import Outcome
from wattport.make.planning.levers import FROM_H, Levers, with_levers
from wattport.records.record import FloatArray
from wattport.spec.factory import Factory

FEW = 16  # futures in which a change is tried before it is judged in all


@dataclass(frozen=True)
class Trial:
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


class Judge:
    """The event engine on one factory, remembering what it has judged."""

    def __init__(self, base: Factory, share: FloatArray, n_draws: int, seed: int) -> None:
        self.base, self.share, self.n_draws, self.seed = base, share, n_draws, seed
        self.n_plays = 0
        self._known: dict[tuple[Levers, int], Trial] = {}
        self._bound: dict[Levers, float] = {}

    def trial(self, levers: Levers, n_draws: int | None = None) -> Trial:
        """Play levers in the first futures, by default in all."""
        n = self.n_draws if n_draws is None else min(n_draws, self.n_draws)
        key = (levers, n)
        if key not in self._known:
            self._known[key] = self.played(with_levers(self.base, levers), n)
        return self._known[key]

    def gain(self, levers: Levers, than: Levers) -> float:
        """Yearly rate of levers over that of others, in few futures."""
        mean = self.trial(levers, FEW).rate_per_year.mean()
        return float(mean - self.trial(than, FEW).rate_per_year.mean())

    def played(self, factory: Factory, n_draws: int | None = None) -> Trial:
        """Play a factory that is no more than the base with some numbers changed."""
        self.n_plays += 1
        drawn = factory.draw(n_draws or self.n_draws, self.seed)
        floor = counted_from(lay_out(drawn), FROM_H)
        future = play(floor, FROM_H)
        sold = list(floor.sold)
        # What leaves beyond the mix is not wanted.
        rate = (future.rate_per_year[:, sold] / self.share[sold]).min(axis=1)
        is_stuck = future.lines.outcome > Outcome.UNTIL
        return Trial(
            rate_per_year=np.where(is_stuck, 0.0, rate),
            state_frac=use_of(future.lines.state_h),
            lead_days=_mean_known(future.lead_days),
            stuck_frac=float(is_stuck.mean()),
        )


def _mean_known(values: FloatArray) -> FloatArray:
    is_known = np.isfinite(values)
    total = np.where(is_known, values, 0.0).sum(axis=0)
    count = is_known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
