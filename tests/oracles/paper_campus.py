"""A campus on paper: halls, how many modules each needs, and by when."""

import numpy as np

from wattport.records.design import Design


def campus(modules: list[list[int]], need_day: list[float]) -> Design:
    counts = np.array(modules, dtype=np.int64)
    zero = np.zeros(counts.shape)
    draws = np.zeros(len(counts))
    return Design(
        hall_it_mw=counts * 2.0,
        hall_grid_mw=zero,
        hall_tranche=counts * 0,
        hall_module_need_day=np.where(counts > 0, np.array(need_day), np.nan),
        hall_generation=counts * 0,
        hall_n_racks=counts,
        hall_n_gpus=counts,
        hall_n_modules=counts,
        it_mw=draws,
        grid_mw=draws,
        design_pue=draws,
        n_modules=counts.sum(axis=1),
        module_availability_frac=draws,
        n_hv_transformers=np.zeros(len(counts), np.int64),
    )
