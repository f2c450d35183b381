"""Batch and training jobs: machines, schedulers, failures, and the power they draw."""

from wattport.batch.failure import NO_FAILURES, Failures
from wattport.batch.job import JobTable, Scope, make_jobs
from wattport.batch.job_file import read_jobs, write_jobs, write_table
from wattport.batch.machine import Machine, machine_of, uniform_machine
from wattport.batch.outcome import BatchLog, BatchResult
from wattport.batch.power import power_changes
from wattport.batch.profile import TrainingProfile, training_profile
from wattport.batch.replay import peak_nodes, replay
from wattport.batch.scheduler import Maintenance, Policy, Steps, simulate
from wattport.batch.swf import JobFile, read_swf, whole_nodes, write_swf
from wattport.batch.synthetic import (
    batch_workload,
    campus_workload,
    frontier_machine,
    frontier_workload,
    training_workload,
)
from wattport.energy.changes import PowerBlock, power_blocks

__all__ = [
    "BatchLog", "BatchResult", "Failures", "JobFile", "JobTable", "Machine", "Maintenance",
    "NO_FAILURES", "Policy", "PowerBlock", "Scope", "Steps", "TrainingProfile", "batch_workload",
    "campus_workload", "frontier_machine", "frontier_workload", "machine_of", "make_jobs",
    "peak_nodes", "power_blocks", "power_changes", "read_jobs", "read_swf", "replay", "simulate",
    "training_profile", "training_workload", "uniform_machine", "whole_nodes", "write_jobs",
    "write_swf", "write_table",
]  # fmt: skip
