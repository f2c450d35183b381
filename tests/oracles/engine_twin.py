"""The fleet again, one iteration at a time, in plain Python: the oracle of the kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor, inf

from wattport.serving.engine import Fleet
from wattport.serving.request import Trace


@dataclass
class Job:
    number: int
    prompt: int
    wanted: int
    cached: int
    made: int = 0  # tokens generated
    left: int = 0  # tokens to compute before it decodes; 0 when it does


@dataclass
class Server:
    fleet: Fleet
    clock: float = 0.0
    ends: float = inf
    queue: list[Job] = field(default_factory=list)
    running: list[Job] = field(default_factory=list)  # in order of admission
    decoding: list[Job] = field(default_factory=list)  # in the iteration under way
    chunks: dict[int, int] = field(default_factory=dict)  # tokens filled in it, by number
    energy: float = 0.0
    prefill_j: float = 0.0
    decode_j: float = 0.0
    peak: int = 0
    tokens: int = 0
    filled: int = 0
    evictions: int = 0
    state: str = "on"  # or "draining", "off"
    since: float = 0.0  # switched on
    ready: float = 0.0

    def load(self) -> int:
        return len(self.running) + len(self.queue)

    def holds(self, job: Job) -> int:
        if self.fleet.replica.is_reserving:
            return job.prompt + job.wanted
        return job.prompt + job.made + (job.left > 0)

    def held(self) -> int:
        return sum(self.holds(job) for job in self.running)

    def make_room(self) -> bool:
        """Evict from the latest admitted on until the next iteration finds room."""
        some = False
        while not self.fleet.replica.is_reserving:
            decoding = [job for job in self.running if job.left == 0]
            if not decoding or self.held() + len(decoding) <= self.fleet.replica.kv_tokens:
                break
            victim = self.running.pop()
            victim.left = victim.prompt - victim.cached + victim.made
            self.queue.insert(0, victim)
            self.evictions += 1
            some = True
        return some

    def fits(self, job: Job) -> bool:
        r = self.fleet.replica
        spare = 0 if r.is_reserving or not self.running else len(self.running) + 1
        room = self.held() + self.holds(job) + spare <= r.kv_tokens
        return room and len(self.running) < r.max_batch

    def admit(self) -> None:
        """Choose the chunks of the next iteration."""
        r = self.fleet.replica
        budget = r.chunk_tokens - sum(job.left == 0 for job in self.running)
        for job in self.running:
            if job.left > 0:
                self.chunks[job.number] = min(job.left, budget)
        while self.queue and self.fits(self.queue[0]):
            job, used = self.queue[0], sum(self.chunks.values())
            if r.chunk_tokens and used >= budget:
                break
            if not r.chunk_tokens and used > 0 and used + job.left > r.prefill_tokens:
                break
            self.running.append(self.queue.pop(0))
            if job.left > 0:
                self.chunks[job.number] = min(job.left, budget - used if r.chunk_tokens else inf)
        self.peak = max(self.peak, self.held())

    def start(self, horizon: float) -> None:
        r = self.fleet.replica
        self.chunks = {}
        if not self.make_room():
            self.admit()
        jobs = {job.number: job for job in self.running}
        ready = [job for job in self.running if job.left == 0]
        self.decoding = ready if r.chunk_tokens or not self.chunks else []
        n = len(self.decoding)
        fill_s = 0.0
        for number, tokens in self.chunks.items():
            job = jobs[number]
            before = job.prompt + job.made - job.left
            squares = (before + tokens) ** 2 - before**2
            fill_s += r.prefill_token_s * tokens + r.prefill_square_s * squares
            self.filled += tokens
        decode_s = 0.0
        if n:
            context = sum(job.prompt + job.made for job in self.decoding)
            decode_s = r.decode_base_s + r.decode_sequence_s * n + r.decode_context_s * context
        elif self.chunks:
            fill_s += r.prefill_base_s
        idle = not n and not self.chunks
        middle = min(self.clock + fill_s, horizon)
        end = min(self.clock + fill_s + decode_s, horizon)
        self.prefill_j += r.prefill_w * (middle - self.clock)
        self.decode_j += r.decode_w[n] * (end - middle)
        self.energy += (r.prefill_w - r.decode_w[0]) * (middle - self.clock)
        self.energy += (r.decode_w[n] - r.decode_w[0]) * (end - middle)
        self.ends = inf if idle else self.clock + fill_s + decode_s

    def finish(self, first: dict[int, float], last: dict[int, float]) -> None:
        self.clock = self.ends
        advanced = list(self.decoding)
        for job in self.running:
            if job.number in self.chunks:
                job.left -= self.chunks[job.number]
                if job.left == 0:
                    advanced.append(job)
        for job in advanced:
            job.made += 1
            self.tokens += 1
            first.setdefault(job.number, self.clock)
        self.peak = max(self.peak, self.held())
        for job in advanced:
            if job.made == job.wanted:
                last[job.number] = self.clock
                self.running.remove(job)


@dataclass
class Result:
    first: dict[int, float]
    last: dict[int, float]
    dropped: set[int]
    energy: float
    peak: int
    tokens: int
    filled: int
    evictions: int
    prefill_j: float
    decode_j: float
    most_replicas: int


def scale(fleet: Fleet, servers: list[Server], now: float) -> None:
    """Start what drains, then what is off, or drain the last ones, to carry the load."""
    assert fleet.scaling is not None
    for server in servers:
        if server.state == "draining" and server.load() == 0:
            server.state = "off"
            server.energy += fleet.replica.decode_w[0] * (now - server.since)
    load = sum(server.load() for server in servers)
    wanted = max(ceil(load / fleet.scaling.load_per_replica), fleet.scaling.min_replicas)
    surplus = sum(server.state == "on" for server in servers) - min(wanted, len(servers))
    for state in ("draining", "off"):
        for server in servers:
            if surplus < 0 and server.state == state:
                if state == "off":
                    server.since, server.ready = now, now + fleet.scaling.start_s
                server.state = "on"
                surplus += 1
    for server in reversed(servers):
        if surplus > 0 and server.state == "on":
            server.state = "draining"
            surplus -= 1


def play(
    fleet: Fleet, trace: Trace, horizon: float, brought: dict[int, int] | None = None
) -> Result:
    """Play a trace; what is ``brought`` comes with its prompt in memory and so many tokens."""
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    dropped: set[int] = set()
    servers = [Server(fleet) for _ in range(fleet.n_replicas)]
    events = [(t, "request") for t in trace.arrival_s.tolist()] + [(horizon, "end")]
    if fleet.scaling is not None:
        for server in servers[fleet.scaling.min_replicas :]:
            server.state = "off"
        n_checks = int(horizon / fleet.scaling.check_s)
        events += [((k + 1) * fleet.scaling.check_s, "check") for k in range(n_checks)]
    turn, i, most = -1, -1, sum(server.state != "off" for server in servers)
    for now, kind in sorted(events):  # at the same time a check comes before a request
        for server in servers:
            while server.ends <= min(now, horizon):
                server.finish(first, last)
                server.start(horizon)
        if now >= horizon:
            break
        if kind == "check":
            scale(fleet, servers, now)
            most = max(most, sum(server.state != "off" for server in servers))
            continue
        i += 1
        prompt, wanted = int(trace.n_input[i]), int(trace.n_output[i])
        if prompt + wanted > fleet.replica.kv_tokens:
            dropped.add(i)
            continue
        order = [(turn + 1 + j) % len(servers) for j in range(len(servers))]
        order = [s for s in order if servers[s].state == "on" and servers[s].ready <= now]
        turn = min(order, key=lambda s: servers[s].load()) if fleet.is_least_loaded else order[0]
        server = servers[turn]
        if len(server.queue) >= fleet.max_queue:
            dropped.add(i)
            continue
        cached = min(floor(fleet.replica.prefix_hit_frac * prompt), prompt - 1)
        job = Job(i, prompt, wanted, cached, left=prompt - cached)
        if brought is not None:
            job.made, job.left = brought[i], 0
        server.queue.append(job)
        if server.ends == inf:
            server.clock = now
            server.start(horizon)
    for server in servers:
        if server.state != "off":
            server.energy += fleet.replica.decode_w[0] * (horizon - server.since)

    def total(name: str) -> float:
        return sum(getattr(server, name) for server in servers)

    return Result(
        first, last, dropped,
        total("energy"),
        max(server.peak for server in servers), int(total("tokens")), int(total("filled")),
        int(total("evictions")), total("prefill_j"), total("decode_j"), most,
    )  # fmt: skip
