"""Power supplies and rectifiers: loss at any load from the efficiencies of a label."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

PUBLISHED_LOADS_FRAC = (0.1, 0.2, 0.5, 1.0)  # 80 PLUS


def supply_loss_points(efficiency_frac: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """
    Corners of the loss curve of a power supply, no load among them.

    Parameters
    ----------
    efficiency_frac : array_like, shape (4,)
        Output over input at 10, 20, 50 and 100 % of the rating. [0 to 1]

    Returns
    -------
    output_frac, loss_frac : ndarray, shape (5,)
        Over the rating; the first point is no load.

    Notes
    -----
    The loss, not the efficiency, runs straight between the published loads, and on to no load. A
    curve of no-load, linear and square loss cannot hold the four points of a label, which are
    least values.

    References
    ----------
    80 PLUS certification, 230 V internal redundant.

    Examples
    --------
    >>> output, loss = supply_loss_points([0.90, 0.94, 0.96, 0.91])
    >>> loss.round(4)
    array([0.0095, 0.0111, 0.0128, 0.0208, 0.0989])
    """
    load = np.array(PUBLISHED_LOADS_FRAC)
    loss = load * (1.0 / np.asarray(efficiency_frac, np.float64) - 1.0)
    slope = (loss[1] - loss[0]) / (load[1] - load[0])
    return np.append(0.0, load), np.append(loss[0] - slope * load[0], loss)


def supply_loss_at_input(
    input_frac: ArrayLike, output_points_frac: FloatArray, loss_points_frac: FloatArray
) -> FloatArray:
    """
    Loss of a power supply from the power that goes into it.

    IT is metered where the racks take power in, so that is what is known.

    Parameters
    ----------
    input_frac : array_like
        Input over rating. [>= 0]
    output_points_frac, loss_points_frac : ndarray, shape (point,)
        From `supply_loss_points`.

    Returns
    -------
    ndarray
        Over rating; never more than goes in.

    Notes
    -----
    Loss is straight in the output between the points, hence straight in output plus loss: the
    inversion is exact.

    Examples
    --------
    >>> points = supply_loss_points([0.90, 0.94, 0.96, 0.91])
    >>> supply_loss_at_input([0.0, 0.5 / 0.96], *points).round(4)
    array([0.    , 0.0208])
    """
    given = np.asarray(input_frac, np.float64)
    loss = np.interp(given, output_points_frac + loss_points_frac, loss_points_frac)
    return np.asarray(np.minimum(loss, given))
