"""
Exact throughput of small production lines, by solving their Markov chain.

The chains grow fast with stations and buffers, so they serve as the measure of
the simulation, not as its replacement: whatever the event engine says about a
small line must agree with the number from here.

References
----------
F. S. Hillier, R. W. Boling, "Finite queues in series with exponential or
Erlang service times - a numerical approach", Operations Research 15(2), 1967,
doi:10.1287/opre.15.2.286.
S. B. Gershwin, "Manufacturing Systems Engineering", Prentice Hall 1994,
chapter 3 (deterministic processing time line).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.linalg import splu

from wattport.arrays import FloatArray

_IDLE, _BUSY, _BLOCKED = 0, 1, 2

# One station is (parts waiting before it, what it does); a state is all of them.
_State = tuple[tuple[int, int], ...]


def exponential_line_throughput(rates_per_h: Sequence[float], n_buffers: Sequence[int]) -> float:
    """
    Throughput of a saturated exponential line with finite buffers.

    A station whose part finds no place ahead keeps it and stands still
    (blocking after service). The first station always has a part, the last
    always has room.

    Parameters
    ----------
    rates_per_h : sequence of float, length m
        Service rate of each single-server station. [1/h, > 0]
    n_buffers : sequence of int, length m - 1
        Waiting places between neighbours, the part in service not counted.

    Returns
    -------
    float
        Units leaving the last station. [1/h]

    Notes
    -----
    Stationary distribution of the continuous-time chain over all reachable
    states by sparse LU; practical to some 100,000 states. Two equal stations
    obey ``(B + 2) / (B + 3)``.

    References
    ----------
    Hillier and Boling 1967 (see the module).

    Examples
    --------
    >>> round(exponential_line_throughput([1.0, 1.0, 1.0], [0, 0]) * 39, 9)
    22.0
    """
    rates = [float(rate) for rate in rates_per_h]
    if len(n_buffers) != len(rates) - 1:
        raise ValueError("n_buffers: one number between each two neighbouring stations")
    if min(rates) <= 0.0:
        return 0.0
    buffers = [0, *(int(n) for n in n_buffers)]
    start = _start_state(len(rates))
    index: dict[_State, int] = {start: 0}
    states = [start]
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for state in states:  # grows while it is read: breadth-first over reachable states
        row = index[state]
        for station, following in _completions(state, buffers):
            column = index.setdefault(following, len(states))
            if column == len(states):
                states.append(following)
            rows += [column, row]
            columns += [row, row]
            values += [rates[station], -rates[station]]
    shape = (len(states), len(states))
    share = _stationary(csr_matrix((values, (rows, columns)), shape=shape), recurrent=0)
    is_busy = np.array([state[-1][1] == _BUSY for state in states])
    return rates[-1] * float(share[is_busy].sum())


class TwoMachines(NamedTuple):
    """A buffer between two unreliable machines, in the long run."""

    rate: float  # parts per cycle
    n_stock: float  # mean parts in the buffer
    starved_frac: float  # second machine up, buffer empty
    blocked_frac: float  # first machine up, buffer full


def two_machine_line_throughput(
    repair_frac: tuple[float, float], failure_frac: tuple[float, float], n_buffer: int
) -> tuple[float, float]:
    """
    Throughput and mean stock of two unreliable machines with equal fixed cycles.

    In each cycle a machine that can work fails with its failure probability; a
    failed one is repaired with its repair probability. Idle machines do not
    fail.

    Parameters
    ----------
    repair_frac, failure_frac : tuple of float
        Probabilities per cycle of the first and second machine. [0 < x <= 1]
    n_buffer : int
        Places between them, the place in the second machine counted. [>= 2]

    Returns
    -------
    tuple of float
        Parts per cycle, 0 to 1, and mean parts in the buffer.

    Notes
    -----
    Exact stationary distribution of the chain with states (stock, up, up);
    repairs and failures happen at the start of a cycle, stock changes at its
    end. No closed form is used, so unequal machines need no special case.

    References
    ----------
    Gershwin 1994 (see the module), section 3.5.

    Examples
    --------
    >>> rate, stock = two_machine_line_throughput((0.1, 0.1), (0.01, 0.01), 4)
    >>> round(rate, 5), round(stock, 6)
    (0.84094, 2.0)
    """
    found = two_machines(repair_frac, failure_frac, n_buffer)
    return found.rate, found.n_stock


def two_machines(
    repair_frac: tuple[float, float], failure_frac: tuple[float, float], n_buffer: int
) -> TwoMachines:
    """
    Solve the chain of two unreliable machines; see `two_machine_line_throughput`.

    Examples
    --------
    >>> round(two_machines((0.1, 0.1), (0.01, 0.01), 4).starved_frac, 4)
    0.075
    """
    rows, columns, values = [], [], []
    delivered = np.zeros(4 * (n_buffer + 1))
    for stock in range(n_buffer + 1):
        for code in range(4):
            row = 4 * stock + code
            ups = (code // 2, code % 2)
            can_work = (stock < n_buffer, stock > 0)
            for next_code in range(4):
                chance = 1.0
                for machine, is_up_next in enumerate((next_code // 2, next_code % 2)):
                    chance_up = repair_frac[machine]
                    if ups[machine]:
                        chance_up = 1.0 - (failure_frac[machine] if can_work[machine] else 0.0)
                    chance *= chance_up if is_up_next else 1.0 - chance_up
                made = int(next_code // 2 == 1 and can_work[0])
                taken = int(next_code % 2 == 1 and can_work[1])
                delivered[row] += chance * taken
                rows += [4 * (stock + made - taken) + next_code, row]
                columns += [row, row]
                values += [chance, -chance]
    size = 4 * (n_buffer + 1)
    # One part in stock and both machines up: returned to from everywhere.
    share = _stationary(csr_matrix((values, (rows, columns)), shape=(size, size)), recurrent=7)
    stock_of = np.repeat(np.arange(n_buffer + 1), 4)
    return TwoMachines(
        rate=float(share @ delivered),
        n_stock=float(share @ stock_of),
        starved_frac=float(share[1] + share[3]),
        blocked_frac=float(share[-2] + share[-1]),
    )


def _start_state(n_stations: int) -> _State:
    return ((0, _BUSY), *((0, _IDLE) for _ in range(n_stations - 1)))


def _completions(state: _State, buffers: list[int]) -> Iterator[tuple[int, _State]]:
    """Each service that can end in a state, with the state it leads to."""
    last = len(state) - 1
    for station, (_, doing) in enumerate(state):
        if doing != _BUSY:
            continue
        places = [list(place) for place in state]
        if station < last and not _has_place(places, station + 1, buffers):
            places[station][1] = _BLOCKED
        else:
            _move(places, station, buffers)
        yield station, tuple((waiting, what) for waiting, what in places)


def _has_place(places: list[list[int]], station: int, buffers: list[int]) -> bool:
    waiting, doing = places[station]
    return doing == _IDLE or waiting < buffers[station]


def _move(places: list[list[int]], station: int, buffers: list[int]) -> None:
    """Pass the part of a station on, then everything upstream that this sets free."""
    if station < len(places) - 1:
        if places[station + 1][1] == _IDLE:
            places[station + 1][1] = _BUSY
        else:
            places[station + 1][0] += 1
    if station == 0:
        places[0][1] = _BUSY
        return
    if places[station][0] > 0:
        places[station][0] -= 1
        places[station][1] = _BUSY
    else:
        places[station][1] = _IDLE
    if places[station - 1][1] == _BLOCKED:
        _move(places, station - 1, buffers)


def _stationary(generator: csr_matrix, recurrent: int) -> FloatArray:
    """Solve ``Q p = 0`` with ``sum(p) = 1``; columns are origins, rows destinations."""
    size = generator.shape[0]
    # One balance equation is redundant: one recurrent state is set to 1 and the rest follow.
    others = np.delete(np.arange(size), recurrent)
    share = np.ones(size)
    if size > 1:
        column = generator[:, [recurrent]].toarray().ravel()
        share[others] = splu(csc_matrix(generator[others][:, others])).solve(-column[others])
    result: FloatArray = share / share.sum()
    return result
