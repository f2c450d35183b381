"""What stands beside what was announced: each figure is that of its record, in its unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wattport.ledger import settle
from wattport.records import Case, Headline, Ledger
from wattport.spec import load

Again = Callable[..., Ledger]
Repeated = Callable[..., Any]


def line(ledger: Ledger, metric: str) -> Headline:
    return next(row for row in ledger.headlines if row.metric.startswith(metric))


# Metric, unit, and the figure of the worked example or of the record it is read from.
FIGURES = {
    "Grid connection": ("MW", lambda c: 24.0),
    "IT nameplate": ("MW", lambda c: 20.0),
    "GPUs": ("GPUs", lambda c: 7200.0),
    "Power modules": ("units", lambda c: 10.0),
    "First power module": ("date", lambda c: 432.516),
    "Module plant output": ("units/year", lambda c: c.production.rate_units_per_year[0, 1]),
    "First compute": ("date", lambda c: 1010.0),
    "Whole campus ready": ("date", lambda c: 1192.0),
    "Facility": ("bn EUR", lambda c: 0.240),
    "Full stack": ("bn EUR", lambda c: 0.985),
    "Annual PUE": ("1", lambda c: c.operation.grid_mwh[0, 2] / c.operation.it_mwh[0, 2]),
    "Grid energy": ("TWh/year", lambda c: c.operation.grid_mwh[0, 2] * 1e-6),
    "Electricity emissions": ("kt CO2e/year", lambda c: c.operation.carbon_t[0, 2] * 1e-3),
    "Cost of a useful GPU-hour": ("EUR/h", lambda c: 4.942325),
    "Cost of a million": ("EUR", lambda c: 1.612563),
    "Jobs in the busiest year": ("FTE", lambda c: 11.4751),
    "Permanent jobs": ("FTE", lambda c: 10.99246),
}


@pytest.mark.parametrize("metric", FIGURES)
def test_a_headline_is_its_record_in_its_unit(metric: str, small: Case) -> None:
    unit, figure = FIGURES[metric]
    row = line(small.ledger, metric)
    assert row.unit == unit
    assert row.p10 == row.p50 == row.p90 == pytest.approx(float(figure(small)), rel=1e-4)


def test_every_headline_is_looked_at(small: Case) -> None:
    named = [row.metric for row in small.ledger.headlines]
    others = [name for name in named if not any(name.startswith(known) for known in FIGURES)]
    assert others == []


def test_what_was_announced_stands_beside_it_and_moves_nothing(small: Case, again: Again) -> None:
    said = again(
        "announced.envelope_low_beur=0.6", "announced.envelope_high_beur=0.8", "announced.jobs=500",
        "announced.it_mw=25", "announced.pue=1.1", "announced.first_production_year=2028",
    )  # fmt: skip
    for metric, low, high in (
        ("Facility", 0.6, 0.8), ("Full stack", 0.6, 0.8), ("Jobs", 500.0, 500.0),
        ("IT nameplate", 25.0, 25.0), ("Annual PUE", 1.1, 1.1),
    ):  # fmt: skip
        row = line(said, metric)
        assert (row.announced_low, row.announced_high) == (low, high), metric
    assert line(said, "First compute").announced == "2028"
    # 0.452 of 0.737 bn: what the middle leaves after building and plants.
    assert line(said, "Racks").p50 == pytest.approx(100.0 * 452.0 / 737.0)
    for row in small.ledger.headlines:
        other = line(said, row.metric)
        if not row.metric.startswith("Racks"):
            assert (other.p10, other.p50, other.p90) == (row.p10, row.p50, row.p90)
    # The building takes a third of the middle, the whole is 1.4 times it.
    assert "34 %" in line(said, "Facility").why
    assert "1.4 times" in line(said, "Full stack").why
    assert "inside" in line(again("announced.envelope_low_beur=0.2",
                                  "announced.envelope_high_beur=0.3"), "Facility").why  # fmt: skip


def test_quantiles_are_ordered_from_cheap_to_dear(small: Case, repeated: Repeated) -> None:
    """P90 is the late or costly side: nine of ten draws are no worse."""
    spec = load(
        "small_20mw", "finance.capex_basis=per_mw",
        "finance.facility_capex_meur_per_mw={value: 12, low: 8, high: 20}",
    )  # fmt: skip
    drawn = spec.draw(100, seed=4)
    many = [small.design, small.production, small.programme, small.operation]
    ledger = settle(drawn, *(repeated(record, 100) for record in many))
    row = line(ledger, "Facility")
    cost = ledger.facility_capex_eur / 1e9
    assert row.p10 < row.p50 < row.p90
    assert np.mean(cost <= row.p90) == pytest.approx(0.9, abs=0.02)
    assert np.mean(cost <= row.p10) == pytest.approx(0.1, abs=0.02)
