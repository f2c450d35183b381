"""The schedule engine against textbooks and closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from wattport.design import size
from wattport.equations.precedence import Links, early_dates, late_dates, link, total_float
from wattport.programme.activity_network import NO_CREW, NO_WEATHER, Network
from wattport.programme.calendar import week_time
from wattport.programme.dates import Problem, Schedule, schedule
from wattport.programme.dates_kernel import BY_LINK
from wattport.programme.draws import foresee, pose
from wattport.programme.weather_windows import no_weather
from wattport.records import Production
from wattport.spec import load


def solve(durations: np.ndarray, links: Links) -> Schedule:
    """Schedule a network whose every day is worked, from day -3, without crews."""
    n_draws, n_jobs = durations.shape
    none = np.zeros(n_jobs, dtype=np.bool_)
    network = Network(
        n_site=n_jobs, n_template=0, n_halls=0, links=links,
        is_elapsed=np.zeros(links.n_links, dtype=np.bool_),
        is_stagger=np.zeros(links.n_links, dtype=np.bool_), crew=np.full(n_jobs, NO_CREW),
        weather=np.full(n_jobs, NO_WEATHER),
        task=np.arange(n_jobs), member=np.zeros(n_jobs, dtype=np.int64),
        is_grid_gated=none, is_module_gated=none,
        is_long_lead_gated=none, is_rack_gated=none,
    )  # fmt: skip
    return schedule(
        Problem(
            network=network, duration_days=durations,
            release_work=np.zeros((n_draws, n_jobs)), stagger_days=np.zeros(n_draws),
            n_crews=np.ones((n_draws, 1), dtype=np.int64),
            time=week_time(7.0), weather=no_weather(n_draws),
        )
    )  # fmt: skip


# Optimistic, likely and pessimistic weeks, and predecessors.
GENERAL_FOUNDRY = {
    "A": ((1, 2, 3), ""),
    "B": ((2, 3, 4), ""),
    "C": ((1, 2, 3), "A"),
    "D": ((2, 4, 6), "AB"),
    "E": ((1, 4, 7), "C"),
    "F": ((1, 2, 9), "C"),
    "G": ((3, 4, 11), "DE"),
    "H": ((1, 2, 3), "FG"),
}
BOOK = "Render, Stair, Hanna: Quantitative Analysis for Management, General Foundry"


def test_general_foundry(validation: Any) -> None:
    names = list(GENERAL_FOUNDRY)
    triples = np.array([row[0] for row in GENERAL_FOUNDRY.values()], dtype=float)
    mean = (triples[:, 0] + 4.0 * triples[:, 1] + triples[:, 2]) / 6.0
    variance = ((triples[:, 2] - triples[:, 0]) / 6.0) ** 2
    links = link(
        *((names.index(p), j) for j, row in enumerate(GENERAL_FOUNDRY.values()) for p in row[1])
    )
    early, finish = early_dates(mean, links)
    late, _ = late_dates(mean, links, finish.max())
    critical = total_float(early, late) < 1e-9
    validation(
        engine="build", quantity="PERT textbook case, duration", source=BOOK,
        reached=float(finish.max()) - 15.0, allowed=1e-9, unit="weeks",
    )  # fmt: skip
    assert "".join(np.array(names)[critical]) == "ACEGH"
    chance = ndtr((16.0 - 15.0) / math.sqrt(variance[critical].sum()))
    validation(
        engine="build", quantity="PERT textbook case, chance of 16 weeks", source=BOOK,
        reached=float(chance) - 0.71567, allowed=0.002, unit="frac",
        note="the book reads a table at z = 0.57",
    )  # fmt: skip

    # The compiled schedule agrees, and its driving chain is the critical path.
    planned = solve(mean[None], links)
    validation(
        engine="build", quantity="PERT textbook case, compiled schedule", source=BOOK,
        reached=float(planned.finish_day.max() - planned.start_day.min()) - 15.0,
        allowed=1e-9, unit="weeks",
    )  # fmt: skip
    chain, job = "", names.index("H")
    while job >= 0:
        chain = names[job] + chain
        assert job == 0 or planned.driver[0, job] == BY_LINK
        job = int(planned.driver_job[0, job])
    assert chain == "ACEGH"


def test_merge_of_two_equal_paths(validation: Any) -> None:
    # All pairs of 800 equally likely values of each path: no sampling error.
    mean, sigma = 100.0, 10.0
    path = mean + sigma * ndtri((np.arange(800) + 0.5) / 800)
    durations = np.stack((np.repeat(path, 800), np.tile(path, 800), np.zeros(640_000)), axis=1)
    finish = solve(durations, link((0, 2), (1, 2))).finish_day[:, 2] + 3.0
    validation(
        engine="build", quantity="Merge of two equal normal paths, mean beyond one path",
        source="Clark (1961), The greatest of a finite set of random variables: sigma/sqrt(pi)",
        reached=float((finish.mean() - mean) / sigma) - 1.0 / math.sqrt(math.pi),
        allowed=1e-3, unit="sigma",
    )  # fmt: skip
    validation(
        engine="build", quantity="Merge of two equal normal paths, spread",
        source="Clark (1961), The greatest of a finite set of random variables: 1 - 1/pi",
        reached=float(finish.std() / sigma) - math.sqrt(1.0 - 1.0 / math.pi),
        allowed=1e-3, unit="sigma",
    )  # fmt: skip


@pytest.mark.parametrize("n_paths", [2, 5, 10])
def test_merge_of_many_exponential_paths(validation: Any, n_paths: int) -> None:
    # The mean of the largest of n exponentials is the n-th harmonic number.
    rng = np.random.default_rng(5)
    n_draws = 200_000
    durations = np.zeros((n_draws, n_paths + 1))
    durations[:, :n_paths] = rng.exponential(1.0, (n_draws, n_paths))
    finish = solve(durations, link(*((i, n_paths) for i in range(n_paths)))).finish_day[:, -1]
    harmonic = sum(1.0 / i for i in range(1, n_paths + 1))
    error = math.sqrt(sum(1.0 / i**2 for i in range(1, n_paths + 1)) / n_draws)
    validation(
        engine="build", quantity=f"Merge of {n_paths} exponential paths, mean",
        source="Order statistics of the exponential: the harmonic numbers",
        reached=float(finish.mean() + 3.0) / harmonic - 1.0,
        allowed=3.0 * error / harmonic, unit="frac", note="200,000 draws, three standard errors",
    )  # fmt: skip


def test_a_hall_alone_takes_as_long_as_builders_say(consistency: Any) -> None:
    spec = load("dunkerque").draw(1)
    design = size(spec)
    modules = np.repeat(np.arange(design.hall_it_mw.shape[1]), design.hall_n_modules[0])[None]
    there = np.zeros(modules.shape)
    made = Production(
        module_hall=modules, module_done_day=there, module_need_day=there,
        module_kit_wait_days=there, module_enclosure_wait_days=there, module_line_days=there,
    )  # fmt: skip
    future = foresee(spec, design, made)
    # Nothing from outside holds the first hall: no grid, no HV transformers.
    gates = future.gates
    free = replace(
        gates,
        grid_day=np.zeros_like(gates.grid_day),
        long_lead_day=np.zeros_like(gates.long_lead_day),
    )
    problem, _ = pose(replace(future, gates=free))
    planned = schedule(problem)
    ready = planned.hall_finish_day(future.network)[0, 0].max()
    consistency(
        engine="build", quantity="Hall of 50 MW alone, from ground-breaking to ready",
        source="Cortex Construct, How long does it take to build a data center, 5 Apr 2026: "
        "14-22 months for a building of 30-60 MW",
        reached=float(ready - planned.start_day[0, 0]) / 30.44 - 18.0, allowed=4.0, unit="months",
        note="the whole published range is allowed; racks included, which the source leaves out",
    )  # fmt: skip
