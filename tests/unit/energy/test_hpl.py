"""HPL: closed forms against a run played column by column."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.energy.hpl import Dip, HplRun, busy_s, crossover_frac, hpl_power_w, plateau_frac


def run_by_columns(crossover, n_columns=200_000):
    """Time and busy time after each column: the longer of update and the rest."""
    size = 1.0 - (np.arange(n_columns) + 0.5) / n_columns
    update = size**2
    column = np.maximum(update, crossover * size)
    return np.cumsum(column), np.cumsum(update)


@pytest.mark.parametrize("crossover", [0.0, 0.3, 0.68, 1.0])
def test_closed_form_is_the_run_by_columns(crossover):
    elapsed, busy = run_by_columns(crossover)
    run = HplRun(0.0, float(elapsed[-1]), 0.0, 1.0, crossover)
    np.testing.assert_allclose(busy_s(run, elapsed), busy, rtol=1e-4)
    assert crossover_frac(float(busy[-1] / elapsed[-1])) == pytest.approx(crossover, abs=1e-3)
    n_busy = round((1.0 - crossover) * elapsed.size)
    plateau_s = np.concatenate([[0.0], elapsed])[n_busy]
    assert plateau_frac(crossover) == pytest.approx(plateau_s / elapsed[-1], abs=1e-4)


def test_a_mean_below_what_the_form_can_give_is_held_at_its_end():
    assert crossover_frac(0.5) == pytest.approx(1.0)
    assert crossover_frac(1.2) == 0.0


def test_the_energy_does_not_depend_on_the_step():
    run = HplRun(7.0, 900.0, 2.0, 9.0, 0.7, ramp_s=11.0, dips=(Dip(100.0, 33.0, 0.4),))
    energies = []
    for step in (0.5, 15.0, 333.0):
        edge = np.append(np.arange(0.0, 1000.0, step), 1000.0)
        energies.append(hpl_power_w(run, edge) @ np.diff(edge))
    np.testing.assert_allclose(energies, energies[0], rtol=1e-12)


def test_power_stays_between_idle_and_plateau_and_dips_fall():
    run = HplRun(50.0, 400.0, 2.0, 9.0, 0.7, ramp_s=4.0, dips=(Dip(60.0, 30.0, 0.5),))
    edge = np.arange(0.0, 501.0, 1.0)
    power = hpl_power_w(run, edge)
    assert power.min() >= 2.0 - 1e-12
    assert power.max() <= 9.0 + 1e-12
    assert power[:50] == pytest.approx(2.0)
    assert power[120] == pytest.approx(5.5)
    assert power[-20:] == pytest.approx(2.0)
