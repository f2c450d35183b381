"""The cooling plant of one hour in compiled form, from heat and weather to power and water."""

from __future__ import annotations

from typing import Any

from wattport.compiled import kernel
from wattport.energy.hour_kernel import (
    approach_k,
    chiller_capacity_frac,
    chiller_cop,
    fan_frac,
    fan_speed_frac,
    pad_air_c,
    pad_water_m3_per_mwh,
    pump_frac,
    trimmed_frac,
)
from wattport.equations.cooling import AIR_COIL_APPROACH_K, LEAST_FLOW_FRAC, PAD_RESISTANCE_FRAC

Hour = tuple[float, float, float, float, float, float, float, float]


@kernel
def cool(
    campus: Any, chiller: Any, it_mw: float, loss_mw: float, exported_mw: float,
    nameplate_mw: float, dry_c: float, wet_c: float, sea_c: float,
) -> Hour:  # fmt: skip
    """
    Run the cooling plant for one hour.

    Heat in liquid leaves by CDUs, facility water and dry coolers; trim chillers help when even
    full fans cannot reach the set-point, and when these are full the water warms up. Heat in
    air, with what UPS and busway lose in the halls, needs colder water and has coolers and
    chillers of its own. Pumps and fans warm what they move.

    Parameters
    ----------
    campus, chiller : record
        One draw of the table made by `campus_table`; the chiller's curves.
    it_mw, loss_mw, exported_mw : float
        IT power; losses inside the halls; heat given to neighbours before the coolers. [MW]
    nameplate_mw : float
        IT nameplate of ready halls, to which the plant's rating scales. [MW, > 0]
    dry_c, wet_c, sea_c : float
        Outdoor air and sea water. [degC]

    Returns
    -------
    fan_mw, pump_mw, cdu_mw, trim_mw, air_fan_mw, air_chiller_mw : float
        Electric power. [MW]
    water_m3 : float
        Make-up of the pads in the hour. [m3]
    supply_c : float
        Water to the CDUs; above the maximum the racks must be held back. [degC]
    """
    liquid_frac = campus.liquid_frac
    liquid_most_mw = liquid_frac * nameplate_mw
    flow = max(it_mw / nameplate_mw, LEAST_FLOW_FRAC)
    cdu_mw = campus.cdu_mw_per_mw * liquid_most_mw * pump_frac(flow)
    pumped_most_mw = liquid_most_mw * (1.0 + campus.cdu_mw_per_mw)
    pump_mw = campus.pump_mw_per_mw * pumped_most_mw * pump_frac(flow)
    heat_mw = max(liquid_frac * it_mw + cdu_mw + pump_mw - exported_mw, 0.0)
    most_mw = pumped_most_mw * (1.0 + campus.pump_mw_per_mw)
    fan_mw, trim_mw, water_m3, supply_c = _reject_liquid(
        campus, chiller, heat_mw, most_mw, dry_c, wet_c, sea_c
    )
    air_fan_mw, own_fan_mw, air_pump_mw, air_chiller_mw = _reject_air(
        campus, chiller, (1.0 - liquid_frac) * it_mw + loss_mw, nameplate_mw, dry_c
    )
    return (
        fan_mw + own_fan_mw, pump_mw + air_pump_mw, cdu_mw, trim_mw, air_fan_mw, air_chiller_mw,
        water_m3, supply_c,
    )  # fmt: skip


