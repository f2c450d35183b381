"""Power against measurements and published figures: SURF, Frontier, HPL, serving GPUs."""

from __future__ import annotations

import csv
import json
import re
from datetime import datetime

import numpy as np
import pytest

from wattport.batch import Failures, campus_workload, machine_of, power_changes, simulate
from wattport.catalog import Gpu, Psu, Supercomputer, find, keys
from wattport.design import size
from wattport.energy.balance import campus_balance
from wattport.energy.campus import campus_blocks
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.gpu import cap_gpu, fit_batch_power
from wattport.energy.host import (
    calibrate_host,
    cluster_power_w,
    host_load,
    mean_absolute_error_frac,
)
from wattport.energy.host_trace import read_host_trace, read_measured_w
from wattport.energy.hpl import calibrate_hpl, hpl_power_w
from wattport.energy.machine_power import machine_power, node_power_w
from wattport.equations.power_supply import (
    PUBLISHED_LOADS_FRAC,
    supply_loss_at_input,
    supply_loss_points,
)
from wattport.operation.site_hours import campus_around, site_hours
from wattport.spec import load

ENGINE = "power"
DAY = 2880  # samples of 30 s
SURF = "SURF week of 7 Oct 2022 (OpenDC and OpenDT traces)"
TWIN = "Brewer et al., SC24, arXiv:2410.05133, and the configuration of ExaDigiT/RAPS"
HPL_TRACE = "ORNL DOI 437: HPL on Frontier, 29 Apr 2023, 15 s samples"
HPL_START_S, HPL_DURATION_S = 151.0, 7929.0  # core phase 01:12:46 to 03:24:55, as published


@pytest.fixture(scope="module")
def surf(reference_data):
    folder = reference_data / "traces"
    trace = read_host_trace(folder / "surf_tasks.parquet", folder / "surf_fragments.parquet")
    measured = read_measured_w(folder / "surf_consumption.parquet")
    topology = json.loads((folder / "surf_topology.json").read_text("utf-8"))
    n_hosts = topology["clusters"][0]["hosts"][0]["count"]
    loaded = host_load(
        trace.start_s, trace.n_samples, trace.usage_frac, trace.step_s, measured.size
    )
    return loaded, measured, n_hosts


@pytest.mark.reference_data
def test_surf_days_2_to_7_from_day_1(surf, validation):
    loaded, measured, n_hosts = surf
    host = calibrate_host(loaded.between(0, DAY), measured[:DAY], n_hosts)
    predicted = cluster_power_w(host, loaded, n_hosts)
    error = mean_absolute_error_frac(predicted[DAY:], measured[DAY:])
    validation(
        engine=ENGINE,
        quantity="Power of 277 hosts on days 2 to 7, calibrated on day 1 (MAPE)",
        source=f"{SURF}; peers: FootPrinter 7.86 %, OpenDC 6.41 %, OpenDT 5.13 %, "
        "self-calibrating 4.39 %",
        reached=error,
        allowed=0.033,
        unit="frac",
        note="no recalibration; three numbers; the aim was 0.030",
    )
    bias = float(np.mean(predicted[DAY:] / measured[DAY:] - 1.0))
    validation(
        engine=ENGINE,
        quantity="The same, mean error",
        source=SURF,
        reached=bias,
        allowed=0.033,
        unit="frac",
        note="positive: the prediction is high",
    )


