"""Public holidays by rule."""

from __future__ import annotations

from datetime import date, timedelta


def easter(year: int) -> date:
    """
    Easter Sunday of the Gregorian calendar.

    Parameters
    ----------
    year : int
        [1583 and later]

    Returns
    -------
    date
        From 22 March to 25 April.

    References
    ----------
    "Anonymous Gregorian algorithm", in: J. Meeus, Astronomical Algorithms, 2nd ed., 1998,
    chapter 8.

    Examples
    --------
    >>> easter(2027).isoformat()
    '2027-03-28'
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - moon + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - epact - of_century % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def french_holidays(year: int) -> tuple[date, ...]:
    """
    Public holidays of metropolitan France, the eleven of the labour code.

    Parameters
    ----------
    year : int
        Of the Gregorian calendar.

    Returns
    -------
    tuple of date
        In order; some fall on a week-end.

    Notes
    -----
    Only 1 May must be free by law; building sites usually keep the others too. Alsace and
    Moselle have two more.

    References
    ----------
    Code du travail, article L3133-1.

    Examples
    --------
    >>> [day.strftime("%d %b") for day in french_holidays(2028)][1:5]
    ['17 Apr', '01 May', '08 May', '25 May']
    """
    sunday = easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
    return tuple(
        sorted(
            {date(year, month, day) for month, day in fixed}
            | {sunday + timedelta(days=days) for days in moving}
        )
    )
