"""How likely a date and a sum hold together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.epoch import date_of, day_of

_STEPS_MAX = 6
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)
_ROUND = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Confidence:
    """Share of draws within each pair of a date and a sum."""

    date_day: FloatArray  # (date,) rising
    sum_eur: FloatArray  # (sum,) rising
    joint_frac: FloatArray  # (date, sum)


def joint_confidence(
    ready_day: FloatArray,
    cost_eur: FloatArray,
    asked_day: tuple[float, ...] = (),
    asked_eur: tuple[float, ...] = (),
) -> Confidence:
    """
    Share of draws that are ready by a date and cost no more than a sum.

    A date at 80 % and a sum at 80 % do not both hold at 80 %: only the joint share says how
    safe a promise of both is.

    Parameters
    ----------
    ready_day : ndarray, shape (draw,)
        NaN or inf: never, which counts as missed. [days since 2026-01-01]
    cost_eur : ndarray, shape (draw,)
        Cost of the same draws. [EUR]
    asked_day, asked_eur : tuple of float
        Dates and sums to be answered for beside the round ones, such as announced ones; those
        that are not finite are passed over.

    Returns
    -------
    Confidence
        Over first days of months and round sums that cover the draws.

    References
    ----------
    NASA Cost Estimating Handbook 4.0 (2015), appendix J: joint cost and schedule confidence
    level analysis.

    Examples
    --------
    >>> found = joint_confidence(np.array([10.0, 40.0]), np.array([3e9, 5e9]))
    >>> found.joint_frac[-1, -1]
    np.float64(1.0)
    """
    dates = np.unique([*_month_days(ready_day), *_finite(asked_day)])
    sums = np.unique([*_round_sums(cost_eur), *_finite(asked_eur)])
    in_time = ready_day[:, None] <= dates  # a comparison with NaN is false
    within = cost_eur[:, None] <= sums
    joint = (in_time[:, :, None] & within[:, None, :]).mean(axis=0)
    return Confidence(dates, sums, np.asarray(joint, dtype=np.float64))


def _finite(values: tuple[float, ...]) -> list[float]:
    return [value for value in values if np.isfinite(value)]


def _month_days(day: FloatArray) -> list[float]:
    """First days of months, evenly apart, from the last before all draws to the first after."""
    finite = day[np.isfinite(day)]
    if finite.size == 0:
        return []
    first, last = (date_of(float(d)) for d in (np.ceil(finite.min()), np.ceil(finite.max())))
    low, high = (d.year * 12 + d.month - 1 for d in (first, last))
    step = next((s for s in _MONTH_STEPS if (high - low) // s + 2 <= _STEPS_MAX + 1), 120)
    start = low - low % step + step
    stop = high - high % step + step
    return [day_of(date(m // 12, m % 12 + 1, 1)) for m in range(start, stop + 1, step)]


def _round_sums(cost_eur: FloatArray) -> list[float]:
    """Round sums, evenly apart, that cover all draws."""
    low, high = float(cost_eur.min()), float(cost_eur.max())
    rough = max(high - low, 0.01 * abs(high), 1.0) / (_STEPS_MAX - 1)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(f * power for f in _ROUND if f * power >= rough * (1 - 1e-9))
    first, last = np.floor(low / step) + 1, np.ceil(high / step)
    return [float(k * step) for k in np.arange(first, max(first, last) + 1)]