@pytest.mark.reference_data
def test_day_1_alone_prefers_the_power_law(surf):
    """The form was chosen without days 2 to 7: least error over blocks of day 1 left out."""
    loaded, measured, n_hosts = surf
    day, truth = loaded.between(0, DAY), measured[:DAY]
    running = day.running.sum(axis=1)
    usage, square = day.running @ day.usage_frac, day.running @ day.usage_frac**2
    one = np.ones(DAY)
    forms = {
        "usage": np.stack([one, usage], axis=1),
        "hosts and usage": np.stack([one, running, usage], axis=1),
        "hosts, usage, its square": np.stack([one, running, usage, square], axis=1),
    }
    blocks = np.arange(DAY) // (DAY // 4)
    errors = dict.fromkeys([*forms, "power law"], 0.0)
    for block in range(4):
        held, kept = blocks == block, blocks != block
        for name, terms in forms.items():
            weighed = terms[kept] / truth[kept, None]
            found = np.linalg.lstsq(weighed, np.ones(int(kept.sum())), rcond=None)[0]
            errors[name] += mean_absolute_error_frac(terms[held] @ found, truth[held]) / 4.0
        part = type(day)(day.step_s, day.usage_frac, day.running[kept])
        host = calibrate_host(part, truth[kept], n_hosts)
        predicted = cluster_power_w(host, day, n_hosts)
        errors["power law"] += mean_absolute_error_frac(predicted[held], truth[held]) / 4.0
    assert min(errors, key=errors.__getitem__) == "power law"


@pytest.mark.reference_data
def test_surf_full_power_is_the_topologys(surf, validation):
    loaded, measured, n_hosts = surf
    host = calibrate_host(loaded.between(0, DAY), measured[:DAY], n_hosts)
    validation(
        engine=ENGINE,
        quantity="Fitted full power of a host against 174 W",
        source="SURF topology of OpenDC (maxPower)",
        reached=host.full_w / 174.0 - 1.0,
        allowed=0.02,
        unit="frac",
    )


@pytest.mark.parametrize(
    ("state", "cpu", "gpu", "published_mw"),
    [("idle", 0.0, 0.0, 7.3065), ("HPL", 0.33, 0.79, 22.954), ("peak", 1.0, 1.0, 28.228)],
)
def test_frontier_power(state, cpu, gpu, published_mw, validation):
    frontier = find(Supercomputer, "frontier")
    power = machine_power(frontier, node_power_w(frontier, cpu, gpu))
    validation(
        engine=ENGINE,
        quantity=f"Frontier, {state}: {published_mw} MW",
        source=TWIN,
        reached=float(power.total_w) / (published_mw * 1e6) - 1.0,
        allowed=0.001,
        unit="frac",
        note="CPU 90 to 280 W, GPU 88 to 560 W",
    )


@pytest.mark.parametrize(
    ("state", "load_frac", "published"), [("idle", 0, 0.9218), ("peak", 1, 0.9359)]
)
def test_frontier_efficiency(state, load_frac, published, validation):
    frontier = find(Supercomputer, "frontier")
    power = machine_power(frontier, node_power_w(frontier, load_frac, load_frac))
    validation(
        engine=ENGINE,
        quantity=f"Frontier, efficiency of conversion at {state}: {published}",
        source=TWIN,
        reached=float(power.efficiency_frac) - published,
        allowed=0.0001,
        unit="frac",
        note="share of the machine's power that is not lost in converters and rectifiers",
    )


@pytest.fixture(scope="module")
def hpl(reference_data):
    """Measured and predicted power of the HPL run; only its first fifth was shown."""
    path = reference_data / "traces" / "frontier_hpl_2023-04-29_15s.csv"
    with path.open(encoding="utf-8") as stream:
        measured = np.array([float(row["sum vals"]) for row in csv.DictReader(stream)])
    edge = 15.0 * np.arange(measured.size + 1)
    frontier = find(Supercomputer, "frontier")
    mean_w = float(machine_power(frontier, node_power_w(frontier, 0.33, 0.79)).total_w)
    n_shown = int((HPL_START_S + 0.2 * HPL_DURATION_S) / 15.0)
    run = calibrate_hpl(
        edge[: n_shown + 1], measured[:n_shown], HPL_START_S, HPL_DURATION_S, mean_w
    )
    return edge, measured, hpl_power_w(run, edge), n_shown


