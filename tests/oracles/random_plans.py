"""Random lines and shops, small enough to be solved by exhaustion."""

from __future__ import annotations

import numpy as np

from wattport.factory.planning.balance import Tasks

Jobs = list[list[list[tuple[int, int]]]]


def random_tasks(seed: int, n_most: int = 9) -> tuple[Tasks, int]:
    """Tasks with a cycle; every third with skills, every fourth with tasks kept apart."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, n_most + 1))
    time = tuple(int(t) for t in rng.integers(1, 20, n))
    number = rng.permutation(n)  # so that numbers do not follow precedence
    links = tuple(
        (int(number[a]), int(number[b]))
        for a in range(n)
        for b in range(a + 1, n)
        if rng.random() < 0.25
    )
    apart = tuple(
        (a, b) for a in range(n) for b in range(a) if seed % 4 == 0 and rng.random() < 0.2
    )
    skill = tuple(int(k) for k in rng.integers(0, 4, n)) if seed % 3 == 0 else ()
    cycle = max(time) + int(rng.integers(0, 15))
    return Tasks(time, links, apart, skill, n_skills_per_station=2 if skill else 64), cycle


def random_jobs(seed: int, n_jobs: int = 3, n_operations: int = 3, n_machines: int = 3) -> Jobs:
    """Jobs whose operations have one to three options; every other seed a plain job shop."""
    rng = np.random.default_rng(seed)
    jobs: Jobs = []
    for _ in range(n_jobs):
        job = []
        for _ in range(int(rng.integers(1, n_operations + 1))):
            n_options = 1 if seed % 2 else int(rng.integers(1, n_machines + 1))
            machines = rng.permutation(n_machines)[:n_options]
            job.append([(int(m), int(rng.integers(1, 12))) for m in machines])
        jobs.append(job)
    return jobs
