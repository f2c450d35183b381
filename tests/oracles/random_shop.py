"""Small random factories where products share stations, with batches, cards and stocks."""

from __future__ import annotations

import numpy as np

from wattport.arrays import Records
from wattport.calendar.intervals import stack_calendars
from wattport.factory.engine.line_records import (
    CHANGE,
    LEVEL,
    NEED,
    OPERATION,
    PART,
    POOL,
    REPAIR,
    Network,
    Service,
)
from wattport.factory.engine.simulate import empty_lines, empty_stations, make_network, set_service


def random_shop(seed: int, n_draws: int = 1, n_units: int = 18) -> Network:
    """Three products over shared stations with anything the dice say."""
    rng = np.random.default_rng(seed)
    n_stations, n_lines = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    stations = empty_stations(n_draws, n_stations)
    stations["line"] = -1
    for s in range(n_stations):
        column = stations[:, s]
        column["n_bays"] = rng.integers(1, 4)
        column["n_buffer"] = rng.integers(0, 4)
        column["repair_crew"] = rng.integers(-1, 1)
        column["calendar"] = rng.integers(-1, 1)
        column["failure"] = rng.integers(0, 3)
        column["mtbf_h"], column["mttr_h"] = rng.uniform(20.0, 60.0), rng.uniform(1.0, 8.0)
        if rng.random() < 0.4:
            column["n_batch"] = rng.integers(2, 5)
            column["n_batch_min"] = rng.integers(1, int(column["n_batch"][0]) + 1)
            column["batch_wait_h"] = rng.uniform(1.0, 20.0)
    rows: list[tuple[int, int, int, int]] = []  # line, step, station, alternative number
    steps = rng.integers(1, 5, size=n_lines)
    for line in range(n_lines):
        for step in range(int(steps[line])):
            options = rng.permutation(n_stations)[: int(rng.integers(1, 3))]
            rows += [(line, step, int(s), at) for at, s in enumerate(options)]
    row_of = {(line, step, at): row for row, (line, step, _, at) in enumerate(rows)}
    operations = np.zeros((n_draws, len(rows)), OPERATION)
    crews: list[tuple[int, int, int]] = []
    for row, (line, step, station, at) in enumerate(rows):
        column = operations[:, row]
        column["station"], column["line"] = station, line
        column["next_op"] = row_of.get((line, step + 1, 0), -1)
        column["alternative"] = row_of.get((line, step, at + 1), -1)
        column["fail_op"] = -1
        if rng.random() < 0.3:
            back = int(rng.integers(0, step + 1))
            is_own = back == step and stations["n_batch"][0, station] <= 1
            column["fail_op"] = row if is_own else row_of[line, back, 0]
            column["fail_frac"], column["rework_h"] = 0.2, 1.5
        column["scrap_frac"] = 0.1 if rng.random() < 0.3 else 0.0
        column["setup_h"] = rng.choice([0.0, 0.5, 2.0])
        column["family"] = rng.integers(0, 2)
        column["need"] = -1
        pools = rng.permutation(2)[: int(rng.integers(0, 3))]
        if len(pools):
            column["need"] = len(crews)
        for i, pool in enumerate(pools):
            following = len(crews) + 1 if i + 1 < len(pools) else -1
            crews.append((int(pool), int(rng.integers(0, 4)), following))
        kind = Service(int(rng.integers(0, 5)))
        mean_h, cv = float(rng.uniform(1.0, 6.0)), float(rng.uniform(0, 0.39))
        set_service(operations, row, kind, mean_h, cv)
    changes = _changes(rng, stations)
    needs = np.zeros((n_draws, len(crews)), NEED)
    for i, (pool, people, following) in enumerate(crews):
        needs["pool"][:, i], needs["n_people"][:, i], needs["next"][:, i] = pool, people, following
    lines = empty_lines(n_draws, n_lines, n_units)
    feed = np.zeros((n_lines, n_lines), np.int64)
    for line in range(n_lines):
        lines["first_station"][:, line] = row_of[line, 0, 0]
        if line > 0 and rng.random() < 0.6:
            feed[line, line - 1] = rng.integers(1, 3)
            if rng.random() < 0.6:
                lines["n_kanban"][:, line - 1] = rng.integers(2, 7)
        if rng.random() < 0.4:
            lines["n_wip_limit"][:, line] = rng.integers(1, 7)
        if rng.random() < 0.4:
            lines["n_wanted"][:, line] = 2 * n_units // 3
    lines["from_h"] = lines["ramp_from_h"] = rng.uniform(0.0, 20.0, size=n_lines)
    lines["ramp_until_h"] = lines["from_h"] + 60.0
    lines["ramp_frac"] = 0.5
    parts = np.zeros((n_draws, 2), PART)
    for part in range(2):
        parts["n_lot"][:, part] = rng.integers(1, 6)
        parts["n_reorder"][:, part] = rng.integers(1, 8)
        parts["n_stock"][:, part] = rng.integers(0, 4)
        set_service(parts, part, Service.LOGNORMAL, float(rng.uniform(2.0, 40.0)), 0.4)
    days = np.arange(400.0)
    levels = np.zeros((2, 62), LEVEL)
    levels["from_h"] = np.inf
    levels["from_h"][0, 0], levels["n_people"][0, 0] = 0.0, 4
    levels["from_h"][1, :61] = np.arange(61) * 13.0
    levels["n_people"][1, :61] = np.where(np.arange(61) % 2 == 0, 6, 3)
    pools_ = np.zeros((n_draws, 2), POOL)
    pools_["schedule"] = [0, 1]
    repairs = np.zeros((n_draws, 1), REPAIR)
    repairs["n_crews"] = 1
    return make_network(stations, lines)._replace(
        seed=seed,
        ready_h=np.sort(rng.uniform(0.0, 100.0, size=(n_draws, n_lines, n_units)), axis=2),
        feed=feed,
        dispatch=rng.permutation(n_stations),
        calendars=stack_calendars([(24 * days + 6, 24 * days + 16)]),
        pools=pools_,
        levels=levels,
        repairs=repairs,
        operations=operations,
        needs=needs,
        changes=changes,
        covers=np.array([[[0, -1], [1, -1]], [[0, 1], [1, -1]], [[0, 1], [1, 0]]][seed % 3]),
        parts=parts,
        uses=rng.integers(0, 3, size=(n_lines, 2)) * rng.integers(0, 2, size=(n_lines, 2)),
        rank=rng.integers(0, 5, size=(n_lines, n_units)).astype(float),
        until_h=6000.0,
        n_log=6000,
    )


def _changes(rng: np.random.Generator, stations: Records) -> Records:
    """Setups by what was before, of some stations and some pairs of families."""
    rows: list[tuple[int, int, int, float]] = []
    for s in range(stations.shape[1]):
        for before, after in ((-1, 1), (0, 1), (1, 0)):
            if rng.random() < 0.3:
                rows.append((before, after, int(stations["first_change"][0, s]), rng.uniform(0, 3)))
                stations["first_change"][:, s] = len(rows) - 1
    changes = np.zeros((len(stations), len(rows)), CHANGE)
    changes[:] = np.array(rows, CHANGE) if rows else changes
    return changes
