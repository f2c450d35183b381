"""
The event engine once more, in plain Python, one draw at a time: slow, readable, the oracle.

Same rules and same random numbers as `wattport.make.line_kernel`; no trees, no
linked lists, no arrays of records.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from wattport.equations.random_stream import next_exponential, next_uniform, seed_stream
from wattport.make.network import BayState, Network
from wattport.make.service_kernel import next_service_h

STAGE = 0x6D616B65
TOLERANCE_H = 1e-9
SERVICE, ROUTE, FAILURE, REPAIR = range(4)


@dataclass
class Bay:
    number: int
    station: Station
    unit: tuple[int, int] | None = None
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
        return next((b for b in self.bays if b.unit is None and not b.is_down), None)

    def has_place(self) -> bool:
        return self.idle() is not None or len(self.queue) < self.data["n_buffer"]


class Twin:
    """One draw of a network."""

    def __init__(self, network: Network, draw: int) -> None:
        self.network = network
        self.draw = draw
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
        self.dirty_pools: set[int] = set()

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

    def service(self, station: Station) -> float:
        d = station.data
        hours = next_service_h(station.streams[SERVICE], d["service"], d["p0"], d["p1"], d["p2"])
        return hours / self.speed(int(d["line"]))

    def enter(self, bay: Bay, unit: tuple[int, int]) -> None:
        bay.unit = unit
        bay.left_h = self.service(bay.station)
        self.request(bay)

    def request(self, bay: Bay) -> None:
        pool = int(bay.station.data["pool"])
        if pool < 0:
            self.start(bay)
            return
        bay.state = BayState.UNSTAFFED
        bay.station.waiting.append(bay)
        self.dirty_pools.add(pool)

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
        pool = int(bay.station.data["pool"])
        if pool >= 0:
            self.n_free[pool] += int(bay.station.data["crew"])
            self.dirty_pools.add(pool)

    def stand_by(self, bay: Bay) -> None:
        if bay.station.queue:
            self.enter(bay, bay.station.queue.popleft())
        else:
            bay.state = BayState.STARVED
        self.touch(bay.station)

    def vacate(self, bay: Bay) -> None:
        bay.unit = None
        if not bay.is_down:
            self.stand_by(bay)

    # -- failures --------------------------------------------------------------------------

    def break_down(self, bay: Bay) -> None:
        bay.state = BayState.DOWN
        bay.is_down = True
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
        if bay.unit is None:
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
        station = bay.station
        d = station.data
        self.stop(bay)
        assert bay.unit is not None
        target = int(d["next_station"])
        if d["fail_station"] >= 0 or d["scrap_frac"] > 0.0:
            chance = next_uniform(station.streams[ROUTE])
            if d["fail_station"] >= 0:
                self.n_tests[bay.unit] += 1
            if chance < d["scrap_frac"]:
                target = -2
            elif chance < d["scrap_frac"] + d["fail_frac"] and d["fail_station"] >= 0:
                target = int(d["fail_station"])
        if target == station.number:
            bay.left_h = self.service(station)
            bay.left_h += float(d["rework_h"]) / self.speed(int(d["line"]))
            self.request(bay)
        elif target < 0:
            self.leave(bay.unit, is_good=target == -1)
            self.vacate(bay)
        else:
            bay.state = BayState.BLOCKED
            bay.target = self.stations[target]
            bay.target.blocked.append(bay)
            self.touch(bay.target)

    def leave(self, unit: tuple[int, int], *, is_good: bool) -> None:
        line = unit[0]
        self.n_out[line] += 1
        if is_good:
            self.n_store[line] += 1
            self.done[unit] = self.now_h
            for consumer in range(len(self.lines)):
                if self.network.feed[consumer, line] > 0:
                    self.touch(self.stations[self.lines[consumer]["first_station"]])
        else:
            self.scrapped[unit] = self.now_h
        if self.lines[line]["n_wip_limit"] > 0:
            self.touch(self.stations[self.lines[line]["first_station"]])

    def touch(self, station: Station) -> None:
        if station not in self.dirty:
            self.dirty.append(station)

    def settle(self) -> None:
        while self.dirty:
            station = self.dirty.pop()
            while station.has_place():
                if station.blocked:
                    bay = station.blocked.popleft()
                    bay.target = None
                    assert bay.unit is not None
                    self.accept(station, bay.unit)
                    self.vacate(bay)
                elif not self.release(station):
                    break
        for pool in sorted(self.dirty_pools):
            self.dispatch(pool)
        self.dirty_pools.clear()

    def accept(self, station: Station, unit: tuple[int, int]) -> None:
        bay = station.idle()
        if bay is None:
            station.queue.append(unit)
        else:
            self.enter(bay, unit)

    def release(self, station: Station) -> bool:
        starts = list(self.lines["first_station"])
        if station.number not in starts:
            return False
        line = starts.index(station.number)
        data, k = self.lines[line], self.n_released[line]
        cap = data["n_wip_limit"]
        if k >= data["n_units"] or (cap > 0 and k - self.n_out[line] >= cap):
            return False
        ready_h = max(float(self.network.ready_h[self.draw, line, k]), float(data["from_h"]))
        if ready_h > self.now_h:
            self.release_h[line] = ready_h
            return False
        needs = self.network.feed[line]
        if any(have < need for have, need in zip(self.n_store, needs, strict=True)):
            return False
        for feeder, need in enumerate(needs):
            self.n_store[feeder] -= int(need)
        self.n_released[line] += 1
        self.released[line, k] = self.now_h
        self.accept(station, (line, k))
        return True

    # -- staff -----------------------------------------------------------------------------

    def dispatch(self, pool: int) -> None:
        for number in self.network.dispatch:
            station = self.stations[number]
            crew = int(station.data["crew"])
            while station.data["pool"] == pool and station.waiting and crew <= self.n_free[pool]:
                self.n_free[pool] -= crew
                self.start(station.waiting.popleft())

    def change_level(self, pool: int) -> None:
        levels = self.levels[pool]
        self.n_free[pool] -= int(levels[self.step[pool]]["n_people"])
        self.step[pool] += 1
        self.n_free[pool] += int(levels[self.step[pool]]["n_people"])
        self.dirty_pools.add(pool)
        for number in self.network.dispatch[::-1]:
            station = self.stations[number]
            if station.data["pool"] != pool or station.data["crew"] == 0:
                continue
            for bay in reversed(station.bays):
                if self.n_free[pool] < 0 and bay.state == BayState.WORKING:
                    self.stop(bay)
                    bay.state = BayState.UNSTAFFED
                    station.waiting.appendleft(bay)

    # -- the loop --------------------------------------------------------------------------

    def pending(self) -> list[tuple[float, int, int]]:
        """Every event to come: time, kind and number; the order breaks ties."""
        events = [(bay.event_h, 0, bay.number) for bay in self.bays]
        events += [(bay.calendar_failure_h, 3, bay.number) for bay in self.bays]
        events += [(time, 1, line) for line, time in enumerate(self.release_h)]
        for pool, levels in enumerate(self.levels):
            events.append((float(levels[self.step[pool] + 1]["from_h"]), 2, pool))
        return events

    def run(self) -> Twin:
        for bay in self.bays:
            self.start_failure_clock(bay)
        for station in self.stations:
            self.touch(station)
        self.settle()
        while any(out < n for out, n in zip(self.n_out, self.lines["n_units"], strict=True)):
            events = self.pending()
            time, kind, number = min(events)
            is_alive = any(at < math.inf and what != 3 for at, what, _ in events)
            if time > self.network.until_h or time == math.inf or not is_alive:
                break
            self.now_h = time
            if kind == 0:
                bay = self.bays[number]
                if bay.event == "finish":
                    self.finish(bay)
                elif bay.event == "fail":
                    self.stop(bay)
                    self.break_down(bay)
                else:
                    self.finish_repair(bay)
            elif kind == 1:
                self.release_h[number] = math.inf
                self.touch(self.stations[self.lines[number]["first_station"]])
            elif kind == 2:
                self.change_level(number)
            else:
                self.fail_on_calendar(self.bays[number])
            self.settle()
        return self
