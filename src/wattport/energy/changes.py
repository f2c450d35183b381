"""Power as jumps in time, and its exact energy in every step, however long the step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class PowerBlock:
    """Energy of some consecutive steps by hall, exact in watt-milliseconds."""

    begin_ms: IntArray  # (step,)
    length_ms: IntArray  # (step,) the last one of all may be shorter
    energy_w_ms: IntArray  # (step, hall)

    @property
    def power_mw(self) -> FloatArray:
        """Mean power of each step; shape (step, hall)."""
        return np.asarray(self.energy_w_ms / self.length_ms[:, None] / 1e6)


@dataclass(frozen=True)
class PowerChanges:
    """Power of the machine as jumps in time, in whole watts."""

    at_ms: IntArray  # (change,) ascending
    hall: IntArray  # (change,)
    change_w: IntArray  # (change,)
    idle_w: IntArray  # (hall,) before the first
    until_ms: int


def power_blocks(
    changes: PowerChanges, step_s: float, steps_per_block: int = 86_400
) -> Iterator[PowerBlock]:
    """
    Resample power at any step without bias, block by block.

    Each step holds the exact integral of power over it, so the energy of any stretch is the same
    whatever the step, and memory is that of one block.

    Parameters
    ----------
    changes : PowerChanges
        From `power_changes`.
    step_s : float
        Length of a step. [s, >= 0.001]
    steps_per_block : int
        Steps handed on at once.

    Yields
    ------
    PowerBlock
        In order of time, without gaps, to the end.

    Examples
    --------
    A job of 1 kW holds the one node from 0.5 to 2.25 s.

    >>> changes = PowerChanges(np.array([500, 2250]), np.array([0, 0]), np.array([1000, -1000]),
    ...     np.array([0]), 3000)
    >>> [block.power_mw[:, 0].round(6).tolist() for block in power_blocks(changes, 1.0)]
    [[0.0005, 0.001, 0.00025]]
    """
    step = round(step_s * 1000)
    if step < 1:
        raise ValueError(f"a step is at least a millisecond, not {step_s} s")
    level = changes.idle_w.copy()
    n_steps = -(-changes.until_ms // step)
    for first in range(0, n_steps, steps_per_block):
        n = min(steps_per_block, n_steps - first)
        begin = (first + np.arange(n)) * step
        end = np.minimum(begin + step, changes.until_ms)
        from_i, to_i = np.searchsorted(changes.at_ms, [begin[0], begin[0] + n * step])
        at, hall = changes.at_ms[from_i:to_i], changes.hall[from_i:to_i]
        change = changes.change_w[from_i:to_i]
        i = (at - begin[0]) // step
        jump = np.zeros((n + 1, level.size), np.int64)
        np.add.at(jump, (i + 1, hall), change)
        before = level + np.cumsum(jump, axis=0)  # at the begin of each step, and after the last
        energy = before[:n] * (end - begin)[:, None]
        np.add.at(energy, (i, hall), change * np.maximum(end[i] - at, 0))
        level = before[n]
        yield PowerBlock(begin, end - begin, energy)
