"""How fast power moves from one minute to the next: what a grid operator limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray

MINUTE_S = 60.0


@dataclass
class Ramp:
    """
    Steepest rise and fall of one-minute means, gathered stretch by stretch.

    Whole minutes of the clock count; a begun one waits for the next stretch.

    Examples
    --------
    >>> ramp = Ramp()
    >>> ramp.add(np.array([0.0, 60.0, 90.0]), np.array([10.0, 10.0]))
    >>> ramp.add(np.array([90.0, 150.0]), np.array([30.0]))
    >>> ramp.rise_mw_per_min, ramp.fall_mw_per_min
    (10.0, 0.0)
    """

    rise_mw_per_min: float = 0.0
    fall_mw_per_min: float = 0.0
    _before_mw: float = np.nan  # mean of the last whole minute
    _begun_mws: float = 0.0  # energy of the minute that has begun

    def add(self, edge_s: FloatArray, power_mw: FloatArray) -> None:
        """
        Count one more stretch, the next in time.

        Parameters
        ----------
        edge_s : ndarray, shape (time + 1,)
            Rising; the first is the last of the stretch before. [s]
        power_mw : ndarray, shape (time,)
            Constant between the edges. [MW]
        """
        energy = np.concatenate([[0.0], np.cumsum(power_mw * np.diff(edge_s))])
        first, last = (int(edge_s[end] // MINUTE_S) for end in (0, -1))
        minutes_s = MINUTE_S * np.arange(first, last + 1)
        passed = np.interp(minutes_s, edge_s, energy)  # nothing yet before the first edge
        if last == first:
            self._begun_mws += float(energy[-1])
            return
        means = np.diff(passed) / MINUTE_S
        means[0] += self._begun_mws / MINUTE_S
        jump = np.diff(np.concatenate([[self._before_mw], means]))
        self.rise_mw_per_min = max(self.rise_mw_per_min, float(np.nanmax(jump, initial=0.0)))
        self.fall_mw_per_min = max(self.fall_mw_per_min, -float(np.nanmin(jump, initial=0.0)))
        self._before_mw = float(means[-1])
        self._begun_mws = float(energy[-1] - passed[-1])
