"""Hours of a factory by hand: years before an opening, and work at less than full efficiency."""

from __future__ import annotations

from typing import Any

import pytest

from wattport.factory.bound import visit_h
from wattport.factory.hours import hours_of
from wattport.factory.layout import lay_out
from wattport.spec import load_factory


def bench(**plant: Any) -> dict[str, Any]:
    return {
        "name": "bench",
        "plants": [
            {
                "name": "bench",
                "n_shifts": 1, "shift_h": 8, "days_per_week": 5, "weeks_per_year": 50,
                "skills": [{"name": "fitter", "n_people": 2}],
                "stations": [{"name": "bench", "n_bays": 1, "n_buffer": 0}],
                **plant,
            }
        ],
        "products": [
            {
                "name": "part",
                "operations": [
                    {"name": "make", "station": "bench", "cycle_h": 8,
                     "first_pass_yield_frac": 0.75, "rework_h": 2,
                     "crew": [{"skill": "fitter", "n_people": 2}]}
                ],
            }
        ],
    }  # fmt: skip


def test_a_year_of_a_plant_that_opens_later_has_as_many_hours() -> None:
    worked = [
        float(hours_of(load_factory(bench(**opening)).draw(1, 7)).worked_h_per_year[0])
        for opening in ({}, {"opening": "2034-01-01"})
    ]
    assert worked[1] == pytest.approx(worked[0], rel=0.01)
    assert worked[0] == pytest.approx(2000.0, rel=0.02)


def test_rework_is_as_slow_as_the_work() -> None:
    """A quarter needs two hours more; at half the efficiency all of it takes twice as long."""
    factory = load_factory(bench(efficiency_frac=0.5)).draw(1, 7)
    operation = factory.products[0].operations[0]
    assert visit_h(operation, operation.cycle_h, factory.plants[0]) == pytest.approx(
        (8.0 + 0.25 * 2.0) / 0.5
    )


def test_a_change_of_family_is_as_slow_as_the_work() -> None:
    """A quarter of an hour at 80 % of the paid time takes a quarter of it longer."""
    given = bench(efficiency_frac=0.8)
    step = given["products"][0]["operations"][0] | {"first_pass_yield_frac": 1.0, "rework_h": 0}
    given["products"] = [
        {"name": name, "operations": [{**step, "family": name}]} for name in ("white", "black")
    ]
    given["plants"][0]["stations"][0]["changeovers"] = [
        {"from_family": "white", "to_family": "black", "setup_h": 0.25}
    ]
    floor = lay_out(load_factory(given).draw(1, 7))
    assert floor.network.changes["setup_h"].ravel().tolist() == pytest.approx([0.25 / 0.8])
