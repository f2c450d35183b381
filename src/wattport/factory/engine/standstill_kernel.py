"""Why nothing moves any more: parts in a ring, no kit, no people, no working time."""

from __future__ import annotations

import numpy as np

from wattport.factory.engine.bay_kernel import UNSTAFFED, WORKING, calendar_slot
from wattport.factory.engine.compiled import borrowing
from wattport.factory.engine.event_tree_kernel import slot_time_h
from wattport.factory.engine.line_records import DrawState

# The values of `wattport.factory.engine.line_records.Outcome`.
FINISHED, UNTIL, DEADLOCK, NO_KIT, NO_TIME, NO_CREW = 0, 1, 2, 3, 4, 5


@borrowing
def is_stuck(w: DrawState) -> bool:
    """Check whether nothing but failures of standing bays is still to come."""
    n_live = 0
    for slot in range(calendar_slot(w, 0)):
        n_live += slot_time_h(w.slots, slot) < np.inf
    return n_live == 0


@borrowing
def why_stuck(w: DrawState) -> int:
    """Name the outcome of a draw in which nothing is still to come."""
    has_unstaffed = False
    has_blocked = False
    for b in range(w.bays.shape[0]):
        if w.bays[b].station < 0:
            continue
        if w.bays[b].state == WORKING:
            return NO_TIME
        has_unstaffed |= w.bays[b].state == UNSTAFFED
        has_blocked |= w.bays[b].target >= 0
    if has_unstaffed:
        return NO_CREW
    return DEADLOCK if has_blocked else NO_KIT


@borrowing
def has_ring(w: DrawState) -> bool:
    """
    Check whether some stations hold nothing but parts that wait for one another.

    Such stations never move again, while deliveries, shifts and other lines go on,
    so that the end of the events does not tell. Between events no station is
    dirty; the mark serves to strike out those with a bay that may still move.
    """
    for s in range(w.stations.shape[0]):
        w.stations[s].is_dirty = 1
    n_struck = 1
    while n_struck > 0:
        n_struck = 0
        for b in range(w.bays.shape[0]):
            bay = w.bays[b]
            if bay.station < 0 or w.stations[bay.station].is_dirty == 0:
                continue
            if bay.target < 0 or w.stations[bay.target].is_dirty == 0:
                w.stations[bay.station].is_dirty = 0
                n_struck += 1
    n_left = 0
    for s in range(w.stations.shape[0]):
        n_left += w.stations[s].is_dirty
    return n_left > 0
