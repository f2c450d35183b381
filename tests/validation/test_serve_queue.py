"""Serving held to formulas of queues, without any data."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.serving.engine import Fleet, Replica, simulate
from wattport.serving.request import Trace, generate


def test_a_single_server_waits_as_the_formula_says(validation: Any) -> None:
    """One slot, prompts of one length, one token each: a queue M/D/1."""
    service_s, load_frac, n = 0.5, 0.8, 400_000
    replica = Replica(
        1.0, 0.0, 0.0, 0.1, 0.004, 0.0, 1000, 1, 1, (1.0, 1.0), 1.0, prefill_tokens=100
    )
    lengths = Trace(np.zeros(1), np.array([100]), np.array([1]))
    span_s = n * service_s / load_frac
    trace = generate(np.full(1, load_frac / service_s), span_s, lengths, seed=4)
    wait_s = float(simulate(Fleet(replica, 1), trace, step_s=3600.0).ttft_s.mean()) - service_s
    formula_s = load_frac * service_s / (2.0 * (1.0 - load_frac))
    validation(
        engine="run", quantity="mean wait of a replica with one slot, 80 % busy",
        source="Pollaczek (1930), Khinchine (1932): M/D/1", reached=wait_s / formula_s - 1.0,
        allowed=0.02, unit="frac", note=f"{n:,} requests",
    )  # fmt: skip
