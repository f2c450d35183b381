"""Staff against enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.make.planning.proof import Status
from wattport.make.planning.staffing import ShiftPattern, staff_shifts


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


def test_a_wage_for_each_skill_is_needed() -> None:
    with pytest.raises(WattportError, match="wage for each skill"):
        staff_shifts([1.0, 2.0], 10.0, [ShiftPattern("day", 1600.0)], [40.0])
