"""What must hold for any campus: more is never less, and nothing falls below zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.design import size
from wattport.design.chain import stage_input_frac
from wattport.design.redundancy import arrange
from wattport.equations.availability import k_of_n_availability_frac
from wattport.equations.cooling import dry_cooler_approach_k, supply_c, trim_frac
from wattport.spec import load
from wattport.spec.campus.campus import Topology

FRACTION = st.floats(0.01, 0.999999)
UNCERTAIN_IT = "campus.it_mw={value: 200, low: 20, high: 500, shape: uniform}"
LARGE_GRID = ("grid.connection_mw=900", "grid.tranches[0].power_mw=900")


def counts(design):
    bill = {item.item: item.n_units for item in design.bill}
    return np.stack(
        [
            design.has_hall.sum(axis=1),
            design.n_modules,
            design.n_hv_transformers,
            design.hall_n_racks.sum(axis=1),
            bill["Dry cooler"],
            bill["CDU"],
            bill["Trim chiller"],
            bill["Air-side chiller"],
        ]
    )


@pytest.mark.parametrize("topology", list(Topology))
def test_more_it_never_needs_less(topology):
    spec = load(
        "small_20mw", UNCERTAIN_IT, *LARGE_GRID, f"campus.modules.topology={topology.value}"
    ).draw(300, seed=1)
    order = np.argsort(spec.campus.it_mw)
    design = size(spec)
    assert (np.diff(counts(design)[:, order], axis=1) >= 0).all()
    assert (np.diff(design.grid_mw[order]) >= -1e-9).all()
    assert (design.it_mw >= spec.campus.it_mw - 1e-9).all()


def test_a_larger_connection_never_carries_less():
    cooling = [
        f"campus.cooling.{name}_kw_per_mw={value}"
        for name, value in (("fan", 14), ("pump", 8), ("cdu", 10), ("air_fan", 30))
    ]
    spec = load("dunkerque", *cooling, "campus.auxiliary_mw_per_hall=0.5").draw(300, seed=2)
    design = size(spec)
    order = np.argsort(spec.grid.connection_mw)
    assert (np.diff(counts(design)[:, order], axis=1) >= 0).all()
    assert (design.grid_mw <= spec.grid.connection_mw + 1e-6).all()


def test_no_tranche_is_ever_overdrawn():
    design = size(load("dunkerque").draw(300, seed=3))
    for check in design.checks:
        if check.code.startswith("DES001"):
            assert check.is_passed, check.title


@given(
    hall=st.floats(1.0, 200.0),
    rating=st.floats(0.5, 5.0),
    group=st.integers(1, 12),
    works=FRACTION,
)
@settings(deadline=None, derandomize=True)
def test_more_redundancy_never_has_fewer_modules_nor_less_availability(hall, rating, group, works):
    mw, module = np.array([hall]), np.array([rating])
    plain, spare, shared, double = (
        arrange(topology, mw, module, group, works)
        for topology in (Topology.N, Topology.N_PLUS_1, Topology.DISTRIBUTED, Topology.TWO_N)
    )
    assert plain.n_modules[0] <= spare.n_modules[0] <= double.n_modules[0]
    assert spare.n_modules[0] == shared.n_modules[0]
    assert plain.availability_frac[0] <= spare.availability_frac[0] + 1e-12
    assert spare.availability_frac[0] <= double.availability_frac[0] + 1e-12


@given(n=st.integers(1, 60), k=st.integers(0, 60), works=FRACTION, better=FRACTION)
@settings(deadline=None, derandomize=True)
def test_k_of_n_is_monotone(n, k, works, better):
    k = min(k, n)
    low, high = sorted((works, better))
    at = k_of_n_availability_frac(k, n, low)
    assert 0.0 <= at <= 1.0
    assert k_of_n_availability_frac(k, n, high) >= at - 1e-12
    assert k_of_n_availability_frac(k, n + 1, low) >= at - 1e-12
    assert k_of_n_availability_frac(max(k - 1, 0), n, low) >= at - 1e-12


@given(output=st.floats(0.0, 1.2))
@settings(deadline=None, derandomize=True)
def test_no_stage_gives_energy(output):
    for stage in DESIGN.chain:
        power = np.full(DESIGN.n_draws, output)
        assert (stage_input_frac(stage, power) >= power).all()


@given(
    air=st.floats(-20.0, 45.0),
    heat=st.floats(0.05, 1.1),
    speed=st.floats(0.2, 1.0),
    slower=st.floats(0.2, 1.0),
    trim=st.floats(0.0, 1.0),
)
@settings(deadline=None, derandomize=True)
def test_cooling_helps_in_the_right_direction(air, heat, speed, slower, trim):
    low, high = sorted((speed, slower))
    assert dry_cooler_approach_k(6.0, 10.0, heat, high) <= (
        dry_cooler_approach_k(6.0, 10.0, heat, low) + 1e-12
    )
    approach = dry_cooler_approach_k(6.0, 10.0, heat)
    with_chillers = trim_frac(air, 40.0, approach, 10.0 * heat, trim)
    assert 0.0 <= with_chillers <= trim
    assert supply_c(air, approach, 10.0 * heat, with_chillers) <= (
        supply_c(air, approach, 10.0 * heat, 0.0) + 1e-12
    )


DESIGN = size(load("dunkerque").draw(5, seed=4))
