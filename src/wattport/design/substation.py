"""HV/MV transformers: how many, how loaded, and what reactive power they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.catalog import Chiller, find
from wattport.design.chain import Equipment
from wattport.equations.transformer import transformer_loss_kw
from wattport.records.record import FloatArray, IntArray
from wattport.spec.spec import Spec


@dataclass(frozen=True)
class Substation:
    """Transformers and load at the point of connection on the design day, per draw."""

    n_transformers: IntArray  # spares included
    rating_over_it_frac: FloatArray  # active power of all units at rated current, over IT
    load_mva: FloatArray  # apparent power on the low side
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
    load_mva = np.hypot(active, reactive)
    carrying = np.ceil(load_mva / (kit.hv.rating_mva * station.loading_limit_frac) - 1e-9)
    n_units = np.maximum(carrying, 1.0) + station.n_spare
    all_mva = n_units * kit.hv.rating_mva
    loss_mw = n_units * transformer_loss_kw(
        load_mva, all_mva, kit.hv.no_load_kw, kit.hv.load_loss_kw
    ) / 1000.0  # fmt: skip
    active_grid = active + loss_mw
    reactive_grid = reactive + kit.hv.impedance_frac * load_mva**2 / all_mva
    apparent = np.hypot(active_grid, reactive_grid)
    left = np.maximum(n_units - 1.0, 0.5)
    it_or_one = np.where(it_mw > 0.0, it_mw, 1.0)
    return Substation(
        n_transformers=np.where(it_mw > 0.0, n_units, 0.0).astype(np.int64),
        rating_over_it_frac=all_mva * kit.ups.input_power_factor_frac / it_or_one,
        load_mva=load_mva,
        loading_one_out_frac=load_mva / (left * kit.hv.rating_mva),
        power_factor_frac=np.where(apparent > 0.0, active_grid / np.maximum(apparent, 1e-9), 1.0),
        reactive_mvar=reactive_grid,
    )
