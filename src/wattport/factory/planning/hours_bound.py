"""
The fewest bays and people whose hours suffice: a bound on the cost of every plan.

References
----------
G. B. Dantzig, "A comment on Edie's traffic delays at toll booths", Operations
Research 2(3), 1954, doi:10.1287/opre.2.3.339 (staffing as an integer programme).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import HOURS_PER_YEAR
from wattport.factory.bound import (
    availability,
    good_frac,
    good_needed,
    mean,
    places,
    visit_h,
    visits,
)
from wattport.factory.hours import Hours, hours_of
from wattport.factory.planning.levers import Levers, Prices
from wattport.spec.factory.factory import Factory, ReleaseRule

_MOST = 1e5  # bays or people nobody will ever need: stands for no limit
_MOST_RATE = 1e7

Rule = tuple[FloatArray, float]  # a row, and what it may come to at most


class Work(NamedTuple):
    """Work of one unit of the mix: each way to do each operation is a column."""

    group: IntArray  # (way,) operation
    per_unit: FloatArray  # (way,) visits of its operation by one unit of the mix
    station: IntArray  # (way,)
    bay_h: FloatArray  # (way,) hours on a bay of one visit
    people_h: FloatArray  # (skill, way) hours of people of one visit
    least_crew: IntArray  # (skill,) smallest crew; 0: never needed
    largest_crew: IntArray  # (skill,)
    in_bays: FloatArray  # (product,) units in a bay while working, at one unit of the mix a year


@dataclass(frozen=True)
class HoursPlan:
    """Bays and people by hours alone; waiting places and cards as in the file."""

    levers: Levers
    bound_eur_per_year: float


def work_of(factory: Factory, hours: Hours, share: FloatArray) -> Work:
    """
    Hours that one unit of the mix needs at each station and of each skill.

    Parameters
    ----------
    factory : Factory
        Drawn; means over the draws.
    hours : Hours
        Of the same factory.
    share : ndarray, shape (product,)
        Mix of what is sold; sums to 1.
    """
    started = good_needed(factory, share) / [good_frac(product) for product in factory.products]
    flat = [(p, station) for p, plant in enumerate(factory.plants) for station in plant.stations]
    row = {station.name: (s, p, station) for s, (p, station) in enumerate(flat)}
    n_skills = len(hours.skill)
    least, largest = np.zeros(n_skills, np.int64), np.zeros(n_skills, np.int64)
    ways: list[tuple[int, float, int, float]] = []
    people: list[FloatArray] = []
    n_groups = 0
    in_bays = np.zeros(len(factory.products))
    for p, product in enumerate(factory.products):
        for operation, visited in zip(product.operations, visits(product), strict=True):
            unit_h: list[float] = []
            for name, cycle in places(operation):
                s, plant, station = row[name]
                bay_h = visit_h(operation, cycle, factory.plants[plant]) / station.n_batch
                column = np.zeros(n_skills)
                for need in operation.crew:
                    k = hours.skill.index((plant, need.skill))
                    column[k] += bay_h * need.n_people
                    least[k] = min(least[k] or need.n_people, need.n_people)
                    largest[k] = max(largest[k], need.n_people)
                unit_h.append(bay_h * station.n_batch / hours.worked_h_per_year[plant])
                ways.append((n_groups, float(started[p] * visited), s, bay_h))
                people.append(column)
            in_bays[p] += started[p] * visited * min(unit_h)
            n_groups += 1
    return Work(
        group=np.array([way[0] for way in ways]),
        per_unit=np.array([way[1] for way in ways]),
        station=np.array([way[2] for way in ways]),
        bay_h=np.array([way[3] for way in ways]),
        people_h=np.array(people).T.reshape(n_skills, len(ways)),
        least_crew=least,
        largest_crew=largest,
        in_bays=in_bays,
    )


def takt_rate(factory: Factory, hours: Hours, share: FloatArray) -> float:
    """Yearly rate of the mix that the takts of the file let in; ten million: no takt."""
    started = good_needed(factory, share) / [good_frac(product) for product in factory.products]
    home = {s.name: p for p, plant in enumerate(factory.plants) for s in plant.stations}
    return min(
        (
            float(hours.worked_h_per_year[home[product.operations[0].station]])
            / mean(product.release.takt_h)
            / float(started[p])
            for p, product in enumerate(factory.products)
            if product.release.rule == ReleaseRule.TAKT and started[p] > 0.0
        ),
        default=_MOST_RATE,
    )


@dataclass(frozen=True)
class Programme:
    """
    The integer programme of one number of shifts for each plant.

    Columns: visits a year of each way by day and later; bays of each station;
    people of each skill by day and in each later shift; whether a skill comes
    later at all; the rate.
    """

    levers: Levers  # shifts, places and cards
    cost: FloatArray  # (column,)
    rules: tuple[LinearConstraint, ...]
    lower: FloatArray
    upper: FloatArray
    is_whole: IntArray
    n_ways: int
    n_stations: int
    n_skills: int
    in_bays: FloatArray  # (product,) as of `Work`
    card_eur: FloatArray  # (product,)

    def least_cost(self, rate_per_year: float) -> HoursPlan | None:
        """
        Cheapest bays and people whose hours make a rate.

        Parameters
        ----------
        rate_per_year : float
            Of the mix. [1/year, > 0]

        Returns
        -------
        HoursPlan or None
            None where the limits of the file do not allow it.
        """
        if rate_per_year > self.upper[-1]:
            return None
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[-1] = upper[-1] = rate_per_year
        found = self._solved(self.cost, lower, upper)
        if found.x is None:
            return None
        whole = np.round(found.x[2 * self.n_ways :]).astype(int)
        bays, first, later = np.split(
            whole, [self.n_stations, self.n_stations + self.n_skills]
        )[:3]  # fmt: skip
        levers = replace(
            self.levers,
            n_bays=tuple(int(n) for n in bays),
            n_first=tuple(int(n) for n in first),
            n_later=tuple(int(n) for n in later[: self.n_skills]),
        )
        # By Little's law no fewer cards than units that are in a bay on the mean.
        has_cards = np.array(self.levers.n_cards) > 0
        cards = np.maximum(np.ceil(self.in_bays * rate_per_year - 1e-9), 1.0) * has_cards
        return HoursPlan(levers, float(found.mip_dual_bound + self.card_eur @ cards))

    def highest_rate(self) -> float:
        """Yearly rate the limits of the file allow by hours; infinite where it has none."""
        target = np.zeros(len(self.cost))
        target[-1] = -1.0
        found = self._solved(target, self.lower, self.upper)
        rate = 0.0 if found.x is None else float(found.x[-1])
        return np.inf if rate > 0.9 * _MOST_RATE else rate

    def _solved(self, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> OptimizeResult:
        return milp(
            cost,
            constraints=self.rules,
            integrality=self.is_whole,
            bounds=Bounds(lower, upper),
            options={"mip_rel_gap": 1e-3, "node_limit": 5_000},
        )


def programme(
    factory: Factory, levers: Levers, share: FloatArray, prices: Prices, is_limited: bool = True
) -> Programme:
    """
    Pose the question which bays and people suffice by their hours.

    Parameters
    ----------
    factory : Factory
        Drawn, with the shifts of the levers written in.
    levers : Levers
        Shifts, waiting places and cards.
    share : ndarray, shape (product,)
        Mix of what is sold.
    prices : Prices
        Of bays and people.
    is_limited : bool
        Whether the most bays and people of the file hold.

    Returns
    -------
    Programme
        Nobody ever waits in it, so that it bounds what any plan costs.

    Notes
    -----
    For each station and each of day and later: ``sum(visits * bay_h) <= bays *
    up * hours``; for each skill alike with its people; day and later together
    make the visits of the rate. Fewer people than the smallest crew of a skill
    come later: then none do. People lend hours to the skills they step in for.
    """
    hours = hours_of(factory)
    work = work_of(factory, hours, share)
    flat = [(p, station) for p, plant in enumerate(factory.plants) for station in plant.stations]
    lent = tuple((k, int(m)) for k, row in enumerate(hours.covers) for m in row[1:][row[1:] >= 0])
    at = _Columns(len(work.group), len(flat), len(hours.skill), lent)
    rules = [*_hours(factory, levers, hours, work, at), *_crews(work, hours, at)]
    if is_limited:
        rules += _limits(factory, levers, hours, at)
    rows, tops = np.array([row for row, _ in rules]), np.array([top for _, top in rules])
    lower, upper = np.zeros(at.width), np.full(at.width, _MOST)
    cost = np.zeros(at.width)
    upper[: at.bay] = np.inf
    lower[at.bay : at.people] = 1.0
    cost[at.bay : at.people] = prices.bay
    for k, (p, _) in enumerate(hours.skill):
        cost[at.people + k] = prices.worker[k]
        cost[at.later + k] = prices.later_eur(levers.n_shifts[p], k)
        if not at.is_covered(k):
            lower[at.people + k] = work.largest_crew[k]
        upper[at.later + k] = 0.0 if levers.n_shifts[p] == 1 else _MOST
        upper[at.comes + k] = 1.0
    upper[-1] = takt_rate(factory, hours, share) if is_limited else _MOST_RATE
    is_whole = np.ones(at.width, np.int64)
    is_whole[: at.bay] = is_whole[at.lent :] = 0
    return Programme(
        levers, cost, (LinearConstraint(rows, ub=tops), _visits(work, at)), lower, upper, is_whole,
        at.n_ways, at.n_stations, at.n_skills, work.in_bays, prices.card,
    )  # fmt: skip


class _Columns(NamedTuple):
    """Where the columns of each kind begin; visits by day, then later, come first."""

    n_ways: int
    n_stations: int
    n_skills: int
    lending: tuple[tuple[int, int], ...]  # skill, and one whose people step in for it

    @property
    def bay(self) -> int:
        return 2 * self.n_ways

    @property
    def people(self) -> int:
        return self.bay + self.n_stations

    @property
    def later(self) -> int:
        return self.people + self.n_skills

    @property
    def comes(self) -> int:
        return self.later + self.n_skills

    @property
    def lent(self) -> int:
        return self.comes + self.n_skills

    @property
    def width(self) -> int:
        return self.lent + 2 * len(self.lending) + 1  # the rate is the last

    def is_covered(self, skill: int) -> bool:
        """Whether others step in for the people of a skill."""
        return any(k == skill for k, _ in self.lending)


def _hours(
    factory: Factory, levers: Levers, hours: Hours, work: Work, at: _Columns
) -> Iterator[Rule]:
    """No station and no skill gives more hours than it has, by day and later."""
    day_h = hours.worked_h_per_year / np.array(levers.n_shifts)
    flat = [(p, station) for p, plant in enumerate(factory.plants) for station in plant.stations]
    for is_late in (0, 1):
        n_of = [n - 1 if is_late else 1 for n in levers.n_shifts]
        first = is_late * at.n_ways
        for s, (p, station) in enumerate(flat):
            row = np.zeros(at.width)
            mine = np.flatnonzero(work.station == s)
            row[first + mine] = work.bay_h[mine]
            worked_frac = float(hours.worked_h_per_year[p]) / HOURS_PER_YEAR
            up = availability(station, factory.plants[p], worked_frac)
            row[at.bay + s] = -up * day_h[p] * n_of[p]
            yield row, 0.0
        for k, (p, _) in enumerate(hours.skill):
            row = np.zeros(at.width)
            row[first : first + at.n_ways] = work.people_h[k]
            row[at.people + is_late * at.n_skills + k] = -day_h[p] * n_of[p]
            for i, (helped, lender) in enumerate(at.lending):
                row[at.lent + 2 * i + is_late] = float(lender == k) - float(helped == k)
            yield row, 0.0


def _crews(work: Work, hours: Hours, at: _Columns) -> Iterator[Rule]:
    """Of a skill come later none, or as many as its smallest crew; others may make a crew whole."""
    for k in range(at.n_skills):
        row = np.zeros(at.width)
        row[at.later + k], row[at.comes + k] = 1.0, -_MOST
        yield row, 0.0
        row = np.zeros(at.width)
        if at.is_covered(k):
            row[[at.people + m for m in hours.covers[k] if m >= 0]] = -1.0
            yield row, -float(work.largest_crew[k])
            continue
        row[at.later + k], row[at.comes + k] = -1.0, float(work.least_crew[k])
        yield row, 0.0


def _limits(factory: Factory, levers: Levers, hours: Hours, at: _Columns) -> Iterator[Rule]:
    """The most people of a skill and the most bays of a plant."""
    for k, (p, name) in enumerate(hours.skill):
        most = next(s.n_people_most for s in factory.plants[p].skills if s.name == name)
        if most is not None:
            row = np.zeros(at.width)
            row[at.people + k], row[at.later + k] = 1.0, levers.n_shifts[p] - 1.0
            yield row, float(most)
    first = at.bay
    for plant in factory.plants:
        last = first + len(plant.stations)
        if plant.n_bays_most is not None:
            row = np.zeros(at.width)
            row[first:last] = 1.0
            yield row, float(plant.n_bays_most)
        first = last


def _visits(work: Work, at: _Columns) -> LinearConstraint:
    """Each operation is done as often as the rate asks for."""
    made = np.zeros((int(work.group.max()) + 1, at.width))
    for way, group in enumerate(work.group):
        made[group, [way, at.n_ways + way]] = 1.0
        made[group, -1] = -work.per_unit[way]
    return LinearConstraint(made, lb=0.0, ub=0.0)
