"""Small random factories that use every feature of the engine."""

from __future__ import annotations

import numpy as np

from wattport.calendar.intervals import stack_calendars
from wattport.factory.engine.line_records import LEVEL, POOL, REPAIR, Network, Service
from wattport.factory.engine.simulate import empty_lines, empty_stations, make_network, set_service


def random_factory(seed: int, n_draws: int = 1, n_units: int = 25) -> Network:
    """Two chained lines with anything the dice say."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, size=2)
    n_stations = int(sizes.sum())
    stations = empty_stations(n_draws, n_stations)
    for s in range(n_stations):
        kind = Service(int(rng.integers(0, 5)))
        set_service(stations, s, kind, float(rng.uniform(1.0, 6.0)), float(rng.uniform(0.1, 0.39)))
        stations["n_bays"][:, s] = rng.integers(1, 4)
        stations["n_buffer"][:, s] = rng.integers(0, 4)
        stations["crew"][:, s] = rng.integers(0, 4)
        stations["pool"][:, s] = rng.integers(-1, 2)
        stations["repair_crew"][:, s] = rng.integers(-1, 1)
        stations["calendar"][:, s] = rng.integers(-1, 2)
        stations["failure"][:, s] = rng.integers(0, 3)
        stations["mtbf_h"][:, s] = rng.uniform(10.0, 60.0)
        stations["mttr_h"][:, s] = rng.uniform(1.0, 8.0)
        if rng.random() < 0.4:
            stations["scrap_frac"][:, s] = 0.1
        if rng.random() < 0.5:
            line_first = 0 if s < sizes[0] else int(sizes[0])
            stations["fail_station"][:, s] = rng.integers(line_first, s + 1)
            stations["fail_frac"][:, s] = 0.2
            stations["rework_h"][:, s] = 1.5
    stations["line"][:, sizes[0] :] = 1
    stations["next_station"][:, sizes[0] - 1] = -1
    lines = empty_lines(n_draws, 2, n_units)
    lines["first_station"][:, 1] = sizes[0]
    lines["n_wip_limit"] = rng.integers(0, 2, size=2) * rng.integers(1, 9, size=2)
    lines["from_h"] = rng.uniform(0.0, 30.0, size=2)
    lines["ramp_from_h"] = lines["from_h"]
    lines["ramp_until_h"] = lines["from_h"] + 100.0
    lines["ramp_frac"] = 0.5
    feed = np.zeros((2, 2), np.int64)
    feed[1, 0] = rng.integers(0, 2)
    days = np.arange(400.0)
    calendars = stack_calendars(
        [(24 * days + 6, 24 * days + 14), (24 * days + 8, 24 * days + 8 + rng.uniform(4, 16, 400))]
    )
    pools = np.zeros((n_draws, 2), POOL)
    pools["schedule"] = [0, 1]
    levels = np.zeros((2, 62), LEVEL)
    levels["from_h"] = np.inf
    levels["from_h"][0, 0] = 0.0
    levels["n_people"][0, 0] = 4
    levels["from_h"][1, :61] = np.arange(61) * 13.0
    levels["n_people"][1, :61] = np.where(np.arange(61) % 2 == 0, 6, 3)
    repairs = np.zeros((n_draws, 1), REPAIR)
    repairs["n_crews"] = 1
    return make_network(stations, lines)._replace(
        seed=seed,
        ready_h=np.sort(rng.uniform(0.0, 200.0, size=(n_draws, 2, n_units)), axis=2),
        feed=feed,
        calendars=calendars,
        pools=pools,
        levels=levels,
        repairs=repairs,
        until_h=6000.0,
        n_log=4000,
    )
