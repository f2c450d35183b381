"""The whole campus for one hour, in compiled form: chain, cooling, limits and balance."""

from __future__ import annotations

from typing import Any

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.energy.cooling_kernel import cool
from wattport.energy.heat_kernel import export_heat_mw
from wattport.energy.hour_kernel import stage_input_mw, stage_output_mw

N_COOLING_NODES = 6
N_OWN_NODES = N_COOLING_NODES + 2  # after the stages: cooling, auxiliaries, IT
_DESCENT_FRAC, _DESCENT_STEPS = 0.8, 12
_FALSI_STEPS, _SOLVE_STEPS = 12, 60
_SOLVED = 1e-9


@kernel
def play_hour(
    plant: Any, state: Any, it_mw: float, node_mw: FloatArray
) -> tuple[float, float, float, float, float]:
    """
    Play the campus for one hour at a given IT power.

    Parameters
    ----------
    plant : tuple
        One draw's ``campus`` record, ``chiller`` record, ``chain`` and ``sinks`` arrays of
        records; the chain runs from the grid to the chip.
    state : tuple of float
        IT nameplate of the ready halls, auxiliaries, dry bulb, wet bulb, sea temperature and
        heating degree-hours of the year. [MW, MW, degC, degC, degC, K h]
    it_mw : float
        Power to IT. [MW]
    node_mw : ndarray, shape (node,)
        Loss or use of each node; written. [MW]

    Returns
    -------
    grid_mw, joined_mw, exported_mw, water_m3, supply_c : float
        Grid power; cooling and auxiliaries; heat to neighbours; pad make-up; water to CDUs.
    """
    campus, chiller, chain, sinks = plant
    nameplate_mw, auxiliary_mw, dry_c, wet_c, sea_c, degree_hours = state
    n_stages = chain.size
    power, hall_loss_mw = it_mw, 0.0
    s = n_stages - 1
    while s >= 0 and chain[s].carries_all == 0.0:
        above = stage_input_mw(chain[s], power, nameplate_mw)
        node_mw[s] = above - power
        hall_loss_mw += node_mw[s] * chain[s].heats_hall
        power = above
        s -= 1
    exported_mw = export_heat_mw(
        sinks, dry_c, degree_hours, campus.liquid_frac * it_mw,
        campus.supply_c + campus.loop_delta_k,
    )  # fmt: skip
    use = cool(campus, chiller, it_mw, hall_loss_mw, exported_mw, nameplate_mw, dry_c, wet_c, sea_c)
    node_mw[n_stages] = use[0]
    node_mw[n_stages + 1] = use[1]
    node_mw[n_stages + 2] = use[2]
    node_mw[n_stages + 3] = use[3]
    node_mw[n_stages + 4] = use[4]
    node_mw[n_stages + 5] = use[5]
    joined_mw = auxiliary_mw + use[0] + use[1] + use[2] + use[3] + use[4] + use[5]
    node_mw[n_stages + N_COOLING_NODES] = auxiliary_mw
    node_mw[n_stages + N_COOLING_NODES + 1] = it_mw
    power += joined_mw
    while s >= 0:
        above = stage_input_mw(chain[s], power, nameplate_mw)
        node_mw[s] = above - power
        power = above
        s -= 1
    return power, joined_mw, exported_mw, use[6], use[7]


@kernel
def balance_error_frac(
    chain: Any, grid_mw: float, joined_mw: float, it_mw: float, nameplate_mw: float,
    node_mw: FloatArray,
) -> float:  # fmt: skip
    """
    Largest disagreement of the hour's energy balance at any node, over grid power.

    The grid power is followed inwards, less what each node takes, and must arrive as the IT
    power; at each stage the inverse of its loss curve must give the same output; and the grid
    power must be the sum of all nodes.

    Parameters
    ----------
    chain : array of records
        From the grid to the chip.
    grid_mw, joined_mw, it_mw, nameplate_mw : float
        As `play_hour` gave or took them. [MW]
    node_mw : ndarray, shape (node,)
        Written by `play_hour`. [MW]

    Returns
    -------
    float
        [0 in exact arithmetic]
    """
    power, is_joined, total, worst = grid_mw, False, 0.0, 0.0
    for s in range(chain.size):
        if not is_joined and chain[s].carries_all == 0.0:
            power -= joined_mw
            is_joined = True
        output = stage_output_mw(chain[s], power, nameplate_mw)
        power -= node_mw[s]
        worst = max(worst, abs(output - power))
    if not is_joined:
        power -= joined_mw
    for k in range(node_mw.size):
        total += node_mw[k]
    return max(worst, abs(power - it_mw), abs(grid_mw - total)) / grid_mw


@kernel
def _excess(plant: Any, state: Any, it_mw: float, limit_mw: float, node_mw: FloatArray) -> float:
    """How far an IT power goes beyond grid limit or warmest water; 0 or less is allowed."""
    grid_mw, _, _, _, supply_c = play_hour(plant, state, it_mw, node_mw)
    beyond: float = (grid_mw - limit_mw) / state[0]
    # Warm water harms racks that run; without them its temperature is free. An end that is not
    # finite would leave the search for a limit nothing to go by.
    if it_mw > 0.0:
        too_warm: float = supply_c - plant[0].supply_max_c
        return max(beyond, too_warm)
    return max(beyond, -1.0)


@kernel
def held_back_mw(
    plant: Any, state: Any, wanted_mw: float, limit_mw: float, node_mw: FloatArray
) -> float:
    """
    Largest IT power that respects the grid limit and the warmest water.

    Steps down to an allowed power, then regula falsi (Illinois) and bisection between the two;
    the answer is always the allowed end of the bracket, so that the limit is never exceeded, not
    even by rounding.

    Parameters
    ----------
    plant, state : tuple
        As in `play_hour`.
    wanted_mw, limit_mw : float
        IT power that breaks a limit; grid power open. [MW]
    node_mw : ndarray, shape (node,)
        Scratch.

    Returns
    -------
    float
        IT power, or -1 where not even empty halls are allowed. [MW]
    """
    low = high = wanted_mw
    below = above = _excess(plant, state, wanted_mw, limit_mw, node_mw)
    for step in range(_DESCENT_STEPS):
        high, above = low, below
        low = low * _DESCENT_FRAC if step < _DESCENT_STEPS - 1 else 0.0
        below = _excess(plant, state, low, limit_mw, node_mw)
        if below <= 0.0:
            break
    if below > 0.0:
        return -1.0
    side = 0
    for step in range(_SOLVE_STEPS):
        middle = 0.5 * (low + high)
        if step < _FALSI_STEPS and below < 0.0:
            middle = low - below * (high - low) / (above - below)
        excess = _excess(plant, state, middle, limit_mw, node_mw)
        if excess <= 0.0:
            low, below = middle, excess
            above *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            high, above = middle, excess
            below *= 0.5 if side == -1 else 1.0
            side = -1
        # Exactly at the limit is no end: where the set-point is the warmest water allowed, every
        # smaller power lies there too.
        if high - low <= _SOLVED * wanted_mw or -_SOLVED <= excess < 0.0:
            break
    return low
