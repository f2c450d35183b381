"""How power modules stand in for each other: counts, loading and availability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.catalog import Component, find, keys
from wattport.equations.availability import k_of_n_availability_frac, unit_availability_frac
from wattport.spec.campus.campus import Modules, Topology
from wattport.units import HOURS_PER_YEAR

ROUNDING = 1e-9


@dataclass(frozen=True)
class ModuleSet:
    """Power modules of one hall: like groups, and a last one that may be smaller."""

    n_modules: IntArray  # (draw,)
    n_needed: IntArray  # (draw,) modules that carry the hall
    loading_one_out_frac: FloatArray  # (draw,) of the modules left in the worst group
    availability_frac: FloatArray  # (draw,) of the hall's whole power

    @property
    def powered_frac(self) -> FloatArray:
        """
        Share of the hall's power that outages leave, mean over the years; shape (draw,).

        A group short of one module loses the power of one; two lost at once are left out.
        """
        return 1.0 - (1.0 - self.availability_frac) / self.n_needed


def arrange(
    topology: Topology,
    hall_it_mw: FloatArray,
    rating_mw: FloatArray,
    group: int,
    unit_frac: float,
) -> ModuleSet:
    """
    Count the modules of a hall and find what redundancy gives.

    Parameters
    ----------
    topology : Topology
        N: none to spare. N+1: one spare for each block. Distributed: groups of `group`
        needed modules made one more, all carrying load. 2N: each module twice.
    hall_it_mw, rating_mw : ndarray, shape (draw,)
        IT nameplate of the hall; critical power of a module. [MW]
    group : int
        Needed modules in a block or group.
    unit_frac : float
        Availability of one module. [0 to 1]

    Returns
    -------
    ModuleSet

    Notes
    -----
    The hall has its rated power when every group has at least its needed modules. Groups fail
    independently; common causes (the grid, a shared board, an operator) are left out.

    Examples
    --------
    >>> arrange(Topology.DISTRIBUTED, np.array([50.0]), np.array([2.5]), 4, 0.999).n_modules
    array([25])
    """
    needed = np.maximum(np.ceil(hall_it_mw / rating_mw - ROUNDING), 1.0)
    n_spare = 0.0 if topology is Topology.N else 1.0
    if topology is Topology.N:
        size = needed
    elif topology is Topology.TWO_N:
        size = np.ones_like(needed)
    else:
        size = np.full_like(needed, float(group))
    n_full, rest = np.floor(needed / size), np.mod(needed, size)
    last = np.where(rest > 0.0, k_of_n_availability_frac(rest, rest + n_spare, unit_frac), 1.0)
    each = k_of_n_availability_frac(size, size + n_spare, unit_frac)
    # With a spare the modules left carry their own places; without one they carry the lost too.
    left = size - 1.0 + n_spare
    return ModuleSet(
        n_modules=(needed + n_spare * (n_full + (rest > 0.0))).astype(np.int64),
        n_needed=needed.astype(np.int64),
        loading_one_out_frac=hall_it_mw / (needed * rating_mw) * size / np.maximum(left, 0.5),
        availability_frac=each**n_full * last,
    )


def group_size(modules: Modules) -> int:
    """Needed modules in a block (N+1) or group (distributed)."""
    return modules.n_per_block if modules.topology is Topology.N_PLUS_1 else modules.n_needed


def module_availability_frac() -> float:
    """
    Availability of one power module: all of its parts must work.

    Returns
    -------
    float
        Product over the parts of the catalogue. [0 to 1]

    Examples
    --------
    >>> round(module_availability_frac(), 4)
    0.9996
    """
    works = 1.0
    for key in keys(Component):
        part = find(Component, key)
        one = unit_availability_frac(HOURS_PER_YEAR / part.failures_per_year, part.repair_h)
        works *= float(one) ** part.n_per_module
    return works
