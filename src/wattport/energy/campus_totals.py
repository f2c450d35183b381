"""Sums and extremes of a run on its campus, gathered block by block."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wattport.arrays import FloatArray
from wattport.energy import tables
from wattport.energy.campus import Campus, CampusBlock
from wattport.energy.ramp import Ramp
from wattport.energy.site_hours import S_PER_HOUR


@dataclass(frozen=True)
class CampusFigures:
    """What the grid saw of a run."""

    grid_mwh: float
    mean_grid_mw: float
    peak_grid_mw: float  # between events: no step smooths it
    peak_step_mw: float
    steepest_rise_mw_per_step: float  # from one step of the output to the next
    steepest_fall_mw_per_step: float
    steepest_rise_mw_per_min: float  # of the means of minutes
    steepest_fall_mw_per_min: float
    loss_mwh: float  # of the power chain, outside IT
    loss_mwh_by_stage: dict[str, float]
    rack_supply_loss_mwh: float  # inside IT
    cooling_mwh: float
    auxiliary_mwh: float
    pue: float
    energy_balance_error_frac: float
    energy_cost_eur: float  # market, network and excise
    market_cost_eur: float
    carbon_t: float
    water_m3: float
    warmest_supply_c: float


@dataclass(frozen=True)
class CampusLimits:
    """What the scenario allows the whole campus."""

    connection_mw: float
    is_within_connection: bool
    ramp_limit_mw_per_min: float
    supply_max_c: float


@dataclass
class CampusTotals:
    """Sums and extremes over the blocks of a run."""

    campus: Campus
    span_s: float = 0.0
    it_mwh: float = 0.0
    grid_mwh: float = 0.0
    loss_mwh: FloatArray = field(default_factory=lambda: np.zeros(0))  # (stage,)
    cooling_mwh: FloatArray = field(default_factory=lambda: np.zeros(0))  # (cooling node,)
    market_eur: float = 0.0
    carbon_t: float = 0.0
    water_m3: float = 0.0
    peak_grid_mw: float = -np.inf  # between events: no step smooths it
    peak_step_mw: float = -np.inf
    steepest_rise_mw: float = 0.0  # from one step to the next
    steepest_fall_mw: float = 0.0
    ramp: Ramp = field(default_factory=Ramp)
    warmest_supply_c: float = -np.inf
    error_frac: float = 0.0
    _before_mw: float = np.nan

    def add(self, block: CampusBlock) -> None:
        """Count one more block, the next in time."""
        spell, hours = block.spell, self.campus.hours
        balance = spell.balance
        width_h = np.diff(balance.edge_s) / S_PER_HOUR
        grid_mwh = balance.grid_mw * width_h
        self.span_s += float(width_h.sum()) * S_PER_HOUR
        self.it_mwh += float(balance.it_mw @ width_h)
        self.grid_mwh += float(grid_mwh.sum())
        self.loss_mwh = _added(self.loss_mwh, balance.loss_mw @ width_h)
        self.cooling_mwh = _added(self.cooling_mwh, spell.cooling_mw @ width_h)
        self.market_eur += float(grid_mwh @ hours.price_eur_per_mwh[spell.hour])
        self.carbon_t += float(grid_mwh @ hours.carbon_g_per_kwh[spell.hour]) / 1000.0
        self.water_m3 += float(spell.water_m3_per_h @ width_h)
        self.peak_grid_mw = max(self.peak_grid_mw, float(balance.grid_mw.max()))
        self.peak_step_mw = max(self.peak_step_mw, float(block.steps.grid_mw.max()))
        self.ramp.add(balance.edge_s, balance.grid_mw)
        self.warmest_supply_c = max(self.warmest_supply_c, float(spell.supply_c.max()))
        self.error_frac = max(self.error_frac, spell.error_frac)
        jump = np.diff(np.concatenate([[self._before_mw], block.steps.grid_mw]))
        self.steepest_rise_mw = max(self.steepest_rise_mw, float(np.nanmax(jump, initial=0.0)))
        self.steepest_fall_mw = max(self.steepest_fall_mw, -float(np.nanmin(jump, initial=0.0)))
        self._before_mw = float(block.steps.grid_mw[-1])

    @property
    def auxiliary_mwh(self) -> float:
        """Lighting, security, offices."""
        return self.campus.auxiliary_mw * self.span_s / S_PER_HOUR

    @property
    def supply_loss_mwh(self) -> float:
        """Loss in the racks' power supplies: a part of IT, which is metered before them."""
        nameplate_mwh = self.campus.nameplate_mw * self.span_s / S_PER_HOUR
        loss_mwh = self.campus.supply.loss_mwh(np.asarray(self.it_mwh), np.asarray(nameplate_mwh))
        return float(loss_mwh)

    @property
    def energy_cost_eur(self) -> float:
        """Market, network and excise."""
        return self.market_eur + self.grid_mwh * self.campus.other_eur_per_mwh

    @property
    def pue(self) -> float:
        """Energy from the grid over energy to IT (EN 50600-4-2); NaN where IT took none."""
        return self.grid_mwh / self.it_mwh if self.it_mwh > 0.0 else float("nan")

    def figures(self) -> CampusFigures:
        """Tell what an operator asks for."""
        hours = max(self.span_s, 1e-300) / S_PER_HOUR
        return CampusFigures(
            grid_mwh=self.grid_mwh,
            mean_grid_mw=self.grid_mwh / hours,
            peak_grid_mw=self.peak_grid_mw,
            peak_step_mw=self.peak_step_mw,
            steepest_rise_mw_per_step=self.steepest_rise_mw,
            steepest_fall_mw_per_step=self.steepest_fall_mw,
            steepest_rise_mw_per_min=self.ramp.rise_mw_per_min,
            steepest_fall_mw_per_min=self.ramp.fall_mw_per_min,
            loss_mwh=float(self.loss_mwh.sum()),
            loss_mwh_by_stage=dict(zip(self.campus.stage, map(float, self.loss_mwh), strict=True)),
            rack_supply_loss_mwh=self.supply_loss_mwh,
            cooling_mwh=float(self.cooling_mwh.sum()),
            auxiliary_mwh=self.auxiliary_mwh,
            pue=self.pue,
            energy_balance_error_frac=self.error_frac,
            energy_cost_eur=self.energy_cost_eur,
            market_cost_eur=self.market_eur,
            carbon_t=self.carbon_t,
            water_m3=self.water_m3,
            warmest_supply_c=self.warmest_supply_c,
        )

    @property
    def node_mwh(self) -> dict[str, float]:
        """Where the energy from the grid ended: losses of the stages, cooling, auxiliaries, IT."""
        names = (*self.campus.stage, *tables.COOLING_NODES, *tables.OTHER_NODES)
        values = (*self.loss_mwh, *self.cooling_mwh, self.auxiliary_mwh, self.it_mwh)
        return {name: float(value) for name, value in zip(names, values, strict=True)}


def _added(total: FloatArray, more: FloatArray) -> FloatArray:
    return np.asarray(more if total.size == 0 else total + more)
