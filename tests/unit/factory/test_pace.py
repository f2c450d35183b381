"""The rate that buyers count on: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.factory.layout import lay_out
from wattport.factory.pace import mean_service_h, pace_per_h
from wattport.spec import load_factory


def pace(n_people: int, n_test_bays: int, cv: float = 0.3) -> float:
    """Of a line with 3 people for 10 h on two bays, then 2 for 4 h at a test that half pass."""
    crew = [{"skill": "fitters", "n_people": 3}], [{"skill": "fitters", "n_people": 2}]
    factory = load_factory(
        {
            "name": "line",
            "plants": [
                {
                    "name": "plant",
                    "skills": [{"name": "fitters", "n_people": n_people}],
                    "stations": [
                        {"name": "assembly", "n_bays": 2, "n_buffer": 0},
                        {"name": "test", "n_bays": n_test_bays, "n_buffer": 0},
                    ],
                }
            ],
            "products": [
                {
                    "name": "module",
                    "operations": [
                        {"name": "assembly", "station": "assembly", "cycle_h": 10,
                         "cycle_cv_frac": cv, "crew": crew[0]},
                        {"name": "test", "station": "test", "cycle_h": 4, "rework_h": 1,
                         "first_pass_yield_frac": 0.5, "crew": crew[1]},
                    ],
                }
            ],
        }
    )  # fmt: skip
    floor = lay_out(factory.draw(1, 1))
    of = floor.network
    return float(pace_per_h(of.operations, of.needs[0], of.stations["n_bays"][0],
                            floor.hours.n_people)[0])  # fmt: skip


def test_people_bays_or_test_bays_limit_whichever_is_tightest() -> None:
    crew_h = 3 * 10.0 + 2 * (4.0 + 4.0 + 1.0)  # half fail each time: one rework and retest more
    assert pace(5, 9) == pytest.approx(5 / crew_h)
    assert pace(100, 9) == pytest.approx(2 / 10.0)
    assert pace(100, 1) == pytest.approx(1 / 9.0)


def test_spread_changes_no_mean() -> None:
    assert pace(100, 9, cv=0.0) == pytest.approx(pace(100, 9, cv=0.8))


def test_long_fixed_hours_are_no_logarithm() -> None:
    floor = lay_out(load_factory("factory_modules").draw(1, 1))
    operations = floor.network.operations.copy()
    operations["service"], operations["p0"] = 0, 5000.0
    with np.errstate(over="raise"):
        assert (mean_service_h(operations) == 5000.0).all()
