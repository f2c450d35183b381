"""A run's power thinned for the eye: means, least and largest of some consecutive steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.energy.balance import Balance

MOST_POINTS = 1_500  # more than a screen has columns


@dataclass
class Thinned:
    """
    Power of a run at no more points than a reader can see, gathered block by block.

    Means are of energy over time and so keep the integral; the least and largest of the steps
    in each stretch keep the spikes.
    """

    step_s: float
    until_s: float
    n_halls: int
    most_points: int = MOST_POINTS
    seconds: FloatArray = field(init=False)  # (point,)
    _mws: FloatArray = field(init=False)  # (grid, IT, cooling, losses; point)
    low_mw: FloatArray = field(init=False)  # (point,) of the grid; of IT where it stands alone
    high_mw: FloatArray = field(init=False)  # (point,)
    _hall_mws: FloatArray = field(init=False)  # (hall,)
    hall_low_mw: FloatArray = field(init=False)  # (hall,)
    hall_high_mw: FloatArray = field(init=False)  # (hall,)
    it_low_mw: float = np.inf  # of all steps
    it_high_mw: float = -np.inf

    def __post_init__(self) -> None:
        """Lay out the points."""
        n = -(-self._n_steps // self._stride)
        self.seconds, self._mws = np.zeros(n), np.zeros((4, n))
        self.low_mw, self.high_mw = np.full(n, np.inf), np.full(n, -np.inf)
        self._hall_mws = np.zeros(self.n_halls)
        self.hall_low_mw = np.full(self.n_halls, np.inf)
        self.hall_high_mw = np.full(self.n_halls, -np.inf)

    @property
    def _n_steps(self) -> int:
        return max(1, int(np.ceil(self.until_s / self.step_s)))

    @property
    def _stride(self) -> int:
        return -(-self._n_steps // self.most_points)

    def add(
        self, begin_ms: IntArray, length_ms: IntArray, hall_mw: FloatArray,
        steps: Balance | None = None,
    ) -> None:  # fmt: skip
        """
        Count some more steps, the next in time.

        Parameters
        ----------
        begin_ms, length_ms : ndarray of int, shape (step,)
            Of a `PowerBlock` or `CampusBlock`.
        hall_mw : ndarray, shape (step, hall)
            IT power. [MW]
        steps : Balance, optional
            At the same steps; without it the machine stands alone and nothing but IT is known.
        """
        length_s = length_ms / 1000.0
        point = np.rint(begin_ms / 1000.0 / self.step_s).astype(np.int64) // self._stride
        np.add.at(self.seconds, point, length_s)
        it_mw = hall_mw.sum(axis=1)
        self.it_low_mw = min(self.it_low_mw, float(it_mw.min()))
        self.it_high_mw = max(self.it_high_mw, float(it_mw.max()))
        spiky_mw, none = it_mw, np.zeros(it_mw.size)
        rows = (none, it_mw, none, none)
        if steps is not None:
            spiky_mw = steps.grid_mw
            rows = (steps.grid_mw, it_mw, steps.cooling_mw, steps.loss_mw.sum(axis=0))
        for k, row in enumerate(rows):
            np.add.at(self._mws[k], point, row * length_s)
        np.minimum.at(self.low_mw, point, spiky_mw)
        np.maximum.at(self.high_mw, point, spiky_mw)
        self._hall_mws += length_s @ hall_mw
        self.hall_low_mw = np.minimum(self.hall_low_mw, hall_mw.min(axis=0))
        self.hall_high_mw = np.maximum(self.hall_high_mw, hall_mw.max(axis=0))

    @property
    def hour(self) -> FloatArray:
        """Middle of each stretch, in hours since the start; shape (point,)."""
        return np.asarray((np.cumsum(self.seconds) - 0.5 * self.seconds) / 3600.0)

    @property
    def edge_s(self) -> FloatArray:
        """Edges of the stretches; shape (point + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.seconds)])

    def mean_mw(self, what: str) -> FloatArray:
        """Mean of ``grid``, ``it``, ``cooling`` or ``losses``; shape (point,)."""
        row = ("grid", "it", "cooling", "losses").index(what)
        return np.asarray(self._mws[row] / self.seconds)

    @property
    def it_mwh(self) -> float:
        """Energy of IT over the run."""
        return float(self._mws[1].sum()) / 3600.0

    @property
    def hall_mean_mw(self) -> FloatArray:
        """Mean IT power of each hall; shape (hall,)."""
        return np.asarray(self._hall_mws / max(float(self.seconds.sum()), 1e-300))
