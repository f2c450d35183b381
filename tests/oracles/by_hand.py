"""
The worked example as a person does it: plain numbers, one sum after the other.

Oracle of `docs/worked_example.md` and of the records. It reads what the scenario and the catalogue
say, never what the code under test has made of it, but for what is random (weather, requests,
failures, prices), which `Given` takes from the records.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from wattport.catalog import Component, Line, Rack, Transformer, find, keys

EPOCH = date(2026, 1, 1)
YEAR_DAYS, YEAR_H = 365.25, 8766.0
UPS_LOSS = (0.00680, 0.02264)  # of the rating: idle, and with the square of the load
AIR_CHILLER_COP = 4.10  # 18 C water, 36 C outdoors
UPS_POWER_FACTOR = 0.99
HALLS = 2


@dataclass(frozen=True)
class Given:
    """What chance decides, from the records, by year of operation."""

    year: list[int]
    grid_mwh: list[float]
    it_mwh: list[float]
    energy_eur: list[float]
    carbon_t: list[float]
    gpu_hours_held: list[float]
    gpu_hours_sold: list[float]
    gpu_hours_useful: list[float]
    inference_gpu_hours: list[float]
    n_output_tokens: list[float]
    water_m3: list[float]
    enclosure_done_day: list[float]


def day_of(day: date) -> float:
    """Midnights since the first of January 2026."""
    return float((day - EPOCH).days)


def one(number: Any) -> float:
    """The number of the only draw."""
    return float(np.ravel(number)[0])


def after_work(start: float, days: float) -> tuple[float, float]:
    """First and last midnight of work of five days a week that may begin on a day."""
    begin = EPOCH + timedelta(days=start)
    while begin.weekday() >= 5:
        begin += timedelta(days=1)
    end, left = begin, days
    while left > 0:
        left -= end.weekday() < 5
        end += timedelta(days=1)
    return day_of(begin), day_of(end)


# --- design -----------------------------------------------------------------------------------


def design(spec: Any) -> dict[str, float]:
    """Halls, equipment, losses and power on the design day."""
    campus, cooling = spec.campus, spec.campus.cooling
    modules = campus.modules
    rack = find(Rack, campus.rack_generations[0].generation)
    hall_mw = one(campus.hall_it_mw)
    n_racks = int(hall_mw * 1000.0 * one(campus.gpu_rack_frac) / rack.power_kw)
    needed = math.ceil(hall_mw / one(modules.rating_mw))
    n_modules = needed + math.ceil(needed / modules.n_per_block)

    # From the racks up to the medium voltage, of one hall at full IT. [MW]
    bus = find(Line, "busway_400")
    share = hall_mw / n_modules
    current_ka = one(modules.rating_mw) / math.sqrt(3.0) / bus.voltage_kv
    busway = 3.0 * current_ka**2 * bus.resistance_ohm_per_km * bus.length_km
    busway *= (share / one(modules.rating_mw)) ** 2 * n_modules
    out = hall_mw + busway
    load = out / n_modules / one(modules.rating_mw)
    ups = n_modules * one(modules.rating_mw) * (UPS_LOSS[0] + UPS_LOSS[1] * load**2)
    out += ups
    unit = find(Transformer, modules.transformer)
    mva = out / n_modules / UPS_POWER_FACTOR
    trafo = n_modules * transformer_loss_mw(unit, mva)
    into_modules = out + trafo
    in_hall = busway + ups

    liquid = one(campus.gpu_rack_frac) * rack.liquid_frac
    liquid += (1.0 - one(campus.gpu_rack_frac)) * rack.other_liquid_frac
    cdu = hall_mw * liquid * one(cooling.cdu_kw_per_mw) / 1000.0
    pump = (hall_mw * liquid + cdu) * one(cooling.pump_kw_per_mw) / 1000.0
    heat = hall_mw * liquid + cdu + pump
    n_needed = math.ceil(heat / one(cooling.dry_cooler_rating_mw))
    n_coolers = n_needed + math.ceil(n_needed * one(cooling.n_spare_frac))
    coolers_mw = n_coolers * one(cooling.dry_cooler_rating_mw)
    fans = coolers_mw * one(cooling.fan_kw_per_mw) / 1000.0
    air = hall_mw * (1.0 - liquid) + in_hall
    walls = air * one(cooling.air_fan_kw_per_mw) / 1000.0
    air_pump = (air + walls) * one(cooling.pump_kw_per_mw) / 1000.0
    chillers = (air + walls + air_pump) / AIR_CHILLER_COP
    cooled = cdu + pump + air_pump + fans + walls + chillers
    at_mv = into_modules + cooled + one(campus.auxiliary_mw_per_hall)

    cable = find(Line, "mv_cable_20")
    n_feeders = math.ceil(at_mv / UPS_POWER_FACTOR / cable.rating_mva) + 1
    each = at_mv / UPS_POWER_FACTOR / n_feeders
    ohm = cable.resistance_ohm_per_km * cable.length_km
    feeders = n_feeders * each**2 * ohm / cable.voltage_kv**2
    hv = find(Transformer, campus.substation.transformer)
    load_mw = HALLS * (at_mv + feeders)
    n_hv = math.ceil(load_mw / UPS_POWER_FACTOR / hv.rating_mva) + int(campus.substation.n_spare)
    grid = load_mw + n_hv * transformer_loss_mw(hv, load_mw / UPS_POWER_FACTOR / n_hv)

    out_frac = 0.0
    for key in keys(Component):
        part = find(Component, key)
        out_frac += part.n_per_module * part.failures_per_year * part.repair_h / YEAR_H
    pairs = math.comb(n_modules, 2)

    # Water on the record day: coolers, then the trim chillers in the hotter air.
    at = heat / coolers_mw
    resistance = 1.0 + 0.36 * (1.0 / at - 1.0)
    delta_k = one(cooling.loop_delta_k)
    above = (one(cooling.dry_cooler_approach_k) + delta_k) * at * resistance - delta_k
    warm = one(spec.site.stress_day_c) + above - 0.133 * (above + delta_k)

    lead = 5.0 + 10.0 + 5.0
    wanted = [day_of(step.date) + one(spec.programme.energise_lead_days) - lead / 5.0 * 7.0
              for step in spec.grid.tranches]  # fmt: skip
    return {
        "halls": one(campus.it_mw) / hall_mw,
        "IT nameplate": HALLS * hall_mw,
        "GPU racks": HALLS * n_racks,
        "GPUs": HALLS * n_racks * rack.n_gpus,
        "power modules": HALLS * n_modules,
        "HV transformers": n_hv,
        "grid power on the design day": grid,
        "design PUE": grid / (HALLS * hall_mw),
        "chance that a hall lacks power": pairs * out_frac**2,
        "hall 1 wants its last module": wanted[0],
        "hall 2 wants its last module": wanted[1],
        "water on the record day": warm,
        "short-circuit ratio, 1,000 / 21.985": one(spec.grid.reference_short_circuit_mva) / grid,
        # Steps of one hall, in kW.
        "busway": 1000.0 * busway,
        "UPS": 1000.0 * ups,
        "MV/LV transformer": 1000.0 * trafo,
        "CDUs": 1000.0 * cdu,
        "facility pumps": 1000.0 * pump,
        "pumps of the hall air": 1000.0 * air_pump,
        "dry coolers": 1000.0 * fans,
        "fan walls": 1000.0 * walls,
        "air-side chillers": 1000.0 * chillers,
        "lighting and offices": 1000.0 * one(campus.auxiliary_mw_per_hall),
    }


def transformer_loss_mw(unit: Transformer, load_mva: float) -> float:
    """Iron, and copper with the square of the load."""
    return (unit.no_load_kw + unit.load_loss_kw * (load_mva / unit.rating_mva) ** 2) / 1000.0


# --- make -------------------------------------------------------------------------------------


def opening(plant: Any) -> float:
    """Day on which a plant opens."""
    return day_of(plant.opening) + 7.0 * one(plant.opening_delay_weeks)


def wall_day(plant: Any, hours: float) -> float:
    """Day on which so many hours have been worked since the plant opened; shifts start at six."""
    full = math.ceil(hours / one(plant.shift_h)) - 1
    day, _ = after_work(opening(plant), 0)
    for _ in range(full):
        day, _ = after_work(day + 1.0, 0)
    return day + (6.0 + hours - full * one(plant.shift_h)) / 24.0


def worked_hours(plant: Any, day: float) -> float:
    """The way back of `wall_day`."""
    begin = opening(plant)
    full = sum(
        1 for k in range(int(day) - int(begin)) if (EPOCH + timedelta(begin + k)).weekday() < 5
    )
    return full * one(plant.shift_h) + (day - math.floor(day)) * 24.0 - 6.0


def station_hours(plant: Any) -> tuple[list[float], float]:
    """Hours on the clock at each station and at the test: paid hours over people."""
    efficiency = one(plant.efficiency_frac)
    test = one(plant.test.duration_h) / efficiency
    written = [one(station.cycle_h) for station in plant.stations]
    crews = [int(station.crew) for station in plant.stations]
    paid = one(plant.labour_h_per_unit) - int(plant.test.crew) * test
    scale = paid / sum(crew * hours for crew, hours in zip(crews, written, strict=True))
    return [hours * scale for hours in written], test


def module_days(spec: Any, given: Given) -> list[float]:
    """Two bays, two bays and one test bay: each step waits for the part and for a bay."""
    plant = spec.plants.modules
    (assembly, wiring), test = station_hours(plant)
    enclosures = [worked_hours(spec.plants.enclosures, day) for day in given.enclosure_done_day]
    first: list[float] = []
    second: list[float] = []
    tested: list[float] = []
    for k, there in enumerate(enclosures):
        first.append(max(there, first[k - 2] if k > 1 else 0.0) + assembly)
        second.append(max(first[k], second[k - 2] if k > 1 else 0.0) + wiring)
        tested.append(max(second[k], tested[k - 1] if k else 0.0) + test)
    return [wall_day(plant, hours) for hours in tested]


def make(spec: Any, given: Given) -> dict[str, float]:
    """First enclosure, and the modules made of them."""
    plant = spec.plants.enclosures
    stations, test = station_hours(plant)
    days = module_days(spec, given)
    return {
        "first enclosure": wall_day(plant, sum(stations) + test),
        "first module": days[0],
        "last module": days[-1],
    }


# --- build ------------------------------------------------------------------------------------


def build(spec: Any) -> dict[str, Any]:
    """Working days from Monday to Friday; one crew of each trade goes from hall to hall."""
    days = {a.name: one(a.duration_days) for a in spec.programme.hall_activities}
    site = {a.name: one(a.duration_days) for a in spec.programme.site_activities}
    _, site_done = after_work(day_of(spec.programme.start), site["site works"])
    _, civil = after_work(site_done, site["HV substation civil"])
    _, substation = after_work(civil, site["HV substation fit-out"])
    jobs: list[tuple[str, int, float, float]] = []  # trade, hall, start, end
    free = dict.fromkeys(("foundations", "shell", "cooling plant", "modules", "MV"), 0.0)

    def work(trade: str, hall: int, ready: float, duration: float) -> float:
        start, end = after_work(max(ready, free[trade]), duration)
        free[trade] = end
        jobs.append((trade, hall, start, end))
        return end

    cooled, ready, energised = [], [], []
    lead = one(spec.programme.energise_lead_days)
    last_four = ("energise", "commissioning", "rack fit-out", "ready for service")
    for hall, step in enumerate(spec.grid.tranches):
        founded = work("foundations", hall, site_done, days["foundations"])
        shell = work("shell", hall, founded, days["shell"])
        set_up = work("modules", hall, founded, 5.0 * days["set and connect modules"])
        work("MV", hall, max(shell, set_up), days["MV connection"])
        cooled.append(work("cooling plant", hall, shell, days["cooling plant"]))
        _, opened = after_work(day_of(step.date), lead)
        start, _ = after_work(opened, 0)
        energised.append(start)
        at = start
        for name in last_four:
            at, end = after_work(at, days[name])
            jobs.append((name, hall, at, end))
            at = end
        ready.append(end)
    # Had the grid been there: energised with the substation, commissioned with the cooling.
    _, free_end = after_work(cooled[0], sum(days[name] for name in last_four[1:]))
    return {
        "site works done": site_done,
        "HV substation done": substation,
        "cooling of hall 1 done": cooled[0],
        "hall 1 energised from": energised[0],
        "first compute": ready[0],
        "full campus": ready[1],
        "days the grid costs": ready[0] - free_end,
        "IT ready on 1 November 2028": one(spec.campus.hall_it_mw),
        "start": [min(start for _, h, start, _ in jobs if h == hall) for hall in range(HALLS)],
        "ready": ready,
        "jobs": jobs,
        "site_start": day_of(spec.programme.start),
    }


# --- run --------------------------------------------------------------------------------------


def run(spec: Any) -> dict[str, float]:
    """What random hours add up to in the first full year."""
    work, training = spec.workload, spec.workload.training
    n_gpus = design(spec)["GPUs"]
    failed = one(training.failures_per_gpu_year) / YEAR_H * one(training.n_gpus_per_failure)
    failed *= one(training.repair_h)
    sellable = n_gpus * (1.0 - max(one(training.spare_frac), failed))
    per_job = sellable * one(work.training_frac) / one(training.n_jobs)
    between_h = YEAR_H / one(training.failures_per_gpu_year) / per_job
    restart_h = one(training.restart_min) / 60.0
    interval_s = 60.0 * one(training.checkpoint_interval_min)
    computing = interval_s / (interval_s + one(training.checkpoint_s))
    computing *= between_h / (between_h + restart_h)
    activity = (one(work.utilisation_frac) - one(work.idle_power_frac)) / (
        1.0 - one(work.idle_power_frac)
    )
    drawing = computing + one(training.pause_power_frac) * (1.0 - computing)
    it_mw = one(spec.campus.it_mw)
    # Trainings that stop draw less; inference draws what was asked for.
    share = one(work.training_frac)
    drawn = activity * (share * drawing + 1.0 - share)
    idle = one(work.idle_power_frac)
    energy_gwh = (idle + (1.0 - idle) * drawn) * it_mw * 8.760
    return {
        "first full year": 2030.0,
        "GPU-hours in ready halls": n_gpus * 8760.0,
        "share in repair": failed,
        "time that trainings compute": computing,
        "GPU-hours of training": n_gpus * share * 8760.0 * activity,
        "energy to IT": energy_gwh,
        "energy to hall 2": energy_gwh / HALLS,
        "prompt tokens to one generated, 1,155 / 211": one(work.inference.n_prompt_tokens)
        / one(work.inference.n_output_tokens),
    }
