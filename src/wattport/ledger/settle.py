"""From the played stages to the ledger."""

from __future__ import annotations

import dataclasses

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import date_of, day_of
from wattport.calendar.years import monthly_to_yearly_mean, year_edge_day
from wattport.ledger.capex import CAPEX_ITEMS, Capex, opening_day, spend
from wattport.ledger.carbon import CARBON_SCOPES, emissions_t
from wattport.ledger.confidence import joint_confidence
from wattport.ledger.drivers import rank_drivers
from wattport.ledger.facility import TRADES
from wattport.ledger.gates import failed_gates
from wattport.ledger.headlines import headline_rows
from wattport.ledger.jobs import JOB_GROUPS, jobs_fte, standing_fte
from wattport.ledger.opex import OPEX_ITEMS, on_years, operating_cost_eur
from wattport.ledger.worth import token_cost_eur_per_million, value_flows
from wattport.records import Design, Ledger, Operation, Production, Programme
from wattport.spec import Spec


def settle(
    spec: Spec,
    design: Design,
    production: Production,
    programme: Programme,
    operation: Operation,
) -> Ledger:
    """
    Account for what the campus costs, emits, drinks and employs.

    All money is real, of the spec's price year; flows fall in the middle of their year.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design, production, programme, operation
        The records of the stages before.

    Returns
    -------
    Ledger
        Items by year, levelised costs, headlines, drivers and failed gates.
    """
    year = _years(spec, programme, operation)
    edge_day = year_edge_day(year)
    is_operating = np.isin(year, operation.year)
    online_it_mw = monthly_to_yearly_mean(programme.online_it_mw, programme.month_day, edge_day)
    online_grid_mw = online_it_mw * (design.grid_mw / np.maximum(design.it_mw, 1e-12))[:, None]
    capex = spend(spec, design, production, programme, edge_day)
    opex = operating_cost_eur(spec, design, operation, is_operating, online_it_mw)
    worth = value_flows(spec, operation, capex, opex.sum(axis=2), year, is_operating)
    jobs = jobs_fte(spec, production, programme, online_grid_mw, _plant_open_day(spec), edge_day)
    wanted = spec.programme.wanted_first_compute
    announced_eur = tuple(
        _announced_eur(sum_beur)
        for sum_beur in (spec.announced.envelope_low_beur, spec.announced.envelope_high_beur)
    )
    sure = joint_confidence(
        programme.first_compute_day,
        capex.facility_eur,
        () if wanted is None else (day_of(wanted),),
        announced_eur,
    )
    ledger = Ledger(
        year=year,
        capex_item=CAPEX_ITEMS,
        capex_eur=capex.by_item_eur,
        opex_item=OPEX_ITEMS,
        opex_eur=opex,
        facility_line=capex.line,
        facility_line_eur=capex.line_eur,
        facility_trade=TRADES,
        facility_trade_meur_per_mw=capex.by_trade_eur
        / 1e6
        / np.maximum(design.it_mw, 1e-12)[:, None],
        facility_capex_eur=capex.facility_eur,
        plants_capex_eur=capex.plants_eur,
        it_capex_eur=capex.it_eur,
        full_stack_eur=capex.facility_eur + capex.it_eur + capex.plants_eur,
        carbon_scope=CARBON_SCOPES,
        carbon_t=emissions_t(spec, design, capex, on_years(operation.carbon_t, is_operating)),
        water_m3=on_years(operation.water_m3, is_operating),
        job_group=JOB_GROUPS,
        jobs_fte=jobs,
        busiest_jobs_fte=standing_fte(jobs).max(axis=1),
        permanent_jobs_fte=operation.in_complete_year(standing_fte(jobs)[:, is_operating]),
        announced_low_eur=announced_eur[0],
        announced_high_eur=announced_eur[1],
        joint_date_day=sure.date_day,
        joint_sum_eur=sure.sum_eur,
        joint_frac=sure.joint_frac,
        funded_rack_frac=_funded_rack_frac(spec, capex),
        revenue_eur=worth.revenue_eur,
        cash_flow_eur=worth.cash_flow_eur,
        net_present_cost_eur=worth.net_present_cost_eur,
        net_present_value_eur=worth.net_present_value_eur,
        gpu_hour_cost_eur=worth.gpu_hour_cost_eur,
        gpu_hour_sold_cost_eur=worth.gpu_hour_sold_cost_eur,
        gpu_hour_held_cost_eur=worth.gpu_hour_held_cost_eur,
        token_cost_eur_per_million=token_cost_eur_per_million(
            worth.gpu_hour_sold_cost_eur, operation
        ),
        it_energy_cost_eur_per_mwh=worth.it_energy_cost_eur_per_mwh,
        annual_cost_eur=worth.annual_cost_eur,
    )
    drivers, reasons = rank_drivers(
        spec,
        {
            "first_compute_day": (programme.first_compute_day, "date"),
            "full_campus_day": (programme.full_campus_day, "date"),
            "facility_capex_eur": (ledger.facility_capex_eur, "EUR"),
            "gpu_hour_cost_eur": (ledger.gpu_hour_cost_eur, "EUR/h"),
        },
        design.bill,
    )
    return dataclasses.replace(
        ledger,
        headlines=headline_rows(spec, design, production, programme, operation, ledger),
        drivers=drivers,
        gates=failed_gates(spec, design, programme, operation),
        reasons=reasons,
    )


def _years(spec: Spec, programme: Programme, operation: Operation) -> IntArray:
    """Calendar years from the price year or the first spending to the end of operation."""
    opens = _plant_open_day(spec).min() - 365.0
    first_work = np.nanmin(np.append(programme.start_day, np.inf))
    start = min(spec.finance.price_year, date_of(float(min(opens, first_work))).year)
    return np.arange(start, int(operation.year[-1]) + 1, dtype=np.int64)


def _plant_open_day(spec: Spec) -> FloatArray:
    return np.stack([opening_day(spec.plants.enclosures), opening_day(spec.plants.modules)], axis=1)


def _announced_eur(sum_beur: FloatArray | None) -> float:
    return float("nan") if sum_beur is None else float(np.median(sum_beur)) * 1e9


def _funded_rack_frac(spec: Spec, capex: Capex) -> FloatArray:
    """Share of the racks that the middle of the announced range buys after the rest."""
    low, high = spec.announced.envelope_low_beur, spec.announced.envelope_high_beur
    if low is None or high is None:
        return np.full(capex.it_eur.shape, np.nan)
    left = 0.5 * (low + high) * 1e9 - capex.facility_eur - capex.plants_eur
    return np.asarray(np.maximum(left, 0.0) / np.maximum(capex.it_eur, 1e-9))
