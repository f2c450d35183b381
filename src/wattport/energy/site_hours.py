"""What the hours around a campus bring: weather, sea, price and carbon, from any moment on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.hours import Calendar, calendar
from wattport.energy import tables
from wattport.energy.site_kernel import market_hours
from wattport.environment.weather import HOURS
from wattport.operation.operate import weather_source
from wattport.records import Design
from wattport.spec import Spec

S_PER_HOUR = 3600.0


@dataclass(frozen=True)
class SiteHours:
    """Hours of UTC clock time from the one in which a run begins; all arrays (hour,)."""

    begin: datetime
    dry_bulb_c: FloatArray
    wet_bulb_c: FloatArray
    sea_c: FloatArray
    degree_hours: FloatArray  # heating degree-hours of the year that the hour lies in
    price_eur_per_mwh: FloatArray  # day-ahead market, without network and taxes
    carbon_g_per_kwh: FloatArray

    @property
    def begin_s(self) -> FloatArray:
        """Begin of each hour, in seconds of the run: the first is not after 0. [s]."""
        late_s = self.begin.minute * 60.0 + self.begin.second + self.begin.microsecond * 1e-6
        return np.asarray(np.arange(self.dry_bulb_c.size) * S_PER_HOUR - late_s, np.float64)


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
    campus = tables.campus_table(spec, design)[:1]
    weather_of = weather_source(spec)
    draw_ids = np.asarray(spec.draw_ids[:1], np.int64)
    found = np.empty((6, n_hours))
    for this in np.unique(year):
        laid = calendar(int(this), HOURS)
        weather = weather_of(draw_ids, int(this))
        columns = _year(spec, campus, laid, weather.dry_bulb_c[0], weather.wet_bulb_c[0])
        is_here = year == this
        found[:, is_here] = columns[:, hour[is_here]]
    return SiteHours(begin, **dict(zip(_names(), found, strict=True)))


def _names() -> list[str]:
    return [item.name for item in fields(SiteHours)][1:]


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


def begin_of(text: str) -> datetime:
    """
    Read a date, or a date and time, in UTC.

    Raises
    ------
    ValueError
        When it is none, or names another zone.

    Examples
    --------
    >>> begin_of("2030-07-01T06:00Z")
    datetime.datetime(2030, 7, 1, 6, 0)
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is not None and at.utcoffset() != timedelta(0):
        raise ValueError("times are UTC")
    return at.replace(tzinfo=None)
