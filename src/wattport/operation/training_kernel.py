"""A training job through its failures, event by event, in compiled form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.equations.random_stream import next_exponential, next_uniform, seed_stream

TRAINING_STAGE = 0x07EA1A1
# Hours of a job played for each draw and size; the years are made of weeks drawn from them.
POOL_HOURS = 672
SIZE_FRAC = (0.25, 0.5, 0.75, 1.0)  # of the whole campus's job, as the halls fill
KEPT, LOST, SAVING, RESTARTING, FAILURES = 0, 1, 2, 3, 4


@kernel
def _spread(busy_frac: Any, begin_h: float, end_h: float) -> None:
    """Add a spell of computing to the hours it touches."""
    hour = int(begin_h)
    while hour < end_h and hour < busy_frac.size:
        busy_frac[hour] += min(end_h, hour + 1.0) - max(begin_h, float(hour))
        hour += 1


@kernel
def train(
    state: NDArray[np.uint64], between_failures_h: float, restart_h: float, rollback_frac: float,
    cycle_h: float, checkpoint_h: float, busy_frac: Any, sums: FloatArray,
) -> None:  # fmt: skip
    """
    Play one job in lockstep through failures, restarts and checkpoints.

    A failure may strike while the job computes, saves or restarts. It loses the work since the
    last checkpoint, or nothing where the replicas that are left keep the state.

    Parameters
    ----------
    state : ndarray of uint64, shape (4,)
        Random stream.
    between_failures_h : float
        Mean time between failures of the job; infinite for none. [h]
    restart_h : float
        From a failure until work goes on, should no other come. [h]
    rollback_frac : float
        Share of failures that lose work. [0 to 1]
    cycle_h, checkpoint_h : float
        Computing between checkpoints; time of one. [h]
    busy_frac : ndarray, shape (hour,)
        Share of each hour in which the job computes, work done again included; written.
    sums : ndarray, shape (5,)
        Hours of lasting work, of work lost, saving and restarting, and number of failures;
        written.
    """
    end_h = float(busy_frac.size)
    now, work_h, unsaved_h = 0.0, 0.0, 0.0
    fails_h = next_exponential(state) * between_failures_h
    while now < end_h:
        until_h = min(now + max(cycle_h - work_h, 0.0), end_h)
        stop_h = min(until_h, fails_h)
        _spread(busy_frac, now, stop_h)
        work_h += stop_h - now
        unsaved_h += stop_h - now
        now = stop_h
        if now < fails_h and now < end_h:
            saved_h = min(now + checkpoint_h, end_h)
            stop_h = min(saved_h, fails_h)
            sums[SAVING] += stop_h - now
            now = stop_h
            if now < fails_h:
                sums[KEPT] += unsaved_h
                work_h, unsaved_h = 0.0, 0.0
        if fails_h <= now and now < end_h:
            sums[FAILURES] += 1.0
            if next_uniform(state) < rollback_frac:
                sums[LOST] += unsaved_h
                work_h, unsaved_h = 0.0, 0.0
            begin_h = now
            again_h = now + restart_h
            fails_h = now + next_exponential(state) * between_failures_h
            while fails_h < again_h and fails_h < end_h:
                sums[FAILURES] += 1.0
                again_h = fails_h + restart_h
                fails_h += next_exponential(state) * between_failures_h
            now = min(again_h, end_h)
            sums[RESTARTING] += now - begin_h
    sums[KEPT] += unsaved_h


@kernel
def training_pools(
    seed: int, draw_ids: NDArray[np.int64], rate_per_h: FloatArray, restart_h: FloatArray,
    rollback_frac: FloatArray, cycle_h: FloatArray, checkpoint_h: FloatArray,
    busy_frac: NDArray[np.float32], sums: FloatArray,
) -> None:  # fmt: skip
    """
    Play the job of every draw at each size the campus grows through.

    Parameters
    ----------
    seed : int
        Of the case.
    draw_ids : ndarray of int64, shape (draw,)
        Names of the random streams.
    rate_per_h : ndarray, shape (draw,)
        Failures of a job of the whole campus. [1/h]
    restart_h, rollback_frac, cycle_h, checkpoint_h : ndarray, shape (draw,)
        As in `train`.
    busy_frac : ndarray of float32, shape (draw, size, hour)
        Written.
    sums : ndarray, shape (draw, size, 5)
        Written.
    """
    for d in range(draw_ids.size):
        for s in range(len(SIZE_FRAC)):
            rate = rate_per_h[d] * SIZE_FRAC[s]
            between_h = 1.0 / rate if rate > 0.0 else np.inf
            state = seed_stream(seed, TRAINING_STAGE, draw_ids[d], s)
            train(
                state, between_h, restart_h[d], rollback_frac[d], cycle_h[d], checkpoint_h[d],
                busy_frac[d, s], sums[d, s],
            )  # fmt: skip
