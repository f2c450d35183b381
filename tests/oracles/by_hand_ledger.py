"""The worked example goes on to euros, tonnes and people; see `by_hand`."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from by_hand import HALLS, YEAR_DAYS, Given, build, day_of, design, make, one, opening

Years = dict[int, float]
FULL = 2030  # first full year
TRADES = {
    "foundations": "civil", "shell": "shell", "cooling plant": "mechanical",
    "modules": "electrical", "MV": "electrical", "commissioning": "commissioning",
    "rack fit-out": "it",
}  # fmt: skip


def first_of(year: int, month: int = 1) -> float:
    """Midnight at which a year or a month begins."""
    return day_of(date(year, month, 1))


def year_of(day: float) -> int:
    """Calendar year in which a day lies."""
    return next(year for year in range(2020, 2100) if day < first_of(year + 1))


def over_years(spec: Any, given: Given) -> range:
    """From the price year or the first money to the last year of operation."""
    opens = min(opening(plant) for plant in (spec.plants.enclosures, spec.plants.modules))
    return range(min(int(spec.finance.price_year), year_of(opens - 365.0)), given.year[-1] + 1)


def spread(amount: float, start: float, end: float, over: range) -> Years:
    """An amount paid evenly from one day to another."""
    paid = dict.fromkeys(over, 0.0)
    for year in over:
        days = max(min(end, first_of(year + 1)) - max(start, first_of(year)), 0.0)
        paid[year] = amount * days / (end - start)
    return paid


def added(*flows: Years) -> Years:
    """Year by year."""
    return {year: sum(flow[year] for flow in flows) for year in flows[0]}


# --- what is built and bought -----------------------------------------------------------------


def facility_of_a_hall(spec: Any) -> dict[str, float]:
    """Five items; the modules are part of the electrical share and never more than it. [EUR]"""
    split = spec.finance.facility_split
    whole = one(spec.campus.hall_it_mw) * one(spec.finance.facility_capex_meur_per_mw) * 1e6
    electrical = one(split.electrical_frac) * whole
    n_modules = design(spec)["power modules"] / HALLS
    modules = min(n_modules * one(spec.plants.modules.module_price_meur) * 1e6, electrical)
    return {
        "grid connection": 0.0,  # not told apart in a figure per MW
        "power modules": modules,
        "other electrical": electrical - modules,
        "mechanical": one(split.mechanical_frac) * whole,
        "shell and civil": (one(split.shell_frac) + one(split.civil_frac)) * whole,
        "other": one(split.other_frac) * whole,
    }


def racks_of_a_hall(spec: Any) -> float:
    """Racks with their network and storage, whoever pays. [EUR]"""
    price = one(spec.campus.rack_generations[0].price_musd) * 1e6 / one(spec.finance.usd_per_eur)
    surcharge = 1.0 + one(spec.finance.network_storage_frac)
    return design(spec)["GPU racks"] / HALLS * price * surcharge


@dataclass
class Capital:
    """Money of the programme by item and year, and what of it is left at the end. [EUR]"""

    flows: dict[str, Years]
    facility_left: float = 0.0
    racks_left: float = 0.0
    plants_left: float = 0.0

    @property
    def building(self) -> Years:
        """The items of the facility, built first and again."""
        items = (
            self.flows[name] for name in self.flows if name[:2] != "IT" and "plants" not in name
        )
        return added(*items)

    @property
    def racks(self) -> Years:
        """First fit-out and what is bought again."""
        return added(self.flows["IT first fit-out"], self.flows["IT replacement"])


def capital(spec: Any, over: range) -> Capital:
    """Shell in the first half of the works, the rest in the second, racks when a hall is ready."""
    items, nothing = facility_of_a_hall(spec), dict.fromkeys(over, 0.0)
    bought_later = ("facility renewal", "IT first fit-out", "IT replacement")
    money = Capital({name: nothing for name in (*items, *bought_later)})
    racks = racks_of_a_hall(spec) * one(spec.finance.it_fit_out_frac)
    site, end = build(spec), first_of(over[-1] + 1)
    it_life = one(spec.finance.it_life_years) * YEAR_DAYS
    life = one(spec.finance.facility_life_years) * YEAR_DAYS

    def pay(name: str, flow: Years) -> None:
        money.flows[name] = added(money.flows[name], flow)

    for start, ready in zip(site["start"], site["ready"], strict=True):
        middle = 0.5 * (start + ready)
        for name, amount in items.items():
            when = (start, middle) if name == "shell and civil" else (middle, ready)
            pay(name, spread(amount, *when, over))
        pay("IT first fit-out", nothing | {year_of(ready): racks})
        bought = ready
        while bought + it_life < end:
            bought += it_life
            pay("IT replacement", nothing | {year_of(bought): racks})
        built = ready
        while built + life < end:
            built += life
            pay("facility renewal", nothing | {year_of(built): sum(items.values())})
        money.facility_left += sum(items.values()) * (1.0 - (end - built) / life)
        money.racks_left += racks * (1.0 - (end - bought) / it_life)
    money.flows["the two plants"] = nothing
    for plant in (spec.plants.enclosures, spec.plants.modules):
        cost = one(plant.capex_meur) * 1e6
        pay("the two plants", spread(cost, opening(plant) - 365.0, opening(plant), over))
        age_years = (end - opening(plant)) / YEAR_DAYS
        money.plants_left += cost * (1.0 - age_years / one(spec.finance.plant_life_years))
    return money


# --- what it costs to run ---------------------------------------------------------------------


def on_line_mw(spec: Any, over: range) -> Years:
    """IT that is ready: a hall counts from the first of the month after it is; mean of a year."""
    mean = dict.fromkeys(over, 0.0)
    firsts = [first_of(year, month) for year in over for month in range(1, 13)]
    for ready in build(spec)["ready"]:
        counted = next(day for day in firsts if day >= ready)
        for year in over:
            first, last = first_of(year), first_of(year + 1)
            share = max(last - max(counted, first), 0.0) / (last - first)
            mean[year] += one(spec.campus.hall_it_mw) * share
    return mean


def running(spec: Any, given: Given, over: range) -> dict[str, Years]:
    """Operating cost by item. [EUR]"""
    finance, nothing = spec.finance, dict.fromkeys(over, 0.0)
    on_line = on_line_mw(spec, over)
    fte = one(finance.om_staff_fte_per_mw) * design(spec)["design PUE"]
    wage = one(finance.hours_per_fte_year) * one(finance.labour_eur_per_h)
    staff = {year: mw * fte * wage for year, mw in on_line.items()}
    benchmark = one(finance.maintenance_eur_per_mw_year)

    def per(quantity: list[float], price: Any) -> Years:
        priced = (one(price) * amount for amount in quantity)
        return nothing | dict(zip(given.year, priced, strict=True))

    return {
        "energy": per(given.energy_eur, 1.0),
        "network": per(given.grid_mwh, finance.energy.network_eur_per_mwh),
        "excise": per(given.grid_mwh, finance.energy.excise_eur_per_mwh),
        "staff": staff,
        "maintenance": {y: benchmark * mw for y, mw in on_line.items()},
        "water": per(given.water_m3, finance.water_eur_per_m3),
    }


# --- carbon and people ------------------------------------------------------------------------


def carbon(spec: Any, given: Given, money: Capital) -> dict[str, Years]:
    """What is embodied falls when its money is spent. [t]"""
    over = money.racks
    whole_t = one(spec.finance.embodied_facility_t_per_mw) * one(spec.campus.it_mw)
    rack_t = one(spec.finance.embodied_rack_t)
    # Tonnes of a rack over its price: those that others pay for are not ours.
    racks_of_all = HALLS * racks_of_a_hall(spec)
    per_eur = rack_t * design(spec)["GPU racks"] / racks_of_all
    building = HALLS * sum(facility_of_a_hall(spec).values())
    return {
        "electricity (scope 2)": dict.fromkeys(over, 0.0)
        | dict(zip(given.year, given.carbon_t, strict=True)),
        "embodied facility": {y: whole_t * eur / building for y, eur in money.building.items()},
        "embodied IT": {y: per_eur * eur for y, eur in money.racks.items()},
    }


def plant_people(spec: Any, given: Given, over: range) -> Years:
    """Both plants, from their opening to their last unit."""
    last = {
        "enclosures": max(given.enclosure_done_day),
        "modules": make(spec, given)["last module"],
    }
    people = dict.fromkeys(over, 0.0)
    for name, until in last.items():
        plant = getattr(spec.plants, name)
        staff = one(plant.n_direct_staff) + one(plant.n_indirect_staff)
        begin = opening(plant)
        for year in over:
            first, end = first_of(year), first_of(year + 1)
            people[year] += staff * max(min(until, end) - max(begin, first), 0.0) / (end - first)
    return people


def site_people(spec: Any, over: range) -> Years:
    """Head-days of the trades, so that the busiest month has the published workers per MW."""
    size = {crew.name: one(crew.workers_per_crew) for crew in spec.programme.crews}
    site = build(spec)
    jobs = [(size["civil"], site["site_start"], site["site works done"])]
    jobs += [(size[TRADES[name]], s, e) for name, _, s, e in site["jobs"] if name in TRADES]

    def mean_of(first: float, last: float) -> float:
        days = (n * max(min(end, last) - max(start, first), 0.0) for n, start, end in jobs)
        return sum(days) / (last - first)

    months = [first_of(year, month) for year in range(2026, 2031) for month in range(1, 13)]
    busiest = max(mean_of(a, b) for a, b in itertools.pairwise(months))
    # In the busiest month both halls are worked on.
    most = one(spec.programme.construction_workers_per_mw) * one(spec.campus.it_mw)
    return {year: mean_of(first_of(year), first_of(year + 1)) * most / busiest for year in over}


# --- what it comes to -------------------------------------------------------------------------


@dataclass
class Books:
    """All flows of the ledger, and the rows of the page."""

    capital: Capital
    opex: dict[str, Years]
    carbon: dict[str, Years]
    people: dict[str, Years]
    revenue: Years
    rows: dict[str, float]


def annuity(rate: float, life: float) -> float:
    """Equal payments at the ends of the years that together are worth one today."""
    return 1.0 / sum((1.0 + rate) ** -year for year in range(1, round(life) + 1))


def ledger(spec: Any, given: Given) -> Books:
    """Euros, tonnes and people of the whole example."""
    over = over_years(spec, given)
    money = capital(spec, over)
    grid_mw = design(spec)["design PUE"]
    fte = one(spec.finance.om_staff_fte_per_mw) * grid_mw
    people = {
        "plants": plant_people(spec, given, over),
        "construction": site_people(spec, over),
        "operation": {year: fte * mw for year, mw in on_line_mw(spec, over).items()},
        "contractors on site": dict.fromkeys(over, 0.0),
    }
    price = one(spec.finance.gpu_hour_price_usd) / one(spec.finance.usd_per_eur)
    sold = sold_hours(spec, given, over)
    books = Books(
        capital=money,
        opex=running(spec, given, over),
        carbon=carbon(spec, given, money),
        people=people,
        revenue={year: price * hours for year, hours in sold.items()},
        rows={},
    )
    books.rows |= rows_of_capital(spec, money) | rows_of_running(books)
    books.rows |= rows_of_worth(spec, given, books, sold)
    books.rows |= {
        "embodied in the facility": sum(books.carbon["embodied facility"].values()),
        "embodied in racks": sum(books.carbon["embodied IT"].values()),
        "embodied in racks of 2033": books.carbon["embodied IT"][2033],
        "electricity of 2030": books.carbon["electricity (scope 2)"][FULL],
        "water of 2030": dict(zip(given.year, given.water_m3, strict=True))[FULL],
        "in the plants, 2027": people["plants"][2027],
        "on the site, 2027": people["construction"][2027],
        "in operation, 2030": people["operation"][FULL],
        "permanent": people["plants"][FULL] + people["operation"][FULL],
        "busiest": max(people["plants"][y] + people["operation"][y] for y in over),
    }
    return books


def sold_hours(spec: Any, given: Given, over: Any) -> Years:
    """GPU-hours sold on the racks that the programme pays for."""
    return our_hours(spec, given.gpu_hours_sold, given, over)


def our_hours(spec: Any, amounts: list[float], given: Given, over: Any) -> Years:
    """GPU-hours on the racks that the programme pays for."""
    share = one(spec.finance.it_fit_out_frac)
    hours = (share * amount for amount in amounts)
    return dict.fromkeys(over, 0.0) | dict(zip(given.year, hours, strict=True))


def rows_of_capital(spec: Any, money: Capital) -> dict[str, float]:
    """Sums and some years. [MEUR]"""
    million = {name: {y: e / 1e6 for y, e in flow.items()} for name, flow in money.flows.items()}
    facility = HALLS * sum(facility_of_a_hall(spec).values()) / 1e6
    racks = HALLS * racks_of_a_hall(spec) / 1e6
    plants = sum(million["the two plants"].values())
    return {
        "facility": facility,
        "racks, first fit-out": racks,
        "the two plants": plants,
        "full stack": facility + racks + plants,
        "price of the power modules": sum(million["power modules"].values()),
        "other electrical work": sum(million["other electrical"].values()),
        "mechanical": sum(million["mechanical"].values()),
        "shell and civil works of 2027": million["shell and civil"][2027],
        "power modules of 2029": million["power modules"][2029],
        "racks bought again in 2033": million["IT replacement"][2033],
        "the two plants, 2026": million["the two plants"][2026],
    }


def rows_of_running(books: Books) -> dict[str, float]:
    """Running costs of the first full year, and staff of the first. [MEUR]"""
    named = {
        "energy of 2030": "energy",
        "network tariff of 2030": "network",
        "excise of 2030": "excise",
        "staff of 2030": "staff",
        "maintenance of 2030": "maintenance",
    }
    rows = {row: books.opex[item][FULL] / 1e6 for row, item in named.items()}
    return rows | {"staff of 2028": books.opex["staff"][2028] / 1e6}


def rows_of_worth(spec: Any, given: Given, books: Books, sold: Years) -> dict[str, float]:
    """Present values, and the constant prices that pay for everything."""
    finance, money = spec.finance, books.capital
    rate, over = one(finance.discount_rate_frac), list(sold)
    worth = {y: (1.0 + rate) ** -(y - int(finance.price_year) + 0.5) for y in over}

    def today(flow: Years) -> float:
        return sum(amount * worth[year] for year, amount in flow.items())

    running_cost = added(*books.opex.values())
    of_building = today(money.building) + today(money.flows["the two plants"])
    of_building += today(running_cost)
    of_building -= worth[over[-1]] * (money.facility_left + money.plants_left)
    net_cost = of_building + today(money.racks) - worth[over[-1]] * money.racks_left
    gpu_hour = net_cost / today(sold) if today(sold) > 0.0 else math.nan
    it_mwh = dict.fromkeys(over, 0.0) | dict(zip(given.year, given.it_mwh, strict=True))
    hours_per_million = sum(given.inference_gpu_hours) / (sum(given.n_output_tokens) / 1e6)
    yearly = (
        HALLS
        * sum(facility_of_a_hall(spec).values())
        * annuity(rate, one(finance.facility_life_years))
    )
    yearly += HALLS * racks_of_a_hall(spec) * annuity(rate, one(finance.it_life_years))
    return {
        "revenue of 2030": books.revenue[FULL] / 1e6,
        "net present cost": net_cost / 1e6,
        "net present value": (today(books.revenue) - net_cost) / 1e6,
        "a GPU-hour sold": gpu_hour,
        **{
            name: net_cost / today(ours) if today(ours) > 0.0 else math.nan
            for name, ours in (
                ("a useful GPU-hour", our_hours(spec, given.gpu_hours_useful, given, over)),
                ("a GPU-hour held", our_hours(spec, given.gpu_hours_held, given, over)),
            )
        },
        "a million tokens": gpu_hour * hours_per_million,
        "a MWh of IT, without racks": of_building / today(it_mwh),
        "a year of the whole campus": (yearly + running_cost[FULL]) / 1e6,
    }
