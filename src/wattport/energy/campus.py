"""
The campus around a run: what IT power between events becomes at the grid.

Between two events, of jobs or of the clock's hours, everything is constant: IT power, weather and
prices. There losses, cooling, money and carbon are computed, and only their energies are shared
out to steps; so no figure depends on the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, IntArray
from wattport.energy import tables
from wattport.energy.balance import Balance, between_events, campus_balance
from wattport.energy.changes import PowerChanges, power_blocks
from wattport.energy.site_hours import SiteHours
from wattport.energy.site_kernel import cool_intervals
from wattport.energy.supply_line import SupplyLine
from wattport.records import Design

MS_PER_S = 1000.0
STEPS_PER_BLOCK = 20_000
S_PER_BLOCK = 30.0 * 86_400.0
EVENTS_PER_BLOCK = 100_000
_N_COOLING = len(tables.COOLING_NODES)


@dataclass(frozen=True)
class Campus:
    """One draw of a campus, or a slice of it, with the hours it lives through."""

    design: Design
    plant: tuple[NDArray[np.void], ...]  # campus, chiller, chain and sinks, of one draw
    nameplate_mw: float
    auxiliary_mw: float
    other_eur_per_mwh: float  # network and excise, on top of the market
    supply: SupplyLine
    hours: SiteHours

    @property
    def stage(self) -> tuple[str, ...]:
        """Steps of the power chain, from the grid to the racks."""
        return tuple(stage.name for stage in self.design.chain)


@dataclass(frozen=True)
class Spell:
    """A stretch of a run between events: constant powers, and what they add up to."""

    balance: Balance  # (time,) intervals between events
    cooling_mw: FloatArray  # (cooling node, time), of `tables.COOLING_NODES`
    water_m3_per_h: FloatArray  # (time,)
    supply_c: FloatArray  # (time,) water to the CDUs
    hour: IntArray  # (time,) index into the hours
    error_frac: float  # of the balance, against the compiled hours' own way to the grid


def follow(campus: Campus, edge_s: FloatArray, it_mw: FloatArray) -> Spell:
    """
    Follow IT power out to the grid, interval by interval.

    Parameters
    ----------
    campus : Campus
        With the hours that the edges touch.
    edge_s : ndarray, shape (time + 1,)
        Rising times between which IT power is constant. [s]
    it_mw : ndarray, shape (time,)
        At the racks' input. [MW, >= 0]

    Returns
    -------
    Spell
        With intervals cut where an hour ends.

    Notes
    -----
    Cooling follows heat at once: the water's thermal mass, which smooths it over minutes, is left
    out, so that rises of grid power are those of a plant without inertia.

    Examples
    --------
    >>> from datetime import datetime
    >>> from wattport.design import size
    >>> from wattport.operation.site_hours import campus_around, site_hours
    >>> from wattport.spec import load
    >>> spec = load("small_20mw").draw(1, 7)
    >>> design = size(spec)
    >>> campus = campus_around(spec, design, site_hours(spec, design, datetime(2030, 1, 1), 5e3))
    >>> spell = follow(campus, np.array([0.0, 1000.0, 5000.0]), np.array([20.0, 8.0]))
    >>> spell.balance.edge_s.tolist(), bool(spell.error_frac < 1e-12)
    ([0.0, 1000.0, 3600.0, 5000.0], True)
    """
    hours = campus.hours
    begin_s = hours.begin_s
    inside = begin_s[(begin_s > edge_s[0]) & (begin_s < edge_s[-1])]
    edges = np.union1d(edge_s, inside)
    power = it_mw[np.searchsorted(edge_s, edges[:-1], side="right") - 1]
    hour = np.searchsorted(begin_s, edges[:-1], side="right") - 1
    n_stages = len(campus.design.chain)
    node_mw = np.zeros((power.size, n_stages + _N_COOLING + len(tables.OTHER_NODES)))
    flow = np.zeros((power.size, 3))
    cool_intervals(
        campus.plant, campus.nameplate_mw, campus.auxiliary_mw, power, hour, hours.dry_bulb_c,
        hours.wet_bulb_c, hours.sea_c, hours.degree_hours, node_mw, flow,
    )  # fmt: skip
    cooling = node_mw[:, n_stages : n_stages + _N_COOLING].T
    balance = campus_balance(
        campus.design, edges, power, cooling.sum(axis=0) + campus.auxiliary_mw,
        nameplate_mw=campus.nameplate_mw,
    )  # fmt: skip
    gap = float(np.max(np.abs(balance.grid_mw - flow[:, 0]))) / float(np.max(balance.grid_mw))
    return Spell(
        balance, cooling, flow[:, 1], flow[:, 2], hour, max(gap, balance.error_frac)
    )  # fmt: skip


@dataclass(frozen=True)
class CampusBlock:
    """Some consecutive steps of a run on its campus."""

    begin_ms: IntArray  # (step,)
    length_ms: IntArray  # (step,)
    hall_mw: FloatArray  # (step, hall) IT
    steps: Balance  # at the same steps
    spell: Spell  # the same time, between events


def campus_blocks(campus: Campus, changes: PowerChanges, step_s: float) -> Iterator[CampusBlock]:
    """
    Play a run on its campus, block by block, in bounded memory.

    Parameters
    ----------
    campus : Campus
        With hours up to the end of the run.
    changes : PowerChanges
        Jumps of IT power by hall, from `wattport.batch.power_changes`.
    step_s : float
        Of the output. [s, >= 0.001]

    Yields
    ------
    CampusBlock
        In order of time, without gaps. A block has so few steps and (where they come evenly)
        events that memory grows with neither; every integral is the same at any step.
    """
    n_steps = max(1, int(np.ceil(changes.until_ms / MS_PER_S / step_s)))
    share = EVENTS_PER_BLOCK / max(changes.at_ms.size, 1)
    most = min(STEPS_PER_BLOCK, S_PER_BLOCK / step_s)
    steps_per_block = max(1, int(min(n_steps * share, most)))
    level_w = int(changes.idle_w.sum())
    for block in power_blocks(changes, step_s, steps_per_block):
        begin_ms = int(block.begin_ms[0])
        end_ms = int(block.begin_ms[-1] + block.length_ms[-1])
        first, last = np.searchsorted(changes.at_ms, [begin_ms, end_ms])
        jump_w = changes.change_w[first:last]
        # Watts are whole numbers up to here, so that the sum of many jumps is exact.
        edge_s, it_w = between_events(
            (changes.at_ms[first:last] - begin_ms) / MS_PER_S, jump_w, level_w,
            (end_ms - begin_ms) / MS_PER_S,
        )  # fmt: skip
        level_w += int(jump_w.sum())
        spell = follow(campus, edge_s + begin_ms / MS_PER_S, it_w / 1e6)
        yield CampusBlock(
            block.begin_ms, block.length_ms, block.power_mw, spell.balance.every(step_s), spell
        )
