"""Working hours and people of the plants of a factory file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records, per_draw
from wattport.calendar.epoch import EPOCH, HOURS_PER_YEAR, hour_of
from wattport.calendar.intervals import INTERVAL, shift_intervals, stack_calendars, working_days
from wattport.errors import Finding, InfeasibleError
from wattport.factory.engine.line_records import LEVEL
from wattport.spec.factory.factory import Factory, FactoryPlant

N_YEARS = 30  # from the epoch; orders not done by then are reported, not waited for


@dataclass(frozen=True)
class Clock:
    """When one plant works; draws that agree share it."""

    start_h: FloatArray  # (interval,)
    end_h: FloatArray  # (interval,)
    change_h: FloatArray  # (shift,) each shift begins


@dataclass(frozen=True)
class Hours:
    """Calendars and levels of staff of all plants, as rows of the engine."""

    clocks: tuple[Clock, ...]
    first_clock: tuple[int, ...]  # (plant,) the clock of its first draw
    calendar: IntArray  # (draw, plant) row of the calendar; -1: day and night
    calendars: Records
    levels: Records  # one row for each skill and clock
    schedule: IntArray  # (draw, skill) row of the levels
    skill: tuple[tuple[int, str], ...]  # (skill,) plant and name
    n_people: FloatArray  # (skill,) mean over the shifts
    covers: IntArray  # (skill, place) skills whose people do its work: its own, then others; -1
    worked_h_per_year: FloatArray  # (plant,)


def hours_of(factory: Factory) -> Hours:
    """
    Lay out the working hours of a drawn factory.

    Draws that agree share a calendar, so that a certain factory has one for each plant.
    """
    n_draws = factory.n_draws
    clocks: list[Clock] = []
    rows = np.empty((n_draws, len(factory.plants)), np.int64)
    for p, plant in enumerate(factory.plants):
        pairs = np.stack(
            [per_draw(plant.weeks_per_year, n_draws), per_draw(plant.shift_h, n_draws)], axis=1
        )
        distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
        rows[:, p] = len(clocks) + inverse.ravel()
        clocks += [_clock(plant, float(weeks), float(hours)) for weeks, hours in distinct]
    is_always = np.array([_is_always(clock) for clock in clocks])
    levels, schedule, skills, n_people = _levels(factory, rows, clocks)
    worked = [
        HOURS_PER_YEAR if is_always[row] else _worked_h_per_year(clocks[row], plant)
        for row, plant in zip(rows[0], factory.plants, strict=True)
    ]
    calendars = np.zeros((0, 1), INTERVAL)
    if not is_always.all():
        calendars = stack_calendars([(clock.start_h, clock.end_h) for clock in clocks])
    return Hours(
        clocks=tuple(clocks),
        first_clock=tuple(int(row) for row in rows[0]),
        calendar=np.where(is_always[rows], -1, rows),
        calendars=calendars,
        levels=levels,
        schedule=schedule,
        skill=skills,
        n_people=n_people,
        covers=_covers(factory),
        worked_h_per_year=np.array(worked),
    )


def refuse_idle(factory: Factory) -> None:
    """
    Refuse a factory whose question has no answer, because one of its plants never works.

    Parameters
    ----------
    factory : Factory
        Drawn.

    Raises
    ------
    InfeasibleError
        Where the calendar of a plant has no working time after its opening.
    """
    hours = hours_of(factory)
    for plant, row in zip(factory.plants, hours.first_clock, strict=True):
        if not (hours.clocks[row].start_h >= hour_of(plant.opening)).any():
            raise InfeasibleError(
                Finding(
                    "MAK009",
                    f"the calendar of {plant.name} has no working time after its opening",
                    remedy="check weeks_per_year, days_per_week and holidays",
                )
            )


def _clock(plant: FactoryPlant, weeks: float, shift_h: float) -> Clock:
    days = working_days(int(plant.days_per_week), weeks, EPOCH.year, N_YEARS)
    days = np.setdiff1d(days, [(day - EPOCH).days for day in plant.holidays])
    start, end, change = shift_intervals(days, int(plant.n_shifts), shift_h)
    return Clock(start, end, change)


def _is_always(clock: Clock) -> bool:
    gaps = clock.start_h[1:] - clock.end_h[:-1]
    return len(clock.start_h) > 0 and bool((np.abs(gaps) < 1e-6).all())


def _levels(
    factory: Factory, rows: IntArray, clocks: list[Clock]
) -> tuple[Records, IntArray, tuple[tuple[int, str], ...], FloatArray]:
    steps: list[tuple[FloatArray, IntArray]] = []
    skills: list[tuple[int, str]] = []
    schedule, mean = [], []
    for p, plant in enumerate(factory.plants):
        for skill in plant.skills:
            first, later = int(skill.n_people), int(skill.n_later_shift_people)
            n_shifts = int(plant.n_shifts)
            own = {}
            for row in np.unique(rows[:, p]):
                own[row] = len(steps)
                steps.append(_steps(clocks[row], n_shifts, first, later))
            schedule.append([own[row] for row in rows[:, p]])
            skills.append((p, skill.name))
            mean.append((first + (n_shifts - 1) * later) / n_shifts)
    width = max((len(people) for _, people in steps), default=1) + 1
    levels = np.zeros((len(steps), width), LEVEL)
    levels["from_h"] = np.inf
    for row, (from_h, people) in enumerate(steps):
        levels["from_h"][row, : len(people)] = from_h
        levels["n_people"][row, : len(people)] = people
    shape = (len(rows), len(skills))
    table = np.array(schedule, np.int64).T.reshape(shape)
    return levels, table, tuple(skills), np.array(mean)


def _covers(factory: Factory) -> IntArray:
    """Say who does the work of each skill: its own people, then others in the order of the file."""
    skills = [(p, skill) for p, plant in enumerate(factory.plants) for skill in plant.skills]
    covers = np.full((len(skills), len(skills)), -1, np.int64)
    for k, (p, skill) in enumerate(skills):
        also = [j for j, (q, other) in enumerate(skills) if q == p and skill.name in other.also]
        covers[k, : 1 + len(also)] = [k, *also]
    return covers


def _steps(clock: Clock, n_shifts: int, first: int, later: int) -> tuple[FloatArray, IntArray]:
    if n_shifts == 1 or first == later:
        return np.zeros(1), np.array([first])
    # Only the change between unequal shifts matters: at night nobody works anyhow.
    change = clock.change_h.reshape(-1, n_shifts)[:, :2].ravel()
    people = np.tile(np.array([first, later]), len(change) // 2)
    return np.append(0.0, change), np.append(first, people)


def _worked_h_per_year(clock: Clock, plant: FactoryPlant) -> float:
    opens = hour_of(plant.opening)
    is_open = clock.start_h >= opens
    span_h = N_YEARS * HOURS_PER_YEAR - opens
    return float((clock.end_h - clock.start_h)[is_open].sum() / span_h * HOURS_PER_YEAR)
