"""Random streams: against a pure-Python twin, scipy's distributions, and each other."""

import itertools

import numpy as np
import pytest
from numba import njit
from scipy import stats

from wattport.equations.random_stream import (
    next_exponential,
    next_normal,
    next_uniform,
    next_word,
    normal_quantile,
    seed_stream,
)

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix64_twin(word: int) -> int:
    z = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def seed_stream_twin(*words: int) -> list[int]:
    h = 0
    for word in words:
        h = mix64_twin(((h ^ (word & MASK)) + GOLDEN) & MASK)
    state = []
    for _ in range(4):
        h = (h + GOLDEN) & MASK
        state.append(mix64_twin(h))
    return state


def next_word_twin(s: list[int]) -> int:
    def rotl(x: int, k: int) -> int:
        return ((x << k) & MASK) | (x >> (64 - k))

    result = (rotl((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
    t = (s[1] << 17) & MASK
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 45)
    return result


@njit
def fill(state, n, kind):
    out = np.empty(n)
    for i in range(n):
        if kind == 0:
            out[i] = next_uniform(state)
        elif kind == 1:
            out[i] = next_normal(state)
        else:
            out[i] = next_exponential(state)
    return out


@pytest.mark.parametrize(
    "key", [(0, 0, 0, 0), (1, 2, 3, 4), (2**63 - 1, 7, 10_000, 2031), (-1, -2, 0, 5)]
)
def test_words_equal_the_pure_python_twin(key):
    state = seed_stream(*key)
    twin = seed_stream_twin(*key)
    assert [int(word) for word in state] == twin
    assert [int(next_word(state)) for _ in range(1000)] == [
        next_word_twin(twin) for _ in range(1000)
    ]


def test_mixing_is_splitmix64():
    # First outputs of splitmix64 from seed 1234567, as listed with its reference C code.
    state = 1234567
    words = []
    for _ in range(3):
        state = (state + GOLDEN) & MASK
        words.append(mix64_twin(state))
    assert words == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize(("kind", "law"), [(0, "uniform"), (1, "norm"), (2, "expon")])
def test_distribution_is_scipys(kind, law):
    sample = fill(seed_stream(20260101, kind, 0, 0), 200_000, kind)
    assert stats.kstest(sample, law).pvalue > 0.01
    mean, variance, skewness = getattr(stats, law).stats(moments="mvs")
    assert sample.mean() == pytest.approx(float(mean), abs=0.01)
    assert sample.var() == pytest.approx(float(variance), abs=0.02)
    assert stats.skew(sample) == pytest.approx(float(skewness), abs=0.05)


def test_normal_quantile_is_scipys_to_the_far_tail():
    p = np.concatenate([np.logspace(-300, -1, 400), np.linspace(0.01, 0.99, 399)])
    mine = np.array([normal_quantile(x) for x in p])
    np.testing.assert_allclose(mine, stats.norm.ppf(p), rtol=2e-14, atol=1e-15)
    assert normal_quantile(1.0 - 2.0**-53) == pytest.approx(stats.norm.isf(2.0**-53), rel=1e-13)


def test_serial_correlation_vanishes():
    sample = fill(seed_stream(3, 0, 0, 0), 200_000, 1)
    lags = [float(np.corrcoef(sample[:-k], sample[k:])[0, 1]) for k in (1, 2, 3, 24)]
    assert np.abs(lags).max() < 4.0 / np.sqrt(sample.size)


def test_streams_of_neighbouring_keys_are_independent():
    keys = list(itertools.product(range(4), repeat=4))
    block = np.array([fill(seed_stream(*key), 2000, 1) for key in keys])
    correlation = np.corrcoef(block)[np.triu_indices(len(keys), k=1)]
    assert stats.kstest(correlation * np.sqrt(2000.0), "norm").pvalue > 0.01
    assert stats.kstest(block[:, 0], "norm").pvalue > 0.01


def test_each_of_the_four_integers_and_their_order_matter():
    keys = set(itertools.product((0, 1, 2, -1, 2**40), repeat=4))
    assert len({seed_stream(*key).tobytes() for key in keys}) == len(keys)


@pytest.mark.parametrize(("word", "cell"), [(0, 0), (1 << 12, 1), (MASK, 2**52 - 1)])
def test_uniform_is_the_middle_of_its_cell_and_stays_off_both_ends(word, cell):
    # Where the first and the last word of the state add up to nothing, the first one is drawn.
    state = np.array([word, 0, 0, -word & MASK], dtype=np.uint64)
    assert int(next_word(state.copy())) == word
    found = next_uniform(state)
    assert 0.0 < found < 1.0
    assert found == (2 * cell + 1) / 2**53