@kernel
def _reject_liquid(
    campus: Any, chiller: Any, heat_mw: float, most_mw: float,
    dry_c: float, wet_c: float, sea_c: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """
    Reject the liquid loop's heat: fans first, then pads, then trim chillers, then warmer water.

    Pads are wetted as far as full fans need it. Below the least flow of a cooler, others are shut
    off, so that the water still comes back warm. Chillers that carry all bypass the coolers.

    Parameters
    ----------
    campus, chiller : record
        As in `cool`.
    heat_mw, most_mw : float
        Heat of the loop now and on the design day. [MW]
    dry_c, wet_c, sea_c : float
        Outdoor air and sea water. [degC]

    Returns
    -------
    fan_mw, trim_mw, water_m3, supply_c : float
        As in `cool`; a sea plant has pumps in place of fans.
    """
    wanted_c = campus.supply_c
    if heat_mw <= 0.0:
        return 0.0, 0.0, 0.0, wanted_c
    is_sea = campus.is_sea > 0.0
    intake_c = sea_c if is_sea else dry_c
    density = 1.0 if is_sea else campus.air_density_frac
    rated_k, loop_k = campus.approach_k, campus.loop_delta_k
    rating_mw = campus.dry_cooler_over_heat_frac * most_mw
    heat = heat_mw / rating_mw
    flow = max(heat, LEAST_FLOW_FRAC)
    # Speed that moves the mass of air wanted; thinner air takes more of it.
    speed = min(fan_speed_frac(rated_k, loop_k, heat, wanted_c - intake_c, flow) / density, 1.0)
    trimmed, trim_mw, supply_c = 0.0, 0.0, wanted_c
    if speed >= 1.0:
        approach = approach_k(rated_k, loop_k, flow, density, flow)
        if not is_sea and campus.pad_effectiveness_frac > 0.0:
            wet = pad_air_c(dry_c, wet_c, campus.pad_effectiveness_frac, campus.pad_start_c)
            intake_c = max(wet, min(dry_c, wanted_c - approach))
        # The trim share is what the chillers carry on the design day; hotter air takes some away.
        capacity = chiller_capacity_frac(chiller, chiller.evaporator_max_c, dry_c)
        most = min(campus.trim_frac * capacity / campus.trim_capacity_frac * most_mw / heat_mw, 1.0)
        trimmed = trimmed_frac(intake_c, wanted_c, approach, loop_k, most)
        if trimmed < 1.0:
            supply_c = max(intake_c + approach * (1.0 - trimmed) - loop_k * trimmed, wanted_c)
    if trimmed > 0.0:
        cop = chiller_cop(chiller, campus.chiller_cop, chiller.evaporator_max_c, dry_c)
        trim_mw = heat_mw * trimmed / cop
    if is_sea:
        return campus.pump_mw_per_mw * rating_mw * pump_frac(speed), trim_mw, 0.0, supply_c
    # All the air of the coolers passes the pads; at rated heat it warms as the water cools.
    moved_mw = rating_mw * speed * density
    water_m3 = moved_mw * pad_water_m3_per_mwh(dry_c, intake_c, loop_k)
    resistance = 1.0 + PAD_RESISTANCE_FRAC * (campus.pad_effectiveness_frac > 0.0)
    fan_mw = campus.fan_mw_per_mw * rating_mw * fan_frac(speed) * density * resistance
    return fan_mw, trim_mw, water_m3, supply_c


@kernel
def _reject_air(
    campus: Any, chiller: Any, heat_mw: float, nameplate_mw: float, dry_c: float
) -> tuple[float, float, float, float]:
    """
    Reject the heat of the hall air: fan walls, pumps, free cooling where it reaches, chillers.

    Parameters
    ----------
    campus, chiller, nameplate_mw, dry_c
        As in `cool`.
    heat_mw : float
        Heat given to the hall air. [MW]

    Returns
    -------
    air_fan_mw, fan_mw, pump_mw, chiller_mw : float
        Fan walls; fans of the coolers; pumps of the water between them; chillers. [MW]
    """
    most_mw = campus.air_heat_over_it_frac * nameplate_mw
    if heat_mw <= 0.0 or most_mw <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    air_fan_mw = campus.air_fan_mw_per_mw * most_mw * fan_frac(heat_mw / most_mw)
    heat_mw += air_fan_mw
    most_mw *= 1.0 + campus.air_fan_mw_per_mw
    pump_mw = campus.pump_mw_per_mw * most_mw * pump_frac(max(heat_mw / most_mw, LEAST_FLOW_FRAC))
    heat_mw += pump_mw
    most_mw *= 1.0 + campus.pump_mw_per_mw
    wanted_c = campus.air_supply_c - AIR_COIL_APPROACH_K
    heat = heat_mw / most_mw
    flow = max(heat, LEAST_FLOW_FRAC)
    rated_k, loop_k, density = campus.approach_k, campus.loop_delta_k, campus.air_density_frac
    rated_fan_mw = campus.fan_mw_per_mw * most_mw * density
    speed = fan_speed_frac(rated_k, loop_k, heat, wanted_c - dry_c, flow) / density
    if speed < 1.0:
        return air_fan_mw, rated_fan_mw * fan_frac(speed), pump_mw, 0.0
    approach = approach_k(rated_k, loop_k, flow, density, flow)
    chilled = trimmed_frac(dry_c, wanted_c, approach, loop_k, 1.0)
    # Coolers that the chillers relieve stand still.
    fan_mw = rated_fan_mw * (1.0 - chilled)
    cop = chiller_cop(chiller, campus.chiller_cop, wanted_c, dry_c)
    return air_fan_mw, fan_mw, pump_mw, heat_mw * chilled / cop
