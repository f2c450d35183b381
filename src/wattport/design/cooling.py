"""The cooling plant: sized for the design day, checked on the stress day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.catalog import Chiller, Rack, find
from wattport.equations.altitude import air_density_frac, standard_pressure_pa
from wattport.equations.chiller import chiller_capacity_frac, chiller_cop
from wattport.equations.cooling import (
    AIR_COIL_APPROACH_K,
    LEAST_FLOW_FRAC,
    PAD_RESISTANCE_FRAC,
    dry_cooler_approach_k,
    supply_c,
    trim_frac,
    wetted_air_c,
)
from wattport.equations.psychrometrics import humidity_ratio_kg_per_kg, relative_humidity_frac
from wattport.equations.psychrometrics import wet_bulb_c as wet_bulb_from_humidity_c
from wattport.records.design import CoolingPlant
from wattport.spec.campus.spec import Spec


@dataclass(frozen=True)
class PlantSize:
    """Heat of one hall at full load and the units that carry it, per draw."""

    liquid_heat_mw: FloatArray
    air_heat_mw: FloatArray
    n_dry_coolers: FloatArray  # spares included
    n_dry_coolers_needed: FloatArray
    n_cdus: FloatArray
    n_pumps: FloatArray
    n_trim_chillers: FloatArray
    n_air_chillers: FloatArray


def fleet_liquid_frac(spec: Spec, racks: tuple[Rack, ...], rack_it: FloatArray) -> FloatArray:
    """
    Share of IT heat that goes into water, mean over the fleet.

    Parameters
    ----------
    spec : Spec
        Drawn.
    racks : tuple of Rack
        Generations.
    rack_it : ndarray, shape (draw, generation)
        IT power of the halls of each generation; only proportions matter. [MW]

    Returns
    -------
    ndarray, shape (draw,)
    """
    gpu = spec.campus.gpu_rack_frac[:, None]
    liquid = np.array([rack.liquid_frac for rack in racks])
    other = np.array([rack.other_liquid_frac for rack in racks])
    share = gpu * liquid + (1.0 - gpu) * other
    total = np.maximum(rack_it.sum(axis=1), 1e-12)
    mean = (share * rack_it).sum(axis=1) / total
    return np.asarray(np.where(rack_it.sum(axis=1) > 0.0, mean, share[:, 0]), np.float64)


def size_plant(
    spec: Spec, liquid_frac: FloatArray, air_loss_frac: FloatArray
) -> tuple[PlantSize, CoolingPlant]:
    """
    Size the plant of one hall for full load on the design day.

    Dry coolers carry all heat in water at their rated approach; trim chillers are installed
    for their share of it; air-cooled chillers carry what stays in the air, which is the rest of
    the IT heat and the losses of the power modules.

    Parameters
    ----------
    spec : Spec
        Drawn.
    liquid_frac : ndarray, shape (draw,)
        Share of IT heat that goes into water. [0 to 1]
    air_loss_frac : ndarray, shape (draw,)
        Losses of UPS and busway, over IT.

    Returns
    -------
    tuple of PlantSize and CoolingPlant
    """
    cooling, hall_it = spec.campus.cooling, spec.campus.hall_it_mw
    chiller = find(Chiller, cooling.chiller, "campus.cooling.chiller")
    pumps = (1.0 + cooling.cdu_kw_per_mw / 1000.0) * (1.0 + cooling.pump_kw_per_mw / 1000.0)
    liquid = hall_it * liquid_frac * pumps
    air = hall_it * (1.0 - liquid_frac + air_loss_frac)
    air = air * (1.0 + cooling.air_fan_kw_per_mw / 1000) * (1.0 + cooling.pump_kw_per_mw / 1000)
    needed = units(liquid, cooling.dry_cooler_rating_mw)
    installed = needed + np.ceil(needed * cooling.n_spare_frac - 1e-9)
    cdus = units(hall_it * liquid_frac, cooling.cdu_rating_mw)
    size = PlantSize(
        liquid_heat_mw=liquid,
        air_heat_mw=air,
        n_dry_coolers=installed,
        n_dry_coolers_needed=needed,
        n_cdus=cdus + np.ceil(cdus * cooling.n_spare_frac - 1e-9),
        # One facility pump for ten coolers keeps the number of pump sets small.
        n_pumps=np.ceil(needed / 10.0) + np.ceil(np.ceil(needed / 10.0) * cooling.n_spare_frac),
        n_trim_chillers=units(liquid * cooling.chiller_trim_frac, chiller.rating_mw),
        n_air_chillers=units(air, chiller.rating_mw),
    )
    heat = np.where(liquid > 0.0, liquid, 1.0)
    over = np.where(liquid > 0.0, installed * cooling.dry_cooler_rating_mw / heat, 1.0)
    one = np.ones_like(hall_it)
    plant = CoolingPlant(
        liquid_frac=liquid_frac,
        facility_supply_c=cooling.facility_supply_c,
        facility_supply_max_c=cooling.facility_supply_max_c - cooling.cdu_approach_k,
        loop_delta_k=cooling.loop_delta_k,
        dry_cooler_approach_k=cooling.dry_cooler_approach_k,
        dry_cooler_over_heat_frac=over,
        adiabatic_effectiveness_frac=(
            cooling.adiabatic_effectiveness_frac if cooling.is_adiabatic else 0.0 * one
        ),
        adiabatic_start_c=cooling.adiabatic_start_c,
        fan_kw_per_mw=cooling.fan_kw_per_mw,
        pump_kw_per_mw=cooling.pump_kw_per_mw,
        cdu_kw_per_mw=cooling.cdu_kw_per_mw,
        air_fan_kw_per_mw=cooling.air_fan_kw_per_mw,
        air_supply_c=cooling.air_supply_c,
        chiller_trim_frac=cooling.chiller_trim_frac,
        chiller_reference_cop=one * chiller.rated_cop,
        auxiliary_mw_per_hall=spec.campus.auxiliary_mw_per_hall,
    )
    return size, plant


def units(load_mw: FloatArray, rating_mw: FloatArray | float) -> FloatArray:
    """
    Whole units that carry a load.

    Examples
    --------
    >>> units(np.array([0.0, 1.6, 1.7]), 1.6)
    array([0., 1., 2.])
    """
    return np.maximum(np.ceil(load_mw / rating_mw - 1e-9), 0.0)


def wet_bulb_on_day_c(spec: Spec, dry_bulb_c: FloatArray) -> FloatArray:
    """
    Wet bulb at a dry bulb, with the moisture of the design day.

    The hottest hours are hot because the air is dry: its water content stays that of the
    design day, which is on the safe side for adiabatic pads.
    """
    design, humidity = spec.site.design_day_c, spec.site.relative_humidity_design_frac
    pressure_pa = standard_pressure_pa(spec.site.elevation_m)
    ratio = humidity_ratio_kg_per_kg(design, humidity, pressure_pa)
    relative = relative_humidity_frac(dry_bulb_c, ratio, pressure_pa)
    return wet_bulb_from_humidity_c(dry_bulb_c, relative, pressure_pa)


def reach_supply(
    spec: Spec,
    plant: CoolingPlant,
    dry_bulb_c: FloatArray,
    load_frac: FloatArray | float = 1.0,
    is_wetted: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """
    Water that the plant reaches with fans at full speed and chillers as needed.

    Parameters
    ----------
    spec : Spec
        Drawn.
    plant : CoolingPlant
        As sized.
    dry_bulb_c : ndarray, shape (draw,)
        Outdoor air. [degC]
    load_frac : array_like, optional
        Heat over full load. [0 to 1]
    is_wetted : bool, optional
        Wet the pads the plant could have, to see what they would bring.

    Returns
    -------
    supply_c, trimmed_frac : ndarray, shape (draw,)
        Water at the CDUs; share of the heat taken by the trim chillers.
    """
    chiller = find(Chiller, spec.campus.cooling.chiller)
    pads = spec.campus.cooling.adiabatic_effectiveness_frac
    wetted = wetted_air_c(
        dry_bulb_c,
        wet_bulb_on_day_c(spec, dry_bulb_c),
        pads if is_wetted else plant.adiabatic_effectiveness_frac,
        plant.adiabatic_start_c,
    )
    entering = wetted
    if spec.site.sea.is_used:
        # The coolers are then sea-water exchangers, at the warmest sea of the year.
        entering = spec.site.sea.mean_c + spec.site.sea.amplitude_k
    # As in the hour: below the least flow of a cooler, others are shut off.
    heat = np.maximum(load_frac / plant.dry_cooler_over_heat_frac, LEAST_FLOW_FRAC)
    density = 1.0 if spec.site.sea.is_used else air_density_frac(spec.site.elevation_m)
    approach = dry_cooler_approach_k(
        plant.dry_cooler_approach_k, plant.loop_delta_k, heat, density, heat
    )

    def capacity(at_c: FloatArray) -> FloatArray:
        return chiller_capacity_frac(
            chiller.cap_curve,
            (chiller.leaving_min_c, chiller.leaving_max_c),
            (chiller.outdoor_min_c, chiller.outdoor_max_c),
            chiller.evaporator_max_c,
            at_c,
        )

    # The trim share is what the chillers carry on the design day; hotter air takes some away.
    hotter = capacity(dry_bulb_c) / capacity(spec.site.design_day_c)
    most = np.minimum(plant.chiller_trim_frac * hotter / load_frac, 1.0)
    trimmed = trim_frac(entering, plant.facility_supply_c, approach, plant.loop_delta_k, most)
    # Chillers that carry all bypass the coolers.
    reached = supply_c(entering, approach, plant.loop_delta_k, trimmed)
    return np.where(trimmed < 1.0, reached, plant.facility_supply_c), trimmed


def cooling_power_frac(
    spec: Spec,
    plant: CoolingPlant,
    air_loss_frac: FloatArray,
    dry_bulb_c: FloatArray,
    trimmed_frac: FloatArray,
) -> FloatArray:
    """
    Power of the cooling plant at full load and full fan speed, over IT.

    Parameters
    ----------
    spec : Spec
        Drawn.
    plant : CoolingPlant
        As sized.
    air_loss_frac : ndarray, shape (draw,)
        Losses of UPS and busway, over IT.
    dry_bulb_c : ndarray, shape (draw,)
        Outdoor air. [degC]
    trimmed_frac : ndarray, shape (draw,)
        Share of the liquid heat taken by the trim chillers.

    Returns
    -------
    ndarray, shape (draw,)
        CDUs, pumps, dry-cooler fans, trim chillers, fan walls and air-side chillers.
    """
    chiller = find(Chiller, spec.campus.cooling.chiller)

    def cop(water_c: FloatArray | float) -> FloatArray:
        return chiller_cop(
            plant.chiller_reference_cop,
            chiller.eir_temperature_curve,
            chiller.eir_part_load_curve,
            (chiller.leaving_min_c, chiller.leaving_max_c),
            (chiller.outdoor_min_c, chiller.outdoor_max_c),
            water_c,
            dry_bulb_c,
        )

    density = air_density_frac(spec.site.elevation_m)
    fan = plant.fan_kw_per_mw / 1000.0 * density
    resistance = 1.0 + PAD_RESISTANCE_FRAC * (plant.adiabatic_effectiveness_frac > 0.0)
    # Sea water takes pumps in place of fans.
    mover = plant.pump_kw_per_mw / 1000.0 if spec.site.sea.is_used else fan * resistance
    cdu = plant.liquid_frac * plant.cdu_kw_per_mw / 1000.0
    pump = (plant.liquid_frac + cdu) * plant.pump_kw_per_mw / 1000.0
    heat = plant.liquid_frac + cdu + pump
    air = 1.0 - plant.liquid_frac + air_loss_frac
    fan_wall = air * plant.air_fan_kw_per_mw / 1000.0
    coil_c = plant.air_supply_c - AIR_COIL_APPROACH_K
    approach = dry_cooler_approach_k(
        plant.dry_cooler_approach_k, plant.loop_delta_k, 1.0, density, 1.0
    )
    mechanical = trim_frac(dry_bulb_c, coil_c, approach, plant.loop_delta_k, 1.0)
    air_pump = (air + fan_wall) * plant.pump_kw_per_mw / 1000.0
    liquid_side = cdu + pump + heat * plant.dry_cooler_over_heat_frac * mover
    trim = heat * trimmed_frac / cop(chiller.evaporator_max_c)
    moved = air + fan_wall + air_pump
    air_side = fan_wall + air_pump + moved * (mechanical / cop(coil_c) + (1.0 - mechanical) * fan)
    return np.asarray(liquid_side + trim + air_side)


def kept_it_frac(spec: Spec, plant: CoolingPlant, dry_bulb_c: FloatArray) -> FloatArray:
    """
    Share of the heat that the plant can take without exceeding the warmest water allowed.

    Parameters
    ----------
    spec : Spec
        Drawn.
    plant : CoolingPlant
        As sized.
    dry_bulb_c : ndarray, shape (draw,)
        Outdoor air. [degC]

    Returns
    -------
    ndarray, shape (draw,)
        1 where full load is possible; at least 0.01.

    Notes
    -----
    Supply rises with load, so bisection finds the load at the limit to 1e-6.
    """
    low, high = np.full_like(dry_bulb_c, 0.01), np.ones_like(dry_bulb_c)
    is_fine = reach_supply(spec, plant, dry_bulb_c)[0] <= plant.facility_supply_max_c + 1e-9
    for _ in range(20):
        middle = 0.5 * (low + high)
        reached, _ = reach_supply(spec, plant, dry_bulb_c, middle)
        is_cold = reached <= plant.facility_supply_max_c
        low, high = np.where(is_cold, middle, low), np.where(is_cold, high, middle)
    return np.where(is_fine, 1.0, low)
