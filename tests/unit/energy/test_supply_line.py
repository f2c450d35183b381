"""The loss of the racks' power supplies as a line through an idle and a full rack."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.design import size
from wattport.energy.supply_line import supply_line
from wattport.spec import load


@pytest.fixture(scope="module")
def line():
    spec = load("small_20mw").draw(3, 7)
    return supply_line(size(spec), spec.workload.idle_power_frac)


def test_what_is_lost_follows_from_energy_alone_at_any_step(line) -> None:
    it_mwh = np.linspace(5.0, 20.0, 12)
    by_hour = sum(line.of_draw(1).loss_mwh(it, np.asarray(20.0)) for it in it_mwh)
    at_once = line.of_draw(1).loss_mwh(it_mwh.sum(), np.asarray(240.0))
    assert by_hour == pytest.approx(at_once, rel=1e-12)


def test_a_busier_rack_loses_more_but_a_smaller_share(line) -> None:
    it_mwh = np.linspace(5.0, 20.0, 12)[:, None]
    lost = line.loss_mwh(it_mwh, np.full((12, 1), 20.0))
    assert lost.shape == (12, 3)
    assert (np.diff(lost, axis=0) > 0.0).all()
    assert (np.diff(lost / it_mwh, axis=0) < 0.0).all()


def test_nothing_is_lost_where_nothing_stands(line) -> None:
    assert (line.loss_mwh(np.zeros(3), np.zeros(3)) == 0.0).all()
