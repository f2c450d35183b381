"""Module counts, loading and availability of each topology."""

import numpy as np
import pytest

from wattport.design import size
from wattport.design.redundancy import arrange, module_availability_frac
from wattport.spec.campus.campus import Topology

HALL, RATING = np.array([50.0]), np.array([2.5])


@pytest.mark.parametrize(
    ("topology", "group", "expected"),
    [
        (Topology.N, 4, 20),
        (Topology.N_PLUS_1, 4, 25),
        (Topology.N_PLUS_1, 20, 21),
        (Topology.DISTRIBUTED, 4, 25),
        (Topology.DISTRIBUTED, 3, 27),  # 6 groups of 3 and one of 2, each with one more
        (Topology.TWO_N, 4, 40),
    ],
)
def test_counts(topology, group, expected):
    assert arrange(topology, HALL, RATING, group, 0.999).n_modules.tolist() == [expected]


@pytest.mark.parametrize(
    ("topology", "expected"),
    [("n", 8), ("n+1", 8 + 4), ("distributed", 8 + 2), ("2n", 16)],  # of 1.25 MW for 10 MW
)
def test_blocks_and_groups_have_their_own_size(small, topology, expected):
    modules = "campus.modules"
    spec = small(
        f"{modules}.topology={topology}", f"{modules}.rating_mw=1.25",
        f"{modules}.n_per_block=2", f"{modules}.n_needed=4",
    )  # fmt: skip
    assert size(spec).hall_n_modules.tolist() == [[expected, expected]]


def test_a_hall_that_is_no_multiple_of_the_module_is_rounded_up():
    modules = arrange(Topology.N, np.array([50.1]), RATING, 4, 0.999)
    assert modules.n_modules.tolist() == [21]


def test_a_hall_that_is_a_multiple_but_for_the_last_bit_is_not_rounded_up():
    assert 4.2 / 1.4 > 3.0
    modules = arrange(Topology.N, np.array([4.2]), np.array([1.4]), 4, 0.999)
    assert modules.n_modules.tolist() == [3]


def test_one_module_out_is_carried_only_where_there_is_a_spare():
    for topology in (Topology.N_PLUS_1, Topology.DISTRIBUTED, Topology.TWO_N):
        assert arrange(topology, HALL, RATING, 4, 0.999).loading_one_out_frac[0] == 1.0
    alone = arrange(Topology.N, HALL, RATING, 4, 0.999).loading_one_out_frac[0]
    assert alone == pytest.approx(20.0 / 19.0)


def test_availability_by_simulation():
    works, n = 0.97, 200_000
    state = np.random.default_rng(5).random((n, 5, 5)) < works
    simulated = (state.sum(axis=2) >= 4).all(axis=1).mean()
    exact = arrange(Topology.DISTRIBUTED, HALL, RATING, 4, works).availability_frac[0]
    assert abs(simulated - exact) < 4.0 * np.sqrt(exact * (1.0 - exact) / n)


def test_the_last_smaller_group_has_a_spare_too():
    # Twenty modules in groups of three: six of them and one of two, each with one more.
    p, q = 0.9, 0.1
    three_of_four = p**4 + 4 * p**3 * q
    two_of_three = p**3 + 3 * p**2 * q
    found = arrange(Topology.DISTRIBUTED, HALL, RATING, 3, p).availability_frac[0]
    assert found == pytest.approx(three_of_four**6 * two_of_three, rel=1e-12)


def test_without_redundancy_every_module_must_work():
    exact = arrange(Topology.N, HALL, RATING, 4, 0.999).availability_frac[0]
    assert exact == pytest.approx(0.999**20)


def test_a_module_is_a_series_of_its_parts():
    # 0.0036 x 100 + 0.0062 x 340 + 0.003 x 40 + 2 x 0.035 x 8 + 0.05 x 8 hours a year.
    assert 1.0 - module_availability_frac() == pytest.approx(3.548 / 8766.0, rel=1e-3)
