"""
Sun on a horizontal surface under a cloudless sky.

References
----------
B. Haurwitz, "Insolation in relation to cloudiness and cloud density",
Journal of Meteorology 2(3), 1945, pp. 154-166.
J. W. Spencer, "Fourier series representation of the position of the sun",
Search 2(5), 1971, p. 172.
"""

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray

HAURWITZ_W_PER_M2 = 1098.0
HAURWITZ_EXTINCTION = 0.057
_STEPS_PER_HOUR = 12
_LOWEST_COSINE = 1e-3


def cosine_of_zenith(
    latitude_deg: float, longitude_deg: float, utc_h: FloatArray | NDArray[np.int64]
) -> FloatArray:
    """
    Return the cosine of the angle between the sun and the vertical.

    Parameters
    ----------
    latitude_deg, longitude_deg : float
        Site; north and east positive. [deg]
    utc_h : ndarray
        Hours since the start of a year of 365 days. [h, UTC]

    Returns
    -------
    ndarray
        Negative at night. [-1..1]

    Notes
    -----
    Spencer's series for declination and the equation of time, about 0.01 rad.

    Examples
    --------
    >>> noon_at_midsummer = np.array([171 * 24 + 12.0])
    >>> np.degrees(np.arccos(cosine_of_zenith(51.4, 0.0, noon_at_midsummer))).round(0)
    array([28.])
    """
    b = 2.0 * np.pi * np.asarray(utc_h) / 8760.0
    declination = (
        0.006918
        - 0.399912 * np.cos(b)
        + 0.070257 * np.sin(b)
        - 0.006758 * np.cos(2 * b)
        + 0.000907 * np.sin(2 * b)
        - 0.002697 * np.cos(3 * b)
        + 0.00148 * np.sin(3 * b)
    )
    equation_of_time = (
        0.000075
        + 0.001868 * np.cos(b)
        - 0.032077 * np.sin(b)
        - 0.014615 * np.cos(2 * b)
        - 0.040849 * np.sin(2 * b)
    )
    hour_angle = 2.0 * np.pi * (np.asarray(utc_h) / 24.0 - 0.5) + equation_of_time
    hour_angle = hour_angle + np.radians(longitude_deg)
    latitude = np.radians(latitude_deg)
    return np.asarray(
        np.sin(latitude) * np.sin(declination)
        + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    )


def clear_sky_ghi_w_per_m2(latitude_deg: float, longitude_deg: float) -> FloatArray:
    """
    Return the hourly mean global irradiance of a year without clouds.

    It is what the generator's clearness is a share of, so that the sun rises
    when it should and cloud never adds more than its share.

    Parameters
    ----------
    latitude_deg, longitude_deg : float
        Site; north and east positive. [deg]

    Returns
    -------
    ndarray, shape (8760,)
        Mean over the hour that begins at the index, UTC. [W/m2]

    Notes
    -----
    Haurwitz: ``1098 cos(z) exp(-0.057 / cos(z))``, averaged over twelve
    instants of the hour.

    Examples
    --------
    >>> sun = clear_sky_ghi_w_per_m2(51.4, 3.6)
    >>> bool(sun[0] == 0.0), bool(850.0 < sun.max() < 950.0)
    (True, True)
    """
    within = (np.arange(_STEPS_PER_HOUR) + 0.5) / _STEPS_PER_HOUR
    instants = np.arange(8760)[:, None] + within
    cosine = np.maximum(cosine_of_zenith(latitude_deg, longitude_deg, instants), _LOWEST_COSINE)
    ghi = HAURWITZ_W_PER_M2 * cosine * np.exp(-HAURWITZ_EXTINCTION / cosine)
    return np.asarray(np.where(cosine > _LOWEST_COSINE, ghi, 0.0).mean(axis=1))
