"""Gates: a wanted date must hold at P90, every check in every draw."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.ledger import settle
from wattport.records import Case, Ledger, Reason
from wattport.spec import load

Repeated = Callable[[Any, int], Any]


def settled_for(small: Case, repeated: Repeated, days: list[float], wanted: str) -> Ledger:
    """Draws of the small campus whose first compute is on given days."""
    n_draws = len(days)
    spec = load("small_20mw", f"programme.wanted_first_compute={wanted}").draw(n_draws, seed=0)
    late = dataclasses.replace(repeated(small.programme, n_draws), first_compute_day=np.array(days))
    design, production, operation = (
        repeated(one, n_draws) for one in (small.design, small.production, small.operation)
    )
    return settle(spec, design, production, late, operation)


def gates(ledger: Ledger, code: str) -> list[Reason]:
    return [reason for reason in ledger.gates if reason.code == code]


@pytest.mark.parametrize(("n_late", "is_failed"), [(0, False), (1, False), (3, True), (20, True)])
def test_a_wanted_date_must_hold_in_nine_draws_of_ten(
    n_late: int, is_failed: bool, small: Case, repeated: Repeated
) -> None:
    wanted = day_of(date(2028, 12, 31))
    days = [wanted] * (20 - n_late) + [wanted + 100.0] * n_late
    failed = gates(settled_for(small, repeated, days, "2028-12-31"), "ACC101")
    assert bool(failed) == is_failed
    if failed:
        assert failed[0].draw_frac == pytest.approx(n_late / 20.0)
        assert f"{100 - 5 * n_late} %" in failed[0].message


def test_a_campus_that_is_never_ready_misses_any_date(small: Case, repeated: Repeated) -> None:
    failed = gates(settled_for(small, repeated, [np.nan] * 10, "2049-12-31"), "ACC101")
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


@pytest.mark.parametrize("room", ["design", "operation"])
def test_a_check_that_fails_in_one_draw_of_four_is_a_gate(small: Case, room: str) -> None:
    records = {
        name: getattr(small, name) for name in ("design", "production", "programme", "operation")
    }
    check = dataclasses.replace(
        records[room].checks[0], code="NEW001", value=np.array([1.0, 1.0, 1.0, 3.0]),
        limit=np.full(4, 2.0), is_upper=True,
    )  # fmt: skip
    records[room] = dataclasses.replace(records[room], checks=(check,))
    ledger = settle(small.spec, **records)
    told = [reason for reason in gates(ledger, "ACC102") if reason.message.startswith("NEW001")]
    assert [reason.draw_frac for reason in told] == [0.25]
    assert "25 %" in told[0].message
