"""The decorators of kernels: numba's, with a cache that knows all sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from wattport.compiled.cache import KernelCache, is_ours

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = numba.njit  # its published types do not know every option


def kernel(function: Function) -> Function:
    """
    Compile a function at its first call, and keep the machine code for later runs.

    It runs without the interpreter's lock, so that threads can share the draws.

    Parameters
    ----------
    function : callable
        Of a module; what it calls is compiled too.

    Returns
    -------
    callable
        Numba's dispatcher, or the function itself under ``NUMBA_DISABLE_JIT=1``.

    Examples
    --------
    >>> @kernel
    ... def double(x):
    ...     return 2.0 * x
    >>> double(21.0)
    42.0
    """
    return kernel_with()(function)


def kernel_with(**options: Any) -> Callable[[Function], Function]:
    """
    Make a decorator like `kernel` with further options of ``numba.njit``.

    Parameters
    ----------
    **options
        Such as ``error_model="numpy"``. They stand in the source, and so in the cache's key.

    Examples
    --------
    >>> @kernel_with(error_model="numpy")
    ... def inverse(x):
    ...     return 1.0 / x
    >>> float(inverse(0.0))
    inf
    """

    def compiled(function: Function) -> Function:
        dispatcher = _njit(nogil=True, **options)(function)
        # What is written at a prompt has no source to be known by: it is compiled each time.
        if dispatcher is not function and is_ours(function):
            dispatcher._cache = KernelCache(function)
        return cast("Function", dispatcher)

    return compiled
