"""The whole design: sums close, each check can fail, and draws do not touch each other."""

import numpy as np
import pytest

from wattport.catalog import Ups, find
from wattport.design import size
from wattport.design.chain import stage_input_frac
from wattport.design.cooling import cooling_power_frac, reach_supply


def failed(design):
    return {check.code for check in design.checks if not check.is_passed}


def test_power_closes_from_racks_to_grid(dunkerque):
    spec = dunkerque(n=20)
    design = size(spec)
    hv, cable, transformer, ups, busway = design.chain
    at_ups = stage_input_frac(ups, stage_input_frac(busway, np.ones(20)))
    into_modules = stage_input_frac(transformer, at_ups)
    hot = spec.site.design_day_c
    _, trimmed = reach_supply(spec, design.cooling, hot)
    cooling = cooling_power_frac(spec, design.cooling, at_ups - 1.0, hot, trimmed)
    auxiliary = spec.campus.auxiliary_mw_per_hall / spec.campus.hall_it_mw
    at_mv = into_modules + cooling + auxiliary
    pue = stage_input_frac(hv, stage_input_frac(cable, at_mv))
    np.testing.assert_allclose(design.design_pue, pue, rtol=1e-12)
    np.testing.assert_allclose(design.grid_mw, design.it_mw * pue, rtol=1e-12)
    np.testing.assert_allclose(design.hall_grid_mw.sum(axis=1), design.grid_mw, rtol=1e-12)


def test_totals_are_sums_over_halls(dunkerque):
    design = size(dunkerque(n=30))
    np.testing.assert_allclose(design.hall_it_mw.sum(axis=1), design.it_mw, rtol=1e-12)
    assert (design.hall_n_modules.sum(axis=1) == design.n_modules).all()
    bill = {item.item: item.n_units for item in design.bill}
    assert (bill["Power module"] == design.n_modules).all()
    assert (bill["GPU rack"] == design.hall_n_racks.sum(axis=1)).all()
    assert (bill["HV/MV transformer"] == design.n_hv_transformers).all()
    assert (bill["UPS"] == 2 * design.n_modules).all()


def test_no_hall_means_nothing_in_it(dunkerque):
    design = size(dunkerque(n=30))
    empty = ~design.has_hall
    assert empty.any()
    for name in ("hall_grid_mw", "hall_n_racks", "hall_n_gpus", "hall_n_modules"):
        assert (getattr(design, name)[empty] == 0).all(), name
    assert (design.hall_tranche[empty] == -1).all()
    assert (design.hall_generation[empty] == -1).all()
    assert np.isnan(design.hall_module_need_day[empty]).all()
    assert np.isfinite(design.hall_module_need_day[~empty]).all()


def test_a_draw_does_not_depend_on_its_neighbours(dunkerque):
    spec = dunkerque(n=6)
    together = size(spec)
    for draw in (0, 5):
        alone = size(spec.slice(draw, draw + 1))
        assert alone.grid_mw[0] == together.grid_mw[draw]
        assert alone.n_modules[0] == together.n_modules[draw]
        n_halls = int(alone.has_hall.sum())
        np.testing.assert_array_equal(
            alone.hall_module_need_day[0, :n_halls],
            together.hall_module_need_day[draw, :n_halls],
        )


@pytest.mark.parametrize(
    ("code", "override"),
    [
        ("DES002", "campus.substation.n_spare=0"),
        ("DES003", "campus.modules.topology=n"),
        ("DES004", "campus.modules.rating_mw=3.4"),
        ("DES007", "campus.modules.autonomy_min=2"),
        ("DES008", "grid.power_factor_min_frac=0.99"),
        ("DES009", "grid.reference_short_circuit_mva=50"),
        ("DES010", "grid.fast_track_limit_mw=20"),
        ("DES011", "campus.it_mw=50"),
        ("DES012", "campus.design_pue=1.05"),
        ("DES013", "campus.cooling.chiller_trim_frac=0.0"),
    ],
)
def test_each_check_can_fail(small, code, override):
    usual = failed(size(small()))
    assert code not in usual
    # One module of a block of one has nobody to lean on; others change one number only.
    assert code in failed(size(small(override)))


def test_fault_current_checks_can_fail(small):
    strong = size(small("grid.reference_short_circuit_mva=50000"))
    assert "DES005" not in failed(strong)
    check = next(item for item in strong.checks if item.code == "DES005")
    weak = next(item for item in size(small()).checks if item.code == "DES005")
    assert check.value[0] > weak.value[0]


def test_the_record_day_passes_with_pads(small):
    assert "DES014" in failed(size(small()))
    assert "DES014" not in failed(size(small("campus.cooling.is_adiabatic=true")))


