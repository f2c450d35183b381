"""Which uncertain inputs move the results most."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.equations.sensitivity import Z_P90, input_effects
from wattport.records import BillItem, Driver, Reason
from wattport.spec import Spec, uncertain_inputs
from wattport.spec.campus.finance import CapexBasis

# What only the bill of materials reads.
_PRICES = "finance.prices."
_OF_BILL = (_PRICES, "finance.on_top.", "campus.floor_m2_per_mw")

# Beyond three standard errors a slope is not the luck of the draws: with some 70 inputs that
# leaves about one false driver in five reports.
_SIGNIFICANT_SIGMA = 3.0


def rank_drivers(
    spec: Spec,
    results: dict[str, tuple[FloatArray, str]],
    bill: tuple[BillItem, ...] = (),
    n_draws_min: int = 20,
) -> tuple[tuple[Driver, ...], tuple[Reason, ...]]:
    """
    Rank the uncertain inputs by how far each moves each result.

    Parameters
    ----------
    spec : Spec
        Drawn.
    results : dict
        Result name to its values, shape (draw,), and their unit. Draws without a value (a campus
        that is never finished) are left out.
    bill : tuple of BillItem
        A price that none of its lines takes is noise and no input; without a bill none is one.
    n_draws_min : int
        Draws wanted beyond one for each input.

    Returns
    -------
    tuple of Driver
        By result, strongest first; only those the draws can tell from noise.
    tuple of Reason
        Why there is no ranking, where there is none.
    """
    inputs = _read_inputs(spec, {item.price for item in bill})
    if not inputs:
        return (), ()
    table = np.column_stack(list(inputs.values()))
    known = {row.path: row for row in spec.provenance}
    drivers: list[Driver] = []
    reasons: list[Reason] = []
    for name, (values, unit) in results.items():
        is_finite = np.isfinite(values)
        if int(is_finite.sum()) < table.shape[1] + n_draws_min:
            reasons.append(_too_few(name, int(is_finite.sum()), table.shape[1] + n_draws_min))
            continue
        effects = input_effects(table[is_finite], values[is_finite])
        variance = max(float(values[is_finite].var()), 1e-300)
        mean = float(values[is_finite].mean())
        order = np.argsort(-np.abs(effects.slope), kind="stable")
        for i in order:
            slope = float(effects.slope[i])
            if abs(slope) <= _SIGNIFICANT_SIGMA * effects.standard_error[i]:
                continue
            path = list(inputs)[i]
            drivers.append(
                Driver(
                    result=name,
                    path=path,
                    status=known[path].status,
                    source=known[path].source,
                    rank_correlation=float(effects.rank_correlation[i]),
                    variance_frac=slope**2 / variance,
                    result_at_low=mean - Z_P90 * slope,
                    result_at_high=mean + Z_P90 * slope,
                    unit=unit,
                )
            )
    return tuple(drivers), tuple(reasons)


def _read_inputs(spec: Spec, priced: set[str]) -> dict[str, FloatArray]:
    """Uncertain inputs but those of a bill that is not used, or of lines that it does not have."""
    inputs = uncertain_inputs(spec)
    if spec.finance.capex_basis is CapexBasis.PER_MW:
        return {path: v for path, v in inputs.items() if not path.startswith(_OF_BILL)}
    return {
        path: values
        for path, values in inputs.items()
        if not path.startswith(_PRICES) or path.removeprefix(_PRICES) in priced
    }


def _too_few(result: str, n_draws: int, n_needed: int) -> Reason:
    return Reason(
        code="ACC001",
        stage="account",
        message=f"No ranking of inputs for {result}: {n_draws} draws have a value, "
        f"{n_needed} are needed.",
        remedy=f"Play at least {n_needed} draws.",
    )
