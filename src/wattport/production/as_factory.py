"""A plant of a scenario as a factory file, so that both are planned in one way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from wattport.calendar.epoch import EPOCH
from wattport.production.orders import order_modules
from wattport.production.plant import cycle_scale
from wattport.records.design import Design
from wattport.spec.campus.plants import Plant
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
    PlanCosts,
    Product,
    Release,
    ReleaseRule,
    Skill,
)
from wattport.spec.reading.uncertain import Uncertain

_LABOUR = "labour of one unit"  # one number of the scenario: all cycles move together
_STAFF = "direct staff"


def factory_of(spec: Spec, key: str, design: Design, seed: int = 7) -> Factory:
    """
    Write one plant of a scenario as a factory of its own.

    Parameters
    ----------
    spec : Spec
        As loaded.
    key : str
        Of the plant.
    design : Design
        Of the central draw: when which hall needs its modules.
    seed : int
        Of the central draw.

    Returns
    -------
    Factory
        Its people are one skill, because a scenario names no others. The
        cycles are net of the efficiency, and share the uncertainty of the
        labour in one unit. An enclosure is due with its module, at the latest.
        A bay costs its share of the plant's capex as an annuity, a place the
        interest on one kit; the most bays are those the floor holds.
    """
    plant: Plant = getattr(spec.plants, key)
    central = spec.draw(1, seed)
    orders = _orders(plant.product, design)
    return Factory(
        name=f"{spec.name}_{key}",
        counts_part_in_service=False,
        title=f"{plant.name} of {spec.title or spec.name}",
        warnings=spec.warnings,
        uncertainty=Uncertainty(groups={**spec.uncertainty.groups, _LABOUR: 1.0}),
        plants=(_plant(plant, getattr(central.plants, key)),),
        products=(_product(plant, getattr(central.plants, key)),),
        suppliers=_suppliers(plant),
        orders=orders,
        costs=_costs(central, getattr(central.plants, key)),
    )


def _plant(plant: Plant, central: Plant) -> FactoryPlant:
    stations = tuple(
        FactoryStation.model_validate(
            dict(
                name=s.name, n_bays=s.n_bays, n_buffer=s.n_buffer, mtbf_h=s.mtbf_h, mttr_h=s.mttr_h
            )
        )
        for s in plant.stations
    )
    test = FactoryStation.model_validate(dict(name="test", n_bays=plant.test.n_bays, n_buffer=0))
    n_shifts = int(plant.shifts)
    people = Skill.model_validate(dict(
        name=_STAFF, n_people=plant.n_direct_staff,
        n_later_shift_people=plant.n_second_shift_staff if n_shifts > 1 else 0,
    ))  # fmt: skip
    floor = _mean(central.area_m2) * _mean(central.production_area_frac)
    return FactoryPlant.model_validate(
        dict(
            name=plant.name,
            opening=plant.opening,
            opening_delay_weeks=plant.opening_delay_weeks,
            n_shifts=n_shifts,
            n_bays_most=max(1, int(floor / _mean(central.bay_area_m2))),
            shift_h=plant.shift_h,
            days_per_week=plant.days_per_week,
            weeks_per_year=plant.weeks_per_year,
            efficiency_frac=plant.efficiency_frac,
            ramp_months=plant.ramp_months,
            ramp_start_frac=plant.ramp_start_frac,
            skills=(people,),
            stations=(*stations, test),
        )
    )


def _product(plant: Plant, central: Plant) -> Product:
    # The engine divides by the efficiency; the labour of a scenario is paid hours.
    efficiency = _mean(central.efficiency_frac)
    operations = tuple(
        FactoryOperation.model_validate(
            dict(
                name=s.name,
                station=s.name,
                cycle_h=_scaled(plant, central, _mean(of.cycle_h) * efficiency),
                cycle_cv_frac=s.cycle_cv_frac,
                crew=(CrewNeed(skill=_STAFF, n_people=s.crew),),
            )
        )
        for s, of in zip(plant.stations, central.stations, strict=True)
    )
    test = FactoryOperation.model_validate(
        dict(
            name="test",
            station="test",
            cycle_h=plant.test.duration_h,
            cycle_cv_frac=plant.test.duration_cv_frac,
            crew=(CrewNeed(skill=_STAFF, n_people=plant.test.crew),),
            first_pass_yield_frac=plant.test.first_pass_yield_frac,
            rework_h=plant.test.rework_h,
        )
    )
    release = Release()
    if plant.n_wip_limit:
        release = Release(rule=ReleaseRule.CONWIP, n_cards=plant.n_wip_limit)
    return Product.model_validate(
        dict(
            name=plant.product,
            kit=tuple(KitLine(part=s.item) for s in plant.suppliers),
            operations=(*operations, test),
            release=release,
        )
    )


def _scaled(plant: Plant, central: Plant, hours: float) -> Any:
    """One written cycle in hours on the clock, as uncertain as the labour of a unit."""

    def at(labour_h: float) -> float:
        drawn = central.model_copy(update={"labour_h_per_unit": np.array([labour_h])})
        return hours * float(cycle_scale(drawn, 1)[0])

    labour = plant.labour_h_per_unit
    if not isinstance(labour, Uncertain):
        return at(_mean(central.labour_h_per_unit))
    value, low, high = at(labour.value), at(labour.low), at(labour.high)
    choices = tuple(at(choice) for choice in labour.choices)
    group = labour.group or _LABOUR
    return replace(labour, value=value, low=low, high=high, choices=choices, group=group)


def _suppliers(plant: Plant) -> tuple[FactorySupplier, ...]:
    return tuple(
        FactorySupplier.model_validate(
            dict(
                part=s.item,
                lead_time_weeks=s.lead_time_weeks,
                lot_spread_cv_frac=s.lot_spread_cv_frac,
                lot_units=s.lot_units,
                ordered_ahead_weeks=s.ordered_ahead_weeks,
                unit_price_eur=_times(s.unit_price_eur, _mean(s.n_per_unit)),
                price_drift_frac_per_year=s.price_drift_frac_per_year,
            )
        )
        for s in plant.suppliers
    )


def _orders(product: str, design: Design) -> tuple[CustomerOrder, ...]:
    asked = order_modules(design)
    days, counts = np.unique(
        np.floor(asked.need_day[0][np.isfinite(asked.need_day[0])]), return_counts=True
    )
    return tuple(
        CustomerOrder(product=product, n_units=int(n), due=_day(float(day)))
        for day, n in zip(days, counts, strict=True)
    )


def _day(day: float) -> date:
    return EPOCH + timedelta(days=int(day))


def _costs(central: Spec, plant: Plant) -> PlanCosts:
    finance = central.finance
    interest, life = _mean(finance.discount_rate_frac), _mean(finance.facility_life_years)
    annuity = interest / (1.0 - (1.0 + interest) ** -life) if interest > 0.0 else 1.0 / life
    n_bays = sum(station.n_bays for station in plant.stations) + plant.test.n_bays
    hours = _mean(plant.weeks_per_year) * plant.days_per_week * _mean(plant.shift_h)
    kit = sum(_mean(s.unit_price_eur) * _mean(s.n_per_unit) for s in plant.suppliers)
    return PlanCosts.model_validate(
        dict(
            bay_eur_per_year=1e6 * _mean(plant.capex_meur) / n_bays * annuity,
            worker_eur_per_year=_mean(finance.labour_eur_per_h) * hours,
            place_eur_per_year=interest * kit,
            card_eur_per_year=interest * kit,
        )
    )


def _times(number: Any, factor: float) -> Any:
    """Multiply a number of the spec, certain or not."""
    if not isinstance(number, Uncertain):
        return number * factor
    return replace(
        number, value=number.value * factor, low=number.low * factor, high=number.high * factor,
        choices=tuple(choice * factor for choice in number.choices),
    )  # fmt: skip


def _mean(value: object) -> float:
    return float(np.mean(np.asarray(value, dtype=np.float64)))
