"""Weeks, lots, heads and interest of the small campus, each worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattport.calendar.epoch import day_of
from wattport.design import size
from wattport.production import manufacture
from wattport.programme import construct
from wattport.programme.gates import transformers_needed
from wattport.records import Design, Programme
from wattport.spec import load

ORDERED = day_of(date(2026, 7, 1))


def built(*overrides: str, n_draws: int = 1) -> tuple[Design, Programme]:
    spec = load("small_20mw", *overrides).draw(n_draws, seed=0)
    design = size(spec)
    return design, construct(spec, design, manufacture(spec, design))


@pytest.fixture(scope="module")
def plain() -> Programme:
    return built()[1]


@pytest.mark.parametrize("weeks", [2.0, 9.0])
def test_a_late_tranche_counts_weeks_of_seven_days(weeks: float, plain: Programme) -> None:
    _, late = built(f"grid.tranches[0].delay_weeks={weeks}")
    assert late.first_compute_day[0] - plain.first_compute_day[0] == pytest.approx(7.0 * weeks)
    assert late.gate_day[0, 0] - plain.gate_day[0, 0] == pytest.approx(7.0 * weeks)
    # The second tranche, half a year later, is not held by it.
    assert late.full_campus_day[0] == plain.full_campus_day[0]


def test_a_late_start_counts_weeks_of_seven_days(plain: Programme) -> None:
    _, late = built("programme.start_delay_weeks=6")
    assert (late.site_finish_day - plain.site_finish_day).tolist() == [[42.0, 42.0, 42.0]]


@pytest.mark.parametrize("weeks", [110, 123])
def test_transformers_come_weeks_of_seven_days_after_their_order(weeks: int) -> None:
    """Ordered on a Wednesday: they are there on a Wednesday, and fit-out takes eight weeks."""
    _, made = built(f"programme.hv_transformer_lead_weeks={weeks}")
    there = ORDERED + 7.0 * weeks
    assert made.site_finish_day[0, 2] == there + 8 * 7.0


ONE_BY_ONE = (
    "programme.n_hv_transformers_per_lot=1", "programme.hv_transformer_spacing_weeks=20",
    "programme.hv_transformer_lead_weeks=130",
    "programme.site_activities[2].each=transformer_lot",
)  # fmt: skip


def test_a_hall_waits_for_its_share_of_the_transformers_and_not_for_the_spare() -> None:
    """
    Two units carry two halls, so that one carries one, whatever its rating says; a third is spare.

    At 47 % of 25 MVA and the least power factor allowed a unit has 10.90 MW; a hall takes 10.99.
    """
    design, made = built("campus.substation.loading_limit_frac=0.47", *ONE_BY_ONE)
    assert design.n_hv_transformers.tolist() == [3]
    energise = made.activity.index("energise")
    first, second = ORDERED + 7.0 * 130, ORDERED + 7.0 * 150
    # Fit-out of each takes eight weeks; a day of a week end may pass.
    assert 0.0 <= made.start_day[0, 0, energise] - (first + 8 * 7.0) <= 3.0
    assert 0.0 <= made.start_day[0, 1, energise] - (second + 8 * 7.0) <= 3.0


@given(
    halls=st.lists(st.floats(1.0, 80.0), min_size=1, max_size=12),
    carrying=st.integers(1, 8),
    unit_mw=st.floats(0.5, 200.0),
)
def test_transformers_needed_are_the_fewest_that_carry(
    halls: list[float], carrying: int, unit_mw: float
) -> None:
    """What carries the campus by design carries it here: each unit takes at least its share."""
    each = max(unit_mw, sum(halls) / carrying)
    needed = transformers_needed(np.array([halls]), np.array([carrying]), np.array([unit_mw]))[0]
    before = 0.0
    for hall, n_units in zip(halls, needed.tolist(), strict=True):
        before += hall
        assert 1 <= n_units <= carrying
        assert n_units * each >= before * (1.0 - 1e-6)
        assert n_units == 1 or (n_units - 1) * each < before * (1.0 + 1e-6)
    assert needed.tolist() == sorted(needed.tolist())


@pytest.mark.parametrize(("it_mw", "per_mw"), [(20, 5.0), (20, 8.0), (10, 5.0)])
def test_the_busiest_month_has_the_published_heads_per_megawatt(it_mw: int, per_mw: float) -> None:
    _, made = built(f"programme.construction_workers_per_mw={per_mw}", f"campus.it_mw={it_mw}")
    assert made.workers[0].max() == pytest.approx(per_mw * it_mw)
    # Crews by their size, month by month: heads follow them and nothing else.
    sizes = np.array([20.0, 25.0, 15.0, 12.0, 8.0, 8.0])
    crews = made.n_crews_busy[0] @ sizes
    np.testing.assert_allclose(made.workers[0] / made.workers[0].max(), crews / crews.max())


def test_racks_in_store_cost_the_interest_on_their_price() -> None:
    """The second hall slips by ten weeks, its fifty racks do not: they wait for seventy days."""
    late = "grid.tranches[1].delay_weeks={value: 0, low: -30, high: 30}"
    design, made = built("programme.rack_buffer_days=10", late, n_draws=40)
    assert (made.rack_store_days >= 0.0).all()
    assert made.rack_store_days[:, 1].max() > 60.0
    price_meur = 8.04 / 1.2
    years = made.rack_store_days / 365.25
    np.testing.assert_allclose(made.rack_carrying_meur, (50.0 * price_meur * 0.08 * years).sum(1))
    assert design.hall_n_racks[0].tolist() == [50, 50]
