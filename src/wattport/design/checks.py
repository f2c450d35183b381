"""Engineering checks: each compares a value with a limit, in every draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.design.capacity import tranche_power_mw
from wattport.design.chain import stage_input_frac
from wattport.design.cooling import reach_supply
from wattport.design.sizing import Sizing
from wattport.equations.short_circuit import fault_behind_transformers_ka, short_circuit_ratio
from wattport.records.findings import Check

# IEEE Std 1204-1997, 1.5: an AC system with a ratio of 3 and more is strong.
SHORT_CIRCUIT_RATIO_MIN = 3.0

# IEEE Std 1188-2005, 8: a battery is replaced when it holds 80 % of its rated capacity.
BATTERY_END_OF_LIFE_FRAC = 0.8

# Schneider 990-55111: after an outage the UPS takes its load back from the battery in up to
# 300 s. In a linear walk-in the battery gives half of it.
WALK_IN_EQUIVALENT_MIN = 300.0 / 60.0 / 2.0


def check_design(sizing: Sizing) -> tuple[Check, ...]:
    """
    Make every check of the design stage.

    Parameters
    ----------
    sizing : Sizing
        The campus as sized.

    Returns
    -------
    tuple of Check
        Power first, then cooling.
    """
    return (
        *tranche_checks(sizing),
        *power_checks(sizing),
        *grid_checks(sizing),
        *cooling_checks(sizing),
    )


def tranche_checks(sizing: Sizing) -> tuple[Check, ...]:
    """DES001: the halls of each tranche and those before it fit its power."""
    power = tranche_power_mw(sizing.spec)
    hall = sizing.halls.it_mw * sizing.pue[:, None]
    checks = []
    for index, step in enumerate(sizing.spec.grid.tranches):
        is_open = (sizing.halls.tranche >= 0) & (sizing.halls.tranche <= index)
        checks.append(
            Check(
                code=f"DES001-{index + 1}",
                title=f"halls on line fit the grid power of tranche {index + 1}, {step.date}",
                value=np.where(is_open, hall, 0.0).sum(axis=1),
                limit=power[index],
                unit="MW",
                is_upper=True,
                source="grid.tranches",
                remedy="move halls to a later tranche or raise its power",
            )
        )
    return tuple(checks)


def power_checks(sizing: Sizing) -> tuple[Check, ...]:
    """DES002-DES006: loading with one unit out, fault currents and battery."""
    spec, kit, substation = sizing.spec, sizing.kit, sizing.substation
    modules = spec.campus.modules
    one = np.ones_like(spec.campus.hall_it_mw)
    of_ups, into_ups = loaded_one_out(sizing)
    in_mva = into_ups * modules.rating_mw / kit.ups.input_power_factor_frac
    mv_lv_mva = modules.n_transformers * kit.mv_lv.rating_mva
    fault_lv = fault_behind_transformers_ka(
        1000.0, kit.mv_lv.rating_mva, kit.mv_lv.impedance_frac, modules.n_transformers,
        kit.mv_lv.low_kv,
    )  # fmt: skip
    fault_mv = fault_behind_transformers_ka(
        spec.grid.reference_short_circuit_mva, kit.hv.rating_mva, kit.hv.impedance_frac, 1,
        kit.hv.low_kv,
    )  # fmt: skip
    return (
        Check("DES002", "HV transformers carry the campus with one unit out",
              substation.loading_one_out_frac, spec.campus.substation.loading_limit_frac, "frac",
              True, "campus.substation.loading_limit_frac; IEC 60076-7 normal cyclic loading",
              "add a spare in campus.substation.n_spare"),
        Check("DES003", "UPS carry their group with one module out",
              of_ups, one * kit.ups.overload_continuous_frac, "frac", True, kit.ups.source,
              "choose a topology with a spare, or lower the load of a module"),
        Check("DES004", "module transformers carry their group with one module out",
              in_mva / mv_lv_mva, one, "frac", True, "IEC 60076-1: rated power is continuous",
              "choose a larger transformer or more of them for each module"),
        Check("DES005", f"fault current at {kit.hv.low_kv:g} kV stays within the switchgear",
              fault_mv * one, one * kit.hv.switchgear_ka, "kA", True,
              "IEC 60909-0:2016; IEC 62271-200 short-time withstand",
              "raise the transformer impedance or split the busbar"),
        Check("DES006", "fault current at the UPS input stays within its withstand",
              fault_lv * one, one * kit.ups.short_circuit_ka, "kA", True,
              f"IEC 60909-0:2016; {kit.ups.source}",
              "choose smaller transformers or a higher impedance"),
        Check("DES007", "aged batteries bridge the longest walk-in of the UPS",
              modules.autonomy_min * BATTERY_END_OF_LIFE_FRAC, one * WALK_IN_EQUIVALENT_MIN, "min",
              False, "IEEE Std 1188-2005 (80 % at end of life); Schneider 990-55111 (300 s)",
              "raise campus.modules.autonomy_min"),
    )  # fmt: skip


def grid_checks(sizing: Sizing) -> tuple[Check, ...]:
    """DES008-DES012: what the connection allows and what the campus asks of it."""
    spec = sizing.spec
    grid_mw = sizing.halls.it_mw.sum(axis=1) * sizing.pue
    connection = tranche_power_mw(spec)[-1]
    ratio = short_circuit_ratio(spec.grid.reference_short_circuit_mva, np.maximum(grid_mw, 1e-9))
    missing = sizing.substation.reactive_mvar - grid_mw * np.tan(
        np.arccos(spec.grid.power_factor_min_frac)
    )
    return (
        Check("DES008", "power factor at the point of connection is high enough",
              sizing.substation.power_factor_frac, spec.grid.power_factor_min_frac, "frac", False,
              "arrete du 9 juin 2020, art. 110-111: |Q/P| < 0.4",
              f"compensate {max(0.0, float(np.median(missing))):.0f} Mvar at medium voltage"),
        Check("DES009", "the grid is strong for the load it carries",
              ratio, np.full_like(ratio, SHORT_CIRCUIT_RATIO_MIN), "1", False,
              "IEEE Std 1204-1997, 1.5: strong from 3",
              "study flicker and stability, or add synchronous condensers"),
        Check("DES010", "the connection fits the fast-track procedure",
              connection, spec.grid.fast_track_limit_mw, "MW", True,
              "CRE on RTE's fast track, 2025", "split the connection into steps"),
        Check("DES011", "every hall asked for is built",
              sizing.halls.n_admitted.astype(np.float64),
              sizing.halls.n_wanted.astype(np.float64), "1", False, "grid.tranches",
              "add a tranche or raise the connection"),
        Check("DES012", "design-day PUE stays within its allowance",
              sizing.pue, spec.campus.design_pue, "1", True, "campus.design_pue",
              "raise the allowance, or save losses and cooling power"),
    )  # fmt: skip


def cooling_checks(sizing: Sizing) -> tuple[Check, ...]:
    """DES013-DES014: the design day without spares, and the record day with all."""
    spec, plant = sizing.spec, sizing.plant
    size = sizing.plant_size
    in_service = size.n_dry_coolers_needed / np.maximum(size.n_dry_coolers, 1.0)
    no_spares = replace(
        plant,
        dry_cooler_over_heat_frac=plant.dry_cooler_over_heat_frac * in_service,
        chiller_trim_frac=np.ones_like(plant.chiller_trim_frac),
    )
    _, trim_needed = reach_supply(spec, no_spares, spec.site.design_day_c)
    stress, _ = reach_supply(spec, plant, spec.site.stress_day_c)
    wetted, _ = reach_supply(spec, plant, spec.site.stress_day_c, is_wetted=True)
    return (
        Check(
            "DES013",
            "trim chillers hold the water on the design day with the spare coolers out",
            trim_needed,
            plant.chiller_trim_frac,
            "frac",
            True,
            "site.design_day_c; campus.cooling.facility_supply_c",
            "raise campus.cooling.chiller_trim_frac or lower the dry-cooler approach",
        ),
        Check(
            "DES014",
            "racks keep full power on the record day",
            stress,
            plant.facility_supply_max_c,
            "degC",
            True,
            "rack limit less the CDU approach; site.stress_day_c",
            f"wet the dry coolers (reaches {np.median(wetted):.1f} C), add trim chillers or "
            "throttle IT",
        ),
    )


def loaded_one_out(sizing: Sizing) -> tuple[FloatArray, FloatArray]:
    """
    Load of the modules left in a group that has lost one.

    They carry its share: UPS and MV/LV transformers see what is lost below them at that load.

    Parameters
    ----------
    sizing : Sizing
        The campus as sized.

    Returns
    -------
    ups_frac, into_ups_frac : ndarray, shape (draw,)
        Output of the UPS over the rating of its frames; input over critical power of the module.
    """
    ups, busway = sizing.chain[-2:]
    one = np.ones_like(sizing.pue)
    at_ups = stage_input_frac(
        replace(busway, rating_over_it_frac=one), sizing.modules.loading_one_out_frac
    )
    frames = ups.rating_over_it_frac / busway.rating_over_it_frac
    return at_ups / frames, stage_input_frac(replace(ups, rating_over_it_frac=frames), at_ups)
