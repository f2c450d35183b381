"""Holidays, shut-downs and weather against calendars counted day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.calendar.epoch import EPOCH
from wattport.calendar.holidays import public_holidays
from wattport.programme import construct
from wattport.programme.as_plan import programme_plan
from wattport.programme.calendar import (
    days_off,
    finish_of_work,
    start_of_work,
    week_time,
    work_of_day,
    working_time,
)
from wattport.programme.dates import schedule
from wattport.programme.dates_kernel import _begin, _end
from wattport.programme.draws import foresee, pose
from wattport.programme.weather_windows import draw_weather, mean_weather
from wattport.programme.weather_windows_kernel import Weather, progress_at
from wattport.records import Design, Production
from wattport.schedule.cpm import critical_path
from wattport.spec import Spec, load
from wattport.spec.campus.programme import Shutdown

Halls = Callable[..., Design]
Modules = Callable[..., Production]


@pytest.fixture(scope="module")
def site() -> Spec:
    return load("dunkerque")


def test_easter_mondays_are_where_the_almanacs_have_easter() -> None:
    sundays = ["2024-03-31", "2026-04-05", "2028-04-16", "2030-04-21", "2038-04-25"]
    kept = public_holidays("FR", [int(day[:4]) for day in sundays])
    assert {date.fromisoformat(day) + timedelta(days=1) for day in sundays} <= set(kept)


@pytest.mark.parametrize(
    ("place", "day"),
    [("US", date(2027, 7, 4)), ("DE-BY", date(2027, 1, 6)), ("JP", date(2027, 5, 3))],
)
def test_other_countries_have_their_own_days(place: str, day: date) -> None:
    assert day in public_holidays(place, [2027])
    assert day not in public_holidays("FR", [2027])


def test_the_french_holidays_of_2027() -> None:
    listed = "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25"
    assert [day.strftime("%m-%d") for day in public_holidays("FR", [2027])] == listed.split()


def test_days_off_are_holidays_and_shutdowns_over_the_turn_of_the_year(site: Spec) -> None:
    programme = site.programme.model_copy(
        update={
            "holidays": "FR",
            "shutdowns": (Shutdown(name="Christmas", first="12-24", last="01-02"),),
        }
    )
    off = {day for day in days_off(programme) if date(2027, 12, 1) <= day <= date(2028, 1, 31)}
    assert off == {date(2027, 12, 24) + timedelta(days=n) for n in range(10)}


OFF = tuple(sorted({*public_holidays("FR", [2026, 2027])} | {
    date(2026, 8, 3) + timedelta(days=n) for n in range(19)
}))  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 500), st.integers(1, 150), st.integers(1, 7))
def test_work_is_what_stepping_through_the_days_gives(
    offset: int, n_days: int, per_week: int
) -> None:
    time = week_time(float(per_week), OFF)
    begin = float(work_of_day(offset, time))
    worked, day, first = 0, EPOCH + timedelta(days=offset), None
    while worked < n_days:
        if day.weekday() < per_week and day not in OFF:
            worked += 1
            first = first or day
        day += timedelta(days=1)
    assert first is not None
    assert float(start_of_work(begin, time)) == (first - EPOCH).days
    assert float(finish_of_work(begin + n_days, time)) == (day - EPOCH).days


@settings(deadline=None, max_examples=60)
@given(st.floats(-3000.0, 20000.0), st.floats(0.5, 7.0))
def test_work_and_days_invert_each_other_with_holidays(work: float, per_week: float) -> None:
    time = week_time(per_week, OFF)
    start, finish = float(start_of_work(work, time)), float(finish_of_work(work, time))
    assert finish <= start + 1e-6
    for day in (start, finish):
        assert float(work_of_day(day, time)) == pytest.approx(work, abs=1e-6)


def test_never_and_always_stay_so() -> None:
    time = week_time(5.0)
    assert np.isnan(work_of_day(np.nan, time))
    assert work_of_day(np.inf, time) == np.inf
    assert work_of_day(-np.inf, time) == -np.inf


def by_steps(begin: float, work: float, boundary: np.ndarray, slope: np.ndarray) -> float:
    """Work on in thousandths of a day."""
    step, at, left = 1e-3, begin, work
    while left > 0.0:
        m = int(np.searchsorted(boundary, at, side="right")) - 1
        left -= step * (slope[m] if 0 <= m < slope.size else 1.0)
        at += step
    return at


@pytest.mark.parametrize("seed", range(20))
def test_work_lasts_through_bad_months(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boundary = np.cumsum(rng.uniform(0.0, 25.0, 9))
    slope = rng.uniform(0.3, 1.0, 8)
    done = np.concatenate(([0.0], np.cumsum(slope * np.diff(boundary))))
    weather = Weather(boundary, slope[None, None], done[None, None])
    begin, work = rng.uniform(-20.0, 180.0), rng.uniform(0.0, 60.0)
    end = _end(begin, work, 0, 0, weather)
    assert end == pytest.approx(by_steps(begin, work, boundary, slope), abs=0.02)
    assert _begin(end, work, 0, 0, weather) == pytest.approx(begin, abs=1e-9)
    assert end - begin >= work - 1e-9
    gone = progress_at(end, boundary, slope, done) - progress_at(begin, boundary, slope, done)
    assert gone == pytest.approx(work, abs=1e-9)


def test_drawn_months_lose_whole_days_as_often_as_the_spec_says(site: Spec) -> None:
    spec = site.draw(400, seed=3)
    time = working_time(spec.programme)
    weather = draw_weather(spec, time)
    n_days = np.diff(weather.boundary)
    lost = (1.0 - weather.slope) * n_days
    np.testing.assert_allclose(lost, np.rint(lost), atol=1e-9)
    for c, window in enumerate(spec.programme.weather):
        for month in range(12):
            share = lost[:, c, month::12].sum() / n_days[month::12].sum() / 400
            wanted = float(window.lost_by_month_frac[month][0])
            assert share == pytest.approx(wanted, abs=0.004)


def test_mean_weather_loses_the_expected_share(site: Spec) -> None:
    programme = site.draw(1).programme
    weather = mean_weather(programme, working_time(programme))
    january = 1.0 - float(programme.weather[0].lost_by_month_frac[0][0])
    np.testing.assert_allclose(weather.slope[0, 0, ::12], january)


def test_weather_of_a_draw_does_not_depend_on_the_others(site: Spec) -> None:
    spec = site.draw(9, seed=5)
    time = working_time(spec.programme)
    whole, part = draw_weather(spec, time), draw_weather(spec.slice(4, 6), time)
    np.testing.assert_array_equal(whole.progress[4:6], part.progress)


def test_holidays_and_weather_only_delay(site: Spec, halls: Halls, modules: Modules) -> None:
    calm = tuple(
        window.model_copy(update={"lost_by_month_frac": (0.0,) * 12})
        for window in site.programme.weather
    )
    changes = (
        {"holidays": "none", "shutdowns": (), "weather": calm},
        {"weather": calm},
        {},
    )
    days = []
    for change in changes:
        programme = site.programme.model_copy(update=change)
        spec = site.model_copy(update={"programme": programme}).draw(30, seed=1)
        design = halls(spec)
        days.append(construct(spec, design, modules(design)).first_compute_day)
    assert (days[1] >= days[0] - 1e-6).all()
    assert (days[2] >= days[1] - 1e-6).all()
    assert days[1].mean() > days[0].mean() + 5.0
    assert days[2].mean() > days[1].mean()


@pytest.mark.parametrize("draw", range(3))
def test_the_plan_carries_holidays_and_lost_days(
    site: Spec, halls: Halls, modules: Modules, draw: int
) -> None:
    spec = site.draw(3, seed=2)
    design = halls(spec)
    production = modules(design)
    problem, _ = pose(foresee(spec, design, production))
    made = schedule(problem)
    plan = programme_plan(spec, design, production, draw)
    is_built = np.isfinite(made.finish_day[draw])
    dates = critical_path(plan)
    # A minute over the end of a week is a Monday: so in working days.
    for theirs, ours in ((dates.start_day, made.start_day), (dates.finish_day, made.finish_day)):
        jobs = theirs[: is_built.sum()]  # hammocks come after them
        apart = work_of_day(jobs, problem.time) - work_of_day(ours[draw][is_built], problem.time)
        assert np.abs(apart).max() < 0.7
    off = dict(plan.calendars[0].exceptions)
    assert off[date(2028, 7, 14)] == ()
    assert off[date(2028, 12, 26)] == ()
