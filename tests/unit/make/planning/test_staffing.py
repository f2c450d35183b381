"""Staff against enumeration, release against every order."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from plan_checks import least_tardiness

from wattport.errors import WattportError
from wattport.make.planning.proof import Status
from wattport.make.planning.staffing import ShiftPattern, release_units, staff_shifts


@pytest.mark.parametrize("seed", range(8))
def test_staff_costs_as_little_as_any(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labour, rate = rng.uniform(10, 60, 2), 100.0
    patterns = [
        ShiftPattern("day", 1600.0, 0.0, float(rng.uniform(0, 1e5))),
        ShiftPattern("night", 1400.0, 0.2, float(rng.uniform(0, 1e5))),
    ]
    wage, most = [40.0, 50.0], rng.integers(1, 5, (2, 2))
    plan = staff_shifts(labour.tolist(), rate, patterns, wage, most)
    best = np.inf
    for n in product(*(range(m + 1) for m in most.ravel())):
        people = np.array(n).reshape(2, 2)
        hours = np.array([1600.0, 1400.0]) @ people
        if (hours >= labour * rate).all():
            cost = sum(
                p.fixed_eur_per_year * (row.sum() > 0)
                + p.hours_per_year * (1 + p.premium_frac) * float(row @ wage)
                for p, row in zip(patterns, people, strict=True)
            )
            best = min(best, cost)
    if np.isinf(best):
        assert plan.status is Status.INFEASIBLE
    else:
        assert plan.status is Status.PROVED
        assert plan.cost_eur_per_year == pytest.approx(best)


@pytest.mark.parametrize("seed", range(20))
def test_release_is_near_the_best_order_and_never_below_the_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ready, due = rng.uniform(0, 5, 7), rng.uniform(1, 9, 7)
    weight = rng.uniform(1, 5, 7)
    plan = release_units(ready, due, weight, 1.0)
    best = least_tardiness(ready, due, weight, 1.0)
    assert plan.lower_bound <= best + 1e-9
    assert best - 1e-9 <= plan.tardiness <= 1.05 * best + 1e-9
    assert plan.tardiness <= plan.rule_tardiness


def test_release_dates_keep_takt_and_kits_and_give_the_tardiness() -> None:
    rng = np.random.default_rng(1)
    ready, due = rng.uniform(0, 60, 80), rng.uniform(0, 90, 80)
    weight = rng.uniform(1, 5, 80)
    plan = release_units(ready, due, weight, 1.0, line_days=4.0)
    assert sorted(plan.priority) == list(range(80))
    assert (plan.release_day >= ready).all()
    in_order = plan.release_day[np.argsort(plan.priority)]
    assert (np.diff(in_order) >= 1.0 - 1e-9).all()
    late = np.maximum(plan.release_day + 4.0 - due, 0.0)
    assert plan.tardiness == pytest.approx(float(weight @ late))


def test_release_is_proved_when_all_kits_are_there() -> None:
    rng = np.random.default_rng(2)
    plan = release_units(np.zeros(40), rng.uniform(0, 30, 40), rng.uniform(1, 9, 40), 1.0)
    assert plan.status is Status.PROVED


def test_a_wage_for_each_skill_is_needed() -> None:
    with pytest.raises(WattportError, match="wage for each skill"):
        staff_shifts([1.0, 2.0], 10.0, [ShiftPattern("day", 1600.0)], [40.0])
