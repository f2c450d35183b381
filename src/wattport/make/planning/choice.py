"""What may be chosen in a plant, what it costs, and the least that can do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from wattport.make.planning.staffing import ShiftPattern, StaffPlan, staff_shifts
from wattport.make.plant import cycle_scale
from wattport.records.record import FloatArray
from wattport.spec.plants import Plant


@dataclass(frozen=True)
class Costs:
    """
    Prices that a plant's own section does not hold.

    The premiums are guesses: what a second and a third shift earn above the day.
    """

    wage_eur_per_h: float
    interest_frac: float
    life_years: float
    second_shift_premium_frac: float = 0.10
    third_shift_premium_frac: float = 0.25


@dataclass(frozen=True)
class Choice:
    """Bays, waiting places and staff of one plan; the number of shifts stands outside."""

    n_bays: tuple[int, ...]  # (station,) the test last
    n_buffer: tuple[int, ...]
    staff_factor: float = 1.0  # staff over what the hours of work alone need

    def with_bays(self, station: int, more: int) -> Choice:
        """The same with more (or fewer) bays at one station."""
        return replace(self, n_bays=_changed(self.n_bays, station, more))

    def with_buffer(self, station: int, more: int) -> Choice:
        """The same with more (or fewer) places before one station."""
        return replace(self, n_buffer=_changed(self.n_buffer, station, more))

    def with_buffers(self, more: int) -> Choice:
        """The same with more (or fewer) places before every station."""
        return replace(self, n_buffer=tuple(max(0, n + more) for n in self.n_buffer))


def _changed(numbers: tuple[int, ...], at: int, more: int) -> tuple[int, ...]:
    return tuple(n + more if i == at else n for i, n in enumerate(numbers))


@dataclass(frozen=True)
class Question:
    """One plant at one number of shifts: what is wanted and what things cost."""

    plant: Plant
    costs: Costs
    wanted_per_year: float
    n_shifts: int
    names: tuple[str, ...]  # (station,) also the skills
    busy_h: FloatArray  # (station,) hours on a bay of one good unit, repeats included
    crew: FloatArray  # (station,)
    work_h_per_year: float
    patterns: tuple[ShiftPattern, ...]
    shift_names: tuple[str, ...]  # (pattern,)
    n_alike: tuple[int, ...]  # (pattern,) shifts with the same staff
    bay_eur_per_year: float
    place_eur_per_year: float
    most_bays: int  # the floor holds
    fewest_bays: tuple[int, ...] = ()  # by hours alone
    least: Choice = field(default_factory=lambda: Choice((), ()))  # cheapest by hours alone
    bound_eur_per_year: float = 0.0

    def staff(self, choice: Choice) -> StaffPlan:
        """
        People by shift and skill.

        On a shift stand no more of a skill than the bays needed by hours can
        hold, so that a bay added for the flow does not empty the night shift.
        """
        hours = tuple(float(h) for h in self.busy_h * self.crew)
        places = self.crew * np.array(self.least.n_bays)
        rate, most = self.wanted_per_year * choice.staff_factor, places * choice.staff_factor
        return _staff(
            hours, rate, self.patterns, self.costs.wage_eur_per_h, tuple(np.ceil(most - 1e-9))
        )

    def cost(self, choice: Choice, staff: StaffPlan | None = None) -> float:
        """Staff (by default the choice's own), bays and stock in the places, in EUR a year."""
        if sum(choice.n_bays) > self.most_bays:
            return np.inf
        return (
            (staff or self.staff(choice)).cost_eur_per_year
            + self.bay_eur_per_year * sum(choice.n_bays)
            + self.place_eur_per_year * sum(choice.n_buffer)
        )

    def plant_of(self, choice: Choice, plant: Plant, of: StaffPlan | None = None) -> Plant:
        """A plant changed to the choice, with its own staff or that of another plan."""
        staff = (of or self.staff(choice)).n_staff
        stations = tuple(
            station.model_copy(update={"n_bays": n_bays, "n_buffer": n_buffer})
            for station, n_bays, n_buffer in zip(
                plant.stations, choice.n_bays[:-1], choice.n_buffer[:-1], strict=True
            )
        )
        return plant.model_copy(
            update={
                "shifts": self.n_shifts,
                "n_direct_staff": sum(staff[0]),
                "n_second_shift_staff": sum(staff[1]) if len(staff) > 1 else 0,
                "stations": stations,
                "test": plant.test.model_copy(update={"n_bays": choice.n_bays[-1]}),
            }
        )


def pose(plant: Plant, rate_per_year: float, n_shifts: int, costs: Costs) -> Question | None:
    """
    Ask for a rate of a plant at a number of shifts.

    Parameters
    ----------
    plant : Plant
        Drawn once.
    rate_per_year : float
        Wanted. [1/year]
    n_shifts : int
        Shifts a day. [1..3]
    costs : Costs
        Prices.

    Returns
    -------
    Question or None
        With the cheapest bays and people the hours allow, and their cost as the
        bound; none if the floor cannot hold the bays.
    """
    busy_h, crew, up = _work(plant)
    shift_h = _mean(plant.weeks_per_year) * plant.days_per_week * _mean(plant.shift_h)
    premiums = (0.0, costs.second_shift_premium_frac, costs.third_shift_premium_frac)[:n_shifts]
    patterns = [ShiftPattern("first", shift_h)]
    if n_shifts > 1:  # the engine knows two levels: the first shift and the later ones
        later = float(np.mean(premiums[1:]))
        patterns.append(ShiftPattern("later", (n_shifts - 1) * shift_h, later))
    n_bays_now = sum(station.n_bays for station in plant.stations) + plant.test.n_bays
    interest = costs.interest_frac
    annuity = 1.0 / costs.life_years
    if interest > 0.0:
        annuity = interest / (1.0 - (1.0 + interest) ** -costs.life_years)
    question = Question(
        plant=plant,
        costs=costs,
        wanted_per_year=rate_per_year,
        n_shifts=n_shifts,
        names=(*(station.name for station in plant.stations), "test"),
        busy_h=busy_h,
        crew=crew,
        work_h_per_year=n_shifts * shift_h,
        patterns=tuple(patterns),
        shift_names=("first", "later")[: len(patterns)],
        n_alike=(1, n_shifts - 1)[: len(patterns)],
        bay_eur_per_year=1e6 * _mean(plant.capex_meur) / n_bays_now * annuity,
        most_bays=int(
            _mean(plant.area_m2) * _mean(plant.production_area_frac) / _mean(plant.bay_area_m2)
        ),
        place_eur_per_year=interest
        * sum(_mean(s.unit_price_eur) * _mean(s.n_per_unit) for s in plant.suppliers),
    )
    fewest = np.maximum(np.ceil(rate_per_year * busy_h / (question.work_h_per_year * up) - 1e-9), 1)
    if fewest.sum() > question.most_bays:
        return None
    n_bays, bound = _least_by_hours(question, fewest)
    n_buffer = (*(int(station.n_buffer) for station in plant.stations), 0)
    return replace(
        question,
        fewest_bays=tuple(int(n) for n in fewest),
        least=Choice(n_bays, n_buffer),
        bound_eur_per_year=bound,
    )


def _least_by_hours(question: Question, fewest: FloatArray) -> tuple[tuple[int, ...], float]:
    """
    Bays and people that the hours of work need at least cost, and the bound of that cost.

    One integer programme, because a bay more lets people work by day who would
    otherwise have to come at night.
    """
    n_skills, n_patterns = len(question.names), len(question.patterns)
    n = n_patterns * n_skills
    hours = np.array([p.hours_per_year for p in question.patterns])
    paid = hours * (1.0 + np.array([p.premium_frac for p in question.patterns]))
    cost = np.append(
        np.repeat(paid * question.costs.wage_eur_per_h, n_skills),
        np.full(n_skills, question.bay_eur_per_year),
    )
    cover = np.hstack([*(h * np.eye(n_skills) for h in hours), np.zeros((n_skills, n_skills))])
    places = np.hstack([np.eye(n), np.tile(-np.diag(question.crew), (n_patterns, 1))])
    need = question.wanted_per_year * question.busy_h * question.crew
    found = milp(
        cost,
        constraints=[
            LinearConstraint(cover, lb=need - 1e-6),
            LinearConstraint(places, ub=np.zeros(n)),
            LinearConstraint(np.append(np.zeros(n), np.ones(n_skills)), ub=question.most_bays),
        ],
        integrality=np.ones(cost.size),
        bounds=Bounds(np.append(np.zeros(n), fewest), np.inf),
        options={"mip_rel_gap": 1e-4, "node_limit": 20_000},
    )
    return tuple(int(b) for b in np.round(found.x[n:])), float(found.mip_dual_bound)


@lru_cache(maxsize=4096)
def _staff(
    labour_h: tuple[float, ...],
    rate_per_year: float,
    patterns: tuple[ShiftPattern, ...],
    wage_eur_per_h: float,
    most: tuple[float, ...],
) -> StaffPlan:
    """`staff_shifts` remembered: a search asks for the same staff again and again."""
    return staff_shifts(
        labour_h, rate_per_year, patterns, [wage_eur_per_h] * len(labour_h), [most] * len(patterns)
    )


def _work(plant: Plant) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hours on a bay of one unit, crew, and share of time a bay is in order; the test last."""
    scale = float(cycle_scale(plant, 1)[0])
    busy = [_mean(station.cycle_h) * scale for station in plant.stations]
    test, efficiency = plant.test, _mean(plant.efficiency_frac)
    fail = 1.0 - _mean(test.first_pass_yield_frac)
    once = _mean(test.duration_h) / efficiency
    again = once + _mean(test.rework_h) / efficiency
    busy.append(once + fail / max(1.0 - fail, 1e-9) * again)
    up = [
        1.0
        if station.mtbf_h is None or station.mttr_h is None
        else _mean(station.mtbf_h) / (_mean(station.mtbf_h) + _mean(station.mttr_h))
        for station in plant.stations
    ]
    crew = [float(station.crew) for station in plant.stations] + [float(test.crew)]
    return np.array(busy), np.array(crew), np.array([*up, 1.0])


def _mean(value: FloatArray | float) -> float:
    return float(np.mean(value))
