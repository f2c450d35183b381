"""Trainings of the years against what operators published."""

from __future__ import annotations

import math

import numpy as np

from wattport.batch import Failures, training_profile, uniform_machine
from wattport.batch.failure import FailureKind, mean_time_to_interrupt_h
from wattport.equations.random_stream import seed_stream
from wattport.operation.training_kernel import KEPT, train

HOURS = 100_000


def effective_frac(
    between_h: float, restart_h: float, rollback: float, cycle_h: float, checkpoint_h: float
) -> float:
    """Lasting work over time, of a job played for 100,000 hours."""
    busy, sums = np.zeros(HOURS), np.zeros(5)
    state = seed_stream(1, 2, 3, 4)
    train(state, between_h, restart_h, rollback, cycle_h, checkpoint_h, busy, sums)
    return float(sums[KEPT] / HOURS)


def test_llama_3(consistency):
    between_h = float(mean_time_to_interrupt_h(16_384, Failures().per_gpu_day))
    cycle_h = math.sqrt(2.0 * 30.0 / 3600.0 * between_h)
    reached = effective_frac(between_h, 300.0 / 3600.0, 1.0, cycle_h, 30.0 / 3600.0)
    consistency(
        engine="run",
        quantity="effective training time of Llama 3, above 90 %",
        source="Llama team, arXiv:2407.21783",
        reached=max(0.90 - reached, 0.0),
        allowed=0.0,
        unit="frac",
        note=f"{reached:.1%} with a restart of 5 min and a checkpoint of 30 s, both guesses",
    )


def test_shorter_stalls_at_a_hundred_thousand_gpus(validation):
    """The rate of failures follows from the figure in lockstep, and predicts the other."""
    between_h = 10.0 / 60.0 / math.log(1.0 / 0.44)
    in_lockstep = effective_frac(between_h, 10.0 / 60.0, 0.0, 1.0, 0.0)
    reached = effective_frac(between_h, 3.0 / 60.0, 0.0, 1.0, 0.0)
    assert abs(in_lockstep - 0.44) < 0.01
    validation(
        engine="run",
        quantity="effective training time at about 100,000 GPUs, stalls of 3 min: 80 %",
        source="Salpekar et al., arXiv:2602.00277",
        reached=reached - 0.80,
        allowed=0.03,
        unit="frac",
        note="rate of failures from its 44 % with stalls of 10 min; no work is lost in a stall",
    )


def test_the_event_simulator(consistency):
    plain = Failures(kinds=(FailureKind("any", 1.0, 0.0),))
    machine = uniform_machine(12_000, n_gpus_per_node=4)
    profile = training_profile(machine, 1, days=182.0, share_frac=1.0, failures=plain)
    between_h = float(mean_time_to_interrupt_h(48_000, plain.per_gpu_day))
    cycle_h = math.floor(math.sqrt(2.0 * 30.0 * 3600.0 * between_h)) / 3600.0
    reached = effective_frac(between_h, 300.0 / 3600.0, 1.0, cycle_h, 30.0 / 3600.0)
    consistency(
        engine="run",
        quantity="effective time of a training of 48,000 GPUs against our event simulator",
        source="wattport.batch",
        reached=reached - profile.goodput_frac,
        allowed=0.01,
        unit="frac",
        note="same failures, restarts and checkpoints; jobs, nodes and queue are played there",
    )
