"""
The event loop: whole plants, draw after draw.

Units flow through stations with parallel bays and finite buffers; a finished
part that finds no place ahead stays in its bay (blocking after service). See
docs/models/make.md for the rules, `tests/unit/make/line_twin.py` for the same
rules in plain Python.
"""

from __future__ import annotations

import numpy as np

from wattport.equations.random_stream import next_uniform
from wattport.make.bay_kernel import (
    BLOCKED,
    EVENT_FAIL,
    EVENT_FINISH,
    OUTSIDE,
    SCRAP,
    STREAM_ROUTE,
    UNSTAFFED,
    WORKING,
    break_down,
    calendar_slot,
    draw_service_h,
    enter_bay,
    finish_repair,
    log_move,
    request_crew,
    set_state,
    speed_frac,
    stand_by,
    start_work,
    stop_work,
    strike_out,
    touch,
)
from wattport.make.clock_kernel import station_clock_h
from wattport.make.compiled import allocating, borrowing, merged
from wattport.make.event_tree_kernel import set_slot
from wattport.make.network import Lines, Network, World
from wattport.make.world_kernel import start_world

_FINISHED, _UNTIL, _DEADLOCK, _NO_KIT, _NO_TIME, _NO_CREW = 0, 1, 2, 3, 4, 5


@allocating
def simulate_draws(network: Network, lines: Lines, first: int, last: int) -> None:
    """
    Simulate the draws ``first`` to ``last - 1`` and write them into ``lines``.

    Parameters
    ----------
    network : Network
        The plants; not changed.
    lines : Lines
        Results, allocated by the caller; only rows of these draws are written.
    first, last : int
        Range of draws, so that threads share the work without sharing rows.
    """
    for draw in range(first, last):
        w = start_world(network, lines, draw)
        lines.outcome[draw] = _run(w, lines, draw)
        _write(w, lines, draw)


@allocating
def _write(w: World, lines: Lines, draw: int) -> None:
    """Copy what happened to the units into the rows of the draw."""
    lines.state_h[draw] = w.state_h
    lines.n_moves[draw] = w.mark[0].n_log
    n_units = w.mark[0].n_units
    for line in range(w.lines.shape[0]):
        for k in range(n_units):
            unit = w.units[line * n_units + k]
            lines.asked_h[draw, line, k] = unit.asked_h
            lines.released_h[draw, line, k] = unit.released_h
            lines.done_h[draw, line, k] = unit.done_h
            lines.scrapped_h[draw, line, k] = unit.scrapped_h
            lines.n_tests[draw, line, k] = unit.n_tests


@borrowing
def _run(w: World, lines: Lines, draw: int) -> int:
    """Play one draw to its end and say how it ended."""
    n_bays = w.bays.shape[0]
    first_calendar = calendar_slot(w, 0)
    now_h = 0.0
    n_events = 0
    for s in range(w.stations.shape[0]):
        touch(w, s)
    _settle(w, now_h)
    while w.mark[0].n_finished < w.lines.shape[0]:
        slot = w.slots[1].winner
        next_h = w.slots[1].time_h
        if next_h > w.mark[0].until_h or next_h == np.inf:
            break
        if slot >= first_calendar and _is_stuck(w):
            break
        now_h = next_h
        n_events += 1
        if slot < n_bays:
            if w.bays[slot].event == EVENT_FINISH:
                _finish(w, slot, now_h)
            elif w.bays[slot].event == EVENT_FAIL:
                stop_work(w, slot, now_h)
                break_down(w, slot, now_h)
            else:
                finish_repair(w, slot, now_h)
        elif slot < n_bays + w.lines.shape[0]:
            set_slot(w.slots, slot, np.inf)
            touch(w, w.lines[slot - n_bays].first_station)
        elif slot < first_calendar:
            _change_level(w, slot - n_bays - w.lines.shape[0], now_h)
        else:
            _fail_on_calendar(w, slot - first_calendar, now_h)
        _settle(w, now_h)
        if slot < n_bays:
            strike_out(w, slot)
    lines.n_events[draw] = n_events
    return _end(w, lines, draw, now_h)


@borrowing
def _end(w: World, lines: Lines, draw: int, now_h: float) -> int:
    """Close the state times and name the outcome."""
    outcome = _FINISHED
    if w.mark[0].n_finished < w.lines.shape[0]:
        next_h = w.slots[1].time_h
        if np.isfinite(next_h) and next_h > w.mark[0].until_h:
            outcome = _UNTIL
            now_h = w.mark[0].until_h
        else:
            outcome = _why_stuck(w)
        for line in range(w.lines.shape[0]):
            _close(w, line, now_h)
    lines.end_h[draw] = now_h
    return outcome


