"""Heat given to neighbours, hour by hour, in compiled form."""

from __future__ import annotations

from typing import Any

from wattport.arrays import FloatArray
from wattport.compiled import kernel

# French heating degree-days are counted below 18 C (COSTIC).
HEATING_BASE_C = 18.0
HOURS_PER_YEAR = 8760.0


@kernel
def heating_degree_hours(dry_bulb_c: FloatArray) -> float:
    """
    Sum of kelvins below the heating base over the hours of a year.

    Parameters
    ----------
    dry_bulb_c : ndarray, shape (time,)
        Outdoor air. [degC]

    Returns
    -------
    float
        [K h]
    """
    total = 0.0
    for t in range(dry_bulb_c.size):
        total += max(HEATING_BASE_C - dry_bulb_c[t], 0.0)
    return total


@kernel
def export_heat_mw(
    sinks: Any, dry_c: float, degree_hours: float, available_mw: float, return_c: float
) -> float:
    """
    Heat that leaves the campus for its neighbours in one hour.

    A seasonal sink asks in proportion to the degree-hours of the hour, so that its yearly
    demand is met unless its peak or the heat at hand limits it. Where the sink needs warmer
    water than the campus returns, its heat pump lifts it: the pump belongs to the sink, draws
    its own power and takes only ``1 - 1 / COP`` of the delivered heat from the campus.

    Parameters
    ----------
    sinks : array of records, shape (sink,)
        One draw of the table made by `sink_table`.
    dry_c : float
        Outdoor air. [degC]
    degree_hours : float
        Of the year. [K h]
    available_mw, return_c : float
        Heat in the liquid loop; water coming back from the halls. [MW, degC]

    Returns
    -------
    float
        Heat crossing the campus boundary. [MW]
    """
    left_mw = available_mw
    for s in range(sinks.size):
        sink = sinks[s]
        if sink.is_seasonal > 0.0:
            asked = 0.0
            if degree_hours > 0.0:
                asked = sink.demand_mwh * max(HEATING_BASE_C - dry_c, 0.0) / degree_hours
        else:
            asked = sink.demand_mwh / HOURS_PER_YEAR
        asked = min(asked, sink.peak_mw)
        taken = asked
        if return_c < sink.supply_c:
            taken = asked * (1.0 - 1.0 / max(sink.lift_cop, 1.0))
        left_mw -= min(taken, left_mw)
    return available_mw - left_mw
