"""
Resource-constrained schedules against the PSPLIB instances.

The suite spends fewer schedules than ``benchmarks/rcpsp.py``, which gives the full figures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from psplib import assert_feasible, critical_path, makespans, projects

from wattport.schedule.rcpsp import solve_rcpsp

PSPLIB = (
    "PSPLIB: Kolisch and Sprecher (1997), European Journal of Operational Research 96(1), "
    "doi:10.1016/S0377-2217(96)00170-1"
)
# A permutation genetic algorithm with double justification on the same instances:
# `python benchmarks/rcpsp.py plain`. With 5,000 schedules, only the first five instances of each
# group, for the sake of time.
N_INSTANCES = {1000: 10, 5000: 5}
PLAIN_FRAC = {1000: 0.2845, 5000: 0.2783}
PUBLISHED = {1000: "35.7 %", 5000: "33.7 %"}


@pytest.mark.reference_data
def test_optima_of_thirty_activities(validation: Any, reference_data: Path) -> None:
    folder = reference_data / "factory" / "psplib"
    optimum = makespans(folder / "j30opt.sm")
    n_missed = n_instances = 0
    for key, project in projects(folder / "j30.tar.gz"):
        plan = solve_rcpsp(project, n_schedules=30_000, seed=1)
        assert_feasible(project, plan.start, plan.makespan)
        assert plan.bound <= optimum[key] <= plan.makespan
        n_missed += plan.makespan > optimum[key]
        n_instances += 1
    assert n_instances == 480
    validation(
        engine="build", quantity="RCPSP J30, instances of 480 where the optimum is missed",
        source=PSPLIB, reached=n_missed, allowed=10, unit="instances",
        note="30,000 schedules each; no bound above an optimum",
    )  # fmt: skip


@pytest.mark.reference_data
@pytest.mark.parametrize("n_schedules", [1000, 5000])
def test_deviation_at_120_activities(
    validation: Any, reference_data: Path, n_schedules: int
) -> None:
    folder = reference_data / "factory" / "psplib"
    best = makespans(folder / "j120hrs.sm")
    deviation, known = [], []
    for key, project in projects(folder / "j120_groups_1-30.tar.gz"):
        if key[1] > N_INSTANCES[n_schedules]:
            continue
        plan = solve_rcpsp(project, n_schedules, seed=1)
        assert_feasible(project, plan.start, plan.makespan)
        assert plan.n_schedules <= n_schedules
        assert plan.bound <= best[key]
        path = critical_path(project)
        deviation.append(plan.makespan / path - 1.0)
        known.append(best[key] / path - 1.0)
    assert len(deviation) == 30 * N_INSTANCES[n_schedules]
    validation(
        engine="build",
        quantity=f"RCPSP J120 groups 1-30, mean beyond critical path, {n_schedules:,} schedules",
        source="Permutation genetic algorithm with double justification on the same instances "
        "(Hartmann 1998; Valls, Ballestin, Quintanilla 2005)",
        reached=float(np.mean(deviation)), allowed=PLAIN_FRAC[n_schedules], unit="frac",
        note=f"{len(known)} instances; best known {np.mean(known):.4f}; published with "
        f"double justification, over all 600 instances: {PUBLISHED[n_schedules]}",
    )  # fmt: skip
