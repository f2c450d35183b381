"""Power of a machine from its nodes to its bus: node, converter, rectifier, switches, pumps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray
from wattport.catalog import Supercomputer


@dataclass(frozen=True)
class MachinePower:
    """Power of a machine and where it goes; the arrays have the shape of the utilisation."""

    total_w: FloatArray
    nodes_w: FloatArray
    node_converter_loss_w: FloatArray
    rectifier_loss_w: FloatArray
    switches_w: FloatArray
    cdus_w: FloatArray

    @property
    def efficiency_frac(self) -> FloatArray:
        """Power that reaches a user over all power: one less the share of conversion losses."""
        loss_w = self.node_converter_loss_w + self.rectifier_loss_w
        return np.asarray(1.0 - loss_w / self.total_w)


def converter_input_w(output_w: ArrayLike, constant_w: float, efficiency_frac: float) -> FloatArray:
    """
    Power into a converter with a constant loss and a marginal efficiency.

    Parameters
    ----------
    output_w : array_like
        Power out of one converter. [W, >= 0]
    constant_w : float
        Loss at no load, before the efficiency. [W]
    efficiency_frac : float
        Marginal efficiency. [0 to 1]

    Returns
    -------
    ndarray
        ``(P + constant) / efficiency``. [W]

    Examples
    --------
    >>> converter_input_w([0.0, 967.0], 13.0, 0.98).round(3)
    array([  13.265, 1000.   ])
    """
    return np.asarray((np.asarray(output_w, np.float64) + constant_w) / efficiency_frac)


def node_power_w(machine: Supercomputer, cpu_frac: ArrayLike, gpu_frac: ArrayLike) -> FloatArray:
    """
    Power of one node before its converter.

    Parameters
    ----------
    machine : Supercomputer
        From the catalogue.
    cpu_frac, gpu_frac : array_like
        Utilisation of the CPU and of each GPU. [0 to 1]

    Returns
    -------
    ndarray
        CPU and GPUs between idle and maximum, memory, network and drives always on. [W]

    Examples
    --------
    >>> from wattport.catalog import find
    >>> node_power_w(find(Supercomputer, "frontier"), [0.0, 1.0], [0.0, 1.0])
    array([ 626.26, 2704.26])
    """
    cpu, gpu = np.asarray(cpu_frac, np.float64), np.asarray(gpu_frac, np.float64)
    cpu_w = machine.cpu_idle_w + (machine.cpu_max_w - machine.cpu_idle_w) * cpu
    gpu_w = machine.gpu_idle_w + (machine.gpu_max_w - machine.gpu_idle_w) * gpu
    constant_w = machine.memory_w + machine.n_nics_per_node * machine.nic_w + machine.drive_w
    return np.asarray(cpu_w + machine.n_gpus_per_node * gpu_w + constant_w)


def machine_power(machine: Supercomputer, node_w: ArrayLike) -> MachinePower:
    """
    Power of a whole machine from the mean power of its nodes.

    Each node has a converter of its own; the nodes and switches of a chassis share its
    rectifiers evenly. Both have a constant loss and a marginal efficiency, so the machine's
    power is exact for the mean of the nodes, whichever of them work.

    Parameters
    ----------
    machine : Supercomputer
        Counts and powers, from the catalogue.
    node_w : array_like
        Mean over all nodes, before their converters; any shape. [W]

    Returns
    -------
    MachinePower
        Total at the machine's bus and its parts. [W]

    References
    ----------
    Brewer et al., "A digital twin framework for liquid-cooled supercomputers as demonstrated at
    exascale", SC24, arXiv:2410.05133 (structure; losses of converters and rectifiers).

    Examples
    --------
    >>> from wattport.catalog import find
    >>> frontier = find(Supercomputer, "frontier")
    >>> power = machine_power(frontier, node_power_w(frontier, [0.0, 1.0], [0.0, 1.0]))
    >>> (power.total_w / 1e6).round(3)
    array([ 7.307, 28.228])
    """
    node = np.asarray(node_w, np.float64)
    n_nodes, n_rectifiers = machine.n_nodes, machine.n_rectifiers
    n_switches = machine.n_racks * machine.n_chassis_per_rack * machine.n_switches_per_chassis
    converted = converter_input_w(node, machine.node_converter_w, machine.node_converter_frac)
    switches_w = np.full(node.shape, n_switches * machine.switch_w)
    direct_w = n_nodes * converted + switches_w
    rectified = n_rectifiers * converter_input_w(
        direct_w / n_rectifiers, machine.rectifier_w, machine.rectifier_frac
    )
    cdus_w = np.full(node.shape, machine.n_cdus * machine.cdu_w)
    return MachinePower(
        total_w=np.asarray(rectified + cdus_w),
        nodes_w=np.asarray(n_nodes * node),
        node_converter_loss_w=np.asarray(n_nodes * (converted - node)),
        rectifier_loss_w=np.asarray(rectified - direct_w),
        switches_w=switches_w,
        cdus_w=cdus_w,
    )
