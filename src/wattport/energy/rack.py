"""Power of a rack from the load of its GPUs, with the losses of its power supplies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from wattport.arrays import FloatArray
from wattport.catalog import Gpu, Psu, Rack
from wattport.energy.gpu import gpu_power_w
from wattport.equations.power_supply import supply_loss_points


@dataclass(frozen=True)
class RackPower:
    """Power of a rack and where it goes; arrays in the shape of the load."""

    input_w: FloatArray  # at the busway: what a rack's nameplate counts
    gpu_w: FloatArray
    rest_w: FloatArray  # CPUs, switches, network cards, fans
    psu_loss_w: FloatArray


def psu_loss_w(psu: Psu, output_w: ArrayLike, rating_w: float) -> FloatArray:
    """
    Loss of a rack's power supplies at part load.

    Parameters
    ----------
    psu : Psu
        With its published efficiencies.
    output_w : array_like
        DC power of the rack. [W, >= 0]
    rating_w : float
        Of all supplies that share it. [W]

    Returns
    -------
    ndarray
        [W]

    Notes
    -----
    `equations.power_supply.supply_loss_points`, straight between its corners.

    Examples
    --------
    >>> from wattport.catalog import find
    >>> psu_loss_w(find(Psu, "titanium"), [0.0, 50e3, 100e3], 100e3).round()
    array([ 946., 2083., 9890.])
    """
    load, loss = supply_loss_points(psu.efficiencies_frac)
    return np.asarray(rating_w * np.interp(np.asarray(output_w) / rating_w, load, loss))


def rack_power(rack: Rack, gpu: Gpu, psu: Psu, load_frac: ArrayLike) -> RackPower:
    """
    Power of a rack from the mean load of its GPUs.

    The nameplate is what the rack takes in at full load. Less the loss of its supplies and the
    limits of its GPUs it leaves CPUs, switches, network cards and fans, a part of which is
    always on while the rest follows the load.

    Parameters
    ----------
    rack : Rack
        Nameplate and number of GPUs.
    gpu : Gpu
        The generation that stands in it.
    psu : Psu
        Its power supplies.
    load_frac : array_like
        Dynamic power of the GPUs over that at their limit, mean. [0 to 1]

    Returns
    -------
    RackPower
        The nameplate at full load.

    Examples
    --------
    >>> from wattport.catalog import find
    >>> gpu = find(Gpu, "gb300")
    >>> power = rack_power(find(Rack, gpu.rack), gpu, find(Psu, "titanium"), [0.0, 1.0])
    >>> (power.input_w / 1e3).round(1)
    array([ 36.2, 142. ])
    """
    load = np.asarray(load_frac, np.float64)
    nameplate_w = rack.power_kw * 1000.0
    rating_w = nameplate_w * psu.installed_over_load
    full_w = brentq(
        lambda output: output + float(psu_loss_w(psu, output, rating_w)) - nameplate_w,
        0.0,
        nameplate_w,
        xtol=1e-9,
    )
    rest_full_w = max(full_w - rack.n_gpus * gpu.max_w, 0.0)
    gpu_w = rack.n_gpus * gpu_power_w(gpu, load)
    rest_w = rest_full_w * (gpu.rest_idle_frac + (1.0 - gpu.rest_idle_frac) * load)
    loss_w = psu_loss_w(psu, gpu_w + rest_w, rating_w)
    return RackPower(np.asarray(gpu_w + rest_w + loss_w), gpu_w, np.asarray(rest_w), loss_w)
