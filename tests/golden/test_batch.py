"""Workloads worked by hand: every policy starts each job when the hand says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from wattport.batch import Policy, make_jobs, simulate, uniform_machine

CASES = yaml.safe_load((Path(__file__).parent / "batch" / "hand_worked.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("policy", ["fcfs", "easy", "conservative"])
def test_hand_worked_starts(case: dict[str, Any], policy: str) -> None:
    rows = [[*row, row[1]][:4] for row in case["jobs"]]
    submit, run, nodes, request = zip(*rows, strict=True)
    jobs = make_jobs(submit, run, nodes, request_s=request)
    result = simulate(jobs, uniform_machine(case["n_nodes"]), Policy(policy))
    assert (result.first_ms // 1000).tolist() == case["starts"][policy]
