"""Random numbers of the site programme, one stream per draw and hall."""

from __future__ import annotations

import math

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.compiled import kernel
from wattport.equations.random_stream import next_normal, next_uniform, seed_stream

_STREAM = 0x6275696C64  # "build": keeps these streams apart from other stages'
_RISK_PART = 0
_FIRST_HALL_PART = 1
_LOT_PART = 1 << 32  # beyond all halls


@kernel
def hall_factors(
    seed: int, draw_ids: IntArray, cv_frac: FloatArray, n_halls: int, n_activities: int
) -> FloatArray:
    """
    Draw how much longer or shorter each activity takes in each hall.

    Parameters
    ----------
    seed : int
        The user's seed.
    draw_ids : ndarray of int, shape (draw,)
        Identity of each draw, which alone chooses its stream.
    cv_frac : ndarray, shape (draw,)
        Coefficient of variation. [>= 0]
    n_halls, n_activities : int
        Size of the result; a hall's numbers do not depend on the number of halls.

    Returns
    -------
    ndarray, shape (draw, hall, activity)
        Lognormal with mean 1 and the given coefficient of variation.

    Notes
    -----
    ``exp(s z - s**2 / 2)`` with ``s**2 = ln(1 + cv**2)`` and ``z`` standard normal.
    """
    factors = np.empty((draw_ids.size, n_halls, n_activities))
    for k in range(draw_ids.size):
        variance = math.log1p(cv_frac[k] ** 2)
        sigma = math.sqrt(variance)
        for h in range(n_halls):
            state = seed_stream(seed, _STREAM, draw_ids[k], _FIRST_HALL_PART + h)
            for a in range(n_activities):
                factors[k, h, a] = math.exp(sigma * next_normal(state) - 0.5 * variance)
    return factors


@kernel
def lot_factors(seed: int, draw_ids: IntArray, cv_frac: FloatArray, n_lots: int) -> FloatArray:
    """
    Draw how much longer or shorter each lot of HV transformers takes to come.

    Parameters
    ----------
    seed : int
        The user's seed.
    draw_ids : ndarray of int, shape (draw,)
        Identity of each draw.
    cv_frac : ndarray, shape (draw,)
        Coefficient of variation. [>= 0]
    n_lots : int
        Size of the result; a lot's number does not depend on how many there are.

    Returns
    -------
    ndarray, shape (draw, lot)
        Lognormal with mean 1 and the given coefficient of variation.
    """
    factors = np.empty((draw_ids.size, n_lots))
    for k in range(draw_ids.size):
        variance = math.log1p(cv_frac[k] ** 2)
        state = seed_stream(seed, _STREAM, draw_ids[k], _LOT_PART)
        for lot in range(n_lots):
            factors[k, lot] = math.exp(math.sqrt(variance) * next_normal(state) - 0.5 * variance)
    return factors


@kernel
def risk_uniforms(seed: int, draw_ids: IntArray, n_risks: int) -> FloatArray:
    """
    Draw the number that decides, per draw, whether each risk happens.

    Parameters
    ----------
    seed : int
        The user's seed.
    draw_ids : ndarray of int, shape (draw,)
        Identity of each draw.
    n_risks : int
        Number of risks.

    Returns
    -------
    ndarray, shape (draw, risk)
        Uniform on (0, 1); a risk happens where it is below the probability, so that raising
        a probability only adds draws in which it happens.
    """
    uniforms = np.empty((draw_ids.size, n_risks))
    for k in range(draw_ids.size):
        state = seed_stream(seed, _STREAM, draw_ids[k], _RISK_PART)
        for r in range(n_risks):
            uniforms[k, r] = next_uniform(state)
    return uniforms
