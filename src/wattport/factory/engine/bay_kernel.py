"""
What one bay does: takes a part, waits for crew, works, fails, is repaired.

The rules are those of the page docs/models/production.md; the event loop over all
bays stands in `line_kernel`, batches in `batch_kernel`.
"""

from __future__ import annotations

import numpy as np

from wattport.equations.random_stream import next_exponential
from wattport.factory.engine.clock_kernel import station_clock_h, station_wall_h
from wattport.factory.engine.compiled import borrowing, merged
from wattport.factory.engine.event_tree_kernel import set_slot, slot_time_h, strike_out
from wattport.factory.engine.line_records import DrawState
from wattport.factory.engine.service_kernel import N_AHEAD, draw_ahead

# Plain integers: an enumeration's members are not constants to the compiler.
STARVED, WORKING, BLOCKED, DOWN, UNSTAFFED = 0, 1, 2, 3, 4
ON_OPERATING_CLOCK, ON_CALENDAR_CLOCK = 1, 2
EVENT_FINISH, EVENT_FAIL, EVENT_REPAIR, EVENT_BEGIN = 0, 1, 2, 3
STREAM_SERVICE, STREAM_ROUTE, STREAM_FAILURE, STREAM_REPAIR = 0, 1, 2, 3
OUTSIDE, SCRAP = -1, -2


@merged
def set_state(w: DrawState, b: int, state: int, clock_h: float) -> None:
    """Charge the time since the last change to the old state, and enter the new one."""
    bay = w.bays[b]
    if clock_h > bay.since_h:
        w.state_h[bay.station, bay.state] += clock_h - bay.since_h
        bay.since_h = clock_h
    bay.state = state


@merged
def log_move(w: DrawState, now_h: float, unit: int, origin: int, target: int) -> None:
    """Note that a unit changed place, while the log has room."""
    row = w.mark[0].n_log
    if row < w.moves.shape[0]:
        move = w.moves[row]
        move.time_h = now_h
        move.unit = unit
        move.origin = origin
        move.target = target
    w.mark[0].n_log = row + 1


@merged
def touch(w: DrawState, s: int) -> None:
    """Remember that a station may have a place for the next part, if any part waits for one."""
    station = w.stations[s]
    if station.is_dirty == 0 and (station.blocked_head >= 0 or station.entry_op >= 0):
        station.is_dirty = 1
        w.stations[w.mark[0].n_dirty].stacked = s
        w.mark[0].n_dirty += 1


@merged
def speed_frac(w: DrawState, line: int, now_h: float) -> float:
    """Give the pace of a line on its learning ramp: 1 once it is over."""
    ramp = w.lines[line]
    if now_h >= ramp.ramp_until_h:
        return 1.0
    start_frac: float = ramp.ramp_frac
    if now_h <= ramp.ramp_from_h:
        return start_frac
    share: float = (now_h - ramp.ramp_from_h) / (ramp.ramp_until_h - ramp.ramp_from_h)
    return start_frac + (1.0 - start_frac) * share


@merged
def draw_service_h(w: DrawState, op: int, now_h: float) -> float:
    """Draw the next service of an operation, at the pace of the day."""
    work = w.operations[op]
    i = work.n_taken
    if i == N_AHEAD:
        draw_ahead(w.streams, op, work.service, work.p0, work.p1, work.p2, w.ahead_h)
        i = 0
    work.n_taken = i + 1
    service_h: float = w.ahead_h[op, i]
    if now_h >= w.lines[work.line].ramp_until_h:
        return service_h
    return service_h / speed_frac(w, work.line, now_h)


@borrowing
def _setup_h(w: DrawState, b: int, op: int) -> float:
    """Give the setup from the family of a bay to that of an operation."""
    work = w.operations[op]
    row = w.stations[work.station].first_change
    while row >= 0:
        change = w.changes[row]
        if change.before == w.bays[b].family and change.after == work.family:
            setup_h: float = change.setup_h
            return setup_h
        row = change.next
    usual_h: float = work.setup_h
    return usual_h


