"""Power of a GPU from load, batch and power cap, and the speed a cap costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from wattport.arrays import FloatArray
from wattport.catalog import Gpu

# Lowest clock a driver lets a cap reach, over the highest: 345 of 1980 MHz on an H100.
LEAST_CLOCK_FRAC = 345.0 / 1980.0
HALF_BATCH_RANGE = (0.5, 4096.0)


@dataclass(frozen=True)
class CappedGpu:
    """What a cap does to a GPU; arrays in the shape of its load."""

    power_w: FloatArray
    clock_frac: FloatArray
    speed_frac: FloatArray


def gpu_power_w(gpu: Gpu, load_frac: ArrayLike, clock_frac: ArrayLike = 1.0) -> FloatArray:
    """
    Power of a GPU from its load and clock.

    Parameters
    ----------
    gpu : Gpu
        From the catalogue.
    load_frac : array_like
        Dynamic power at full clock over that at the factory's limit. [0 to 1]
    clock_frac : array_like
        Clock over the highest. [0 to 1]

    Returns
    -------
    ndarray
        ``P_idle + (P_max - P_idle) load clock**g``. [W]

    Notes
    -----
    Dynamic power is ``C V**2 f``: `g` is 1 where the voltage stands at its floor and 3 where it
    follows the clock; the catalogue's value is fitted to a published cap.

    Examples
    --------
    >>> from wattport.catalog import find
    >>> gpu_power_w(find(Gpu, "h100_sxm"), [0.0, 0.5, 1.0])
    array([ 70., 385., 700.])
    """
    load = np.asarray(load_frac, np.float64)
    dynamic = load * np.asarray(clock_frac, np.float64) ** gpu.clock_exponent
    return np.asarray(gpu.idle_w + (gpu.max_w - gpu.idle_w) * dynamic)


def cap_gpu(gpu: Gpu, load_frac: ArrayLike, cap_w: ArrayLike, compute_frac: ArrayLike) -> CappedGpu:
    """
    Power, clock and speed of a GPU under a power cap.

    The firmware lowers the clock until the power fits; work that waits for memory or the
    network does not slow down with it, so a cap costs least where the GPU computes least. A
    cap above what the load draws does nothing, which is the usual case in decoding.

    Parameters
    ----------
    gpu : Gpu
        From the catalogue.
    load_frac : array_like
        As in `gpu_power_w`. [0 to 1]
    cap_w : array_like
        Power limit. [W, > idle]
    compute_frac : array_like
        Share of the time at full clock that falls with a higher clock. [0 to 1]

    Returns
    -------
    CappedGpu
        Where not even the lowest clock fits, the power stays above the cap, as it does on the
        machine.

    Notes
    -----
    ``speed = 1 / (b / clock + 1 - b)`` with `b` the compute share.

    References
    ----------
    Step time of training with an H100 at 600 of 700 W: +12 % (factryze.ai, "Power capping");
    memory-bound serving: 5 to 8 % less throughput (the same, glossary). Decoding draws 137 to
    300 W of 700 W and meets no cap: Ma et al., arXiv:2605.11999.

    Examples
    --------
    >>> from wattport.catalog import find
    >>> capped = cap_gpu(find(Gpu, "h100_sxm"), [1.0, 0.3], 600.0, [1.0, 0.3])
    >>> capped.power_w.round(1), capped.speed_frac.round(3)
    (array([600., 259.]), array([0.891, 1.   ]))
    """
    load = np.asarray(load_frac, np.float64)
    room = (np.asarray(cap_w, np.float64) - gpu.idle_w) / (gpu.max_w - gpu.idle_w)
    allowed = np.maximum(room, 0.0) / np.maximum(load, 1e-12)
    clock = np.clip(allowed ** (1.0 / gpu.clock_exponent), LEAST_CLOCK_FRAC, 1.0)
    share = np.asarray(compute_frac, np.float64)
    return CappedGpu(
        power_w=gpu_power_w(gpu, load, clock),
        clock_frac=clock,
        speed_frac=np.asarray(1.0 / (share / clock + 1.0 - share)),
    )


@dataclass(frozen=True)
class BatchPower:
    """
    Mean power of a serving GPU as its batch grows.

    Examples
    --------
    >>> BatchPower(400.0, 700.0, 50.0).power_w([0.0, 50.0, 450.0])
    array([400., 550., 670.])
    """

    floor_w: float
    ceiling_w: float
    half_batch: float  # batch that reaches half the way

    def power_w(self, batch: ArrayLike) -> FloatArray:
        """Return ``floor + (ceiling - floor) b / (b + half)``, in the shape of the batch."""
        size = np.asarray(batch, np.float64)
        share = size / (size + self.half_batch)
        return np.asarray(self.floor_w + (self.ceiling_w - self.floor_w) * share)


def fit_batch_power(batch: ArrayLike, measured_w: ArrayLike) -> BatchPower:
    """
    Fit the power of a serving GPU to measured means at several batch sizes.

    Decoding reads all weights for each token of the whole batch: power rises while a larger
    batch fills the arithmetic units and saturates where they or the memory are full.

    Parameters
    ----------
    batch : array_like, shape (point,)
        Largest number of requests decoded together. [> 0; three or more values]
    measured_w : array_like, shape (point,)
        Mean power of a GPU. [W]

    Returns
    -------
    BatchPower
        Least squares of the relative error; linear in floor and ceiling, searched in the rest.

    Examples
    --------
    >>> true = BatchPower(400.0, 700.0, 50.0)
    >>> found = fit_batch_power([8, 32, 128, 512], true.power_w([8, 32, 128, 512]))
    >>> round(found.floor_w, 1), round(found.ceiling_w, 1), round(found.half_batch, 1)
    (400.0, 700.0, 50.0)
    """
    size, measured = np.asarray(batch, np.float64), np.asarray(measured_w, np.float64)

    def solve(log_half: float) -> tuple[float, FloatArray]:
        share = size / (size + np.exp(log_half))
        terms = np.stack([1.0 - share, share], axis=1) / measured[:, None]
        found, _, _, _ = np.linalg.lstsq(terms, np.ones(size.size), rcond=None)
        return float(np.sum((terms @ found - 1.0) ** 2)), np.asarray(found, np.float64)

    low, high = (float(np.log(value)) for value in HALF_BATCH_RANGE)
    best = minimize_scalar(
        lambda log_half: solve(log_half)[0], bounds=(low, high), method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip
    floor_w, ceiling_w = (float(value) for value in solve(float(best.x))[1])
    return BatchPower(floor_w, ceiling_w, float(np.exp(best.x)))
