"""Checks and reasons that stages attach to their results."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wattport.arrays import FloatArray
from wattport.records.record import PerDraw


@dataclass(frozen=True)
class Check:
    """
    One engineering check with its margin.

    A check compares a value with a limit in every draw. It is a result, not an error: the
    case goes on and the report shows it.
    """

    code: str  # stable, such as "DES003"
    title: str  # a sentence that is true when the check passes
    value: PerDraw
    limit: PerDraw
    unit: str
    is_upper: bool  # True: value must not exceed limit; False: must not fall below
    source: str  # clause or datasheet the limit comes from
    remedy: str  # what to change when it fails

    @property
    def margin_frac(self) -> FloatArray:
        """Distance to the limit over the limit, positive when inside it; shape (draw,)."""
        distance = self.limit - self.value if self.is_upper else self.value - self.limit
        return np.asarray(distance / np.maximum(np.abs(self.limit), 1e-12), dtype=np.float64)

    @property
    def pass_frac(self) -> float:
        """Share of draws that pass, 0 to 1."""
        return float(np.mean(self.margin_frac >= -1e-9))

    @property
    def is_passed(self) -> bool:
        """True when every draw passes."""
        return self.pass_frac == 1.0


@dataclass(frozen=True)
class Reason:
    """Something a reader must know about a result: a plan that cannot work, and why."""

    code: str  # stable, such as "BLD002"
    stage: str
    message: str
    remedy: str
    draw_frac: float = 1.0  # share of draws in which it holds
    is_fatal: bool = False  # the plan works in no draw at all: exit code 3


class Evidence(StrEnum):
    """What a comparison shows."""

    VALIDATION = "validation"  # with what others published, measured or computed
    CONSISTENCY = "consistency"  # with ourselves, or with what a number was set from


@dataclass(frozen=True)
class Validated:
    """One figure an engine is held to, with the error reached and allowed."""

    engine: str
    quantity: str
    source: str
    reached: float
    allowed: float
    unit: str
    note: str = ""
    kind: Evidence = Evidence.VALIDATION
