"""
Rules across fields, as data: a name, a condition, a message and a remedy.

A rule looks at the spec as loaded; numbers are compared at their central
values. A rule yields a path for each breach and never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wattport.errors import Code, Finding
from wattport.spec.section import Path
from wattport.spec.spec import Spec

RULES: list = []


def findings(spec: Spec) -> list[tuple[Finding, Path]]:
    """Apply every rule."""
    return []
