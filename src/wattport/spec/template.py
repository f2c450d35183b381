"""The scenario that ``wattport init`` writes."""

from __future__ import annotations

from wattport.spec.door import scenario_text


def template() -> str:
    """Give a commented scenario to start from; it passes every check."""
    return scenario_text("dunkerque")
