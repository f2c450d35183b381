"""Chance in the deliveries of bought parts, one stream per draw and part."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.equations.random_stream import next_normal, seed_stream
from wattport.factory.engine.compiled import allocating

_STAGE = 0x6B697473  # names the streams of the deliveries


@allocating
def lot_normals(seed: int, draw_ids: IntArray, part: int, n_lots: int) -> FloatArray:
    """Give standard normals, one per draw and lot."""
    values = np.empty((len(draw_ids), n_lots))
    for draw in range(len(draw_ids)):
        stream = seed_stream(seed, _STAGE, draw_ids[draw], part)
        for lot in range(n_lots):
            values[draw, lot] = next_normal(stream)
    return values
