"""Service times from one stream per station, so that the k-th service is always the same."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, Records
from wattport.equations.random_stream import (
    NORMAL_BODY,
    next_exponential,
    next_normal,
    next_uniform,
    normal_body,
    normal_quantile,
)
from wattport.factory.engine.compiled import borrowing

# Services drawn at once: their arithmetic overlaps, while one alone would be waited for.
N_AHEAD = 32


@borrowing
def next_service_h(stream: NDArray[np.uint64], kind: int, p0: float, p1: float, p2: float) -> float:
    """
    Draw the next service time of a station.

    Parameters
    ----------
    stream : ndarray of uint64, shape (4,)
        The station's stream, moved on in place.
    kind : int
        A `wattport.factory.engine.line_records.Service`.
    p0, p1, p2 : float
        Its parameters, as listed there.

    Returns
    -------
    float
        Hours of work. [h, >= 0]

    Notes
    -----
    Gamma by the squeeze-free form of Marsaglia and Tsang; shapes below 1 by
    their boost ``U ** (1 / shape)``.

    References
    ----------
    G. Marsaglia, W. W. Tsang, "A simple method for generating gamma
    variables", ACM Trans. Math. Softw. 26(3), 2000, doi:10.1145/358407.358414.

    Examples
    --------
    >>> from wattport.equations.random_stream import seed_stream
    >>> next_service_h(seed_stream(1, 2, 3, 4), 0, 7.5, 0.0, 0.0)
    7.5
    """
    if kind == 0:
        return p0
    if kind == 1:
        return p0 * next_exponential(stream)
    if kind == 2:
        return math.exp(p0 + p1 * next_normal(stream))
    if kind == 3:
        return p1 * _next_gamma(stream, p0)
    share = next_uniform(stream)
    if share * (p2 - p0) <= p1 - p0:
        return p0 + math.sqrt(share * (p2 - p0) * (p1 - p0))
    return p2 - math.sqrt((1.0 - share) * (p2 - p0) * (p2 - p1))


@borrowing
def draw_ahead(
    streams: Records, op: int, kind: int, p0: float, p1: float, p2: float, ahead_h: FloatArray
) -> None:
    """
    Draw the next `N_AHEAD` services of an operation; one stream, so none differs for it.

    Parameters
    ----------
    streams : structured ndarray, shape (operation, purpose)
        Of `wattport.factory.engine.line_records.STREAM`; services are the first purpose.
    op : int
        Row.
    kind, p0, p1, p2 : int, float
        As for `next_service_h`.
    ahead_h : ndarray, shape (operation + 1, service)
        One row filled in; the last one is scratch. [h]
    """
    words = streams[op, 0].words
    if kind != 2:
        for i in range(N_AHEAD):
            ahead_h[op, i] = next_service_h(words, kind, p0, p1, p2)
        return
    # Step by step over all, which gives the same bits in half of the time.
    spare = ahead_h.shape[0] - 1
    for i in range(N_AHEAD):
        ahead_h[spare, i] = next_uniform(words)
    _normal_bodies(ahead_h, spare, op)
    for i in range(N_AHEAD):
        if abs(ahead_h[spare, i] - 0.5) > NORMAL_BODY:
            ahead_h[op, i] = normal_quantile(ahead_h[spare, i])
    for i in range(N_AHEAD):
        ahead_h[op, i] = math.exp(p0 + p1 * ahead_h[op, i])


@borrowing
def _normal_bodies(table: FloatArray, source: int, target: int) -> None:
    for i in range(N_AHEAD):
        table[target, i] = normal_body(table[source, i] - 0.5)


@borrowing
def _next_gamma(stream: NDArray[np.uint64], shape: float) -> float:
    boost = 1.0
    if shape < 1.0:
        boost = next_uniform(stream) ** (1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = next_normal(stream)
        v = (1.0 + c * x) ** 3
        if v > 0.0:
            u = next_uniform(stream)
            if math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
                return boost * d * v
