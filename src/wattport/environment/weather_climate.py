"""
The climate of a site: fitted statistics, made ready for the compiled generator.

The method and what it reaches stand in docs/models/weather.md; the files are
written by tools/fit_weather.py.
"""

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
import yaml

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.catalog import climates
from wattport.equations.clear_sky import clear_sky_ghi_w_per_m2
from wattport.errors import Code, Finding, SpecError

MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MONTH_OF_DAY: IntArray = np.repeat(np.arange(12), MONTH_DAYS)
NODE_SCORE: FloatArray = np.arange(-3.5, 3.51, 0.5)
HEAT_SCORE: FloatArray = np.arange(-3.0, 3.1, 1.0)
HUMIDITY_SCORE: FloatArray = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
PROCESSES = ("cloud", "pressure", "dry_bulb", "wind", "humidity", "clearness")
CURVES = {
    "pressure": "pa",
    "dry_bulb": "c",
    "wind": "m_per_s",
    "clearness": "frac",
}


@dataclass(frozen=True)
class Component:
    """
    The time scales of one hidden process.

    Attributes
    ----------
    tau_h : tuple of float
        Correlation time of each component. [h]
    step_h : tuple of int
        Spacing of its random nodes; straight lines between. [h]
    n_diurnal : int
        How many of the last components swing with the hour of the day: they
        widen or narrow the daily range and leave the daily mean alone.
    """

    tau_h: tuple[float, ...]
    step_h: tuple[int, ...]
    n_diurnal: int = 0

    def rows(self) -> list[tuple[float, int, bool]]:
        """Return each component's correlation time, spacing and whether it is diurnal."""
        n_steady = len(self.tau_h) - self.n_diurnal
        kinds = [k >= n_steady for k in range(len(self.tau_h))]
        return list(zip(self.tau_h, self.step_h, kinds, strict=True))


COMPONENTS = (
    Component((18.0, 120.0, 2880.0), (24, 24, 24)),
    Component((48.0, 120.0), (6, 6)),
    Component((5.0, 36.0, 60.0, 120.0, 192.0, 2880.0, 24.0), (1, 6, 48, 72, 24, 24, 24), 1),
    Component((4.0, 24.0, 120.0), (1, 6, 24)),
    Component((3.0, 10.0, 30.0, 192.0, 2880.0), (1, 2, 6, 24, 24)),
    Component((1.5,), (1,)),
)
"""Time scales of `PROCESSES`, in their order."""


@dataclass(frozen=True)
class Climate:
    """
    A site's fitted statistics, by day and hour, as the generator reads them.

    Attributes
    ----------
    key, name, source, status : str
        Which climate, and where its numbers come from.
    tau_h, step_h : ndarray, shape (process, component)
        Time scales; 0 where a process has fewer. [h]
    is_diurnal : ndarray of bool, shape (process, component)
        Whether the component swings with the hour of the day.
    amplitude : ndarray, shape (process, component, day)
        Weight of each component; squares add to 1.
    loading : ndarray, shape (month, hour, process, process)
        How the hidden processes mix into normal scores.
    curve : ndarray, shape (month, hour, variable, node)
        From normal score to pressure, dry bulb, wind, clearness.
    humidity_curve : ndarray, shape (month, hour, heat, node)
        From the dry bulb's score and a normal score to relative humidity.
    clear_sky_w_per_m2 : ndarray, shape (time,)
        Irradiance without clouds.
    largest_dew_point_c : float
        Bound of humid heat.
    """

    key: str
    name: str
    source: str
    status: str
    tau_h: FloatArray
    step_h: IntArray
    is_diurnal: BoolArray
    amplitude: FloatArray
    loading: FloatArray
    curve: FloatArray
    humidity_curve: FloatArray
    clear_sky_w_per_m2: FloatArray
    largest_dew_point_c: float


def month_lines() -> tuple[IntArray, FloatArray]:
    """
    Return the month whose middle each day has passed, and how far it is to the next.

    Returns
    -------
    before : ndarray of int, shape (day,)
        0..11.
    share : ndarray, shape (day,)
        Weight of the month after it. [0..1]

    Examples
    --------
    >>> before, share = month_lines()
    >>> int(before[0]), round(float(share[0]), 2)
    (11, 0.52)
    """
    middle = np.cumsum(MONTH_DAYS) - MONTH_DAYS / 2.0
    days = np.arange(365) + 0.5
    before = (np.searchsorted(middle, days, side="right") - 1) % 12
    gap = (middle[(before + 1) % 12] - middle[before]) % 365.0
    return before.astype(np.int64), ((days - middle[before]) % 365.0) / gap


def _sharpened(monthly: FloatArray) -> FloatArray:
    """
    Return mid-month values whose straight lines keep each month's mean.

    A line through the monthly means themselves would flatten summer and winter.
    The last axis is kept in ascending order, which sharpening may break by a hair.
    """
    before, share = month_lines()
    weight = np.zeros((365, 12))
    weight[np.arange(365), before] = 1.0 - share
    weight[np.arange(365), (before + 1) % 12] = share
    averaging = np.stack([weight[MONTH_OF_DAY == month].mean(axis=0) for month in range(12)])
    sharp = np.tensordot(np.linalg.inv(averaging), monthly, axes=1)
    return np.asarray(np.maximum.accumulate(sharp, axis=-1))


def _read_table(path: Traversable) -> tuple[list[str], FloatArray]:
    """Return the header and the numbers of a CSV file of numbers."""
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    return rows[0], np.array(rows[1:], dtype=np.float64)


