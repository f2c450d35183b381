"""A plant for a wanted rate: shifts, bays, buffers and staff at least cost, simulated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from wattport.errors import Finding, InfeasibleError, WattportError
from wattport.make.planning.balance import Tasks, balance_line
from wattport.make.planning.choice import Choice, Costs, Question, pose
from wattport.make.planning.proof import Status, gap_frac, status_of
from wattport.make.planning.staffing import StaffPlan
from wattport.make.planning.trial import Trial, try_plant, use_frac
from wattport.records.record import FloatArray
from wattport.spec.plants import Plant

_N_DRAWS = 8
_MOST_ROUNDS = 80  # of one more bay, place or share of staff; far more than any plan took
_STAFF_STEP = 0.03


@dataclass(frozen=True)
class StationPlan:
    """One station of the plan; the test bays are the last."""

    name: str
    n_bays: int
    n_buffer: int
    use_frac: float  # of the bays' working time, simulated
    rate_gain_per_bay_per_year: float  # one more bay, all else equal: the bottleneck gains most


@dataclass(frozen=True)
class StaffRow:
    """People of one skill on one shift."""

    shift: str
    skill: str
    n_people: int


@dataclass(frozen=True)
class CurvePoint:
    """Rate and cost when one lever is moved and the rest of the plan stays."""

    lever: str
    value: float
    rate_per_year: float
    cost_eur_per_year: float


@dataclass(frozen=True)
class PacedLine:
    """The same work on parallel lines that move at a beat, balanced exactly."""

    n_lines: int
    n_stations: int  # of one line
    beat_h: float  # between two units of one line
    idle_frac: float
    status: Status


@dataclass(frozen=True)
class LinePlan:
    """Stations, staff, buffers and cost for a wanted rate, with bound and curves."""

    plant: str
    wanted_per_year: float
    rate_per_year: float  # simulated mean
    rate_half_width_per_year: float  # of its 99 % interval
    rate_p10_per_year: float  # over the futures; P90 is the low side
    rate_p50_per_year: float
    rate_p90_per_year: float
    n_shifts: int
    stations: tuple[StationPlan, ...]
    staff: tuple[StaffRow, ...]
    staff_eur_per_year: float
    bays_eur_per_year: float
    stock_eur_per_year: float
    cost_eur_per_year: float
    bound_eur_per_year: float
    gap_frac: float
    status: Status
    needed_area_m2: float
    bay_area_m2: float  # there is
    curves: tuple[CurvePoint, ...]
    paced: tuple[PacedLine, ...]


def plan_line(
    plant: Plant, rate_per_year: float, costs: Costs, futures: Plant | None = None,
    n_futures: int = 1, seed: int = 7,
) -> LinePlan:  # fmt: skip
    """
    Find the cheapest line of a plant that makes a wanted rate.

    Parameters
    ----------
    plant : Plant
        Drawn once, at the central values.
    rate_per_year : float
        Wanted. [units/year, > 0]
    costs : Costs
        Wage, premium of later shifts, interest and life.
    futures, n_futures : Plant, int
        The same plant drawn many times, to judge the plan under uncertainty.
    seed : int
        Of all simulations; the same streams for every plan compared.

    Returns
    -------
    LinePlan
        ``status`` infeasible, with the best line found, where the rate is out of reach.

    Raises
    ------
    WattportError
        If the rate is not positive.
    InfeasibleError
        If the floor cannot hold the bays at any number of shifts.

    Notes
    -----
    For one, two and three shifts: the fewest bays and people by their hours;
    then, while the simulated rate is too low, whichever of one more bay, one
    more place before every station or 3 % more staff gains most per euro; then
    whatever can go is taken out. Bound: people and bays by hours alone, without
    any waiting, at the cheapest number of shifts. It is a bound on every plan
    with these stations; the gap is the price of variability and of the search.
    """
    if not rate_per_year > 0.0 or not np.isfinite(rate_per_year):
        raise WattportError(
            Finding("PLAN040", "the wanted rate must be above zero", path="--rate",
                    value=rate_per_year, remedy="for example 300/year")
        )  # fmt: skip
    shift_h = _mean(plant.shift_h)
    posed = [pose(plant, rate_per_year, n, costs) for n in (1, 2, 3) if n * shift_h <= 24.0]
    questions = [question for question in posed if question is not None]
    if not questions:
        raise InfeasibleError(
            Finding("PLAN041", f"the floor of the {plant.name} cannot hold the bays for it",
                    path="--rate", value=rate_per_year,
                    remedy="want a lower rate, more shifts or a larger area_m2")
        )  # fmt: skip
    bound = min(question.bound_eur_per_year for question in questions)
    judge = _Judge(rate_per_year, seed)
    best: tuple[Question, Choice] | None = None
    missed: list[tuple[Question, Choice]] = []
    for question in sorted(questions, key=lambda q: q.bound_eur_per_year):
        if best is not None and question.bound_eur_per_year >= best[0].cost(best[1]):
            continue
        choice = _raise_rate(question, question.least, judge)
        if judge.rate(question, choice) < rate_per_year:
            missed.append((question, choice))
            continue
        choice = _trim(question, choice, judge)
        if best is None or question.cost(choice) < best[0].cost(best[1]):
            best = question, choice
    found = best or max(missed, key=lambda pair: judge.rate(*pair))
    status = Status.INFEASIBLE
    if best is not None:
        status = status_of(found[0].cost(found[1]), bound)
    plan = _told(found[0], found[1], judge, bound, status)
    if futures is None:
        return plan
    tried = try_plant(
        found[0].plant_of(found[1], futures), 3.0 * rate_per_year, n_futures, seed
    ).rate_per_year
    p10, p50, p90 = np.quantile(tried, [0.9, 0.5, 0.1])
    return replace(
        plan,
        rate_p10_per_year=float(p10),
        rate_p50_per_year=float(p50),
        rate_p90_per_year=float(p90),
    )


class _Judge:
    """The event engine, which remembers what it has judged."""

    def __init__(self, rate_per_year: float, seed: int) -> None:
        self.wanted, self.seed = rate_per_year, seed
        self._known: dict[tuple[int, Choice], Trial] = {}

    def trial(self, question: Question, choice: Choice) -> Trial:
        key = (question.n_shifts, choice)
        if key not in self._known:
            plant = question.plant_of(choice, question.plant)
            self._known[key] = try_plant(plant, 3.0 * self.wanted, _N_DRAWS, self.seed)
        return self._known[key]

    def rate(self, question: Question, choice: Choice) -> float:
        return self.trial(question, choice).mean_per_year


def _raise_rate(question: Question, choice: Choice, judge: _Judge) -> Choice:
    for _ in range(_MOST_ROUNDS):
        now = judge.rate(question, choice)
        if now >= judge.wanted:
            break
        options = list(_more(choice))
        worth = []
        for option in options:
            # What lies above the wanted rate is worth nothing.
            gain = min(judge.rate(question, option), judge.wanted) - now
            worth.append(gain / max(question.cost(option) - question.cost(choice), 1.0))
        if max(worth) > 0.0:
            choice = options[int(np.argmax(worth))]
        else:  # one alone does not help: both what is used most and the staff
            used = use_frac(judge.trial(question, choice))
            both = options[-1].with_bays(int(np.argmax(used)), 1)
            if not np.isfinite(question.cost(both)):
                break  # the floor is full
            choice = both
    return choice


def _more(choice: Choice) -> Iterator[Choice]:
    for s in range(len(choice.n_bays)):
        yield choice.with_bays(s, 1)
    yield choice.with_buffers(1)
    yield replace(choice, staff_factor=choice.staff_factor + _STAFF_STEP)


def _trim(question: Question, choice: Choice, judge: _Judge) -> Choice:
    has_gained = True
    while has_gained:
        has_gained = False
        for less in _less(question, choice):
            is_cheaper = question.cost(less) < question.cost(choice)
            if is_cheaper and judge.rate(question, less) >= judge.wanted:
                choice, has_gained = less, True
                break
    return choice


def _less(question: Question, choice: Choice) -> Iterator[Choice]:
    for s, n in enumerate(choice.n_bays):
        if n > question.fewest_bays[s]:
            yield choice.with_bays(s, -1)
    yield replace(choice, staff_factor=choice.staff_factor - 0.01)
    for s, n in enumerate(choice.n_buffer):
        if n > 0:
            yield choice.with_buffer(s, -1)


def _told(
    question: Question, choice: Choice, judge: _Judge, bound: float, status: Status
) -> LinePlan:
    plant, trial, cost = question.plant, judge.trial(question, choice), question.cost(choice)
    used = use_frac(trial)
    staff = question.staff(choice)
    gains = [
        _rate_of(question, choice.with_bays(s, 1), staff, judge) - trial.mean_per_year
        for s in range(len(question.names))
    ]
    stations = tuple(
        StationPlan(name, choice.n_bays[s], choice.n_buffer[s], float(used[s]), gains[s])
        for s, name in enumerate(question.names)
    )
    rate = trial.mean_per_year
    return LinePlan(
        plant=plant.name,
        wanted_per_year=judge.wanted,
        rate_per_year=rate,
        rate_half_width_per_year=trial.half_width_per_year,
        rate_p10_per_year=rate,
        rate_p50_per_year=rate,
        rate_p90_per_year=rate,
        n_shifts=question.n_shifts,
        stations=stations,
        staff=tuple(
            StaffRow(question.shift_names[p], question.names[k], n * times)
            for p, (row, times) in enumerate(zip(staff.n_staff, question.n_alike, strict=True))
            for k, n in enumerate(row)
        ),
        staff_eur_per_year=staff.cost_eur_per_year,
        bays_eur_per_year=question.bay_eur_per_year * sum(choice.n_bays),
        stock_eur_per_year=question.place_eur_per_year * sum(choice.n_buffer),
        cost_eur_per_year=cost,
        bound_eur_per_year=bound,
        gap_frac=gap_frac(cost, bound),
        status=status,
        needed_area_m2=_mean(plant.bay_area_m2) * sum(choice.n_bays),
        bay_area_m2=_mean(plant.area_m2) * _mean(plant.production_area_frac),
        curves=tuple(_curves(question, choice, judge, stations)),
        paced=tuple(_paced(question, judge.wanted)),
    )


def _rate_of(question: Question, choice: Choice, staff: StaffPlan, judge: _Judge) -> float:
    plant = question.plant_of(choice, question.plant, staff)
    return try_plant(plant, 3.0 * judge.wanted, _N_DRAWS, judge.seed).mean_per_year


def _curves(
    question: Question, choice: Choice, judge: _Judge, stations: tuple[StationPlan, ...]
) -> Iterator[CurvePoint]:
    for factor in (0.7, 0.8, 0.9, 1.0, 1.1, 1.2):
        other = replace(choice, staff_factor=choice.staff_factor * factor)
        n_people = sum(
            n * times
            for row, times in zip(question.staff(other).n_staff, question.n_alike, strict=True)
            for n in row
        )
        yield CurvePoint("staff", n_people, judge.rate(question, other), question.cost(other))
    staff = question.staff(choice)  # the rest stays: the people too

    def point(lever: str, value: int, other: Choice) -> CurvePoint:
        rate = _rate_of(question, other, staff, judge)
        floor_free = replace(question, most_bays=sum(other.n_bays))
        return CurvePoint(lever, value, rate, floor_free.cost(other, staff))

    s = int(np.argmax([station.rate_gain_per_bay_per_year for station in stations]))
    for more in (-2, -1, 0, 1, 2):
        if choice.n_bays[s] + more >= 1:
            other = choice.with_bays(s, more)
            yield point(f"bays of {question.names[s]}", other.n_bays[s], other)
    for more in (-2, -1, 0, 1, 2, 4):
        other = choice.with_buffers(more)
        yield point("waiting places", sum(other.n_buffer), other)
    yield from _shift_points(question, choice, judge)


def _shift_points(question: Question, choice: Choice, judge: _Judge) -> Iterator[CurvePoint]:
    """One to three shifts, each with the people of the first, bays and places as they are."""
    n_first = sum(question.staff(choice).n_staff[0])
    as_built = question.plant_of(choice, question.plant)
    day_h = question.patterns[0].hours_per_year
    costs = question.costs
    rest = question.cost(choice) - question.staff(choice).cost_eur_per_year
    paid = 0.0
    premiums = (0.0, costs.second_shift_premium_frac, costs.third_shift_premium_frac)
    for n, premium in enumerate(premiums, start=1):
        if n * _mean(question.plant.shift_h) > 24.0:
            return
        paid += n_first * day_h * (1.0 + premium) * costs.wage_eur_per_h
        plant = as_built.model_copy(update={"shifts": n, "n_second_shift_staff": n_first})
        trial = try_plant(plant, 3.0 * n * judge.wanted, _N_DRAWS, judge.seed)
        yield CurvePoint("shifts", n, trial.mean_per_year, paid + rest)


def _paced(question: Question, rate_per_year: float) -> Iterator[PacedLine]:
    minutes = np.maximum(np.round(60.0 * question.busy_h), 1.0).astype(int)
    chain = tuple((s, s + 1) for s in range(len(minutes) - 1))
    per_line = 60.0 * question.work_h_per_year / rate_per_year
    least = max(1, int(np.ceil(minutes.max() / per_line)))
    for n_lines in range(least, least + 4):
        beat = int(per_line * n_lines)
        if beat < minutes.max():
            continue
        line = balance_line(Tasks(tuple(int(t) for t in minutes), chain), beat)
        yield PacedLine(
            n_lines=n_lines,
            n_stations=line.n_stations,
            beat_h=beat / 60.0,
            idle_frac=1.0 - float(minutes.sum()) / (beat * line.n_stations),
            status=line.status,
        )


def _mean(value: FloatArray | float) -> float:
    return float(np.mean(value))
