"""
How the event engine is compiled.

Its functions borrow the arrays of one draw and never allocate, so the counting
of references, which would cost nine tenths of the time, is left out (numba's
``_nrt``); only the functions that allocate a draw keep it. Small functions are
merged into their callers, so that the arrays are not handed over at each event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = numba.njit  # its published types do not know every option


def allocating(function: Function) -> Function:
    """Compile a function that makes new arrays."""
    return cast(Function, _njit(cache=True, nogil=True)(function))


def borrowing(function: Function) -> Function:
    """Compile a function that only reads and writes the arrays it is given."""
    return cast(Function, _njit(cache=True, nogil=True, _nrt=False)(function))


def merged(function: Function) -> Function:
    """Compile a borrowing function into each of its callers."""
    return cast(Function, _njit(cache=True, nogil=True, _nrt=False, forceinline=True)(function))