@borrowing
def _why_stuck(w: World) -> int:
    has_unstaffed = False
    has_blocked = False
    for b in range(w.bays.shape[0]):
        if w.bays[b].station < 0:
            continue
        if w.bays[b].state == WORKING:
            return _NO_TIME
        has_unstaffed |= w.bays[b].state == UNSTAFFED
        has_blocked |= w.bays[b].target >= 0
    if has_unstaffed:
        return _NO_CREW
    return _DEADLOCK if has_blocked else _NO_KIT


@borrowing
def _is_stuck(w: World) -> bool:
    """Check whether nothing but failures of standing bays is still to come."""
    n_live = 0
    for slot in range(calendar_slot(w, 0)):
        n_live += w.slots[(w.slots.shape[0] >> 1) + slot].time_h < np.inf
    return n_live == 0


@merged
def _finish(w: World, b: int, now_h: float) -> None:
    """End a service: rework on the bay, leave the line, move on or stay blocked."""
    bay = w.bays[b]
    s = bay.station
    station = w.stations[s]
    stop_work(w, b, now_h)
    target = station.next_station
    if station.fail_station >= 0 or station.scrap_frac > 0.0:
        chance = next_uniform(w.streams[s, STREAM_ROUTE].words)
        if station.fail_station >= 0:
            w.units[bay.unit].n_tests += 1
        if chance < station.scrap_frac:
            target = SCRAP
        elif chance < station.scrap_frac + station.fail_frac and station.fail_station >= 0:
            target = station.fail_station
    if target == s:
        bay.left_h = draw_service_h(w, s, now_h)
        bay.left_h += station.rework_h / speed_frac(w, station.line, now_h)
        request_crew(w, b, now_h)
    elif target < 0:
        log_move(w, now_h, bay.unit, s, target)
        _leave(w, bay.unit, station.line, target == OUTSIDE, now_h)
        _vacate(w, b, now_h)
    else:
        ahead = w.stations[target]
        if ahead.blocked_head < 0 and (ahead.n_idle > 0 or ahead.n_queue < ahead.n_buffer):
            log_move(w, now_h, bay.unit, s, target)
            _accept(w, target, bay.unit, now_h)
            _vacate(w, b, now_h)
        else:
            _join_blocked(w, b, target, now_h)


@merged
def _join_blocked(w: World, b: int, target: int, now_h: float) -> None:
    """Stay in the bay and line up for a place."""
    bay = w.bays[b]
    station = w.stations[target]
    set_state(w, b, BLOCKED, station_clock_h(w.calendars, w.stations[bay.station], now_h))
    bay.target = target
    bay.next = -1
    if station.blocked_head < 0:
        station.blocked_head = b
    else:
        w.bays[station.blocked_tail].next = b
    station.blocked_tail = b


@merged
def _vacate(w: World, b: int, now_h: float) -> None:
    """Empty a bay; a broken one waits for its repair before it takes the next part."""
    w.bays[b].unit = -1
    if w.bays[b].is_down == 0:
        stand_by(w, b, now_h)


@merged
def _settle(w: World, now_h: float) -> None:
    """Let parts into every place set free, then crews to every bay that waits."""
    while w.mark[0].n_dirty > 0:
        w.mark[0].n_dirty -= 1
        s = w.stations[w.mark[0].n_dirty].stacked
        station = w.stations[s]
        station.is_dirty = 0
        while station.n_idle > 0 or station.n_queue < station.n_buffer:
            b = station.blocked_head
            if b >= 0:
                station.blocked_head = w.bays[b].next
                w.bays[b].target = -1
                log_move(w, now_h, w.bays[b].unit, w.bays[b].station, s)
                _accept(w, s, w.bays[b].unit, now_h)
                _vacate(w, b, now_h)
            elif station.entry_line < 0 or not _release(w, station.entry_line, now_h):
                break
    for p in range(w.pools.shape[0]):
        if w.pools[p].is_dirty == 1:
            _dispatch(w, p, now_h)


@merged
def _accept(w: World, s: int, unit: int, now_h: float) -> None:
    """Take a part into an idle bay, the lowest first, else into the buffer."""
    station = w.stations[s]
    if station.n_idle > 0:
        station.n_idle -= 1
        b = station.first_bay
        while w.bays[b].unit >= 0 or w.bays[b].is_down == 1:
            b += 1
        enter_bay(w, b, unit, now_h)
        return
    if station.n_queue == 0:
        station.queue_head = unit
    else:
        w.units[station.queue_tail].next = unit
    station.queue_tail = unit
    station.n_queue += 1


