"""
A user's own weather file in EnergyPlus format.

References
----------
U.S. Department of Energy, EnergyPlus "Auxiliary Programs", chapter "EnergyPlus
Weather File (EPW) Data Dictionary": order of fields and codes of missing values.
"""

import codecs
from calendar import monthrange
from pathlib import Path

import numpy as np

from wattport import user_file
from wattport.arrays import FloatArray
from wattport.environment.weather_kernel import HOURS
from wattport.environment.weather_series import Weather
from wattport.equations.psychrometrics import saturation_pressure_pa, wet_bulb_c
from wattport.errors import Finding, WattportError

HEADER_LINES = 8
LONGEST_GAP_H = 6

# name: (field counted from 0, code of a missing value, lowest, highest)
FIELDS = {
    "dry_bulb_c": (6, 99.9, -70.0, 70.0),
    "dew_point_c": (7, 99.9, -70.0, 70.0),
    "relative_humidity_percent": (8, 999.0, 0.0, 110.0),
    "pressure_pa": (9, 999_999.0, 31_000.0, 120_000.0),
    "ghi_wh_per_m2": (13, 9999.0, 0.0, 1500.0),
    "wind_m_per_s": (21, 999.0, 0.0, 60.0),
}
N_FIELDS_NEEDED = 22
_DAYS = [(month, day) for month in range(1, 13) for day in range(1, monthrange(2023, month)[1] + 1)]
_FULL_FINDINGS = 10


def _finding(path: Path, line: int, message: str, remedy: str) -> Finding:
    return Finding("EPW001", message, file=str(path), line=line, column=1, remedy=remedy)


def _read_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return line number and fields of each data line, without 29 February."""
    try:
        raw = user_file.read(path, user_file.WEATHER)
    except user_file.UnfitError as unfit:
        raise unfit.refusal("EPW001") from None
    text = raw.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    # Not `splitlines`: bytes that end a line in other encodings are letters in this one.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    rows = [line.split(",") for line in lines]
    if rows[0][0].strip().upper() != "LOCATION":
        raise WattportError(
            _finding(path, 1, "not an EPW file: line 1 must begin with LOCATION", "check the file")
        )
    return [
        (number, row)
        for number, row in enumerate(rows[HEADER_LINES:], start=HEADER_LINES + 1)
        if row != [""] and [field.strip() for field in row[1:3]] != ["2", "29"]
    ]


def _moment(row: list[str]) -> tuple[int | str, ...]:
    """Month, day and hour of a line; text where it is no number."""
    return tuple(int(text) if text.isdecimal() else text for text in map(str.strip, row[1:4]))


def _check_rows(path: Path, rows: list[tuple[int, list[str]]]) -> list[Finding]:
    """Return what is wrong with the count of lines, of fields, and with their order."""
    findings = []
    for i, (number, row) in enumerate(rows):
        if len(row) < N_FIELDS_NEEDED:
            message = f"{len(row)} fields, {N_FIELDS_NEEDED} or more are needed"
            findings.append(_finding(path, number, message, "restore the line"))
        elif (stands := _moment(row)) != (due := (*_DAYS[i // 24 % 365], i % 24 + 1)):
            message = f"month, day and hour are {stands}, where {due} are due"
            remedy = "give hourly lines from January on, hours from 1 to 24"
            findings.append(_finding(path, number, message, remedy))
        if len(findings) >= _FULL_FINDINGS:
            return findings
    if not findings and len(rows) != HOURS:
        message = f"{len(rows)} hourly lines (29 February aside), {HOURS} are needed"
        line = rows[-1][0] if rows else HEADER_LINES
        findings.append(_finding(path, line, message, "give one whole year"))
    return findings


def _column(
    path: Path, rows: list[tuple[int, list[str]]], name: str, findings: list[Finding]
) -> FloatArray:
    """Return one field of every line, NaN where missing, noting what is no such number."""
    field, missing, lowest, highest = FIELDS[name]
    values = np.full(len(rows), np.nan)
    for i, (number, row) in enumerate(rows):
        text = row[field].strip()
        try:
            value = missing if text == "" else float(text)
        except ValueError:
            value = np.inf
        if lowest <= value <= highest and value != missing:
            values[i] = value
        elif value < missing or not np.isfinite(value):
            message = f"{name} is {text!r}, field {field + 1}; {lowest:g} to {highest:g} is allowed"
            remedy = f"mend the value, or write {missing:g} for a missing one"
            findings.append(_finding(path, number, message, remedy))
    return values


def _fill_gaps(
    path: Path, rows: list[tuple[int, list[str]]], name: str, values: FloatArray
) -> FloatArray:
    """Return the values with short gaps bridged by straight lines; refuse long ones."""
    is_missing = np.isnan(values)
    if not is_missing.any():
        return values
    run = 0
    for i, gap in enumerate(is_missing):
        run = run + 1 if gap else 0
        if run > LONGEST_GAP_H:
            message = f"{name} is missing for more than {LONGEST_GAP_H} hours on end"
            remedy = "fill the gap from a neighbouring station, or choose another file"
            raise WattportError(_finding(path, rows[i][0], message, remedy))
    hours = np.arange(values.size)
    filled = np.interp(hours, hours[~is_missing], values[~is_missing], period=values.size)
    return np.asarray(filled)


def read_epw(path: str | Path) -> Weather:
    """
    Return the year of weather in an EPW file.

    A user's own file lets the campus run on the very year a local engineer
    knows; 29 February is left out, since weather years have 8760 hours.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Weather
        Arrays of shape (1, 8760), in the file's own hours.

    Raises
    ------
    WattportError
        Naming file and line: no such file, not an EPW file, a line too many or
        too short, a value out of its range, or a gap longer than six hours.

    Notes
    -----
    Humidity is the relative humidity, or where that is missing follows from
    the dew point.  Missing values are the format's codes (99.9, 999, 9999,
    999999) or blank; gaps up to six hours are bridged by straight lines.

    Examples
    --------
    >>> read_epw("no such file.epw")
    Traceback (most recent call last):
    ...
    wattport.errors.WattportError: error[EPW001] 'no such file.epw' cannot be read: no such file
    ...
    """
    file = Path(path)
    rows = _read_rows(file)
    findings = _check_rows(file, rows)
    if findings:
        raise WattportError(findings)
    columns = {name: _column(file, rows, name, findings) for name in FIELDS}
    if findings:
        raise WattportError(sorted(findings, key=lambda f: f.line)[:_FULL_FINDINGS])
    dew_pa = saturation_pressure_pa(columns["dew_point_c"])
    from_dew = dew_pa / saturation_pressure_pa(columns["dry_bulb_c"])
    percent = columns["relative_humidity_percent"]
    columns["relative_humidity_frac"] = np.where(np.isnan(percent), from_dew, percent / 100.0)
    for name in ("dew_point_c", "relative_humidity_percent"):
        del columns[name]
    whole = {name: _fill_gaps(file, rows, name, values) for name, values in columns.items()}
    humidity = np.clip(whole["relative_humidity_frac"], 0.01, 1.0)
    return Weather(
        dry_bulb_c=whole["dry_bulb_c"][None],
        wet_bulb_c=wet_bulb_c(whole["dry_bulb_c"], humidity, whole["pressure_pa"])[None],
        wind_m_per_s=whole["wind_m_per_s"][None],
        ghi_w_per_m2=whole["ghi_wh_per_m2"][None],
        pressure_pa=whole["pressure_pa"][None],
    )