@pytest.mark.reference_data
@pytest.mark.parametrize(
    ("part", "begin", "end", "allowed"),
    [("7,500 s of the run", 10, 510, 0.04), ("the whole trace, idle ends included", 0, 540, 0.04)],
)
def test_hpl_power(hpl, part, begin, end, allowed, validation):
    _, measured, predicted, _ = hpl
    validation(
        engine=ENGINE,
        quantity=f"HPL on Frontier, {part} (MAPE)",
        source=f"{HPL_TRACE}; RAPS: 12.4 %",
        reached=mean_absolute_error_frac(predicted[begin:end], measured[begin:end]),
        allowed=allowed,
        unit="frac",
        note="idle, plateau and ramp from the first 20 % of the run; its length and the mean "
        "power of another HPL run (CPU 0.33, GPU 0.79) from what is published",
    )


@pytest.mark.reference_data
def test_hpl_after_what_was_shown(hpl, validation):
    _, measured, predicted, n_shown = hpl
    validation(
        engine=ENGINE,
        quantity="HPL on Frontier, 7,500 s of the run less the fifth that was shown (MAPE)",
        source=HPL_TRACE,
        reached=mean_absolute_error_frac(predicted[n_shown:510], measured[n_shown:510]),
        allowed=0.04,
        unit="frac",
    )


@pytest.mark.reference_data
def test_hpl_steepest_rise(hpl, validation):
    _, measured, predicted, _ = hpl
    assert np.diff(measured).max() == pytest.approx(14.2e6, rel=0.01)
    validation(
        engine=ENGINE,
        quantity="HPL on Frontier, steepest rise in 15 s against 14.2 MW",
        source=HPL_TRACE,
        reached=float(np.diff(predicted).max()) / 14.2e6 - 1.0,
        allowed=0.10,
        unit="frac",
    )


@pytest.mark.reference_data
def test_batch_size_left_out(reference_data, validation):
    """Mean power, hence energy, at a batch size from all others of the same model."""
    errors = []
    for model in ("8B", "70B", "405B"):
        points = []
        for path in sorted((reference_data / "gpu_power").glob(f"Llama-3.1-{model}_*.csv")):
            named = re.search(r"num_gpus_(\d+)_max_num_seqs_(\d+)", path.name)
            assert named is not None
            watt = np.loadtxt(path, delimiter=",", skiprows=1)[:, 1].mean() / float(named[1])
            points.append((float(named[2]), float(watt)))
        batch, watt = np.array(points).T
        for left_out in range(batch.size):
            kept = np.arange(batch.size) != left_out
            curve = fit_batch_power(batch[kept], watt[kept])
            errors.append(abs(float(curve.power_w(batch[left_out])) / watt[left_out] - 1.0))
    validation(
        engine=ENGINE,
        quantity="Energy of serving at a batch size left out, median of 36 runs",
        source="ML.ENERGY benchmark v3 on H100: Llama-3.1 8B, 70B, 405B",
        reached=float(np.median(errors)),
        allowed=0.05,
        unit="frac",
        note=f"largest {max(errors):.3f}",
    )


def test_cap_of_an_h100(consistency):
    gpu = find(Gpu, "h100_sxm")
    training = cap_gpu(gpu, 1.0, 600.0, 1.0)
    consistency(
        engine=ENGINE,
        quantity="H100 capped at 600 of 700 W, training step: 12 % longer",
        source="factryze.ai, Power capping",
        reached=1.0 / float(training.speed_frac) - 1.12,
        allowed=0.01,
        unit="frac",
        note="the clock exponent of 1.5 is fitted to this figure",
    )
    serving = cap_gpu(gpu, 1.0, 600.0, 0.5)
    consistency(
        engine=ENGINE,
        quantity="H100 capped at 600 of 700 W, serving bound by memory: 5 to 8 % less",
        source="factryze.ai, glossary",
        reached=1.0 - float(serving.speed_frac) - 0.065,
        allowed=0.015,
        unit="frac",
        note="the whole published range is allowed; half of the time is bound by the clock",
    )


