"""Batch and training jobs: machines, schedulers, failures, and the power they draw."""

from wattport.run.batch.failure import NO_FAILURES, Failures
from wattport.run.batch.job import JobTable, Scope, make_jobs
from wattport.run.batch.job_file import read_jobs, write_jobs, write_table
from wattport.run.batch.machine import Machine, machine_of, uniform_machine
from wattport.run.batch.outcome import BatchLog, BatchResult
from wattport.run.batch.power import PowerBlock, power_blocks, power_changes
from wattport.run.batch.profile import TrainingProfile, training_profile
from wattport.run.batch.replay import peak_nodes, replay
from wattport.run.batch.scheduler import Maintenance, Policy, Steps, simulate
from wattport.run.batch.swf import JobFile, read_swf, whole_nodes, write_swf
from wattport.run.batch.synthetic import (
    batch_workload,
    campus_workload,
    frontier_machine,
    frontier_workload,
    training_workload,
)

__all__ = [
    "BatchLog", "BatchResult", "Failures", "JobFile", "JobTable", "Machine", "Maintenance",
    "NO_FAILURES", "Policy", "PowerBlock", "Scope", "Steps", "TrainingProfile", "batch_workload",
    "campus_workload", "frontier_machine", "frontier_workload", "machine_of", "make_jobs",
    "peak_nodes", "power_blocks", "power_changes", "read_jobs", "read_swf", "replay", "simulate",
    "training_profile", "training_workload", "uniform_machine", "whole_nodes", "write_jobs",
    "write_swf", "write_table",
]  # fmt: skip
