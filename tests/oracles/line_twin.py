"""
The event engine once more, in plain Python, one draw at a time: slow, readable, the oracle.

Same rules and same random numbers as `wattport.factory.engine.line_kernel`; no trees, no
linked lists, no arrays of records.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from wattport.equations.random_stream import next_exponential, next_uniform, seed_stream
from wattport.factory.engine.line_records import BayState, Network
from wattport.factory.engine.service_kernel import next_service_h
from wattport.factory.engine.simulate import completed

STAGE = 0x6D616B65
TOLERANCE_H = 1e-9
SERVICE, ROUTE, FAILURE, REPAIR = range(4)


@dataclass
class Bay:
    number: int
    station: Station
    units: list[tuple[int, int]] = field(default_factory=list)
    op: int = -1
    family: int = -1
    crew: dict[int, int] = field(default_factory=dict)
    is_loading: bool = False
    state: BayState = BayState.STARVED
    is_down: bool = False
    target: Station | None = None
    left_h: float = 0.0
    start_h: float = 0.0
    fail_in_h: float = 0.0
    event: str = ""
    event_h: float = math.inf
    calendar_failure_h: float = math.inf


@dataclass
class Station:
    number: int
    data: np.void
    bays: list[Bay] = field(default_factory=list)
    queue: deque[tuple[int, int]] = field(default_factory=deque)
    blocked: deque[Bay] = field(default_factory=deque)
    waiting: deque[Bay] = field(default_factory=deque)
    streams: list[np.ndarray] = field(default_factory=list)

    def idle(self) -> Bay | None:
        up = [bay for bay in self.bays if not bay.is_down]
        loading = [bay for bay in up if bay.is_loading]
        return next(iter(loading + [bay for bay in up if not bay.units]), None)

    def has_place(self) -> bool:
        return self.idle() is not None or len(self.queue) < self.data["n_buffer"]


class Twin:
    """One draw of a network."""

    def __init__(self, network: Network, draw: int) -> None:
        network = completed(network)
        self.network = network
        self.draw = draw
        self.operations = network.operations[draw]
        self.op_streams = []
        for op in range(len(self.operations)):
            names = (4 * op + SERVICE, 4 * op + ROUTE)
            self.op_streams.append(
                [seed_stream(network.seed, STAGE, int(network.draw_ids[draw]), n) for n in names]
            )
        self.op_of: dict[tuple[int, int], int] = {}
        self.now_h = 0.0
        self.stations = [Station(s, d) for s, d in enumerate(network.stations[draw])]
        number = 0
        for station in self.stations:
            for purpose in range(4):
                name = 4 * station.number + purpose
                state = seed_stream(network.seed, STAGE, int(network.draw_ids[draw]), name)
                station.streams.append(state)
            for _ in range(station.data["n_bays"]):
                station.bays.append(Bay(number, station))
                number += 1
        self.bays = [bay for station in self.stations for bay in station.bays]
        self.lines = network.lines[draw]
        n_lines = len(self.lines)
        self.n_released = [0] * n_lines
        self.n_out = [0] * n_lines
        self.n_store = [0] * n_lines
        self.n_good = [0] * n_lines
        self.parts = network.parts[draw]
        self.stock = [int(part["n_stock"]) for part in self.parts]
        self.on_order = [0] * len(self.parts)
        self.deliveries: list[deque[float]] = [deque() for _ in self.parts]
        self.part_streams = [
            seed_stream(network.seed, STAGE, int(network.draw_ids[draw]), 4 * (1_000_000 + part))
            for part in range(len(self.parts))
        ]
        self.release_h = [math.inf] * n_lines
        shape = network.ready_h.shape[1:]
        self.released = np.full(shape, np.nan)
        self.done = np.full(shape, np.nan)
        self.scrapped = np.full(shape, np.nan)
        self.n_tests = np.zeros(shape, np.int64)
        self.levels = [network.levels[row] for row in network.pools[draw]["schedule"]]
        self.step = [0] * len(self.levels)
        self.n_free = [int(level[0]["n_people"]) for level in self.levels]
        self.n_repair_free = [int(row["n_crews"]) for row in network.repairs[draw]]
        self.repair_queue: list[deque[Bay]] = [deque() for _ in self.n_repair_free]
        self.dirty: list[Station] = []
        self.is_crew_dirty = False

    # -- clocks ----------------------------------------------------------------------------

    def clock(self, station: Station, now_h: float) -> float:
        row = int(station.data["calendar"])
        if row < 0:
            return now_h
        worked = 0.0
        for span in self.network.calendars[row]:
            if not span["start_h"] <= now_h:
                break
            worked = float(span["worked_h"]) + (min(now_h, span["end_h"]) - span["start_h"])
        return worked

    def wall(self, station: Station, clock_h: float) -> float:
        row = int(station.data["calendar"])
        if row < 0:
            return clock_h
        spans = self.network.calendars[row]
        # A reading already reached belongs to the present interval, not to an earlier one.
        first = max(int(np.searchsorted(spans["start_h"], self.now_h, side="right")) - 1, 0)
        for span, following in zip(spans[first:], spans[first + 1 :], strict=False):
            if not following["worked_h"] < clock_h - TOLERANCE_H:
                wall = float(span["start_h"] + (clock_h - span["worked_h"]))
                return wall if wall <= span["end_h"] + TOLERANCE_H else math.inf
        return math.inf

    def speed(self, line: int) -> float:
        ramp = self.lines[line]
        if self.now_h >= ramp["ramp_until_h"]:
            return 1.0
        if self.now_h <= ramp["ramp_from_h"]:
            return float(ramp["ramp_frac"])
        share = (self.now_h - ramp["ramp_from_h"]) / (ramp["ramp_until_h"] - ramp["ramp_from_h"])
        return float(ramp["ramp_frac"] + (1.0 - ramp["ramp_frac"]) * share)

    # -- one bay ---------------------------------------------------------------------------

    def service(self, op: int) -> float:
        d = self.operations[op]
        stream = self.op_streams[op][SERVICE]
        hours = next_service_h(stream, d["service"], d["p0"], d["p1"], d["p2"])
        return hours / self.speed(int(d["line"]))

    def crew(self, op: int) -> list[tuple[int, int]]:
        """Pools and people an operation needs."""
        row, found = int(self.operations[op]["need"]), []
        while row >= 0:
            need = self.network.needs[self.draw, row]
            found.append((int(need["pool"]), int(need["n_people"])))
            row = int(need["next"])
        return found

    def begin(self, bay: Bay) -> None:
        """Start on the parts in a bay, with the operation of the first."""
        bay.is_loading = False
        bay.event_h = math.inf
        bay.op = self.op_of[bay.units[0]]
        d = self.operations[bay.op]
        bay.left_h = self.service(bay.op)
        if bay.family != d["family"]:
            bay.left_h += self.setup(bay) / self.speed(int(d["line"]))
        bay.family = int(d["family"])
        self.request(bay)

    def setup(self, bay: Bay) -> float:
        """Give the hours from one family to the next: of the station, else of the operation."""
        row = int(bay.station.data["first_change"])
        while row >= 0:
            change = self.network.changes[self.draw, row]
            if (change["before"], change["after"]) == (
                bay.family,
                self.operations[bay.op]["family"],
            ):
                return float(change["setup_h"])
            row = int(change["next"])
        return float(self.operations[bay.op]["setup_h"])

    def put(self, bay: Bay, unit: tuple[int, int]) -> None:
        """Put a part into a bay that is open for it."""
        bay.units.append(unit)
        data = bay.station.data
        if data["n_batch"] <= 1 or len(bay.units) >= max(data["n_batch_min"], 1):
            self.begin(bay)
        elif not bay.is_loading:
            self.wait_for_parts(bay)

    def wait_for_parts(self, bay: Bay) -> None:
        bay.is_loading = True
        bay.event = "begin"
        wait_h = float(bay.station.data["batch_wait_h"])
        if wait_h < math.inf:
            bay.event_h = self.wall(bay.station, self.clock(bay.station, self.now_h) + wait_h)

    def request(self, bay: Bay) -> None:
        if not self.crew(bay.op):
            self.start(bay)
            return
        bay.state = BayState.UNSTAFFED
        bay.station.waiting.append(bay)
        self.is_crew_dirty = True

    def start(self, bay: Bay) -> None:
        bay.state = BayState.WORKING
        bay.start_h = self.clock(bay.station, self.now_h)
        bay.event, left_h = "finish", bay.left_h
        if bay.station.data["failure"] == 1 and bay.fail_in_h < left_h:
            bay.event, left_h = "fail", bay.fail_in_h
        bay.event_h = self.wall(bay.station, bay.start_h + left_h)

    def stop(self, bay: Bay) -> None:
        done_h = self.clock(bay.station, self.now_h) - bay.start_h
        bay.left_h = max(bay.left_h - done_h, 0.0)
        bay.fail_in_h = max(bay.fail_in_h - done_h, 0.0)
        bay.event_h = math.inf
        for pool, people in bay.crew.items():
            self.n_free[pool] += people
        self.is_crew_dirty |= bool(self.crew(bay.op))
        bay.crew = {}

    def stand_by(self, bay: Bay) -> None:
        most = max(int(bay.station.data["n_batch"]), 1)
        while bay.station.queue and len(bay.units) < most:
            bay.units.append(bay.station.queue.popleft())
        if bay.units and (most == 1 or len(bay.units) >= max(bay.station.data["n_batch_min"], 1)):
            self.begin(bay)
        else:
            bay.state = BayState.STARVED
            if bay.units:
                self.wait_for_parts(bay)
        self.touch(bay.station)

    def vacate(self, bay: Bay) -> None:
        if not bay.is_down:
            self.stand_by(bay)

    # -- failures --------------------------------------------------------------------------

    def break_down(self, bay: Bay) -> None:
        bay.state = BayState.DOWN
        bay.is_down = True
        bay.event_h = math.inf
        crew = int(bay.station.data["repair_crew"])
        if crew < 0:
            self.start_repair(bay)
        elif self.n_repair_free[crew] > 0:
            self.n_repair_free[crew] -= 1
            self.start_repair(bay)
        else:
            self.repair_queue[crew].append(bay)

    def start_repair(self, bay: Bay) -> None:
        hours = next_exponential(bay.station.streams[REPAIR]) * float(bay.station.data["mttr_h"])
        bay.event = "repair"
        bay.event_h = self.wall(bay.station, self.clock(bay.station, self.now_h) + hours)

    def start_failure_clock(self, bay: Bay) -> None:
        kind = bay.station.data["failure"]
        if kind == 0:
            return
        hours = next_exponential(bay.station.streams[FAILURE]) * float(bay.station.data["mtbf_h"])
        bay.fail_in_h = hours
        if kind == 2:
            bay.calendar_failure_h = self.now_h + hours

    def finish_repair(self, bay: Bay) -> None:
        bay.is_down = False
        bay.event_h = math.inf
        crew = int(bay.station.data["repair_crew"])
        if crew >= 0:
            if self.repair_queue[crew]:
                self.start_repair(self.repair_queue[crew].popleft())
            else:
                self.n_repair_free[crew] += 1
        self.start_failure_clock(bay)
        if not bay.units or bay.is_loading:
            self.stand_by(bay)
        elif bay.target is not None:
            bay.state = BayState.BLOCKED
        else:
            self.request(bay)

    def fail_on_calendar(self, bay: Bay) -> None:
        bay.calendar_failure_h = math.inf
        if bay.state == BayState.WORKING:
            self.stop(bay)
        elif bay.state == BayState.UNSTAFFED:
            bay.station.waiting.remove(bay)
        self.break_down(bay)

    # -- parts on the move -----------------------------------------------------------------

    def finish(self, bay: Bay) -> None:
        self.stop(bay)
        self.unload(bay)

    def unload(self, bay: Bay) -> None:
        """Send parts on until one stays."""
        while bay.units:
            if not self.send_on(bay):
                return
            bay.units.pop(0)
        self.vacate(bay)

    def send_on(self, bay: Bay) -> bool:
        unit = bay.units[0]
        op = self.op_of[unit]
        d = self.operations[op]
        target = int(d["next_op"])
        if d["fail_op"] >= 0 or d["scrap_frac"] > 0.0:
            chance = next_uniform(self.op_streams[op][ROUTE])
            if d["fail_op"] >= 0:
                self.n_tests[unit] += 1
            if chance < d["scrap_frac"]:
                target = -2
            elif chance < d["scrap_frac"] + d["fail_frac"] and d["fail_op"] >= 0:
                target = int(d["fail_op"])
        if target == op:
            bay.left_h = self.service(op)
            bay.left_h += float(d["rework_h"]) / self.speed(int(d["line"]))
            self.request(bay)
            return False
        if target < 0:
            self.leave(unit, is_good=target == -1)
            return True
        self.op_of[unit] = self.choose(target)
        station = self.stations[self.operations[self.op_of[unit]]["station"]]
        if station is bay.station and station.data["n_batch"] <= 1:
            self.begin(bay)
            return False
        if not station.blocked and station.has_place():
            self.accept(station, unit)
            return True
        if not bay.is_down:
            bay.state = BayState.BLOCKED
        bay.target = station
        station.blocked.append(bay)
        return False

    def choose(self, op: int) -> int:
        """The first alternative with an idle bay, else the shortest line per bay."""
        waits = []
        for option in self.chain(op):
            station = self.stations[self.operations[option]["station"]]
            wait = 0.0
            if station.idle() is None or station.blocked:
                is_full = len(station.queue) >= station.data["n_buffer"] or bool(station.blocked)
                wait = len(station.queue) + len(station.blocked) + 1.0 + (1e6 if is_full else 0.0)
                wait /= float(station.data["n_bays"])
            waits.append((wait, len(waits), option))
        return min(waits)[2]

    def chain(self, op: int) -> list[int]:
        """An operation and its alternatives."""
        found = [op]
        while self.operations[found[-1]]["alternative"] >= 0:
            found.append(int(self.operations[found[-1]]["alternative"]))
        return found

    def leave(self, unit: tuple[int, int], *, is_good: bool) -> None:
        line = unit[0]
        self.n_out[line] += 1
        if is_good:
            self.n_good[line] += 1
            self.n_store[line] += 1
            self.done[unit] = self.now_h
            for consumer in range(len(self.lines)):
                if self.network.feed[consumer, line] > 0:
                    self.touch_entries(consumer)
        else:
            self.scrapped[unit] = self.now_h
        data = self.lines[line]
        caps = data["n_wip_limit"] > 0 or data["n_kanban"] > 0
        if caps or (data["n_wanted"] > 0 and not is_good):
            self.touch_entries(line)

    def touch_entries(self, line: int) -> None:
        for op in self.chain(int(self.lines[line]["first_station"])):
            self.touch(self.stations[self.operations[op]["station"]])

    def entries(self, station: Station) -> list[int]:
        """Operations released into a station."""
        return [
            op
            for line in range(len(self.lines))
            for op in self.chain(int(self.lines[line]["first_station"]))
            if self.operations[op]["station"] == station.number
        ]

    def touch(self, station: Station) -> None:
        """Only a station that somebody wants to enter is looked at again."""
        is_wanted = bool(station.blocked) or bool(self.entries(station))
        if is_wanted and station not in self.dirty:
            self.dirty.append(station)

    def settle(self) -> None:
        while self.dirty:
            station = self.dirty.pop()
            while station.has_place():
                if station.blocked:
                    bay = station.blocked.popleft()
                    bay.target = None
                    self.accept(station, bay.units[0])
                    bay.units.pop(0)
                    self.unload(bay)
                elif not self.release(station):
                    break
        if self.is_crew_dirty:
            self.dispatch()

    def accept(self, station: Station, unit: tuple[int, int]) -> None:
        bay = station.idle()
        if bay is None:
            station.queue.append(unit)
        else:
            self.put(bay, unit)

    def release(self, station: Station) -> bool:
        ready = []
        for op in self.entries(station):
            line = int(self.operations[op]["line"])
            if self.is_releasable(line):
                rank = float(self.network.rank[line, self.n_released[line]])
                ready.append((rank, len(ready), op))
        if not ready:
            return False
        op = min(ready)[2]
        line = int(self.operations[op]["line"])
        k = self.n_released[line]
        self.n_released[line] += 1
        for feeder, need in enumerate(self.network.feed[line]):
            self.n_store[feeder] -= int(need)
            if need > 0 and self.lines[feeder]["n_kanban"] > 0:
                self.touch_entries(feeder)
        for part, need in enumerate(self.network.uses[line]):
            self.stock[part] -= int(need)
            if need > 0:
                self.order(part)
        self.released[line, k] = self.now_h
        self.op_of[line, k] = op
        self.accept(station, (line, k))
        return True

    def is_releasable(self, line: int) -> bool:
        data, k = self.lines[line], self.n_released[line]
        cap = data["n_wip_limit"]
        if k >= data["n_units"] or (cap > 0 and k - self.n_out[line] >= cap):
            return False
        cards = data["n_kanban"]
        if cards > 0 and k - self.n_out[line] + self.n_store[line] >= cards:
            return False
        n_scrapped = self.n_out[line] - self.n_good[line]
        if data["n_wanted"] > 0 and k - n_scrapped >= data["n_wanted"]:
            return False
        ready_h = max(float(self.network.ready_h[self.draw, line, k]), float(data["from_h"]))
        if ready_h > self.now_h:
            self.release_h[line] = ready_h
            return False
        needs = self.network.feed[line]
        if any(have < need for have, need in zip(self.n_store, needs, strict=True)):
            return False
        uses = self.network.uses[line]
        return all(have >= need for have, need in zip(self.stock, uses, strict=True))

    # -- bought parts ----------------------------------------------------------------------

    def order(self, part: int) -> None:
        d = self.parts[part]
        while self.stock[part] + self.on_order[part] <= d["n_reorder"]:
            stream = self.part_streams[part]
            lead_h = next_service_h(stream, d["service"], d["p0"], d["p1"], d["p2"])
            latest_h = self.deliveries[part][-1] if self.deliveries[part] else -math.inf
            self.deliveries[part].append(max(self.now_h + lead_h, latest_h))
            self.on_order[part] += int(d["n_lot"])

    def deliver(self, part: int) -> None:
        self.deliveries[part].popleft()
        self.on_order[part] -= int(self.parts[part]["n_lot"])
        self.stock[part] += int(self.parts[part]["n_lot"])
        for line in range(len(self.lines)):
            if self.network.uses[line, part] > 0:
                self.touch_entries(line)

    # -- staff -----------------------------------------------------------------------------

    def dispatch(self) -> None:
        self.is_crew_dirty = False
        for number in self.network.dispatch:
            waiting = self.stations[number].waiting
            while waiting:
                crew = self.assign(waiting[0].op)
                if crew is None:
                    break
                waiting[0].crew = crew
                for pool, people in crew.items():
                    self.n_free[pool] -= people
                self.start(waiting.popleft())

    def assign(self, op: int) -> dict[int, int] | None:
        """Name the people who do an operation: those of the skill first, then who else can."""
        crew = dict.fromkeys(range(len(self.n_free)), 0)
        for wanted, people in self.crew(op):
            for _ in range(people):
                able = [int(p) for p in self.network.covers[wanted] if p >= 0]
                free = [p for p in able if self.n_free[p] > crew[p]]
                if not free:
                    return None
                crew[free[0]] += 1
        return crew

    def change_level(self, pool: int) -> None:
        levels = self.levels[pool]
        self.n_free[pool] -= int(levels[self.step[pool]]["n_people"])
        self.step[pool] += 1
        self.n_free[pool] += int(levels[self.step[pool]]["n_people"])
        self.is_crew_dirty = True
        for number in self.network.dispatch[::-1]:
            station = self.stations[number]
            for bay in reversed(station.bays):
                is_employed = bay.crew.get(pool, 0) > 0
                if self.n_free[pool] < 0 and bay.state == BayState.WORKING and is_employed:
                    self.stop(bay)
                    bay.state = BayState.UNSTAFFED
                    station.waiting.appendleft(bay)

    # -- the loop --------------------------------------------------------------------------

    def pending(self) -> list[tuple[float, int, int]]:
        """Every event to come: time, kind and number; the order breaks ties."""
        events = [(bay.event_h, 0, bay.number) for bay in self.bays]
        events += [(bay.calendar_failure_h, 4, bay.number) for bay in self.bays]
        events += [(time, 1, line) for line, time in enumerate(self.release_h)]
        for pool, levels in enumerate(self.levels):
            events.append((float(levels[self.step[pool] + 1]["from_h"]), 2, pool))
        for part, due in enumerate(self.deliveries):
            events.append((due[0] if due else math.inf, 3, part))
        return events

    def is_over(self, line: int) -> bool:
        data = self.lines[line]
        is_served = data["n_wanted"] > 0 and self.n_good[line] == data["n_wanted"]
        return bool(is_served or self.n_out[line] == data["n_units"])

    def run(self) -> Twin:
        for bay in self.bays:
            self.start_failure_clock(bay)
        for station in self.stations:
            self.touch(station)
        for part in range(len(self.parts)):
            self.order(part)
        self.settle()
        while not all(self.is_over(line) for line in range(len(self.lines))):
            events = self.pending()
            time, kind, number = min(events)
            is_alive = any(at < math.inf and what != 4 for at, what, _ in events)
            if time > self.network.until_h or time == math.inf or not is_alive:
                break
            self.now_h = time
            if kind == 0:
                bay = self.bays[number]
                if bay.event == "finish":
                    self.finish(bay)
                elif bay.event == "begin":
                    self.begin(bay)
                elif bay.event == "fail":
                    self.stop(bay)
                    self.break_down(bay)
                else:
                    self.finish_repair(bay)
            elif kind == 1:
                self.release_h[number] = math.inf
                self.touch_entries(number)
            elif kind == 2:
                self.change_level(number)
            elif kind == 3:
                self.deliver(number)
            else:
                self.fail_on_calendar(self.bays[number])
            self.settle()
        return self
