"""Uncertain numbers and their quantile functions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from wattport.arrays import FloatArray

Z90 = 1.2815515655446004  # standard normal quantile of 0.9
TAIL_FRAC = 1e-4  # normal and lognormal are cut at this probability on either side
Z_TAIL = 3.719016485455709  # standard normal quantile of 1 - TAIL_FRAC


class Shape(StrEnum):
    """Shapes of an uncertain number."""

    TRIANGULAR = "triangular"
    PERT = "pert"
    UNIFORM = "uniform"
    NORMAL = "normal"
    LOGNORMAL = "lognormal"
    DISCRETE = "discrete"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """
    A number known only as a distribution.

    ``value`` is central: the mode of triangular and PERT, the median of
    normal and lognormal. ``low`` and ``high`` are limits for triangular, PERT
    and uniform, and P10 and P90 for normal and lognormal. ``group`` names the
    correlated group; a leading ``-`` moves against it. ``given`` are draws that
    are there already, of shape (draw,): they stand in place of new ones.
    """

    value: float
    low: float
    high: float
    shape: Shape = Shape.TRIANGULAR
    group: str | None = None
    choices: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    given: FloatArray | None = field(default=None, compare=False, repr=False)

    def ppf(self, u: FloatArray) -> FloatArray:
        """
        Quantile function.

        Parameters
        ----------
        u : ndarray
            Probability. [0 to 1]

        Returns
        -------
        ndarray
            Value that is not exceeded with probability ``u``; same shape.

        Notes
        -----
        Normal and lognormal join two halves at the median, each with its own
        spread, so that P10 and P90 are met exactly when they lie unevenly.
        Their tails are cut at 1 in 10,000. PERT is the beta distribution with
        ``a = 1 + 4 (mode - low) / (high - low)`` and ``a + b = 6``.

        References
        ----------
        Malcolm, Roseboom, Clark, Fazar (1959), Application of a technique for
        research and development program evaluation, Operations Research 7(5).
        Wallis (2014), The two-piece normal, binormal, or double Gaussian
        distribution, Statistical Science 29(1).

        Examples
        --------
        >>> Uncertain(4.0, 2.0, 8.0, Shape.LOGNORMAL).ppf(np.array([0.1, 0.5, 0.9]))
        array([2., 4., 8.])
        """
        return _QUANTILE[self.shape](self, np.asarray(u, dtype=np.float64))


def _triangular(x: Uncertain, u: FloatArray) -> FloatArray:
    span, left = x.high - x.low, x.value - x.low
    rising = x.low + np.sqrt(u * span * left)
    falling = x.high - np.sqrt((1.0 - u) * span * (x.high - x.value))
    return np.where(u * span <= left, rising, falling)


def _pert(x: Uncertain, u: FloatArray) -> FloatArray:
    from scipy.special import betaincinv  # imported here: half the start-up time of a load

    a = 1.0 + 4.0 * (x.value - x.low) / (x.high - x.low)
    return np.asarray(x.low + (x.high - x.low) * betaincinv(a, 6.0 - a, u), dtype=np.float64)


def _uniform(x: Uncertain, u: FloatArray) -> FloatArray:
    return np.asarray(x.low + (x.high - x.low) * u, dtype=np.float64)


def _score(u: FloatArray) -> FloatArray:
    from scipy.special import ndtri

    return np.asarray(np.clip(ndtri(u), -Z_TAIL, Z_TAIL), dtype=np.float64)


def _normal(x: Uncertain, u: FloatArray) -> FloatArray:
    z = _score(u)
    return x.value + z / Z90 * np.where(z < 0.0, x.value - x.low, x.high - x.value)


def _lognormal(x: Uncertain, u: FloatArray) -> FloatArray:
    z = _score(u)
    spread = np.where(z < 0.0, math.log(x.value / x.low), math.log(x.high / x.value))
    return np.asarray(x.value * np.exp(z / Z90 * spread), dtype=np.float64)


def _discrete(x: Uncertain, u: FloatArray) -> FloatArray:
    cumulated = np.cumsum(x.weights)
    index = np.searchsorted(cumulated / cumulated[-1], u, side="left")
    return np.asarray(x.choices, dtype=np.float64)[np.minimum(index, len(x.choices) - 1)]


_QUANTILE = {
    Shape.TRIANGULAR: _triangular,
    Shape.PERT: _pert,
    Shape.UNIFORM: _uniform,
    Shape.NORMAL: _normal,
    Shape.LOGNORMAL: _lognormal,
    Shape.DISCRETE: _discrete,
}
