"""
The year's loop as a person would write it: plain Python on the equations, hour by hour.

Oracle of `year_kernel.play_year`. It shares with it only the formulas in `equations`, the table
of inputs and the random series, which have tests of their own.
"""

from __future__ import annotations

import numpy as np

from wattport.catalog import Chiller, find
from wattport.equations import chiller as che
from wattport.equations import cooling as coe
from wattport.equations.ups import stage_loss_frac


def play_hours(campus, chain, sinks, halls, limit_mw, days, is_peak, dry, wet, jobs, score):
    """
    Return rows of hourly results of one draw.

    `jobs` holds its record of COMPUTE, its job at each size, where each job's weeks begin in it,
    and the requests wanted by hour.
    """
    work, pool, starts, requests = jobs
    rows, felt = [], dry[0]
    degree_hours = np.maximum(18.0 - dry, 0.0).sum()
    for t in range(dry.size):
        day = days[t // 24]
        felt += (dry[t] - felt) / 24.0
        ready = (halls["ready_day"] <= day["number"]) & (halls["it_mw"] > 0.0)
        nameplate = halls["it_mw"][ready].sum()
        if nameplate == 0.0:
            continue
        fill = np.clip((day["number"] - halls["ready_day"][ready]) / campus["fill_days"], 0.0, 1.0)
        filled = (halls["it_mw"][ready] * fill).sum()
        idle = campus["idle_power_frac"]
        gpus = halls["n_gpus"][ready]
        n_filled = (gpus * fill).sum()
        sizes = np.array([0.25, 0.5, 0.75, 1.0])
        size = min(np.searchsorted(sizes, n_filled / work["whole_n_gpus"] - 1e-9), 3)
        hours = (starts[t // 168] + t % 168) % pool.shape[1]
        busy = pool[size, hours].mean(dtype=np.float64)
        share = fleet_hour(work, requests[t])
        training = work["training_level_frac"] * (busy + (1.0 - busy) * work["pause_power_frac"])
        activity = work["training_frac"] * training
        activity += (1.0 - work["training_frac"]) * work["most_sold_frac"] * share["activity"]
        wanted = nameplate * idle + filled * (1.0 - idle) * activity
        place = (nameplate, campus["auxiliary_mw_per_hall"] * ready.sum(), dry[t], wet[t])
        it = wanted
        row = campus_hour(campus, chain, sinks, place, degree_hours, it)
        if is_beyond(row, limit_mw[t // 24], campus):
            low, high = 0.0, wanted
            while high - low > 1e-12 * wanted:
                it = 0.5 * (low + high)
                row = campus_hour(campus, chain, sinks, place, degree_hours, it)
                low, high = (low, it) if is_beyond(row, limit_mw[t // 24], campus) else (it, high)
            it = low
            row = campus_hour(campus, chain, sinks, place, degree_hours, it)
        row["it_mwh"], row["wanted_mwh"] = it, wanted
        row["energy_cost_eur"] = row["grid_mwh"] * price(campus, day, is_peak[t], score[t])
        row["carbon_t"] = row["grid_mwh"] * carbon(campus, day, felt) / 1000.0
        served = (it - nameplate * idle) / (wanted - nameplate * idle) if wanted > 0 else 0.0
        served = np.clip(served, 0.0, 1.0)
        row |= gpu_hour(work, gpus.sum(), n_filled, filled, busy, served, share)
        rows.append(row)
    return rows


def fleet_hour(work, wanted):
    """Return what the replicas of an hour do."""
    answered = min(wanted, 1.0)
    on = np.clip(answered * (1.0 + work["headroom_frac"]), work["least_on_frac"], 1.0)
    load = answered / on * work["promised_load_frac"]
    grid = np.linspace(0.0, 1.0, work["power_frac"].size)
    activity = on * np.interp(load, grid, work["power_frac"])
    return {"wanted": wanted, "answered": answered, "on": on, "activity": activity}


def gpu_hour(work, n_gpus, n_filled, filled_mw, busy, served, share):
    """Return GPU-hours by what they do, requests and the energy of inference."""
    serving = n_filled * (1.0 - work["training_frac"]) * work["most_sold_frac"]
    most = 3600.0 * serving * work["requests_per_gpu_s"]
    training = n_filled * work["training_frac"] * work["training_level_frac"] * served
    idle = work["idle_power_frac"]
    per_gpu = served * (idle * share["on"] + (1.0 - idle) * share["activity"])
    return {
        "gpu_hours": n_gpus,
        "training_gpu_hours": training,
        "training_busy_gpu_hours": training * busy,
        "inference_gpu_hours": serving * share["on"] * served,
        "gpu_hours_held": training + serving * share["on"] * served,
        "failed_gpu_hours": n_gpus * work["failed_frac"],
        "n_requests": most * share["answered"] * served,
        "n_requests_lost": most * (share["wanted"] - share["answered"] * served),
        "inference_it_mwh": serving * filled_mw / n_filled * per_gpu if n_filled else 0.0,
    }


def is_beyond(row, limit_mw, campus):
    return row["grid_mwh"] > limit_mw or row["supply_c"] > campus["supply_max_c"]


def campus_hour(campus, chain, sinks, place, degree_hours, it):
    """Return grid power and what it is made of, for a given IT power."""
    nameplate, auxiliary, dry, wet = place
    power, hall_loss, nodes = it, 0.0, {}
    own = [s for s in range(chain.size) if not chain[s]["carries_all"]]
    common = [s for s in range(chain.size) if chain[s]["carries_all"]]
    for s in reversed(own):
        nodes[s] = stage_loss(chain[s], power, nameplate)
        hall_loss += nodes[s] * chain[s]["heats_hall"]
        power += nodes[s]
    exported = heat_export(campus, sinks, dry, degree_hours, campus["liquid_frac"] * it)
    cooling, water, supply = cooling_hour(campus, it, hall_loss, exported, nameplate, dry, wet)
    power += sum(cooling.values()) + auxiliary
    for s in reversed(common):
        nodes[s] = stage_loss(chain[s], power, nameplate)
        power += nodes[s]
    return {
        "grid_mwh": power, "supply_c": supply, "water_m3": water, "exported_mwh": exported,
        "nodes": [nodes[s] for s in range(chain.size)] + [*cooling.values(), auxiliary, it],
    }  # fmt: skip


def stage_loss(stage, output, nameplate):
    rating = stage["rating_over_it_frac"] * nameplate
    return rating * float(
        stage_loss_frac(
            output / rating, stage["no_load_frac"], stage["linear_frac"], stage["square_frac"]
        )
    )


def heat_export(campus, sinks, dry, degree_hours, available):
    left = available
    for sink in sinks:
        share = (
            max(18.0 - dry, 0.0) / max(degree_hours, 1e-9) if sink["is_seasonal"] else 1.0 / 8760.0
        )
        asked = min(sink["demand_mwh"] * share, sink["peak_mw"])
        if campus["supply_c"] + campus["loop_delta_k"] < sink["supply_c"]:
            asked *= 1.0 - 1.0 / sink["lift_cop"]
        left = max(left - asked, 0.0)
    return available - left


def cooling_hour(campus, it, hall_loss, exported, nameplate, dry, wet):
    """Return the electric power of each cooling node, pad water and supply temperature."""
    entry = find(Chiller, "trim_air_cooled")
    ranges = (
        (entry.leaving_min_c, entry.leaving_max_c),
        (entry.outdoor_min_c, entry.outdoor_max_c),
    )

    def cop(water_c):
        curves = (entry.eir_temperature_curve, entry.eir_part_load_curve)
        return float(che.chiller_cop(campus["chiller_cop"], *curves, *ranges, water_c, dry))

    rated, loop = campus["approach_k"], campus["loop_delta_k"]
    liquid = campus["liquid_frac"]
    flow = max(it / nameplate, 0.4)
    cdu = campus["cdu_mw_per_mw"] * liquid * nameplate * float(coe.pump_power_frac(flow))
    pumped = liquid * nameplate * (1.0 + campus["cdu_mw_per_mw"])
    pump = campus["pump_mw_per_mw"] * pumped * float(coe.pump_power_frac(flow))
    heat = liquid * it + cdu + pump - exported
    design = pumped * (1.0 + campus["pump_mw_per_mw"])
    rating = design * campus["dry_cooler_over_heat_frac"]
    density, has_pads = campus["air_density_frac"], campus["pad_effectiveness_frac"] > 0.0
    share = heat / rating
    through = max(share, 0.4)
    speed = float(coe.dry_cooler_speed_frac(rated, loop, share, campus["supply_c"] - dry, through))
    speed = min(speed / density, 1.0)
    approach = float(coe.dry_cooler_approach_k(rated, loop, through, density, through))
    intake = dry
    if has_pads and speed == 1.0:
        coldest = float(
            coe.wetted_air_c(dry, wet, campus["pad_effectiveness_frac"], campus["pad_start_c"])
        )
        intake = max(coldest, min(dry, campus["supply_c"] - approach))
    cap = float(che.chiller_capacity_frac(entry.cap_curve, *ranges, entry.evaporator_max_c, dry))
    most = min(campus["trim_frac"] * cap / campus["trim_capacity_frac"] * design / heat, 1.0)
    trimmed = float(coe.trim_frac(intake, campus["supply_c"], approach, loop, most))
    if speed < 1.0:
        trimmed = 0.0
    reached = campus["supply_c"]
    if speed == 1.0 and trimmed < 1.0:
        reached = float(coe.supply_c(intake, approach, loop, trimmed))
    air_mw_per_k = rating / loop * speed * density
    water = air_mw_per_k * (dry - intake) / 2.43 * 3.6 * 4.0 / 3.0
    fans = campus["fan_mw_per_mw"] * rating * float(coe.fan_power_frac(speed)) * density
    fans *= 1.1 if has_pads else 1.0

    air = (1.0 - liquid) * it + hall_loss
    air_design = campus["air_heat_over_it_frac"] * nameplate
    walls = campus["air_fan_mw_per_mw"] * air_design * float(coe.fan_power_frac(air / air_design))
    air, air_design = air + walls, air_design * (1.0 + campus["air_fan_mw_per_mw"])
    air_pump = campus["pump_mw_per_mw"] * air_design
    air_pump *= float(coe.pump_power_frac(max(air / air_design, 0.4)))
    air, air_design = air + air_pump, air_design * (1.0 + campus["pump_mw_per_mw"])
    share = air / air_design
    through = max(share, 0.4)
    cold = campus["air_supply_c"] - coe.AIR_COIL_APPROACH_K
    speed = float(coe.dry_cooler_speed_frac(rated, loop, share, cold - dry, through))
    speed /= density
    approach = float(coe.dry_cooler_approach_k(rated, loop, through, density, through))
    chilled = float(coe.trim_frac(dry, cold, approach, loop, 1.0)) if speed >= 1.0 else 0.0
    own_fans = campus["fan_mw_per_mw"] * air_design * density
    own_fans *= float(coe.fan_power_frac(speed)) if speed < 1.0 else 1.0 - chilled
    nodes = {
        "fans": fans + own_fans, "pumps": pump + air_pump, "cdus": cdu,
        "trim": heat * trimmed / cop(entry.evaporator_max_c), "walls": walls,
        "air chillers": air * chilled / cop(cold),
    }  # fmt: skip
    return nodes, water, max(reached, campus["supply_c"])


def price(campus, day, is_peak, score):
    distance = score - campus["price_threshold"]
    y = (
        campus["price_scale"] * distance ** campus["price_power"]
        if distance > 0
        else campus["price_slope"] * distance
    )
    hour = campus["peak_frac"] if is_peak else campus["off_peak_frac"]
    return campus["base_eur_per_mwh"] * campus["quarter_frac"][day["month"] // 3] * hour * y


def carbon(campus, day, felt):
    season = campus["carbon_summer"]
    season += (campus["carbon_winter"] - campus["carbon_summer"]) * day["winter_frac"]
    cold = np.clip((3.0 - felt) / 5.0, 0.0, 1.0)
    return season + max(campus["carbon_cold"] - season, 0.0) * cold
