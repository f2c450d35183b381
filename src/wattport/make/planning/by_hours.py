"""
The fewest bays and people whose hours suffice: a bound on the cost of every plan.

References
----------
G. B. Dantzig, "A comment on Edie's traffic delays at toll booths", Operations
Research 2(3), 1954, doi:10.1287/opre.2.3.339 (staffing as an integer programme).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from wattport.make.factory.bound import (
    availability,
    good_frac,
    good_needed,
    mean,
    places,
    visit_h,
    visits,
)
from wattport.make.factory.hours import HOURS_PER_YEAR, Hours, hours_of
from wattport.make.planning.levers import Levers, Prices
from wattport.records.record import FloatArray, IntArray
from wattport.spec.factory import Factory, ReleaseRule

_MOST = 1e5  # bays or people nobody will ever need: stands for no limit
_MOST_RATE = 1e7


class Work(NamedTuple):
    """Work of one unit of the mix: each way to do each operation is a column."""

    group: IntArray  # (way,) operation
    per_unit: FloatArray  # (way,) visits of its operation by one unit of the mix
    station: IntArray  # (way,)
    bay_h: FloatArray  # (way,) hours on a bay of one visit
    people_h: FloatArray  # (skill, way) hours of people of one visit
    least_crew: IntArray  # (skill,) smallest crew; 0: never needed
    largest_crew: IntArray  # (skill,)


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
    for p, product in enumerate(factory.products):
        for operation, visited in zip(product.operations, visits(product), strict=True):
            for name, cycle in places(operation):
                s, plant, station = row[name]
                bay_h = visit_h(operation, cycle, factory.plants[plant]) / station.n_batch
                column = np.zeros(n_skills)
                for need in operation.crew:
                    k = hours.skill.index((plant, need.skill))
                    column[k] += bay_h * need.n_people
                    least[k] = min(least[k] or need.n_people, need.n_people)
                    largest[k] = max(largest[k], need.n_people)
                ways.append((n_groups, float(started[p] * visited), s, bay_h))
                people.append(column)
            n_groups += 1
    group, per_unit, at, bay_h = (np.array(column) for column in zip(*ways, strict=True))
    return Work(group, per_unit, at, bay_h, np.array(people).T.reshape(n_skills, len(ways)),
                least, largest)  # fmt: skip


def takt_rate(factory: Factory, hours: Hours, share: FloatArray) -> float:
    """Rate of the mix that the takts of the file let in; a million and more: no takt. [1/year]"""
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
        return HoursPlan(levers, float(found.mip_dual_bound))

    def highest_rate(self) -> float:
        """Rate the limits of the file allow by hours; infinite where it has none. [1/year]"""
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
    come later: then none do.
    """
    hours = hours_of(factory)
    work = work_of(factory, hours, share)
    flat = [(p, station) for p, plant in enumerate(factory.plants) for station in plant.stations]
    n_ways, n_stations, n_skills = len(work.group), len(flat), len(hours.skill)
    width = 2 * n_ways + n_stations + 3 * n_skills + 1
    at_bay, at_people = 2 * n_ways, 2 * n_ways + n_stations
    at_comes = at_people + 2 * n_skills
    rows: list[FloatArray] = []
    tops: list[float] = []

    def rule(top: float = 0.0, **_: float) -> FloatArray:
        rows.append(np.zeros(width))
        tops.append(top)
        return rows[-1]

    day_h = hours.worked_h_per_year / np.array(levers.n_shifts)
    for late in (0, 1):
        n_of = [1 if late == 0 else n - 1 for n in levers.n_shifts]
        for s, (p, station) in enumerate(flat):
            row = rule()
            mine = np.flatnonzero(work.station == s)
            row[late * n_ways + mine] = work.bay_h[mine]
            up = availability(
                station, factory.plants[p], hours.worked_h_per_year[p] / HOURS_PER_YEAR
            )
            row[at_bay + s] = -up * day_h[p] * n_of[p]
        for k, (p, _) in enumerate(hours.skill):
            row = rule()
            row[late * n_ways : (late + 1) * n_ways] = work.people_h[k]
            row[at_people + late * n_skills + k] = -day_h[p] * n_of[p]
    for k, (p, name) in enumerate(hours.skill):
        later, comes = at_people + n_skills + k, at_comes + k
        row = rule()
        row[later], row[comes] = 1.0, -_MOST
        row = rule()
        row[later], row[comes] = -1.0, float(work.least_crew[k])
        most = next(s.n_people_most for s in factory.plants[p].skills if s.name == name)
        if most is not None and is_limited:
            row = rule(float(most))
            row[at_people + k], row[later] = 1.0, levers.n_shifts[p] - 1.0
    for p, plant in enumerate(factory.plants):
        if plant.n_bays_most is not None and is_limited:
            row = rule(float(plant.n_bays_most))
            row[[at_bay + s for s, (q, _) in enumerate(flat) if q == p]] = 1.0
    n_groups = int(work.group.max()) + 1
    made = np.zeros((n_groups, width))
    for way in range(n_ways):
        made[work.group[way], [way, n_ways + way]] = 1.0
        made[work.group[way], -1] = -work.per_unit[way]
    cost = np.zeros(width)
    cost[at_bay:at_people] = prices.bay
    lower, upper = np.zeros(width), np.full(width, _MOST)
    upper[: 2 * n_ways] = np.inf
    lower[at_bay:at_people] = 1.0
    for k, (p, _) in enumerate(hours.skill):
        cost[at_people + k] = prices.worker[k]
        cost[at_people + n_skills + k] = prices.later_eur(levers.n_shifts[p], k)
        lower[at_people + k] = work.largest_crew[k]
        upper[at_people + n_skills + k] = 0.0 if levers.n_shifts[p] == 1 else _MOST
        upper[at_comes + k] = 1.0
    upper[-1] = takt_rate(factory, hours, share) if is_limited else _MOST_RATE
    is_whole = np.ones(width, np.int64)
    is_whole[: 2 * n_ways] = is_whole[-1] = 0
    rules = (
        LinearConstraint(np.array(rows), ub=np.array(tops)),
        LinearConstraint(made, lb=0.0, ub=0.0),
    )
    return Programme(levers, cost, rules, lower, upper, is_whole, n_ways, n_stations, n_skills)
