"""
Numbers of the spec: certain or uncertain, with limits and units.

A field declared `Positive` holds a float or an `Uncertain` in a spec as
loaded, and an array of shape ``(draw,)`` in a drawn one. Engineering code
sees drawn specs only, hence the declared type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from wattport.errors import Code, Finding
from wattport.spec.reading.uncertain import Shape, Uncertain
from wattport.units import UnitError, parse, unit_of

# Context of `model_validate` for values that were computed from sound ones: what a person would
# not write may still follow from what a person wrote.
COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Mark of a number field: its limits, and how pydantic reads and describes it.

    ``why`` tells in a few words what lies at the ends, for whoever meets them.
    """

    least: float
    most: float
    why: str
    is_whole: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            lambda value, info: read_number(
                value, info.field_name or "", self._endless() if info.context == COMPUTED else self
            )
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        # Written out by `spec.schema`, which also knows the unit from the field's name.
        kind = "integer" if self.is_whole else "number"
        return {"x-number": {"type": kind, "minimum": self.least, "maximum": self.most}}

    def _endless(self) -> Limits:
        """Give the same kind of number without ends."""
        return replace(self, least=-math.inf, most=math.inf)

    def allows(self, number: float) -> bool:
        """Tell whether a number lies within the limits."""
        return self.least <= number <= self.most

    def text(self, unit: str | None = None) -> str:
        """
        Say the limits in words.

        Examples
        --------
        >>> Limits(0.0, 520.0, "from stock to ten years").text("week")
        '0 to 520 week: from stock to ten years'
        """
        has_unit = unit not in (None, "1", "frac")
        return f"{self.least:g} to {self.most:g}{f' {unit}' if has_unit else ''}: {self.why}"


def certain(value: float) -> Any:
    """
    Default of a number field, ``x_mw: Positive = Field(certain(4.0))``.

    The field is declared by what engineering code sees, an array; its default
    is what a user would write.
    """
    return value


def between(value: float, low: float, high: float) -> Any:
    """Default of a number field that is uncertain, as `certain` is of one that is not."""
    return {"value": value, "low": low, "high": high}


_KEYS = ("value", "low", "high", "shape", "group", "choices", "weights")


def read_number(raw: Any, name: str, limits: Limits) -> Any:
    """
    Read one number as written, collecting every fault in it.

    Parameters
    ----------
    raw : object
        Number, text with a unit, mapping, or a value already read.
    name : str
        The field, whose last tokens give the unit.
    limits : Limits
        What the field allows.

    Returns
    -------
    float, int, Uncertain or ndarray
        Arrays and `Uncertain` pass through, so that sections can be built in Python.
    """
    if isinstance(raw, np.ndarray | Uncertain) and not limits.is_whole:
        return raw
    reader = _Reader(name, limits)
    result = reader.mapping(raw) if isinstance(raw, Mapping) else reader.scalar(raw)
    if reader.findings:
        message = "; ".join(finding.message for finding in reader.findings)
        # Doubled braces: pydantic formats the message with the context.
        template = message.replace("{", "{{").replace("}", "}}")
        raise PydanticCustomError("wattport", template, {"findings": tuple(reader.findings)})
    return result


