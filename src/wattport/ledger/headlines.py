"""The table of announced against computed, and why they differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wattport.arrays import FloatArray
from wattport.records import Design, Headline, Ledger, Operation, Production, Programme, quantile
from wattport.spec import Spec

Row = Callable[..., Headline]  # from what is shown to its line, see `_row_maker`


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

    What a plan does not have by its spec is no row: racks that no announced sum would fund, a
    rate of one module, GPU-hours of tenants' racks, tokens without inference, a full campus that no
    draw has for a year.

    Parameters
    ----------
    spec, design, production, programme, operation, ledger
        The case so far; the ledger still without headlines.

    Returns
    -------
    tuple of Headline
        Dates are day numbers (unit ``date``); NaN quantiles where no draw has a value.
    """
    row = _row_maker(spec)
    return (
        *_sizes(spec, design, row),
        *_dates(spec, production, programme, row),
        *_money(spec, ledger, row),
        *_running(spec, operation, ledger, row),
        row(
            "Jobs in the busiest year, without builders", "FTE", ledger.busiest_jobs_fte,
            "plants, operation and contractors on site together; the announcement does not split "
            "them", _central(spec.announced.jobs), path="announced.jobs",
        ),
        *_permanent(ledger, operation, row),
    )  # fmt: skip


def _permanent(ledger: Ledger, operation: Operation, row: Row) -> tuple[Headline, ...]:
    """People of a complete year, where some draw has one."""
    if not (operation.complete_year > 0).any():
        return ()
    why = _why_jobs(ledger, operation)
    return (row("Permanent jobs", "FTE", ledger.permanent_jobs_fte, why),)


def _sizes(spec: Spec, design: Design, row: Row) -> tuple[Headline, ...]:
    said = spec.announced
    is_by_grid = spec.campus.capacity_basis == "grid"
    why_it = "computed from the connection and the design-day PUE"
    return (
        row(
            "Grid connection", "MW", spec.grid.connection_mw, _why_grid(spec),
            _central(said.grid_mw_low), _central(said.grid_mw_high), "announced.grid_mw_low",
        ),
        row(
            "IT nameplate", "MW", design.it_mw, why_it if is_by_grid else "set by the spec",
            _central(said.it_mw), path="announced.it_mw",
        ),
        row(
            "GPUs", "GPUs", design.hall_n_gpus.sum(axis=1).astype(float),
            "racks that fit the IT nameplate",
        ),
        row(
            "Power modules", "units", design.n_modules.astype(float),
            f"{spec.campus.modules.topology.value} redundancy",
        ),
    )  # fmt: skip


def _dates(
    spec: Spec, production: Production, programme: Programme, row: Row
) -> tuple[Headline, ...]:
    year, path = _year_text(spec.announced.first_production_year), "announced.first_production_year"
    rate = row(
        "Module plant output", "units/year", production.rate_units_per_year[:, -1],
        f"limited by {production.bottleneck[-1]}",
    )  # fmt: skip
    n_modules = np.isfinite(production.module_done_day).sum(axis=1)
    return (
        row(
            "First power module", "date", production.first_unit_day[:, -1],
            _why_first_module(spec, programme), path=path, announced=year,
        ),
        *((rate,) if n_modules.max() > 1 else ()),
        row(
            "First compute", "date", programme.first_compute_day, _why_first_compute(programme),
            path=path, announced=year,
        ),
        row(
            "Whole campus ready", "date", programme.full_campus_day, _why_full_campus(programme),
        ),
    )  # fmt: skip


def _money(spec: Spec, ledger: Ledger, row: Row) -> tuple[Headline, ...]:
    said = spec.announced
    low, high = _central(said.envelope_low_beur), _central(said.envelope_high_beur)
    facility, whole = ledger.facility_capex_eur / 1e9, ledger.full_stack_eur / 1e9
    path = "announced.envelope_low_beur"
    funded = row(
        "Racks the announced sum would fund", "%", 100.0 * ledger.funded_rack_frac,
        "what is left of its middle after facility and plants",
    )  # fmt: skip
    return (
        row(
            "Facility", "bn EUR", facility, _why_money(facility, low, high, "the facility"),
            low, high, path,
        ),
        row(
            "Full stack (facility, racks, plants)", "bn EUR", whole,
            _why_money(whole, low, high, "the full stack"), low, high, path,
        ),
        *(() if low is None or high is None else (funded,)),
    )  # fmt: skip


def _running(spec: Spec, operation: Operation, ledger: Ledger, row: Row) -> tuple[Headline, ...]:
    held = float(np.median(ledger.gpu_hour_held_cost_eur))
    gpu_hour = row(
        "Cost of a useful GPU-hour", "EUR/h", ledger.gpu_hour_cost_eur,
        f"levelised over the horizon, racks included; of one that is held {held:.2f}",
    )  # fmt: skip
    tokens = row(
        "Cost of a million tokens", "EUR", ledger.token_cost_eur_per_million,
        f"generated by {spec.workload.inference.model}, at the cost of a GPU-hour sold",
    )  # fmt: skip
    has_racks = spec.finance.it_fit_out_frac > 0.0
    has_inference = has_racks & (spec.workload.training_frac < 1.0)
    whole = (
        row(
            "Annual PUE, full campus", "1", operation.in_complete_year(operation.pue),
            "energy of grid over energy of IT (EN 50600-4-2)", _central(spec.announced.pue),
            path="announced.pue",
        ),
        row(
            "Grid energy, full campus", "TWh/year",
            operation.in_complete_year(operation.grid_mwh) / 1e6,
            "utilisation below nameplate",
        ),
        row(
            "Electricity emissions, full campus", "kt CO2e/year",
            operation.in_complete_year(operation.carbon_t) / 1e3, "location-based",
        ),
    )  # fmt: skip
    return (
        *(whole if (operation.complete_year > 0).any() else ()),
        *((gpu_hour,) if has_racks.any() else ()),
        *((tokens,) if has_inference.any() else ()),
    )  # fmt: skip


def _row_maker(spec: Spec) -> Row:
    origin = {row.path: row for row in spec.provenance}

    def make(
        metric: str,
        unit: str,
        values: FloatArray,
        why: str,
        low: float | None = None,
        high: float | None = None,
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


def _why_jobs(ledger: Ledger, operation: Operation) -> str:
    is_operating = np.isin(ledger.year, operation.year)
    own, contracted = (
        float(quantile(operation.in_complete_year(ledger.jobs_fte[:, is_operating, k]), 0.5))
        for k in map(ledger.job_group.index, ("operation", "contractors on site"))
    )
    return f"in a complete year: about {own:.0f} of the operator, {contracted:.0f} of contractors"
