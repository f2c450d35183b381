"""The fleet again, one iteration at a time, in plain Python: the oracle of the kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from wattport.run.serve.engine import Fleet, Replica
from wattport.run.serve.request import Trace


@dataclass
class Server:
    replica: Replica
    clock: float = 0.0
    doing: str = "idle"  # or "prefill", "decode"
    ends: float = inf
    queue: list[int] = field(default_factory=list)
    batch: dict[int, list[int]] = field(default_factory=dict)  # request: [context, tokens to come]
    memory: dict[int, int] = field(default_factory=dict)
    energy: float = 0.0
    peak: int = 0
    filling: int = 0  # requests in the prefill under way
    tokens: int = 0

    def load(self) -> int:
        return len(self.batch) + len(self.queue)


def play(
    fleet: Fleet, trace: Trace, horizon: float
) -> tuple[dict[int, float], dict[int, float], set[int], float, int, int]:
    """First tokens, last tokens, dropped requests, energy, peak memory, tokens by the horizon."""
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    dropped: set[int] = set()
    watts = fleet.replica.decode_w
    servers = [Server(fleet.replica) for _ in range(fleet.n_replicas)]

    def spend(server: Server, begin: float, end: float, power: float) -> None:
        server.energy += (min(end, horizon) - min(begin, horizon)) * (power - watts[0])

    def start(server: Server) -> None:
        r = server.replica
        admitted: list[int] = []
        while server.queue:
            i = server.queue[0]
            need = int(trace.n_input[i] + trace.n_output[i])
            slots = len(server.batch) + sum(trace.n_output[j] > 1 for j in admitted)
            tokens = sum(int(trace.n_input[j]) for j in admitted)
            if slots >= r.max_batch or sum(server.memory.values()) + need > r.kv_tokens:
                break
            if admitted and tokens + trace.n_input[i] > r.prefill_tokens:
                break
            server.queue.pop(0)
            admitted.append(i)
            server.memory[i] = need
        server.peak = max(server.peak, sum(server.memory.values()))
        server.filling = len(admitted)
        if admitted:
            prompts = [int(trace.n_input[i]) for i in admitted]
            lasts = r.prefill_base_s + r.prefill_token_s * sum(prompts)
            lasts += r.prefill_square_s * sum(p * p for p in prompts)
            server.doing, server.ends = "prefill", server.clock + lasts
            spend(server, server.clock, server.ends, r.prefill_w)
            for i in admitted:
                first[i] = server.ends
                if trace.n_output[i] == 1:
                    last[i] = server.ends
                    del server.memory[i]
                else:
                    server.batch[i] = [int(trace.n_input[i]) + 1, int(trace.n_output[i]) - 1]
        elif server.batch:
            held = sum(context for context, _ in server.batch.values())
            n = len(server.batch)
            lasts = r.decode_base_s + r.decode_sequence_s * n + r.decode_context_s * held
            server.doing, server.ends = "decode", server.clock + lasts
            spend(server, server.clock, server.ends, watts[n])
        else:
            server.doing, server.ends = "idle", inf

    def finish(server: Server) -> None:
        server.clock = server.ends
        if server.doing == "prefill":
            server.tokens += server.filling
        if server.doing == "decode":
            server.tokens += len(server.batch)
            for i in list(server.batch):
                server.batch[i][0] += 1
                server.batch[i][1] -= 1
                if server.batch[i][1] == 0:
                    last[i] = server.clock
                    del server.batch[i], server.memory[i]

    turn = -1
    for i, now in enumerate([*trace.arrival_s.tolist(), horizon]):
        for server in servers:
            while server.ends <= min(now, horizon):
                finish(server)
                start(server)
        if i == trace.arrival_s.size or now >= horizon:
            break
        if trace.n_input[i] + trace.n_output[i] > fleet.replica.kv_tokens:
            dropped.add(i)
            continue
        order = [(turn + 1 + j) % len(servers) for j in range(len(servers))]
        turn = min(order, key=lambda s: servers[s].load()) if fleet.is_least_loaded else order[0]
        server = servers[turn]
        if len(server.queue) >= fleet.max_queue:
            dropped.add(i)
            continue
        server.queue.append(i)
        if server.doing == "idle":
            server.clock = now
            start(server)
    energy = sum(s.energy for s in servers) + watts[0] * horizon * len(servers)
    peak = max(s.peak for s in servers)
    return first, last, dropped, energy, peak, sum(s.tokens for s in servers)
