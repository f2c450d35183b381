"""Tranches, their power, and who is admitted when."""

from datetime import date

import numpy as np

from wattport.calendar.epoch import day_of
from wattport.programme.gates import admitting_tranche, rack_day, tranche_day, tranche_power_mw
from wattport.spec import Spec
from wattport.spec.campus.campus import RackGeneration
from wattport.spec.campus.grid import Tranche


def test_a_tranche_that_slips_holds_the_later_ones(dunkerque: Spec) -> None:
    grid = dunkerque.grid.model_copy(
        update={
            "tranches": (
                Tranche(date=date(2028, 1, 3), power_mw=100.0, delay_weeks=52.0),
                Tranche(date=date(2028, 6, 5), power_mw=300.0, delay_weeks=0.0),
                Tranche(date=date(2030, 1, 7), delay_weeks=-4.0),
            ),
            "connection_mw": 250.0,
        }
    )
    late = day_of(date(2028, 1, 3)) + 364.0
    assert tranche_day(grid, 1).tolist() == [[late, late, day_of(date(2030, 1, 7)) - 28.0]]
    # 300 MW of a connection that has only 250.
    assert tranche_power_mw(grid, 1).tolist() == [[100.0, 250.0, 250.0]]


def test_halls_are_admitted_in_building_order() -> None:
    halls = np.array([[50.0, 50.0, 50.0, 0.0], [120.0, 10.0, 0.0, 0.0]])
    power = np.array([[100.0, 150.0], [100.0, 130.0]])
    assert admitting_tranche(halls, power)[0, :3].tolist() == [0, 0, 1]
    assert admitting_tranche(halls, power)[1, :2].tolist() == [1, 1]


def test_racks_come_with_their_generation() -> None:
    generations = (
        RackGeneration(generation="a", available_from=date(2027, 1, 1)),
        RackGeneration(generation="b", available_from=date(2029, 1, 1)),
    )
    days = rack_day(generations, ("b", "a"), np.array([[0, 1, -1]]))
    assert days.tolist() == [[day_of(date(2029, 1, 1)), day_of(date(2027, 1, 1)), -np.inf]]
