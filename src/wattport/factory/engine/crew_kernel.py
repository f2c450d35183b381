"""Who works where: people given to waiting bays, changes of shift, failures on the calendar."""

from __future__ import annotations

import numpy as np

from wattport.factory.engine.bay_kernel import (
    UNSTAFFED,
    WORKING,
    break_down,
    calendar_slot,
    give_back,
    set_state,
    start_work,
    stop_work,
    withdraw,
)
from wattport.factory.engine.clock_kernel import station_clock_h
from wattport.factory.engine.compiled import borrowing, merged
from wattport.factory.engine.event_tree_kernel import set_slot
from wattport.factory.engine.line_records import DrawState


@merged
def _take_crew(w: DrawState, b: int) -> bool:
    """Give a bay its people: those of the skill first, then who else can; all or none."""
    row = w.operations[w.bays[b].op].need
    while row >= 0:
        need = w.needs[row]
        n_short = need.n_people
        for i in range(w.covers.shape[1]):
            p = w.covers[need.pool, i]
            if n_short == 0 or p < 0:
                break
            n_given = min(n_short, max(w.pools[p].n_free, 0))
            w.pools[p].n_free -= n_given
            w.taken[b, p] += n_given
            n_short -= n_given
        if n_short > 0:
            give_back(w, b)
            return False
        row = need.next
    return True


@borrowing
def dispatch_crews(w: DrawState, now_h: float) -> None:
    """Give free people to waiting bays, station by station in the dispatch order."""
    w.mark[0].is_crew_dirty = 0
    for i in range(w.stations.shape[0]):
        station = w.stations[w.stations[i].dispatch]
        while station.waiting_head >= 0:
            b = station.waiting_head
            if not _take_crew(w, b):
                break
            station.waiting_head = w.bays[b].next
            start_work(w, b, now_h)


@borrowing
def change_level(w: DrawState, p: int, now_h: float) -> None:
    """Change the people present; those who leave put down the least urgent work first."""
    pool = w.pools[p]
    row = pool.schedule
    pool.n_free -= w.levels[row, pool.step].n_people
    pool.step += 1
    pool.n_free += w.levels[row, pool.step].n_people
    slot = w.bays.shape[0] + w.lines.shape[0] + p
    set_slot(w.slots, slot, w.levels[row, pool.step + 1].from_h)
    w.mark[0].is_crew_dirty = 1
    for i in range(w.stations.shape[0] - 1, -1, -1):
        station = w.stations[w.stations[i].dispatch]
        for b in range(station.first_bay + station.n_bays - 1, station.first_bay - 1, -1):
            if pool.n_free >= 0:
                return
            if w.bays[b].state == WORKING and w.taken[b, p] > 0:
                stop_work(w, b, now_h)
                withdraw(w, b)
                set_state(w, b, UNSTAFFED, station_clock_h(w.calendars, station, now_h))
                w.bays[b].next = station.waiting_head
                if station.waiting_head < 0:
                    station.waiting_tail = b
                station.waiting_head = b


@borrowing
def fail_on_calendar(w: DrawState, b: int, now_h: float) -> None:
    """Break down whatever the bay is doing."""
    bay = w.bays[b]
    set_slot(w.slots, calendar_slot(w, b), np.inf)
    if bay.state == WORKING:
        stop_work(w, b, now_h)
        withdraw(w, b)
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
