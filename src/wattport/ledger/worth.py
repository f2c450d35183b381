"""Cash flow, present values and the constant prices that pay for everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.equations.discounting import annuity_factor, discount_factor, levelised_cost
from wattport.ledger.capex import CAPEX_ITEMS, Capex
from wattport.ledger.opex import on_years
from wattport.records import Operation
from wattport.spec import Spec


@dataclass(frozen=True)
class Worth:
    """What the flows come to; fields as in the ledger."""

    revenue_eur: FloatArray  # (draw, year)
    cash_flow_eur: FloatArray  # (draw, year)
    net_present_cost_eur: FloatArray  # (draw,)
    net_present_value_eur: FloatArray  # (draw,)
    gpu_hour_cost_eur: FloatArray  # (draw,) of a useful one
    gpu_hour_sold_cost_eur: FloatArray  # (draw,)
    gpu_hour_held_cost_eur: FloatArray  # (draw,)
    it_energy_cost_eur_per_mwh: FloatArray  # (draw,)
    annual_cost_eur: FloatArray  # (draw,)


def value_flows(
    spec: Spec,
    operation: Operation,
    capex: Capex,
    opex: FloatArray,
    year: IntArray,
    is_operating: BoolArray,
) -> Worth:
    """
    Discount the flows of the whole horizon.

    The undepreciated value of what still stands at the end is credited in the last year, so that
    a long-lived facility is not charged to a short horizon.

    Parameters
    ----------
    spec, operation
        Drawn spec and the years of operation.
    capex : Capex
        Money spent by item and year.
    opex : ndarray, shape (draw, year)
        Operating cost.
    year : ndarray, shape (year,)
        The ledger's years.
    is_operating : ndarray of bool, shape (year,)
        Which of them the operation record covers.

    Returns
    -------
    Worth
        Present values at the price year; flows fall in the middle of their year.
    """
    finance = spec.finance
    is_it = np.array([item.startswith("IT ") for item in CAPEX_ITEMS])
    capex_all = capex.by_item_eur.sum(axis=2)
    capex_facility = capex.by_item_eur[:, :, ~is_it].sum(axis=2)
    factor = discount_factor(
        finance.discount_rate_frac, np.asarray(year - finance.price_year + 0.5, dtype=np.float64)
    )
    useful, sold, held = (
        on_years(hours, is_operating) * finance.it_fit_out_frac[:, None]
        for hours in (
            operation.gpu_hours_useful,
            operation.gpu_hours_sold,
            operation.gpu_hours_held,
        )
    )
    revenue = sold * (finance.gpu_hour_price_usd / finance.usd_per_eur)[:, None]
    cost = capex_all + opex
    cost[:, -1] -= capex.residual_eur
    facility_cost = capex_facility + opex
    facility_cost[:, -1] -= capex.residual_eur - capex.it_residual_eur
    net_cost = (cost * factor).sum(axis=1)
    return Worth(
        revenue_eur=revenue,
        cash_flow_eur=capex_all + opex - revenue,
        net_present_cost_eur=net_cost,
        net_present_value_eur=(revenue * factor).sum(axis=1) - net_cost,
        gpu_hour_cost_eur=levelised_cost(cost, useful, factor),
        gpu_hour_sold_cost_eur=levelised_cost(cost, sold, factor),
        gpu_hour_held_cost_eur=levelised_cost(cost, held, factor),
        it_energy_cost_eur_per_mwh=levelised_cost(
            facility_cost, on_years(operation.it_mwh, is_operating), factor
        ),
        annual_cost_eur=annual_cost_eur(
            spec, capex, operation.in_complete_year(opex[:, is_operating])
        ),
    )


def token_cost_eur_per_million(gpu_hour_cost_eur: FloatArray, operation: Operation) -> FloatArray:
    """
    Cost of the tokens that inference generates over the years.

    A token carries the GPU-hours of the replicas that are on, at the cost of any GPU-hour sold;
    prompts are answered for by what is generated.

    Parameters
    ----------
    gpu_hour_cost_eur : ndarray, shape (draw,)
        Levelised cost of a GPU-hour sold. [EUR/h]
    operation : Operation
        GPU-hours of inference and tokens by year.

    Returns
    -------
    ndarray, shape (draw,)
        NaN where no token is generated. [EUR per million]
    """
    millions = operation.n_output_tokens.sum(axis=1) / 1e6
    hours = operation.inference_gpu_hours.sum(axis=1)
    per_million_h = np.divide(
        hours, millions, out=np.full_like(millions, np.nan), where=millions > 0.0
    )
    return np.asarray(gpu_hour_cost_eur * per_million_h)


def annual_cost_eur(spec: Spec, capex: Capex, full_year_opex_eur: FloatArray) -> FloatArray:
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
    full_year_opex_eur : ndarray, shape (draw,)
        Operating cost of each draw's first complete year; NaN where it has none.

    Returns
    -------
    ndarray, shape (draw,)
        [EUR/year]
    """
    finance = spec.finance
    facility = annuity_factor(finance.discount_rate_frac, finance.facility_life_years)
    racks = annuity_factor(finance.discount_rate_frac, finance.it_life_years)
    return np.asarray(capex.facility_eur * facility + capex.it_eur * racks + full_year_opex_eur)
