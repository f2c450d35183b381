"""One draw before its first event: empty plants, full staff, fresh random streams."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records
from wattport.equations.random_stream import seed_stream
from wattport.factory.engine.bay_kernel import ON_CALENDAR_CLOCK, STARVED, start_failure_clock
from wattport.factory.engine.clock_kernel import station_clock_h
from wattport.factory.engine.compiled import allocating, borrowing
from wattport.factory.engine.event_tree_kernel import set_slot, start_slots
from wattport.factory.engine.line_records import MARK, SLOT, STREAM, UNIT, DrawState, Lines, Network
from wattport.factory.engine.release_kernel import order_lots
from wattport.factory.engine.service_kernel import N_AHEAD

_STAGE = 0x6D616B65  # names the streams of this room
_N_PURPOSES = 4
_FIRST_PART_NAME = 1_000_000  # beyond any station or operation


@allocating
def start_draw(network: Network, lines: Lines, draw: int) -> DrawState:
    """Empty plants at hour 0, every bay idle and with a drawn time to failure."""
    n_stations = network.stations.shape[1]
    n_parts = network.parts.shape[1]
    streams = _start_streams(
        network.seed,
        network.draw_ids[draw],
        max(n_stations, network.operations.shape[1]),
        n_parts,
    )
    n_slots = network.n_bays + network.lines.shape[1] + network.pools.shape[1] + n_parts
    for s in range(n_stations):
        if network.stations[draw, s].failure == ON_CALENDAR_CLOCK:
            n_slots += network.n_bays
            break
    size = 2
    while size < n_slots:
        size *= 2
    n_units = network.ready_h.shape[2]
    w = DrawState(
        lines.bays[draw],
        network.stations[draw].copy(),
        network.operations[draw].copy(),
        network.needs[draw],
        network.changes[draw],
        network.lines[draw].copy(),
        network.pools[draw].copy(),
        network.repairs[draw].copy(),
        network.parts[draw].copy(),
        np.zeros((n_parts, _ring(network.parts[draw]))),
        np.zeros(network.lines.shape[1] * n_units, dtype=UNIT),
        np.zeros(2 * size, dtype=SLOT),
        network.calendars,
        network.levels,
        network.covers,
        np.zeros((network.n_bays, network.pools.shape[1]), dtype=np.int64),
        network.feed,
        network.uses,
        network.rank,
        np.zeros((network.operations.shape[1] + 1, N_AHEAD)),
        streams,
        np.zeros((n_stations, 5)),
        lines.moves[draw],
        np.zeros(1, dtype=MARK),
    )
    for op in range(w.operations.shape[0]):
        w.operations[op].n_taken = N_AHEAD
    w.mark[0].until_h = network.until_h
    w.mark[0].n_units = n_units
    _start_units(w, network.ready_h, draw)
    _start_stations(w, network.dispatch)
    _start_entries(w)
    _start_crews(w)
    for part in range(n_parts):
        order_lots(w, part, 0.0)
    return w


@borrowing
def _start_units(w: DrawState, ready_h: FloatArray, draw: int) -> None:
    """Tell each unit when its kit is complete; nothing else has happened to it."""
    n_units = w.mark[0].n_units
    for u in range(w.units.shape[0]):
        unit = w.units[u]
        unit.ready_h = ready_h[draw, u // n_units, u % n_units]
        unit.asked_h = np.nan
        unit.released_h = np.nan
        unit.done_h = np.nan
        unit.scrapped_h = np.nan


@allocating
def _start_streams(seed: int, draw_id: int, n_rows: int, n_parts: int) -> Records:
    """Give each station and operation a stream for each purpose, each part one."""
    streams = np.zeros((n_rows + n_parts, _N_PURPOSES), dtype=STREAM)
    for row in range(n_rows + n_parts):
        name = row if row < n_rows else _FIRST_PART_NAME + row - n_rows
        for purpose in range(_N_PURPOSES):
            words = streams[row, purpose].words
            words[:] = seed_stream(seed, _STAGE, draw_id, name * _N_PURPOSES + purpose)
    return streams


@allocating
def _ring(parts: Records) -> int:
    """Most lots of one part that can be on order at once."""
    most = 1
    for part in range(parts.shape[0]):
        most = max(most, parts[part].n_reorder // parts[part].n_lot + 2)
    return most


@borrowing
def _start_entries(w: DrawState) -> None:
    """Chain the first operations of the lines to the stations they are released into."""
    for line in range(w.lines.shape[0] - 1, -1, -1):
        op = w.lines[line].first_station
        while op >= 0:
            station = w.stations[w.operations[op].station]
            w.operations[op].entry_next = station.entry_op
            station.entry_op = op
            op = w.operations[op].alternative


@borrowing
def _start_crews(w: DrawState) -> None:
    n_lines = w.lines.shape[0]
    for p in range(w.pools.shape[0]):
        row = w.pools[p].schedule
        w.pools[p].n_free = w.levels[row, 0].n_people
        set_slot(w.slots, w.bays.shape[0] + n_lines + p, w.levels[row, 1].from_h)
    for r in range(w.repairs.shape[0]):
        w.repairs[r].n_free = w.repairs[r].n_crews
        w.repairs[r].head = -1
    for line in range(n_lines):
        if w.lines[line].n_units == 0:
            w.mark[0].n_finished += 1


@borrowing
def _start_stations(w: DrawState, dispatch: IntArray) -> None:
    start_slots(w.slots)
    n_placed = 0
    for s in range(w.stations.shape[0]):
        station = w.stations[s]
        station.dispatch = dispatch[s]
        station.first_bay = n_placed
        station.n_idle = station.n_bays
        station.blocked_head = -1
        station.waiting_head = -1
        station.entry_op = -1
        from_h = station.from_h
        if station.line >= 0:
            from_h = w.lines[station.line].from_h
        from_h = station_clock_h(w.calendars, station, from_h)
        station.interval = 0  # the look ahead to the opening must not move the present
        for b in range(n_placed, n_placed + station.n_bays):
            bay = w.bays[b]
            bay.station = s
            bay.unit = -1
            bay.target = -1
            bay.family = -1
            bay.state = STARVED
            bay.since_h = from_h
            start_failure_clock(w, b, 0.0)
        n_placed += station.n_bays
    for b in range(n_placed, w.bays.shape[0]):
        w.bays[b].station = -1
        w.bays[b].unit = -1
        w.bays[b].target = -1
