"""The decomposition of lines of unreliable machines against the exact chain and the engine."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from wattport.calendar.epoch import HOURS_PER_YEAR
from wattport.equations.line_decomposition import unreliable_line_throughput
from wattport.factory.exact import exact_rate
from wattport.factory.layout import lay_out
from wattport.factory.play import play
from wattport.spec import load_factory

SOURCE = "Dallery, David and Xie 1988, doi:10.1080/07408178808966181"


def three_machines(repair: list[float], failure: list[float], buffers: list[int]) -> float:
    """Give the throughput of three machines by the chain of the whole line."""
    first, second = buffers
    ups = list(product((0, 1), repeat=3))
    states = list(product(range(first + 1), range(second + 1), ups))
    row_of = {state: row for row, state in enumerate(states)}
    rows, columns, values = [], [], []
    made = np.zeros(len(states))
    for a, b, up in states:
        can = (a < first, a > 0 and b < second, b > 0)
        for after in ups:
            chance = 1.0
            for m in range(3):
                works = (1.0 - failure[m] * can[m]) if up[m] else repair[m]
                chance *= works if after[m] else 1.0 - works
            if chance == 0.0:
                continue
            moves = [int(after[m] and can[m]) for m in range(3)]
            made[row_of[a, b, up]] += chance * moves[2]
            rows.append(row_of[a + moves[0] - moves[1], b + moves[1] - moves[2], after])
            columns.append(row_of[a, b, up])
            values.append(chance)
    size = len(states)
    balance = csc_matrix((values, (rows, columns)), shape=(size, size)) - csc_matrix(np.eye(size))
    fixed = row_of[1, 1, (1, 1, 1)]
    others = np.delete(np.arange(size), fixed)
    share = np.ones(size)
    right = -balance[others][:, [fixed]].toarray().ravel()
    share[others] = splu(balance[others][:, others].tocsc()).solve(right)
    return float(share @ made / share.sum())


LINES = [
    ([0.1] * 3, [0.01] * 3, [5, 5]),
    ([0.1] * 3, [0.01] * 3, [10, 10]),
    ([0.1, 0.2, 0.15], [0.02, 0.01, 0.03], [8, 4]),
    ([0.3, 0.1, 0.3], [0.05, 0.02, 0.05], [4, 10]),
]


@pytest.mark.parametrize(("repair", "failure", "buffers"), LINES)
def test_three_machines_meet_the_exact_chain(validation, repair, failure, buffers) -> None:
    exact = three_machines(repair, failure, buffers)
    validation(
        engine="make",
        quantity=f"three unreliable machines, buffers {buffers}, approximation",
        source=SOURCE,
        reached=unreliable_line_throughput(repair, failure, buffers) / exact - 1.0,
        allowed=0.01,
        unit="frac",
        note="against the exact chain of the line",
    )


def transfer_line(n_stations: int) -> dict[str, Any]:
    names = [f"m{i + 1}" for i in range(n_stations)]
    return {
        "name": "transfer line",
        "plants": [
            {
                "name": "plant",
                "stations": [
                    {"name": name, "n_bays": 1, "n_buffer": 8, "mtbf_h": 100.0, "mttr_h": 10.0}
                    for name in names
                ],
            }
        ],
        "products": [
            {
                "name": "part",
                "operations": [{"name": n, "station": n, "cycle_h": 1.0} for n in names],
            }
        ],
        "measure": {"n_weeks": 150.0},
    }


@pytest.mark.parametrize(("n_stations", "allowed"), [(2, 0.005), (4, 0.01), (12, 0.03)])
def test_lines_of_a_factory_file_meet_the_engine(consistency, n_stations, allowed) -> None:
    factory = load_factory(transfer_line(n_stations)).draw(24, seed=4)
    floor = lay_out(factory)
    found = exact_rate(factory, floor.hours)
    assert found.rate_per_year is not None
    assert not found.is_exact
    assert "approximation" in found.method
    assert found.rate_per_year <= HOURS_PER_YEAR / 1.1
    simulated = float(play(floor, from_h=168.0 * 20).rate_per_year[:, 0].mean())
    consistency(
        engine="make",
        quantity=f"{n_stations} unreliable stations of fixed cycle, approximation",
        source=SOURCE,
        reached=found.rate_per_year / simulated - 1.0,
        allowed=allowed,
        unit="frac",
        note="against our own simulation",
    )


def test_an_isolated_weak_machine_sets_the_pace() -> None:
    # With very large buffers the line runs at the rate of its worst machine.
    rate = unreliable_line_throughput([0.5, 0.1, 0.5], [0.01, 0.05, 0.01], [60, 60])
    assert rate == pytest.approx(0.1 / 0.15, rel=1e-3)


def test_more_places_never_make_less() -> None:
    rates = [unreliable_line_throughput([0.1] * 5, [0.01] * 5, [n] * 4) for n in (2, 4, 8, 16)]
    assert rates == sorted(rates)
    assert unreliable_line_throughput([0.1] * 3, [0.01, 0.02, 0.03], [6, 9]) == pytest.approx(
        unreliable_line_throughput([0.1] * 3, [0.03, 0.02, 0.01], [9, 6]), abs=1e-7
    )
