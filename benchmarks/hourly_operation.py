"""
Milliseconds that one draw-year of hourly operation takes; 10 are allowed.

    python benchmarks/hourly_operation.py [--draws 50] [--scenario dunkerque]

The stages before `run` are played first and not counted; nor is a first play, which compiles.
"""

from __future__ import annotations

import argparse
import time

from wattport import pipeline
from wattport.operation import operate


def main() -> None:
    """Operate the campus over its life and print the time for each draw and year."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--scenario", default="dunkerque")
    asked = parser.parse_args()
    pipeline.play(asked.scenario, draws=1, until="run")
    case = pipeline.play(asked.scenario, draws=asked.draws, until="build")
    assert case.design is not None
    assert case.programme is not None
    begin_wall, begin_cpu = time.perf_counter(), time.process_time()
    operation = operate(case.spec, case.design, case.programme)
    wall_s, cpu_s = time.perf_counter() - begin_wall, time.process_time() - begin_cpu
    n_years = operation.year.size
    cells = asked.draws * n_years
    print(
        f"{asked.draws} draws x {n_years} years: {wall_s:.2f} s wall, {cpu_s:.2f} s cpu; "
        f"{1e3 * wall_s / cells:.2f} ms wall and {1e3 * cpu_s / cells:.2f} ms cpu a draw-year "
        "(wanted: 10)"
    )


if __name__ == "__main__":
    main()
