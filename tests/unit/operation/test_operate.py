"""`operate` as a whole: shapes, limits, determinism and results with a reason."""

from __future__ import annotations

import importlib
from dataclasses import fields, replace

import numpy as np
import pytest

from wattport.calendar.epoch import date_of
from wattport.design import size
from wattport.energy import tables
from wattport.energy.campus_kernel import N_OWN_NODES, play_hour
from wattport.operation import operate
from wattport.operation.plant_tables import campus_table, chiller_table
from wattport.records import Operation
from wattport.spec import load


@pytest.fixture(scope="module")
def operation(dunkerque) -> Operation:
    spec, design, programme = dunkerque
    short = spec.model_copy(
        update={"finance": spec.finance.model_copy(update={"operation_years": 5})}
    )
    short._draws = spec._draws
    return operate(short, design, programme)


def short_lived(spec, years=2):
    finance = spec.finance.model_copy(update={"operation_years": years})
    short = spec.model_copy(update={"finance": finance})
    short._draws = spec._draws
    return short


def arrays(operation):
    return {
        item.name: getattr(operation, item.name)
        for item in fields(operation)
        if isinstance(getattr(operation, item.name), np.ndarray)
    }


def test_every_declared_array_is_there_with_its_axes(operation, dunkerque):
    sizes = {
        "draw": 3, "year": 6, "node": len(operation.node), "point": 101, "month_of_year": 12,
        "hour": 24, "quantile": 3, "hour_of_week": 168, "day_kind": 2,
        "hall": dunkerque[1].hall_it_mw.shape[1],
    }  # fmt: skip
    for item in fields(operation):
        if "dims" in item.metadata:
            expected = tuple(sizes[dim] for dim in item.metadata["dims"])
            assert getattr(operation, item.name).shape == expected, item.name


def test_years_run_from_the_first_hall_of_any_draw(operation, dunkerque):
    _, _, programme = dunkerque
    assert operation.year[0] == date_of(float(np.nanmin(programme.ready_day))).year
    assert operation.year[-1] == operation.year[0] + 5
    assert operation.full_year in operation.year


def test_energy_table_adds_up_to_the_grid(operation):
    np.testing.assert_allclose(operation.node_mwh.sum(axis=2), operation.grid_mwh, rtol=1e-12)
    np.testing.assert_allclose(
        operation.it_mwh, operation.node_mwh[:, :, operation.node.index("IT")], rtol=0
    )
    parts = operation.it_mwh + operation.loss_mwh + operation.cooling_mwh
    parts += operation.node_mwh[:, :, operation.node.index("auxiliaries")]
    np.testing.assert_allclose(parts, operation.grid_mwh, rtol=1e-12)
    assert operation.balance_error_frac.max() < 1e-9


def test_gpu_hours_and_hall_energy_add_up(operation):
    parts = [
        operation.training_gpu_hours, operation.inference_gpu_hours, operation.idle_gpu_hours,
        operation.failed_gpu_hours,
    ]  # fmt: skip
    np.testing.assert_allclose(sum(parts), operation.gpu_hours, rtol=1e-12)
    assert min(part.min() for part in parts) >= 0.0
    np.testing.assert_allclose(parts[0] + parts[1], operation.gpu_hours_held, rtol=1e-12)
    assert (operation.gpu_hours_useful <= operation.gpu_hours_sold).all()
    assert (operation.gpu_hours_sold <= operation.gpu_hours_held).all()
    full = int(np.flatnonzero(operation.year == operation.full_year)[0])
    np.testing.assert_allclose(
        operation.hall_it_mwh.sum(axis=1), operation.it_mwh[:, full], rtol=1e-12
    )


def test_what_the_machines_do_is_in_the_record(operation):
    full = int(np.flatnonzero(operation.year == operation.full_year)[0])
    up, kept = operation.training_up_frac[:, full], operation.training_goodput_frac[:, full]
    assert ((kept > 0.3) & (kept <= up) & (up < 1.0)).all()
    assert (operation.ttft_p50_s[:, full] <= operation.ttft_p95_s[:, full]).all()
    assert (operation.tpot_p50_s[:, full] <= operation.tpot_p95_s[:, full]).all()
    assert (
        operation.peak_output_tokens_per_s[:, full] > operation.output_tokens_per_s[:, full]
    ).all()
    assert (operation.grid_j_per_token[:, full] > operation.it_j_per_token[:, full]).all()
    assert np.isnan(operation.it_j_per_token[operation.n_output_tokens == 0.0]).all()


def test_power_never_passes_the_open_tranche(operation, dunkerque):
    spec, _, _programme = dunkerque
    assert (operation.peak_grid_mw.max(axis=1) <= spec.grid.connection_mw).all()
    check = next(c for c in operation.checks if c.code == "RUN001")
    assert check.is_passed
    assert (check.value <= 1.0).all()


def test_a_small_connection_holds_the_load_back_and_says_so(central):
    spec, design, programme = central
    tight = replace(programme, tranche_mw=np.minimum(programme.tranche_mw, 300.0))
    operation = operate(short_lived(spec, 4), design, tight)
    assert operation.peak_grid_mw.max() <= 300.0
    assert operation.peak_grid_mw.max() > 299.999
    assert operation.curtailed_mwh[:, -1].min() > 0.0
    assert operation.balance_error_frac.max() < 1e-9
    assert "RUN102" in {reason.code for reason in operation.reasons}
    full = operate(short_lived(spec, 4), design, programme)
    assert (operation.gpu_hours_sold <= full.gpu_hours_sold).all()


