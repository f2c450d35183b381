"""
CPU seconds that a measured week of a 277-host cluster takes, reading included; 1 is allowed.

    python benchmarks/surf.py FOLDER [--repeats 5]

FOLDER holds the `surf_*` files of the SURF trace. A first week, which compiles, is not counted.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from wattport.energy.host import (
    calibrate_host,
    cluster_power_w,
    host_load,
    mean_absolute_error_frac,
)
from wattport.energy.host_trace import read_host_trace, read_measured_w

DAY = 2880


def play_week(folder: Path) -> float:
    """Read, calibrate on day 1, predict all days; return the error of days 2 to 7."""
    trace = read_host_trace(folder / "surf_tasks.parquet", folder / "surf_fragments.parquet")
    measured = read_measured_w(folder / "surf_consumption.parquet")
    topology = json.loads((folder / "surf_topology.json").read_text("utf-8"))
    n_hosts = topology["clusters"][0]["hosts"][0]["count"]
    load = host_load(trace.start_s, trace.n_samples, trace.usage_frac, trace.step_s, measured.size)
    host = calibrate_host(load.between(0, DAY), measured[:DAY], n_hosts)
    predicted = cluster_power_w(host, load, n_hosts)
    return mean_absolute_error_frac(predicted[DAY:], measured[DAY:])


def main() -> None:
    """Play the week several times and print the least time and the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    play_week(asked.folder)
    wall_s, cpu_s, error_frac = [], [], 0.0
    for _ in range(asked.repeats):
        begin_wall, begin_cpu = time.perf_counter(), time.process_time()
        error_frac = play_week(asked.folder)
        wall_s.append(time.perf_counter() - begin_wall)
        cpu_s.append(time.process_time() - begin_cpu)
    print(
        f"SURF week: {min(wall_s):.2f} s wall, {min(cpu_s):.2f} s cpu (wanted: 1); "
        f"MAPE of days 2 to 7 {100 * error_frac:.2f} % (wanted: 3.3)"
    )


if __name__ == "__main__":
    main()
