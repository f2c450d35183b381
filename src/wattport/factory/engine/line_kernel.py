"""
The event loop: whole plants, draw after draw.

Units flow through stations with parallel bays and finite buffers; a finished
part that finds no place ahead stays in its bay (blocking after service). See
docs/models/production.md for the rules, `tests/oracles/line_twin.py` for the same
rules in plain Python.
"""

from __future__ import annotations

import numpy as np

from wattport.equations.random_stream import next_uniform
from wattport.factory.engine.bay_kernel import (
    BLOCKED,
    EVENT_BEGIN,
    EVENT_FAIL,
    EVENT_FINISH,
    OUTSIDE,
    SCRAP,
    STREAM_ROUTE,
    add_to_batch,
    begin_service,
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
    stop_work,
    touch,
    wait_for_parts,
    withdraw,
)
from wattport.factory.engine.clock_kernel import station_clock_h
from wattport.factory.engine.compiled import allocating, borrowing, merged
from wattport.factory.engine.crew_kernel import change_level, dispatch_crews, fail_on_calendar
from wattport.factory.engine.event_tree_kernel import next_slot, set_slot, slot_time_h
from wattport.factory.engine.line_records import DrawState, Lines, Network
from wattport.factory.engine.release_kernel import (
    deliver,
    leave,
    next_release,
    part_slot,
    take_kit,
    touch_entries,
)
from wattport.factory.engine.standstill_kernel import (
    DEADLOCK,
    FINISHED,
    UNTIL,
    has_ring,
    is_stuck,
    why_stuck,
)
from wattport.factory.engine.start_kernel import start_draw


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
        w = start_draw(network, lines, draw)
        lines.outcome[draw] = _run(w, lines, draw)
        _write(w, lines, draw)


@allocating
def _write(w: DrawState, lines: Lines, draw: int) -> None:
    """Copy what happened to the units into the rows of the draw."""
    lines.state_h[draw] = w.state_h
    lines.parts[draw] = w.parts
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
def _run(w: DrawState, lines: Lines, draw: int) -> int:
    """Play one draw to its end and say how it ended."""
    n_bays = w.bays.shape[0]
    first_part = part_slot(w, 0)
    first_calendar = calendar_slot(w, 0)
    now_h = 0.0
    n_events = 0
    for s in range(w.stations.shape[0]):
        touch(w, s)
    _settle(w, now_h)
    while w.mark[0].n_finished < w.lines.shape[0]:
        slot = next_slot(w.slots)
        next_h = slot_time_h(w.slots, slot)
        if next_h > w.mark[0].until_h or next_h == np.inf:
            break
        if slot >= first_calendar and is_stuck(w):
            break
        now_h = next_h
        n_events += 1
        if slot < n_bays:
            if w.bays[slot].event == EVENT_FINISH:
                _finish(w, slot, now_h)
            elif w.bays[slot].event == EVENT_FAIL:
                stop_work(w, slot, now_h)
                break_down(w, slot, now_h)
            elif w.bays[slot].event == EVENT_BEGIN:
                _begin_batch(w, slot, now_h)
            else:
                finish_repair(w, slot, now_h)
        elif slot < n_bays + w.lines.shape[0]:
            set_slot(w.slots, slot, np.inf)
            touch_entries(w, slot - n_bays)
        elif slot < first_part:
            change_level(w, slot - n_bays - w.lines.shape[0], now_h)
        elif slot < first_calendar:
            deliver(w, slot - first_part)
        else:
            fail_on_calendar(w, slot - first_calendar, now_h)
        _settle(w, now_h)
        if slot < n_bays:
            withdraw(w, slot)
    lines.n_events[draw] = n_events
    return _end(w, lines, draw, now_h)


@borrowing
def _end(w: DrawState, lines: Lines, draw: int, now_h: float) -> int:
    """Close the state times and name the outcome."""
    outcome = FINISHED
    if w.mark[0].n_finished < w.lines.shape[0]:
        next_h = slot_time_h(w.slots, next_slot(w.slots))
        if np.isfinite(next_h) and next_h > w.mark[0].until_h:
            outcome = DEADLOCK if has_ring(w) else UNTIL
            now_h = w.mark[0].until_h
        else:
            outcome = why_stuck(w)
        for line in range(w.lines.shape[0]):
            _close(w, line, now_h)
    _close(w, -1, now_h)
    lines.end_h[draw] = now_h
    return outcome


@merged
def _finish(w: DrawState, b: int, now_h: float) -> None:
    """End a service: rework on the bay, leave the line, move on or stay blocked."""
    stop_work(w, b, now_h)
    if w.stations[w.bays[b].station].n_batch > 1:
        _unload(w, b, now_h)
    elif _send_on(w, b, now_h):
        _vacate(w, b, now_h)


@borrowing
def _unload(w: DrawState, b: int, now_h: float) -> None:
    """Send the parts of a batch on, one after the other, until one finds no place."""
    bay = w.bays[b]
    while bay.unit >= 0:
        following = w.units[bay.unit].next
        if not _send_on(w, b, now_h):
            return
        bay.unit = following
        bay.n_units -= 1
    _vacate(w, b, now_h)


