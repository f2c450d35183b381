"""A case on disk is the case in memory."""

from __future__ import annotations

import dataclasses

import duckdb
import numpy as np
import pytest

from wattport.pipeline.stages import play
from wattport.records.opening import open_case
from wattport.records.record import arrays_by_axes
from wattport.records.storage import STAGES, save


@pytest.fixture(scope="module")
def case():
    return play(
        "small_20mw",
        "finance.operation_years=2",
        "grid.connection_mw={value: 24, low: 20, high: 30}",
        draws=4,
        seed=3,
    )


def assert_same(one, two):
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, two)
        assert one.dtype == two.dtype
    elif dataclasses.is_dataclass(one):
        for item in dataclasses.fields(one):
            if not item.metadata.get("is_kept", True):
                assert getattr(two, item.name) is None  # handed on, not saved
                continue
            assert_same(getattr(one, item.name), getattr(two, item.name))
    elif isinstance(one, tuple):
        assert len(one) == len(two)
        for a, b in zip(one, two, strict=True):
            assert_same(a, b)
    elif isinstance(one, float) and np.isnan(one):
        assert np.isnan(two)
    else:
        assert one == two


@pytest.mark.parametrize("stage", STAGES)
def test_every_record_survives_the_round_trip(case, tmp_path, stage):
    save(case, tmp_path)
    assert_same(getattr(case, stage), getattr(open_case(tmp_path), stage))


def test_the_spec_is_drawn_again_to_the_same_numbers(case, tmp_path):
    save(case, tmp_path)
    again = open_case(tmp_path)
    np.testing.assert_array_equal(again.spec.grid.connection_mw, case.spec.grid.connection_mw)
    assert again.manifest == case.manifest
    assert again.validation == case.validation


def test_a_case_stopped_early_keeps_its_later_stages_empty(tmp_path):
    early = play("small_20mw", draws=1, until="design")
    save(early, tmp_path)
    again = open_case(tmp_path)
    assert_same(early.design, again.design)
    assert again.production is None


def test_tables_are_long_and_labelled(case, tmp_path):
    save(case, tmp_path)
    path = tmp_path / "tables" / "programme_draw_hall_activity.parquet"
    rows = duckdb.sql(
        f"SELECT activity_name, count(*) FROM '{path}' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert sorted(name for name, _ in rows) == sorted(case.programme.activity)
    assert {count for _, count in rows} == {case.programme.ready_day.size}


def test_arrays_have_the_axes_their_record_declares(case):
    """Every axis has one length in a record, and labelled axes the length of their labels."""
    for stage in STAGES:
        record = getattr(case, stage)
        lengths: dict[str, int] = {}
        for dims, columns in arrays_by_axes(record).items():
            for name, array in columns.items():
                assert array.ndim == len(dims), f"{stage}.{name}"
                for dim, length in zip(dims, array.shape, strict=True):
                    assert lengths.setdefault(dim, length) == length, f"{stage}.{name}: {dim}"
        for dim, length in lengths.items():
            labels = getattr(record, dim, None)
            if isinstance(labels, tuple):
                assert len(labels) == length, f"{stage}: {dim}"
