"""What `run` hands on: energy, water and heat of every year, and typical shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.records.findings import Check, Reason
from wattport.records.record import axes


@dataclass(frozen=True)
class Operation:
    """
    The campus in operation over its calendar years, in every draw.

    Every hour of every year is simulated; what is kept is what balances and what a person
    reads. ``node_mwh`` closes: grid = useful + sum of losses and auxiliaries.
    """

    year: IntArray = axes("year", doc="Calendar year.", default=None)
    node: tuple[str, ...] = ()  # loss stages in chain order, "cooling: fans", ..., "IT"
    node_mwh: FloatArray = axes("draw", "year", "node", doc="Energy into the node.", default=None)
    it_mwh: FloatArray = axes("draw", "year", doc="Energy to IT.", default=None)
    grid_mwh: FloatArray = axes("draw", "year", doc="Energy from the grid.", default=None)
    loss_mwh: FloatArray = axes("draw", "year", doc="Losses of the power chain.", default=None)
    cooling_mwh: FloatArray = axes("draw", "year", doc="Fans, pumps, chillers.", default=None)
    rack_supply_loss_mwh: FloatArray = axes(
        "draw", "year", doc="Part of IT lost in the racks' power supplies.", default=None
    )
    curtailed_mwh: FloatArray = axes("draw", "year", doc="IT held back.", default=None)
    balance_error_frac: FloatArray = axes(
        "draw", "year", doc="Largest hourly |grid - uses| over grid.", default=None
    )
    pue: FloatArray = axes("draw", "year", doc="EN 50600-4-2; NaN before operation.", default=None)
    wue_l_per_kwh: FloatArray = axes("draw", "year", doc="EN 50600-4-9.", default=None)
    erf_frac: FloatArray = axes("draw", "year", doc="EN 50600-4-6.", default=None)
    water_m3: FloatArray = axes("draw", "year", doc="Adiabatic make-up.", default=None)
    reused_heat_mwh: FloatArray = axes("draw", "year", doc="Heat to sinks.", default=None)
    peak_grid_mw: FloatArray = axes("draw", "year", doc="Highest hour.", default=None)
    chiller_hours: FloatArray = axes("draw", "year", doc="Hours with trim chillers.", default=None)
    energy_cost_eur: FloatArray = axes("draw", "year", doc="Commodity only.", default=None)
    carbon_t: FloatArray = axes("draw", "year", doc="Location-based, scope 2.", default=None)
    gpu_hours: FloatArray = axes("draw", "year", doc="GPU-hours in ready halls.", default=None)
    gpu_hours_held: FloatArray = axes(
        "draw", "year", doc="Held by trainings and by replicas that are on.", default=None
    )
    outage_gpu_hours: FloatArray = axes(
        "draw", "year", doc="Held, but without modules, cooling or grid.", default=None
    )
    gpu_hours_sold: FloatArray = axes(
        "draw", "year", doc="Held ones that compute, outages and restarts taken out.", default=None
    )
    gpu_hours_useful: FloatArray = axes(
        "draw", "year", doc="Sold ones but what trainings repeat after a failure.", default=None
    )
    training_gpu_hours: FloatArray = axes(
        "draw", "year", doc="Held by trainings, restarts included.", default=None
    )
    inference_gpu_hours: FloatArray = axes(
        "draw", "year", doc="Of replicas that are on.", default=None
    )
    idle_gpu_hours: FloatArray = axes(
        "draw", "year", doc="Spare, not sold, not filled, or held back.", default=None
    )
    failed_gpu_hours: FloatArray = axes("draw", "year", doc="In repair.", default=None)
    training_up_frac: FloatArray = axes(
        "draw", "year", doc="Share of the time that trainings compute.", default=None
    )
    training_goodput_frac: FloatArray = axes(
        "draw", "year", doc="Share of it that makes lasting progress.", default=None
    )
    training_mfu_frac: FloatArray = axes(
        "draw", "year", doc="Lasting model FLOPS over peak FLOPS of the GPUs held.", default=None
    )
    stops_per_day: FloatArray = axes(
        "draw", doc="Failures of one training job of the whole campus.", default=None
    )
    n_prompt_tokens: FloatArray = axes("draw", "year", doc="Read.", default=None)
    n_output_tokens: FloatArray = axes("draw", "year", doc="Generated.", default=None)
    output_tokens_per_s: FloatArray = axes(
        "draw", "year", doc="Generated, mean over the year.", default=None
    )
    peak_output_tokens_per_s: FloatArray = axes("draw", "year", doc="Highest hour.", default=None)
    ttft_p50_s: FloatArray = axes("draw", "year", doc="Time to first token.", default=None)
    ttft_p95_s: FloatArray = axes("draw", "year", doc="Time to first token.", default=None)
    tpot_p50_s: FloatArray = axes("draw", "year", doc="Time per further token.", default=None)
    tpot_p95_s: FloatArray = axes("draw", "year", doc="Time per further token.", default=None)
    requests_lost_frac: FloatArray = axes(
        "draw", "year", doc="Beyond what the fleet answers within its promise.", default=None
    )
    it_j_per_token: FloatArray = axes(
        "draw", "year", doc="IT energy of inference per token generated.", default=None
    )
    grid_j_per_token: FloatArray = axes(
        "draw", "year", doc="The same from the grid, at the year's PUE.", default=None
    )
    day_output_tokens_per_s: FloatArray = axes(
        "quantile", "day_kind", "hour",
        doc="P10/P50/P90 over the draws; weekdays, then weekends, of the full year.", default=None,
    )  # fmt: skip
    day_ttft_p95_s: FloatArray = axes(
        "day_kind", "hour", doc="Time to first token, over all draws.", default=None
    )
    complete_year: IntArray = axes(
        "draw", doc="First calendar year begun with the whole campus; 0: none.", default=None
    )
    full_year: int = 0  # first calendar year with the whole campus in most draws
    hall_it_mwh: FloatArray = axes("draw", "hall", doc="IT energy, full year.", default=None)
    hall_peak_it_mw: FloatArray = axes("draw", "hall", doc="Highest hour of it.", default=None)
    duration_frac: FloatArray = axes("point", doc="Share of hours exceeded.", default=None)
    duration_mw: FloatArray = axes(
        "draw", "point", doc="Load duration curve of the full year.", default=None
    )
    shape_mw: FloatArray = axes(
        "month_of_year", "hour", doc="Mean grid power of the full year.", default=None
    )
    shape_pue: FloatArray = axes("month_of_year", "hour", doc="PUE of the full year.", default=None)
    shape_dry_bulb_c: FloatArray = axes(
        "month_of_year", "hour", doc="Mean dry bulb of the full year.", default=None
    )
    week_mw: FloatArray = axes(
        "quantile", "hour_of_week", doc="P10/P50/P90 of grid power over a week.", default=None
    )
    checks: tuple[Check, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.it_mwh.shape[0])

    def in_complete_year(self, values: FloatArray) -> FloatArray:
        """
        Take each draw's own first complete year.

        Parameters
        ----------
        values : ndarray, shape (draw, year)
            A field of this record.

        Returns
        -------
        ndarray, shape (draw,)
            NaN in draws whose campus is not whole at the beginning of any year played.
        """
        is_it = self.year == self.complete_year[:, None]
        found = np.where(is_it, values, 0.0).sum(axis=1)
        return np.where(is_it.any(axis=1), found, np.nan)
