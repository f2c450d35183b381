"""Energy balance of the campus: grid = IT + losses + cooling + change of storage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray
from wattport.equations.ups import stage_loss_frac
from wattport.records import Design

IT_ONLY = "it"  # LossStage.carries below the point where cooling joins


@dataclass(frozen=True)
class Balance:
    """Mean powers between edges of time; they add up in each interval."""

    edge_s: FloatArray  # (time + 1,)
    stage: tuple[str, ...]  # from the grid to the chip
    it_mw: FloatArray  # (time,)
    loss_mw: FloatArray  # (stage, time)
    cooling_mw: FloatArray  # (time,) with auxiliaries
    storage_mw: FloatArray  # (time,) change of stored energy, charging positive
    grid_mw: FloatArray  # (time,)

    @property
    def error_frac(self) -> float:
        """Largest gap of the balance in any interval, over the largest grid power."""
        total = self.it_mw + self.loss_mw.sum(axis=0) + self.cooling_mw + self.storage_mw
        largest = max(float(np.max(np.abs(self.grid_mw))), np.finfo(np.float64).tiny)
        return float(np.max(np.abs(self.grid_mw - total))) / largest

    @property
    def grid_mwh(self) -> float:
        """Energy taken from the grid over all intervals."""
        return float(self.grid_mw @ np.diff(self.edge_s)) / 3600.0

    def every(self, step_s: float) -> Balance:
        """
        Give the same balance in equal steps, exactly.

        Losses bend with load, so they are never computed from a mean: each term was computed
        where the power is constant and only its energy is shared out to steps. All terms are
        treated alike, so that the balance and every integral stay what they were.

        Parameters
        ----------
        step_s : float
            Length of a step; the last one may be shorter. [s, > 0]

        Returns
        -------
        Balance
        """
        means = [
            step_means(self.edge_s, row, step_s)
            for row in (self.it_mw, self.cooling_mw, self.storage_mw, self.grid_mw, *self.loss_mw)
        ]
        n_steps = means[0].size
        return Balance(
            edge_s=step_edges(self.edge_s, step_s),
            stage=self.stage,
            it_mw=means[0],
            cooling_mw=means[1],
            storage_mw=means[2],
            grid_mw=means[3],
            loss_mw=np.asarray(means[4:]).reshape(len(self.stage), n_steps),
        )


def step_edges(edge_s: ArrayLike, step_s: float) -> FloatArray:
    """
    Edges of equal steps over the same time; the last step may be shorter.

    Examples
    --------
    >>> step_edges([10.0, 12.0, 45.0], 15.0)
    array([10., 25., 40., 45.])
    """
    edge = np.asarray(edge_s, np.float64)
    n_full = int(np.floor((edge[-1] - edge[0]) / step_s * (1.0 + 1e-12)))
    steps = edge[0] + step_s * np.arange(n_full + 1)
    if edge[-1] - steps[-1] > 1e-9 * step_s:
        return np.append(steps, edge[-1])
    steps[-1] = edge[-1]
    return np.asarray(steps)


def step_means(edge_s: ArrayLike, power: ArrayLike, step_s: float) -> FloatArray:
    """
    Means over equal steps of a power that is constant between events.

    Parameters
    ----------
    edge_s : array_like, shape (time + 1,)
        Rising times of the events, both ends included. [s]
    power : array_like, shape (time,)
        Between the events; any unit.
    step_s : float
        Length of a step; the last one may be shorter. [s, > 0]

    Returns
    -------
    ndarray, shape (step,)
        Differences of the energy at the steps' edges, over their lengths: the integral is the
        same for every step.

    Examples
    --------
    >>> step_means([0.0, 20.0, 60.0], [3.0, 6.0], 30.0)
    array([4., 6.])
    """
    edge = np.asarray(edge_s, np.float64)
    energy = np.concatenate([[0.0], np.cumsum(np.asarray(power, np.float64) * np.diff(edge))])
    steps = step_edges(edge, step_s)
    return np.asarray(np.diff(np.interp(steps, edge, energy)) / np.diff(steps))


def between_events(
    at_s: ArrayLike, change: ArrayLike, first: float, until_s: float
) -> tuple[FloatArray, FloatArray]:
    """
    Turn jumps of power, as jobs make them, into powers between edges of time.

    Parameters
    ----------
    at_s : array_like, shape (event,)
        Times of the jumps, ascending; several may fall together. [s, >= 0]
    change : array_like, shape (event,)
        Size of each jump; any unit of power.
    first : float
        Power at the start.
    until_s : float
        End; later jumps are left out. [s, > 0]

    Returns
    -------
    edge_s : ndarray, shape (time + 1,)
        From 0 to the end, each time once.
    power : ndarray, shape (time,)
        Between the edges.

    Examples
    --------
    >>> between_events([2.0, 2.0, 5.0, 9.0], [3.0, 1.0, -4.0, 7.0], 1.0, 8.0)
    (array([0., 2., 5., 8.]), array([1., 5., 1.]))
    """
    at, jump = np.asarray(at_s, np.float64), np.asarray(change, np.float64)
    is_inside = at < until_s
    at, level = at[is_inside], first + np.cumsum(jump[is_inside])
    starts = np.concatenate([[0.0], at])
    power = np.concatenate([[first], level])
    edge = np.append(starts, until_s)
    is_span = np.diff(edge) > 0.0
    return np.append(edge[:-1][is_span], until_s), power[is_span]


def campus_balance(
    design: Design,
    edge_s: ArrayLike,
    it_mw: ArrayLike,
    cooling_mw: ArrayLike,
    storage_mw: ArrayLike = 0.0,
    draw: int = 0,
    nameplate_mw: float | None = None,
) -> Balance:
    """
    Follow the power of IT out to the grid, with each stage's loss at its part load.

    Parameters
    ----------
    design : Design
        Its chain, from the grid to the chip, and its IT nameplate.
    edge_s : array_like, shape (time + 1,)
        Times between which all powers are constant: events, or samples of a measurement. [s]
    it_mw : array_like, shape (time,)
        Power at the racks. [MW, >= 0]
    cooling_mw : array_like, shape (time,) or scalar
        Cooling and auxiliaries, which join where the chain carries them too. [MW, >= 0]
    storage_mw : array_like, shape (time,) or scalar
        Change of stored energy at the same point, charging positive. [MW]
    draw : int
        Which draw of the design.
    nameplate_mw : float, optional
        IT that the chain is made for: a slice of the campus. Left out: all of it. [MW, > 0]

    Returns
    -------
    Balance
        At the given intervals; `Balance.every` gives it in steps.

    Examples
    --------
    >>> from wattport.design import size
    >>> from wattport.spec import load
    >>> design = size(load("small_20mw").draw(1, 7))
    >>> balance = campus_balance(design, [0.0, 1.0, 3600.0], [20.0, 8.0], [2.0, 1.0])
    >>> bool(balance.error_frac < 1e-15), bool(balance.grid_mw[0] > 22.0)
    (True, True)
    >>> round(balance.every(60.0).grid_mwh / balance.grid_mwh, 12)
    1.0
    """
    edge = np.asarray(edge_s, np.float64)
    it = np.asarray(it_mw, np.float64)
    cooling = np.broadcast_to(np.asarray(cooling_mw, np.float64), it.shape)
    storage = np.broadcast_to(np.asarray(storage_mw, np.float64), it.shape)
    made_for_mw = float(design.it_mw[draw]) if nameplate_mw is None else nameplate_mw
    loss_mw = np.zeros((len(design.chain), it.size))
    power, is_joined = it, False
    for row in range(len(design.chain) - 1, -1, -1):
        stage = design.chain[row]
        if not is_joined and stage.carries != IT_ONLY:
            power, is_joined = power + cooling + storage, True
        rating_mw = float(stage.rating_over_it_frac[draw]) * made_for_mw
        # A discharging storage may push power back: losses depend on its size, not its way.
        loss_mw[row] = rating_mw * stage_loss_frac(
            np.abs(power) / rating_mw,
            stage.no_load_frac[draw],
            stage.linear_frac[draw],
            stage.square_frac[draw],
        )
        power = power + loss_mw[row]
    if not is_joined:
        power = power + cooling + storage
    return Balance(
        edge, tuple(stage.name for stage in design.chain), it, loss_mw, cooling, storage, power
    )
