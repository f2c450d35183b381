"""
A factory as arrays: what the event engine reads and writes.

Stations, operations, lines and crews are records of structured arrays, one row per
draw, so that every number may differ between draws. A line is one product on its way
through operations; stations may serve several. Columns after "state" belong to
the engine and are zero on entry. All times are hours since the wattport epoch.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records


class Service(IntEnum):
    """Distribution of a service time and its parameters `p0`, `p1`, `p2`."""

    DETERMINISTIC = 0  # hours
    EXPONENTIAL = 1  # mean
    LOGNORMAL = 2  # mean and standard deviation of the logarithm
    GAMMA = 3  # shape, scale
    TRIANGULAR = 4  # low, mode, high


class Failure(IntEnum):
    """Clock on which a bay comes nearer to its next failure."""

    NONE = 0
    OPERATING = 1  # only while it works
    CALENDAR = 2  # always


class BayState(IntEnum):
    """What one bay is doing; columns of the state times."""

    STARVED = 0
    WORKING = 1
    BLOCKED = 2
    DOWN = 3
    UNSTAFFED = 4  # a part in the bay, no crew yet


class Outcome(IntEnum):
    """Why the simulation of a draw ended."""

    FINISHED = 0
    UNTIL = 1  # the wanted end was reached
    DEADLOCK = 2  # parts block each other in a ring
    NO_KIT = 3  # a line waits for parts that never come
    NO_TIME = 4  # a calendar ran out, or works never
    NO_CREW = 5  # a bay needs more people than there will ever be


STATION = np.dtype(
    [
        ("n_bays", "i8"),
        ("n_buffer", "i8"),  # waiting places, the bays not counted
        ("crew", "i8"),  # people on one working bay
        ("pool", "i8"),  # row of the staff pool; -1: needs none
        ("repair_crew", "i8"),  # row of the repair crew; -1: always at hand
        ("calendar", "i8"),  # row of the calendar; -1: day and night
        ("line", "i8"),  # its opening and end bound the state times; -1: shared by several
        ("next_station", "i8"),  # after a good service; -1: leaves the line
        ("fail_station", "i8"),  # after a failed test; itself: rework on the bay
        ("service", "i8"),
        ("failure", "i8"),
        ("n_batch", "i8"),  # most parts on one bay at once; 0 and 1: one
        ("n_batch_min", "i8"),  # parts with which a batch starts at once
        ("first_change", "i8"),  # first row of its changeovers; -1: the setup of the operation
        ("p0", "f8"),
        ("p1", "f8"),
        ("p2", "f8"),
        ("rework_h", "f8"),  # added to the service after a failed test
        ("fail_frac", "f8"),
        ("scrap_frac", "f8"),
        ("mtbf_h", "f8"),
        ("mttr_h", "f8"),
        ("batch_wait_h", "f8"),  # working time after which a smaller batch starts
        ("from_h", "f8"),  # state times count from here, where no line says so
        # state
        ("entry_op", "i8"),  # first of the operations released here
        ("first_bay", "i8"),
        ("n_idle", "i8"),  # bays that would take a part now
        ("n_queue", "i8"),
        ("queue_head", "i8"),
        ("queue_tail", "i8"),
        ("blocked_head", "i8"),  # bays elsewhere whose part wants in, in order
        ("blocked_tail", "i8"),
        ("waiting_head", "i8"),  # bays here that wait for crew, in order
        ("waiting_tail", "i8"),
        ("is_dirty", "i8"),
        ("stacked", "i8"),  # i-th station in the stack of those with a place set free
        ("dispatch", "i8"),  # i-th station to be given crew
        ("interval", "i8"),  # of the calendar, where the present lies
    ],
    align=True,
)

OPERATION = np.dtype(
    [
        ("station", "i8"),
        ("line", "i8"),
        ("next_op", "i8"),  # after a good service; -1: leaves the line
        ("fail_op", "i8"),  # after a failed test; itself: rework on the bay; -1: no test
        ("alternative", "i8"),  # the same work on another station; -1: none
        ("need", "i8"),  # first row of the crew it needs; -1: nobody
        ("family", "i8"),  # a bay is set up anew when the family changes
        ("service", "i8"),
        ("p0", "f8"),
        ("p1", "f8"),
        ("p2", "f8"),
        ("rework_h", "f8"),
        ("fail_frac", "f8"),
        ("scrap_frac", "f8"),
        ("setup_h", "f8"),
        # state
        ("n_taken", "i8"),  # services taken from those drawn ahead
        ("entry_next", "i8"),  # next operation released into the same station
    ],
    align=True,
)

NEED = np.dtype(
    [("pool", "i8"), ("n_people", "i8"), ("next", "i8")],  # next row of the same crew; -1: last
    align=True,
)

CHANGE = np.dtype(
    [
        ("before", "i8"),  # family the bay was set up for
        ("after", "i8"),
        ("next", "i8"),  # next row of the same station; -1: last
        ("setup_h", "f8"),  # instead of that of the operation
    ],
    align=True,
)

LINE = np.dtype(
    [
        ("n_units", "i8"),
        ("first_station", "i8"),  # its first operation, where operations are given
        ("n_wanted", "i8"),  # good ones, scrap is made again; 0: any of n_units
        ("n_wip_limit", "i8"),  # 0: none
        ("n_kanban", "i8"),  # cards: units released and not yet taken by a consumer; 0: none
        ("from_h", "f8"),  # state times count from here
        ("ramp_from_h", "f8"),
        ("ramp_until_h", "f8"),
        ("ramp_frac", "f8"),  # speed before the ramp; 1 after it
        # state
        ("n_released", "i8"),
        ("n_out", "i8"),  # good and scrapped
        ("n_good", "i8"),
        ("n_store", "i8"),  # good, not yet taken by another line
    ],
    align=True,
)

POOL = np.dtype(
    [
        ("schedule", "i8"),  # row of the levels over time
        # state
        ("step", "i8"),
        ("n_free", "i8"),
    ],
    align=True,
)

PART = np.dtype(
    [
        ("n_reorder", "i8"),  # a lot is ordered when stock and orders fall to this
        ("n_lot", "i8"),
        ("service", "i8"),  # distribution of the lead time, on the calendar
        ("p0", "f8"),
        ("p1", "f8"),
        ("p2", "f8"),
        # state; the stock at the start may be given
        ("n_stock", "i8"),
        ("n_on_order", "i8"),
        ("n_ordered", "i8"),
        ("n_delivered", "i8"),
    ],
    align=True,
)

REPAIR = np.dtype(
    [("n_crews", "i8"), ("n_free", "i8"), ("head", "i8"), ("tail", "i8")],  # state: last three
    align=True,
)

BAY = np.dtype(
    [
        ("station", "i8"),
        ("unit", "i8"),  # the part in the bay, or the first of its batch
        ("last_unit", "i8"),
        ("n_units", "i8"),  # of a batch
        ("is_loading", "i8"),  # a batch that still waits for parts
        ("op", "i8"),
        ("family", "i8"),
        ("state", "i8"),
        ("is_down", "i8"),
        ("event", "i8"),
        ("target", "i8"),  # station a blocked part wants; -1: not blocked
        ("next", "i8"),  # next bay that waits for crew, or for the same place
        ("next_repair", "i8"),  # next bay that waits for the same repair crew
        ("left_h", "f8"),
        ("start_h", "f8"),  # on the station's own clock
        ("since_h", "f8"),
        ("fail_in_h", "f8"),
    ],
    align=True,
)


UNIT = np.dtype(
    [
        ("next", "i8"),  # next unit in the same buffer or batch
        ("op", "i8"),
        ("n_tests", "i8"),
        ("ready_h", "f8"),
        ("asked_h", "f8"),
        ("released_h", "f8"),
        ("done_h", "f8"),
        ("scrapped_h", "f8"),
    ],
    align=True,
)


LEVEL = np.dtype([("from_h", "f8"), ("n_people", "i8")], align=True)

SLOT = np.dtype([("time_bits", "i8"), ("winner", "u4")], align=True)  # no sign to test

MOVE = np.dtype([("time_h", "f8"), ("unit", "i8"), ("origin", "i8"), ("target", "i8")], align=True)

# A record, because the words of a record are handed over without counting references.
STREAM = np.dtype([("words", "u8", (4,))])

MARK = np.dtype(
    [
        ("n_dirty", "i8"),  # stations in the stack
        ("n_log", "i8"),
        ("n_finished", "i8"),  # lines
        ("n_units", "i8"),  # rows of each line in the units
        ("is_crew_dirty", "i8"),  # people or waiting bays have changed
        ("until_h", "f8"),
    ],
    align=True,
)


class Network(NamedTuple):
    """Everything that describes the lines to simulate."""

    seed: int
    draw_ids: IntArray  # (draw,) name of each draw in the random streams
    stations: Records  # (draw, station) of STATION
    operations: Records  # (draw, operation) of OPERATION; none: one for each station
    needs: Records  # (draw, need) of NEED
    changes: Records  # (draw, change) of CHANGE
    lines: Records  # (draw, line) of LINE
    pools: Records  # (draw, pool) of POOL
    repairs: Records  # (draw, repair crew) of REPAIR
    parts: Records  # (draw, part) of PART
    uses: IntArray  # (line, part) of each part in one unit of a line
    ready_h: FloatArray  # (draw, line, unit) kit complete, never released before
    rank: FloatArray  # (line, unit) where lines share an entry, the lowest goes first
    feed: IntArray  # (line, line) units of the second in one unit of the first
    covers: IntArray  # (pool, place) pools whose people may do its work, in order; -1: no more
    dispatch: IntArray  # (station,) stations in the order in which they get crew
    calendars: Records  # (calendar, interval) of INTERVAL: work, ascending, padded with inf
    levels: Records  # (schedule, step) of LEVEL: people present, padded with inf
    until_h: float
    n_bays: int  # most bays in any draw
    n_log: int  # moves kept per draw; 0: no log


class Lines(NamedTuple):
    """What the engine returns, all per draw; NaN where it did not happen."""

    asked_h: FloatArray  # (draw, line, unit) the line had room for the unit
    released_h: FloatArray  # (draw, line, unit)
    done_h: FloatArray  # (draw, line, unit)
    scrapped_h: FloatArray  # (draw, line, unit)
    n_tests: IntArray  # (draw, line, unit)
    state_h: FloatArray  # (draw, station, state) summed over bays, on the station's clock
    outcome: IntArray  # (draw,)
    end_h: FloatArray  # (draw,) last event
    n_events: IntArray  # (draw,)
    bays: Records  # (draw, bay) of BAY, as the run ended; station -1: no such bay
    parts: Records  # (draw, part) of PART, as the run ended
    moves: Records  # (draw, move) of MOVE; place -1: outside, -2: scrap
    n_moves: IntArray  # (draw,)


class DrawState(NamedTuple):
    """
    One draw in motion: the arrays the kernels change.

    Few arrays of records, because a compiled call hands each one over.
    """

    bays: Records  # (bay,)
    stations: Records  # (station,)
    operations: Records  # (operation,)
    needs: Records  # (need,)
    changes: Records  # (change,)
    lines: Records  # (line,)
    pools: Records  # (pool,)
    repairs: Records  # (repair crew,)
    parts: Records  # (part,)
    arrivals_h: FloatArray  # (part, order) a ring of the deliveries to come
    units: Records  # (line * unit,)
    slots: Records  # (slot,) next event of each slot, and the tournament over them
    calendars: Records  # (calendar, interval)
    levels: Records  # (schedule, step)
    covers: IntArray  # (pool, place)
    taken: IntArray  # (bay, pool) people at work there
    feed: IntArray  # (line, line)
    uses: IntArray  # (line, part)
    rank: FloatArray  # (line, unit)
    ahead_h: FloatArray  # (operation, service) drawn ahead
    streams: Records  # (station or operation, purpose) of STREAM
    state_h: FloatArray  # (station, state)
    moves: Records  # (move,)
    mark: Records  # (1,)
