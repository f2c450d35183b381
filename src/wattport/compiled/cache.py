"""
The cache of one kernel: a file for each signature, whole or absent.

It takes the place of numba's, which keys on the time and content of one file, keeps an index
that two processes can write over each other, and fails where no folder can be written.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import compiler, config, serialize

from wattport.compiled.place import place, read, write
from wattport.compiled.source import PACKAGE, digest, own_version

_numba: Any = config  # its settings are made at run time
_compiler: Any = compiler  # these two carry no types
_serialize: Any = serialize

# All that decides on the machine code beside the sources and, in each entry's name, the CPU.
_MADE_BY = (
    own_version(), numba.__version__, llvmlite.__version__, np.__version__,
    sys.implementation.cache_tag, _numba.OPT, _numba.BOUNDSCHECK,
)  # fmt: skip
_HASH_BYTES = 32


def is_ours(function: Callable[..., Any]) -> bool:
    """
    Tell whether a function is known by its source: it stands in a file of this package.

    Parameters
    ----------
    function : callable
        A Python function.

    Examples
    --------
    >>> is_ours(is_ours), is_ours(lambda: 0)
    (True, False)
    """
    return _file(function).startswith(PACKAGE + os.sep) and os.path.isfile(_file(function))


class KernelCache:
    """
    What numba asks of a cache, for one function.

    Parameters
    ----------
    function : callable
        Of a module of this package, without a closure: its source tells all of its code.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        if function.__closure__:
            raise TypeError(f"{function.__qualname__} is no kernel: it closes over variables")
        path = _file(function)
        stamp = hashlib.sha256(repr((digest(path), _MADE_BY)).encode()).hexdigest()
        self._folder = f"{_dotted(os.path.relpath(path, PACKAGE))}-{stamp[:32]}"
        self._name = f"{_dotted(function.__qualname__)}-{function.__code__.co_firstlineno}"

    @property
    def cache_path(self) -> str:
        """Folder of the entries; empty where nothing is kept."""
        root = place()
        return "" if root is None else str(root / self._folder)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Give the compiled function of a signature, or None."""
        target_context.refresh()
        path = self._path(signature, target_context.codegen())
        raw = None if path is None else read(path)
        # A file that a power cut left empty is no entry.
        if raw is None or hashlib.sha256(raw[_HASH_BYTES:]).digest() != raw[:_HASH_BYTES]:
            return None
        found, payload = pickle.loads(raw[_HASH_BYTES:])
        if found != signature:
            return None
        return _compiler.CompileResult._rebuild(target_context, *payload)

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep the compiled function of a signature."""
        path = self._path(signature, result.codegen)
        # Addresses of this process mean nothing to the next.
        if path is None or result.library.has_dynamic_globals or result.lifted:
            return
        body = _serialize.dumps((signature, result._reduce()))
        write(path, hashlib.sha256(body).digest() + body)

    def flush(self) -> None:
        """Forget nothing: an entry is known by its content, hence never out of date."""

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        root = place()
        if root is None:
            return None
        key = hashlib.sha256(repr((signature, codegen.magic_tuple())).encode()).hexdigest()
        return root / self._folder / f"{self._name}-{key[:32]}.bin"


def _file(function: Callable[..., Any]) -> str:
    return os.path.abspath(inspect.getfile(function))


def _dotted(name: str) -> str:
    """Make one word of a path or a qualified name, that any file system takes."""
    return "".join(c if c.isalnum() or c == "_" else "." for c in name.removesuffix(".py"))[-80:]
