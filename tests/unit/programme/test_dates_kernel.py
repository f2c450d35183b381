"""The compiled schedule against a plain twin, a feasibility checker, and by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from wattport.programme.calendar import finish_of_work, start_of_work, week_time, work_of_day
from wattport.programme.dates_kernel import (
    BY_CREW,
    BY_END,
    BY_LINK,
    BY_RELEASE,
    BY_STAGGER,
    serial_schedule,
    trace_chains,
)
from wattport.programme.weather_windows import no_weather
from wattport.programme.weather_windows_kernel import Weather

WORK, CLOCK, STAGGER = "work", "clock", "stagger"


@dataclass
class Case:
    """One draw, with plain lists."""

    order: list[int]
    duration: list[float]
    release: list[float]
    links: list[tuple[int, int, int, str, float]]  # from, to, kind, what of lag, lag
    crew: list[int]
    capacity: list[int]
    per_week: float
    weather_class: list[int] | None = None
    months: list[tuple[float, float]] | None = None  # end of each, and share kept; from -100

    def run(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        rows = sorted(self.links, key=lambda row: row[1])
        counts = np.bincount([row[1] for row in rows], minlength=len(self.duration))
        result = serial_schedule(
            np.array([self.order]),
            np.array([self.duration]),
            np.array([self.release]),
            np.concatenate(([0], np.cumsum(counts))),
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[2] for row in rows], dtype=np.int64),
            np.array([row[3] == STAGGER for row in rows], dtype=np.bool_),
            np.array([row[3] != WORK for row in rows], dtype=np.bool_),
            np.array([[row[4] for row in rows]], dtype=np.float64).reshape(1, -1),
            np.array(self.crew),
            np.array([self.capacity]),
            week_time(self.per_week),
            np.array(self.weather_class or [-1] * len(self.duration)),
            self.weather(),
        )
        return tuple(part[0] for part in result)  # type: ignore[return-value]

    def weather(self) -> Weather:
        if self.months is None:
            return no_weather(1)
        boundary = np.array([-100.0, *(end for end, _ in self.months)])
        slope = np.array([kept for _, kept in self.months])
        done = np.concatenate(([0.0], np.cumsum(slope * np.diff(boundary))))
        return Weather(boundary, slope[None, None], done[None, None])

    def worked(self, j: int, begin: float, end: float) -> float:
        """Work that a job gets done between two moments, month by month."""
        if self.months is None or self.weather_class is None or self.weather_class[j] < 0:
            return end - begin
        total, since = 0.0, -100.0
        for until, kept in self.months:
            total += max(0.0, min(end, until) - max(begin, since)) * kept
            since = until
        return total + max(0.0, end - max(begin, since)) + max(0.0, min(end, -100.0) - begin)

    def moment(self, j: int, fixed: float, is_begin: bool) -> float:
        """The other end of a job that begins, or ends, at a moment: by halving."""
        work = self.duration[j]
        near, far = 0.0, work / 0.05 + 1.0
        for _ in range(200):
            span = 0.5 * (near + far)
            ends = (fixed, fixed + span) if is_begin else (fixed - span, fixed)
            near, far = (span, far) if self.worked(j, *ends) < work else (near, span)
        return fixed + far if is_begin else fixed - far

    def bound(self, row: tuple[int, int, int, str, float], start: list, finish: list) -> float:
        before, after, kind, of_lag, lag = row
        point = finish[before] if kind in (0, 2) else start[before]
        if of_lag == WORK:
            bound = point + lag
        else:
            moment = finish_of_work if kind in (0, 2) else start_of_work
            day = moment(np.float64(point), week_time(self.per_week)) + lag
            bound = float(work_of_day(day, week_time(self.per_week)))
        if kind not in (2, 3):
            return bound
        if self.months is None:
            return bound - self.duration[after]
        return self.moment(after, bound, is_begin=False)

    def end(self, j: int, begin: float) -> float:
        if self.months is None:
            return begin + self.duration[j]
        return self.moment(j, begin, is_begin=True)


def twin(case: Case) -> tuple[list[float], list[float]]:
    """Serial generation in plain Python: try every moment at which a crew comes free."""
    n = len(case.duration)
    start, finish = [math.nan] * n, [math.nan] * n
    busy: dict[int, list[tuple[float, float]]] = {c: [] for c in range(len(case.capacity))}
    for j in case.order:
        if math.isnan(case.duration[j]):
            continue
        ready = case.release[j]
        for row in case.links:
            if row[1] == j and not math.isnan(start[row[0]]):
                ready = max(ready, case.bound(row, start, finish))
        begin, c = ready, case.crew[j]
        if c >= 0 and case.duration[j] > 0:
            for begin in sorted({ready, *(f for _, f in busy[c] if f > ready)}):
                end = case.end(j, begin)
                moments = [begin, *(s for s, _ in busy[c] if begin < s < end)]
                if all(sum(s <= m < f for s, f in busy[c]) < case.capacity[c] for m in moments):
                    break
            busy[c].append((begin, case.end(j, begin)))
        start[j], finish[j] = begin, case.end(j, begin)
    return start, finish


def random_case(seed: int) -> Case:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    whole = bool(rng.integers(2))  # whole numbers make ties, broken ones test rounding
    duration = rng.integers(0, 9, n).astype(float) if whole else rng.uniform(0.0, 9.0, n)
    duration[rng.random(n) < 0.1] = np.nan
    n_crews = int(rng.integers(1, 4))
    links = []
    for j in range(1, n):
        for i in rng.choice(j, size=min(j, int(rng.integers(0, 3))), replace=False):
            kind = int(rng.integers(4))
            lag = float(rng.integers(-2, 4))
            of_lag = (WORK, WORK, CLOCK, STAGGER)[rng.integers(4)]
            if of_lag == STAGGER:
                kind, lag = 1, float(rng.integers(0, 15))
            elif rng.random() < 0.1:
                of_lag, lag = WORK, -math.inf
            links.append((int(i), j, kind, of_lag, lag))
    return Case(
        order=list(range(n)),
        duration=duration.tolist(),
        release=rng.integers(0, 20, n).astype(float).tolist(),
        links=links,
        crew=rng.integers(-1, n_crews, n).tolist(),
        capacity=rng.integers(1, 4, n_crews).tolist(),
        per_week=float(rng.integers(1, 8)),
    )


@pytest.mark.parametrize("seed", range(200))
def test_random_networks(seed: int) -> None:
    case = random_case(seed)
    start, finish, driver, driver_job = case.run()
    twin_start, twin_finish = twin(case)
    np.testing.assert_array_equal(start, twin_start)
    np.testing.assert_array_equal(finish, twin_finish)
    check_feasible(case, start, finish)
    check_drivers(case, start, finish, driver, driver_job)


@pytest.mark.parametrize("seed", range(150))
def test_random_networks_through_bad_months(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    case = random_case(seed)
    n = len(case.duration)
    # No two ends at one moment: a hair of rounding must not choose another crew.
    case.duration = (np.array(case.duration) * rng.uniform(0.9, 1.1, n)).tolist()
    case.release = (np.array(case.release) + rng.uniform(0.0, 1.0, n)).tolist()
    case.weather_class = rng.integers(-1, 1, n).tolist()
    ends = np.cumsum(rng.uniform(5.0, 25.0, 9)) - 20.0
    case.months = [
        (float(e), float(s)) for e, s in zip(ends, rng.uniform(0.2, 1.0, 9), strict=True)
    ]
    start, finish, *_ = case.run()
    twin_start, twin_finish = twin(case)
    np.testing.assert_allclose(start, twin_start, atol=1e-6)
    np.testing.assert_allclose(finish, twin_finish, atol=1e-6)
    for j in np.flatnonzero(~np.isnan(start)):
        assert case.worked(j, start[j], finish[j]) == pytest.approx(case.duration[j], abs=1e-6)


def check_feasible(case: Case, start: np.ndarray, finish: np.ndarray) -> None:
    """Look at every rule by itself, knowing nothing of how the schedule was made."""
    there = ~np.isnan(case.duration)
    assert (start[there] >= np.array(case.release)[there]).all()
    for row in case.links:
        if there[row[0]] and there[row[1]]:
            assert start[row[1]] >= case.bound(row, list(start), list(finish)) - 1e-9
    for c, limit in enumerate(case.capacity):
        mine = there & (np.array(case.crew) == c) & (finish > start)
        for moment in start[mine]:
            assert (mine & (start <= moment) & (moment < finish)).sum() <= limit


def check_drivers(
    case: Case, start: np.ndarray, finish: np.ndarray, driver: np.ndarray, job: np.ndarray
) -> None:
    for j in np.flatnonzero(~np.isnan(start)):
        what = {BY_LINK: (False, True), BY_END: (False, False), BY_STAGGER: (True, True)}
        bounds = [
            case.bound(r, list(start), list(finish))
            for r in case.links
            if r[1] == j and r[0] == job[j] and what.get(driver[j]) == (r[3] == STAGGER, r[2] < 2)
        ]
        if driver[j] == BY_RELEASE:
            assert start[j] == case.release[j]
        elif driver[j] in what:
            assert start[j] in bounds
        else:
            assert driver[j] == BY_CREW
            assert case.crew[job[j]] == case.crew[j]
            assert finish[job[j]] == start[j]


def test_a_gap_is_filled_by_a_job_of_lower_priority() -> None:
    case = Case(
        order=[0, 1, 2],
        duration=[2.0, 3.0, 4.0],
        release=[0.0, 10.0, 0.0],
        links=[],
        crew=[0, 0, 0],
        capacity=[1],
        per_week=7.0,
    )
    start, _, driver, job = case.run()
    assert start.tolist() == [0.0, 10.0, 2.0]
    assert driver.tolist() == [BY_RELEASE, BY_RELEASE, BY_CREW]
    assert job.tolist() == [-1, -1, 0]


def test_chain_adds_up_and_charges_each_cause() -> None:
    # 0 (cause 0, 3 d) -> 1 (cause 1, 2 d) waits for the crew that 2 (cause 2) holds until 9.
    case = Case(
        order=[2, 0, 1],
        duration=[3.0, 2.0, 5.0],
        release=[0.0, 0.0, 4.0],
        links=[(0, 1, 0, WORK, 0.0)],
        crew=[-1, 0, 0],
        capacity=[1],
        per_week=7.0,
    )
    start, finish, driver, job = case.run()
    assert start.tolist() == [0.0, 9.0, 4.0]
    days, is_driving = trace_chains(
        np.array([[1]]), start[None], finish[None], driver[None], job[None],
        np.eye(3, 5)[None], np.array([[3, 3, 3]]), 4, np.arange(3), -1.0,
    )  # fmt: skip
    # Two days of its own, five of waiting for the crew, four and one before the release of 2.
    assert days[0, 0].tolist() == [0.0, 2.0, 0.0, 5.0, 5.0]
    assert is_driving[0, 0].tolist() == [False, True, True]
    assert days.sum() == finish[1] + 1.0


def test_a_link_to_the_end_charges_only_what_it_held() -> None:
    # 0 works from 0 to 10; 1 needs 4 days and may not end before 0 has, plus 2.
    case = Case(
        order=[0, 1],
        duration=[10.0, 4.0],
        release=[0.0, 0.0],
        links=[(0, 1, 2, WORK, 2.0)],
        crew=[-1, -1],
        capacity=[1],
        per_week=7.0,
    )
    start, finish, driver, job = case.run()
    assert (start.tolist(), finish.tolist()) == ([0.0, 8.0], [10.0, 12.0])
    assert (driver[1], job[1]) == (BY_END, 0)
    days, _ = trace_chains(
        np.array([[1]]), start[None], finish[None], driver[None], job[None],
        np.eye(2)[None], np.array([[0, 0]]), 0, np.arange(2), 0.0,
    )  # fmt: skip
    assert days[0, 0].tolist() == [10.0, 2.0]


@pytest.mark.parametrize(
    ("kind", "of_lag", "lag", "start"),
    [
        (0, WORK, 0.0, 4.0),  # Friday night: on Monday
        (0, WORK, 2.0, 6.0),
        (0, WORK, -1.0, 1.0),
        (0, CLOCK, 2.0, 4.0),  # over the week-end
        (0, CLOCK, 3.0, 5.0),
        (1, WORK, 2.0, 0.0),
        (1, CLOCK, 5.0, 4.0),
        (2, WORK, 0.0, 0.0),
        (2, CLOCK, 4.0, 4.0),
        (3, WORK, 5.0, 1.0),
    ],
)
def test_links_by_hand(kind: int, of_lag: str, lag: float, start: float) -> None:
    # From Tuesday 30 December 2025 (day -2), four days; then two days of another.
    case = Case(
        order=[0, 1], duration=[4.0, 2.0], release=[1.0, 0.0], links=[(0, 1, kind, of_lag, lag)],
        crew=[-1, -1], capacity=[1], per_week=5.0,
    )  # fmt: skip
    work, *_ = case.run()
    assert float(start_of_work(work[1], week_time(5.0))) == start