@merged
def begin_service(w: DrawState, b: int, op: int, now_h: float) -> None:
    """Start an operation on a bay: setup if the family changes, then the service."""
    bay = w.bays[b]
    work = w.operations[op]
    bay.op = op
    bay.left_h = draw_service_h(w, op, now_h)
    if bay.family != work.family:
        bay.left_h += _setup_h(w, b, op) / speed_frac(w, work.line, now_h)
    bay.family = work.family
    request_crew(w, b, now_h)


@merged
def enter_bay(w: DrawState, b: int, unit: int, now_h: float) -> None:
    """Put a part into an empty bay that is up."""
    w.bays[b].unit = unit
    begin_service(w, b, w.units[unit].op, now_h)


@merged
def request_crew(w: DrawState, b: int, now_h: float) -> None:
    """Start work, or wait for the crew behind the other bays of the station."""
    bay = w.bays[b]
    if w.operations[bay.op].need < 0:
        start_work(w, b, now_h)
        return
    station = w.stations[bay.station]
    set_state(w, b, UNSTAFFED, station_clock_h(w.calendars, station, now_h))
    bay.next = -1
    if station.waiting_head < 0:
        station.waiting_head = b
    else:
        w.bays[station.waiting_tail].next = b
    station.waiting_tail = b
    w.mark[0].is_crew_dirty = 1


@merged
def withdraw(w: DrawState, b: int) -> None:
    """Play the tournament without a bay, unless it has a new event by now."""
    if slot_time_h(w.slots, b) == np.inf:
        set_slot(w.slots, b, np.inf)


@merged
def start_work(w: DrawState, b: int, now_h: float) -> None:
    """Work on: the next event is the end of the service or a failure before it."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    clock_h = station_clock_h(w.calendars, station, now_h)
    set_state(w, b, WORKING, clock_h)
    bay.start_h = clock_h
    left_h = bay.left_h
    bay.event = EVENT_FINISH
    if station.failure == ON_OPERATING_CLOCK and bay.fail_in_h < left_h:
        bay.event = EVENT_FAIL
        left_h = bay.fail_in_h
    set_slot(w.slots, b, station_wall_h(w.calendars, station, clock_h + left_h))


@merged
def give_back(w: DrawState, b: int) -> None:
    """Let the people at a bay go."""
    for p in range(w.pools.shape[0]):
        w.pools[p].n_free += w.taken[b, p]
        w.taken[b, p] = 0


@merged
def stop_work(w: DrawState, b: int, now_h: float) -> None:
    """
    Book the work done, give the crew back.

    The event of the bay is struck out, but the tournament not played again:
    mostly the bay starts on the next part at once. `withdraw` ends it.
    """
    bay = w.bays[b]
    station = w.stations[bay.station]
    done_h = station_clock_h(w.calendars, station, now_h) - bay.start_h
    bay.left_h = max(bay.left_h - done_h, 0.0)
    bay.fail_in_h = max(bay.fail_in_h - done_h, 0.0)
    strike_out(w.slots, b)
    if w.operations[bay.op].need >= 0:
        w.mark[0].is_crew_dirty = 1
        give_back(w, b)


@merged
def stand_by(w: DrawState, b: int, now_h: float) -> None:
    """Take the next part of the buffer into an empty bay, or wait for one."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    if station.n_batch > 1:
        load_from_buffer(w, b, now_h)
    elif station.n_queue > 0:
        unit = station.queue_head
        station.queue_head = w.units[unit].next
        station.n_queue -= 1
        enter_bay(w, b, unit, now_h)
    else:
        set_state(w, b, STARVED, station_clock_h(w.calendars, station, now_h))
        station.n_idle += 1
    touch(w, bay.station)