@borrowing
def _release(w: World, line: int, now_h: float) -> bool:
    """Release the next unit of a line, if its kit, its feeders and the cap allow it."""
    ln = w.lines[line]
    k = ln.n_released
    if k >= ln.n_units or (ln.n_wip_limit > 0 and k - ln.n_out >= ln.n_wip_limit):
        return False
    unit = line * w.mark[0].n_units + k
    if np.isnan(w.units[unit].asked_h):
        w.units[unit].asked_h = max(now_h, ln.from_h)
    ready_h = max(w.units[unit].ready_h, ln.from_h)
    if ready_h > now_h:
        set_slot(w.slots, w.bays.shape[0] + line, ready_h)
        return False
    for feeder in range(w.lines.shape[0]):
        if w.lines[feeder].n_store < w.feed[line, feeder]:
            return False
    for feeder in range(w.lines.shape[0]):
        w.lines[feeder].n_store -= w.feed[line, feeder]
    ln.n_released = k + 1
    w.units[unit].released_h = now_h
    log_move(w, now_h, unit, OUTSIDE, ln.first_station)
    _accept(w, ln.first_station, unit, now_h)
    return True


@borrowing
def _leave(w: World, unit: int, line: int, is_good: bool, now_h: float) -> None:
    """Book a unit out of its line, and wake whoever waited for that."""
    ln = w.lines[line]
    ln.n_out += 1
    if is_good:
        ln.n_store += 1
        w.units[unit].done_h = now_h
        for consumer in range(w.lines.shape[0]):
            if w.feed[consumer, line] > 0:
                touch(w, w.lines[consumer].first_station)
    else:
        w.units[unit].scrapped_h = now_h
    if ln.n_wip_limit > 0:
        touch(w, ln.first_station)
    if ln.n_out == ln.n_units:
        _close(w, line, now_h)
        w.mark[0].n_finished += 1


@borrowing
def _close(w: World, line: int, now_h: float) -> None:
    """Charge the last stretch of time to the bays of a line, and stop its books."""
    for b in range(w.bays.shape[0]):
        bay = w.bays[b]
        if bay.station >= 0 and w.stations[bay.station].line == line:
            set_state(w, b, bay.state, station_clock_h(w.calendars, w.stations[bay.station], now_h))
            bay.since_h = np.inf


@borrowing
def _dispatch(w: World, p: int, now_h: float) -> None:
    """Give free people to waiting bays, station by station in the dispatch order."""
    pool = w.pools[p]
    pool.is_dirty = 0
    for i in range(w.stations.shape[0]):
        station = w.stations[w.stations[i].dispatch]
        if station.pool == p:
            while station.waiting_head >= 0 and station.crew <= pool.n_free:
                b = station.waiting_head
                station.waiting_head = w.bays[b].next
                pool.n_free -= station.crew
                start_work(w, b, now_h)


@borrowing
def _change_level(w: World, p: int, now_h: float) -> None:
    """Change the people present; those who leave put down the least urgent work first."""
    pool = w.pools[p]
    row = pool.schedule
    pool.n_free -= w.levels[row, pool.step].n_people
    pool.step += 1
    pool.n_free += w.levels[row, pool.step].n_people
    slot = w.bays.shape[0] + w.lines.shape[0] + p
    set_slot(w.slots, slot, w.levels[row, pool.step + 1].from_h)
    pool.is_dirty = 1
    for i in range(w.stations.shape[0] - 1, -1, -1):
        s = w.stations[i].dispatch
        station = w.stations[s]
        if station.pool != p or station.crew == 0:
            continue
        for b in range(station.first_bay + station.n_bays - 1, station.first_bay - 1, -1):
            if pool.n_free >= 0:
                return
            if w.bays[b].state == WORKING:
                stop_work(w, b, now_h)
                strike_out(w, b)
                set_state(w, b, UNSTAFFED, station_clock_h(w.calendars, station, now_h))
                w.bays[b].next = station.waiting_head
                if station.waiting_head < 0:
                    station.waiting_tail = b
                station.waiting_head = b


@borrowing
def _fail_on_calendar(w: World, b: int, now_h: float) -> None:
    """Break down whatever the bay is doing."""
    bay = w.bays[b]
    set_slot(w.slots, calendar_slot(w, b), np.inf)
    if bay.state == WORKING:
        stop_work(w, b, now_h)
        strike_out(w, b)
    elif bay.state == UNSTAFFED:
        station = w.stations[bay.station]
        before = -1
        at = station.waiting_head
        while at != b:
            before = at
            at = w.bays[at].next
        if before < 0:
            station.waiting_head = bay.next
        else:
            w.bays[before].next = bay.next
        if station.waiting_tail == b:
            station.waiting_tail = before
    break_down(w, b, now_h)
