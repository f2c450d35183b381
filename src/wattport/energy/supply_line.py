"""The part of IT energy that the racks' power supplies lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.equations.power_supply import supply_loss_at_input
from wattport.records import Design


@dataclass(frozen=True)
class SupplyLine:
    """
    Loss of the racks' power supplies, straight between an idle and a full rack.

    Jobs hold whole racks, so that a rack idles or works: with some of them idle and the others
    full, the loss lies on the straight line. So it follows from energy alone, at any step.
    """

    base_frac: FloatArray  # (draw,) over IT nameplate
    slope: FloatArray  # (draw,) over IT power

    def of_draw(self, draw: int) -> SupplyLine:
        """Give the line of one draw."""
        return SupplyLine(self.base_frac[draw], self.slope[draw])

    def loss_mwh(self, it_mwh: FloatArray, nameplate_mwh: FloatArray) -> FloatArray:
        """
        Loss that IT energy holds.

        Parameters
        ----------
        it_mwh : ndarray, shape (draw,) or (year, draw)
            Energy at the racks' input. [MWh]
        nameplate_mwh : ndarray, same shape
            What the nameplate would take in the same time. [MWh]

        Returns
        -------
        ndarray, same shape
            [MWh]
        """
        return np.maximum(self.base_frac * nameplate_mwh + self.slope * it_mwh, 0.0)


def supply_line(design: Design, idle_power_frac: FloatArray) -> SupplyLine:
    """
    Line through the loss of an idle and of a full rack.

    Parameters
    ----------
    design : Design
        With its `supply`.
    idle_power_frac : ndarray, shape (draw,)
        IT power of an idle rack over nameplate. [0 to 1)

    Returns
    -------
    SupplyLine

    Raises
    ------
    ValueError
        Of a design that was saved before power supplies were part of it.

    Examples
    --------
    >>> from wattport.design import size
    >>> from wattport.spec import load
    >>> spec = load("small_20mw").draw(1, 7)
    >>> line = supply_line(size(spec), spec.workload.idle_power_frac)
    >>> line.loss_mwh(np.array([20.0]), np.array([20.0])).round(2)
    array([0.82])
    >>> line.loss_mwh(np.array([5.0]), np.array([20.0])).round(2)
    array([0.43])
    """
    supply = design.supply
    if supply is None:
        raise ValueError("the design says nothing of the racks' power supplies: size it again")
    rating = supply.rating_over_it_frac
    idle, full = (
        rating * supply_loss_at_input(it / rating, supply.output_frac, supply.loss_frac)
        for it in (idle_power_frac, 1.0)
    )
    slope = (full - idle) / (1.0 - idle_power_frac)
    return SupplyLine(full - slope, slope)
