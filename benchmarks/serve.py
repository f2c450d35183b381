"""
Speed of serving, request by request and for a year.

Run ``python benchmarks/serve.py [--trace FILE] [--replicas 40] [--json]``. Without a trace of its
own it takes the Azure conversation trace below WATTPORT_REFERENCE_DATA, or generates as many
requests. CPU seconds on one core, best of five after one run that compiles.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from wattport.serving.aggregate import aggregate, serving_curve
from wattport.serving.engine import Fleet, simulate
from wattport.serving.latency import replica_of
from wattport.serving.request import Trace, diurnal_rate_per_s, generate, read_trace
from wattport.serving.split import Split, kv_bytes_per_token, simulate_split
from wattport.serving.token_power import decode_power_w, measured, power_trace_w, prefill_power_w

AZURE = "traces/AzureLLMInferenceTrace_conv_2023.csv"


def requests(named: str) -> Trace:
    """The trace asked for, the reference trace, or one of the same size."""
    folder = os.environ.get("WATTPORT_REFERENCE_DATA", "")
    path = Path(named) if named else Path(folder) / AZURE
    if path.is_file():
        return read_trace(path)
    stream = np.random.default_rng(1)
    lengths = Trace(
        np.zeros(1000), stream.integers(10, 2300, 1000), 1 + stream.geometric(1 / 210, 1000)
    )
    return generate(np.full(58, 19_366 / 3480), 60.0, lengths, seed=1)


def best_cpu_s(work: Callable[[], object]) -> float:
    """Least CPU time of five calls, after one that compiles."""
    work()
    times = []
    for _ in range(5):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", default="")
    parser.add_argument("--replicas", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    trace = requests(asked.trace)
    power = measured("Llama-3.1-70B")
    replica = replica_of(
        "Llama-3.1-70B", "h100_sxm", 4, max_batch=256,
        decode_w=decode_power_w(power, 256, idle_w=480.0), prefill_w=prefill_power_w(power),
    )  # fmt: skip
    fleet = Fleet(replica, asked.replicas)
    curve = serving_curve(fleet, trace, seed=1)
    rate = diurnal_rate_per_s(0.4 * curve.capacity_per_s * asked.replicas, 0.5, 14.0, 365, 0.8)
    one_s = best_cpu_s(lambda: simulate(fleet, trace))
    # Chunks beside decoding, and memory for an eighth of the batch, so that requests are evicted.
    rules = {"chunk_tokens": 2048, "is_reserving": False, "kv_tokens": 20_000}
    tight = Fleet(dataclasses.replace(replica, **rules), max(1, asked.replicas // 20))
    tight_s = best_cpu_s(lambda: simulate(tight, trace))
    half = Fleet(replica, max(1, asked.replicas // 2))
    split = Split(half, half, kv_bytes_per_token("Llama-3.1-70B", 1.0), link_gb_per_s=50.0)
    split_s = best_cpu_s(lambda: simulate_split(split, trace))
    figures = {
        "requests": trace.arrival_s.size,
        "requests_per_cpu_s": trace.arrival_s.size / one_s,
        "wanted_requests_per_cpu_s": 100_000,
        "requests_per_cpu_s_evicting": trace.arrival_s.size / tight_s,
        "requests_per_cpu_s_split": trace.arrival_s.size / split_s,
        "curve_cpu_s": best_cpu_s(lambda: serving_curve(fleet, trace, seed=1)),
        "year_cpu_s": best_cpu_s(lambda: aggregate(curve, rate, 3600.0, asked.replicas)),
        "power_samples_per_cpu_s": 1e6 / best_cpu_s(lambda: power_trace_w(power, 64, 10**6, 1)),
    }
    if asked.json:
        print(json.dumps(figures))
        return
    print(
        f"{figures['requests']} requests on {asked.replicas} replicas: "
        f"{figures['requests_per_cpu_s']:,.0f} requests per CPU second (wanted: 100,000)"
    )
    print(
        f"chunks and eviction on a twentieth: {figures['requests_per_cpu_s_evicting']:,.0f}; "
        f"prefill and decoding apart: {figures['requests_per_cpu_s_split']:,.0f}"
    )
    print(
        f"curve of the load {figures['curve_cpu_s']:.2f} s, a year of hours from it "
        f"{1e3 * figures['year_cpu_s']:.0f} ms, "
        f"{figures['power_samples_per_cpu_s']:,.0f} power samples per CPU second"
    )


if __name__ == "__main__":
    main()
