"""
Into the plants and out of them: release rules, kits, stocks of bought parts.

A unit is released when its station has a place, the CONWIP cap and the kanban
cards allow it, its kit is complete and what feeds it lies in the store.
"""

from __future__ import annotations

import numpy as np

from wattport.factory.engine.bay_kernel import OUTSIDE, STREAM_SERVICE, log_move, touch
from wattport.factory.engine.compiled import borrowing, merged
from wattport.factory.engine.event_tree_kernel import set_slot
from wattport.factory.engine.line_records import DrawState
from wattport.factory.engine.service_kernel import next_service_h


@borrowing
def touch_entries(w: DrawState, line: int) -> None:
    """Wake the stations into which a line releases."""
    op = w.lines[line].first_station
    while op >= 0:
        touch(w, w.operations[op].station)
        op = w.operations[op].alternative


@borrowing
def next_release(w: DrawState, s: int, now_h: float) -> int:
    """Give the operation of the next unit to release into a station; -1: none may be."""
    best = -1
    best_rank = 0.0
    op = w.stations[s].entry_op
    while op >= 0:
        line = w.operations[op].line
        if _is_releasable(w, line, now_h):
            rank = w.rank[line, w.lines[line].n_released]
            if best < 0 or rank < best_rank:
                best, best_rank = op, rank
        op = w.operations[op].entry_next
    return best


@merged
def _is_releasable(w: DrawState, line: int, now_h: float) -> bool:
    ln = w.lines[line]
    k = ln.n_released
    if k >= ln.n_units or (ln.n_wip_limit > 0 and k - ln.n_out >= ln.n_wip_limit):
        return False
    if ln.n_kanban > 0 and k - ln.n_out + ln.n_store >= ln.n_kanban:
        return False
    if ln.n_wanted > 0 and k - (ln.n_out - ln.n_good) >= ln.n_wanted:
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
    n_short = 0
    for part in range(w.parts.shape[0]):
        n_short += w.parts[part].n_stock < w.uses[line, part]
    return n_short == 0


@borrowing
def take_kit(w: DrawState, op: int, now_h: float) -> int:
    """Book the release of the next unit of an operation's line, and give the unit."""
    line = w.operations[op].line
    ln = w.lines[line]
    unit: int = line * w.mark[0].n_units + ln.n_released
    ln.n_released += 1
    for feeder in range(w.lines.shape[0]):
        if w.feed[line, feeder] > 0:
            w.lines[feeder].n_store -= w.feed[line, feeder]
            if w.lines[feeder].n_kanban > 0:
                touch_entries(w, feeder)
    for part in range(w.parts.shape[0]):
        if w.uses[line, part] > 0:
            w.parts[part].n_stock -= w.uses[line, part]
            order_lots(w, part, now_h)
    w.units[unit].released_h = now_h
    w.units[unit].op = op
    log_move(w, now_h, unit, OUTSIDE, w.operations[op].station)
    return unit


@borrowing
def leave(w: DrawState, unit: int, line: int, is_good: bool, now_h: float) -> bool:
    """Book a unit out of its line, wake whoever waited for that; true if it was the last."""
    ln = w.lines[line]
    ln.n_out += 1
    if is_good:
        ln.n_good += 1
        ln.n_store += 1
        w.units[unit].done_h = now_h
        for consumer in range(w.lines.shape[0]):
            if w.feed[consumer, line] > 0:
                touch_entries(w, consumer)
    else:
        w.units[unit].scrapped_h = now_h
    if ln.n_wip_limit > 0 or ln.n_kanban > 0 or (ln.n_wanted > 0 and not is_good):
        touch_entries(w, line)
    is_last: bool = ln.n_out == ln.n_units or (ln.n_wanted > 0 and ln.n_good == ln.n_wanted)
    return is_last


@merged
def part_slot(w: DrawState, part: int) -> int:
    """Give the slot of the next delivery of a part."""
    first: int = w.bays.shape[0] + w.lines.shape[0] + w.pools.shape[0]
    return first + part


@borrowing
def order_lots(w: DrawState, part: int, now_h: float) -> None:
    """Order lots until stock and orders exceed the reorder point; deliveries do not overtake."""
    row = w.parts[part]
    ring = w.arrivals_h.shape[1]
    while row.n_stock + row.n_on_order <= row.n_reorder:
        words = w.streams[w.streams.shape[0] - w.parts.shape[0] + part, STREAM_SERVICE].words
        arrival_h = now_h + next_service_h(words, row.service, row.p0, row.p1, row.p2)
        if row.n_ordered > row.n_delivered:
            arrival_h = max(arrival_h, w.arrivals_h[part, (row.n_ordered - 1) % ring])
        else:
            set_slot(w.slots, part_slot(w, part), arrival_h)
        w.arrivals_h[part, row.n_ordered % ring] = arrival_h
        row.n_ordered += 1
        row.n_on_order += row.n_lot


@borrowing
def deliver(w: DrawState, part: int) -> None:
    """Book a lot into the store, and wake the lines that use it."""
    row = w.parts[part]
    row.n_delivered += 1
    row.n_on_order -= row.n_lot
    row.n_stock += row.n_lot
    next_h = np.inf
    if row.n_ordered > row.n_delivered:
        next_h = w.arrivals_h[part, row.n_delivered % w.arrivals_h.shape[1]]
    set_slot(w.slots, part_slot(w, part), next_h)
    for line in range(w.lines.shape[0]):
        if w.uses[line, part] > 0:
            touch_entries(w, line)
