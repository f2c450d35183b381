"""Which inputs matter most, and which of those are guesses."""

from __future__ import annotations

import numpy as np

from wattport.records import Case, Driver
from wattport.report.charts import Swing, Tornado
from wattport.report.draws import mean
from wattport.report.labels import input_meaning, input_name
from wattport.report.numerals import scale_of
from wattport.report.page import Figure, Section

_SHOWN = 10
_TITLES = {
    "first_compute_day": ("What moves first compute", "First compute"),
    "full_campus_day": ("What moves the full campus", "Whole campus ready"),
    "facility_capex_eur": ("What moves the facility's cost", "Facility capex"),
    "full_stack_eur": ("What moves the full stack's cost", "Full stack"),
    "gpu_hour_cost_eur": ("What moves the cost of compute", "Cost of a GPU-hour sold"),
}


def section(case: Case) -> Section | None:
    """
    A tornado for each result.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when there is no ranking: one draw, or too few.
    """
    if case.ledger is None or not case.ledger.drivers:
        return None
    results = dict.fromkeys(driver.result for driver in case.ledger.drivers)
    blocks = tuple(Figure(tornado(case, result)) for result in results)
    lede = (
        "Each bar runs from the result with the input at its P10 to the result with it at its "
        "P90, the other inputs held. Hatched bars are guesses: where one of them is long, finding "
        "the number out is worth more than a better model."
    )
    return Section("drivers", "Which guess matters most", lede, blocks)


def tornado(case: Case, result: str) -> Tornado:
    """
    The strongest inputs of one result.

    Parameters
    ----------
    case : Case
        With a ledger.
    result : str
        As the drivers name it.

    Returns
    -------
    Tornado
        Strongest on top.
    """
    found = [d for d in _drivers(case) if d.result == result][:_SHOWN]
    title, name = _TITLES.get(result, (f"What moves {result}", result))
    largest = max(max(abs(d.result_at_low), abs(d.result_at_high)) for d in found)
    factor, unit = (1.0, "date") if found[0].unit == "date" else scale_of(largest, found[0].unit)
    swings = tuple(
        Swing(
            input_name(case.spec, driver.path),
            driver.result_at_low / factor,
            driver.result_at_high / factor,
            driver.status,
            driver.variance_frac,
            driver.source,
            input_meaning(case.spec, driver.path),
        )
        for driver in found
    )
    return Tornado(title, "", swings, _centre(case, result) / factor, unit, name)


def _drivers(case: Case) -> tuple[Driver, ...]:
    return case.ledger.drivers if case.ledger is not None else ()


def _centre(case: Case, result: str) -> float:
    values = getattr(case.ledger, result, None)
    if values is None:
        values = getattr(case.programme, result, None)
    return float(mean(np.asarray(values))) if values is not None else float("nan")
