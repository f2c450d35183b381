"""Stacks of a yearly quantity, as bars in a unit that suits their size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattport.records import Ledger
from wattport.report.charts import Bars
from wattport.report.draws import mean, numbers
from wattport.report.numerals import scale_of


def years(ledger: Ledger) -> tuple[str, ...]:
    """
    Labels of the years.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    tuple of str
    """
    return tuple(str(int(year)) for year in ledger.year)


def stacks(
    title: str,
    description: str,
    ledger: Ledger,
    items: tuple[str, ...],
    values: NDArray[np.float64],
    unit: str,
    quantity: str,
    suffix: str = "",
) -> Bars:
    """
    Means over the draws, stacked by item; items that are nothing in every year are left out.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    ledger : Ledger
        For its years.
    items : tuple of str
        One per layer.
    values : ndarray, shape (draw, year, item)
        In `unit`.
    unit : str
        As the records name it; larger names are found.
    quantity : str
        What the vertical axis measures.
    suffix : str
        Behind the unit's name: `` CO2e``.

    Returns
    -------
    Bars
    """
    by_year = mean(values)
    height = np.nansum(np.abs(by_year), axis=1)
    factor, name = scale_of(float(height.max(initial=0.0)), unit)
    used = [k for k in range(len(items)) if np.nanmax(np.abs(by_year[:, k]), initial=0.0) > 0.0]
    return Bars(
        title,
        description,
        years(ledger),
        tuple(items[k] for k in used),
        tuple(numbers(by_year[:, k] / factor) for k in used),
        name + suffix,
        quantity,
    )
