"""What a plan is worth: proved best, feasible with a gap, or impossible."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How much is known about a plan."""

    PROVED = "proved"  # no better plan exists
    FEASIBLE = "feasible"  # the bound leaves room for a better one
    INFEASIBLE = "infeasible"  # there is no plan at all


def gap_frac(value: float, bound: float) -> float:
    """
    Distance of a plan from its bound, over the plan's own value.

    Parameters
    ----------
    value, bound : float
        Reached, and the least possible; the same unit. [>= 0]

    Returns
    -------
    float
        0 for a proved plan. [0..1]

    Examples
    --------
    >>> gap_frac(20.0, 19.0)
    0.05
    """
    return max(0.0, value - bound) / value if value > 0.0 else 0.0


def status_of(value: float, bound: float) -> Status:
    """
    Status of a plan that exists.

    Examples
    --------
    >>> status_of(930.0, 930.0).value
    'proved'
    """
    return Status.PROVED if value <= bound * (1.0 + 1e-9) + 1e-9 else Status.FEASIBLE