def test_halls_are_placed_again_when_cooling_needs_more_than_allowed(dunkerque):
    # Fans that take ten times as much: the allowance of 1.133 is broken, the connection is not.
    design = size(dunkerque("grid.connection_mw=1700", "campus.cooling.fan_kw_per_mw=140"))
    assert design.design_pue[0] > 1.2
    assert design.grid_mw[0] <= 1700.0
    assert "DES012" in failed(design)
    assert not any(code.startswith("DES001") for code in failed(design))


def test_eco_mode_loses_about_a_third(small):
    double = size(small())
    eco = size(small("campus.modules.ups_mode=eco"))
    loss = [
        stage_input_frac(next(s for s in d.chain if s.name == "UPS"), np.ones(1))[0] - 1.0
        for d in (double, eco)
    ]
    assert 0.25 < loss[1] / loss[0] < 0.45
    assert eco.design_pue[0] < double.design_pue[0]


def test_part_load_of_redundant_modules_is_seen(small):
    # N+1 of four: five modules of 2.5 MW share 10 MW and run at 80 % of their rating.
    ups = next(stage for stage in size(small()).chain if stage.name == "UPS")
    assert ups.rating_over_it_frac[0] == 5 * 2.5 / 10.0
    assert find(Ups, "galaxy_vxl_1250").rating_kw == 1250.0


def test_air_cooled_racks_need_more_power(dunkerque):
    fixed = "grid.connection_mw=1700"
    liquid = size(dunkerque(fixed))
    generation = "campus.rack_generations[0].generation=gb300_nvl72"
    mixed = size(dunkerque(fixed, generation))
    assert mixed.cooling.liquid_frac[0] == pytest.approx(0.88 * 0.90)
    assert mixed.design_pue[0] > liquid.design_pue[0]


def test_stress_reason_states_shortage_and_remedy(dunkerque):
    design = size(dunkerque("grid.connection_mw=1700"))
    reason = next(item for item in design.reasons if item.code == "DES104")
    assert "2.9 K above the 41.0 C" in reason.message
    assert "hold IT at 70%" in reason.remedy


def test_every_check_and_reason_is_complete(dunkerque):
    design = size(dunkerque(n=4))
    for check in design.checks:
        assert check.code.startswith("DES")
        assert check.title
        assert check.source
        assert check.remedy
        assert check.value.shape == check.limit.shape == (4,)
    assert len({check.code for check in design.checks}) == len(design.checks)
    for reason in design.reasons:
        assert reason.stage == "design"
        assert 0.0 < reason.draw_frac <= 1.0


@pytest.mark.parametrize(
    "override",
    [
        "campus.gpu_rack_frac=0.01",
        "campus.gpu_rack_frac=1",
        "campus.substation.loading_limit_frac=0.1",
        "campus.substation.n_spare=5",
        "campus.cooling.n_spare_frac=0",
        "campus.cooling.chiller_trim_frac=1",
        "campus.cooling.fan_kw_per_mw=0",
        "campus.modules.n_per_block=50",
        "campus.modules.autonomy_min=0",
        "campus.hall_it_mw=0.1",
        "campus.hall_it_mw=20",
        "campus.auxiliary_mw_per_hall=0",
        "site.stress_day_c=60",
        "site.design_day_c=-10",
        "grid.power_factor_min_frac=0.5",
        "grid.power_factor_min_frac=1",
    ],
)
def test_extreme_but_allowed_numbers_give_finite_results(small, override):
    design = size(small(override))
    for value in (design.design_pue, design.grid_mw, design.module_availability_frac):
        assert np.isfinite(value).all()
    for check in design.checks:
        assert np.isfinite(check.value).all(), check.code
        assert np.isfinite(check.limit).all(), check.code
    for item in design.bill:
        assert np.isfinite(item.n_units).all(), item.item
        # A battery smaller than the kit's is credited.
        assert (item.n_units >= 0.0).all() or item.item == "Battery minutes beyond the kit"


def test_the_sea_keeps_the_racks_at_full_power_on_the_record_day(dunkerque):
    fixed = "grid.connection_mw=1700"
    design = size(dunkerque(fixed, "site.sea.is_used=true"))
    assert not failed(design) & {"DES013", "DES014"}
    # 12.7 + 6.0 C of sea and less than 6 K of approach; no chiller needed.
    check = next(item for item in design.checks if item.code == "DES014")
    assert 18.7 < check.value[0] < 24.7
    assert design.design_pue[0] < size(dunkerque(fixed)).design_pue[0]
