"""The machine that jobs run on: halls, rows, racks and nodes, and what they draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.records import Design

# A scalable unit of NVIDIA's SuperPOD for GB200 and GB300 is a row of 8 racks; a compute tray of
# an NVL72 rack holds 4 GPUs (reference architecture RA-11338, 2025).
RACKS_PER_ROW = 8
GPUS_PER_NODE = 4


@dataclass(frozen=True)
class Machine:
    """
    Racks in the order of their halls and rows, each with equal nodes.

    ``idle_w`` and ``active_w`` are per node of each hall: a hall may hold another generation.
    """

    rack_n_nodes: IntArray  # (rack,)
    rack_row: IntArray  # (rack,) ascending, numbered through the machine
    rack_hall: IntArray  # (rack,) ascending
    idle_w: FloatArray  # (hall,)
    active_w: FloatArray  # (hall,)
    n_gpus_per_node: int

    @property
    def n_nodes(self) -> int:
        """Nodes of the whole machine."""
        return int(self.rack_n_nodes.sum())

    @property
    def n_gpus(self) -> int:
        """GPUs (or processors) of the whole machine."""
        return self.n_nodes * self.n_gpus_per_node

    @property
    def n_halls(self) -> int:
        """Number of halls."""
        return int(self.idle_w.size)

    @property
    def hall_n_nodes(self) -> IntArray:
        """Nodes of each hall; shape (hall,)."""
        weights = np.bincount(self.rack_hall, self.rack_n_nodes, self.n_halls)
        return np.asarray(np.rint(weights), np.int64)


def uniform_machine(
    n_nodes: int,
    *,
    n_racks: int = 1,
    n_rows: int = 1,
    n_halls: int = 1,
    idle_w: float = 0.0,
    active_w: float = 0.0,
    n_gpus_per_node: int = 1,
) -> Machine:
    """
    Build a machine of equal halls, rows and racks, as far as the numbers divide.

    Parameters
    ----------
    n_nodes : int
        Nodes in all. [>= n_racks]
    n_racks, n_rows, n_halls : int
        Racks, rows and halls in all. [n_nodes >= n_racks >= n_rows >= n_halls >= 1]
    idle_w, active_w : float
        Power of a node with and without a job. [W]
    n_gpus_per_node : int
        GPUs, or processors, of a node.

    Returns
    -------
    Machine
        With all nodes in order.

    Examples
    --------
    >>> frontier = uniform_machine(9472, n_racks=74)
    >>> int(frontier.rack_n_nodes.max()), frontier.n_nodes
    (128, 9472)
    """
    if not 1 <= n_halls <= n_rows <= n_racks <= n_nodes:
        raise ValueError("a hall has a row, a row has a rack, a rack has a node, at least")
    rack = np.arange(n_racks)
    row = rack * n_rows // n_racks
    sizes = np.diff(np.arange(n_racks + 1) * n_nodes // n_racks)
    return Machine(
        rack_n_nodes=sizes.astype(np.int64),
        rack_row=row.astype(np.int64),
        rack_hall=(row * n_halls // n_rows).astype(np.int64),
        idle_w=np.full(n_halls, idle_w),
        active_w=np.full(n_halls, active_w),
        n_gpus_per_node=n_gpus_per_node,
    )


def machine_of(design: Design, idle_power_frac: float, draw: int = 0) -> Machine:
    """
    Build the machine that a design holds in one of its draws.

    The whole IT power of a hall is shared out to its GPU nodes: the network and storage beside
    them work when they do, which is how the hourly years count utilisation too.

    Parameters
    ----------
    design : Design
        Halls with racks, GPUs and power.
    idle_power_frac : float
        Idle over nameplate power, from the workload section. [0 to 1]
    draw : int
        Which draw.

    Returns
    -------
    Machine
        Halls without racks are left out.

    Examples
    --------
    >>> from wattport.design import size
    >>> from wattport.spec import load
    >>> spec = load("small_20mw").draw(1, 7)
    >>> machine = machine_of(size(spec), 0.25)
    >>> round(float((machine.hall_n_nodes * machine.active_w).sum() / 1e6), 6)
    20.0
    """
    halls = np.flatnonzero(design.hall_n_racks[draw] > 0)
    n_racks = design.hall_n_racks[draw, halls]
    n_gpus = design.hall_n_gpus[draw, halls] // np.maximum(n_racks, 1)
    n_nodes = np.maximum(n_gpus // GPUS_PER_NODE, 1)
    peak_w = design.hall_it_mw[draw, halls] * 1e6 / (n_racks * n_nodes)
    hall = np.repeat(np.arange(halls.size), n_racks)
    first = np.repeat(np.cumsum(n_racks) - n_racks, n_racks)
    row_in_hall = (np.arange(hall.size) - first) // RACKS_PER_ROW
    _, row = np.unique(hall * (hall.size + 1) + row_in_hall, return_inverse=True)
    return Machine(
        rack_n_nodes=np.repeat(n_nodes, n_racks).astype(np.int64),
        rack_row=row.astype(np.int64),
        rack_hall=hall.astype(np.int64),
        idle_w=np.asarray(idle_power_frac * peak_w, np.float64),
        active_w=np.asarray(peak_w, np.float64),
        n_gpus_per_node=GPUS_PER_NODE,
    )
