"""HV/MV transformers: how many, how loaded, and what reactive power they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.catalog import Chiller, Transformer, find
from wattport.design.chain import Equipment
from wattport.equations.altitude import transformer_rating_frac
from wattport.equations.transformer import transformer_loss_kw
from wattport.spec.campus.spec import Spec

# A lower limit cannot be met by any number of units, since each brings its own losses; the check
# still compares with the limit as written.
LEAST_LIMIT_FRAC = 0.05


@dataclass(frozen=True)
class Substation:
    """Transformers and load at the point of connection on the design day, per draw."""

    n_transformers: IntArray  # spares included
    rating_over_it_frac: FloatArray  # active power of all units at rated current, over IT
    loading_one_out_frac: FloatArray
    power_factor_frac: FloatArray  # at the point of connection
    reactive_mvar: FloatArray  # drawn at the point of connection


def size_substation(
    spec: Spec,
    kit: Equipment,
    it_mw: FloatArray,
    into_modules_frac: FloatArray,
    at_mv_frac: FloatArray,
    n_modules: IntArray,
) -> Substation:
    """
    Count the HV/MV transformers so that the load is carried without the spares.

    Parameters
    ----------
    spec : Spec
        Drawn.
    kit : Equipment
        Catalogue entries.
    it_mw : ndarray, shape (draw,)
        IT nameplate of the campus. [MW]
    into_modules_frac, at_mv_frac : ndarray, shape (draw,)
        Power into the modules, and into modules and cooling together, over IT.
    n_modules : ndarray, shape (draw,)
        Modules of one hall.

    Returns
    -------
    Substation

    Notes
    -----
    Reactive power: the UPS inputs and the drives at their power factor, and ``uk S**2 / Sr``
    in the leakage of each row of transformers. Cable charging is left out (0.1 Mvar/km).
    """
    modules, station = spec.campus.modules, spec.campus.substation
    chiller = find(Chiller, spec.campus.cooling.chiller)
    active_it = it_mw * into_modules_frac
    active = it_mw * at_mv_frac
    # The module transformers see the UPS input; their own leakage comes on top.
    reactive_it = active_it * np.tan(np.arccos(kit.ups.input_power_factor_frac))
    n_halls = it_mw / spec.campus.hall_it_mw
    installed = np.maximum(n_halls * n_modules, 1.0) * modules.n_transformers * kit.mv_lv.rating_mva
    reactive_it = reactive_it + kit.mv_lv.impedance_frac * np.hypot(active_it, reactive_it) ** 2 / (
        installed
    )
    reactive_cooling = (active - active_it) * np.tan(np.arccos(chiller.power_factor_frac))
    reactive = reactive_it + reactive_cooling
    # Thin air takes rating from oil transformers: the loading limit is one of what is left.
    rated_frac = transformer_rating_frac(spec.site.elevation_m)
    carrying = units_that_carry(active, reactive, kit.hv, station.loading_limit_frac * rated_frac)
    n_units = carrying + station.n_spare
    active_grid, reactive_grid = high_side(active, reactive, kit.hv, n_units)
    apparent = np.hypot(active_grid, reactive_grid)
    left = np.maximum(n_units - 1.0, 0.5)
    # Where no hall is admitted, what the first one would need is still told.
    it_or_hall = np.where(it_mw > 0.0, it_mw, spec.campus.hall_it_mw)
    all_mva = n_units * kit.hv.rating_mva
    return Substation(
        n_transformers=np.where(it_mw > 0.0, n_units, 0.0).astype(np.int64),
        rating_over_it_frac=all_mva * kit.ups.input_power_factor_frac / it_or_hall,
        loading_one_out_frac=np.hypot(*high_side(active, reactive, kit.hv, left))
        / (left * kit.hv.rating_mva * rated_frac),
        power_factor_frac=np.where(apparent > 0.0, active_grid / np.maximum(apparent, 1e-9), 1.0),
        reactive_mvar=reactive_grid,
    )


def high_side(
    active_mw: FloatArray, reactive_mvar: FloatArray, unit: Transformer, n_units: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Power on the high side of parallel transformers for the load on their low side.

    Parameters
    ----------
    active_mw, reactive_mvar : ndarray, shape (draw,)
        Load. [MW, Mvar]
    unit : Transformer
        One of them.
    n_units : ndarray, shape (draw,)
        Units in service.

    Returns
    -------
    tuple of ndarray, shape (draw,)
        Active and reactive power, with losses and ``uk S**2 / Sr`` of leakage added.
    """
    load_mva, rating_mva = np.hypot(active_mw, reactive_mvar), n_units * unit.rating_mva
    loss_kw = transformer_loss_kw(load_mva, rating_mva, unit.no_load_kw, unit.load_loss_kw)
    leakage_mvar = unit.impedance_frac * load_mva**2 / rating_mva
    return active_mw + n_units * loss_kw / 1000.0, reactive_mvar + leakage_mvar


def units_that_carry(
    active_mw: FloatArray, reactive_mvar: FloatArray, unit: Transformer, limit_frac: FloatArray
) -> FloatArray:
    """
    Least number of transformers whose high side stays within the loading limit.

    Rated power is that of the winding that takes power in, so the leakage of the transformers
    themselves counts (IEC 60076-1); each unit more also lowers it.

    Parameters
    ----------
    active_mw, reactive_mvar : ndarray, shape (draw,)
        Load on the low side. [MW, Mvar]
    unit : Transformer
        One of them.
    limit_frac : ndarray, shape (draw,)
        Largest loading.

    Returns
    -------
    ndarray, shape (draw,)
        Units, at least one.
    """
    limit_frac = np.maximum(limit_frac, LEAST_LIMIT_FRAC)
    least = np.ceil(np.hypot(active_mw, reactive_mvar) / (unit.rating_mva * limit_frac) - 1e-9)
    count = np.maximum(least, 1.0)
    while True:
        apparent = np.hypot(*high_side(active_mw, reactive_mvar, unit, count))
        is_over = apparent > count * unit.rating_mva * limit_frac * (1.0 + 1e-9)
        if not is_over.any():
            return count
        count = count + is_over
