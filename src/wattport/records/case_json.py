"""Values of a record out of JSON, each of the type that its class declares, or a finding."""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np

from wattport.arrays import AnyArray
from wattport.records.case_file import CaseCode, Faults
from wattport.records.plausible import implausible
from wattport.records.record import Along, Words
from wattport.records.storage import ARRAY

_LARGEST = 2**63
_SCALARS: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}
_ELEMENTS = {"float64": (float, int), "int64": (int,), "bool": (bool,)}


@dataclass(frozen=True)
class Values:
    """Reads values of declared types; the length of an axis is that of its first array."""

    found: Faults
    file: str
    lengths: dict[str, int]

    def of(self, hint: Any, given: object, path: str) -> Any:
        """
        Give a value of a declared type.

        Parameters
        ----------
        hint : type
            As declared: text, number, tuple, dictionary, dataclass, array over one axis, or None
            beside one of these.
        given : object
            Out of the JSON.
        path : str
            Where it stands there.

        Returns
        -------
        object
            None where it is something else, which is noted.
        """
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            one = next(kind for kind in inner if kind is not type(None))
            return None if given is None else self.of(one, given, path)
        if origin is typing.Annotated and isinstance(inner[1], Along):
            return self.array(inner[0], given, path, inner[1].axis)
        if origin is typing.Annotated:
            return self.words(inner[0], given, path, inner[1])
        if origin is tuple and isinstance(given, list):
            return tuple(self.of(inner[0], v, f"{path}[{i}]") for i, v in enumerate(given))
        if origin is dict and isinstance(given, dict):
            return {key: self.of(inner[1], value, path) for key, value in given.items()}
        if dataclasses.is_dataclass(hint) and isinstance(given, dict):
            return self.record(hint, given, path)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            if isinstance(given, str) and given in set(hint):
                return hint(given)
            self._refuse(given, "one of " + ", ".join(hint), path)
            return None
        kinds, name = _SCALARS.get(hint, ((), "a list" if origin is tuple else "an object"))
        is_one = type(given) in kinds
        if is_one and isinstance(given, int) and not _fits(given):
            is_one, name = False, "a number that 64 bits hold"
        if not is_one:
            self._refuse(given, name, path)
            return None
        if hint in (int, float):
            self._refuse_implausible(path, given)
        return hint(given)

    def record(self, kind: Any, given: dict[str, Any], path: str) -> Any:
        """
        Give a value of a dataclass.

        Parameters
        ----------
        kind : type
            The dataclass.
        given : dict
            Its fields out of the JSON.
        path : str
            Where it stands there.
        """
        values = self.fields(kind, given, path, {f.name: f for f in dataclasses.fields(kind)})
        return kind(**values) if values is not None else None

    def fields(
        self, kind: Any, given: dict[str, Any], path: str, known: dict[str, Any]
    ) -> dict[str, Any] | None:
        """
        Give the values of some fields of a dataclass.

        Parameters
        ----------
        kind, given, path
            As for `record`.
        known : dict of dataclasses.Field
            By name; anything else is a stranger.

        Returns
        -------
        dict or None
            None where one is missing.
        """
        for name in given.keys() - known.keys():
            self.found.add(CaseCode.STRANGER, f"no {kind.__name__} has such a value", self.file,
                           _joined(path, name))  # fmt: skip
        lacking = [name for name, field in known.items() if name not in given and _is_needed(field)]
        for name in lacking:
            self.found.add(CaseCode.LACKING, "is missing", self.file, _joined(path, name))
        if lacking:
            return None
        hints = _hints(kind)
        return {
            name: self.of(hints[name], given[name], _joined(path, name))
            for name in known
            if name in given
        }

    def words(self, hint: Any, given: object, path: str, words: Words) -> Any:
        """
        Give names that are some, or all, of those that are known.

        Parameters
        ----------
        hint, given, path
            As for `of`.
        words : Words
            Those that are known.
        """
        names = self.of(hint, given, path)
        is_some = names is None or set(names) <= set(words.known)
        if not is_some or (names and words.has_all and sorted(names) != sorted(words.known)):
            self.found.add(CaseCode.STRANGER, "has names that mean nothing here", self.file, path,
                           allowed=", ".join(words.known))  # fmt: skip
        return names

    def array(self, hint: Any, given: object, path: str, axis: str) -> AnyArray | None:
        """
        Give a small array that stands in the JSON itself.

        Parameters
        ----------
        hint : type
            An array type, which names the kind of its numbers.
        given, path
            As for `of`.
        axis : str
            The one that such an array has.
        """
        dtype = dtype_of(hint)
        if not isinstance(given, dict) or given.keys() != {ARRAY, "dtype"}:
            self._refuse(given, "an array", path)
            return None
        numbers = given[ARRAY]
        if given["dtype"] != dtype or not isinstance(numbers, list):
            self._refuse(given["dtype"], f"an array of {dtype}", path)
            return None
        kinds = _ELEMENTS[dtype]
        if not all(type(n) in kinds and (type(n) is float or _fits(n)) for n in numbers):
            self._refuse("something else", f"an array of {dtype}", path)
            return None
        self.length(axis, len(numbers), path)
        self._refuse_implausible(path, numbers)
        return np.asarray(numbers, dtype=dtype)

    def length(self, axis: str, n: int, path: str) -> None:
        """
        Hold the length of an axis against what it was before.

        Parameters
        ----------
        axis : str
            Its name.
        n : int
            Its length here.
        path : str
            Where that stands.
        """
        before = self.lengths.setdefault(axis, n)
        if n != before:
            self.found.add(CaseCode.SIZES, f"has {n} along `{axis}`, where there are {before}",
                           self.file, path, value=n)  # fmt: skip

    def _refuse_implausible(self, path: str, numbers: Any) -> None:
        if why := implausible(path.rpartition(".")[2].partition("[")[0], numbers):
            self.found.add(CaseCode.IMPLAUSIBLE, why, self.file, path)

    def _refuse(self, given: object, wanted: str, path: str) -> None:
        shown = repr(given)[:40] if isinstance(given, (str, int, float)) else type(given).__name__
        self.found.add(CaseCode.KIND, f"is {shown} where {wanted} is needed", self.file, path,
                       allowed=wanted)  # fmt: skip


def dtype_of(hint: Any) -> str:
    """
    Name the kind of number of an array type.

    Parameters
    ----------
    hint : type
        ``FloatArray`` and its like.

    Examples
    --------
    >>> from wattport.arrays import IntArray
    >>> dtype_of(IntArray)
    'int64'
    """
    return str(np.dtype(typing.get_args(typing.get_args(hint)[1])[0]))


def _fits(number: int) -> bool:
    return -_LARGEST <= number < _LARGEST


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_needed(field: Any) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)
