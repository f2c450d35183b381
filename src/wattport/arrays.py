"""What arrays hold: short names for the types of numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
WordArray = NDArray[np.uint64]
Records = NDArray[Any]  # structured: named columns


def per_draw(value: object, n_draws: int) -> FloatArray:
    """
    Give a number of the spec one value per draw.

    Examples
    --------
    >>> per_draw(7, 2)
    array([7., 7.])
    """
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (n_draws,))
