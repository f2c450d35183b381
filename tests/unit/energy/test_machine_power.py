"""Machines: parts add up, and a machine is the sum of its rectifiers."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.catalog import Supercomputer, find
from wattport.energy.machine_power import machine_power, node_power_w


@pytest.fixture(scope="module")
def frontier():
    return find(Supercomputer, "frontier")


def test_counts_of_frontier(frontier):
    assert frontier.n_nodes == 9472
    assert frontier.n_rectifiers == 2368


def test_parts_add_up(frontier):
    power = machine_power(frontier, node_power_w(frontier, 0.4, np.linspace(0.0, 1.0, 7)))
    parts = (
        power.nodes_w + power.node_converter_loss_w + power.rectifier_loss_w + power.switches_w
        + power.cdus_w
    )  # fmt: skip
    np.testing.assert_allclose(parts, power.total_w, rtol=1e-14)
    assert np.all(np.diff(power.efficiency_frac) > 0.0)


def test_the_mean_of_the_nodes_is_enough(frontier):
    """One quarter chassis after the other, with nodes that do different things."""
    rng = np.random.default_rng(np.random.SeedSequence(3))
    node_w = node_power_w(frontier, rng.random(frontier.n_nodes), rng.random(frontier.n_nodes))
    total = frontier.n_cdus * frontier.cdu_w
    for chassis in node_w.reshape(-1, 16):
        converted = sum((watt + 13.0) / 0.98 for watt in chassis) + 4 * 250.0
        total += 4.0 * (converted / 4.0 + 17.0) / 0.96
    assert machine_power(frontier, node_w.mean()).total_w == pytest.approx(total, rel=1e-12)
