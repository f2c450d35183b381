"""The AI workload: how busy the ready halls are, before any limit holds them back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from wattport.records.record import FloatArray

DAYS_PER_MONTH = 365.25 / 12.0
_HOUR_OF_DAY = np.arange(24)
_WEEKEND_DAY_FRAC = 2.0 / 7.0
_BISECTIONS = 45


@dataclass(frozen=True)
class Demand:
    """Levels that make the yearly mean of IT power what the scenario says."""

    training_level_frac: FloatArray  # (draw,) activity of a training job that runs
    inference_scale_frac: FloatArray  # (draw,) multiplies the shape of inference demand
    expected_frac: FloatArray  # (draw,) IT power over nameplate that these levels give


def inference_shape(
    hour_utc: ArrayLike,
    is_weekend: ArrayLike,
    amplitude: ArrayLike,
    drop: ArrayLike,
    peak: ArrayLike,
) -> FloatArray:
    """
    Demand for inference over its weekday mean, by hour.

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
    >>> inference_shape(np.array([2.0, 14.0]), False, 0.25, 0.12, 14.0)
    array([0.75, 1.25])
    """
    angle = 2.0 * np.pi * (np.asarray(hour_utc, np.float64) - np.asarray(peak, np.float64)) / 24.0
    daily = 1.0 + np.asarray(amplitude, np.float64) * np.cos(angle)
    return np.asarray(daily * np.where(is_weekend, 1.0 - np.asarray(drop, np.float64), 1.0))


def balance_demand(
    utilisation_frac: FloatArray,
    idle_power_frac: FloatArray,
    training_frac: FloatArray,
    training_dip_frac: FloatArray,
    diurnal_amplitude_frac: FloatArray,
    weekend_drop_frac: FloatArray,
    inference_noise_frac: FloatArray,
) -> Demand:
    """
    Find the levels of training and inference that give the wanted mean IT power.

    The scenario's utilisation is mean IT power over nameplate in a ready hall at full ramp.
    Activity ``a`` moves a rack from idle to nameplate power, ``idle + (1 - idle) a``. Training
    that runs takes what its stops cost it on average; inference carries the rest and saturates
    at its peak, so its scale is solved, not assumed.

    Parameters
    ----------
    utilisation_frac, idle_power_frac, training_frac, training_dip_frac : ndarray, shape (draw,)
        From the workload section. [0 to 1]
    diurnal_amplitude_frac, weekend_drop_frac, inference_noise_frac : ndarray, shape (draw,)
        Shape of inference demand and relative spread of its noise. [0 to 1]

    Returns
    -------
    Demand
        Levels, and the mean they give: short of the wanted one only where even saturated halls
        cannot reach it.

    Notes
    -----
    With noise of standard deviation ``sigma`` the mean of demand ``m (1 + sigma z)`` cut at 1 is
    ``1 - s (d Phi(d) + phi(d))``, ``s = m sigma``, ``d = (1 - m) / s``.

    Examples
    --------
    >>> one = np.ones(1)
    >>> demand = balance_demand(
    ...     0.85 * one, 0.25 * one, 0.5 * one, 0.06 * one, 0.25 * one, 0.12 * one, 0.05 * one)
    >>> demand.training_level_frac.round(3), demand.expected_frac.round(6)
    (array([0.851]), array([0.85]))
    """
    span = np.maximum(1.0 - idle_power_frac, 1e-12)
    wanted = np.clip((utilisation_frac - idle_power_frac) / span, 0.0, 1.0)
    up = 1.0 - training_dip_frac
    level = np.minimum(wanted / np.maximum(up, 1e-12), 1.0)
    inference_frac = 1.0 - training_frac
    rest = wanted - training_frac * level * up
    target = np.clip(rest / np.maximum(inference_frac, 1e-12), 0.0, 1.0)
    low, high = np.zeros_like(target), np.full_like(target, 20.0)
    for _ in range(_BISECTIONS):
        scale = 0.5 * (low + high)
        mean = _mean_activity(
            scale, diurnal_amplitude_frac, weekend_drop_frac, inference_noise_frac
        )
        is_high = mean > target
        low, high = np.where(is_high, low, scale), np.where(is_high, scale, high)
    reached = training_frac * level * up + inference_frac * mean
    return Demand(level, scale, idle_power_frac + span * reached)


def _mean_activity(
    scale: FloatArray, amplitude: FloatArray, drop: FloatArray, noise: FloatArray
) -> FloatArray:
    """Mean over a week of inference activity, cut at 1; shape (draw,)."""
    by_day = [
        scale[:, None]
        * inference_shape(_HOUR_OF_DAY, is_weekend, amplitude[:, None], drop[:, None], 0.0)
        for is_weekend in (False, True)
    ]
    weekday, weekend = (_mean_cut_at_one(m, noise[:, None]).mean(axis=1) for m in by_day)
    return np.asarray((1.0 - _WEEKEND_DAY_FRAC) * weekday + _WEEKEND_DAY_FRAC * weekend)


def _mean_cut_at_one(mean: FloatArray, noise: FloatArray) -> FloatArray:
    spread = np.maximum(mean * noise, 1e-9)
    distance = (1.0 - mean) / spread
    density = np.exp(-0.5 * np.minimum(distance**2, 1400.0)) / np.sqrt(2.0 * np.pi)
    return np.asarray(1.0 - spread * (distance * ndtr(distance) + density))
