"""What the page says of the machines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wattport.report.sections import compute


def cells(listing):
    return {row[0]: row[1:] for row in listing.table.rows}


def test_gpu_hours_stack_to_what_stands_in_ready_halls(case):
    operation = case.operation
    chart = compute.gpu_hours(operation)
    whole = sum(
        hours.mean(axis=0)
        for hours in (
            operation.training_gpu_hours, operation.inference_gpu_hours,
            operation.idle_gpu_hours, operation.failed_gpu_hours,
        )
    )  # fmt: skip
    np.testing.assert_allclose(np.sum(chart.value, axis=0), whole / 1e9)


def test_tables_show_the_full_year_in_the_units_they_name(case):
    operation = case.operation
    k = int(np.flatnonzero(operation.year == operation.full_year)[0])
    shown = cells(compute.answers(case.spec, operation, case.ledger))
    median_ms = 1e3 * np.median(operation.ttft_p50_s[:, k])
    assert float(shown["Time to first token, median (ms)"][1]) == pytest.approx(median_ms, rel=0.05)
    up = cells(compute.trainings(case.spec, operation))["Time computing (%)"]
    assert float(up[1]) == pytest.approx(
        100 * np.median(operation.training_up_frac[:, k]), rel=0.05
    )


def test_the_cost_of_a_token_needs_the_accounts(case):
    without = cells(compute.answers(case.spec, case.operation, None))
    assert not any("EUR" in name for name in without)


def test_a_week_has_five_working_days_and_two_others(case):
    series = compute.week(case.operation)
    assert series.lines[0].middle.size == 168
    np.testing.assert_array_equal(series.lines[0].middle[:24], series.lines[0].middle[96:120])
    assert (series.lines[0].middle[:24] != series.lines[0].middle[120:144]).any()
    assert len(series.table.rows) == 28


def test_a_case_that_stopped_before_it_ran_has_no_such_section(case):
    assert compute.section(replace(case, operation=None)) is None


def test_halls_that_draw_the_same_share_a_line(case):
    mwh, peak = np.full((3, 5), 8760.0), np.full((3, 5), 2.0)
    mwh[:, 2], peak[:, 4] = 17520.0, 0.0
    operation = replace(case.operation, hall_it_mwh=mwh, hall_peak_it_mw=peak)
    rows = compute.halls(operation).table.rows
    assert [row[0] for row in rows] == ["1\u20132", "3", "4"]
    assert [float(row[1]) for row in rows] == [1.0, 2.0, 1.0]