def test_balance_at_every_step_size(consistency):
    """A day of jobs that come and go at any second, in steps of 1 s, 15 s and 1 h."""
    design = size(load("dunkerque").draw(1, 7))
    rng = np.random.default_rng(np.random.SeedSequence(4))
    edge = np.unique(np.concatenate([[0.0, 86400.0], rng.uniform(0.0, 86400.0, 5000)]))
    it = float(design.it_mw[0]) * rng.uniform(0.25, 1.0, edge.size - 1)
    balance = campus_balance(design, edge, it, 0.08 * it + 5.0, rng.uniform(-50.0, 50.0, it.size))
    stepped = [balance.every(step_s) for step_s in (1.0, 15.0, 3600.0)]
    consistency(
        engine=ENGINE,
        quantity="grid = IT + losses + cooling + change of storage, at events, 1 s, 15 s and 1 h",
        source="conservation of energy",
        reached=max(one.error_frac for one in (balance, *stepped)),
        allowed=1e-9,
        unit="frac",
    )
    consistency(
        engine=ENGINE,
        quantity="Grid energy of a day in steps of 1 s, 15 s and 1 h against its events",
        source="conservation of energy",
        reached=max(abs(one.grid_mwh / balance.grid_mwh - 1.0) for one in stepped),
        allowed=1e-12,
        unit="frac",
    )


def test_a_day_of_jobs_out_to_the_grid(consistency):
    """A day of trainings and batch jobs with failures on 1.5 GW, at 1 s, 15 s and 1 h."""
    spec = load("dunkerque").draw(1, 7)
    design = size(spec)
    machine = machine_of(design, float(spec.workload.idle_power_frac[0]))
    jobs = campus_workload(machine, 1.0, 1)
    result = simulate(jobs, machine, failures=Failures(), until_s=86_400.0)
    changes = power_changes(result.log, jobs, machine, result.until_ms)
    campus = campus_around(spec, design, site_hours(spec, design, datetime(2030, 7, 1), 86_400.0))
    told, stepped_mwh = [], []
    for step_s in (1.0, 15.0, 3600.0):
        totals, mwh = CampusTotals(campus), 0.0
        for block in campus_blocks(campus, changes, step_s):
            totals.add(block)
            mwh += float(block.steps.grid_mw @ block.length_ms) / 3.6e6
        told.append(totals)
        stepped_mwh.append(mwh)
    whole = told[0]
    consistency(
        engine=ENGINE,
        quantity="A day of jobs on 1.5 GW: grid against IT, every loss, cooling and auxiliaries",
        source="conservation of energy",
        reached=max(
            whole.error_frac, abs(sum(whole.node_mwh.values()) / whole.grid_mwh - 1.0)
        ),
        allowed=1e-12,
        unit="frac",
        note="the chain by arrays and by the compiled hour, two ways to the grid",
    )  # fmt: skip
    consistency(
        engine=ENGINE,
        quantity="The same day's grid energy in steps of 1 s, 15 s and 1 h against its events",
        source="conservation of energy",
        reached=max(abs(mwh / whole.grid_mwh - 1.0) for mwh in stepped_mwh),
        allowed=1e-10,
        unit="frac",
    )


def test_power_supplies_at_the_loads_of_their_label(consistency):
    """Loss from the input side, where IT is metered, against the published efficiencies."""
    gaps = []
    for key in keys(Psu):
        psu = find(Psu, key)
        taken = np.array(PUBLISHED_LOADS_FRAC) / psu.efficiencies_frac
        lost = supply_loss_at_input(taken, *supply_loss_points(psu.efficiencies_frac))
        gaps.append(np.abs(1.0 - lost / taken - psu.efficiencies_frac).max())
    consistency(
        engine=ENGINE,
        quantity="Efficiency of rack power supplies at 10, 20, 50 and 100 % load",
        source="80 PLUS Titanium and Ruby, 230 V internal redundant and 277/480 V",
        reached=float(max(gaps)),
        allowed=1e-12,
        unit="frac",
        note="by construction; between these loads nothing measured is held",
    )
