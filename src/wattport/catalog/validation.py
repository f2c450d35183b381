"""The figures that the engines of this version were held to."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Any

_NUMBERS = ("reached", "allowed")


@cache
def validation_rows() -> tuple[dict[str, Any], ...]:
    """
    Read the table that `make docs` writes from the validation tests.

    It is shipped, so that a report made anywhere says how well the version that made it was
    validated.

    Returns
    -------
    tuple of dict
        ``kind, engine, quantity, source, reached, allowed, unit, note``; validation first, then
        consistency checks, each sorted by engine.

    Examples
    --------
    >>> missed = [r for r in validation_rows() if abs(r["reached"]) > r["allowed"]]
    >>> all("missed" in row["note"] for row in missed)  # what is missed says so
    True
    """
    text = resources.files("wattport.catalog").joinpath("validation.csv").read_text("utf-8")
    return tuple(
        {name: float(cell) if name in _NUMBERS else cell for name, cell in row.items()}
        for row in csv.DictReader(text.splitlines())
    )
