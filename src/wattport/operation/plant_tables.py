"""A drawn scenario and its design as the tables that the compiled hour reads."""

from __future__ import annotations

import numpy as np

from wattport.calendar.epoch import DAYS_PER_MONTH
from wattport.catalog import Chiller, find
from wattport.energy.tables import CAMPUS, CHILLER, SINK, Table, cooling_of, hall_loss_over_it_frac
from wattport.environment.market import off_peak_frac, price_curve
from wattport.equations.altitude import air_density_frac
from wattport.equations.chiller import chiller_capacity_frac
from wattport.records import Design
from wattport.spec import Spec


def campus_table(spec: Spec, design: Design) -> Table:
    """
    Plant and prices of every draw.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        With its chain and cooling plant.

    Returns
    -------
    ndarray of CAMPUS, shape (draw,)
    """
    table = np.zeros(design.n_draws, dtype=CAMPUS)
    _fill_cooling(table, spec, design)
    table["idle_power_frac"] = spec.workload.idle_power_frac
    table["fill_days"] = spec.workload.fill_months * DAYS_PER_MONTH
    _fill_market(table, spec)
    return table


def _fill_cooling(table: Table, spec: Spec, design: Design) -> None:
    plant = cooling_of(design)
    chiller = find(Chiller, spec.campus.cooling.chiller)
    table["liquid_frac"] = plant.liquid_frac
    table["air_heat_over_it_frac"] = 1.0 - plant.liquid_frac + hall_loss_over_it_frac(design)
    table["supply_c"] = plant.facility_supply_c
    table["supply_max_c"] = plant.facility_supply_max_c
    table["loop_delta_k"] = plant.loop_delta_k
    table["approach_k"] = plant.dry_cooler_approach_k
    table["dry_cooler_over_heat_frac"] = plant.dry_cooler_over_heat_frac
    table["pad_effectiveness_frac"] = plant.adiabatic_effectiveness_frac
    table["pad_start_c"] = plant.adiabatic_start_c
    table["fan_mw_per_mw"] = plant.fan_kw_per_mw / 1000.0
    table["pump_mw_per_mw"] = plant.pump_kw_per_mw / 1000.0
    table["cdu_mw_per_mw"] = plant.cdu_kw_per_mw / 1000.0
    table["air_fan_mw_per_mw"] = plant.air_fan_kw_per_mw / 1000.0
    table["air_supply_c"] = plant.air_supply_c
    table["air_density_frac"] = air_density_frac(spec.site.elevation_m)
    table["trim_frac"] = plant.chiller_trim_frac
    table["trim_capacity_frac"] = chiller_capacity_frac(
        chiller.cap_curve, (chiller.leaving_min_c, chiller.leaving_max_c),
        (chiller.outdoor_min_c, chiller.outdoor_max_c), chiller.evaporator_max_c,
        spec.site.design_day_c,
    )  # fmt: skip
    table["chiller_cop"] = plant.chiller_reference_cop
    table["auxiliary_mw_per_hall"] = plant.auxiliary_mw_per_hall
    sea = spec.site.sea
    table["is_sea"] = float(sea.is_used)
    table["sea_mean_c"] = sea.mean_c
    table["sea_amplitude_k"] = sea.amplitude_k
    table["sea_coldest_day"] = sea.coldest_day_of_year


def _fill_market(table: Table, spec: Spec) -> None:
    energy, grid = spec.finance.energy, spec.grid
    table["base_eur_per_mwh"] = energy.base_price_eur_per_mwh
    table["quarter_frac"] = np.stack(energy.quarter_factors, axis=-1)
    table["peak_frac"] = energy.peak_over_base_frac
    table["off_peak_frac"] = off_peak_frac(energy.peak_over_base_frac)
    threshold, scale, power, slope = price_curve(
        energy.negative_hours_frac, energy.volatility_frac, energy.negative_depth_frac
    )
    table["price_threshold"], table["price_scale"] = threshold, scale
    table["price_power"], table["price_slope"] = power, slope
    table["carbon_winter"] = grid.carbon_winter_g_per_kwh
    table["carbon_summer"] = grid.carbon_summer_g_per_kwh
    table["carbon_cold"] = grid.carbon_cold_spell_g_per_kwh


def chiller_table(spec: Spec) -> Table:
    """
    Curves of the trim chiller.

    Returns
    -------
    ndarray of CHILLER, shape (1,)
    """
    chiller = find(Chiller, spec.campus.cooling.chiller)
    table = np.zeros(1, dtype=CHILLER)
    table["full_load_power_frac"] = sum(chiller.eir_part_load_curve)
    table["cap_curve"], table["eir_curve"] = chiller.cap_curve, chiller.eir_temperature_curve
    for name in (
        "leaving_min_c", "leaving_max_c", "outdoor_min_c", "outdoor_max_c", "evaporator_max_c"
    ):  # fmt: skip
        table[name] = getattr(chiller, name)
    return table


def sink_table(spec: Spec, n_draws: int) -> Table:
    """
    Neighbours that take heat, in the order of the scenario.

    Returns
    -------
    ndarray of SINK, shape (draw, sink)
    """
    used = [sink for sink in spec.site.heat_sinks if sink.is_used]
    table = np.zeros((n_draws, len(used)), dtype=SINK)
    for k, sink in enumerate(used):
        table["demand_mwh"][:, k] = sink.demand_gwh_per_year * 1000.0
        table["peak_mw"][:, k] = sink.peak_mw
        table["supply_c"][:, k] = sink.supply_c
        table["is_seasonal"][:, k] = float(sink.is_seasonal)
        table["lift_cop"][:, k] = sink.temperature_lift_cop
    return table
