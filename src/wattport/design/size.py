"""From a drawn spec to the campus on paper."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.catalog import Rack, find
from wattport.design.bill import bill_of_materials
from wattport.design.capacity import module_need_day, place_halls
from wattport.design.chain import (
    choose_equipment,
    module_stages,
    n_feeders_per_hall,
    rack_supply,
    site_stages,
    stage_input_frac,
)
from wattport.design.checks import check_design
from wattport.design.cooling import (
    cooling_power_frac,
    fleet_liquid_frac,
    reach_supply,
    size_plant,
)
from wattport.design.reasons import find_reasons
from wattport.design.redundancy import arrange, group_size, module_availability_frac
from wattport.design.sizing import Sizing
from wattport.design.substation import size_substation
from wattport.equations.altitude import ups_rating_frac
from wattport.records.design import Design
from wattport.spec.campus.spec import Spec


def size(spec: Spec) -> Design:
    """
    Size the campus: halls, racks, modules, transformers, cooling, and check it.

    Capacity follows from the design-day PUE that the spec allows. Where the computed PUE is
    above that allowance, halls are placed again with the computed one, so that the connection
    is never exceeded.

    Parameters
    ----------
    spec : Spec
        Drawn: each number an array of shape (draw,).

    Returns
    -------
    Design
        With bill of materials, checks and reasons.

    Examples
    --------
    >>> from wattport.spec import load
    >>> design = size(load("dunkerque", "grid.connection_mw=1700").draw(1, seed=0))
    >>> int(design.n_modules[0]), float(design.it_mw[0])
    (750, 1500.0)
    """
    allowance = spec.campus.design_pue
    first = size_once(spec, allowance)
    reserved = np.maximum(allowance, first.pue)
    sizing = first if np.array_equal(reserved, allowance) else size_once(spec, reserved)
    return to_record(sizing)


def size_once(spec: Spec, reserved_pue: FloatArray) -> Sizing:
    """
    Size the campus for a grid power that each hall reserves.

    Parameters
    ----------
    spec : Spec
        Drawn.
    reserved_pue : ndarray, shape (draw,)
        Reserved grid power over IT.

    Returns
    -------
    Sizing
    """
    campus = spec.campus
    racks = tuple(
        find(Rack, item.generation, f"campus.rack_generations[{index}].generation")
        for index, item in enumerate(campus.rack_generations)
    )
    kit = choose_equipment(spec)
    halls = place_halls(spec, racks, reserved_pue)
    modules = arrange(
        campus.modules.topology, campus.hall_it_mw,
        campus.modules.rating_mw * ups_rating_frac(spec.site.elevation_m),
        group_size(campus.modules), module_availability_frac(),
    )  # fmt: skip
    inner = module_stages(spec, kit, modules.n_modules)
    at_ups = stage_input_frac(inner[1], stage_input_frac(inner[2], np.ones_like(reserved_pue)))
    into_modules = stage_input_frac(inner[0], at_ups)
    rack_it = np.stack(
        [np.where(halls.generation == k, halls.it_mw, 0.0).sum(axis=1) for k in range(len(racks))],
        axis=1,
    )
    liquid = fleet_liquid_frac(spec, racks, rack_it)
    plant_size, plant = size_plant(spec, liquid, at_ups - 1.0)
    design_c = spec.site.design_day_c
    _, trimmed = reach_supply(spec, plant, design_c)
    cooling = cooling_power_frac(spec, plant, at_ups - 1.0, design_c, trimmed)
    auxiliary = campus.auxiliary_mw_per_hall / campus.hall_it_mw
    at_mv = into_modules + cooling + auxiliary
    power_factor = kit.ups.input_power_factor_frac
    n_feeders = n_feeders_per_hall(at_mv * campus.hall_it_mw, kit.cable, power_factor)
    it_mw = halls.it_mw.sum(axis=1)
    substation = size_substation(spec, kit, it_mw, into_modules, at_mv, modules.n_modules)
    outer = site_stages(spec, kit, n_feeders, substation.rating_over_it_frac)
    pue = stage_input_frac(outer[0], stage_input_frac(outer[1], at_mv))
    return Sizing(
        spec=spec,
        racks=racks,
        kit=kit,
        halls=halls,
        modules=modules,
        substation=substation,
        plant_size=plant_size,
        plant=plant,
        n_feeders=n_feeders,
        chain=outer + inner,
        pue=pue,
    )


def to_record(sizing: Sizing) -> Design:
    """Write a sizing into the record that other stages read."""
    halls = sizing.halls
    is_built = halls.tranche >= 0
    n_modules = np.where(is_built, sizing.modules.n_modules[:, None], 0)
    it_mw = halls.it_mw.sum(axis=1)
    return Design(
        hall_it_mw=halls.it_mw,
        hall_grid_mw=halls.it_mw * sizing.pue[:, None],
        hall_tranche=halls.tranche,
        hall_module_need_day=module_need_day(sizing.spec, halls.tranche),
        hall_generation=halls.generation,
        hall_n_racks=halls.n_racks,
        hall_n_gpus=halls.n_gpus,
        hall_n_modules=n_modules,
        it_mw=it_mw,
        grid_mw=it_mw * sizing.pue,
        design_pue=sizing.pue,
        n_modules=n_modules.sum(axis=1),
        powered_frac=sizing.modules.powered_frac,
        module_availability_frac=sizing.modules.availability_frac,
        n_hv_transformers=sizing.substation.n_transformers,
        generation=tuple(rack.key for rack in sizing.racks),
        rack_kw=np.array([rack.power_kw for rack in sizing.racks]),
        rack_price_musd=_rack_price_musd(sizing),
        rack_n_gpus=np.array([rack.n_gpus for rack in sizing.racks], dtype=np.int64),
        chain=sizing.chain,
        supply=rack_supply(sizing.kit, it_mw.size),
        cooling=sizing.plant,
        bill=bill_of_materials(sizing),
        checks=check_design(sizing),
        reasons=find_reasons(sizing),
    )


def _rack_price_musd(sizing: Sizing) -> FloatArray:
    """Price of a rack by generation, the file's or the catalogue's; shape (draw, generation)."""
    priced = zip(sizing.racks, sizing.spec.campus.rack_generations, strict=True)
    musd = [rack.price_musd if item.price_musd is None else item.price_musd
            for rack, item in priced]  # fmt: skip
    return np.stack([per_draw(price, sizing.pue.size) for price in musd], axis=1)
