"""A made-up case with every record filled, and one whose names try to break out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from wattport.records import (
    BillItem,
    Case,
    Check,
    Design,
    Driver,
    Evidence,
    Headline,
    Ledger,
    LossStage,
    Manifest,
    Operation,
    Production,
    Programme,
    Reason,
    Validated,
    quantile,
)
from wattport.spec import load

N_DRAWS, N_HALLS, N_MONTHS = 12, 14, 96
HOSTILE = "</script><script>alert('x')</script>\"><img src=x onerror=alert(1)>&[red]"
RNG = np.random.default_rng(20260101)


def _spread(low: float, high: float, *shape: int) -> np.ndarray:
    return RNG.uniform(low, high, (N_DRAWS, *shape))


def _design() -> Design:
    it = np.full((N_DRAWS, N_HALLS), 50.0)
    it[0, 10:] = 0.0
    modules = np.where(it > 0, 25, 0)
    stage = {
        "no_load_frac": _spread(0.001, 0.002),
        "linear_frac": _spread(0.001, 0.002),
        "square_frac": _spread(0.001, 0.002),
        "rating_over_it_frac": _spread(1.1, 1.3),
        "source": "made up",
    }
    checks = tuple(
        Check(
            f"DES00{k}",
            "Grid power stays within the connection",
            _spread(600, 800),
            np.full(N_DRAWS, limit),
            "MW",
            True,
            "connection agreement",
            "build fewer halls",
        )
        for k, limit in enumerate((900.0, 700.0, 500.0))
    )
    return Design(
        hall_it_mw=it,
        hall_grid_mw=it * 1.13,
        hall_tranche=np.zeros((N_DRAWS, N_HALLS), dtype=np.int64),
        hall_generation=np.zeros((N_DRAWS, N_HALLS), dtype=np.int64),
        hall_n_racks=modules * 9,
        hall_n_gpus=modules * 9 * 72,
        hall_n_modules=modules,
        hall_module_need_day=np.tile(np.arange(N_HALLS) * 30.0 + 900.0, (N_DRAWS, 1)),
        it_mw=it.sum(axis=1),
        grid_mw=it.sum(axis=1) * 1.13,
        design_pue=_spread(1.1, 1.15),
        n_modules=modules.sum(axis=1),
        module_availability_frac=_spread(0.999, 1.0),
        n_hv_transformers=np.full(N_DRAWS, 5),
        generation=("vr",),
        chain=(
            LossStage(name="HV transformer", carries="it+cooling", **stage),
            LossStage(name="MV cable", carries="it+cooling", **stage),
            LossStage(name="MV/LV transformer", carries="it", **stage),
            LossStage(name="UPS", carries="it", **stage),
            LossStage(name="busway", carries="it", **stage),
        ),
        bill=(
            BillItem(
                "HV/MV transformer",
                "400/33 kV 300 MVA",
                np.full(N_DRAWS, 5.0),
                "catalogue",
                "units",
                "other electrical",
                "hv_transformer_usd_per_mva",
                np.full(N_DRAWS, 1500.0),
            ),
            BillItem(
                "UPS",
                "1.25 MW",
                modules.sum(axis=1) * 2.0,
                "datasheet",
                "units",
                "",
                "",
                np.zeros(N_DRAWS),
            ),
        ),
        checks=checks,
        reasons=(Reason("DES101", "design", "One hall has no tranche.", "Add a tranche.", 0.25),),
    )


def _production(design: Design) -> Production:
    n = int(design.n_modules.max())
    done = 800.0 + np.arange(n) * 2.2 + _spread(-60, 120, n).cumsum(axis=1) / 40
    done[0, 250:] = np.nan
    stations = ("cutting", "welding", "FAT", "switchgear and busbar", "power cabling", "FAT")
    shares = RNG.dirichlet((6, 1, 2, 0.5), (N_DRAWS, len(stations)))
    months = 424.0 + 30.4375 * np.arange(N_MONTHS)
    output = np.zeros((N_DRAWS, 2, N_MONTHS))
    output[:, :, 10:40] = _spread(8, 20, 2, 30).round()
    return Production(
        plant=("enclosures", "modules"),
        station=stations,
        station_plant=np.array([0, 0, 0, 1, 1, 1]),
        month_day=months,
        module_hall=np.zeros((N_DRAWS, n), dtype=np.int64),
        module_done_day=done,
        module_need_day=done + 40,
        working_frac=shares[..., 0],
        blocked_frac=shares[..., 1],
        starved_frac=shares[..., 2],
        down_frac=shares[..., 3],
        output_units=output,
        wip_units=output,
        state=("starved", "working", "blocked", "down", "unstaffed", "off"),
        quarter_day=np.array([456.0, 547.0, 639.0]),
        state_frac=np.moveaxis(RNG.dirichlet(np.ones(6), (len(stations), 3)), 2, 0),
        n_state_draws=3,
        n_people_busy=_spread(2, 12, len(stations)),
        need_units=_spread(0, 25, N_MONTHS).round(),
        yard_units=_spread(0, 40, N_MONTHS).round(),
        early_module_units=_spread(0, 90, N_MONTHS).round(),
        part_stock_meur=_spread(5, 120, 2, N_MONTHS),
        lead_days=np.where(output > 0, _spread(20, 60, 2, N_MONTHS), np.nan),
        relief=("welding", "direct staff", "supply of steel"),
        relief_kind=("station", "staff", "supplier"),
        relief_plant=np.array([0, 1, 1]),
        relief_rate_units_per_year=np.array([4.0, 8.0, 0.0]),
        relief_rate_low_units_per_year=np.array([1.0, 4.0, 0.0]),
        relief_rate_high_units_per_year=np.array([7.0, 12.0, 0.0]),
        relief_last_module_days=np.array([2.0, 30.0, 0.0]),
        relief_last_module_low_days=np.array([-1.0, 20.0, 0.0]),
        relief_last_module_high_days=np.array([5.0, 40.0, 0.0]),
        n_relief_draws=3,
        what_if=("one shift more", "one more FAT bay"),
        what_if_takes=("90 more people", "180 m2"),
        what_if_rate_units_per_year=_spread(240, 400, 2)[:6],
        what_if_last_module_day=_spread(1500, 1900, 2)[:6],
        bottleneck_station=np.tile([1, 5], (N_DRAWS, 1)),
        rate_units_per_year=_spread(180, 240, 2),
        direct_fte=_spread(100, 120, 2),
        indirect_fte=_spread(20, 25, 2),
        first_unit_day=done[:, :1] + np.zeros((1, 2)),
        last_unit_day=np.nanmax(done, axis=1)[:, None] + np.zeros((1, 2)),
    )


def _programme(design: Design) -> Programme:
    activities = ("foundations", "shell", "energise", "ready for service")
    start = 450.0 + 45.0 * np.arange(N_HALLS)[:, None] + 120.0 * np.arange(4)
    start = start + _spread(0, 90, N_HALLS, 1)
    ready = start[:, :, -1] + 140 + _spread(0, 200, N_HALLS)
    ready[0, 10:] = np.nan
    ready[1:4, -1] = np.inf
    months = 424.0 + 30.4375 * np.arange(N_MONTHS)
    online = (design.hall_it_mw[:, :, None] * (ready[:, :, None] <= months)).sum(axis=1)
    grid = np.select([months < 1095, months < 1460], [0.0, 240.0], 900.0) + np.zeros((N_DRAWS, 1))
    causes = ("grid", "plant", "supplier", "civil", "crew")
    return Programme(
        activity=activities,
        activity_cause=("civil", "civil", "grid", "crew"),
        site_activity=(),
        cause=causes,
        month_day=months,
        start_day=start,
        finish_day=start + 110,
        modules_day=ready - 120,
        modules_on_site_day=ready - 117,
        rack_store_days=np.where(np.isnan(ready), np.nan, 40.0),
        rack_carrying_meur=np.linspace(10.0, 900.0, ready.shape[0]),
        deadline=("hall 1: ready for service finished", "hall 99: shell finished"),
        deadline_day=np.array([1095.0, 1200.0]),
        deadline_float_days=np.stack([1096.0 - ready[:, 0], np.full(len(ready), np.nan)], axis=1),
        hammock=("construction",),
        hammock_start_day=start[:, :, :1],
        hammock_finish_day=start[:, :, :1] + 200.0,
        gate_day=ready - 30,
        ready_day=ready,
        hall_mw=design.hall_it_mw,
        first_compute_day=ready[:, 0],
        full_campus_day=np.nanmax(ready, axis=1),
        online_it_mw=online,
        tranche_mw=grid,
        criticality_frac=np.array([0.4, 0.6, 0.3, 1.0]),
        first_cause_frac=np.array([0.6, 0.2, 0.1, 0.1, 0.0]),
        last_cause_frac=np.array([0.7, 0.1, 0.1, 0.1, 0.0]),
        hall_cause_frac=RNG.dirichlet(np.ones(5), N_HALLS),
        cause_delay_days=_spread(0, 90, 5),
        milestone=("first compute", *(f"halls of tranche {t}" for t in range(1, 5)), "full campus"),
        milestone_day=np.stack(
            [*(ready[:, h] for h in (0, 3, 6, 9, 12)), np.nanmax(ready, axis=1)], axis=1
        ),
        milestone_central_day=np.array([900.0, 1000.0, 1300.0, 1400.0, 1500.0, np.nan]),
        central_gap_days=np.array([30.0, 60.0, 90.0, 90.0, 90.0, np.nan]),
        task=("site works", *activities),
        task_cause=("civil", "civil", "civil", "grid", "crew"),
        task_criticality_frac=RNG.uniform(0, 1, (6, 5)),
        task_cruciality_frac=RNG.uniform(-1, 1, (6, 5)),
        cause_criticality_frac=RNG.uniform(0, 1, (6, 5)),
        cause_cruciality_frac=RNG.uniform(-1, 1, (6, 5)),
        driver=(*causes, "wet winter", "grid.tranches[0].delay_weeks"),
        driver_kind=(*("cause",) * 5, "risk", "input"),
        driver_cause=(*causes, "civil", "grid"),
        mitigated_p50_day=np.full((7, 6), 1100.0),
        mitigated_p90_day=np.full((7, 6), 1200.0),
        mitigation_p50_days=RNG.uniform(-5, 150, (7, 6)),
        mitigation_p90_days=RNG.uniform(-5, 250, (7, 6)),
        crew=("civil", "commissioning"),
        n_crews=np.array([4.0, 3.0]),
        n_crews_busy=_spread(0, 3, N_MONTHS, 2),
        workers=_spread(100, 5000, N_MONTHS),
    )


def _operation(design: Design) -> Operation:
    years = np.arange(2029, 2036)
    node = (
        *(stage.name for stage in design.chain),
        "cooling: fans",
        "cooling: pumps",
        "cooling: chillers",
        "auxiliaries",
        "IT",
    )
    size = np.array([20.0, 5, 60, 180, 20, 90, 60, 10, 15, 4600]) * 1e3
    energy = size * _spread(0.9, 1.1, 7, 1)
    hour, month = np.meshgrid(np.arange(24), np.arange(12))
    warm = np.sin(np.pi * month / 11) * (1 + 0.2 * np.sin(np.pi * hour / 23))
    exceeded = np.linspace(0, 1, 51)
    week = 600 + 40 * np.sin(np.arange(168) / 24 * 2 * np.pi)
    pue = _spread(1.09, 1.12, 7)
    pue[:, 0] = np.nan
    return Operation(
        year=years,
        node=node,
        node_mwh=energy,
        it_mwh=energy[:, :, -1],
        grid_mwh=energy.sum(axis=2),
        loss_mwh=energy[:, :, :5].sum(axis=2),
        cooling_mwh=energy[:, :, 5:8].sum(axis=2),
        curtailed_mwh=np.zeros((N_DRAWS, 7)),
        rack_supply_loss_mwh=0.05 * energy[:, :, -1],
        balance_error_frac=np.zeros((N_DRAWS, 7)),
        pue=pue,
        wue_l_per_kwh=_spread(0, 0.1, 7),
        erf_frac=_spread(0, 0.02, 7),
        water_m3=_spread(0, 1e5, 7),
        reused_heat_mwh=_spread(0, 1e5, 7),
        peak_grid_mw=_spread(700, 780, 7),
        chiller_hours=_spread(0, 60, 7),
        energy_cost_eur=_spread(2e8, 4e8, 7),
        carbon_t=_spread(8e4, 1e5, 7),
        gpu_hours=_spread(1e9, 2e9, 7),
        gpu_hours_sold=_spread(1e9, 2e9, 7),
        training_gpu_hours=_spread(5e8, 1e9, 7),
        inference_gpu_hours=_spread(5e8, 1e9, 7),
        idle_gpu_hours=_spread(1e8, 2e8, 7),
        failed_gpu_hours=_spread(1e6, 2e6, 7),
        training_up_frac=_spread(0.85, 0.95, 7),
        training_goodput_frac=_spread(0.8, 0.9, 7),
        training_mfu_frac=_spread(0.3, 0.4, 7),
        stops_per_day=_spread(10, 40, 1)[:, 0],
        n_prompt_tokens=_spread(2e16, 4e16, 7),
        n_output_tokens=_spread(5e15, 9e15, 7),
        output_tokens_per_s=_spread(2e8, 3e8, 7),
        peak_output_tokens_per_s=_spread(3e8, 4e8, 7),
        ttft_p50_s=_spread(0.02, 0.03, 7),
        ttft_p95_s=_spread(0.04, 0.05, 7),
        tpot_p50_s=_spread(0.01, 0.02, 7),
        tpot_p95_s=_spread(0.02, 0.03, 7),
        requests_lost_frac=_spread(0, 0.01, 7),
        it_j_per_token=_spread(1.5, 2.5, 7),
        grid_j_per_token=_spread(1.6, 2.7, 7),
        day_output_tokens_per_s=np.array([0.9, 1, 1.1])[:, None, None]
        * (2e8 + 5e7 * np.sin(np.arange(48).reshape(2, 24) / 4)),
        day_ttft_p95_s=0.04 + 0.01 * np.sin(np.arange(48).reshape(2, 24) / 4),
        full_year=2033,
        hall_it_mwh=_spread(3e5, 4e5, N_HALLS),
        hall_peak_it_mw=_spread(40, 50, N_HALLS),
        duration_frac=exceeded,
        duration_mw=(740 - 200 * exceeded) * _spread(0.95, 1.05, 1),
        shape_mw=600 + 60 * warm,
        shape_pue=1.08 + 0.05 * warm,
        shape_dry_bulb_c=5 + 15 * warm,
        week_mw=np.stack([week * 0.9, week, week * 1.1]),
    )


def _ledger(programme: Programme) -> Ledger:
    years = np.arange(2027, 2036)
    items = ("power modules", "mechanical", "shell", "IT first fit-out", "enclosures plant")
    facility, plants, racks = _spread(7e9, 1e10), _spread(8e7, 2e8), _spread(2e10, 3e10)

    def row(
        metric: str, unit: str, values: np.ndarray, said: str = "", status: str = ""
    ) -> Headline:
        return Headline(
            metric,
            unit,
            said,
            None,
            None,
            *(float(quantile(values, q)) for q in (0.1, 0.5, 0.9)),
            "because the first tranche decides",
            "a release",
            status,
        )

    drivers = tuple(
        Driver(result, path, status, "somebody", 0.5, share, low, high, unit)
        for result, unit, low, high in (
            ("first_compute_day", "date", 1000.0, 1250.0),
            ("facility_capex_eur", "EUR", 7.5e9, 9.9e9),
            ("gpu_hour_cost_eur", "EUR/h", 1.4, 2.2),
        )
        for path, status, share in (
            ("grid.tranches[0].delay_weeks", "guess", 0.5),
            ("plants.modules.suppliers[0].lead_time_weeks", "published", 0.2),
            ("finance.energy.base_price_eur_per_mwh", "measured", 0.1),
            ("workload.utilisation_frac", "inferred", 0.05),
            ("campus.hall_it_mw", "announced", 0.01),
        )
    )
    return Ledger(
        year=years,
        capex_item=items,
        capex_eur=_spread(0, 2e9, 9, 5),
        opex_item=("energy", "staff"),
        opex_eur=_spread(0, 4e8, 9, 2),
        facility_line=("Power module", "contractor"),
        facility_line_eur=np.stack([0.8 * facility, 0.2 * facility], axis=1),
        facility_trade=("power modules", "other"),
        facility_trade_meur_per_mw=np.stack([_spread(7, 9), _spread(1, 3)], axis=1),
        facility_capex_eur=facility,
        plants_capex_eur=plants,
        it_capex_eur=racks,
        full_stack_eur=facility + plants + racks,
        announced_low_eur=3e10,
        announced_high_eur=3.5e10,
        funded_rack_frac=_spread(0.6, 1.0),
        joint_date_day=np.array([1094.0, 1095.0, 1276.0]),
        joint_sum_eur=np.array([8e9, 1e10, 3e10, 3.5e10]),
        joint_frac=np.array([[0.0, 0.0, 0.1, 0.1], [0.0, 0.1, 0.3, 0.4], [0.1, 0.5, 0.9, 1.0]]),
        gpu_hour_cost_eur=_spread(1.5, 2.0),
        gpu_hour_sold_cost_eur=_spread(1.4, 1.9),
        gpu_hour_held_cost_eur=_spread(1.3, 1.8),
        it_energy_cost_eur_per_mwh=_spread(200, 250),
        annual_cost_eur=_spread(5e9, 6e9),
        net_present_cost_eur=_spread(4e10, 5e10),
        net_present_value_eur=_spread(-1e10, 1e10),
        carbon_scope=("scope 2", "embodied facility", "embodied IT"),
        carbon_t=_spread(0, 3e5, 9, 3),
        water_m3=_spread(0, 1e5, 9),
        job_group=("plants", "construction", "operation"),
        jobs_fte=_spread(0, 3000, 9, 3),
        busiest_jobs_fte=_spread(500, 700),
        permanent_jobs_fte=_spread(400, 600),
        headlines=(
            row("Grid connection", "MW", _spread(700, 800), "1,700 to 2,400", "inferred"),
            row("IT nameplate", "MW", _spread(600, 700)),
            row("Power modules", "units", _spread(300, 360)),
            row("First compute", "date", programme.first_compute_day, "2028", "announced"),
            row("Whole campus ready", "date", programme.full_campus_day),
            row("Facility", "bn EUR", facility / 1e9, "30 to 35", "announced"),
            row("Full stack (facility, racks, plants)", "bn EUR", (facility + racks) / 1e9),
            row("Annual PUE, full campus", "1", _spread(1.09, 1.11)),
            row("Grid energy, full campus", "TWh/year", _spread(4, 5)),
            row(
                "Jobs in the busiest year, without builders",
                "FTE",
                _spread(500, 700),
                "500",
                "announced",
            ),
        ),
        drivers=drivers,
        gates=(Reason("ACC101", "account", "The wanted date is missed.", "Want later.", 0.8),),
    )


@pytest.fixture(scope="session")
def case() -> Case:
    """Every stage played, with made-up numbers."""
    spec = load("dunkerque").draw(N_DRAWS, 7)
    design = _design()
    programme = _programme(design)
    return Case(
        spec=spec,
        manifest=Manifest("0.1.0", "ab" * 32, 7, N_DRAWS, "3.11", {"numpy": "2"}),
        stage_s={"make": 1.0},
        design=design,
        production=_production(design),
        programme=programme,
        operation=_operation(design),
        ledger=_ledger(programme),
        validation=(
            Validated("make", "Red Oak, units a year", "press", 0.01, 0.05, "frac"),
            Validated(
                "design", "halls", "our own dossier", 0.0, 0.0, "frac", kind=Evidence.CONSISTENCY
            ),
        ),
    )


@pytest.fixture(scope="session")
def hostile_case(case: Case) -> Case:
    """The same with names that try to leave their place in the page."""
    site = case.spec.site.model_copy(update={"name": HOSTILE})
    spec = case.spec.model_copy(update={"title": HOSTILE, "name": HOSTILE, "site": site})
    spec = spec.model_copy(update={"warnings": (HOSTILE,)})
    assert case.programme is not None
    assert case.production is not None
    assert case.operation is not None
    assert case.ledger is not None
    return dataclasses.replace(
        case,
        spec=spec,
        production=dataclasses.replace(
            case.production, station=tuple(f"{HOSTILE}{k}" for k in range(6))
        ),
        programme=dataclasses.replace(
            case.programme,
            activity=(HOSTILE,) * 4,
            cause=(HOSTILE, *case.programme.cause[1:]),
            task=(HOSTILE,) * 5,
            driver=(HOSTILE,) * 7,
            driver_cause=(HOSTILE, *case.programme.driver_cause[1:]),
            crew=(HOSTILE, "commissioning"),
        ),
        operation=dataclasses.replace(
            case.operation, node=(*case.operation.node[:-2], HOSTILE, "IT")
        ),
        ledger=dataclasses.replace(
            case.ledger,
            capex_item=(HOSTILE, *case.ledger.capex_item[1:]),
            gates=(Reason(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        ),
    )
