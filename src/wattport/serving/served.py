"""What became of the requests of a fleet, and what it drew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.serving.replica_kernel import COMPLETED
from wattport.serving.request import Trace

JOULE_PER_KWH = 3.6e6

BoolArray = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Served:
    """What became of each request, and what the fleet drew."""

    trace: Trace
    first_s: FloatArray  # time of the first token, NaN if there was none
    finish_s: FloatArray  # time of the last token, NaN if not completed
    status: IntArray  # COMPLETED, RUNNING, WAITING, TOO_LONG, QUEUE_FULL
    replica: IntArray  # -1 if never routed
    step_s: float
    energy_j: FloatArray  # of all replicas, per step
    busy_s: FloatArray  # replica-seconds of prefill or decode, per step
    n_tokens: int  # generated, of unfinished requests too
    peak_kv_tokens: int
    most_replicas: int
    prefill_j: float  # drawn while prefilling; what is neither this nor decoding is idling
    decode_j: float
    n_prompt_tokens: int  # computed; those of evicted requests again, cached ones not
    n_evictions: int

    @property
    def is_completed(self) -> BoolArray:
        """Whether each request was answered to its last token."""
        return np.asarray(self.status == COMPLETED)

    @property
    def ttft_s(self) -> FloatArray:
        """Time to first token of the completed requests."""
        done = self.is_completed
        return self.first_s[done] - self.trace.arrival_s[done]

    @property
    def tpot_s(self) -> FloatArray:
        """Mean time per further token of the completed requests of two tokens or more."""
        done = self.is_completed & (self.trace.n_output > 1)
        return (self.finish_s - self.first_s)[done] / (self.trace.n_output[done] - 1)

    @property
    def span_s(self) -> float:
        """Time that the steps cover."""
        return self.energy_j.size * self.step_s

    @property
    def power_w(self) -> FloatArray:
        """Exact mean power of each step."""
        return self.energy_j / self.step_s

    @property
    def j_per_token(self) -> float:
        """Energy of the fleet over the tokens it generated."""
        return float(self.energy_j.sum()) / max(self.n_tokens, 1)

    @property
    def prefill_j_per_token(self) -> float:
        """Energy of prefill over the prompt tokens computed."""
        return self.prefill_j / max(self.n_prompt_tokens, 1)

    @property
    def decode_j_per_token(self) -> float:
        """Energy of decoding over the tokens generated, first tokens among them."""
        return self.decode_j / max(self.n_tokens, 1)

    @property
    def idle_j(self) -> float:
        """Energy while neither prefilling nor decoding."""
        return float(self.energy_j.sum()) - self.prefill_j - self.decode_j

    @property
    def tokens_per_s(self) -> float:
        """Tokens generated over the time covered."""
        return self.n_tokens / self.span_s

    def meets_slo(self, ttft_s: float, tpot_s: float) -> BoolArray:
        """Whether each request was completed within both limits."""
        n_further = np.maximum(self.trace.n_output - 1, 1)
        with np.errstate(invalid="ignore"):
            is_prompt = self.first_s - self.trace.arrival_s <= ttft_s
            is_fluent = (self.finish_s - self.first_s) / n_further <= tpot_s
        return np.asarray(self.is_completed & is_prompt & is_fluent)

    def within_slo_frac(self, ttft_s: float, tpot_s: float) -> float:
        """Share of all requests that were completed and met both limits."""
        return float(np.count_nonzero(self.meets_slo(ttft_s, tpot_s))) / max(self.status.size, 1)

    def goodput_per_s(self, ttft_s: float, tpot_s: float) -> float:
        """Requests per second that were completed within both limits, over the time covered."""
        return float(np.count_nonzero(self.meets_slo(ttft_s, tpot_s))) / self.span_s


def eur_per_million_tokens(
    served: Served, price_eur_per_mwh: float, fleet_eur_per_h: float = 0.0
) -> float:
    """
    Cost of a million generated tokens: energy, and the hire or ownership of the fleet.

    Parameters
    ----------
    served : Served
    price_eur_per_mwh : float
        Price of energy at the servers (multiply by PUE for the campus).
    fleet_eur_per_h : float
        All other cost of the whole fleet. [>= 0]

    Examples
    --------
    >>> from wattport.serving.engine import Fleet, Replica, simulate
    >>> trace = Trace(np.array([0.0]), np.array([10]), np.array([1000]))
    >>> replica = Replica(0.036, 0.0, 0.0, 0.036, 0.0, 0.0, 2000, 1, 1, (1000.0, 1000.0), 1000.0)
    >>> served = simulate(Fleet(replica, 1), trace, step_s=36.0)
    >>> round(eur_per_million_tokens(served, price_eur_per_mwh=100.0), 6)
    1.0
    """
    energy_eur = float(served.energy_j.sum()) / JOULE_PER_KWH / 1000.0 * price_eur_per_mwh
    other_eur = served.span_s / 3600.0 * fleet_eur_per_h
    return (energy_eur + other_eur) / max(served.n_tokens, 1) * 1e6
