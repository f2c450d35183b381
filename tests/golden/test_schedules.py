"""A schedule written by hand: its dates, and the file Wattport makes of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from wattport.schedule.cpm import critical_path
from wattport.schedule.exchange import mspdi_bytes, read_plan, read_xer, xer_bytes

FOLDER = Path(__file__).parent / "schedules"


def test_dates_are_those_worked_out_by_hand() -> None:
    read = read_plan(FOLDER / "two_halls.xer")
    assert read.not_carried == ()
    dates = critical_path(read.plan)
    open_ones = [(i, a) for i, a in enumerate(read.plan.activities) if not a.is_done]
    assert len(open_ones) == 7
    for i, a in open_ones:
        stated = read.stated[a.id]
        start = dates.resume_day[i] * 1440.0
        assert stated.early_start is not None
        minutes = (stated.early_start - datetime(2026, 1, 1)).total_seconds() / 60.0
        assert abs(start - minutes) < 1e-6, a.id
        assert dates.finish(i) == stated.early_finish, a.id
    longest = [a.id for i, a in open_ones if dates.is_longest_path[i]]
    assert longest == ["M10", "B10", "B30", "B40"]
    # The slab of hall 1 cannot slip into its holiday, though the path it is on is not the longest.
    assert dates.total_float_hours[2] == 0.0


def test_both_formats_carry_it_whole() -> None:
    plan = read_plan(FOLDER / "two_halls.xer").plan
    assert read_plan(FOLDER / "two_halls.xml").plan == plan
    raw, not_carried = mspdi_bytes(plan)
    assert raw == (FOLDER / "two_halls.xml").read_bytes()
    assert not_carried == ()
    raw, not_carried = xer_bytes(plan)
    assert read_xer(raw).plan == plan
    assert not_carried == ()
