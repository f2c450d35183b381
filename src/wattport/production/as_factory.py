"""The plants of a scenario written as a factory: one engine plays, plans and questions both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.calendar.epoch import EPOCH
from wattport.factory.kits import kit_price_eur
from wattport.production.orders import Orders
from wattport.spec.campus.plants import Plant, Supplier
from wattport.spec.campus.spec import Spec
from wattport.spec.campus.uncertainty import Uncertainty
from wattport.spec.factory.factory import (
    CrewNeed,
    CustomerOrder,
    Factory,
    FactoryOperation,
    FactoryPlant,
    FactoryStation,
    FactorySupplier,
    KitLine,
    OrderBook,
    PlanCosts,
    Product,
    Release,
    ReleaseRule,
    Skill,
)
from wattport.spec.reading.number import COMPUTED
from wattport.spec.reading.section import Path, S, Section, Value, convert
from wattport.spec.reading.uncertain import Uncertain

PLANT_KEYS = ("enclosures", "modules")  # in the order in which they feed each other
_STAFF = "direct staff"
_STREAMS_PER_PLANT = 1000  # names of the lots of one plant in the random streams


def factory_of(
    spec: Spec, orders: Orders, keys: tuple[str, ...] = PLANT_KEYS, planned: Orders | None = None
) -> Factory:
    """
    Write plants of a scenario as one factory, drawn.

    Parameters
    ----------
    spec : Spec
        Drawn.
    orders : Orders
        Units to make in the same draws.
    keys : tuple of str
        Of the plants; one that feeds another of them does so unit by unit.
    planned : Orders, optional
        Of the central draw: the orders that a plan of releases is made for.

    Returns
    -------
    Factory
        Its ``loaded`` is as a file would be, each number with the draws of the
        scenario. Its people are one skill in each plant, because a scenario
        names no others. The cycles are hours on the clock: the efficiency is in
        them. A part is the set of pieces in one unit, so that its price is that
        of all of them. Without a module plant an enclosure is due with its module.
    """
    written = _Written(spec, keys)
    products = tuple(written.product(row) for row in range(len(keys)))
    loaded = _section(
        Factory,
        name=f"{spec.name}_{'_'.join(keys)}",
        title=f"{' and '.join(plant.name for plant in written.plants)} of "
        f"{spec.title or spec.name}",
        warnings=spec.warnings,
        uncertainty=Uncertainty(groups=spec.uncertainty.groups),
        plants=tuple(written.plant(row) for row in range(len(keys))),
        products=products,
        suppliers=tuple(
            written.supplier(row, s)
            for row, plant in enumerate(written.plants)
            for s in range(len(plant.suppliers))
        ),
        orders=() if planned is None else _orders(written.sold(), planned),
    )
    loaded = _priced(loaded, written).with_book(written.book(orders))

    def drawn(path: Path, value: Value) -> FloatArray:
        if isinstance(value, Uncertain) and value.given is not None:
            return value.given
        return np.full(spec.n_draws, float(value))  # type: ignore[arg-type]

    factory = convert(loaded, drawn)
    factory._loaded, factory._draws = loaded, spec._draws
    return factory


class _Written:
    """Plants of a drawn scenario, as the sections of a factory file."""

    def __init__(self, spec: Spec, keys: tuple[str, ...]) -> None:
        self.central = spec.loaded.draw(1, spec.seed)
        self.n_draws = spec.n_draws
        self.keys = keys
        self.plants: list[Plant] = [getattr(spec.plants, key) for key in keys]
        self.centrals: list[Plant] = [getattr(self.central.plants, key) for key in keys]
        self.undrawn: list[Plant] = [getattr(spec.loaded.plants, key) for key in keys]
        stations = [s.name for plant in self.plants for s in plant.stations]
        tests = [f"{plant.product} test" for plant in self.plants] if len(keys) > 1 else ["test"]
        items = [s.item for plant in self.plants for s in plant.suppliers]
        self.stations = _split(_unique([*tests, *stations])[len(tests) :],
                               [len(plant.stations) for plant in self.plants])  # fmt: skip
        self.tests = _unique(tests)
        self.products = _unique([plant.product for plant in self.plants])
        self.parts = _split(_unique([*self.products, *items])[len(self.products) :],
                            [len(plant.suppliers) for plant in self.plants])  # fmt: skip

    def number(self, drawn: object, central: object) -> float | Uncertain:
        """Give a number its central value and its draws."""
        values, value = per_draw(drawn, self.n_draws), _mean(central)
        if (values == value).all():
            return value
        low, high = min(float(values.min()), value), max(float(values.max()), value)
        return Uncertain(value, low, high, given=np.array(values))

    def numbers(self, drawn: Section, central: Section, *names: str) -> dict[str, Any]:
        """Numbers of the same name in a section of a scenario and of a factory."""
        return {name: self.number(getattr(drawn, name), getattr(central, name)) for name in names}

    def feeds(self, row: int) -> int | None:
        """Row of the plant that takes the units of another."""
        taker = self.plants[row].feeds
        return self.keys.index(taker) if taker in self.keys else None

    def sold(self) -> list[str]:
        """Products that go into no other."""
        return [name for row, name in enumerate(self.products) if self.feeds(row) is None]

    def book(self, orders: Orders) -> OrderBook:
        """As many units of each plant as modules are ordered, due with their module."""
        n_products = len(self.keys)
        due_h = np.full((self.n_draws, n_products, orders.hall.shape[1]), np.nan)
        for row in range(n_products):
            if self.feeds(row) is None:
                due_h[:, row] = 24.0 * orders.need_day
        streams = {
            part: _STREAMS_PER_PLANT * PLANT_KEYS.index(key) + s
            for key, parts in zip(self.keys, self.parts, strict=True)
            for s, part in enumerate(parts)
        }
        n_units = np.repeat(orders.n_units[:, None], n_products, axis=1)
        return OrderBook(n_units, due_h, streams)

    def plant(self, row: int) -> FactoryPlant:
        """Calendar, people and stations of one plant, the test last."""
        plant, central = self.plants[row], self.centrals[row]
        names = self.stations[row]
        stations = [
            _section(FactoryStation, name=name, n_bays=s.n_bays, n_buffer=s.n_buffer,
                     mtbf_h=None if s.mtbf_h is None else self.number(s.mtbf_h, c.mtbf_h),
                     mttr_h=None if s.mttr_h is None else self.number(s.mttr_h, c.mttr_h))
            for name, s, c in zip(names, plant.stations, central.stations, strict=True)
        ]  # fmt: skip
        test = _section(FactoryStation, name=self.tests[row], n_bays=plant.test.n_bays, n_buffer=0)
        people = _section(
            Skill,
            name=_STAFF,
            n_people=plant.n_direct_staff,
            n_later_shift_people=plant.n_second_shift_staff,
        )
        floor_m2 = _mean(central.area_m2) * _mean(central.production_area_frac)
        return _section(
            FactoryPlant,
            name=plant.name,
            opening=plant.opening,
            n_shifts=plant.shifts,
            n_bays_most=max(1, int(floor_m2 / _mean(central.bay_area_m2))),
            days_per_week=plant.days_per_week,
            skills=(people,),
            stations=(*stations, test),
            **self.numbers(
                plant,
                central,
                "opening_delay_weeks",
                "shift_h",
                "weeks_per_year",
                "ramp_months",
                "ramp_start_frac",
            ),
        )

    def product(self, row: int) -> Product:
        """Routing, kit and release of one product."""
        plant, central = self.plants[row], self.centrals[row]
        scale, scale_1 = cycle_scale(plant, self.n_draws), cycle_scale(central, 1)
        operations = [
            _section(
                FactoryOperation, name=name, station=name,
                cycle_h=self.number(
                    per_draw(s.cycle_h, self.n_draws) * scale, per_draw(c.cycle_h, 1) * scale_1
                ),
                cycle_cv_frac=self.number(s.cycle_cv_frac, c.cycle_cv_frac),
                crew=(CrewNeed(skill=_STAFF, n_people=s.crew),),
            )
            for name, s, c in zip(
                self.stations[row], plant.stations, central.stations, strict=True
            )
        ]  # fmt: skip
        test, test_1 = plant.test, central.test
        paid, paid_1 = plant.efficiency_frac, central.efficiency_frac
        last = _section(
            FactoryOperation, name=self.tests[row], station=self.tests[row],
            cycle_h=self.number(
                np.asarray(test.duration_h) / paid, np.asarray(test_1.duration_h) / paid_1
            ),
            cycle_cv_frac=self.number(test.duration_cv_frac, test_1.duration_cv_frac),
            crew=(CrewNeed(skill=_STAFF, n_people=test.crew),),
            first_pass_yield_frac=self.number(
                test.first_pass_yield_frac, test_1.first_pass_yield_frac
            ),
            rework_h=self.number(
                np.asarray(test.rework_h) / paid, np.asarray(test_1.rework_h) / paid_1
            ),
        )  # fmt: skip
        fed = [name for k, name in enumerate(self.products) if self.feeds(k) == row]
        return _section(
            Product,
            name=self.products[row],
            kit=tuple(KitLine(part=part) for part in (*self.parts[row], *fed)),
            operations=(*operations, last),
            release=self._release(row),
        )

    def _release(self, row: int) -> Release:
        plant = self.plants[row]
        if self.feeds(row) is not None and plant.n_ahead_limit:
            return Release(rule=ReleaseRule.KANBAN, n_cards=plant.n_ahead_limit,
                           n_wip_limit=plant.n_wip_limit)  # fmt: skip
        if plant.n_wip_limit:
            return Release(rule=ReleaseRule.CONWIP, n_cards=plant.n_wip_limit)
        return Release()

    def supplier(self, row: int, s: int) -> FactorySupplier:
        """Source of the pieces of one part in one unit."""
        given, central = self.plants[row].suppliers[s], self.centrals[row].suppliers[s]
        lead = self.number(given.lead_time_weeks, central.lead_time_weeks)
        written = self.undrawn[row].suppliers[s].lead_time_weeks
        if isinstance(written, Uncertain) and isinstance(lead, Uncertain):
            lead = replace(written, given=lead.given)  # a second source is of the same distribution
        return _section(
            FactorySupplier,
            part=self.parts[row][s],
            lead_time_weeks=lead,
            lot_units=given.lot_units,
            orders_from=self.plants[row].orders_from,
            unit_price_eur=self.number(set_price_eur(given), set_price_eur(central)),
            **self.numbers(
                given,
                central,
                "lot_spread_cv_frac",
                "ordered_ahead_weeks",
                "price_drift_frac_per_year",
            ),
        )


def set_price_eur(supplier: Supplier) -> FloatArray:
    """Price of the pieces of a part in one unit of the product, when ordered; shape (draw,)."""
    price: FloatArray = np.asarray(supplier.n_per_unit) * np.asarray(supplier.unit_price_eur)
    return price


def cycle_scale(plant: Plant, n_draws: int) -> FloatArray:
    """
    Factor that turns the written cycle of an assembly station into hours on the clock.

    The written cycles are proportions between stations. Their sum is set so
    that one unit that passes its test the first time takes the paid hours of
    the plant, the test's own hours included; rework comes on top.

    Parameters
    ----------
    plant : Plant
        Drawn.
    n_draws : int
        Draws.

    Returns
    -------
    ndarray, shape (draw,)
        Hours on the clock per written hour; 1 / efficiency where the written
        cycles already meet the paid hours. [> 0]

    Notes
    -----
    ``(labour - crew_test * duration / efficiency) / sum(crew * cycle)``, never
    below a tenth of ``1 / efficiency``.
    """
    efficiency = per_draw(plant.efficiency_frac, n_draws)
    written_h = np.zeros(n_draws)
    for station in plant.stations:
        written_h += per_draw(station.crew, n_draws) * per_draw(station.cycle_h, n_draws)
    test_h = per_draw(plant.test.crew, n_draws) * per_draw(plant.test.duration_h, n_draws)
    paid = per_draw(plant.labour_h_per_unit, n_draws) - test_h / efficiency
    scale = paid / np.maximum(written_h, 1e-9)
    return np.maximum(scale, 0.1 / efficiency)


def _priced(factory: Factory, written: _Written) -> Factory:
    """
    Price the levers of a plan.

    A bay costs its share of the plant's capex as an annuity, a place and a card
    the interest on one kit; the most bays are those the floor holds.
    """
    finance, bought = written.central.finance, factory.draw(1)
    interest, life = _mean(finance.discount_rate_frac), _mean(finance.facility_life_years)
    annuity = interest / (1.0 - (1.0 + interest) ** -life) if interest > 0.0 else 1.0 / life
    plants, products, kits = [], [], []
    for row, (plant, product) in enumerate(zip(factory.plants, factory.products, strict=True)):
        given = written.centrals[row]
        n_bays = sum(station.n_bays for station in plant.stations)
        bay = 1e6 * _mean(given.capex_meur) / n_bays * annuity
        paid_h = _mean(given.weeks_per_year) * given.days_per_week * _mean(given.shift_h)
        worker = {"worker_eur_per_year": _mean(finance.labour_eur_per_h) * paid_h}
        plants.append(plant.model_copy(update={
            "stations": tuple(s.model_copy(update={"bay_eur_per_year": bay})
                              for s in plant.stations),
            "skills": tuple(skill.model_copy(update=worker) for skill in plant.skills),
        }))  # fmt: skip
        kits.append(interest * float(kit_price_eur(bought, row)[0]))
        release = product.release.model_copy(update={"card_eur_per_year": kits[-1]})
        products.append(product.model_copy(update={"release": release}))
    costs = PlanCosts().model_copy(update={"place_eur_per_year": max(kits)})
    return factory.model_copy(
        update={"plants": tuple(plants), "products": tuple(products), "costs": costs}
    )


def _orders(products: list[str], planned: Orders) -> tuple[CustomerOrder, ...]:
    """Units due on each day, of each product that is sold."""
    known = planned.need_day[0][np.isfinite(planned.need_day[0])]
    days, counts = np.unique(np.floor(known), return_counts=True)
    return tuple(
        CustomerOrder(product=product, n_units=int(n), due=_date(float(day)))
        for product in products
        for day, n in zip(days, counts, strict=True)
    )


def _date(day: float) -> date:
    return EPOCH + timedelta(days=int(day))


def _section(model: type[S], **given: Any) -> S:
    return model.model_validate(given, context=COMPUTED)


def _unique(names: Sequence[str]) -> list[str]:
    """
    Tell things of one name apart.

    Examples
    --------
    >>> _unique(["steel", "door", "steel"])
    ['steel', 'door', 'steel 2']
    """
    found: list[str] = []
    for name in names:
        other, n = name, 1
        while other in found:
            n += 1
            other = f"{name} {n}"
        found.append(other)
    return found


def _split(names: list[str], counts: list[int]) -> list[list[str]]:
    ends = np.cumsum([0, *counts])
    return [names[a:b] for a, b in pairwise(ends)]


def _mean(value: object) -> float:
    return float(np.mean(np.asarray(value, dtype=np.float64)))
