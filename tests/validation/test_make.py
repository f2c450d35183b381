"""The plants held to exact chains, to published factories and to each other."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import wattport.spec
from wattport.equations.markov_line import exponential_line_throughput, two_machine_line_throughput
from wattport.equations.queueing import conwip_throughput, mmc_queue_length
from wattport.factory.engine.line_records import Service
from wattport.factory.engine.simulate import (
    empty_lines,
    empty_stations,
    make_network,
    set_service,
    simulate,
)
from wattport.production import manufacture
from wattport.records.design import Design

PUBLISHED_LINES = [
    ("2 stations, 1 place", [1.0] * 2, [1], 0.75, 1e-9),
    ("2 stations, 4 places", [1.0] * 2, [4], 6 / 7, 1e-9),
    ("3 stations, no place", [1.0] * 3, [0, 0], 22 / 39, 1e-9),
    ("3 stations, 1 place", [1.0] * 3, [1, 1], 0.67047, 5e-6),
    ("3 stations, 2 places", [1.0] * 3, [2, 2], 0.73402, 5e-6),
    ("4 stations, no place", [1.0] * 4, [0] * 3, 0.51478, 5e-6),
    ("5 stations, no place", [1.0] * 5, [0] * 4, 0.48580, 5e-6),
    ("6 stations, no place", [1.0] * 6, [0] * 5, 0.46671, 5e-6),
    ("rates 6, 7, 7 with 12 and 8 places", [6.0, 7.0, 7.0], [11, 7], 5.776, 5e-4),
]
GERSHWIN = [(4, 0.84094), (10, 0.85617), (20, 0.87054), (50, 0.88784), (100, 0.89694)]


@pytest.mark.parametrize(("name", "rates", "buffers", "expected", "allowed"), PUBLISHED_LINES)
def test_exact_chain(validation, name, rates, buffers, expected, allowed) -> None:
    source = "Hillier and Boling 1967; closed forms; Pichitlamken 2006 for rates 6, 7, 7"
    validation(
        engine="make",
        quantity=f"throughput of a saturated exponential line, exact: {name}",
        source=source,
        reached=exponential_line_throughput(rates, buffers) - expected,
        allowed=allowed,
        unit="units/h",
    )


@pytest.mark.parametrize(("n_buffer", "expected"), GERSHWIN)
def test_two_unreliable_machines(validation, n_buffer, expected) -> None:
    rate, _ = two_machine_line_throughput((0.1, 0.1), (0.01, 0.01), n_buffer)
    validation(
        engine="make",
        quantity=f"two unreliable machines of fixed cycle, buffer {n_buffer}",
        source="Gershwin 1994, deterministic two-machine line",
        reached=rate - expected,
        allowed=5e-6,
        unit="units/cycle",
    )


@pytest.mark.reference_data
def test_tables_of_small_lines(reference_data: Path) -> None:
    folder = reference_data / "factory" / "oracles"
    with (folder / "gershwin_deterministic_two_machine.csv").open() as stream:
        for row in csv.DictReader(stream):
            rate, stock = two_machine_line_throughput(
                (float(row["r1"]), float(row["r2"])),
                (float(row["p1"]), float(row["p2"])),
                int(row["N"]),
            )
            assert rate == pytest.approx(float(row["E_exact"]), abs=5.1e-6)
            assert stock == pytest.approx(float(row["nbar_exact"]), abs=5.1e-4)


SIMULATED = [
    ("2 stations, 1 place", [1.0, 1.0], [1]),
    ("3 stations, no place", [1.0] * 3, [0, 0]),
    ("4 stations, no place", [1.0] * 4, [0] * 3),
    ("rates 6, 7, 7 with 12 and 8 places", [6.0, 7.0, 7.0], [11, 7]),
]


@pytest.mark.parametrize(("name", "rates", "buffers"), SIMULATED)
def test_simulation_inside_its_interval(validation, name, rates, buffers) -> None:
    n_draws, n_units, n_warm = 40, 150_000, 1_000
    stations = empty_stations(n_draws, len(rates))
    for s, rate in enumerate(rates):
        set_service(stations, s, Service.EXPONENTIAL, 1.0 / rate, 1.0)
    stations["n_buffer"][:, 1:] = buffers
    lines = simulate(make_network(stations, empty_lines(n_draws, 1, n_units))._replace(seed=11))
    done = lines.done_h[:, 0]
    reached = (n_units - n_warm) / (done[:, -1] - done[:, n_warm - 1])
    half = 2.708 * reached.std(ddof=1) / np.sqrt(n_draws)  # Student's t, 39 degrees, 99 %
    exact = exponential_line_throughput(rates, buffers)
    assert half / exact <= 0.001
    validation(
        engine="make",
        quantity=f"simulated throughput over the exact one: {name}",
        source="exact chain; allowed: half-width of the 99 % interval",
        reached=reached.mean() / exact - 1.0,
        allowed=half / exact,
        unit="frac",
    )


def test_simulated_queue_of_three_servers(validation) -> None:
    n_draws, n_units, n_warm = 40, 60_000, 2_000
    rng = np.random.default_rng(3)
    stations = empty_stations(n_draws, 1)
    stations["n_bays"], stations["n_buffer"] = 3, n_units
    set_service(stations, 0, Service.EXPONENTIAL, 1.0, 1.0)
    arrivals = np.cumsum(rng.exponential(0.5, size=(n_draws, 1, n_units)), axis=2)
    lines = simulate(
        make_network(stations, empty_lines(n_draws, 1, n_units))._replace(seed=5, ready_h=arrivals)
    )
    sojourn = (lines.done_h - arrivals)[:, 0, n_warm:].mean(axis=1)
    queue = 2.0 * (sojourn - 1.0)  # Little's law, service taken off
    half = 2.708 * queue.std(ddof=1) / np.sqrt(n_draws)
    validation(
        engine="make",
        quantity="mean queue of M/M/3 at 2/3, simulated less exact",
        source="Erlang; allowed: half-width of the 99 % interval",
        reached=queue.mean() - float(mmc_queue_length(2.0, 3)),
        allowed=half,
        unit="units",
    )


@pytest.mark.parametrize("n_wip", [4, 8, 12])
def test_simulated_conwip(validation, n_wip) -> None:
    n_draws, n_units, n_warm = 40, 100_000, 5_000
    stations = empty_stations(n_draws, 4)
    stations["n_buffer"] = n_wip
    for s in range(4):
        set_service(stations, s, Service.EXPONENTIAL, 1.0, 1.0)
    rows = empty_lines(n_draws, 1, n_units)
    rows["n_wip_limit"] = n_wip
    done = np.sort(simulate(make_network(stations, rows)._replace(seed=2)).done_h[:, 0], axis=1)
    reached = (n_units - n_warm) / (done[:, -1] - done[:, n_warm - 1])
    half = 2.708 * reached.std(ddof=1) / np.sqrt(n_draws)
    validation(
        engine="make",
        quantity=f"CONWIP of 4 equal exponential stations, {n_wip} units, simulated less exact",
        source="Reiser and Lavenberg 1980; w / (w + 3)",
        reached=reached.mean() - conwip_throughput([1.0] * 4, n_wip),
        allowed=half,
        unit="units/h",
    )


def ordered(n_draws: int, n_modules: int) -> Design:
    """Give a campus of one hall that wants its modules by the end of 2030."""
    zero = np.zeros(n_draws)
    hall = np.zeros((n_draws, 1))
    whole = np.zeros((n_draws, 1), np.int64)
    return Design(
        hall_it_mw=hall + 50.0,
        hall_grid_mw=hall,
        hall_tranche=whole,
        hall_module_need_day=hall + 1825.0,
        hall_generation=whole,
        hall_n_racks=whole,
        hall_n_gpus=whole,
        hall_n_modules=whole + n_modules,
        it_mw=zero,
        grid_mw=zero,
        design_pue=zero,
        n_modules=np.full(n_draws, n_modules),
        module_availability_frac=zero,
        n_hv_transformers=np.zeros(n_draws, np.int64),
    )


# Enclosures and parts in plenty, so that the module plant alone is measured.
PLENTY = (
    "plants.enclosures.shifts=3",
    "plants.enclosures.n_second_shift_staff=60",
    *(f"plants.modules.suppliers[{part}].lead_time_weeks=1" for part in range(4)),
)


def rate_of_red_oak(*overrides: str) -> float:
    spec = wattport.spec.load("dunkerque", *PLENTY, *overrides).draw(1)
    plant = spec.plants.modules
    assert plant.n_direct_staff == 110
    assert float(plant.area_m2[0]) == 10_200.0
    production = manufacture(spec, ordered(1, 1_200))
    assert not [reason for reason in production.reasons if reason.code == "MAK005"]
    return float(production.rate_units_per_year[0, 1])


RED_OAK = "Manufacturing Dive, Nov 2023; Dallas News, 21 Jun 2024 (Schneider Red Oak)"


def test_one_shift_of_red_oak(consistency) -> None:
    consistency(
        engine="make",
        quantity="one shift of 110 on 10,200 m2: units a year over the 240 planned",
        source=RED_OAK,
        reached=rate_of_red_oak() / 240.0 - 1.0,
        allowed=0.05,
        unit="frac",
        note="labour per unit is inferred from this figure",
    )


def test_two_shifts_of_red_oak(validation) -> None:
    rate = rate_of_red_oak("plants.modules.shifts=2")
    assert rate > 400.0
    validation(
        engine="make",
        quantity="two shifts (110 + 90): units a year over the 400 named as the most",
        source=RED_OAK,
        reached=rate / 400.0 - 1.0,
        allowed=0.05,
        unit="frac",
        note="published as 'more than 400'; labour per unit is inferred from its one shift",
    )


def test_first_module_of_dunkerque_in_the_first_quarter_of_2028(consistency) -> None:
    spec = wattport.spec.load("dunkerque").draw(400, seed=7)
    production = manufacture(spec, ordered(400, 60))
    first = float(np.median(production.first_unit_day[:, 1]))
    middle = 775.5  # 15 February 2028
    consistency(
        engine="make",
        quantity="first module of the Dunkerque plants at P50, from mid-first quarter 2028",
        source="Delta FM, 1 June 2026: first productions in 2028, read as the plants",
        reached=first - middle,
        allowed=45.5,
        unit="days",
        note="openings are guesses set to this date",
    )
