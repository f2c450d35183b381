"""What stands beside what was announced: each figure is that of its record, in its unit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from wattport.account import settle
from wattport.records import Case, Headline, Ledger, Programme
from wattport.spec import load
from wattport.units import day_of

Again = Callable[..., Ledger]


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
    "Cost of a GPU-hour": ("EUR/h", lambda c: 4.9026),
    "Cost of a million": ("EUR", lambda c: 1.5997),
    "Jobs": ("FTE", lambda c: 22.463),
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
    assert others == ["Racks the announced sum would fund"]


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


def test_quantiles_are_ordered_from_cheap_to_dear(small: Case) -> None:
    """P90 is the late or costly side: nine of ten draws are no worse."""
    spec = load("small_20mw", "finance.facility_capex_meur_per_mw={value: 12, low: 8, high: 20}")
    drawn = spec.draw(100, seed=4)
    many = [small.design, small.production, small.programme, small.operation]
    ledger = settle(drawn, *(repeated(record, 100) for record in many))
    row = line(ledger, "Facility")
    cost = ledger.facility_capex_eur / 1e9
    assert row.p10 < row.p50 < row.p90
    assert np.mean(cost <= row.p90) == pytest.approx(0.9, abs=0.02)
    assert np.mean(cost <= row.p10) == pytest.approx(0.1, abs=0.02)


def repeated(record: object, n_draws: int) -> object:
    """The same draw many times over."""
    arrays = {
        item.name: np.repeat(getattr(record, item.name), n_draws, axis=0)
        for item in dataclasses.fields(record)  # type: ignore[arg-type]
        if item.metadata.get("dims", ("",))[0] == "draw" and getattr(record, item.name) is not None
    }
    return dataclasses.replace(record, **arrays)  # type: ignore[type-var]


# --- gates ------------------------------------------------------------------------------------


def settled_for(small: Case, days: list[float], wanted: str) -> Ledger:
    """Draws of the small campus whose first compute is on given days."""
    spec = load("small_20mw", f"programme.wanted_first_compute={wanted}").draw(len(days), seed=0)
    records = (small.design, small.production, small.programme, small.operation)
    design, production, programme, operation = (repeated(one, len(days)) for one in records)
    assert isinstance(programme, Programme)
    late = dataclasses.replace(programme, first_compute_day=np.array(days))
    return settle(spec, design, production, late, operation)  # type: ignore[arg-type]


def gates(ledger: Ledger, code: str) -> list:
    return [reason for reason in ledger.gates if reason.code == code]


@pytest.mark.parametrize(("n_late", "is_failed"), [(0, False), (1, False), (3, True), (20, True)])
def test_a_wanted_date_must_hold_in_nine_draws_of_ten(
    n_late: int, is_failed: bool, small: Case
) -> None:
    wanted = day_of(date(2028, 12, 31))
    days = [wanted] * (20 - n_late) + [wanted + 100.0] * n_late
    failed = gates(settled_for(small, days, "2028-12-31"), "ACC101")
    assert bool(failed) == is_failed
    if failed:
        assert failed[0].draw_frac == pytest.approx(n_late / 20.0)
        assert f"{100 - 5 * n_late} %" in failed[0].message


def test_a_campus_that_is_never_ready_misses_any_date(small: Case) -> None:
    failed = gates(settled_for(small, [np.nan] * 10, "2049-12-31"), "ACC101")
    assert [reason.draw_frac for reason in failed] == [1.0]
    assert "never" in failed[0].message


def test_each_check_that_fails_is_a_gate_and_no_other(small: Case) -> None:
    checks = {check.code: check for check in (*small.design.checks, *small.operation.checks)}
    failed = {code for code, check in checks.items() if not check.is_passed}
    assert failed
    told = gates(small.ledger, "ACC102")
    assert {reason.message.split()[0] for reason in told} == failed
    for reason in told:
        assert reason.draw_frac == 1.0 - checks[reason.message.split()[0]].pass_frac
