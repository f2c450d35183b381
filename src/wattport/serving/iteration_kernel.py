"""
One iteration of a replica: how long it lasts, and where its energy goes.

While a batch only decodes, nothing about it changes but the length of its contexts, so any
number of iterations has a closed form: ``k (a + b n + c (L + n (k - 1) / 2))`` for ``n``
sequences that hold ``L`` tokens.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wattport.arrays import FloatArray
from wattport.compiled import kernel

# One compiled step needs all of it; a record keeps the calls readable.
RULES = np.dtype(
    [
        ("decode_base_s", "f8"),
        ("decode_sequence_s", "f8"),
        ("decode_context_s", "f8"),
        ("prefill_base_s", "f8"),
        ("prefill_token_s", "f8"),
        ("prefill_square_s", "f8"),
        ("max_batch", "i8"),
        ("kv_tokens", "i8"),
        ("prefill_tokens", "i8"),
        ("chunk_tokens", "i8"),
        ("is_reserving", "i8"),
        ("max_queue", "i8"),
        ("routing", "i8"),
        ("min_replicas", "i8"),
        ("load_per_replica", "f8"),
        ("check_s", "f8"),
        ("start_s", "f8"),
        ("prefill_w", "f8"),
        ("horizon_s", "f8"),
        ("step_s", "f8"),
    ]
)


@kernel
def spend(
    energy_j: FloatArray,
    busy_s: FloatArray,
    rules: Any,
    begin_s: float,
    end_s: float,
    power_w: float,
    is_busy: bool,
) -> None:
    """Spread power over the steps it lasts, so that any step carries its exact mean."""
    end_s = min(end_s, rules.horizon_s)
    k = int(begin_s / rules.step_s)
    while begin_s < end_s and k < energy_j.size:
        until = min(end_s, (k + 1) * rules.step_s)
        if until > begin_s:
            energy_j[k] += power_w * (until - begin_s)
            if is_busy:
                busy_s[k] += until - begin_s
            begin_s = until
        k += 1


@kernel
def decode_s(rules: Any, n: int, context: int, k: int) -> float:
    """Duration of ``k`` decode iterations of an unchanged batch."""
    grown = context + 0.5 * n * (k - 1)
    one_s = rules.decode_base_s + rules.decode_sequence_s * n + rules.decode_context_s * grown
    lasts_s: float = k * one_s
    return lasts_s


@kernel
def iterations_until(rules: Any, n: int, context: int, span_s: float) -> int:
    """Fewest decode iterations that last ``span_s`` or longer, one at least."""
    bend = 0.5 * rules.decode_context_s * n
    slope = rules.decode_base_s + rules.decode_sequence_s * n + rules.decode_context_s * context
    slope -= bend
    if bend > 0.0:
        root = (math.sqrt(slope * slope + 4.0 * bend * span_s) - slope) / (2.0 * bend)
    else:
        root = span_s / slope
    k: int = max(1, math.ceil(root))
    while k > 1 and decode_s(rules, n, context, k - 1) >= span_s:
        k -= 1
    while decode_s(rules, n, context, k) < span_s:
        k += 1
    return k


@kernel
def fill_s(rules: Any, tokens: int, before: int) -> float:
    """Duration of computing ``tokens`` of a prompt of which ``before`` are in memory."""
    after = float(before + tokens)
    squares = after * after - float(before) * float(before)
    lasts_s: float = rules.prefill_token_s * tokens + rules.prefill_square_s * squares
    return lasts_s