def _read_amplitude(
    folder: Traversable, base: str
) -> tuple[FloatArray, FloatArray, IntArray, BoolArray]:
    """Return amplitude by day, correlation times, node spacings and which are diurnal."""
    n_components = max(len(c.tau_h) for c in COMPONENTS)
    _, table = _read_table(folder / f"{base}_persistence.csv")
    share = table[:, 2:].reshape(len(PROCESSES), 12, n_components)
    amplitude = np.sqrt(np.maximum(_by_line(share.transpose(1, 0, 2)), 0.0)).transpose(1, 2, 0)
    tau_h = np.zeros((len(PROCESSES), n_components))
    step_h = np.zeros((len(PROCESSES), n_components), dtype=np.int64)
    is_diurnal = np.zeros((len(PROCESSES), n_components), dtype=np.bool_)
    for i, component in enumerate(COMPONENTS):
        for k, row in enumerate(component.rows()):
            tau_h[i, k], step_h[i, k], is_diurnal[i, k] = row
    return np.ascontiguousarray(amplitude), tau_h, step_h, is_diurnal


def _by_line(monthly: FloatArray) -> FloatArray:
    """Spread monthly values over the days by straight lines between mid-months."""
    middle = np.cumsum(MONTH_DAYS) - MONTH_DAYS / 2.0
    flat = monthly.reshape(12, -1)
    days = np.arange(365) + 0.5
    lines = [np.interp(days, middle, column, period=365.0) for column in flat.T]
    return np.stack(lines, axis=1).reshape(365, *monthly.shape[1:])


def _read_curve(
    folder: Traversable, base: str, variable: str, shift: FloatArray | float
) -> FloatArray:
    """Return the curve of one variable by month, shape (month, hour, node)."""
    _, table = _read_table(folder / f"{base}_{variable}.csv")
    monthly = table[:, 2:].reshape(12, 24, NODE_SCORE.size)
    monthly = monthly + np.broadcast_to(shift, 12)[:, None, None]
    return _sharpened(monthly)


def humidity_by_hour(monthly: FloatArray) -> FloatArray:
    """
    Spread three-hourly humidity curves over the hours, and sharpen them over the months.

    Parameters
    ----------
    monthly : ndarray, shape (month, 8, heat, node)
        Centred on 1:30, 4:30 and so on.

    Returns
    -------
    ndarray, shape (month, hour, heat, node)
        At the middle of each month.

    Examples
    --------
    >>> humidity_by_hour(np.ones((12, 8, 7, 7))).shape
    (12, 24, 7, 7)
    """
    place = (np.arange(24) - 1) / 3.0
    left = np.floor(place).astype(int)
    share = (place - left)[:, None, None]
    hourly = (1.0 - share) * monthly[:, left % 8] + share * monthly[:, (left + 1) % 8]
    return _sharpened(hourly)


@cache
def load_climate(key: str) -> Climate:
    """
    Return a shipped climate, ready for `generate`.

    A climate may be another one's statistics with its monthly temperature
    normals shifted, as Dunkirk's is Vlissingen's, 95 km along the same coast.

    Parameters
    ----------
    key : str
        Name of a file of the weather catalogue, ``dunkerque`` or ``vlissingen``.

    Returns
    -------
    Climate
        Read once and shared; treat its arrays as read-only.

    Raises
    ------
    SpecError
        When no climate has that name, with those that exist.

    Examples
    --------
    >>> load_climate("dunkerque").status
    'inferred'
    """
    folder = files("wattport.catalog") / "weather"
    names = climates()
    if key not in names:
        close = get_close_matches(key, names, 1)
        raise SpecError(
            Finding(
                Code.UNKNOWN_REFERENCE,
                f"the catalogue has no climate {key!r}",
                "site.weather.climate",
                key,
                allowed=", ".join(names),
                remedy=f"did you mean `{close[0]}`?" if close else "choose one of those",
            )
        )
    head = yaml.load((folder / f"{key}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    base, shift = head["statistics_of"], np.array(head["dry_bulb_shift_k"], dtype=np.float64)
    amplitude, tau_h, step_h, is_diurnal = _read_amplitude(folder, base)
    _, coupling = _read_table(folder / f"{base}_coupling.csv")
    n = len(PROCESSES)
    loading = np.zeros((12, 24, n, n))
    loading[:, :, *np.tril_indices(n)] = coupling[:, 2:].reshape(12, 24, -1)
    _, humidity = _read_table(folder / f"{base}_humidity.csv")
    humidity = humidity[:, 3:].reshape(12, 8, HEAT_SCORE.size, HUMIDITY_SCORE.size)
    curves = [
        _read_curve(folder, base, name, shift if name == "dry_bulb" else 0.0) for name in CURVES
    ]
    return Climate(
        key=key,
        name=head["name"],
        source=head["source"],
        status=head["status"],
        tau_h=tau_h,
        step_h=step_h,
        is_diurnal=is_diurnal,
        amplitude=amplitude,
        loading=loading,
        curve=np.ascontiguousarray(np.stack(curves, axis=2)),
        humidity_curve=np.ascontiguousarray(humidity_by_hour(humidity)),
        clear_sky_w_per_m2=clear_sky_ghi_w_per_m2(head["latitude_deg"], head["longitude_deg"]),
        largest_dew_point_c=head["largest_dew_point_c"],
    )
