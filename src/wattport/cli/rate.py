"""A rate as a person writes it."""

from __future__ import annotations

import math
import re

from wattport.errors import Finding, WattportError

_PER_YEAR = {"year": 1.0, "month": 12.0, "week": 365.25 / 7.0, "day": 365.25}


def rate_per_year(words: str) -> float:
    """
    Read a rate such as ``300/year``.

    Parameters
    ----------
    words : str
        A number, then ``/year``, ``/month``, ``/week`` or ``/day``; alone: a year.

    Raises
    ------
    WattportError
        If it is no positive rate.

    Examples
    --------
    >>> rate_per_year("25/month")
    300.0
    """
    found = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*(?:/\s*([a-z]+?)s?)?\s*", words)
    try:
        rate = float(found[1]) * _PER_YEAR[found[2] or "year"] if found else math.nan
    except (ValueError, KeyError):
        rate = math.nan
    if not 0.0 < rate < 1e6:
        raise WattportError(
            Finding(
                "USE001",
                "not a rate between 0 and a million a year",
                path=f"--rate {words}",
                remedy="write it as 300/year, 25/month or 6/week",
            )
        )
    return rate
