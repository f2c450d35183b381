"""What the hours around a campus bring: weather, sea, price and carbon, from any moment on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import numpy as np

from wattport.arrays import FloatArray

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


SERIES = tuple(item.name for item in fields(SiteHours))[1:]


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
