"""GPU-hours held, sold and useful: what fails takes from them and never adds to them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.operation.operate import complete_years
from wattport.pipeline.stages import play
from wattport.records import Case

YEARS = ("finance.operation_years=3",)


def played(*overrides: str) -> Case:
    return play("small_20mw", *YEARS, *overrides, draws=1)


def levers(name: str, values: tuple[float, ...]) -> list[Case]:
    return [played(f"workload.training.{name}={value}") for value in values]


@pytest.mark.parametrize(
    ("name", "values"),
    [("failures_per_gpu_year", (0.0, 0.17, 1.0, 4.0)), ("restart_min", (1.0, 10.0, 60.0))],
)
def test_worse_machines_sell_less_and_cost_more(name: str, values: tuple[float, ...]) -> None:
    cases = levers(name, values)
    held = [case.operation.gpu_hours_held.sum() for case in cases]
    assert held == pytest.approx([held[0]] * len(held), rel=1e-9)
    for field in ("gpu_hours_sold", "gpu_hours_useful", "it_mwh"):
        falling = [float(getattr(case.operation, field).sum()) for case in cases]
        assert (np.diff(falling) < 0.0).all(), field
    cost = [float(case.ledger.gpu_hour_cost_eur[0]) for case in cases]
    worth = [float(case.ledger.net_present_value_eur[0]) for case in cases]
    assert (np.diff(cost) > 0.0).all()
    assert (np.diff(worth) < 0.0).all()


def test_what_a_rollback_repeats_is_sold_and_not_useful() -> None:
    kept, lost = levers("rollback_frac", (0.0, 1.0))
    np.testing.assert_allclose(kept.operation.gpu_hours_useful, kept.operation.gpu_hours_sold)
    assert (lost.operation.gpu_hours_useful[0, 1:] < lost.operation.gpu_hours_sold[0, 1:]).all()
    assert lost.ledger.gpu_hour_cost_eur[0] > kept.ledger.gpu_hour_cost_eur[0]
    assert lost.ledger.gpu_hour_held_cost_eur[0] == pytest.approx(
        kept.ledger.gpu_hour_held_cost_eur[0], rel=1e-3
    )


@pytest.mark.parametrize("path", ["grid.availability_frac", "campus.cooling.availability_frac"])
def test_an_outage_is_not_sold(path: str) -> None:
    good, bad = played(f"{path}=1"), played(f"{path}=0.9")
    np.testing.assert_allclose(bad.operation.gpu_hours_sold, 0.9 * good.operation.gpu_hours_sold)
    assert bad.ledger.net_present_value_eur[0] < good.ledger.net_present_value_eur[0]


def test_redundancy_serves_more_hours() -> None:
    """None to spare loses its share whenever a module is out; two for each hardly ever do."""
    served = [
        float(played(f"campus.modules.topology={name}").design.powered_frac[0])
        for name in ("n", "n+1", "2n")
    ]
    assert served == sorted(served)
    assert 1.0 - served[0] == pytest.approx(0.0004, rel=0.15)  # outage of one module
    assert served[2] > 0.9999998


def test_each_draw_has_its_own_complete_year() -> None:
    class Made:
        full_campus_day = np.array(
            [day_of(date(2030, 1, 1)) + after for after in (-1.0, 0.0, 1.0)] + [np.nan, 1e6]
        )

    found = complete_years(Made(), np.arange(2029, 2033))  # type: ignore[arg-type]
    assert found.tolist() == [2030, 2030, 2031, 0, 0]
