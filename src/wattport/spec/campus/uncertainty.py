"""Correlation between uncertain numbers, by named group."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.reading import quantity as q
from wattport.spec.reading.section import Section


class Uncertainty(Section):
    """One-factor Gaussian copula: numbers of one group share a common cause."""

    groups: dict[str, q.Correlation] = Field(
        default_factory=dict, description="Group name to the correlation within it, 0 to 1."
    )
