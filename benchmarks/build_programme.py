"""
Time the site programme of the Dunkerque scenario on one core.

Run ``python benchmarks/build_programme.py [draws]``. Modules come at a steady pace, so that
only `build` is timed: one schedule with its causes, and five more without each cause.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from wattport.design import size
from wattport.programme import construct
from wattport.programme.dates import schedule
from wattport.programme.draws import foresee, pose
from wattport.records import Design, Production
from wattport.spec import load


def modules_at_a_steady_pace(design: Design) -> Production:
    """A module every day and a half from January 2028, in the order of the halls."""
    n_draws, n_halls = design.hall_it_mw.shape
    hall = np.full((n_draws, int(design.hall_n_modules.sum(axis=1).max())), -1)
    for k in range(n_draws):
        mine = np.repeat(np.arange(n_halls), design.hall_n_modules[k])
        hall[k, : mine.size] = mine
    done = np.where(hall >= 0, 730.0 + 1.5 * np.arange(hall.shape[1]), np.nan)
    none = np.zeros(hall.shape)
    return Production(
        module_hall=hall,
        module_done_day=done,
        module_need_day=done,
        module_kit_wait_days=none,
        module_enclosure_wait_days=none,
        module_line_days=none,
    )


def best_of_three(work: object, *inputs: object) -> float:
    """Shortest wall time of three calls, after one that compiles."""
    assert callable(work)
    work(*inputs)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work(*inputs)
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    """Print the timings."""
    n_draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    spec = load("dunkerque").draw(n_draws, seed=7)
    design = size(spec)
    production = modules_at_a_steady_pace(design)
    problem, _ = pose(foresee(spec, design, production))
    jobs = int(np.isfinite(problem.duration_days).sum())
    whole = best_of_three(construct, spec, design, production)
    one = best_of_three(schedule, problem)
    print(f"{n_draws} draws, {jobs / n_draws:.0f} jobs each")
    print(f"construct, five counterfactuals included: {whole:.2f} s")
    print(f"one schedule: {one:.3f} s, {one / jobs * 1e9:.0f} ns per job")


if __name__ == "__main__":
    main()
