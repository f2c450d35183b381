"""
The risks of a schedule as a person writes them: one YAML file.

Every activity has a range around its duration. Beside that there are causes:
each happens or not, and then stretches all activities it touches, together
(AACE 57R-09). So durations are correlated by what they share, and by nothing
else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from pydantic import Field, ValidationError

from wattport import user_file
from wattport.arrays import BoolArray
from wattport.errors import Code, Finding, WattportError
from wattport.schedule.plan import Plan, wbs_path
from wattport.spec.reading import quantity as q
from wattport.spec.reading.document import Document, read
from wattport.spec.reading.files import decoded
from wattport.spec.reading.section import Section
from wattport.spec.reading.validation_errors import findings_of

_MOST = 500  # risks, or ranges: for each the futures are played once more
Factor = tuple[q.DurationFactor, q.DurationFactor, q.DurationFactor]
Cost = tuple[q.Sum, q.Sum, q.Sum]
AS_PLANNED: Factor = (1.0, 1.0, 1.0)
NO_COST: Cost = (0.0, 0.0, 0.0)
USUAL: Factor = (0.9, 1.0, 1.2)


class Mitigated(Section):
    """A risk after something has been done about it."""

    probability_frac: q.Probability
    factor: Factor = Field(description="Lowest, likeliest and highest factor on durations.")
    cost: Cost = Field(NO_COST, description="What it still costs when it happens.")


class DriverRisk(Section):
    """A cause that happens or not, and then stretches all it touches."""

    name: str
    probability_frac: q.Probability
    factor: Factor = Field(description="Lowest, likeliest and highest factor on durations.")
    activities: tuple[str, ...] = Field(
        description="Ids or paths of the work breakdown, with * for any letters."
    )
    cost: Cost = Field(
        NO_COST, description="Lowest, likeliest and highest cost when it happens, beside delay."
    )
    mitigated: Mitigated | None = None
    mitigation_cost: q.Sum = Field(0.0, description="Of what is done about it.")


class Range(Section):
    """A range of durations for some activities, in place of the usual one."""

    activities: tuple[str, ...]
    factor: Factor


class RiskRegister(Section):
    """All that is uncertain in a schedule."""

    uncertainty: Factor = Field(
        USUAL, description="Lowest, likeliest and highest factor on each remaining duration."
    )
    ranges: tuple[Range, ...] = Field(
        (), max_length=_MOST, description="Later ones win over earlier ones."
    )
    risks: tuple[DriverRisk, ...] = Field((), max_length=_MOST)
    overhead_per_day: q.Sum = Field(
        0.0, description="Cost of each calendar day until the end, in the plan's currency."
    )
    budget: q.Budget | None = Field(
        None, description="Sum that is not to be passed; left out: the planned cost."
    )


def read_register(path: str | Path) -> RiskRegister:
    """
    Read a register of risks from a YAML file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    RiskRegister
        Sound in itself; whether its activities exist only a plan can tell (`touched`).

    Raises
    ------
    WattportError
        With all findings.
    """
    name = str(path)
    try:
        raw = user_file.read(path, user_file.RISKS)
    except user_file.UnfitError as unfit:
        raise unfit.refusal(Code.UNREADABLE) from None
    text, finding = decoded(raw, name)
    if finding is not None:
        raise WattportError(finding)
    document = read(text, name)
    if document.findings:
        raise WattportError(document.findings)
    if not isinstance(document.data, dict):
        raise _refused(Code.ROOT_NOT_MAPPING, name, "holds no mapping such as `risks:`")
    return _validated(document)


def _validated(document: Document) -> RiskRegister:
    try:
        register = RiskRegister.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        found = findings_of(error, document.data, RiskRegister)
        raise WattportError(
            [document.located(f, path, at_key=at_key) for f, path, at_key in found]
        ) from None
    findings = [document.located(finding, path) for finding, path in _faults(register)]
    if findings:
        raise WattportError(findings)
    return register


def _faults(register: RiskRegister) -> list[tuple[Finding, tuple[str | int, ...]]]:
    factors: list[tuple[Factor, tuple[str | int, ...]]] = [(register.uncertainty, ("uncertainty",))]
    factors += [(r.factor, ("ranges", i, "factor")) for i, r in enumerate(register.ranges)]
    for i, risk in enumerate(register.risks):
        factors.append((risk.factor, ("risks", i, "factor")))
        if risk.mitigated is not None:
            factors.append((risk.mitigated.factor, ("risks", i, "mitigated", "factor")))
    found = [(fault, path) for factor, path in factors if (fault := factor_fault(factor))]
    found += [(fault, path) for cost, path in _costs(register) if (fault := _cost_fault(cost))]
    seen: set[str] = set()
    for i, name in enumerate(risk.name for risk in register.risks):
        if name in seen:
            twice = Finding(
                Code.TWICE, f"{name!r} stands twice", value=name, remedy="give each its own name"
            )
            found.append((twice, ("risks", i, "name")))
        seen.add(name)
    return found


def _costs(register: RiskRegister) -> Iterator[tuple[Cost, tuple[str | int, ...]]]:
    for i, risk in enumerate(register.risks):
        yield risk.cost, ("risks", i, "cost")
        if risk.mitigated is not None:
            yield risk.mitigated.cost, ("risks", i, "mitigated", "cost")


def _cost_fault(cost: Cost) -> Finding | None:
    low, mode, high = cost
    if 0.0 <= low <= mode <= high:
        return None
    return Finding(
        Code.LOW_ABOVE_HIGH, "the costs do not rise from lowest over likeliest to highest",
        value=list(cost), allowed="0 <= lowest <= likeliest <= highest",
        remedy="write them like [20000, 50000, 120000]",
    )  # fmt: skip


def factor_fault(factor: Factor) -> Finding | None:
    """
    Say what is wrong with a range of factors; None if nothing is.

    Examples
    --------
    >>> factor_fault((1.2, 1.0, 1.5)).message
    'the factors do not rise from lowest over likeliest to highest'
    """
    low, mode, high = factor
    if 0.0 <= low <= mode <= high <= 100.0:
        return None
    return Finding(
        Code.LOW_ABOVE_HIGH, "the factors do not rise from lowest over likeliest to highest",
        value=list(factor), allowed="0 <= lowest <= likeliest <= highest <= 100",
        remedy="write them like [0.9, 1.0, 1.2]",
    )  # fmt: skip


def touched(plan: Plan, patterns: tuple[str, ...], name: str) -> BoolArray:
    """
    Activities that patterns mean.

    Parameters
    ----------
    plan : Plan
        The schedule.
    patterns : tuple of str
        Ids, or paths of the work breakdown, which mean all activities there and below; ``*``
        stands for any letters.
    name : str
        Of the risk, for the finding.

    Returns
    -------
    ndarray of bool, shape (activity,)
        Over all activities of the plan.

    Raises
    ------
    WattportError
        When a pattern means no activity at all: a risk that touches nothing is a slip.
    """
    paths = [wbs_path(plan, activity.wbs) for activity in plan.activities]
    is_touched = np.zeros(plan.n_activities, dtype=np.bool_)
    findings = []
    for pattern in patterns:
        hits = [
            fnmatchcase(activity.id, pattern)
            or fnmatchcase(path, pattern)
            or fnmatchcase(path, f"{pattern}.*")
            for activity, path in zip(plan.activities, paths, strict=True)
        ]
        is_touched |= np.array(hits, dtype=np.bool_)
        if not any(hits):
            findings.append(
                Finding(
                    Code.UNKNOWN_REFERENCE,
                    f"{pattern!r} means no activity of the plan",
                    path=f"risk {name}",
                    value=pattern,
                    allowed="ids, paths of the work breakdown, * for any letters",
                    remedy="correct the pattern",
                )
            )
    if findings:
        raise WattportError(findings)
    return is_touched


def without(register: RiskRegister, name: str) -> RiskRegister:
    """Register in which one risk cannot happen; its place in the list is kept."""
    return _with(register, name, lambda risk: risk.model_copy(update={"probability_frac": 0.0}))


def mitigated(register: RiskRegister, name: str | None = None) -> RiskRegister:
    """Register after one risk, or all, has been dealt with as far as is planned."""
    return _with(
        register,
        name,
        lambda risk: (
            risk if risk.mitigated is None else risk.model_copy(update=dict(risk.mitigated))
        ),
    )


def _with(
    register: RiskRegister, name: str | None, change: Callable[[DriverRisk], DriverRisk]
) -> RiskRegister:
    risks = tuple(
        change(risk) if name is None or risk.name == name else risk for risk in register.risks
    )
    return register.model_copy(update={"risks": risks})


def _refused(code: Code, name: str, message: str) -> WattportError:
    return WattportError(
        Finding(
            code,
            f"{name!r} {message}",
            file=name,
            remedy="see docs/models/schedule_risk.md for an example",
        )
    )
