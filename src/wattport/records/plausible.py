"""
What no case can hold, by the unit that ends a name.

The limits are far from any campus; they keep away what would break a page: a date of the year
100,000, a chart up to 1e308, the seventh of two plants.
"""

from __future__ import annotations

import numpy as np

from wattport.arrays import AnyArray

_MOST = 1e24
_MOST_BY_UNIT = {"day": 365_250.0, "frac": 1e6, "year": 3026.0}  # a thousand years from the epoch


def implausible(name: str, values: AnyArray | float) -> str:
    """
    Say what is wrong with numbers; NaN and infinity mean "none" and "never".

    Parameters
    ----------
    name : str
        Ends in the unit.
    values : ndarray or float
        In that unit.

    Returns
    -------
    str
        Empty where nothing is.

    Examples
    --------
    >>> implausible("ready_day", np.array([1000.0, np.nan, np.inf]))
    ''
    >>> implausible("ready_day", np.array([1e9]))
    'has numbers beyond 365250'
    """
    numbers = np.asarray(values, dtype=np.float64)
    most = _MOST_BY_UNIT.get(name.rsplit("_", 1)[-1], _MOST)
    size = np.abs(numbers, where=np.isfinite(numbers), out=np.zeros_like(numbers))
    return f"has numbers beyond {most:g}" if size.max(initial=0.0) > most else ""


def no_index(values: AnyArray, n: int) -> str:
    """
    Say what is wrong with indices; -1 means "none".

    Parameters
    ----------
    values : ndarray of int64
        Indices into something.
    n : int
        How many of it there are.

    Examples
    --------
    >>> no_index(np.array([0, 1, 2]), 2)
    'counts beyond the 2 there are'
    """
    is_one = (values >= -1) & (values < n)
    return "" if is_one.all() else f"counts beyond the {n} there are"


def no_scale(values: AnyArray) -> str:
    """
    Say what is wrong with the places along an axis, such as the first days of its months.

    Parameters
    ----------
    values : ndarray
        One for each place.

    Examples
    --------
    >>> no_scale(np.array([0.0, 31.0, 31.0]))
    'does not ascend'
    """
    is_one = np.isfinite(values).all() and (np.diff(values) > 0.0).all()
    return "" if is_one else "does not ascend"
