"""What holds for any project with limited resources."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from psplib import assert_feasible

from wattport.equations.precedence import LinkKind, link
from wattport.schedule.rcpsp import lower_bound, sample_schedules, solve_rcpsp
from wattport.schedule.rcpsp_project import ResourceProject


@st.composite
def projects(draw: st.DrawFn, most: int = 14, are_leads_allowed: bool = True) -> ResourceProject:
    n = draw(st.integers(1, most))
    n_resources = draw(st.integers(0, 6))
    capacity = np.array(
        draw(st.lists(st.integers(0, 9), min_size=n_resources, max_size=n_resources))
    )
    demand = np.array(
        [[draw(st.integers(0, int(c))) for c in capacity] for _ in range(n)], dtype=np.int64
    ).reshape(n, n_resources)
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1])
    pairs = draw(st.lists(ends, max_size=2 * n, unique=True)) if n > 1 else []
    lag = st.integers(-3 if are_leads_allowed else 0, 5)
    kinds = list(LinkKind) if are_leads_allowed else [LinkKind.FINISH_TO_START]
    return ResourceProject(
        duration=np.array(draw(st.lists(st.integers(0, 7), min_size=n, max_size=n))),
        # From a higher to a lower number: no circles, and not in the order of the input.
        links=link(
            *((max(e), min(e), draw(st.sampled_from(kinds)), float(draw(lag))) for e in pairs)
        ),
        demand=demand,
        capacity=capacity.astype(np.int64),
    )


@settings(max_examples=150, deadline=None)
@given(project=projects(), n_schedules=st.integers(1, 400), seed=st.integers(0, 2**31))
def test_schedules_are_feasible_and_never_beat_the_bound(
    project: ResourceProject, n_schedules: int, seed: int
) -> None:
    plan = solve_rcpsp(project, n_schedules, seed)
    assert_feasible(project, plan.start, plan.makespan)
    assert plan.bound <= plan.makespan
    assert plan.n_schedules <= n_schedules


@settings(max_examples=60, deadline=None)
@given(project=projects(most=5, are_leads_allowed=False))
def test_the_bound_never_exceeds_the_optimum(project: ResourceProject) -> None:
    # Without leads, the best serial schedule over all orders is the optimum.
    draws = project.duration[None]
    optimum = min(
        int(sample_schedules(project, draws, np.array(order)).max())
        for order in permutations(range(project.n_activities))
    )
    assert lower_bound(project) <= optimum
    assert solve_rcpsp(project, 300, seed=1).makespan >= optimum


@settings(max_examples=60, deadline=None)
@given(project=projects(), data=st.data())
def test_sampled_schedules_are_feasible(project: ResourceProject, data: st.DataObject) -> None:
    n = project.n_activities
    rng = np.random.default_rng(data.draw(st.integers(0, 2**31)))
    draws = rng.integers(0, 9, (3, n))
    finish = sample_schedules(project, draws, rng.integers(-5, 5, n))
    for duration, dates in zip(draws, finish, strict=True):
        drawn = ResourceProject(duration, project.links, project.demand, project.capacity)
        assert_feasible(drawn, dates - duration, int(dates.max()))
