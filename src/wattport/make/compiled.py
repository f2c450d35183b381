"""
How the event engine is compiled.

Its functions borrow the arrays of one draw and never allocate, so the counting
of references, which would cost nine tenths of the time, is left out (numba's
``_nrt``); only the functions that allocate a draw keep it. Small functions are
merged into their callers, so that the arrays are not handed over at each event.
"""

from __future__ import annotations

from numba import njit

allocating = njit(cache=True, nogil=True)
borrowing = njit(cache=True, nogil=True, _nrt=False)
merged = njit(cache=True, nogil=True, _nrt=False, forceinline=True)
