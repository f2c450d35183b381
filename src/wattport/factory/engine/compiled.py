"""
How the event engine is compiled.

Its functions borrow the arrays of one draw and never allocate, so the counting
of references, which would cost nine tenths of the time, is left out (numba's
``_nrt``); only the functions that allocate a draw keep it. Small functions are
merged into their callers, so that the arrays are not handed over at each event.
"""

from __future__ import annotations

from wattport.compiled import kernel, kernel_with

allocating = kernel
"""Compile a function that makes new arrays."""

borrowing = kernel_with(_nrt=False)
"""Compile a function that only reads and writes the arrays it is given."""

merged = kernel_with(_nrt=False, forceinline=True)
"""Compile a borrowing function into each of its callers."""