@merged
def _send_on(w: DrawState, b: int, now_h: float) -> bool:
    """Send the part of a bay where it goes next; false if it stays."""
    bay = w.bays[b]
    unit = bay.unit
    op = w.units[unit].op
    work = w.operations[op]
    s = bay.station
    target = work.next_op
    if work.fail_op >= 0 or work.scrap_frac > 0.0:
        chance = next_uniform(w.streams[op, STREAM_ROUTE].words)
        if work.fail_op >= 0:
            w.units[unit].n_tests += 1
        if chance < work.scrap_frac:
            target = SCRAP
        elif chance < work.scrap_frac + work.fail_frac and work.fail_op >= 0:
            target = work.fail_op
    if target == op:
        bay.left_h = draw_service_h(w, op, now_h)
        bay.left_h += work.rework_h / speed_frac(w, work.line, now_h)
        request_crew(w, b, now_h)
        return False
    if target < 0:
        log_move(w, now_h, unit, s, target)
        if leave(w, unit, work.line, target == OUTSIDE, now_h):
            _close(w, work.line, now_h)
            w.mark[0].n_finished += 1
        return True
    if w.operations[target].alternative >= 0:
        target = _choose(w, target)
    w.units[unit].op = target
    at = w.operations[target].station
    ahead = w.stations[at]
    if at == s and ahead.n_batch <= 1:
        begin_service(w, b, target, now_h)  # the next step in the same bay
        return False
    if ahead.blocked_head < 0 and (ahead.n_idle > 0 or ahead.n_queue < ahead.n_buffer):
        log_move(w, now_h, unit, s, at)
        _accept(w, at, unit, now_h)
        return True
    _join_blocked(w, b, at, now_h)
    return False


@borrowing
def _choose(w: DrawState, op: int) -> int:
    """Choose among alternatives: an idle bay, else a place to wait, else the shortest line."""
    best = op
    best_wait = np.inf
    while op >= 0:
        station = w.stations[w.operations[op].station]
        wait = 0.0
        if station.n_idle == 0 or station.blocked_head >= 0:
            n_before = station.n_queue + 1.0
            if station.n_queue >= station.n_buffer or station.blocked_head >= 0:
                n_before += 1e6
            b = station.blocked_head
            while b >= 0:
                n_before += 1.0
                b = w.bays[b].next
            wait = n_before / station.n_bays
        if wait < best_wait:
            best, best_wait = op, wait
        op = w.operations[op].alternative
    return best


@merged
def _join_blocked(w: DrawState, b: int, target: int, now_h: float) -> None:
    """Stay in the bay and line up for a place."""
    bay = w.bays[b]
    station = w.stations[target]
    if bay.is_down == 0:
        set_state(w, b, BLOCKED, station_clock_h(w.calendars, w.stations[bay.station], now_h))
    bay.target = target
    bay.next = -1
    if station.blocked_head < 0:
        station.blocked_head = b
    else:
        w.bays[station.blocked_tail].next = b
    station.blocked_tail = b


@merged
def _vacate(w: DrawState, b: int, now_h: float) -> None:
    """Empty a bay; a broken one waits for its repair before it takes the next part."""
    w.bays[b].unit = -1
    if w.bays[b].is_down == 0:
        stand_by(w, b, now_h)


@merged
def _settle(w: DrawState, now_h: float) -> None:
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
                _let_in(w, b, s, now_h)
            else:
                op = -1
                if station.entry_op >= 0:
                    op = next_release(w, s, now_h)
                if op < 0:
                    break
                _accept(w, s, take_kit(w, op, now_h), now_h)
    if w.mark[0].is_crew_dirty == 1:
        dispatch_crews(w, now_h)


@merged
def _let_in(w: DrawState, b: int, s: int, now_h: float) -> None:
    """Move a blocked part into the place it waited for."""
    bay = w.bays[b]
    bay.target = -1
    unit = bay.unit
    following = w.units[unit].next
    log_move(w, now_h, unit, bay.station, s)
    _accept(w, s, unit, now_h)
    if w.stations[bay.station].n_batch > 1:
        bay.unit = following
        bay.n_units -= 1
        _unload(w, b, now_h)
    else:
        _vacate(w, b, now_h)


@merged
def _accept(w: DrawState, s: int, unit: int, now_h: float) -> None:
    """Take a part into an idle bay, the lowest first, else into the buffer."""
    station = w.stations[s]
    if station.n_idle > 0:
        if station.n_batch > 1:
            _load(w, s, unit, now_h)
            return
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
def _load(w: DrawState, s: int, unit: int, now_h: float) -> None:
    """Add a part to the batch that is being loaded, or begin a batch on the lowest idle bay."""
    station = w.stations[s]
    chosen = -1
    for b in range(station.first_bay, station.first_bay + station.n_bays):
        bay = w.bays[b]
        if bay.is_down == 1:
            continue
        if bay.is_loading == 1:
            chosen = b
            break
        if bay.unit < 0 and chosen < 0:
            chosen = b
    add_to_batch(w, chosen, unit)
    if w.bays[chosen].n_units >= max(station.n_batch_min, 1):
        _begin_batch(w, chosen, now_h)
    elif w.bays[chosen].is_loading == 0:
        w.bays[chosen].is_loading = 1
        wait_for_parts(w, chosen, now_h)


@borrowing
def _begin_batch(w: DrawState, b: int, now_h: float) -> None:
    """Close a batch and start on it, with the operation of its first part."""
    bay = w.bays[b]
    w.stations[bay.station].n_idle -= 1
    bay.is_loading = 0
    set_slot(w.slots, b, np.inf)
    begin_service(w, b, w.units[bay.unit].op, now_h)


@borrowing
def _close(w: DrawState, line: int, now_h: float) -> None:
    """Charge the last stretch of time to the bays of a line, and stop its books."""
    for b in range(w.bays.shape[0]):
        bay = w.bays[b]
        if bay.station >= 0 and w.stations[bay.station].line == line:
            set_state(w, b, bay.state, station_clock_h(w.calendars, w.stations[bay.station], now_h))
            bay.since_h = np.inf
