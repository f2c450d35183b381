"""Schedules with limited resources, against readable twins of the kernels."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from psplib import assert_feasible, offsets

from wattport.equations.precedence import LinkKind, Links, link
from wattport.errors import SpecError, WattportError
from wattport.schedule import rcpsp_kernel as schemes
from wattport.schedule.rcpsp import Status, lower_bound, sample_schedules, solve_rcpsp
from wattport.schedule.rcpsp_project import ResourceProject, compiled
from wattport.schedule.rcpsp_proof import prove


def random_project(
    seed: int, n: int = 12, n_resources: int = 3, n_kinds: int = len(LinkKind)
) -> ResourceProject:
    rng = np.random.default_rng(seed)
    pairs = sorted({(int(rng.integers(0, j)), j) for j in range(1, n) for _ in range(2)})
    links = link(
        *((a, b, LinkKind(rng.integers(n_kinds)), int(rng.integers(0, 4))) for a, b in pairs)
    )
    # Numbered at random, as users do.
    name = rng.permutation(n)
    return ResourceProject(
        duration=rng.integers(0, 9, n),
        links=replace(links, predecessor=name[links.predecessor], successor=name[links.successor]),
        demand=rng.integers(0, 6, (n, n_resources)) * (rng.random((n, n_resources)) < 0.6),
        capacity=np.full(n_resources, 8),
    )


def earliest(project: ResourceProject, start: dict[int, int], j: int) -> int | None:
    """Earliest start of an activity by its links; None while a predecessor is not placed."""
    ready, links = 0, project.links
    for i, offset in enumerate(offsets(project)):
        if links.successor[i] == j:
            before = int(links.predecessor[i])
            if before not in start:
                return None
            ready = max(ready, start[before] + int(offset))
    return ready


def fits(project: ResourceProject, start: dict[int, int], j: int, at: int) -> bool:
    for t in range(at, at + int(project.duration[j])):
        used = project.demand[j].copy()
        for other, s in start.items():
            if s <= t < s + project.duration[other]:
                used = used + project.demand[other]
        if (used > project.capacity).any():
            return False
    return True


def serial_twin(project: ResourceProject, order: list[int]) -> dict[int, int]:
    start: dict[int, int] = {}
    for j in order:
        at = earliest(project, start, j)
        assert at is not None
        while not fits(project, start, j, at):
            at += 1
        start[j] = at
    return start


def parallel_twin(project: ResourceProject, order: list[int]) -> dict[int, int]:
    start: dict[int, int] = {}
    now = 0
    while len(start) < len(order):
        for j in order:
            ready = None if j in start else earliest(project, start, j)
            if ready is not None and ready <= now and fits(project, start, j, now):
                start[j] = now
                break
        else:
            now += 1
    return start


def some_order(project: ResourceProject, seed: int) -> np.ndarray:
    """An order along the links, in the numbers of the kernels."""
    forward, _, _ = compiled(project)
    key = np.random.default_rng(seed).integers(0, 40, project.n_activities).astype(np.int32)
    schemes.follow_links(key, forward)
    order, count = np.empty_like(key), np.empty(key.max() + 2, np.int32)
    schemes.sort_by_key(key, order, count)
    return order


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_resources", [1, 3, 6])
def test_both_schemes_agree_with_their_twins(seed: int, n_resources: int) -> None:
    project = random_project(seed, n_resources=n_resources)
    forward, backward, _ = compiled(project)
    order = some_order(project, seed)
    named = project.order[order].tolist()
    start = np.empty(order.size, np.int32)
    profile = np.empty((project.n_periods, forward.free.size), np.uint64)

    makespan = schemes.place_serially(order, forward, start, profile)
    twin = serial_twin(project, named)
    assert [twin[j] for j in project.order] == start.tolist()
    assert makespan == max(twin[j] + project.duration[j] for j in twin)

    makespan = schemes.place_in_parallel(order, forward, backward, start)
    twin = parallel_twin(project, named)
    assert [twin[j] for j in project.order] == start.tolist()
    assert makespan == max(twin[j] + project.duration[j] for j in twin)


@pytest.mark.parametrize("seed", range(4))
def test_a_schedule_read_backwards_keeps_the_mirrored_links(seed: int) -> None:
    project = random_project(seed)
    forward, backward, _ = compiled(project)
    order = some_order(project, seed)
    start, mirrored = np.empty(order.size, np.int32), np.empty(order.size, np.int32)
    profile = np.empty((project.n_periods, 1), np.uint64)
    makespan = schemes.place_serially(order, forward, start, profile)
    schemes.mirror_starts(start, forward.duration, makespan, mirrored)
    for j in range(order.size):
        for i in range(backward.first[j], backward.first[j + 1]):
            assert mirrored[j] >= mirrored[backward.other[i]] + backward.offset[i]


@pytest.mark.parametrize("seed", range(10))
def test_justification_never_makes_a_schedule_longer(seed: int) -> None:
    # With finish-to-start links only: others may start before their predecessor.
    project = random_project(seed, n=25, n_kinds=1)
    forward, backward, _ = compiled(project)
    order = some_order(project, seed)
    start, mirrored = np.empty(order.size, np.int32), np.empty(order.size, np.int32)
    profile = np.empty((project.n_periods, 1), np.uint64)
    makespan = schemes.place_serially(order, forward, start, profile)
    schemes.mirror_starts(start, forward.duration, makespan, mirrored)
    schemes.follow_links(mirrored, backward)
    schemes.sort_by_key(mirrored, order, np.empty(project.n_periods + 2, np.int32))
    assert schemes.place_serially(order, backward, start, profile) <= makespan


def test_equal_keys_keep_the_order_of_numbers() -> None:
    key = np.array([3, 0, 3, 1, 0], np.int32)
    order = np.empty(5, np.int32)
    schemes.sort_by_key(key, order, np.empty(5, np.int32))
    assert order.tolist() == np.argsort(key, kind="stable").tolist()


def test_same_seed_same_schedule_and_never_more_schedules_than_allowed() -> None:
    project = random_project(3, n=40)
    one, two = (solve_rcpsp(project, 500, seed=9) for _ in range(2))
    assert one.start.tolist() == two.start.tolist()
    assert one.n_schedules <= 500
    assert_feasible(project, one.start, one.makespan)


@pytest.mark.parametrize("n_schedules", [1, 2, 3, 10])
def test_a_search_may_be_stopped_at_once(n_schedules: int) -> None:
    project = random_project(5)
    plan = solve_rcpsp(project, n_schedules, seed=1)
    assert plan.n_schedules <= n_schedules
    assert_feasible(project, plan.start, plan.makespan)


def test_without_scarcity_the_critical_path_is_optimal() -> None:
    project = replace(random_project(2), capacity=np.full(3, 1000))
    plan = solve_rcpsp(project, 50, seed=1)
    assert plan.status is Status.OPTIMAL
    assert plan.gap_frac == 0.0


def test_work_per_unit_bounds_the_makespan() -> None:
    # Five jobs of 3 periods on two crews: 15 / 2 rounds up to 8, but none may be cut.
    project = ResourceProject(np.full(5, 3), link(), np.ones((5, 1)), np.array([2]))
    assert lower_bound(project) == 8
    assert solve_rcpsp(project, 100, seed=1).makespan == 9


def test_pairs_that_cannot_overlap_bound_the_makespan() -> None:
    # Each needs 3 of 5: the work fits 12 periods, but one must follow the other.
    project = ResourceProject(np.full(4, 5), link(), np.full((4, 1), 3), np.array([5]))
    plan = solve_rcpsp(project, 50, seed=1)
    assert lower_bound(project) >= 12
    assert plan.makespan == 20


def test_nothing_to_do_and_no_resources() -> None:
    nothing = ResourceProject(np.empty(0, int), link(), np.empty((0, 1)), np.array([1]))
    assert solve_rcpsp(nothing, 10, seed=1).status is Status.OPTIMAL
    free = ResourceProject(np.array([2, 3]), link((0, 1)), np.empty((2, 0)), np.empty(0))
    assert solve_rcpsp(free, 10, seed=1).makespan == 5
    idle = ResourceProject(np.array([0, 0]), link((0, 1)), np.zeros((2, 1)), np.array([0]))
    assert solve_rcpsp(idle, 10, seed=1).makespan == 0


def test_sampled_finishes_are_those_of_one_serial_schedule_each() -> None:
    project = random_project(7)
    priority = np.random.default_rng(0).integers(-50, 50, project.n_activities)
    draws = np.random.default_rng(1).integers(0, 12, (20, project.n_activities))
    finish = sample_schedules(project, draws, priority)
    # The order is along the links, and otherwise by priority.
    forward, _, _ = compiled(project)
    key = np.unique(priority[project.order], return_inverse=True)[1].astype(np.int32)
    schemes.follow_links(key, forward)
    named = project.order[np.argsort(key, kind="stable")].tolist()
    for duration, dates in zip(draws, finish, strict=True):
        drawn = replace(project, duration=duration)
        twin = serial_twin(drawn, named)
        assert [twin[j] + duration[j] for j in range(duration.size)] == dates.tolist()
    assert np.array_equal(sample_schedules(project, draws[5:9], priority), finish[5:9])


def test_a_gate_is_an_activity_without_demand() -> None:
    project = ResourceProject(
        np.array([0, 4]), link((0, 1)), np.array([[0], [1]]), np.array([1])
    )  # fmt: skip
    finish = sample_schedules(project, np.array([[0, 4], [30, 4]]), np.array([0, 0]))
    assert finish[:, 1].tolist() == [4, 34]


BAD = {
    "demand above capacity": (dict(demand=[[3], [1]]), r"demand\[0, 0\].*more of resource 0"),
    "half a period": (dict(duration=[1.5, 2]), r"duration\[0\].*whole number"),
    "negative": (dict(duration=[-1, 2]), r"duration\[0\]"),
    "not a number": (dict(duration=[np.nan, 2]), r"duration\[0\]"),
    "capacity too large": (dict(capacity=[40_000]), "coarser"),
    "shapes": (dict(demand=[[1, 1], [1, 1]]), "do not fit"),
    "circle": (dict(links=link((0, 1), (1, 0))), "activities 0, 1 wait"),
    "unknown activity": (dict(links=link((0, 2))), "does not exist"),
    "half a lag": (dict(links=link((0, 1, LinkKind.START_TO_START, 0.5))), "finer periods"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_scheduled_is_refused_with_a_remedy(case: str) -> None:
    change, message = BAD[case]
    good: dict[str, object] = dict(
        duration=[2, 3], links=link((0, 1)), demand=[[1], [1]], capacity=[2]
    )
    parts = {
        name: value if isinstance(value, Links) else np.array(value)
        for name, value in {**good, **change}.items()
    }
    with pytest.raises(SpecError, match=message):
        ResourceProject(**parts)  # type: ignore[arg-type]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        ResourceProject(np.array([-1, 2]), link((0, 1)), np.array([[3], [9]]), np.array([2]))
    assert len(caught.value.findings) == 3


def test_proof_needs_an_extra_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    project = random_project(1)
    plan = replace(solve_rcpsp(project, 1, seed=1), bound=0)
    with pytest.raises(WattportError, match=r"pip install 'wattport\[schedule\]'"):
        prove(project, plan, effort=1.0, seed=1)


def test_proof_starts_from_the_plan_and_never_worsens_it() -> None:
    pytest.importorskip("ortools")
    project = random_project(4)
    plan = solve_rcpsp(project, 1, seed=1)
    proved = prove(project, plan, effort=2.0, seed=1)
    assert_feasible(project, proved.start, proved.makespan)
    assert plan.bound <= proved.bound <= proved.makespan <= plan.makespan
    assert proved.status is Status.OPTIMAL
    # No effort at all leaves the plan as it is.
    assert prove(project, plan, effort=1e-9, seed=1).makespan == plan.makespan
