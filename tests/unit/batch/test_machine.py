"""Machines from designs, made-up workloads, and the profile for the years."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.batch import (
    NO_FAILURES,
    Failures,
    batch_workload,
    campus_workload,
    frontier_workload,
    machine_of,
    training_profile,
    training_workload,
    uniform_machine,
)
from wattport.batch.failure import FailureKind
from wattport.design import size
from wattport.spec import load


@pytest.mark.parametrize("name", ["dunkerque", "small_20mw"])
def test_the_machine_holds_what_the_design_holds(name: str) -> None:
    design = size(load(name).draw(1, 7))
    machine = machine_of(design, 0.25)
    assert machine.n_gpus == design.hall_n_gpus[0].sum()
    assert machine.rack_n_nodes.size == design.hall_n_racks[0].sum()
    peak_mw = (machine.hall_n_nodes * machine.active_w).sum() / 1e6
    assert peak_mw == pytest.approx(design.it_mw[0])
    np.testing.assert_allclose(machine.idle_w, 0.25 * machine.active_w)
    # Rows lie within halls, racks in order of both.
    assert (np.diff(machine.rack_row) >= 0).all()
    assert (np.diff(machine.rack_hall) >= 0).all()
    assert np.unique(machine.rack_row).size == machine.rack_row[-1] + 1
    assert np.bincount(machine.rack_row).max() <= 8
    assert all(
        np.unique(machine.rack_hall[machine.rack_row == row]).size == 1
        for row in range(0, machine.rack_row[-1] + 1, 37)
    )


@pytest.mark.parametrize("mw", [1, 100, 1000])
def test_a_machine_has_the_size_asked_for(mw: int) -> None:
    machine = uniform_machine(95 * mw, n_racks=5 * mw, n_rows=mw, n_halls=max(mw // 25, 1))
    assert machine.n_nodes == 95 * mw
    assert machine.hall_n_nodes.sum() == 95 * mw
    assert machine.n_halls == max(mw // 25, 1)


@pytest.mark.parametrize("shape", [(0, 1, 1, 1), (4, 5, 1, 1), (4, 2, 3, 1), (4, 2, 1, 2)])
def test_impossible_machines_are_refused(shape: tuple[int, int, int, int]) -> None:
    n_nodes, n_racks, n_rows, n_halls = shape
    with pytest.raises(ValueError, match="at least"):
        uniform_machine(n_nodes, n_racks=n_racks, n_rows=n_rows, n_halls=n_halls)


def test_made_up_workloads_repeat_and_keep_their_bounds() -> None:
    for n_nodes in (2, 7, 256):
        first, again = (batch_workload(500, n_nodes, 0.7, seed=2) for _ in range(2))
        np.testing.assert_array_equal(first.run_ms, again.run_ms)
        assert first.n_nodes.max() <= n_nodes
        load = (first.n_nodes * first.run_ms).sum() / (n_nodes * first.submit_ms.max())
        assert load == pytest.approx(0.7, rel=0.1)
    assert (frontier_workload(50, 1).run_ms != frontier_workload(50, 2).run_ms).any()


def test_a_campus_is_filled_but_not_beyond() -> None:
    machine = uniform_machine(4000, n_gpus_per_node=4)
    jobs = campus_workload(machine, 2.0, seed=1)
    held = (jobs.n_nodes * jobs.run_ms).sum() / (4000 * 2 * 86_400_000)
    assert 0.9 < held < 1.3
    assert jobs.n_nodes.max() <= 4000


def test_a_profile_without_failures_is_flat() -> None:
    profile = training_profile(uniform_machine(100), 2, days=14.0, failures=NO_FAILURES)
    assert profile.dip_frac == 0.0
    assert np.isnan(profile.stop_h)
    np.testing.assert_allclose(profile.activity_frac, 1.0)
    np.testing.assert_allclose(profile.week_frac, np.ones(168))


def test_a_profile_counts_stops_and_waits() -> None:
    # One failure a day stops the only training; its node is back after an hour on average, and
    # there is no spare: the stop is the repair and the restart.
    failures = Failures(1.0 / 10.0, (FailureKind("node", 1.0, 1.0),))
    machine = uniform_machine(10)
    profile = training_profile(
        machine, 1, days=2800.0, share_frac=1.0, restart_s=600.0, failures=failures
    )
    # Idle nodes fail during the repair too, which lengthens it by a few per cent.
    assert profile.stop_h == pytest.approx(1.0 + 1.0 / 6.0, rel=0.06)
    # Each stop is followed by a day of work, on average; further failures meet no job.
    assert profile.stops_per_day == pytest.approx(1.0 / (1.0 + 1.0 / 24.0), rel=0.05)
    assert profile.dip_frac == pytest.approx(profile.stops_per_day * profile.stop_h / 24.0)
    assert profile.activity_frac.mean() == pytest.approx(1.0 - profile.dip_frac, abs=1e-9)


def test_trainings_share_the_machine() -> None:
    jobs = training_workload(uniform_machine(1000), 3, 86_400.0, share_frac=0.9)
    assert jobs.n_nodes.tolist() == [300, 300, 300]
