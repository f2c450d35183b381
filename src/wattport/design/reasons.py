"""What a reader must know of the design: plans that cannot work as written, and why."""

from __future__ import annotations

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.calendar.epoch import day_of
from wattport.design.capacity import tranche_power_mw
from wattport.design.cooling import kept_it_frac, reach_supply
from wattport.design.sizing import Sizing
from wattport.records.findings import Reason


def find_reasons(sizing: Sizing) -> tuple[Reason, ...]:
    """
    Collect the reasons that hold in at least one draw.

    Parameters
    ----------
    sizing : Sizing
        The campus as sized.

    Returns
    -------
    tuple of Reason
        Most far-reaching first.
    """
    found = (
        _no_hall(sizing),
        _no_rack(sizing),
        _halls_without_grid(sizing),
        _fast_track(sizing),
        _stress_day(sizing),
        _rack_too_late(sizing),
    )
    return tuple(reason for reason in found if reason is not None)


def _reason(
    holds: BoolArray, code: str, message: str, remedy: str, is_fatal: bool = False
) -> Reason | None:
    if not holds.any():
        return None
    return Reason(code, "design", message, remedy, float(holds.mean()), is_fatal)


def _median(values: FloatArray, holds: BoolArray) -> float:
    return float(np.median(values[holds])) if holds.any() else 0.0


def _no_hall(sizing: Sizing) -> Reason | None:
    holds = sizing.halls.n_admitted == 0
    one = _median(sizing.spec.campus.hall_it_mw * sizing.pue, holds)
    return _reason(
        holds, "DES101",
        f"the grid connection does not carry one hall, which needs {one:.1f} MW",
        "raise grid.connection_mw or lower campus.hall_it_mw",
        is_fatal=_is_hopeless(sizing),
    )  # fmt: skip


def _no_rack(sizing: Sizing) -> Reason | None:
    halls, campus = sizing.halls, sizing.spec.campus
    holds = (halls.n_admitted > 0) & (halls.n_gpus.sum(axis=1) == 0)
    room_kw = _median(1000.0 * campus.hall_it_mw * campus.gpu_rack_frac, holds)
    least_kw = min(rack.power_kw for rack in sizing.racks)
    return _reason(
        holds, "DES106",
        f"a hall has {room_kw:.4g} kW for GPU racks, and one takes {least_kw:.4g} kW: there is "
        "nothing to compute with",
        "raise campus.hall_it_mw or campus.gpu_rack_frac",
        is_fatal=_is_hopeless(sizing),
    )  # fmt: skip


def _is_hopeless(sizing: Sizing) -> bool:
    """Whether no draw has a single GPU, for whatever reason."""
    return not sizing.halls.n_gpus.any()


def _halls_without_grid(sizing: Sizing) -> Reason | None:
    halls = sizing.halls
    missing = (halls.n_wanted - halls.n_admitted).astype(np.float64)
    holds = missing > 0.0
    lost = _median(missing * sizing.spec.campus.hall_it_mw, holds)
    return _reason(
        holds, "DES102",
        f"{_median(missing, holds):.0f} halls ({lost:.0f} MW of IT) are admitted by no tranche and "
        "are not built",
        "add a tranche, raise grid.connection_mw, or ask for less in campus.it_mw",
    )  # fmt: skip


def _fast_track(sizing: Sizing) -> Reason | None:
    grid = sizing.spec.grid
    power = tranche_power_mw(sizing.spec)[-1]
    holds = power > grid.fast_track_limit_mw
    steps = _median(np.ceil(power / grid.fast_track_limit_mw), holds)
    return _reason(
        holds, "DES103",
        f"the connection of {_median(power, holds):.0f} MW is above the "
        f"{_median(grid.fast_track_limit_mw, holds):.0f} MW that the fast-track procedure covers",
        f"plan at least {steps:.0f} connection steps, or another procedure for the power above it",
    )  # fmt: skip


def _stress_day(sizing: Sizing) -> Reason | None:
    spec, plant = sizing.spec, sizing.plant
    hottest, limit = spec.site.stress_day_c, sizing.plant.facility_supply_max_c
    dry, _ = reach_supply(spec, plant, hottest)
    wet, _ = reach_supply(spec, plant, hottest, is_wetted=True)
    holds = dry > limit + 1e-9
    return _reason(
        holds,
        "DES104",
        f"at {_median(hottest, holds):.1f} C the cooling water reaches {_median(dry, holds):.1f} C,"
        f" {_median(dry - limit, holds):.1f} K above the {_median(limit, holds):.1f} C that keeps "
        "the racks at full power",
        f"hold IT at {_median(kept_it_frac(spec, plant, hottest), holds):.0%} in such hours, wet "
        f"the dry coolers (is_adiabatic: true reaches {_median(wet, holds):.1f} C), or install "
        "more trim chillers (chiller_trim_frac)",
    )


def _rack_too_late(sizing: Sizing) -> Reason | None:
    spec, halls = sizing.spec, sizing.halls
    opening = np.array([day_of(step.date) for step in spec.grid.tranches])
    ready = np.array([day_of(item.available_from) for item in spec.campus.rack_generations])
    is_early = ready[np.maximum(halls.generation, 0)] > opening[np.maximum(halls.tranche, 0)]
    holds = np.any(is_early & (halls.tranche >= 0), axis=1, keepdims=True)[:, 0]
    return _reason(
        holds, "DES105",
        "some halls open before any rack generation of the list is available",
        "add an earlier generation to campus.rack_generations",
    )  # fmt: skip
