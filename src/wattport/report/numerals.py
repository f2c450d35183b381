"""
Numbers and dates as a person reads them.

No more digits than the number deserves, thin spaces between thousands, a true minus sign, and
dates no finer than the programme can know them.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from wattport.units import unit_of

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
THIN_SPACE = "\u202f"
MINUS = "\u2212"
ABSENT = "\u2013"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNIT_NAMES: dict[str, str] = {
    "m3": "m³",
    "m2": "m²",
    "degC": "°C",
    "deg": "°",
    "frac": "",
    "1": "",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "y": "years",
    "d": "days",
}

# Below this a row of zeros is harder to read than a power of ten.
_SMALLEST_EXPONENT = -5
_SUPERSCRIPT = str.maketrans(
    "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)

# What a value times its key is called; picking the scale is display, not computation.
_SCALES: dict[str, tuple[tuple[float, str], ...]] = {
    "EUR": ((1e9, "bn EUR"), (1e6, "M EUR"), (1e3, "k EUR"), (1.0, "EUR")),
    "MW": ((1e3, "GW"), (1.0, "MW"), (1e-3, "kW")),
    "MWh": ((1e6, "TWh"), (1e3, "GWh"), (1.0, "MWh"), (1e-3, "kWh")),
    "t": ((1e6, "Mt"), (1e3, "kt"), (1.0, "t"), (1e-3, "kg")),
    "m3": ((1e6, "M m³"), (1e3, "k m³"), (1.0, "m³")),
}


def number(value: float, digits: int = 3) -> str:
    r"""
    A number with its significant digits and thin spaces between thousands.

    Parameters
    ----------
    value : float
        Any number; a missing one (NaN) becomes an en dash.
    digits : int
        Significant digits, of the whole part too. [> 0]

    Returns
    -------
    str
        Text for a person.

    Examples
    --------
    >>> number(1714.6), number(0.012345), number(1.10), number(0.0)
    ('1\u202f710', '0.0123', '1.10', '0')
    >>> number(float("nan")), number(-12.0)
    ('–', '\u221212.0')
    """
    if math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return "never" if value > 0 else f"{MINUS}\u221e"
    if value == 0:
        return "0"
    # Written with an exponent first: rounding may carry into a new digit (9.996 is 10.0).
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    if int(exponent) < _SMALLEST_EXPONENT:
        power = str(int(exponent)).translate(_SUPERSCRIPT)
        return (MINUS if value < 0 else "") + f"{mantissa}{THIN_SPACE}×{THIN_SPACE}10{power}"
    decimals = max(0, digits - 1 - int(exponent))
    text = f"{float(f'{mantissa}e{exponent}'):,.{decimals}f}".replace(",", THIN_SPACE)
    return (MINUS if value < 0 else "") + text


def whole(value: float) -> str:
    r"""
    A count, with thin spaces between thousands.

    Parameters
    ----------
    value : float
        A count, or the quantile of one.

    Returns
    -------
    str
        Text without decimals.

    Examples
    --------
    >>> whole(499968.2)
    '499\u202f968'
    """
    if not math.isfinite(value):
        return number(value)
    text = f"{abs(round(value)):,}".replace(",", THIN_SPACE)
    return (MINUS if round(value) < 0 else "") + text


def as_stated(value: float) -> str:
    r"""
    A number somebody else stated, with no digit added or taken away.

    Parameters
    ----------
    value : float
        As written in the spec.

    Returns
    -------
    str
        The shortest text, up to six digits.

    Examples
    --------
    >>> as_stated(30.0), as_stated(1700.0), as_stated(0.928)
    ('30', '1\u202f700', '0.928')
    """
    if not math.isfinite(value):
        return number(value)
    if value == round(value):
        return whole(value)
    text = f"{abs(value):.6g}"
    return (MINUS if value < 0 else "") + (text if abs(value) < 1000 else number(abs(value), 6))


def per_cent(value_frac: float, digits: int = 2) -> str:
    r"""
    A ratio as a percentage.

    Parameters
    ----------
    value_frac : float
        Ratio, 0 to 1.
    digits : int
        Significant digits.

    Returns
    -------
    str
        Text with the sign.

    Examples
    --------
    >>> per_cent(0.43), per_cent(0.0078), per_cent(1.0)
    ('43\u202f%', '0.78\u202f%', '100\u202f%')
    """
    if not math.isfinite(value_frac):
        return number(value_frac)
    return number(value_frac * 100, digits) + THIN_SPACE + "%"


def scale_of(largest: float, unit: str) -> tuple[float, str]:
    """
    Divisor and unit name that make a family of numbers readable.

    Parameters
    ----------
    largest : float
        The largest absolute value that will be shown.
    unit : str
        Unit of the values; one without larger names keeps its own.

    Returns
    -------
    tuple of float and str
        Divide by the first; write the second.

    Examples
    --------
    >>> scale_of(1.9e10, "EUR")
    (1000000000.0, 'bn EUR')
    >>> scale_of(3.0, "weeks")
    (1.0, 'weeks')
    """
    steps = _SCALES.get(unit)
    if steps is None:
        return 1.0, unit
    for factor, name in steps:
        if abs(largest) >= factor:
            return factor, name
    return 1.0, unit_name(unit)


def unit_name(unit: str) -> str:
    """
    A unit's spelling on paper.

    Parameters
    ----------
    unit : str
        Unit as the records name it.

    Returns
    -------
    str
        The same, with superscripts.

    Examples
    --------
    >>> unit_name("m3"), unit_name("MW"), unit_name("c"), unit_name("mw_per_min")
    ('m³', 'MW', '°C', 'MW/min')
    """
    # Records name a unit as text ("MW/min") or by the suffix of a field ("mw_per_min").
    named = unit if unit in _UNIT_NAMES else unit_of(f"x_{unit}") or unit
    return _UNIT_NAMES.get(named, named)


def quantity(value: float, unit: str, digits: int = 3) -> str:
    r"""
    A number with its unit, at a readable scale.

    Parameters
    ----------
    value : float
        The number.
    unit : str
        Its unit.
    digits : int
        Significant digits.

    Returns
    -------
    str
        Number, thin space, unit.

    Examples
    --------
    >>> quantity(1.88e10, "EUR"), quantity(240.0, "MW"), quantity(0.85, "frac")
    ('18.8\u202fbn EUR', '240\u202fMW', '0.850')
    """
    if math.isnan(value):
        return ABSENT
    factor, name = scale_of(abs(value), unit)
    text = number(value / factor, digits)
    return f"{text}{THIN_SPACE}{unit_name(name)}" if unit_name(name) else text


def moment(day: float) -> datetime:
    """
    Calendar moment of a day number.

    Parameters
    ----------
    day : float
        Days since 2026-01-01T00:00Z.

    Returns
    -------
    datetime
        In UTC.

    Examples
    --------
    >>> moment(365.0).date().isoformat()
    '2027-01-01'
    """
    return EPOCH + timedelta(days=float(day))


def month_name(day: float) -> str:
    """
    Month and year of a day number.

    Parameters
    ----------
    day : float
        Days since 2026-01-01T00:00Z; a date that is never reached may be infinite or NaN.

    Returns
    -------
    str
        As in "Mar 2029".

    Examples
    --------
    >>> month_name(1170.0), month_name(float("inf"))
    ('Mar 2029', 'not reached')
    """
    if not math.isfinite(day):
        return "not reached"
    when = moment(day)
    return f"{MONTHS[when.month - 1]} {when.year}"


def day_name(day: float) -> str:
    """
    Date of a day number.

    Parameters
    ----------
    day : float
        Days since 2026-01-01T00:00Z; a date that is never reached may be infinite or NaN.

    Returns
    -------
    str
        As in "17 Mar 2029".

    Examples
    --------
    >>> day_name(1171.9), day_name(float("inf"))
    ('17 Mar 2029', 'not reached')
    """
    if not math.isfinite(day):
        return "not reached"
    when = moment(day)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def quarter_name(day: float) -> str:
    """
    Quarter and year of a day number.

    Parameters
    ----------
    day : float
        Days since 2026-01-01T00:00Z; may be infinite or NaN.

    Returns
    -------
    str
        As in "Q4 2028".

    Examples
    --------
    >>> quarter_name(1004.0)
    'Q4 2028'
    """
    if not math.isfinite(day):
        return "not reached"
    when = moment(day)
    return f"Q{(when.month + 2) // 3} {when.year}"
