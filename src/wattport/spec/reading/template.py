"""The scenario that ``wattport init`` writes."""

from __future__ import annotations

from wattport.spec.loading import scenario_names, scenario_text

_SMALLEST = "small_20mw"

_HOW_TO = """\
# A scenario to start from. Change what you know, leave what you do not.
#
#   check it    wattport check my.yaml      play it    wattport play my.yaml
#
# A key ends in its unit. A number may be written in three ways:
#   connection_mw: 20                           in the unit of the key
#   connection_mw: "0.02 GW"                    as text with a unit
#   connection_mw: {value: 20, low: 15, high: 24}   uncertain
# An uncertain number may have a `shape`: triangular (the default), pert or uniform, where low and
# high are limits and value the mode; normal or lognormal, where they are P10 and P90 and value the
# median; or discrete: {value: 2, choices: [1, 2, 3], weights: [1, 2, 1]}.
# `group: name` lets numbers move together, as strongly as uncertainty.groups says; `-name` against.
#
# `source`, `status` and `note` may stand in a number, or in a section for all numbers below it.
# Status: announced | measured | published | inferred | guess. Without them a number is yours.

"""


def template() -> str:
    """
    Give a commented scenario to start from; it passes every check.

    It is the smallest shipped scenario, under a page of help.

    Examples
    --------
    >>> template().splitlines()[0]
    '# A scenario to start from. Change what you know, leave what you do not.'
    """
    names = scenario_names()
    return _HOW_TO + scenario_text(_SMALLEST if _SMALLEST in names else names[0])
