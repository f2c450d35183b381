"""
One hour of the plant in compiled form: power chain and cooling.

Each formula is the one in `equations`, written for single numbers so that the yearly loop can
call it; tests hold the two forms to each other.
"""

import math
from typing import Any

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.equations.chiller import (
    CONDENSER_PINCH_K,
    EVAPORATOR_PINCH_K,
    LEAST_LIFT_K,
    ZERO_C_K,
)
from wattport.equations.cooling import (
    AIR_SHARE,
    FAN_SPEED_MIN_FRAC,
    LATENT_HEAT_MJ_PER_KG,
    PUMP_STATIC_FRAC,
    WATER_SHARE,
)

PAD_CYCLES = 4.0


@kernel
def approach_k(
    rated_k: float, delta_k: float, heat_frac: float, speed_frac: float, flow_frac: float
) -> float:
    """Return the dry-cooler approach (`equations.cooling.dry_cooler_approach_k`)."""
    resistance = 1.0 + AIR_SHARE * (1.0 / speed_frac - 1.0) + WATER_SHARE * (1.0 / flow_frac - 1.0)
    return (rated_k + delta_k) * heat_frac * resistance - delta_k * heat_frac / flow_frac


@kernel
def fan_speed_frac(
    rated_k: float, delta_k: float, heat_frac: float, wanted_k: float, flow_frac: float
) -> float:
    """Return the fan speed for an approach (`equations.cooling.dry_cooler_speed_frac`)."""
    if heat_frac <= 0.0:
        return 0.0
    scale = max((rated_k + delta_k) * heat_frac, 1e-9)
    resistance = (wanted_k + delta_k * heat_frac / flow_frac) / scale
    air = resistance - 1.0 - WATER_SHARE * (1.0 / flow_frac - 1.0)
    return AIR_SHARE / (AIR_SHARE + max(air, 0.0))


@kernel
def fan_frac(speed_frac: float) -> float:
    """Return fan power over rated (`equations.cooling.fan_power_frac`)."""
    if speed_frac < FAN_SPEED_MIN_FRAC:
        return FAN_SPEED_MIN_FRAC**2 * speed_frac
    return speed_frac * speed_frac * speed_frac


@kernel
def pump_frac(flow_frac: float) -> float:
    """Return pump power over rated (`equations.cooling.pump_power_frac`)."""
    return flow_frac * (PUMP_STATIC_FRAC + (1.0 - PUMP_STATIC_FRAC) * flow_frac * flow_frac)


@kernel
def pad_air_c(dry_c: float, wet_c: float, effectiveness_frac: float, start_c: float) -> float:
    """Return the air after wetted pads (`equations.cooling.wetted_air_c`)."""
    if dry_c <= start_c:
        return dry_c
    return dry_c - effectiveness_frac * max(dry_c - wet_c, 0.0)


@kernel
def pad_water_m3_per_mwh(dry_c: float, entering_c: float, air_rise_k: float) -> float:
    """Return the make-up of the pads (`equations.cooling.pad_water_m3_per_mwh`)."""
    evaporated = 3.6 / LATENT_HEAT_MJ_PER_KG * max(dry_c - entering_c, 0.0) / air_rise_k
    return evaporated * PAD_CYCLES / (PAD_CYCLES - 1.0)


@kernel
def trimmed_frac(
    air_c: float, wanted_c: float, approach: float, delta_k: float, most_frac: float
) -> float:
    """Return the share of heat the trim chillers take (`equations.cooling.trim_frac`)."""
    needed = (air_c + approach - wanted_c) / max(approach + delta_k, 1e-9)
    return min(max(needed, 0.0), most_frac)


@kernel
def carnot_cop(leaving_c: float, outdoor_c: float) -> float:
    """Return the reversible COP (`equations.chiller.carnot_cop`)."""
    evaporation = leaving_c - EVAPORATOR_PINCH_K
    lift = outdoor_c + CONDENSER_PINCH_K - evaporation
    return (evaporation + ZERO_C_K) / max(lift, LEAST_LIFT_K)


@kernel
def biquadratic(curve: FloatArray, x: float, y: float) -> float:
    """Return the value of a fitted surface (`equations.chiller.biquadratic`)."""
    value: float = (
        curve[0]
        + curve[1] * x
        + curve[2] * x * x
        + curve[3] * y
        + curve[4] * y * y
        + curve[5] * x * y
    )
    return value


@kernel
def clipped(value: float, low: float, high: float) -> float:
    """Return the value, or the nearest end of the range."""
    return min(max(value, low), high)


@kernel
def chiller_cop(chiller: Any, rated_cop: float, leaving_c: float, outdoor_c: float) -> float:
    """Return the full-load COP (`equations.chiller.chiller_cop`)."""
    leaving = clipped(leaving_c, chiller.leaving_min_c, chiller.leaving_max_c)
    outdoor = clipped(outdoor_c, chiller.outdoor_min_c, chiller.outdoor_max_c)
    power = biquadratic(chiller.eir_curve, leaving, outdoor) * chiller.full_load_power_frac
    cop: float = rated_cop / power * carnot_cop(leaving_c, outdoor_c) / carnot_cop(leaving, outdoor)
    return cop


@kernel
def chiller_capacity_frac(chiller: Any, leaving_c: float, outdoor_c: float) -> float:
    """Return the capacity over rating (`equations.chiller.chiller_capacity_frac`)."""
    leaving = clipped(leaving_c, chiller.leaving_min_c, chiller.leaving_max_c)
    outdoor = clipped(outdoor_c, chiller.outdoor_min_c, chiller.outdoor_max_c)
    return biquadratic(chiller.cap_curve, leaving, outdoor)


@kernel
def stage_input_mw(stage: Any, output_mw: float, nameplate_mw: float) -> float:
    """
    Power into one step of the power chain (`equations.ups.stage_loss_frac` plus the output).

    Parameters
    ----------
    stage : record
        Loss curve and rating over IT nameplate of one draw's stage.
    output_mw, nameplate_mw : float
        Power out; IT nameplate of the ready halls, to which the rating scales. [MW]

    Returns
    -------
    float
        Power in. [MW]
    """
    rating = stage.rating_over_it_frac * nameplate_mw
    x = output_mw * (1.0 / rating)  # the quotient does not wait for the stage below
    loss = rating * (stage.no_load_frac + stage.linear_frac * x + stage.square_frac * x * x)
    power: float = output_mw + loss
    return power


@kernel
def stage_output_mw(stage: Any, input_mw: float, nameplate_mw: float) -> float:
    """
    Power out of one step of the power chain, from the power into it.

    The way back of `stage_input_mw`, by solving the loss curve for the output: the energy
    balance is checked with it, so that the check does not rest on the sum that made the result.

    Parameters
    ----------
    stage : record
        Loss curve and rating over IT nameplate of one draw's stage.
    input_mw, nameplate_mw : float
        Power in; IT nameplate of the ready halls. [MW]

    Returns
    -------
    float
        Power out. [MW]

    Notes
    -----
    With ``x + a + b x + c x**2 = input / rating``,
    ``x = 2 r / (1 + b + sqrt((1 + b)**2 + 4 c r))``, ``r = input / rating - a``.
    """
    rating = stage.rating_over_it_frac * nameplate_mw
    slope = 1.0 + stage.linear_frac
    rest = input_mw * (1.0 / rating) - stage.no_load_frac
    root = math.sqrt(slope**2 + 4.0 * stage.square_frac * rest)
    power: float = rating * 2.0 * rest / (slope + root)
    return power
