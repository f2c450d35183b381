"""
Draws: the same spec with arrays in place of numbers.

Each number has a random stream of its own, keyed by seed and path. Draw ``k``
of a number is therefore the same whatever the number of draws, and adding or
removing another number does not disturb it (common random numbers: two
scenarios are compared in the same futures).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.spec.reading.section import Path, S, Value, convert, path_text
from wattport.spec.reading.uncertain import Uncertain

CENTRAL_SEED = 0  # of every stream where one draw stands for all, whatever seed was asked for


@dataclass(frozen=True, slots=True)
class Draws:
    """Which draws a drawn spec holds."""

    n: int
    seed: int
    ids: NDArray[np.int64]
    is_central: bool = False  # the one draw in which every chance is at its centre

    @classmethod
    def of(cls, n: int, seed: int) -> Draws:
        """Give the draws that are asked for: one alone is central, whatever the seed."""
        return cls(n, CENTRAL_SEED if n == 1 else seed, np.arange(n), is_central=n == 1)


def stream(seed: int, key: str) -> np.random.Generator:
    """
    Random stream of one thing, independent of all others.

    Parameters
    ----------
    seed : int
        Of the whole case. [>= 0]
    key : str
        What the stream is for, such as the path of a number.

    Examples
    --------
    >>> bool((stream(7, "a").random(3) == stream(7, "a").random(5)[:3]).all())
    True
    """
    # SHA-256 rather than hash(): the latter differs between interpreter runs.
    words = np.frombuffer(hashlib.sha256(key.encode()).digest()[:16], dtype="<u4")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(map(int, words))))


def draw_numbers(section: S, groups: Mapping[str, float], n: int, seed: int) -> S:
    """
    Replace each number by its draws.

    Parameters
    ----------
    section : Section
        As loaded.
    groups : mapping
        Correlation within each group. [0 to 1]
    n : int
        Number of draws; 1 gives the central values. [>= 1]
    seed : int
        [>= 0]

    Returns
    -------
    Section
        Every `Number` an array of shape ``(n,)``.

    Notes
    -----
    Numbers of one group share a factor by a one-factor Gaussian copula,
    ``z = sqrt(rho) f + sqrt(1 - rho) e``; a number in group ``-name`` takes
    ``-z``. The rank correlation that results is ``6/pi asin(rho/2)``.

    References
    ----------
    Li (2000), On default correlation: a copula function approach, Journal of
    Fixed Income 9(4).
    """
    factors = {name: _scores(seed, f"group:{name}", n) for name in groups} if n > 1 else {}

    def drawn(path: Path, value: Value) -> FloatArray:
        if not isinstance(value, Uncertain):
            return np.full(n, float(value))
        if n == 1:
            return np.array([value.value])
        if value.given is not None:
            if n > len(value.given):
                raise ValueError(f"{path_text(path)} has {len(value.given)} given draws, not {n}")
            return value.given[:n]
        key = path_text(path)
        if value.group is None:
            return value.ppf(_uniforms(seed, key, n))
        name = value.group.removeprefix("-")
        rho = groups[name]
        z = np.sqrt(rho) * factors[name] + np.sqrt(1.0 - rho) * _scores(seed, key, n)
        return value.ppf(_probability(-z if value.group.startswith("-") else z))

    return convert(section, drawn)


def cut(section: S, first: int, last: int) -> S:
    """
    Keep draws ``first`` to ``last - 1`` of a drawn section.

    Copies, so that a worker is sent its own draws and not a view of all.
    """
    return convert(section, lambda path, value: np.asarray(value)[first:last].copy())


def _uniforms(seed: int, key: str, n: int) -> FloatArray:
    return stream(seed, key).random(n)


def _scores(seed: int, key: str, n: int) -> FloatArray:
    from scipy.special import ndtri

    # random() may give exactly 0, whose normal score is infinite.
    return np.asarray(ndtri(np.maximum(_uniforms(seed, key, n), 2.0**-54)), dtype=np.float64)


def _probability(z: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(ndtr(z), dtype=np.float64)