class _Reader:
    """Collects the faults of one number; paths are relative to it."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.unit = unit_of(name)
        self.limits = limits
        self.findings: list[Finding] = []

    def fault(
        self, code: Code, message: str, key: str, raw: Any, allowed: str, remedy: str
    ) -> None:
        self.findings.append(Finding(code, message, key, raw, allowed, remedy))

    def scalar(self, raw: Any, key: str = "") -> float | int:
        """Read one number; nan after a fault."""
        number = self.plain(raw, key)
        if math.isnan(number):
            return number
        if not self.limits.allows(number):
            self.fault(
                Code.OUT_OF_RANGE, f"{number:.10g} is outside the limits", key, raw,
                allowed=self.limits.text(self.unit), remedy=self.range_remedy(number),
            )  # fmt: skip
            return math.nan
        if self.limits.is_whole:
            if number != round(number):
                self.fault(
                    Code.NOT_WHOLE, f"{number:g} is not a whole number", key, raw,
                    allowed="a whole number", remedy=f"write {round(number)}",
                )  # fmt: skip
            return round(number)
        return number

    def plain(self, raw: Any, key: str) -> float:
        """Read a bare number or text with a unit; nan after a fault."""
        if raw is None:
            self.fault(
                Code.NO_VALUE, "has no value", key, raw,
                allowed=self.limits.text(self.unit),
                remedy="write a number, or remove the key",
            )  # fmt: skip
        elif isinstance(raw, bool) or not isinstance(raw, int | float | str):
            self.fault(
                Code.NOT_A_NUMBER, f"{_short(raw)} is not a number", key, raw,
                allowed=self.limits.text(self.unit), remedy="write a number",
            )  # fmt: skip
        elif isinstance(raw, str):
            return self.text(raw, key)
        elif not _is_finite(raw):
            self.fault(
                Code.NOT_FINITE, f"{_short(raw)} is not a finite number", key, raw,
                allowed=self.limits.text(self.unit), remedy="write a finite number",
            )  # fmt: skip
        else:
            return float(raw)
        return math.nan

    def text(self, raw: str, key: str) -> float:
        try:
            return parse(raw, self.unit or "1")
        except UnitError as error:
            self.fault(
                Code[error.fault.name], str(error), key, raw,
                allowed=error.allowed, remedy=error.remedy,
            )  # fmt: skip
            return math.nan

    def range_remedy(self, number: float) -> str:
        is_percent = self.limits.most <= 1.0 < number and self.limits.allows(number / 100)
        if self.unit == "frac" and is_percent:
            return f'ratios go from 0 to 1: write {number / 100:g}, or "{number:g} %"'
        return "write a number within the limits"

    def mapping(self, raw: Mapping[str, Any]) -> float | int | Uncertain:
        for key in raw:
            if key not in _KEYS:
                close = get_close_matches(str(key), _KEYS, 1)
                self.fault(
                    Code.UNKNOWN_KEY, "unknown key of a number", str(key), raw[key],
                    allowed=", ".join((*_KEYS, "source", "status", "note")),
                    remedy=f"did you mean `{close[0]}`?" if close else "remove it",
                )  # fmt: skip
        if "value" not in raw:
            self.fault(
                Code.SHAPE_NEEDS, "a number needs its central `value`", "", None,
                allowed="value, and low and high if uncertain",
                remedy="add `value:`, the mode or median",
            )  # fmt: skip
            return math.nan
        value = self.scalar(raw["value"], "value")
        if not set(raw) & set(_KEYS[1:]):
            return value
        if self.limits.is_whole:
            self.fault(
                Code.NOT_UNCERTAIN, "this count is certain, it takes no range", "", None,
                allowed="one whole number", remedy="remove low, high, shape, group, choices",
            )  # fmt: skip
            return value
        shape = self.shape(raw)
        group = self.group(raw)
        if shape is None:
            return value
        if shape is Shape.DISCRETE:
            return self.discrete(raw, float(value), group)
        return self.ranged(raw, float(value), shape, group)

    def shape(self, raw: Mapping[str, Any]) -> Shape | None:
        named = raw.get("shape", "discrete" if "choices" in raw else "triangular")
        try:
            return Shape(named)
        except ValueError:
            close = get_close_matches(str(named), [*Shape], 1)
            self.fault(
                Code.UNKNOWN_SHAPE, f"{_short(named)} is no shape", "shape", named,
                allowed=", ".join(Shape),
                remedy=f"did you mean `{close[0]}`?" if close else "choose one of these",
            )  # fmt: skip
            return None

    def group(self, raw: Mapping[str, Any]) -> str | None:
        group = raw.get("group")
        if group is None or (isinstance(group, str) and group.strip("-")):
            return group
        self.fault(
            Code.WRONG_KIND, "a group is named by text", "group", group,
            allowed="a name declared in uncertainty.groups, or -name",
            remedy="write the name of a group",
        )  # fmt: skip
        return None

    def ranged(
        self, raw: Mapping[str, Any], value: float, shape: Shape, group: str | None
    ) -> Uncertain | float:
        for key in ("choices", "weights"):
            if key in raw:
                self.fault(
                    Code.SHAPE_NEEDS, f"`{key}` belongs to discrete numbers", key, raw[key],
                    allowed="low and high", remedy="add `shape: discrete`, or remove it",
                )  # fmt: skip
        missing = [key for key in ("low", "high") if key not in raw]
        if missing:
            self.fault(
                Code.SHAPE_NEEDS, f"a {shape} number needs {' and '.join(missing)}", "", None,
                allowed="value, low, high", remedy=f"add `{missing[0]}:`",
            )  # fmt: skip
            return value
        low, high = (float(self.scalar(raw[key], key)) for key in ("low", "high"))
        if any(map(math.isnan, (value, low, high))):
            return value
        if low >= high:
            self.fault(
                Code.LOW_ABOVE_HIGH, f"low {low:g} is not below high {high:g}", "low", raw["low"],
                allowed=f"below {high:g}",
                remedy="swap low and high" if low > high else "write the bare number if certain",
            )  # fmt: skip
        elif not low <= value <= high:
            self.fault(
                Code.VALUE_OUTSIDE, f"value {value:g} is not between {low:g} and {high:g}",
                "value", raw["value"], allowed=f"{low:g} to {high:g}",
                remedy="move the value, or widen the range",
            )  # fmt: skip
        elif shape is Shape.LOGNORMAL and low <= 0.0:
            if not self.limits.allows(low):
                return value  # already told
            self.fault(
                Code.SHAPE_NEEDS, "a lognormal number is above zero", "low", raw["low"],
                allowed="above 0", remedy="raise low, or use `shape: triangular`",
            )  # fmt: skip
        else:
            number = Uncertain(value, low, high, shape, group)
            self.check_tails(number)
            return number
        return value

    def check_tails(self, number: Uncertain) -> None:
        ends = [float(end) for end in number.ppf(np.array([0.0, 1.0]))]
        outside = [end for end in ends if not self.limits.allows(end)]
        if outside and self.limits.allows(number.low) and self.limits.allows(number.high):
            self.fault(
                Code.TAIL, f"the tail of this {number.shape} number reaches {outside[0]:.4g}",
                "shape", number.shape, allowed=self.limits.text(self.unit),
                remedy="use `shape: triangular` or `pert`, whose low and high are limits",
            )  # fmt: skip

    def discrete(
        self, raw: Mapping[str, Any], value: float, group: str | None
    ) -> Uncertain | float:
        for key in ("low", "high"):
            if key in raw:
                self.fault(
                    Code.SHAPE_NEEDS, f"a discrete number has no `{key}`", key, raw[key],
                    allowed="choices and weights", remedy="remove it",
                )  # fmt: skip
        given = raw.get("choices")
        if not isinstance(given, list | tuple) or len(given) < 2:
            self.fault(
                Code.CHOICES, "a discrete number needs a list of at least two choices",
                "choices", given, allowed="a list of numbers",
                remedy="write `choices: [1, 2]`",
            )  # fmt: skip
            return value
        choices = [float(self.scalar(c, f"choices[{i}]")) for i, c in enumerate(given)]
        weights = raw.get("weights", [1.0] * len(choices))
        if not _are_weights(weights, len(choices)):
            self.fault(
                Code.CHOICES, "weights are one number above zero for each choice",
                "weights", weights, allowed=f"{len(choices)} numbers above 0",
                remedy="give each choice its weight, or leave weights out if equal",
            )  # fmt: skip
            return value
        if value not in choices and not any(map(math.isnan, [value, *choices])):
            self.fault(
                Code.VALUE_OUTSIDE, f"value {value:g} is not one of the choices",
                "value", raw["value"], allowed=", ".join(f"{c:g}" for c in choices),
                remedy="choose the central one of them",
            )  # fmt: skip
        # Ascending, so that a higher quantile is a higher value here too.
        pairs = sorted(zip(choices, map(float, weights), strict=True))
        return Uncertain(
            value, pairs[0][0], pairs[-1][0], Shape.DISCRETE, group,
            tuple(c for c, _ in pairs), tuple(w for _, w in pairs),
        )  # fmt: skip


def _are_weights(weights: Any, n: int) -> bool:
    return (
        isinstance(weights, list | tuple)
        and len(weights) == n
        and all(
            isinstance(w, int | float) and not isinstance(w, bool) and 0.0 < w < math.inf
            for w in weights
        )
    )


def _is_finite(raw: int | float) -> bool:
    try:
        return math.isfinite(raw)
    except OverflowError:  # an integer beyond the largest float
        return False


def _short(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 40 else f"{text[:37]}..."
