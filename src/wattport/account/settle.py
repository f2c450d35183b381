"""From the played stages to the ledger."""

from __future__ import annotations

import dataclasses

import numpy as np

from wattport.account.calendar import monthly_to_yearly_mean, year_edge_day, year_of_day
from wattport.account.capex import CAPEX_ITEMS, Capex, opening_day, spend
from wattport.account.carbon import CARBON_SCOPES, emissions_t
from wattport.account.drivers import rank_drivers
from wattport.account.gates import failed_gates
from wattport.account.headlines import headline_rows
from wattport.account.jobs import JOB_GROUPS, jobs_fte
from wattport.account.opex import OPEX_ITEMS, on_years, operating_cost_eur
from wattport.equations.discounting import annuity_factor, discount_factor, levelised_cost
from wattport.records import Design, Ledger, Operation, Production, Programme
from wattport.records.record import BoolArray, FloatArray, IntArray
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
    jobs = jobs_fte(spec, production, programme, online_grid_mw, _plant_open_day(spec), edge_day)
    ledger = Ledger(
        year=year,
        capex_item=CAPEX_ITEMS,
        capex_eur=capex.by_item_eur,
        opex_item=OPEX_ITEMS,
        opex_eur=opex,
        facility_capex_eur=capex.facility_eur,
        plants_capex_eur=capex.plants_eur,
        it_capex_eur=capex.it_eur,
        full_stack_eur=capex.facility_eur + capex.it_eur + capex.plants_eur,
        carbon_scope=CARBON_SCOPES,
        carbon_t=emissions_t(spec, design, capex, on_years(operation.carbon_t, is_operating)),
        water_m3=on_years(operation.water_m3, is_operating),
        job_group=JOB_GROUPS,
        jobs_fte=jobs,
        permanent_jobs_fte=jobs[:, :, 0].max(axis=1) + jobs[:, :, 2].max(axis=1),
        **_announced(spec, capex),
        **_levelised(spec, design, operation, capex, opex, year, is_operating),
    )
    drivers, reasons = rank_drivers(
        spec,
        {
            "first_compute_day": (programme.first_compute_day, "date"),
            "full_campus_day": (programme.full_campus_day, "date"),
            "facility_capex_eur": (ledger.facility_capex_eur, "EUR"),
            "gpu_hour_cost_eur": (ledger.gpu_hour_cost_eur, "EUR/h"),
        },
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
    start = min(spec.finance.price_year, year_of_day(float(min(opens, first_work))))
    return np.arange(start, int(operation.year[-1]) + 1, dtype=np.int64)


def _plant_open_day(spec: Spec) -> FloatArray:
    return np.stack([opening_day(spec.plants.enclosures), opening_day(spec.plants.modules)], axis=1)


def _announced(spec: Spec, capex: Capex) -> dict[str, FloatArray | float]:
    """The announced sum beside ours, and how many racks it would buy."""
    low, high = spec.announced.envelope_low_beur, spec.announced.envelope_high_beur
    if low is None or high is None:
        return {"funded_rack_frac": np.full(capex.it_eur.shape, np.nan)}
    middle = 0.5 * (low + high) * 1e9
    left = middle - capex.facility_eur - capex.plants_eur
    return {
        "announced_low_eur": float(np.median(low)) * 1e9,
        "announced_high_eur": float(np.median(high)) * 1e9,
        "funded_rack_frac": np.maximum(left, 0.0) / np.maximum(capex.it_eur, 1e-9),
    }


def _levelised(
    spec: Spec,
    design: Design,
    operation: Operation,
    capex: Capex,
    opex: FloatArray,
    year: IntArray,
    is_operating: BoolArray,
) -> dict[str, FloatArray]:
    """Cash flow, present values and the constant prices that pay for everything."""
    finance = spec.finance
    is_it = np.array([item.startswith("IT ") for item in CAPEX_ITEMS])
    capex_all = capex.by_item_eur.sum(axis=2)
    capex_facility = capex.by_item_eur[:, :, ~is_it].sum(axis=2)
    opex_all = opex.sum(axis=2)
    years_away = year - float(finance.price_year) + 0.5
    factor = discount_factor(finance.discount_rate_frac, years_away)
    sold = on_years(operation.gpu_hours_sold, is_operating) * finance.it_fit_out_frac[:, None]
    revenue = sold * (finance.gpu_hour_price_usd / finance.usd_per_eur)[:, None]
    closing = np.zeros_like(capex_all)
    closing[:, -1] = capex.residual_eur
    cost = capex_all + opex_all - closing
    net_cost = (cost * factor).sum(axis=1)
    return {
        "revenue_eur": revenue,
        "cash_flow_eur": capex_all + opex_all - revenue,
        "net_present_cost_eur": net_cost,
        "net_present_value_eur": (revenue * factor).sum(axis=1) - net_cost,
        "gpu_hour_cost_eur": levelised_cost(cost, sold, factor),
        "it_energy_cost_eur_per_mwh": levelised_cost(
            capex_facility + opex_all, on_years(operation.it_mwh, is_operating), factor
        ),
        "annual_cost_eur": annual_cost_eur(spec, capex, opex_all, operation, year),
    }


def annual_cost_eur(
    spec: Spec, capex: Capex, opex: FloatArray, operation: Operation, year: IntArray
) -> FloatArray:
    """
    Yearly total cost of ownership of the whole campus.

    Capital is turned into a yearly payment over its life at the discount rate, and the operating
    cost of the first full year is added: the figure that benchmarks publish.

    Parameters
    ----------
    spec : Spec
        Drawn.
    capex : Capex
        First-fit totals.
    opex : ndarray, shape (draw, year)
        Operating cost.
    operation : Operation
        Names the first full year.
    year : ndarray, shape (year,)
        The ledger's years.

    Returns
    -------
    ndarray, shape (draw,)
        [EUR/year]
    """
    finance = spec.finance
    full = int(np.searchsorted(year, operation.full_year))
    facility = annuity_factor(finance.discount_rate_frac, finance.facility_life_years)
    racks = annuity_factor(finance.discount_rate_frac, finance.it_life_years)
    return np.asarray(capex.facility_eur * facility + capex.it_eur * racks + opex[:, full])
