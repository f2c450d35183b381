"""Rules about working time: the week, shut-downs and weather."""

from __future__ import annotations

from datetime import date, timedelta

from wattport.calendar.holidays import nearest_place, public_holidays
from wattport.spec.campus.programme import Shutdown
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.rule import Breach, Breaches, near
from wattport.spec.reading.uncertain import Uncertain

_MONTHS = 12
_A_YEAR = 2027  # not a leap year: 29 February would be no day of every year


def week_is_certain(spec: Spec) -> Breaches:
    """A working week is certain."""
    given = spec.programme.working_days_per_week
    if isinstance(given, Uncertain):
        yield Breach(
            ("programme", "working_days_per_week"), "one calendar serves all draws", given.value,
            "a number without range", f"write {given.value:g}",
        )  # fmt: skip


def holidays_are_known(spec: Spec) -> Breaches:
    """Holidays are those of a known country."""
    place = spec.programme.holidays
    if place == "none":
        return
    try:
        public_holidays(place, (_A_YEAR,))
    except LookupError:
        meant = nearest_place(place)
        yield Breach(
            ("programme", "holidays"), f"no public holidays are known of {place!r}", place,
            "`none`, or an ISO 3166 code such as FR or DE-BY",
            f"did you mean {meant}?" if meant else "write the two letters of the country",
        )  # fmt: skip


def shutdowns_have_days(spec: Spec) -> Breaches:
    """A shut-down has a first and a last day."""
    for index, shutdown in enumerate(spec.programme.shutdowns):
        for key in ("first", "last"):
            if _day(shutdown, key) is None:
                given = getattr(shutdown, key)
                yield Breach(
                    ("programme", "shutdowns", index, key), f"{given!r} is no day of every year",
                    given, "month-day", "write it like 08-03",
                )  # fmt: skip


def some_day_is_worked(spec: Spec) -> Breaches:
    """Some day of the year is worked."""
    shut = set[date]()
    for shutdown in spec.programme.shutdowns:
        first, last = _day(shutdown, "first"), _day(shutdown, "last")
        if first is None or last is None:
            return
        days = (last - first).days % 365
        shut |= {date(_A_YEAR, 1, 1) + timedelta((first.timetuple().tm_yday - 1 + n) % 365)
                 for n in range(days + 1)}  # fmt: skip
    if len(shut) >= 365:
        yield Breach(
            ("programme", "shutdowns"), "the site is shut all year", None,
            "some day that is worked", "shorten one of them",
        )  # fmt: skip


def weather_windows_exist(spec: Spec) -> Breaches:
    """Weather windows exist."""
    known = dict.fromkeys(window.name for window in spec.programme.weather)
    for key in ("site_activities", "hall_activities"):
        for index, activity in enumerate(getattr(spec.programme, key)):
            if activity.weather is not None and activity.weather not in known:
                yield Breach(
                    ("programme", key, index, "weather"),
                    f"no weather window is named {activity.weather!r}", activity.weather,
                    ", ".join(known), near(activity.weather, known, "add it to programme.weather"),
                )  # fmt: skip


def weather_has_twelve_months(spec: Spec) -> Breaches:
    """A weather window has twelve months."""
    for index, window in enumerate(spec.programme.weather):
        n_months = len(window.lost_by_month_frac)
        if n_months != _MONTHS:
            yield Breach(
                ("programme", "weather", index, "lost_by_month_frac"), f"{n_months} months",
                n_months, "twelve shares, January first", "give one for each month",
            )  # fmt: skip


def _day(shutdown: Shutdown, key: str) -> date | None:
    text = getattr(shutdown, key)
    try:
        return date.fromisoformat(f"{_A_YEAR}-{text}") if len(text) == len("08-03") else None
    except ValueError:
        return None
