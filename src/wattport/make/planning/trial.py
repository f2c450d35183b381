"""A plan of one plant judged in the event engine: its yearly rate with full kits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.make.calendars import stack_calendars
from wattport.make.network import LEVEL, POOL, BayState, Network
from wattport.make.plant import clockwork, plant_stations
from wattport.make.simulate import empty_lines, make_network, simulate
from wattport.records.record import FloatArray
from wattport.spec.plants import Plant

# The second calendar year is counted: the first fills the line, and a whole year
# holds each closure and holiday once.
_FROM_H, _UNTIL_H = 365.0 * 24.0, 730.0 * 24.0
_Z_99 = 2.576


@dataclass(frozen=True)
class Trial:
    """Yearly rate of a plant, and what its stations do meanwhile."""

    rate_per_year: FloatArray  # (draw,)
    state_frac: FloatArray  # (station, state) of the bays' working time, mean over draws

    @property
    def mean_per_year(self) -> float:
        """Mean over the draws."""
        return float(self.rate_per_year.mean())

    @property
    def half_width_per_year(self) -> float:
        """Half of the 99 % interval of the mean."""
        n = self.rate_per_year.size
        spread = float(self.rate_per_year.std(ddof=1)) if n > 1 else 0.0
        return _Z_99 * spread / float(np.sqrt(n))


def try_plant(plant: Plant, most_per_year: float, n_draws: int, seed: int) -> Trial:
    """
    Simulate one plant at full rate, with kits always at hand.

    Parameters
    ----------
    plant : Plant
        Drawn; its numbers of one draw, or of ``n_draws``.
    most_per_year : float
        A rate it cannot exceed; sets the number of units simulated. [1/year]
    n_draws : int
        Futures; the same random streams for every plan, so that plans compare.
    seed : int
        Of the streams.

    Returns
    -------
    Trial
        Rate of each draw.

    Notes
    -----
    People are one pool that any station may call; opening, ramp and suppliers
    are left out, because the question is what the line can do.
    """
    network = _network(plant, int(2.5 * most_per_year) + 10, n_draws, seed)
    lines = simulate(network)
    is_counted = (lines.done_h[:, 0] >= _FROM_H) & (lines.done_h[:, 0] < _UNTIL_H)
    state_h = lines.state_h.mean(axis=0)
    total = np.maximum(state_h.sum(axis=1, keepdims=True), 1e-9)
    return Trial(is_counted.sum(axis=1).astype(np.float64), state_h / total)


def use_frac(trial: Trial) -> FloatArray:
    """Share of its working time in which a bay works, of each station."""
    return np.asarray(trial.state_frac[:, BayState.WORKING], np.float64)


def _network(plant: Plant, n_units: int, n_draws: int, seed: int) -> Network:
    stations = plant_stations(plant, n_draws, 0, 0, 0)
    clock = clockwork(
        plant, float(np.mean(plant.weeks_per_year)), float(np.mean(plant.shift_h))
    )  # one calendar for all draws, so that a rate differs by the line alone
    levels = np.zeros((1, len(clock.level_n) + 1), LEVEL)
    levels["from_h"] = np.inf
    levels["from_h"][0, :-1] = clock.level_from_h
    levels["n_people"][0, :-1] = clock.level_n
    lines = empty_lines(n_draws, 1, n_units)
    lines["n_wip_limit"] = plant.n_wip_limit
    return make_network(
        stations,
        lines,
        seed=seed,
        calendars=stack_calendars([(clock.start_h, clock.end_h)]),
        pools=np.zeros((n_draws, 1), POOL),
        levels=levels,
        until_h=_UNTIL_H,
    )
