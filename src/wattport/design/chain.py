"""The power chain from the point of connection to the racks, as loss curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.catalog import Line, Psu, Transformer, Ups, find
from wattport.equations.cable import line_loss_frac
from wattport.equations.power_supply import supply_loss_at_input, supply_loss_points
from wattport.equations.ups import fit_loss_curve, stage_loss_frac
from wattport.records.design import LossStage, RackSupply
from wattport.spec.campus.campus import UpsMode
from wattport.spec.campus.spec import Spec

PUBLISHED_LOADS_FRAC = (0.25, 0.50, 0.75, 1.00)  # IEC 62040-3
LISTED_LOADS_FRAC = (0.25, 0.50, 0.75, 1.00)  # of IT, at which a reader sees the racks' supplies


@dataclass(frozen=True)
class Equipment:
    """Catalogue entries the chain is made of."""

    hv: Transformer
    cable: Line
    mv_lv: Transformer
    ups: Ups
    busway: Line
    supply: Psu


def choose_equipment(spec: Spec) -> Equipment:
    """Look up the chain's equipment; cable and busway follow from the voltages."""
    campus = spec.campus
    hv = find(Transformer, campus.substation.transformer, "campus.substation.transformer")
    mv_lv = find(Transformer, campus.modules.transformer, "campus.modules.transformer")
    return Equipment(
        hv=hv,
        cable=find(Line, f"mv_cable_{hv.low_kv:.0f}", "campus.substation.transformer"),
        mv_lv=mv_lv,
        ups=find(Ups, campus.modules.ups, "campus.modules.ups"),
        busway=find(Line, f"busway_{mv_lv.low_kv * 1000.0:.0f}", "campus.modules.transformer"),
        supply=find(Psu, campus.rack_supply, "campus.rack_supply"),
    )


def ups_curve(ups: Ups, mode: UpsMode) -> tuple[float, float, float]:
    """
    Loss curve of a UPS in one of its modes.

    Examples
    --------
    >>> a, b, c = ups_curve(find(Ups, "galaxy_vxl_1250"), UpsMode.DOUBLE_CONVERSION)
    >>> round(0.8 / (0.8 + a + b * 0.8 + c * 0.64), 4)
    0.9741
    """
    published = (
        (ups.eco_25_frac, ups.eco_50_frac, ups.eco_75_frac, ups.eco_100_frac)
        if mode is UpsMode.ECO
        else (ups.double_25_frac, ups.double_50_frac, ups.double_75_frac, ups.double_100_frac)
    )
    return fit_loss_curve(PUBLISHED_LOADS_FRAC, published)


def n_ups_per_module(spec: Spec, ups: Ups) -> FloatArray:
    """Number of UPS frames that make the critical power of one module; shape (draw,)."""
    return np.ceil(spec.campus.modules.rating_mw * 1000.0 / ups.rating_kw - 1e-9)


def n_feeders_per_hall(hall_grid_mw: FloatArray, cable: Line, power_factor: float) -> FloatArray:
    """Number of MV feeders of a hall, one of them to spare; shape (draw,)."""
    return np.ceil(hall_grid_mw / power_factor / cable.rating_mva) + 1.0


def module_stages(spec: Spec, kit: Equipment, n_modules: IntArray) -> tuple[LossStage, ...]:
    """
    Stages inside and below the power modules, grid side first: they carry IT only.

    Parameters
    ----------
    spec : Spec
        Drawn.
    kit : Equipment
        Catalogue entries.
    n_modules : ndarray, shape (draw,)
        Modules of one hall, all energised and sharing the load.

    Returns
    -------
    tuple of LossStage
        MV/LV transformer, UPS, busway.
    """
    modules, hall_it = spec.campus.modules, spec.campus.hall_it_mw
    one = np.ones_like(hall_it)
    in_mw = kit.mv_lv.rating_mva * kit.ups.input_power_factor_frac
    no_load, linear, square = ups_curve(kit.ups, modules.ups_mode)
    ups_mw = n_ups_per_module(spec, kit.ups) * kit.ups.rating_kw / 1000.0
    busway = line_loss_frac(
        modules.rating_mw, kit.busway.voltage_kv, kit.busway.resistance_ohm_per_km,
        kit.busway.length_km,
    )  # fmt: skip
    return (
        LossStage(
            name="MV/LV transformer",
            no_load_frac=one * kit.mv_lv.no_load_kw / 1000.0 / in_mw,
            linear_frac=0.0 * one,
            square_frac=one * kit.mv_lv.load_loss_kw / 1000.0 / in_mw,
            rating_over_it_frac=n_modules * modules.n_transformers * in_mw / hall_it,
            carries="it",
            source=kit.mv_lv.source,
        ),
        LossStage(
            name="UPS",
            no_load_frac=one * no_load,
            linear_frac=one * linear,
            square_frac=one * square,
            rating_over_it_frac=n_modules * ups_mw / hall_it,
            carries="it",
            source=kit.ups.source,
        ),
        LossStage(
            name="busway",
            no_load_frac=0.0 * one,
            linear_frac=0.0 * one,
            square_frac=one * busway,
            rating_over_it_frac=n_modules * modules.rating_mw / hall_it,
            carries="it",
            source=kit.busway.source,
        ),
    )


