"""The hours that a run on a scenario's site meets, and the campus it stands in."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.hours import Calendar, calendar
from wattport.energy import tables
from wattport.energy.campus import Campus
from wattport.energy.site_hours import S_PER_HOUR, SERIES, SiteHours
from wattport.energy.site_kernel import market_hours
from wattport.energy.supply_line import supply_line
from wattport.environment.weather import HOURS
from wattport.operation.operate import weather_source
from wattport.operation.plant_tables import campus_table, chiller_table, sink_table
from wattport.records import Design
from wattport.spec import Spec


def site_hours(spec: Spec, design: Design, begin: datetime, until_s: float) -> SiteHours:
    """
    Hours that a run meets, drawn as the years of `operate` draw them.

    The same seed, draw and calendar year give the same weather and market as a played case, so
    that a day of jobs can be laid beside its year.

    Parameters
    ----------
    spec : Spec
        Drawn; its first draw is taken.
    design : Design
        Of that spec.
    begin : datetime
        When the run's clock shows zero. [UTC, no zone]
    until_s : float
        Length of the run. [s, >= 0]

    Returns
    -------
    SiteHours
        As many hours as the run touches; one at least.

    Notes
    -----
    Weather years have 365 days: 29 February has the hours of 28 February.

    Examples
    --------
    >>> from wattport.design import size
    >>> from wattport.spec import load
    >>> spec = load("small_20mw").draw(1, 7)
    >>> hours = site_hours(spec, size(spec), datetime(2030, 7, 1, 12, 30), 3600.0)
    >>> hours.dry_bulb_c.size, hours.begin_s
    (2, array([-1800.,  1800.]))
    """
    first = begin.replace(minute=0, second=0, microsecond=0)
    n_hours = max(1, int(np.ceil(((begin - first).total_seconds() + until_s) / S_PER_HOUR)))
    year, hour = _places(first, n_hours)
    campus = campus_table(spec, design)[:1]
    weather_of = weather_source(spec)
    draw_ids = np.asarray(spec.draw_ids[:1], np.int64)
    found = np.empty((6, n_hours))
    for this in np.unique(year):
        laid = calendar(int(this), HOURS)
        weather = weather_of(draw_ids, int(this))
        columns = _year(spec, campus, laid, weather.dry_bulb_c[0], weather.wet_bulb_c[0])
        is_here = year == this
        found[:, is_here] = columns[:, hour[is_here]]
    return SiteHours(begin, **dict(zip(SERIES, found, strict=True)))


def _places(first: datetime, n_hours: int) -> tuple[IntArray, IntArray]:
    """Calendar year of each hour, and its place in a weather year."""
    at = np.datetime64(first, "h") + np.arange(n_hours)
    year = at.astype("datetime64[Y]")
    day = (at.astype("datetime64[D]") - year.astype("datetime64[D]")).astype(np.int64)
    number = year.astype(np.int64) + 1970
    is_leap = (number % 4 == 0) & ((number % 100 != 0) | (number % 400 == 0))
    day -= is_leap & (day >= 59)  # 0 is 1 January: 29 February falls on the 28th
    return number, day * 24 + at.astype(np.int64) % 24


def _year(
    spec: Spec, campus: tables.Table, laid: Calendar, dry_bulb_c: FloatArray, wet_bulb_c: FloatArray
) -> FloatArray:
    """Columns of `SiteHours` for one weather year; shape (6, time)."""
    days = tables.day_table(laid)
    price, carbon, degree_hours = market_hours(
        spec.seed, int(spec.draw_ids[0]), laid.year, campus, days, laid.is_peak, dry_bulb_c
    )
    angle = 2.0 * np.pi * (np.arange(laid.n_days) - campus["sea_coldest_day"][0]) / 365.0
    sea_c = campus["sea_mean_c"][0] - campus["sea_amplitude_k"][0] * np.cos(angle)
    return np.stack([
        dry_bulb_c, wet_bulb_c, np.repeat(sea_c, 24), np.full(dry_bulb_c.size, degree_hours),
        price, carbon,
    ])  # fmt: skip


def campus_around(
    spec: Spec, design: Design, hours: SiteHours, nameplate_mw: float | None = None
) -> Campus:
    """
    Put a run into the campus of a design.

    Parameters
    ----------
    spec : Spec
        Drawn; its first draw is taken.
    design : Design
        Of that spec.
    hours : SiteHours
        From `site_hours`.
    nameplate_mw : float, optional
        IT nameplate of the slice that the run stands in: chain, cooling and auxiliaries are
        those of the campus in proportion. Left out: the whole campus. [MW, > 0]

    Returns
    -------
    Campus
    """
    whole_mw = float(design.it_mw[0])
    slice_mw = whole_mw if nameplate_mw is None else nameplate_mw
    n_halls = int(design.has_hall[0].sum())
    energy = spec.finance.energy
    return Campus(
        design=design,
        plant=(
            campus_table(spec, design)[:1], chiller_table(spec),
            tables.chain_table(design)[:1], sink_table(spec, design.n_draws)[:1],
        ),
        nameplate_mw=slice_mw,
        auxiliary_mw=float(spec.campus.auxiliary_mw_per_hall[0]) * n_halls * slice_mw / whole_mw,
        other_eur_per_mwh=float(energy.network_eur_per_mwh[0] + energy.excise_eur_per_mwh[0]),
        supply=supply_line(design, spec.workload.idle_power_frac).of_draw(0),
        hours=hours,
    )  # fmt: skip
