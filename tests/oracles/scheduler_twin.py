"""
The scheduling policies written down as plainly as possible: the oracle of the kernels.

Lists and loops only, one job at a time, nothing shared with the package. A job is (submit, run,
request, nodes); all whole numbers.
"""

from __future__ import annotations

Job = tuple[int, int, int, int]


def start_times(jobs: list[Job], n_nodes: int, policy: str) -> list[int]:
    """Start of each job under fcfs, sjf, easy or conservative."""
    order = sorted(range(len(jobs)), key=lambda j: (jobs[j][0], j))
    queue: list[int] = []
    running: list[tuple[int, int, int]] = []  # end, estimated end, nodes
    starts = [-1] * len(jobs)
    n_in = 0
    now = 0
    while n_in < len(order) or running:
        moments = [end for end, _, _ in running]
        if n_in < len(order):
            moments.append(jobs[order[n_in]][0])
        now = min(moments)
        running = [job for job in running if job[0] > now]
        while n_in < len(order) and jobs[order[n_in]][0] == now:
            queue.append(order[n_in])
            n_in += 1
        if policy == "sjf":
            queue.sort(key=lambda j: (jobs[j][2], jobs[j][0], j))
        chosen = WHO[policy](jobs, queue, running, n_nodes, now)
        for j in chosen:
            starts[j] = now
            queue.remove(j)
            running.append((now + jobs[j][1], now + jobs[j][2], jobs[j][3]))
        # A job of no length ends at once, and others may follow at the same moment.
    assert not queue
    return starts


def in_order(jobs, queue, running, n_nodes, now):
    free = n_nodes - sum(n for _, _, n in running)
    chosen = []
    for j in queue:
        if jobs[j][3] > free:
            break
        chosen.append(j)
        free -= jobs[j][3]
    return chosen


def easy(jobs, queue, running, n_nodes, now):
    chosen = in_order(jobs, queue, running, n_nodes, now)
    rest = [j for j in queue if j not in set(chosen)]
    if not rest:
        return chosen
    held = [(estimate, n) for _, estimate, n in running]
    held += [(now + jobs[j][2], jobs[j][3]) for j in chosen]
    head, others = rest[0], rest[1:]
    free = n_nodes - sum(n for _, n in held)
    shadow = min(
        moment for moment in {estimate for estimate, _ in held}
        if n_nodes - sum(n for estimate, n in held if estimate > moment) >= jobs[head][3]
    )  # fmt: skip
    spare = n_nodes - sum(n for estimate, n in held if estimate > shadow) - jobs[head][3]
    for j in others:
        _, _, request, n = jobs[j]
        if n > free:
            continue
        if now + request <= shadow:
            chosen.append(j)
            free -= n
        elif n <= spare:
            chosen.append(j)
            free -= n
            spare -= n
    return chosen


def conservative(jobs, queue, running, n_nodes, now):
    """Plan everybody afresh at every event, in order of arrival."""
    planned = [(now, estimate, n) for _, estimate, n in running]
    chosen = []
    for j in queue:
        _, _, request, n = jobs[j]
        for begin in sorted({now} | {end for _, end, _ in planned if end > now}):
            inside = [begin] + [b for b, _, _ in planned if begin < b < begin + request]
            if all(
                sum(m for b, e, m in planned if b <= moment < e) + n <= n_nodes for moment in inside
            ):
                break
        planned.append((begin, begin + request, n))
        if begin == now:
            chosen.append(j)
    return chosen


WHO = {"fcfs": in_order, "sjf": in_order, "easy": easy, "conservative": conservative}


def start_times_under_cap(
    jobs: list[Job], node_w: list[int], n_nodes: int, cap_w: int
) -> list[int]:
    """Start of each job under EASY where a job needs nodes and power alike; -1: never."""
    has = (n_nodes, cap_w)
    needs = [(job[3], job[3] * w) for job, w in zip(jobs, node_w, strict=True)]
    queue: list[int] = []
    running: list[tuple[int, int, int]] = []  # end, estimated end, job
    starts = [-1] * len(jobs)
    coming = sorted(range(len(jobs)), key=lambda j: (jobs[j][0], j))

    def left(busy: list[int]) -> list[int]:
        return [has[r] - sum(needs[j][r] for j in busy) for r in (0, 1)]

    def fits(j: int, room: list[int]) -> bool:
        return all(needs[j][r] <= room[r] for r in (0, 1))

    while coming or running:
        now = min([end for end, _, _ in running] + [jobs[j][0] for j in coming[:1]])
        running = [item for item in running if item[0] > now]
        while coming and jobs[coming[0]][0] == now:
            queue.append(coming.pop(0))

        def begin(j: int, now: int = now, running: list = running) -> None:
            starts[j] = now
            queue.remove(j)
            running.append((now + jobs[j][1], now + jobs[j][2], j))

        while queue and fits(queue[0], left([j for _, _, j in running])):
            begin(queue[0])
        if not queue:
            continue
        head = queue[0]
        after = sorted({estimate for _, estimate, _ in running})
        at = [t for t in after if fits(head, left([j for _, e, j in running if e > t]))]
        shadow = at[0] if at else None
        if shadow is not None:
            spare = left([head] + [j for _, e, j in running if e > shadow])
        for j in queue[1:]:
            if not fits(j, left([k for _, _, k in running])):
                continue
            if shadow is None or now + jobs[j][2] <= shadow:
                begin(j)
            elif fits(j, spare):
                begin(j)
                spare = [spare[r] - needs[j][r] for r in (0, 1)]
    return starts
