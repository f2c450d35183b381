"""What the campus orders: how many modules, for which hall, wanted when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.records.design import Design


@dataclass(frozen=True)
class Orders:
    """Modules in the order in which the halls need them."""

    n_units: IntArray  # (draw,)
    hall: IntArray  # (draw, module); -1: not ordered
    need_day: FloatArray  # (draw, module); NaN: not ordered


def order_modules(design: Design) -> Orders:
    """
    List the modules of the campus by need.

    Parameters
    ----------
    design : Design
        Modules and wanted day of each hall.

    Returns
    -------
    Orders
        Padded to the draw with most modules.
    """
    counts = np.asarray(design.hall_n_modules, dtype=np.int64)
    n_units = counts.sum(axis=1)
    n_draws, most = len(n_units), int(n_units.max(initial=0))
    hall = np.full((n_draws, most), -1, dtype=np.int64)
    need_day = np.full((n_draws, most), np.nan)
    wanted = np.where(np.isfinite(design.hall_module_need_day), design.hall_module_need_day, np.inf)
    by_need = np.argsort(wanted, axis=1, kind="stable")
    for draw in range(n_draws):
        order = by_need[draw]
        hall[draw, : n_units[draw]] = np.repeat(order, counts[draw, order])
        need_day[draw, : n_units[draw]] = design.hall_module_need_day[
            draw, hall[draw, : n_units[draw]]
        ]
    return Orders(n_units, hall, need_day)
