"""Engineering checks on the years played, and what a reader must know about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattport.arrays import FloatArray, IntArray
from wattport.energy import tables
from wattport.energy.campus_kernel import N_OWN_NODES, held_back_mw, play_hour
from wattport.equations.altitude import standard_pressure_pa
from wattport.equations.metrics import power_usage_effectiveness
from wattport.equations.psychrometrics import (
    humidity_ratio_kg_per_kg,
    relative_humidity_frac,
    wet_bulb_c,
)
from wattport.operation.compute import Compute
from wattport.operation.plant_tables import campus_table, chiller_table
from wattport.records import Check, Design, Programme, Reason
from wattport.spec import Spec

STAGE = "run"
BALANCE_LIMIT_FRAC = 1e-9
CURTAILED_LIMIT_FRAC = 0.01
MINUTES_PER_HOUR = 60.0
MOST_WEIGHTS_FRAC = 0.9  # of a replica's memory; requests in flight and the software need the rest


@dataclass(frozen=True)
class StressDay:
    """Full load on the record day, per draw."""

    supply_c: FloatArray  # water the plant reaches at full load
    held_frac: FloatArray  # share of full load that the warmest water allows


def stress_day(spec: Spec, design: Design) -> StressDay:
    """
    Put the whole campus at full load on the record day.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        With its chain and cooling plant.

    Returns
    -------
    StressDay
    """
    site, n_draws = spec.site, design.n_draws
    campus, chain = campus_table(spec, design), tables.chain_table(design)
    chiller, no_sinks = chiller_table(spec)[0], np.zeros(0, dtype=tables.SINK)
    # Hot hours are hot because the air is dry: its moisture stays that of the design day.
    pressure_pa = standard_pressure_pa(site.elevation_m)
    moisture = humidity_ratio_kg_per_kg(
        site.design_day_c, site.relative_humidity_design_frac, pressure_pa
    )
    humidity = relative_humidity_frac(site.stress_day_c, moisture, pressure_pa)
    wet_c = wet_bulb_c(site.stress_day_c, humidity, pressure_pa)
    warmest_sea_c = site.sea.mean_c + site.sea.amplitude_k
    node_mw = np.zeros(len(design.chain) + N_OWN_NODES)
    supply, held = np.zeros(n_draws), np.ones(n_draws)
    for d in range(n_draws):
        plant = (campus[d], chiller, chain[d], no_sinks)
        # The plant scales with the halls: one megawatt stands for all of them.
        state = (
            1.0, 0.0, float(site.stress_day_c[d]), float(wet_c[d]), float(warmest_sea_c[d]), 1.0
        )  # fmt: skip
        supply[d] = play_hour(plant, state, 1.0, node_mw)[4]
        if supply[d] > campus[d]["supply_max_c"]:
            held[d] = max(held_back_mw(plant, state, 1.0, np.inf, node_mw), 0.0)
    return StressDay(supply, held)


def checks(spec: Spec, design: Design, total: tables.Table) -> tuple[Check, ...]:
    """
    Compare the years played with their limits.

    Parameters
    ----------
    spec, design
        As in `operate`.
    total : ndarray of TOTAL, shape (draw, year)
        Yearly totals.

    Returns
    -------
    tuple of Check
        RUN001 to RUN006.
    """
    n_draws = design.n_draws
    pue = power_usage_effectiveness(total["grid_mwh"], total["it_mwh"])
    wanted = total["wanted_mwh"].sum(axis=1)
    curtailed = (wanted - total["it_mwh"].sum(axis=1)) / np.maximum(wanted, 1e-12)

    def check(
        code: str, title: str, value: ArrayLike, limit: ArrayLike, unit: str, source: str,
        remedy: str, is_upper: bool = True,
    ) -> Check:  # fmt: skip
        whole = np.broadcast_to(np.asarray(limit, np.float64), (n_draws,)).copy()
        return Check(code, title, np.asarray(value), whole, unit, is_upper, source, remedy)

    return (
        check(
            "RUN001", "Grid power stays within the open tranche in every hour",
            total["limit_use_frac"].max(axis=1), 1.0, "frac",
            "connection agreement: power open by date", "earlier tranches, or fewer halls",
        ),
        check(
            "RUN002", "PUE is never below 1", np.where(np.isnan(pue), np.inf, pue).min(axis=1), 1.0,
            "1", "EN 50600-4-2", "report this: energy cannot come from nowhere", is_upper=False,
        ),
        check(
            "RUN003", "Energy closes at every hour and node",
            total["balance_error_frac"].max(axis=1), BALANCE_LIMIT_FRAC, "frac",
            "conservation of energy", "report this: a loss is counted twice or not at all",
        ),
        check(
            "RUN004", "Little IT energy is held back over the years", curtailed,
            CURTAILED_LIMIT_FRAC, "frac", "service target, no source seen",
            "more grid power, more coolers or trim chillers, or adiabatic pads",
        ),
        check(
            "RUN005", "Full load can be cooled on the record day",
            stress_day(spec, design).supply_c, tables.cooling_of(design).facility_supply_max_c,
            "c", "site.stress_day_c against the warmest water the racks accept",
            "more dry coolers, more trim chillers, adiabatic pads or sea water",
        ),
        check(
            "RUN006", "Hourly swings stay within the ramp limit",
            total["steepest_mw_per_h"].max(axis=1) / MINUTES_PER_HOUR,
            spec.grid.ramp_limit_mw_per_min, "mw_per_min",
            "hourly means: swings within the hour are not seen here",
            "batteries or staggered restarts of training jobs",
        ),
    )  # fmt: skip


def reasons(
    spec: Spec, design: Design, programme: Programme, total: tables.Table, year: IntArray,
    full_year: int, compute: Compute,
) -> tuple[Reason, ...]:  # fmt: skip
    """
    Say what a reader must know about the years played.

    Parameters
    ----------
    spec, design, programme
        As in `operate`.
    total : ndarray of TOTAL, shape (draw, year)
        Yearly totals.
    year : ndarray, shape (year,)
        Years played.
    full_year : int
        The one shown in shapes.
    compute : Compute
        Trainings and replicas.

    Returns
    -------
    tuple of Reason
        RUN101 to RUN109, those that hold in some draw.
    """
    has_it = total["wanted_mwh"].sum(axis=1) > 0.0
    computes = total["it_mwh"].sum(axis=1) > 0.0
    grid_hours, heat_hours = total["grid_held_hours"].sum(1), total["heat_held_hours"].sum(1)
    last_start = (np.datetime64(f"{full_year:04d}-01-01") - np.datetime64("2026-01-01")).astype(int)
    is_late = ~(np.nan_to_num(programme.full_campus_day, nan=np.inf) <= float(last_start))
    level, wanted = compute.table["training_level_frac"], compute.demand.training_level_frac
    is_short = (compute.demand.expected_frac < spec.workload.utilisation_frac - 1e-6) | (
        level < wanted - 1e-9
    )
    fill = compute.serving.weights_over_memory_frac
    has_inference = spec.workload.training_frac < 1.0
    is_too_big = has_inference & (fill > MOST_WEIGHTS_FRAC)
    is_slow = has_inference & (compute.table["promised_load_frac"] <= 0.0)

    held_frac = stress_day(spec, design).held_frac

    def held(hours: FloatArray) -> str:
        return f"up to {hours.max():,.0f} hours over the {year.size} years"

    found = (
        (~has_it, "RUN101", "no hall is ready within the years played: no compute, no revenue",
         "check grid tranches, module output and the programme's start"),
        (grid_hours > 0.0, "RUN102",
         f"IT is held back because the open tranche is too small, {held(grid_hours)}",
         "open tranches earlier, or leave margin between halls and grid power"),
        (heat_hours > 0.0, "RUN103",
         f"IT is held back because the water gets too warm, {held(heat_hours)}",
         "more dry coolers or trim chillers, adiabatic pads, or accept it: it costs little energy"),
        (is_late, "RUN104",
         f"the campus is not complete on 1 January {full_year}, the year shown hour by hour",
         "read the yearly tables for later years"),
        (is_short, "RUN105",
         "all that can be sold does not reach the wanted utilisation: spares, machines in "
         "repair and the nights of inference take the rest",
         "lower workload.utilisation_frac, or spares, failures or the swing of requests"),
        (held_frac < 1.0, "RUN106",
         f"on the record day the coolers carry {held_frac.min():.0%} of full load at least; the "
         "rest is throttled", "more dry coolers or trim chillers, or adiabatic pads"),
        (is_slow, "RUN107",
         "even an idle replica answers slower than promised, so no request is taken",
         "raise workload.inference.ttft_slo_s or tpot_slo_s, more GPUs for each replica"),
        (is_too_big, "RUN108",
         f"the weights of {spec.workload.inference.model} take {fill:.0%} of the memory of a "
         "replica: there is no room to answer, and what is said of inference does not hold",
         "more workload.inference.n_gpus_per_replica, another accelerator or a smaller model"),
        (has_it & ~computes, "RUN109",
         "IT is held back in every hour: the water is never cold enough, or no grid power is left",
         "colder facility water, closer approaches, more trim chillers, or more grid power"),
    )  # fmt: skip
    fatal = {
        "RUN101": not computes.any(), "RUN109": not computes.any(),
        "RUN107": bool(np.all(is_slow)), "RUN108": bool(np.all(is_too_big)),
    }  # fmt: skip
    return tuple(
        Reason(code, STAGE, message, remedy, share(holds), fatal.get(code, False))
        for holds, code, message, remedy in found
        if holds.any()
    )  # fmt: skip


def share(holds: NDArray[np.bool_]) -> float:
    """Share of draws in which something holds."""
    return float(np.mean(holds))
