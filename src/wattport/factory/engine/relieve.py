"""A tenth of relief at one place of a network: a faster station, a larger crew."""

from __future__ import annotations

import numpy as np

from wattport.arrays import IntArray
from wattport.factory.engine.line_records import Network, Service
from wattport.factory.engine.simulate import completed

RELIEF_FRAC = 0.1


def faster_station(network: Network, station: int) -> Network:
    """
    Shorten every service at a station by a tenth, rework included.

    Parameters
    ----------
    network : Network
        Not changed.
    station : int
        Row of the station.

    Returns
    -------
    Network
        The random numbers stay those of the original.

    Examples
    --------
    >>> from wattport.factory.engine.simulate import empty_lines, empty_stations
    >>> from wattport.factory.engine.simulate import make_network, set_service
    >>> stations = empty_stations(1, 1)
    >>> set_service(stations, 0, Service.DETERMINISTIC, 10.0, 0.0)
    >>> faster_station(make_network(stations, empty_lines(1, 1, 4)), 0).operations["p0"]
    array([[9.]])
    """
    network = completed(network)
    operations = network.operations.copy()
    factor = 1.0 - RELIEF_FRAC
    for row in np.flatnonzero(operations["station"][0] == station):
        column = operations[:, row]
        kind = int(column["service"][0])
        if kind == Service.LOGNORMAL:
            column["p0"] += np.log(factor)
        elif kind == Service.GAMMA:
            column["p1"] *= factor
        else:
            for name in ("p0", "p1", "p2"):
                column[name] *= factor
        column["rework_h"] *= factor
    return network._replace(operations=operations)


def more_people(network: Network, schedules: IntArray) -> Network:
    """
    Add a tenth to a crew, rounded up to whole people.

    Parameters
    ----------
    network : Network
        Not changed.
    schedules : ndarray of int
        Rows of the levels that are this crew's.

    Returns
    -------
    Network
        With more people present whenever there are any.
    """
    levels = network.levels.copy()
    for row in np.unique(schedules):
        people = levels["n_people"][row]
        levels["n_people"][row] = people + np.ceil(RELIEF_FRAC * people).astype(np.int64)
    return network._replace(levels=levels)
