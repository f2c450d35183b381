"""Correlation between uncertain numbers, by named group."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wattport.spec.section import Section


class Uncertainty(Section):
    """One-factor Gaussian copula: numbers of one group share a common cause."""

    groups: dict[str, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(
        default_factory=dict, description="Group name to the correlation within it, 0 to 1."
    )
