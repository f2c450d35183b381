"""
The sources that machine code is made of.

Numba freezes into a compiled function every function that it calls and every constant that it
reads, from whatever module they come. Its own cache looks at the file of the function alone, so
that a change of the fan law would leave the PUE as it was. Here the key is the content of the
function's file and of all files of this package that it imports, directly or not.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NAME = os.path.basename(PACKAGE)

# The statement as the formatter writes it: one line, or names in brackets. Text of a docstring
# that looks like one costs nothing but a needless key. A test compares it with the syntax tree.
_IMPORT = re.compile(
    rf"^[ \t]*(?:from[ \t]+({_NAME}[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)"
    rf"|import[ \t]+({_NAME}[\w.]*))",
    re.MULTILINE,
)


def sources(path: str) -> tuple[str, ...]:
    """
    Files that the code of one file may come from.

    Parameters
    ----------
    path : str
        A Python file, of this package or not.

    Returns
    -------
    tuple of str
        The file itself and, sorted, those of this package that it imports, directly or not.

    Examples
    --------
    >>> [os.path.basename(file) for file in sources(os.path.join(PACKAGE, "__init__.py"))][:1]
    ['__init__.py']
    """
    found, waiting = {path}, [path]
    while waiting:
        new = _read(waiting.pop())[1] - found
        found |= new
        waiting += new
    return (path, *sorted(found - {path}))


@cache
def digest(path: str) -> str:
    """
    Content of a file and of all that it imports from this package, as a hash.

    Parameters
    ----------
    path : str
        A Python file. It is read once in the life of the process, when its kernels are made:
        what is compiled later is what was imported then, whatever the file says by that time.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    total = hashlib.sha256()
    for file in sources(path):
        total.update(f"{os.path.relpath(file, PACKAGE)}\0{_read(file)[0]}\0".encode())
    return total.hexdigest()


def own_version() -> str:
    """
    Hash of the file that holds the version of this package.

    Examples
    --------
    >>> len(own_version())
    64
    """
    return _read(os.path.join(PACKAGE, "__init__.py"))[0]


@cache
def _read(path: str) -> tuple[str, frozenset[str]]:
    """Hash of a file, and the files of this package that it imports."""
    with open(path, "rb") as stream:
        raw = stream.read()
    wanted = set()
    for base, names, plain in _IMPORT.findall(raw.decode("utf-8", "replace")):
        wanted.add(base or plain)
        wanted |= {f"{base}.{name}" for name in re.findall(r"\w+", names)}
    files = frozenset(file for name in wanted if (file := _file_of(name)))
    return hashlib.sha256(raw).hexdigest(), files


@cache
def _file_of(module: str) -> str:
    """File of a module of this package; empty where the name is no module."""
    stem = os.path.join(PACKAGE, *module.split(".")[1:])
    for file in (f"{stem}.py", os.path.join(stem, "__init__.py")):
        if os.path.isfile(file):
            return file
    return ""