def test_utilisation_is_met_in_a_full_year(central):
    spec, design, programme = central
    operation = operate(short_lived(spec, 8), design, programme)
    mean = operation.it_mwh[0, -1] / 8760.0 / design.it_mw[0]
    # Wanted of machines that never stop; trainings that stop draw less.
    assert mean < spec.workload.utilisation_frac[0]
    full = operation.full_year - operation.year[0]
    stopped = 1.0 - operation.training_up_frac[0, full]
    most = 0.75 * 0.95 * spec.workload.training_frac[0] * stopped
    assert mean == pytest.approx(spec.workload.utilisation_frac[0], abs=most + 0.002)


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_threads_do_not_change_a_byte(dunkerque, monkeypatch, n_threads):
    spec, design, programme = dunkerque
    spec = short_lived(spec, 1)
    whole = arrays(operate(spec, design, programme, n_threads=1))
    monkeypatch.setattr(importlib.import_module("wattport.operation.operate"), "CHUNK", 1)
    split = arrays(operate(spec, design, programme, n_threads=n_threads))
    for name, values in whole.items():
        assert values.tobytes() == split[name].tobytes(), name


def test_no_hall_at_all_is_a_fatal_reason_not_an_error(central):
    spec, design, programme = central
    never = replace(
        programme,
        ready_day=np.full_like(programme.ready_day, np.inf),
        full_campus_day=np.full(1, np.inf),
        first_compute_day=np.full(1, np.inf),
    )
    operation = operate(short_lived(spec, 1), design, never)
    assert operation.grid_mwh.sum() == 0.0
    assert np.isnan(operation.pue).all()
    assert [r.code for r in operation.reasons if r.is_fatal] == ["RUN101"]


def test_record_day_is_judged_like_a_designer_would(central):
    spec, design, programme = central
    operation = operate(short_lived(spec, 1), design, programme)
    check = next(c for c in operation.checks if c.code == "RUN005")
    # 41.3 C plus the approach at full load, less what the trim chillers take.
    assert 41.3 < check.value[0] < 41.3 + spec.campus.cooling.dry_cooler_approach_k[0]


@pytest.mark.parametrize("scenario", ["dunkerque", "small_20mw"])
def test_full_load_on_the_design_day_is_what_design_reserved(scenario):
    spec = load(scenario).draw(1, 7)
    design = size(spec)
    campus, chain = campus_table(spec, design)[0], tables.chain_table(design)[0]
    plant = (campus, chiller_table(spec)[0], chain, np.zeros(0, dtype=tables.SINK))
    it, n_halls = float(design.it_mw[0]), float(design.has_hall[0].sum())
    auxiliary = n_halls * float(spec.campus.auxiliary_mw_per_hall[0])
    state = (it, auxiliary, float(spec.site.design_day_c[0]), 24.0, 15.0, 1.0)
    grid = play_hour(plant, state, it, np.zeros(chain.size + N_OWN_NODES))[0]
    # Design reserves full fan speed; the hour turns fans down where the set-point is reached.
    assert grid <= design.grid_mw[0] * (1.0 + 1e-9)
    if campus["supply_c"] - state[2] <= campus["approach_k"] / campus["dry_cooler_over_heat_frac"]:
        assert grid == pytest.approx(design.grid_mw[0], rel=1e-9)
    assert grid >= 0.97 * design.grid_mw[0]


def test_a_user_s_weather_file_gives_every_draw_and_year_the_same_hours(dunkerque, monkeypatch):
    room = importlib.import_module("wattport.operation.operate")
    spec = dunkerque[0]
    measured = room.generate(room.load_climate("dunkerque"), 1, np.arange(1), 2030)
    monkeypatch.setattr(room, "read_epw", lambda path: measured)
    weather = spec.site.weather.model_copy(update={"epw": "mine.epw"})
    spec = spec.model_copy(update={"site": spec.site.model_copy(update={"weather": weather})})
    of = room.weather_source(spec)
    years = [of(np.arange(3), year) for year in (2029, 2040)]
    for year in years:
        assert year.dry_bulb_c.shape == (3, 8760)
        assert (year.dry_bulb_c == measured.dry_bulb_c).all()
        assert (year.wet_bulb_c == measured.wet_bulb_c).all()


@pytest.mark.parametrize(
    ("overrides", "codes"),
    [
        (["workload.inference.tpot_slo_s=0.001"], {"RUN105", "RUN107"}),
        (
            [
                "workload.inference.model=Llama-3.1-405B",
                "workload.inference.accelerator=h100_sxm",
                "workload.inference.n_gpus_per_replica=4",
            ],
            {"RUN108"},
        ),
        (["workload.training.failures_per_gpu_year=50"], {"RUN105"}),
        (["workload.training_frac=1"], set()),
        (["workload.training_frac=0"], set()),
    ],
)
def test_compute_that_cannot_work_is_a_result_with_a_reason(by_hand, overrides, codes):
    spec = load("dunkerque", *overrides).draw(1, 7)
    design = size(spec)
    operation = operate(short_lived(spec), design, by_hand(spec, design))
    found = {reason.code for reason in operation.reasons}
    assert codes <= found
    assert {c for c in found if c in ("RUN105", "RUN107", "RUN108")} <= codes | {"RUN105", "RUN107"}
    assert {r.code for r in operation.reasons if r.is_fatal} == found & {"RUN107", "RUN108"}
    assert operation.balance_error_frac.max() < 1e-9
