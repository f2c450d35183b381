"""Demand for the campus's capacity: how much training is sold and how many requests come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

_HOUR_OF_DAY = np.arange(24)
_BISECTIONS = 32
_LARGEST_SCALE = 4.0
# Probabilists' Gauss-Hermite rule for the hourly noise.
_NOISE_NODE, _noise_weight = np.polynomial.hermite_e.hermegauss(7)
_NOISE_WEIGHT = _noise_weight / _noise_weight.sum()


@dataclass(frozen=True)
class Demand:
    """Levels that make the yearly mean of IT power what the scenario says."""

    training_level_frac: FloatArray  # (draw,) of the capacity for training that is sold
    inference_scale_frac: FloatArray  # (draw,) mean requests of a weekday over the fleet's most
    expected_frac: FloatArray  # (draw,) IT power over nameplate that these levels give


@dataclass(frozen=True)
class Fleets:
    """What replicas draw, per draw; see `compute_kernel.serve_hour`."""

    most_sold_frac: FloatArray  # (draw,) of the GPUs; the rest are spares or failed
    headroom_frac: FloatArray  # (draw,)
    least_on_frac: FloatArray  # (draw,)
    promised_load_frac: FloatArray  # (draw,)
    power_frac: FloatArray  # (draw, load) above idle, 1 at the promised load


def request_shape(
    hour_utc: ArrayLike,
    is_weekend: ArrayLike,
    amplitude: ArrayLike,
    drop: ArrayLike,
    peak: ArrayLike,
) -> FloatArray:
    """
    Requests over their weekday mean, by hour.

    Parameters
    ----------
    hour_utc : array_like
        Hour of the day. [0 to 24]
    is_weekend : array_like of bool
        Saturday or Sunday.
    amplitude, drop : array_like
        Half swing over the day; fall at weekends. [0 to 1]
    peak : array_like
        Hour of the maximum. [h, UTC]

    Returns
    -------
    ndarray
        ``(1 + a cos(2 pi (h - peak) / 24)) (1 - drop at weekends)``.

    Examples
    --------
    >>> request_shape(np.array([2.0, 14.0]), False, 0.25, 0.12, 14.0)
    array([0.75, 1.25])
    """
    angle = 2.0 * np.pi * (np.asarray(hour_utc, np.float64) - np.asarray(peak, np.float64)) / 24.0
    daily = 1.0 + np.asarray(amplitude, np.float64) * np.cos(angle)
    return np.asarray(daily * np.where(is_weekend, 1.0 - np.asarray(drop, np.float64), 1.0))


def fleet_activity_frac(fleets: Fleets, wanted: FloatArray) -> FloatArray:
    """
    Power above idle of the fleet, over that with all replicas at the promised load.

    Parameters
    ----------
    fleets : Fleets
        Replicas.
    wanted : ndarray, shape (draw, ...)
        Requests over what the fleet answers within its promise. [>= 0]

    Returns
    -------
    ndarray, shape (draw, ...)
        The vector form of `compute_kernel.serve_hour`. [0 to 1]
    """
    wide = (slice(None),) + (None,) * (wanted.ndim - 1)
    answered = np.minimum(wanted, 1.0)
    on = np.clip(answered * (1.0 + fleets.headroom_frac[wide]), fleets.least_on_frac[wide], 1.0)
    load = answered / np.maximum(on, 1e-12) * fleets.promised_load_frac[wide]
    n = fleets.power_frac.shape[1]
    at = np.minimum(load * (n - 1), n - 1.0)
    k = np.minimum(at.astype(np.int64), n - 2)
    row = np.arange(wanted.shape[0])[wide]
    low, high = fleets.power_frac[row, k], fleets.power_frac[row, k + 1]
    return np.asarray(on * (low + (at - k) * (high - low)))


def balance_demand(
    utilisation_frac: FloatArray,
    idle_power_frac: FloatArray,
    training_frac: FloatArray,
    training_activity_frac: FloatArray,
    fleets: Fleets,
    shape: tuple[FloatArray, FloatArray, FloatArray],
) -> Demand:
    """
    Find the sold training and the requests that give the wanted mean IT power.

    The scenario's utilisation is mean IT power over nameplate in a ready hall at full ramp on
    machines that never fail: a statement about the market. How much work that is follows from
    what the machines do: a fleet of replicas follows the day and cannot answer more than all of
    it can. So the levels are solved, not assumed. What fails takes from them afterwards.

    Parameters
    ----------
    utilisation_frac, idle_power_frac, training_frac : ndarray, shape (draw,)
        From the workload section. [0 to 1]
    training_activity_frac : ndarray, shape (draw,)
        Mean power of a training above idle, over that while it computes. [0 to 1]
    fleets : Fleets
        Replicas and the share of GPUs that can be sold.
    shape : tuple of ndarray, shape (draw,)
        Half swing of requests over the day, fall at weekends, spread of the noise.

    Returns
    -------
    Demand
        Levels, and the mean they give: short of the wanted one only where even a campus that has
        sold all it can does not reach it.

    Notes
    -----
    Activity ``a`` moves a rack from idle to nameplate power, ``idle + (1 - idle) a``. Training and
    inference are asked for the same mean; each carries what the other cannot. The mean over
    hours of the week and noise uses a Gauss-Hermite rule of 7 nodes.
    """
    span = np.maximum(1.0 - idle_power_frac, 1e-12)
    wanted = np.clip((utilisation_frac - idle_power_frac) / span, 0.0, 1.0)
    level = np.minimum(wanted / np.maximum(training_activity_frac, 1e-12), fleets.most_sold_frac)
    inference_frac = (1.0 - training_frac) * fleets.most_sold_frac
    rest = wanted - training_frac * level * training_activity_frac
    target = np.clip(rest / np.maximum(inference_frac, 1e-12), 0.0, 1.0)
    forms, weight = _week_of(*shape)
    low, high = np.zeros_like(target), np.full_like(target, _LARGEST_SCALE)
    for _ in range(_BISECTIONS):
        scale = 0.5 * (low + high)
        # A sum along the row, not a product with BLAS: bits must not depend on other draws.
        mean = (fleet_activity_frac(fleets, scale[:, None] * forms) * weight).sum(axis=1)
        is_high = mean > target
        low, high = np.where(is_high, low, scale), np.where(is_high, scale, high)
    scale = np.where(target > 0.0, scale, 0.0)  # halving never ends at nothing
    served = inference_frac * mean
    # What a saturated fleet leaves, training takes as far as it can.
    full_training = np.maximum(training_frac * training_activity_frac, 1e-12)
    level = np.clip((wanted - served) / full_training, level, fleets.most_sold_frac)
    reached = training_frac * level * training_activity_frac + served
    return Demand(level, scale, idle_power_frac + span * reached)


def _week_of(
    amplitude: FloatArray, drop: FloatArray, noise: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Forms of the requests over a week with noise, (draw, form), and their weights, (form,)."""
    forms, weights = [], []
    for is_weekend, days in ((False, 5.0), (True, 2.0)):
        # The shape is even about its peak: 13 hours stand for 24.
        hours, count = _HOUR_OF_DAY[:13], np.array([1.0, *[2.0] * 11, 1.0])
        daily = request_shape(hours, is_weekend, amplitude[:, None], drop[:, None], 0.0)
        noisy = daily[:, :, None] * np.maximum(1.0 + noise[:, None, None] * _NOISE_NODE, 0.0)
        forms.append(noisy.reshape(amplitude.size, -1))
        weights.append((days / 7.0 / 24.0 * count[:, None] * _NOISE_WEIGHT).ravel())
    return np.concatenate(forms, axis=1), np.concatenate(weights)
