"""
Approximate throughput of long lines of unreliable machines, by decomposition.

The chain of a whole line grows with the product of its buffers. The
decomposition looks at each buffer alone, between two machines that stand for
all that lies before and after it, and lets neighbours agree.

References
----------
S. B. Gershwin, "An efficient decomposition method for the approximate
evaluation of tandem queues with finite storage space and blocking",
Operations Research 35(2), 1987, doi:10.1287/opre.35.2.291.
Y. Dallery, R. David, X.-L. Xie, "An efficient algorithm for analysis of
transfer lines with unreliable machines and finite buffers", IIE Transactions
20(3), 1988, doi:10.1080/07408178808966181.
"""

from __future__ import annotations

from collections.abc import Sequence

from wattport.equations.markov_line import TwoMachines, two_machines

_TOLERANCE = 1e-9  # parts per cycle
_MOST_ROUNDS = 500


def unreliable_line_throughput(
    repair_frac: Sequence[float], failure_frac: Sequence[float], n_buffers: Sequence[int]
) -> float:
    """
    Approximate throughput of a line of unreliable machines with equal fixed cycles.

    Parameters
    ----------
    repair_frac, failure_frac : sequence of float
        Probabilities per cycle of each machine: a failed one is repaired, a
        working one fails. [0 < x <= 1]
    n_buffers : sequence of int
        Places between them, the place in the machine behind counted. [>= 2]

    Returns
    -------
    float
        Parts per cycle, 0 to 1.

    Raises
    ------
    ArithmeticError
        Where the rounds do not settle.

    Notes
    -----
    Buffer ``i`` lies between pseudo-machines ``u`` and ``d`` with
    ``p_d(i-1) / r_d(i-1) + p_u(i) / r_u(i) = 1 / E(i-1) + 1 / e_i - 2`` (flow and
    idleness) and ``r_u(i) = x r_u(i-1) + (1 - x) r_i`` (resumption of flow), where
    ``x`` is the share of the stops of ``u(i)`` at which buffer ``i-1`` is empty;
    backwards alike. Exact for two machines; against the exact chain of three
    within 0.5 %, and against long simulations within 1 to 2 % for a dozen machines.

    Examples
    --------
    >>> round(unreliable_line_throughput([0.1] * 2, [0.01] * 2, [4]), 5)
    0.84094
    >>> round(unreliable_line_throughput([0.1] * 6, [0.01] * 6, [10] * 5), 4)
    0.7603
    """
    n = len(n_buffers)
    down = [failed / repaired for failed, repaired in zip(failure_frac, repair_frac, strict=True)]
    before = list(zip(repair_frac[:-1], failure_frac[:-1], strict=True))
    behind = list(zip(repair_frac[1:], failure_frac[1:], strict=True))

    def solve(i: int) -> TwoMachines:
        repairs, failures = (before[i][0], behind[i][0]), (before[i][1], behind[i][1])
        return two_machines(repairs, failures, n_buffers[i])

    pairs = [solve(i) for i in range(n)]
    for _ in range(_MOST_ROUNDS):
        for i in range(1, n):
            near = pairs[i - 1]
            before[i] = _pseudo_machine(
                near.rate,
                near.starved_frac,
                before[i - 1][0],
                behind[i - 1],
                repair_frac[i],
                down[i],
            )
            pairs[i] = solve(i)
        for i in range(n - 2, -1, -1):
            near = pairs[i + 1]
            behind[i] = _pseudo_machine(
                near.rate, near.blocked_frac, behind[i + 1][0], before[i + 1],
                repair_frac[i + 1], down[i + 1],
            )  # fmt: skip
            pairs[i] = solve(i)
        if max(pair.rate for pair in pairs) - min(pair.rate for pair in pairs) < _TOLERANCE:
            return pairs[0].rate
    raise ArithmeticError("the decomposition of the line does not settle")


def _pseudo_machine(
    rate: float,
    idle_frac: float,
    far_repair_frac: float,
    opposite: tuple[float, float],
    repair_frac: float,
    down: float,
) -> tuple[float, float]:
    """Repair and failure of the machine that stands for one side of a buffer."""
    # 1 / e - 1 is the time down per part of the machine itself.
    stopped = 1.0 / rate + down - 1.0 - opposite[1] / opposite[0]
    share = idle_frac / (stopped * rate)
    repaired = far_repair_frac * share + repair_frac * (1.0 - share)
    return repaired, stopped * repaired
