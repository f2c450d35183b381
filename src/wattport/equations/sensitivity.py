"""Which uncertain input moves a result: regression on normal scores of joint draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from wattport.arrays import FloatArray

Z_P90 = 1.2815515655446004


@dataclass(frozen=True)
class Effects:
    """Effect of every input on one result, the others held."""

    slope: FloatArray  # (input,) result units per standard deviation of the input's score
    standard_error: FloatArray  # (input,) of the slope
    rank_correlation: FloatArray  # (input,) Spearman, others not held
    explained_frac: float  # R2 of the regression, adjusted for the number of inputs


def normal_scores(values: FloatArray) -> FloatArray:
    """
    Replace each number by the normal quantile of its rank.

    Makes inputs of any distribution comparable: one step is one standard deviation.

    Parameters
    ----------
    values : ndarray, shape (draw, ...)
        Any finite numbers; ties share their mean rank.

    Returns
    -------
    ndarray, same shape
        van der Waerden scores, ``ndtri(rank / (n + 1))``.

    Examples
    --------
    >>> normal_scores(np.array([3.0, 9.0, 5.0])).round(3)
    array([-0.674,  0.674,  0.   ])
    """
    ranks = rankdata(values, axis=0)
    return np.asarray(ndtri(ranks / (values.shape[0] + 1)), dtype=np.float64)


def rank_correlation(values: FloatArray, result: FloatArray) -> FloatArray:
    """
    Spearman's rank correlation of several quantities with one result.

    Parameters
    ----------
    values : ndarray, shape (draw, quantity)
        Finite; ties share their mean rank.
    result : ndarray, shape (draw,)
        Finite.

    Returns
    -------
    ndarray, shape (quantity,)
        From -1 to 1; zero where either is the same in every draw.

    References
    ----------
    C. Spearman, "The proof and measurement of association between two things", American
    Journal of Psychology 15(1), 1904, doi:10.2307/1412159.

    Examples
    --------
    >>> values = np.array([[1.0, 5.0, 2.0], [2.0, 5.0, 3.0], [9.0, 5.0, 1.0]])
    >>> rank_correlation(values, np.array([10.0, 20.0, 30.0]))
    array([ 1. ,  0. , -0.5])
    """
    ranks = rankdata(values, axis=0)
    ranks = ranks - ranks.mean(axis=0)
    of_result = rankdata(result)
    of_result = of_result - of_result.mean()
    norm = np.sqrt((ranks**2).sum(axis=0) * (of_result @ of_result))
    return np.asarray((of_result @ ranks) / np.where(norm > 0.0, norm, 1.0), dtype=np.float64)


def input_effects(inputs: FloatArray, result: FloatArray) -> Effects:
    """
    Regress a result on the normal scores of all inputs at once.

    Inputs that share a cause are correlated, so a plain correlation would credit each with the
    others' work; the joint regression holds them apart.

    Parameters
    ----------
    inputs : ndarray, shape (draw, input)
        Drawn uncertain inputs.
    result : ndarray, shape (draw,)
        Finite result of each draw. Needs at least ``input + 20`` draws.

    Returns
    -------
    Effects
        Slopes, their errors and the share explained.

    Raises
    ------
    ValueError
        When there are too few draws for the number of inputs.

    References
    ----------
    Saltelli et al., Sensitivity Analysis in Practice (2004), ch. 5: standardised regression on
    ranks for monotone models.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.standard_normal((500, 2))
    >>> effects = input_effects(x, 3.0 * x[:, 0] + rng.standard_normal(500))
    >>> effects.slope.round(0)
    array([3., 0.])
    """
    n_draws, n_inputs = inputs.shape
    if n_draws < n_inputs + 20:
        raise ValueError(f"{n_draws} draws cannot tell {n_inputs} inputs apart")
    scores = normal_scores(inputs)
    scores = scores - scores.mean(axis=0)
    spread = scores.std(axis=0)
    scores = scores / np.where(spread > 0.0, spread, 1.0)
    centred = result - result.mean()
    # rcond drops directions that the draws cannot see instead of inventing huge slopes for them.
    inverse = np.linalg.pinv(scores.T @ scores, rcond=1e-9)
    slope = inverse @ scores.T @ centred
    residual = centred - scores @ slope
    freedom = n_draws - n_inputs - 1
    variance = float(residual @ residual) / freedom
    total = float(centred @ centred) / (n_draws - 1)
    rank_result = normal_scores(result)
    rank_result = rank_result - rank_result.mean()
    norm = max(float(np.sqrt(rank_result @ rank_result)) * np.sqrt(n_draws), 1e-300)
    return Effects(
        slope=slope,
        standard_error=np.sqrt(variance * np.clip(np.diag(inverse), 0.0, None)),
        rank_correlation=scores.T @ rank_result / norm,
        explained_frac=1.0 - variance / total if total > 0.0 else 0.0,
    )