@borrowing
def load_from_buffer(w: DrawState, b: int, now_h: float) -> None:
    """Fill a bay for batches from the buffer; start with enough parts, else wait for more."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    while station.n_queue > 0 and bay.n_units < station.n_batch:
        unit = station.queue_head
        station.queue_head = w.units[unit].next
        station.n_queue -= 1
        add_to_batch(w, b, unit)
    if bay.n_units >= max(station.n_batch_min, 1):
        bay.is_loading = 0
        begin_service(w, b, w.units[bay.unit].op, now_h)
        return
    station.n_idle += 1
    set_state(w, b, STARVED, station_clock_h(w.calendars, station, now_h))
    if bay.n_units > 0:
        bay.is_loading = 1
        wait_for_parts(w, b, now_h)


@merged
def add_to_batch(w: DrawState, b: int, unit: int) -> None:
    """Put one more part into a bay for batches."""
    bay = w.bays[b]
    w.units[unit].next = -1
    if bay.n_units == 0:
        bay.unit = unit
    else:
        w.units[bay.last_unit].next = unit
    bay.last_unit = unit
    bay.n_units += 1


@merged
def wait_for_parts(w: DrawState, b: int, now_h: float) -> None:
    """Start the clock after which a batch begins with the parts it has."""
    bay = w.bays[b]
    bay.event = EVENT_BEGIN
    station = w.stations[bay.station]
    clock_h = station_clock_h(w.calendars, station, now_h)
    if station.batch_wait_h < np.inf:
        set_slot(
            w.slots,
            b,
            station_wall_h(w.calendars, station, clock_h + station.batch_wait_h),
        )


@borrowing
def break_down(w: DrawState, b: int, now_h: float) -> None:
    """Stand still until repaired; wait for a repair crew if they are few."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    if bay.unit < 0 or bay.is_loading == 1:
        station.n_idle -= 1
        set_slot(w.slots, b, np.inf)
    set_state(w, b, DOWN, station_clock_h(w.calendars, station, now_h))
    bay.is_down = 1
    if station.repair_crew < 0:
        start_repair(w, b, now_h)
        return
    repair = w.repairs[station.repair_crew]
    if repair.n_free > 0:
        repair.n_free -= 1
        start_repair(w, b, now_h)
        return
    bay.next_repair = -1
    if repair.head < 0:
        repair.head = b
    else:
        w.bays[repair.tail].next_repair = b
    repair.tail = b


@borrowing
def start_repair(w: DrawState, b: int, now_h: float) -> None:
    """Repair in the working hours of the station."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    repair_h = next_exponential(w.streams[bay.station, STREAM_REPAIR].words)
    repair_h *= station.mttr_h
    bay.event = EVENT_REPAIR
    clock_h = station_clock_h(w.calendars, station, now_h)
    set_slot(w.slots, b, station_wall_h(w.calendars, station, clock_h + repair_h))


@merged
def calendar_slot(w: DrawState, b: int) -> int:
    """Give the slot of a bay's failure on the calendar; these slots stand last."""
    first: int = w.bays.shape[0] + w.lines.shape[0] + w.pools.shape[0] + w.parts.shape[0]
    return first + b


@borrowing
def start_failure_clock(w: DrawState, b: int, now_h: float) -> None:
    """Draw the time to a bay's next failure."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    if station.failure == 0:
        return
    fail_in_h = next_exponential(w.streams[bay.station, STREAM_FAILURE].words) * station.mtbf_h
    bay.fail_in_h = fail_in_h
    if station.failure == ON_CALENDAR_CLOCK:
        set_slot(w.slots, calendar_slot(w, b), now_h + fail_in_h)


@borrowing
def finish_repair(w: DrawState, b: int, now_h: float) -> None:
    """Go back to what the bay did before it broke down."""
    bay = w.bays[b]
    station = w.stations[bay.station]
    bay.is_down = 0
    set_slot(w.slots, b, np.inf)
    crew = station.repair_crew
    if crew >= 0:
        following = w.repairs[crew].head
        if following >= 0:
            w.repairs[crew].head = w.bays[following].next_repair
            start_repair(w, following, now_h)
        else:
            w.repairs[crew].n_free += 1
    start_failure_clock(w, b, now_h)
    if bay.unit < 0 or bay.is_loading == 1:
        stand_by(w, b, now_h)
    elif bay.target >= 0:
        set_state(w, b, BLOCKED, station_clock_h(w.calendars, station, now_h))
    else:
        request_crew(w, b, now_h)
