"""
Random streams for compiled event loops, one per (seed, stage, draw, part).

A compiled loop over ten thousand draws cannot afford ten thousand
``numpy.random.Generator`` objects (about 20 us each), and its numbers must not
depend on how the draws were split among workers.  So a stream here is nothing
but four 64-bit words, derived from four integers by mixing; it is made in some
ten nanoseconds inside the loop that uses it.

The generator is xoshiro256++ (Blackman and Vigna 2021), filled by splitmix64
(Steele, Lea and Flood 2014), as its authors advise.  Normals come from the
inverse of the normal distribution function (Wichura 1988), so each variate
costs exactly one word and two draws that differ in one input stay in step.

References
----------
D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators",
ACM Trans. Math. Softw. 47(4), 2021, doi:10.1145/3460772.
G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014, doi:10.1145/2660193.2660195.
M. J. Wichura, "Algorithm AS 241: The percentage points of the normal
distribution", Applied Statistics 37(3), 1988, doi:10.2307/2347330.
"""

import math

import numpy as np
from numpy.typing import NDArray

from wattport.compiled import kernel, kernel_with

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_ONE_OF_2_52 = 2.0**-52


@kernel
def _mix64(word: np.uint64) -> np.uint64:
    """Spread every bit of a word over the whole word (splitmix64's finaliser)."""
    z = (word ^ (word >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@kernel
def seed_stream(seed: int, a: int, b: int, c: int) -> NDArray[np.uint64]:
    """
    Start the random stream that belongs to four integers.

    The stream is a pure function of the four, so a draw sees the same numbers
    whichever worker computes it and however many draws are computed beside it.

    Parameters
    ----------
    seed : int
        The user's seed. [any 64-bit integer]
    a, b, c : int
        Names of the stream below the seed, by habit (stage, draw, part).
        Their order matters. [any 64-bit integer]

    Returns
    -------
    ndarray of uint64, shape (4,)
        State, changed in place by the ``next_*`` functions.

    Notes
    -----
    The words are absorbed one after another, ``h = mix64((h xor word) +
    golden)``, then splitmix64 from ``h`` fills the state.  Two different
    quadruples share a stream with probability 2**-64.

    Examples
    --------
    >>> state = seed_stream(1, 2, 3, 4)
    >>> again = seed_stream(1, 2, 3, 4)
    >>> next_uniform(state) == next_uniform(again)
    True
    """
    h = _mix64(np.uint64(seed) + _GOLDEN)
    h = _mix64((h ^ np.uint64(a)) + _GOLDEN)
    h = _mix64((h ^ np.uint64(b)) + _GOLDEN)
    h = _mix64((h ^ np.uint64(c)) + _GOLDEN)
    state = np.empty(4, dtype=np.uint64)
    for i in range(4):
        h = h + _GOLDEN
        state[i] = _mix64(h)
    return state


@kernel
def next_word(state: NDArray[np.uint64]) -> np.uint64:
    """
    Draw 64 random bits and advance the stream (xoshiro256++).

    Parameters
    ----------
    state : ndarray of uint64, shape (4,)
        From `seed_stream`; changed in place.

    Returns
    -------
    uint64
        Uniform over all 64-bit words.

    Examples
    --------
    >>> reference = np.array([1, 2, 3, 4], dtype=np.uint64)
    >>> [int(next_word(reference)) for _ in range(2)]
    [41943041, 58720359]
    """
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    x = s0 + s3
    result: np.uint64 = ((x << np.uint64(23)) | (x >> np.uint64(41))) + s0
    t = s1 << np.uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    state[0], state[1], state[2] = s0, s1, s2
    state[3] = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
    return result


@kernel
def next_uniform(state: NDArray[np.uint64]) -> float:
    """
    Draw a number uniform on the open interval (0, 1).

    Neither end can occur, so a logarithm or an inverse distribution function
    of the result is always finite.

    Parameters
    ----------
    state : ndarray of uint64, shape (4,)
        From `seed_stream`; changed in place.

    Returns
    -------
    float
        Midpoint of one of 2**52 equal cells. [0 < u < 1]

    Examples
    --------
    >>> 0.0 < next_uniform(seed_stream(1, 0, 0, 0)) < 1.0
    True
    """
    return (float(next_word(state) >> np.uint64(12)) + 0.5) * _ONE_OF_2_52


NORMAL_BODY = 0.425  # distance of a probability from one half up to which `normal_body` holds


@kernel_with(error_model="numpy")
def normal_body(q: float) -> float:
    """
    Return the standard normal quantile of the probability ``0.5 + q`` in the body.

    Without a branch, so that a loop over many is done several at a time.

    Parameters
    ----------
    q : float
        Distance from one half. [-0.425..0.425]

    Returns
    -------
    float
        As `normal_quantile`; beyond the body a number without meaning.

    Examples
    --------
    >>> normal_body(0.25) == normal_quantile(0.75)
    True
    """
    r = 0.180625 - q * q
    return q * (
        ((((((2509.0809287301226727 * r + 33430.575583588128105) * r
        + 67265.770927008700853) * r + 45921.953931549871457) * r
        + 13731.693765509461125) * r + 1971.5909503065514427) * r
        + 133.14166789178437745) * r + 3.387132872796366608
    ) / (
        ((((((5226.495278852545925 * r + 28729.085735721942674) * r
        + 39307.89580009271061) * r + 21213.794301586595867) * r
        + 5394.1960214247511077) * r + 687.1870074920579083) * r
        + 42.313330701600911252) * r + 1.0
    )  # fmt: skip


@kernel
def normal_quantile(p: float) -> float:
    """
    Return the standard normal quantile of a probability.

    Parameters
    ----------
    p : float
        Probability of not exceeding the result. [0 < p < 1]

    Returns
    -------
    float
        ``x`` with ``Phi(x) = p``, to about 1 part in 1e16.

    Notes
    -----
    Wichura's AS 241 (PPND16): three rational functions, for the body
    ``|p - 0.5| <= 0.425``, the near and the far tail.

    Examples
    --------
    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    q = p - 0.5
    if abs(q) <= NORMAL_BODY:
        return normal_body(q)
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        x = (
            ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r
            + 0.24178072517745061177) * r + 1.27045825245236838258) * r
            + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734
        ) / (
            ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r
            + 0.0151986665636164571966) * r + 0.14810397642748007459) * r
            + 0.68976733498510000455) * r + 1.6763848301838038494) * r
            + 2.05319162663775882187) * r + 1.0
        )  # fmt: skip
    else:
        r -= 5.0
        x = (
            ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
            + 0.0012426609473880784386) * r + 0.026532189526576123093) * r
            + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772
        ) / (
            ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
            + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r
            + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
            + 0.59983220655588793769) * r + 1.0
        )  # fmt: skip
    return -x if q < 0.0 else x


@kernel
def next_normal(state: NDArray[np.uint64]) -> float:
    """
    Draw a standard normal number (mean 0, standard deviation 1).

    Parameters
    ----------
    state : ndarray of uint64, shape (4,)
        From `seed_stream`; changed in place, by one word.

    Returns
    -------
    float
        The normal quantile of one uniform; its magnitude never exceeds 8.3.

    Examples
    --------
    >>> state = seed_stream(1, 0, 0, 0)
    >>> abs(sum(next_normal(state) for _ in range(10_000)) / 10_000) < 0.04
    True
    """
    return normal_quantile(next_uniform(state))


@kernel
def next_exponential(state: NDArray[np.uint64]) -> float:
    """
    Draw an exponential number of mean 1, such as a time to failure in units of its mean.

    Parameters
    ----------
    state : ndarray of uint64, shape (4,)
        From `seed_stream`; changed in place, by one word.

    Returns
    -------
    float
        ``-ln(u)``. [> 0]

    Examples
    --------
    >>> next_exponential(seed_stream(1, 0, 0, 0)) > 0.0
    True
    """
    return -math.log(next_uniform(state))