def site_stages(
    spec: Spec, kit: Equipment, n_feeders: FloatArray, hv_rating_over_it_frac: FloatArray
) -> tuple[LossStage, ...]:
    """
    Stages that carry everything: HV transformers and MV cables, grid side first.

    Parameters
    ----------
    spec : Spec
        Drawn.
    kit : Equipment
        Catalogue entries.
    n_feeders : ndarray, shape (draw,)
        MV feeders of one hall, all energised.
    hv_rating_over_it_frac : ndarray, shape (draw,)
        Active power of all HV transformers at rated current, over campus IT.

    Returns
    -------
    tuple of LossStage
    """
    hall_it = spec.campus.hall_it_mw
    one = np.ones_like(hall_it)
    power_factor = kit.ups.input_power_factor_frac
    hv_mw = kit.hv.rating_mva * power_factor
    cable = line_loss_frac(
        kit.cable.rating_mva, kit.cable.voltage_kv, kit.cable.resistance_ohm_per_km,
        kit.cable.length_km,
    )  # fmt: skip
    return (
        LossStage(
            name="HV transformer",
            no_load_frac=one * kit.hv.no_load_kw / 1000.0 / hv_mw,
            linear_frac=0.0 * one,
            square_frac=one * kit.hv.load_loss_kw / 1000.0 / hv_mw,
            rating_over_it_frac=hv_rating_over_it_frac,
            carries="it+cooling",
            source=kit.hv.source,
        ),
        LossStage(
            name="MV cable",
            no_load_frac=0.0 * one,
            linear_frac=0.0 * one,
            square_frac=one * cable / power_factor,
            rating_over_it_frac=n_feeders * kit.cable.rating_mva * power_factor / hall_it,
            carries="it+cooling",
            source=kit.cable.source,
        ),
    )


def stage_input_frac(stage: LossStage, output_frac: FloatArray) -> FloatArray:
    """
    Power into a stage for the power out of it, both over IT nameplate.

    Parameters
    ----------
    stage : LossStage
        With its energised rating over IT.
    output_frac : ndarray, shape (draw,)
        Power out over IT nameplate.

    Returns
    -------
    ndarray, shape (draw,)
        Output plus loss.
    """
    rating = stage.rating_over_it_frac
    loss = stage_loss_frac(
        output_frac / rating, stage.no_load_frac, stage.linear_frac, stage.square_frac
    )
    return output_frac + rating * loss


def rack_supply(kit: Equipment, n_draws: int) -> RackSupply:
    """
    Power supplies of the racks, the last step of the chain before the chips.

    Their loss is inside IT power: PUE counts IT where the racks take it in (EN 50600-4-2), and
    a better supply lowers IT, not PUE. All of IT is taken to have supplies of this kind.

    Parameters
    ----------
    kit : Equipment
        Catalogue entries.
    n_draws : int
        Of the design.

    Returns
    -------
    RackSupply

    Examples
    --------
    >>> from wattport.spec import load
    >>> supply = rack_supply(choose_equipment(load("small_20mw").draw(1, 7)), 1)
    >>> [round(share, 3) for share in supply.loss_over_it_frac]
    [0.087, 0.054, 0.044, 0.041]
    """
    output, loss = supply_loss_points(kit.supply.efficiencies_frac)
    rating = kit.supply.installed_over_load
    it = np.array(LISTED_LOADS_FRAC)
    listed = rating * supply_loss_at_input(it / rating, output, loss) / it
    return RackSupply(
        name=f"rack power supplies, {kit.supply.name}",
        output_frac=output,
        loss_frac=loss,
        rating_over_it_frac=np.full(n_draws, rating),
        it_load_frac=LISTED_LOADS_FRAC,
        loss_over_it_frac=tuple(float(share) for share in listed),
        source=kit.supply.source,
    )
