"""
What the compiled year reads and writes, as tables with named columns.

Each is a numpy array of records, so that compiled code reads ``campus.supply_c`` and not the
seventeenth number of a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.calendar.hours import Calendar
from wattport.environment.market import carbon_season_frac
from wattport.equations.ups import stage_loss_frac
from wattport.records import Design, LossStage, Programme

Table = NDArray[Any]

COMMON = "it+cooling"  # LossStage.carries where cooling and auxiliaries pass too
# Stages inside the halls, whose losses the hall air takes away; transformers stand outside.
HALL_STAGES = ("UPS", "busway")

CAMPUS = np.dtype(
    [
        (name, np.float64)
        for name in (
            "liquid_frac", "air_heat_over_it_frac", "supply_c", "supply_max_c", "loop_delta_k",
            "approach_k", "dry_cooler_over_heat_frac", "pad_effectiveness_frac", "pad_start_c",
            "fan_mw_per_mw", "pump_mw_per_mw", "cdu_mw_per_mw", "air_fan_mw_per_mw",
            "air_supply_c", "air_density_frac", "trim_frac", "trim_capacity_frac", "chiller_cop",
            "auxiliary_mw_per_hall", "is_sea", "sea_mean_c", "sea_amplitude_k",
            "sea_coldest_day", "idle_power_frac", "fill_days", "base_eur_per_mwh", "peak_frac",
            "off_peak_frac", "price_threshold", "price_scale", "price_power", "price_slope",
            "carbon_winter", "carbon_summer", "carbon_cold",
        )
    ]
    + [("quarter_frac", np.float64, (4,))]
)  # fmt: skip
STAGE = np.dtype(
    [
        (name, np.float64)
        for name in (
            "no_load_frac", "linear_frac", "square_frac", "rating_over_it_frac", "carries_all",
            "heats_hall",
        )
    ]
)  # fmt: skip
CHILLER = np.dtype(
    [
        (name, np.float64)
        for name in (
            "full_load_power_frac", "leaving_min_c", "leaving_max_c", "outdoor_min_c",
            "outdoor_max_c", "evaporator_max_c",
        )
    ]
    + [("cap_curve", np.float64, (6,)), ("eir_curve", np.float64, (6,))]
)  # fmt: skip
SINK = np.dtype(
    [
        (name, np.float64)
        for name in ("demand_mwh", "peak_mw", "supply_c", "is_seasonal", "lift_cop")
    ]
)
HALL = np.dtype([(name, np.float64) for name in ("it_mw", "ready_day", "n_gpus")])
DAY = np.dtype(
    [
        ("number", np.float64),
        ("month", np.int64),
        ("is_weekend", np.float64),
        ("winter_frac", np.float64),
    ]
)
TOTAL = np.dtype(
    [
        (name, np.float64)
        for name in (
            "wanted_mwh", "it_mwh", "grid_mwh", "exported_mwh", "water_m3", "chiller_hours",
            "balance_error_frac", "peak_grid_mw", "limit_use_frac", "steepest_mw_per_h",
            "gpu_hours", "gpu_hours_held", "training_gpu_hours", "training_busy_gpu_hours",
            "inference_gpu_hours", "idle_gpu_hours", "failed_gpu_hours", "n_requests",
            "n_requests_lost", "peak_requests_per_s", "inference_it_mwh", "energy_cost_eur",
            "carbon_t", "grid_held_hours", "heat_held_hours",
        )
    ]
)  # fmt: skip
COOLING_NODES = (
    "cooling: dry-cooler fans", "cooling: pumps", "cooling: CDUs", "cooling: trim chillers",
    "cooling: hall fans", "cooling: air chillers",
)  # fmt: skip
OTHER_NODES = ("auxiliaries", "IT")


def cooling_of(design: Design) -> Any:
    """Cooling plant of a design, which every design that can operate has."""
    if design.cooling is None:
        raise ValueError("the design has no cooling plant: size it before it is operated")
    return design.cooling


def hall_loss_over_it_frac(design: Design) -> NDArray[np.float64]:
    """
    Losses inside the halls at full load, over IT.

    Parameters
    ----------
    design : Design
        With its chain, grid side first.

    Returns
    -------
    ndarray, shape (draw,)
    """
    power = np.ones(design.n_draws)
    hall_loss = np.zeros(design.n_draws)
    for stage in reversed([stage for stage in design.chain if stage.carries != COMMON]):
        loss = stage.rating_over_it_frac * stage_loss_frac(
            power / stage.rating_over_it_frac,
            stage.no_load_frac, stage.linear_frac, stage.square_frac,
        )  # fmt: skip
        power = power + loss
        hall_loss += loss if stage.name in HALL_STAGES else 0.0
    return hall_loss


def ordered_chain(design: Design) -> tuple[LossStage, ...]:
    """Stages from the grid to the chip: those that carry everything come first."""
    return tuple(sorted(design.chain, key=lambda stage: stage.carries != COMMON))


def chain_table(design: Design) -> Table:
    """
    Loss curves from the grid to the chip.

    Returns
    -------
    ndarray of STAGE, shape (draw, stage)
    """
    stages = ordered_chain(design)
    table = np.zeros((design.n_draws, len(stages)), dtype=STAGE)
    for s, stage in enumerate(stages):
        for name in ("no_load_frac", "linear_frac", "square_frac", "rating_over_it_frac"):
            table[name][:, s] = getattr(stage, name)
        table["carries_all"][:, s] = stage.carries == COMMON
        table["heats_hall"][:, s] = stage.name in HALL_STAGES
    return table


def hall_table(design: Design, programme: Programme) -> Table:
    """
    Halls with the day they are ready; one that never is has an infinite day.

    Returns
    -------
    ndarray of HALL, shape (draw, hall)
    """
    table = np.zeros(design.hall_it_mw.shape, dtype=HALL)
    table["it_mw"] = design.hall_it_mw
    table["n_gpus"] = design.hall_n_gpus
    table["ready_day"] = np.where(np.isfinite(programme.ready_day), programme.ready_day, np.inf)
    return table


def day_table(year: Calendar) -> Table:
    """
    Days of one calendar year.

    Returns
    -------
    ndarray of DAY, shape (day,)
    """
    table = np.zeros(year.n_days, dtype=DAY)
    table["number"], table["month"] = year.day_number, year.month
    table["is_weekend"] = year.is_weekend
    table["winter_frac"] = carbon_season_frac(np.arange(year.n_days, dtype=np.float64))
    return table
