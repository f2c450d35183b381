"""Public holidays of any country."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches


def public_holidays(place: str, years: Iterable[int]) -> tuple[date, ...]:
    """
    Public holidays of a country, or of a part of it.

    Parameters
    ----------
    place : str
        ISO 3166 code: ``FR``, or ``DE-BY`` where a part of a country has days of its own.
    years : iterable of int
        Of the Gregorian calendar.

    Returns
    -------
    tuple of date
        In order; some fall on a week-end.

    Raises
    ------
    LookupError
        When the place is not known.

    Notes
    -----
    The days are those of the package ``holidays``. By law not all of them need be free: in
    France only 1 May must; building sites usually keep the others too.

    Examples
    --------
    >>> [day.strftime("%d %b") for day in public_holidays("FR", [2028])][1:5]
    ['17 Apr', '01 May', '08 May', '25 May']
    """
    import holidays

    country, _, part = place.partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=part or None, years=tuple(years))
    except NotImplementedError as unknown:
        raise LookupError(place) from unknown
    return tuple(sorted(days))


def nearest_place(place: str) -> str:
    """
    Code of the place that a person may have meant; empty when none is near.

    Examples
    --------
    >>> nearest_place("france"), nearest_place("DE-BYE"), nearest_place("nowhere")
    ('FR', 'DE-BY', '')
    """
    from holidays.registry import COUNTRIES
    from holidays.utils import list_supported_countries

    parts = list_supported_countries()
    by_name = {name: codes[1] for name, codes in COUNTRIES.items()}
    by_name |= {code: code for code in parts}
    by_name |= {f"{code}-{part}": f"{code}-{part}" for code in parts for part in parts[code]}
    wanted = place.lower()
    close = get_close_matches(wanted, [name.lower() for name in by_name], 1, 0.7)
    return next((code for name, code in by_name.items() if close and name.lower() == close[0]), "")
