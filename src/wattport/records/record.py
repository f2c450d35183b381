"""What every record shares: fields that name their axes, and a way to disk."""

from __future__ import annotations

from dataclasses import MISSING, field, fields, replace
from typing import Annotated, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import AnyArray, FloatArray

R = TypeVar("R", bound=Any)


class Along(NamedTuple):
    """In the type of an array inside the values of a record: its one axis."""

    axis: str


class Words(NamedTuple):
    """In the type of names that the program looks things up by: what they are."""

    known: tuple[str, ...]
    has_all: bool = False  # each of them once, or none at all


PerDraw = Annotated[FloatArray, Along("draw")]
PerPoint = Annotated[FloatArray, Along("point")]


def axes(
    *dims: str, doc: str = "", default: Any = MISSING, is_kept: bool = True, index_of: str = ""
) -> Any:
    """
    Declare a record field that holds an array over named axes.

    Parameters
    ----------
    *dims : str
        Axis names, outermost first, singular: ``"draw", "hall"``.
    doc : str
        What the numbers are; the unit is the last token of the field's name.
    default : object, optional
        Value when the field is left out.
    is_kept : bool
        False: handed to the next stage, but not saved with the case.
    index_of : str
        The axis that the numbers count along; -1 is none of it. Left out: they are no indices.

    Returns
    -------
    dataclasses.Field
        A field whose ``metadata["dims"]`` names its axes.

    Examples
    --------
    >>> from dataclasses import dataclass, fields
    >>> @dataclass(frozen=True)
    ... class Hall:
    ...     it_mw: FloatArray = axes("draw", "hall", doc="IT nameplate.")
    >>> fields(Hall)[0].metadata["dims"]
    ('draw', 'hall')
    """
    told = {"dims": dims, "doc": doc, "is_kept": is_kept, "index_of": index_of}
    return field(default=default, metadata=told)


def arrays_by_axes(record: Any) -> dict[tuple[str, ...], dict[str, AnyArray]]:
    """
    Group the kept arrays of a record by their axes, one group for each long table.

    Parameters
    ----------
    record : dataclass instance
        Any record of this package.

    Returns
    -------
    dict
        ``{("draw", "hall"): {"hall_it_mw": array, ...}, ...}``
    """
    groups: dict[tuple[str, ...], dict[str, AnyArray]] = {}
    for item in fields(record):
        dims = item.metadata.get("dims")
        value = getattr(record, item.name)
        if dims is not None and value is not None and item.metadata.get("is_kept", True):
            groups.setdefault(dims, {})[item.name] = np.asarray(value)
    return groups


def first_draws(record: R, n_draws: int) -> R:
    """
    Keep the first draws of every array that has the axis of draws.

    Parameters
    ----------
    record : dataclass instance
        Any record of this package. Values without named axes stay as they are.
    n_draws : int
        Draws to keep. [>= 1]

    Returns
    -------
    dataclass instance
        Of the same type.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Hall:
    ...     it_mw: FloatArray = axes("draw", "hall", doc="IT nameplate.")
    >>> first_draws(Hall(np.ones((3, 2))), 1).it_mw
    array([[1., 1.]])
    """
    cut = {
        item.name: getattr(record, item.name)[:n_draws]
        for item in fields(record)
        if (item.metadata.get("dims") or ("",))[0] == "draw"
        and getattr(record, item.name) is not None
    }
    return replace(record, **cut)


def quantile(values: AnyArray, prob_frac: float) -> NDArray[np.float64]:
    """
    Quantile over the draws, ignoring draws in which the thing does not exist.

    Parameters
    ----------
    values : ndarray, shape (draw, ...)
        NaN where a draw has no such hall, module or year; inf where it never comes.
    prob_frac : float
        0.1, 0.5 or 0.9; P90 is the late or costly side.

    Returns
    -------
    ndarray, shape (...)
        NaN where no draw has a value.

    Examples
    --------
    >>> float(quantile(np.array([1.0, 2.0, np.nan, 3.0]), 0.5))
    2.0
    >>> float(quantile(np.array([1.0, np.inf]), 0.9))
    inf
    """
    numbers = np.asarray(values, dtype=np.float64)
    ordered = np.sort(numbers.reshape(len(numbers), -1), axis=0)  # NaN last
    n_known = len(ordered) - np.isnan(ordered).sum(axis=0)
    result = np.full(ordered.shape[1], np.nan)
    # Columns with as many values are taken together: one by one they would take a second each
    # thousand, and a campus has tens of thousands.
    for n in np.unique(n_known[n_known > 0]):
        is_so = n_known == n
        known = ordered[:n, is_so]
        with np.errstate(invalid="ignore"):
            between = np.quantile(known, prob_frac, axis=0)
        # Between a date and never there is nothing to interpolate: it is never.
        later = np.quantile(known, prob_frac, axis=0, method="higher")
        result[is_so] = np.where(np.isnan(between), later, between)
    return result.reshape(numbers.shape[1:])
