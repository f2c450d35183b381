"""The policies against their twin, and what each of the richer features does."""

from __future__ import annotations

import numpy as np
import pytest
from scheduler_twin import start_times, start_times_under_cap

from wattport.batch import (
    Failures,
    Maintenance,
    Policy,
    Scope,
    Steps,
    make_jobs,
    simulate,
    uniform_machine,
)
from wattport.batch.failure import FailureKind
from wattport.errors import WattportError

TWINNED = [Policy.FCFS, Policy.SJF, Policy.EASY, Policy.CONSERVATIVE]


def random_jobs(seed: int, n_jobs: int, n_nodes: int, most_request: float = 1.0):
    rng = np.random.default_rng(seed)
    run = rng.choice([0, 1, 5, 20, 60], n_jobs) * rng.integers(1, 9, n_jobs)
    request = np.ceil(run * rng.uniform(1.0, most_request, n_jobs)).astype(int)
    submit = rng.integers(0, 40 * n_jobs // n_nodes + 2, n_jobs)
    return submit, run, request, rng.integers(1, n_nodes + 1, n_jobs)


@pytest.mark.parametrize("policy", TWINNED)
@pytest.mark.parametrize("most_request", [1.0, 4.0])
def test_starts_equal_the_twin(policy: Policy, most_request: float) -> None:
    for seed in range(34):  # each size of machine twice
        n_nodes = 1 + seed % 17
        submit, run, request, nodes = random_jobs(seed, 40, n_nodes, most_request)
        jobs = make_jobs(submit, run, nodes, request_s=request)
        ours = simulate(jobs, uniform_machine(n_nodes), policy).first_ms
        columns = (jobs.submit_ms, jobs.run_ms, jobs.request_ms, jobs.n_nodes)
        rows = [tuple(map(int, row)) for row in zip(*columns, strict=True)]
        assert ours.tolist() == start_times(rows, n_nodes, policy), seed


def test_a_job_larger_than_the_machine_is_rejected_and_counted() -> None:
    result = simulate(make_jobs([0, 0], [5, 5], [3, 1]), uniform_machine(2))
    assert result.counts["larger than the machine"] == 1
    assert result.end_ms.tolist() == [-1, 5000]


def test_higher_priority_goes_first() -> None:
    jobs = make_jobs([0, 1, 2], [10, 10, 10], [2, 2, 2], priority=[0, 0, 5])
    assert simulate(jobs, uniform_machine(2)).first_ms.tolist() == [0, 20_000, 10_000]


def test_a_preempted_job_goes_on_from_its_last_checkpoint() -> None:
    jobs = make_jobs(
        [0, 25], [100, 10], [4, 4], priority=[0, 1], is_preemptible=[True, False],
        cycle_s=10, restart_s=3,
    )  # fmt: skip
    result = simulate(jobs, uniform_machine(4), is_preempting=True)
    assert result.first_ms.tolist() == [0, 25_000]
    # 20 of 25 s are saved; 80 remain after a restart of 3 s from 35 s on.
    assert result.end_ms.tolist() == [118_000, 35_000]
    assert result.lost_node_ms.tolist() == [20_000, 0]
    assert result.n_preemptions.tolist() == [1, 0]


def test_nobody_is_preempted_in_vain_or_against_its_rank() -> None:
    jobs = make_jobs([0, 0, 5], [100, 100, 10], [2, 2, 4], priority=[0, 2, 1], is_preemptible=True)
    result = simulate(jobs, uniform_machine(4), is_preempting=True)
    assert result.n_preemptions.tolist() == [0, 0, 0]


def test_an_elastic_job_starts_on_what_there_is_and_takes_longer() -> None:
    jobs = make_jobs([0, 0], [50, 60], [6, 8], least_nodes=[6, 4], restart_s=20)
    result = simulate(jobs, uniform_machine(10), Policy.FCFS)
    assert result.first_ms.tolist() == [0, 0]
    assert result.end_ms.tolist() == [50_000, 120_000]


def test_maintenance_waits_for_jobs_and_returns_its_nodes() -> None:
    jobs = make_jobs([0, 1, 12], [10, 4, 1], [3, 1, 4])
    result = simulate(
        jobs, uniform_machine(4), maintenance=[Maintenance(5.0, 20.0, 2)], until_s=40.0
    )
    # One node at 5 s, when job 2 ends, the second at 10 s; job 3 waits for all four.
    assert result.maintained_node_ms == 15_000 + 10_000
    assert result.first_ms.tolist() == [0, 1000, 20_000]
    held = (result.log.end_ms - result.log.begin_ms) * result.log.n_nodes
    assert held[result.log.kind == 2].sum() == result.maintained_node_ms


def test_a_cap_holds_starts_back_until_it_is_lifted() -> None:
    machine = uniform_machine(4, idle_w=100e3, active_w=1e6)
    jobs = make_jobs([0, 0, 0], [10, 10, 10], [1, 1, 1])
    cap = Steps(np.array([0.0, 5.0]), np.array([2.3, 10.0]))
    result = simulate(jobs, machine, Policy.POWER, cap_mw=cap)
    assert result.first_ms.tolist() == [0, 0, 5000]


def test_starts_under_a_cap_are_those_of_the_plain_implementation() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n_nodes = int(rng.integers(2, 12))
        submit, run, request, nodes = random_jobs(seed, 40, n_nodes, 3.0)
        run, request = np.maximum(run, 1), np.maximum(request, 1)
        above_w = rng.integers(1, 10, submit.size) * 100
        cap_w = int(rng.integers(5, 12)) * 100 * n_nodes // 2
        jobs = make_jobs(submit, run, nodes, request_s=request, node_w=above_w + 100.0)
        machine = uniform_machine(n_nodes, idle_w=100.0, active_w=1000.0)
        cap = Steps(np.zeros(1), np.array([(cap_w + 100 * n_nodes) / 1e6]))
        ours = simulate(jobs, machine, Policy.POWER, cap_mw=cap).first_ms
        columns = (jobs.submit_ms, jobs.run_ms, jobs.request_ms, jobs.n_nodes)
        rows = [tuple(map(int, row)) for row in zip(*columns, strict=True)]
        theirs = start_times_under_cap(rows, above_w.tolist(), n_nodes, cap_w)
        assert ours.tolist() == theirs, seed


def test_who_waits_for_power_is_not_passed_for_ever() -> None:
    # The second job needs the whole cap; small ones that keep coming would hold it back.
    submit = [0, 1, *range(2, 90, 2)]
    run = [10, 5, *[8] * 44]
    machine = uniform_machine(8, idle_w=0.0, active_w=1e6)
    jobs = make_jobs(submit, run, [2, 4, *[1] * 44])
    cap = Steps(np.zeros(1), np.array([4.0]))
    result = simulate(jobs, machine, Policy.POWER, cap_mw=cap)
    assert result.first_ms[1] == 10_000


def test_an_elastic_job_grows_when_nobody_else_wants_the_nodes() -> None:
    jobs = make_jobs([0, 0], [50, 100], [6, 8], least_nodes=[6, 2], cycle_s=10, restart_s=3)
    result = simulate(jobs, uniform_machine(8))
    # On two nodes for 50 s, all of it saved; 700 node-seconds on eight after a restart of 3 s.
    assert result.end_ms.tolist() == [50_000, 140_500]
    assert result.n_growths.tolist() == [0, 1]
    assert result.useful_node_ms.tolist() == [300_000, 800_000]


def test_an_elastic_job_stays_small_when_growing_would_end_it_later() -> None:
    jobs = make_jobs([0, 0], [390, 100], [6, 8], least_nodes=[6, 2], cycle_s=10, restart_s=30)
    result = simulate(jobs, uniform_machine(8))
    assert result.end_ms.tolist() == [390_000, 400_000]
    assert result.n_growths.tolist() == [0, 0]


def test_a_cap_bounds_growth() -> None:
    jobs = make_jobs([0, 0], [50, 100], [6, 8], least_nodes=[6, 2], cycle_s=10, restart_s=3)
    cap = Steps(np.zeros(1), np.array([8.0]))
    machine = uniform_machine(8, idle_w=0.0, active_w=1e6)
    capped = Steps(np.array([0.0, 40.0]), np.array([8.0, 5.0]))
    assert simulate(jobs, machine, Policy.POWER, cap_mw=cap).end_ms[1] == 140_500
    # Five nodes at most: 700 node-seconds take 140 s after the restart.
    assert simulate(jobs, machine, Policy.POWER, cap_mw=capped).end_ms[1] == 193_000


def test_who_may_wait_runs_in_the_cheap_hours() -> None:
    price = Steps(np.arange(4) * 3600.0, np.array([90.0, 40.0, 20.0, 60.0]))
    jobs = make_jobs([0, 0, 0], [3600] * 3, [1, 1, 1], most_delay_s=[0, 5400, 86_400])
    result = simulate(jobs, uniform_machine(8), Policy.PRICE, price_eur_per_mwh=price)
    assert (result.first_ms // 1000).tolist() == [0, 5400, 7200]


def test_the_user_who_had_least_goes_first() -> None:
    jobs = make_jobs([0, 1, 2, 3], [10] * 4, [2] * 4, user=[1, 1, 1, 2])
    result = simulate(jobs, uniform_machine(2), Policy.FAIR_SHARE)
    assert (result.first_ms // 1000).tolist() == [0, 20, 30, 10]


def test_past_use_fades() -> None:
    submit, user = [0, 200, 201, 202, 203], [1, 2, 2, 1, 2]
    jobs = make_jobs(submit, [100, 30, 30, 30, 30], [2] * 5, user=user)
    slow = simulate(jobs, uniform_machine(2), Policy.FAIR_SHARE, half_life_s=1e6)
    fast = simulate(jobs, uniform_machine(2), Policy.FAIR_SHARE, half_life_s=20.0)
    assert slow.first_ms[3] > slow.first_ms[2]
    assert fast.first_ms[3] < fast.first_ms[2]


@pytest.mark.parametrize(
    ("scope", "n_nodes", "n_racks"),
    [(Scope.RACK, 4, 1), (Scope.ROW, 6, 2), (Scope.ANY, 6, 2), (Scope.HALL, 16, 4)],
)
def test_jobs_lie_close_together(scope: Scope, n_nodes: int, n_racks: int) -> None:
    # Two halls of two rows of two racks of four nodes; the first rack is half full.
    machine = uniform_machine(32, n_racks=8, n_rows=4, n_halls=2)
    jobs = make_jobs([0, 1], [100, 10], [2, n_nodes], scope=[Scope.ANY, scope])
    result = simulate(jobs, machine)
    halls = result.log.hall[result.log.job == 1]
    assert halls.size == 1
    if scope is Scope.HALL:
        assert halls[0] == 1


def test_a_scope_that_does_not_fit_is_widened() -> None:
    machine = uniform_machine(8, n_racks=4, n_rows=2, n_halls=2)
    result = simulate(make_jobs([0], [10], [7], scope=Scope.RACK), machine)
    assert result.log.n_nodes.tolist() == [4, 3]
    assert result.log.hall.tolist() == [0, 1]


def test_failures_repeat_for_a_seed_and_change_with_it() -> None:
    failures = Failures(per_gpu_day=40.0)
    jobs = make_jobs(np.arange(50), np.full(50, 300), np.full(50, 3), cycle_s=30)

    def ends(seed: int) -> list[int]:
        return simulate(jobs, uniform_machine(16), failures=failures, seed=seed).end_ms.tolist()

    assert ends(1) == ends(1)
    assert ends(1) != ends(2)


def test_software_failures_take_no_node() -> None:
    failures = Failures(per_gpu_day=400.0, kinds=(FailureKind("software", 1.0, 0.0),))
    result = simulate(make_jobs([0], [3000], [4], cycle_s=10), uniform_machine(4),
                      failures=failures)  # fmt: skip
    assert result.n_interruptions[0] > 5
    assert result.failed_node_ms == 0
    assert result.n_interruptions_by_kind == (result.n_interruptions[0],)


def test_a_job_that_cannot_finish_is_given_up() -> None:
    software = (FailureKind("software", 1.0, 0.0),)
    failures = Failures(per_gpu_day=86_400.0, kinds=software, most_interruptions=20)
    result = simulate(make_jobs([0], [10_000], [4]), uniform_machine(8), failures=failures)
    assert result.counts["abandoned"] == 1
    assert result.n_interruptions.tolist() == [20]


def test_more_than_can_be_counted_is_refused() -> None:
    century = 100 * 365 * 86_400
    jobs = make_jobs(np.zeros(2000), np.full(2000, century), np.full(2000, 1000))
    with pytest.raises(WattportError, match="JOB011"):
        simulate(jobs, uniform_machine(1000))
    assert simulate(jobs, uniform_machine(1000), until_s=60.0).counts["running"] == 1


def test_an_empty_table_and_an_idle_machine() -> None:
    result = simulate(make_jobs([], [], []), uniform_machine(3), until_s=10.0)
    assert result.idle_node_ms == 30_000
    assert result.figures().n_jobs == 0


def test_gpu_hours_by_hand() -> None:
    """Two nodes of four GPUs for half an hour and one for two hours are twelve GPU-hours."""
    jobs = make_jobs([0, 0], [1800, 7200], [2, 1])
    result = simulate(jobs, uniform_machine(3, n_gpus_per_node=4))
    assert result.sold_gpu_h == 2 * 4 * 0.5 + 1 * 4 * 2.0
    assert result.figures().sold_gpu_h == 12.0


def test_a_long_simulation_empties_its_log_on_the_way() -> None:
    n = 70_000  # more rows than the buffer holds
    jobs = make_jobs(np.arange(n), np.ones(n), np.ones(n))
    result = simulate(jobs, uniform_machine(1))
    assert result.log.job.tolist() == list(range(n))
    assert result.sold_node_ms == n * 1000
