"""
A draw does not depend on how many are played beside it.

A study that begins with fifty draws and goes on with more keeps what it has. So the first draws
of a larger play are those of the smaller one, to the bit, in every array of every record.

What is said of all draws together changes with them: quantiles, shares, means. It is listed here
by name, and so is the one schedule at central values: it takes the halls of the middle draw and
the middle day of each module. Plans that a draw is given, such as the date its racks are ordered
for, hold at the central values of the spec itself (`Spec.loaded`) and at the draw's own halls,
never at a mean over the draws, so they are compared like everything else.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from wattport.pipeline.stages import play
from wattport.records import Case
from wattport.records.record import arrays_by_axes
from wattport.records.storage import STAGES

N_FEW, N_MANY = 50, 120
SETTINGS = {"small_20mw": (), "dunkerque": ("finance.operation_years=4",)}

# Without an axis of draws, and of all draws together.
OF_ALL = {
    "programme": {
        "milestone_central_day", "central_gap_days", "criticality_frac", "task_criticality_frac",
        "task_cruciality_frac", "cause_criticality_frac", "cause_cruciality_frac",
        "first_cause_frac", "last_cause_frac", "hall_cause_frac", "mitigated_p50_day",
        "mitigated_p90_day", "mitigation_p50_days", "mitigation_p90_days",
    },
    "operation": {
        "day_output_tokens_per_s", "day_ttft_p95_s", "shape_mw", "shape_pue", "shape_dry_bulb_c",
        "week_mw",
    },
    "ledger": {"joint_frac"},
}  # fmt: skip
OF_ALL_VALUES = {
    "reasons",
    "headlines",
    "drivers",
    "gates",
    "driver",
    "driver_kind",
    "driver_cause",
}
FIRST = {"draw", "rerun", "trial"}  # axes of the first draws
GROWING = {"month", "quarter", "year", "hall", "module"}  # later draws may need more of them


@pytest.fixture(scope="module", params=SETTINGS)
def cases(request: pytest.FixtureRequest) -> tuple[Case, Case]:
    few, many = (
        play(request.param, *SETTINGS[request.param], draws=n, seed=5) for n in (N_FEW, N_MANY)
    )
    # The year that is shown hour by hour is that of most draws: only here must it be the same.
    assert few.operation is not None
    assert many.operation is not None
    assert few.operation.full_year == many.operation.full_year
    return few, many


def places(record: Any, dim: str, n: int) -> np.ndarray:
    """What tells places along an axis apart: dates where it has them, else their number."""
    for name in (dim, f"{dim}_day"):
        value = getattr(record, name, None)
        if isinstance(value, np.ndarray) and value.shape == (n,):
            return value
    return np.arange(n)


def shared(few: Any, many: Any, name: str, dims: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The part of two arrays that both plays have."""
    one, other = getattr(few, name), getattr(many, name)
    for axis, dim in enumerate(dims):
        if dim in FIRST:
            assert one.shape[axis] <= other.shape[axis]
            other = other.take(range(one.shape[axis]), axis)
        elif dim in GROWING:
            mine, theirs = places(few, dim, one.shape[axis]), places(many, dim, other.shape[axis])
            both = np.intersect1d(mine, theirs)
            assert both.size > 0.7 * mine.size
            one = one.compress(np.isin(mine, both), axis)
            other = other.compress(np.isin(theirs, both), axis)
    return one, other


@pytest.mark.parametrize("stage", STAGES)
def test_all_arrays_are_the_same_to_the_bit(cases: tuple[Case, Case], stage: str) -> None:
    few, many = (getattr(case, stage) for case in cases)
    n_arrays = 0
    for dims, columns in arrays_by_axes(few).items():
        for name in columns:
            if name in OF_ALL.get(stage, ()):
                assert not FIRST & set(dims), name
                continue
            one, other = shared(few, many, name, dims)
            assert one.tobytes() == other.tobytes(), f"{name} over {dims}"
            assert one.shape == other.shape
            n_arrays += 1
    assert n_arrays >= 10


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_handed_on_but_not_kept_is_the_same_too(
    cases: tuple[Case, Case], stage: str
) -> None:
    few, many = (getattr(case, stage) for case in cases)
    for field in dataclasses.fields(few):
        if field.metadata.get("is_kept", True) or getattr(few, field.name) is None:
            continue
        one, other = shared(few, many, field.name, field.metadata["dims"])
        assert one.tobytes() == other.tobytes(), field.name


def values(record: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All values inside a record that are no arrays over named axes, arrays inside them too."""
    if isinstance(record, tuple):
        for place, item in enumerate(record):
            yield from values(item, f"{path}[{place}]")
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            if field.metadata.get("dims") is None and field.name not in OF_ALL_VALUES:
                yield from values(getattr(record, field.name), f"{path}.{field.name}")
    else:
        yield path, record


@pytest.mark.parametrize("stage", STAGES)
def test_other_values_are_the_same_too(cases: tuple[Case, Case], stage: str) -> None:
    few, many = (dict(values(getattr(case, stage))) for case in cases)
    assert few.keys() == many.keys()
    for path, value in few.items():
        if isinstance(value, np.ndarray):
            first = many[path][: value.shape[0]]
            assert value.tobytes() == first.tobytes(), path
        else:
            assert value == many[path] or value != value, path


def test_the_list_of_what_is_said_of_all_draws_is_no_longer_than_it_must_be() -> None:
    for stage, names in OF_ALL.items():
        known = {field.name for field in dataclasses.fields(STAGES[stage])}
        assert names <= known
    every = set().union(*(typing.get_type_hints(kind) for kind in STAGES.values()))
    assert every >= OF_ALL_VALUES
