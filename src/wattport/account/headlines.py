"""The table of announced against computed, and why they differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wattport.records import Design, Headline, Ledger, Operation, Production, Programme, quantile
from wattport.records.record import FloatArray
from wattport.spec import Spec


def headline_rows(
    spec: Spec,
    design: Design,
    production: Production,
    programme: Programme,
    operation: Operation,
    ledger: Ledger,
) -> tuple[Headline, ...]:
    """
    Rows a reader sees first: each result beside what was said in public.

    Parameters
    ----------
    spec, design, production, programme, operation, ledger
        The case so far; the ledger still without headlines.

    Returns
    -------
    tuple of Headline
        Dates are day numbers (unit ``date``); NaN quantiles where no draw has a value.
    """
    said = spec.announced
    money_low, money_high = _central(said.envelope_low_beur), _central(said.envelope_high_beur)
    grid_low, grid_high = _central(said.grid_mw_low), _central(said.grid_mw_high)
    full = _full_year_index(operation)
    row = _row_maker(spec)
    return (
        row(
            "Grid connection",
            "MW",
            spec.grid.connection_mw,
            grid_low,
            grid_high,
            _why_grid(spec),
            "announced.grid_mw_low",
        ),
        row(
            "IT nameplate",
            "MW",
            design.it_mw,
            _central(said.it_mw),
            None,
            "computed from the connection and the design-day PUE"
            if spec.campus.capacity_basis == "grid"
            else "set by the spec",
            "announced.it_mw",
        ),
        row(
            "GPUs",
            "GPUs",
            design.hall_n_gpus.sum(axis=1).astype(float),
            None,
            None,
            "racks that fit the IT nameplate",
        ),
        row(
            "Power modules",
            "units",
            design.n_modules.astype(float),
            None,
            None,
            f"{spec.campus.modules.topology.value} redundancy",
        ),
        row(
            "First power module",
            "date",
            production.first_unit_day[:, -1],
            None,
            None,
            _why_first_module(spec, programme),
            "announced.first_production_year",
            announced=_year_text(said.first_production_year),
        ),
        row(
            "Module plant output",
            "units/year",
            production.rate_units_per_year[:, -1],
            None,
            None,
            f"limited by {production.bottleneck[-1]}",
        ),
        row(
            "First compute",
            "date",
            programme.first_compute_day,
            None,
            None,
            _why_first_compute(programme),
            "announced.first_production_year",
            announced=_year_text(said.first_production_year),
        ),
        row(
            "Whole campus ready",
            "date",
            programme.full_campus_day,
            None,
            None,
            _why_full_campus(programme),
        ),
        row(
            "Facility",
            "bn EUR",
            ledger.facility_capex_eur / 1e9,
            money_low,
            money_high,
            _why_money(ledger.facility_capex_eur / 1e9, money_low, money_high, "the facility"),
            "announced.envelope_low_beur",
        ),
        row(
            "Full stack (facility, racks, plants)",
            "bn EUR",
            ledger.full_stack_eur / 1e9,
            money_low,
            money_high,
            _why_money(ledger.full_stack_eur / 1e9, money_low, money_high, "the full stack"),
            "announced.envelope_low_beur",
        ),
        row(
            "Racks the announced sum would fund",
            "%",
            100.0 * ledger.funded_rack_frac,
            None,
            None,
            "what is left of its middle after facility and plants",
        ),
        row(
            "Annual PUE, full campus",
            "1",
            operation.pue[:, full],
            _central(said.pue),
            None,
            "energy of grid over energy of IT (EN 50600-4-2)",
            "announced.pue",
        ),
        row(
            "Grid energy, full campus",
            "TWh/year",
            operation.grid_mwh[:, full] / 1e6,
            None,
            None,
            "utilisation below nameplate",
        ),
        row(
            "Electricity emissions, full campus",
            "kt CO2e/year",
            operation.carbon_t[:, full] / 1e3,
            None,
            None,
            "location-based",
        ),
        row(
            "Cost of a GPU-hour sold",
            "EUR/h",
            ledger.gpu_hour_cost_eur,
            None,
            None,
            "levelised over the horizon, racks included",
        ),
        row(
            "Cost of a million tokens",
            "EUR",
            ledger.token_cost_eur_per_million,
            None,
            None,
            f"generated by {spec.workload.inference.model}, at the cost of a GPU-hour",
        ),
        row(
            "Jobs, plants and operation",
            "FTE",
            ledger.permanent_jobs_fte,
            _central(said.jobs),
            None,
            _why_jobs(spec, ledger, full, operation),
            "announced.jobs",
        ),
    )


def _row_maker(spec: Spec) -> Callable[..., Headline]:
    origin = {row.path: row for row in spec.provenance}

    def make(
        metric: str,
        unit: str,
        values: FloatArray,
        low: float | None,
        high: float | None,
        why: str,
        path: str = "",
        announced: str | None = None,
    ) -> Headline:
        known = origin.get(path)
        return Headline(
            metric=metric,
            unit=unit,
            announced=_range_text(low, high) if announced is None else announced,
            announced_low=low,
            announced_high=high if high is not None else low,
            p10=float(quantile(values, 0.1)),
            p50=float(quantile(values, 0.5)),
            p90=float(quantile(values, 0.9)),
            why=why,
            source=known.source if known is not None else "",
            status=str(known.status) if known is not None else "",
        )

    return make


def _full_year_index(operation: Operation) -> int:
    return int(np.searchsorted(operation.year, operation.full_year))


def _central(values: FloatArray | None) -> float | None:
    return None if values is None else float(np.median(values))


def _range_text(low: float | None, high: float | None) -> str:
    if low is None:
        return ""
    return f"{low:,.4g}" if high is None or high == low else f"{low:,.4g} to {high:,.4g}"


def _year_text(year: int | None) -> str:
    return "" if year is None else str(year)


def _why_grid(spec: Spec) -> str:
    if spec.announced.grid_mw_low is None:
        return "set by the spec"
    return "no figure was published: inferred by subtraction (low) and by money (high)"


def _why_first_module(spec: Spec, programme: Programme) -> str:
    return (
        "'first productions' read as the plants"
        if spec.announced.first_production_year
        else ("opening of the plant, then its line and acceptance test")
    )


def _why_first_compute(programme: Programme) -> str:
    share = programme.first_cause_frac
    cause = programme.cause[int(np.argmax(share))]
    return f"driven by {_cause_text(cause)} in {100 * float(share.max()):.0f} % of the draws"


def _why_full_campus(programme: Programme) -> str:
    share = programme.last_cause_frac
    cause = programme.cause[int(np.argmax(share))]
    never = float(np.mean(~np.isfinite(programme.full_campus_day)))
    text = f"driven by {_cause_text(cause)} in {100 * float(share.max()):.0f} % of the draws"
    return text if never == 0.0 else f"{text}; never in {100 * never:.0f} %"


def _cause_text(cause: str) -> str:
    return {
        "grid": "the grid connection",
        "plant": "the plants",
        "supplier": "suppliers' lead times",
        "civil": "civil works",
        "crew": "site crews",
    }.get(cause, cause)


def _why_money(values: FloatArray, low: float | None, high: float | None, what: str) -> str:
    if low is None or high is None:
        return "no sum was announced"
    middle = float(np.median(values))
    if middle < low:
        return f"{what} takes {100 * middle / (0.5 * (low + high)):.0f} % of the announced middle"
    if middle > high:
        return f"{what} is {middle / (0.5 * (low + high)):.1f} times the announced middle"
    return f"{what} is inside the announced range"


def _why_jobs(spec: Spec, ledger: Ledger, full: int, operation: Operation) -> str:
    year = int(np.searchsorted(ledger.year, operation.year[full]))
    group = ledger.job_group.index("operation")
    operation_fte = float(np.median(ledger.jobs_fte[:, year, group]))
    return (
        f"about {operation_fte:.0f} in operation of the campus, the rest in the two plants; "
        "the announcement does not split them"
    )
