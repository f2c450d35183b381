"""How much of each shared resource is used, month by month, in the plan and in its futures."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.work_calendar import minute_of
from wattport.records import quantile
from wattport.schedule.cpm_network import moment_of_day
from wattport.schedule.plan import Level
from wattport.schedule.risk_result import ResourceRisk
from wattport.schedule.sharing import Uses

_MOST_MONTHS = 240
_MOST_DRAWS = 1000  # a quantile of a month's mean needs no more

Spans = tuple[FloatArray, FloatArray]  # first moment of work and last, each (draw, activity)


def resource_use(needs: Uses, planned: Spans, levelled: Spans, drawn: Spans) -> tuple[
    ResourceRisk, ...
]:  # fmt: skip
    """
    Mean units at work in each month.

    Parameters
    ----------
    needs : Uses
        Who needs what.
    planned, levelled : tuple of ndarray, shape (1, activity)
        Spans by links alone, and with resources shared out. [minutes]
    drawn : tuple of ndarray, shape (draw, activity)
        Spans of the futures; the first thousand are enough. [minutes]

    Returns
    -------
    tuple of ResourceRisk
        Those that anybody uses, over the same months.
    """
    used = sorted(set(needs.resource))
    if not used:
        return ()
    drawn = drawn[0][:_MOST_DRAWS], drawn[1][:_MOST_DRAWS]
    work = sorted(set(needs.activity))
    every = (planned, levelled, drawn)
    edges = _months(
        min(float(begin[:, work].min()) for begin, _ in every),
        max(float(quantile(end[:, work].max(axis=1), 0.95)) for _, end in every),
    )
    uses_of: dict[int, list[int]] = {}
    for k, r in enumerate(needs.resource):
        uses_of.setdefault(r, []).append(k)
    found = []
    for r in used:
        resource, mine = needs.resources[r], uses_of[r]
        jobs = np.array([needs.activity[k] for k in mine])
        units = np.array([needs.units[k] for k in mine])
        mean = [_mean_units(edges, begin[:, jobs], end[:, jobs], units) for begin, end in every]
        found.append(
            ResourceRisk(
                id=resource.id,
                name=resource.name,
                month_day=edges[:-1] / 1440.0,
                level=_mean_level(edges, resource.levels),
                planned=mean[0][0],
                levelled=mean[1][0],
                p50=quantile(mean[2], 0.5),
                p90=quantile(mean[2], 0.9),
            )
        )
    return tuple(found)


def _months(first_min: float, last_min: float) -> FloatArray:
    """First moments of the months that hold a stretch of time, and of the one after."""
    start = moment_of_day(first_min / 1440.0)
    index = start.year * 12 + start.month - 1
    edges: list[float] = []
    while len(edges) <= _MOST_MONTHS:
        edges.append(minute_of(datetime(index // 12, index % 12 + 1, 1)))
        if edges[-1] > last_min and len(edges) > 2:
            break
        index += 1
    return np.array(edges)


def _mean_units(
    edges: FloatArray, begin: FloatArray, end: FloatArray, units: FloatArray
) -> FloatArray:
    """Mean units of each month, shape (draw, month)."""
    # Units times minutes up to each edge; its steps are those of the months.
    so_far = np.stack(
        [(np.clip(edge - begin, 0.0, end - begin) * units).sum(axis=1) for edge in edges], axis=1
    )
    return np.asarray(np.diff(so_far, axis=1) / np.diff(edges), dtype=np.float64)


def _mean_level(edges: FloatArray, levels: tuple[Level, ...]) -> FloatArray:
    """Mean units there are in each month."""
    starts = np.array([minute_of(level.start) for level in levels])
    ends = np.append(starts[1:], np.inf)
    units = np.array([level.units for level in levels])
    return np.asarray(_mean_units(edges, starts[None, :], ends[None, :], units)[0])
