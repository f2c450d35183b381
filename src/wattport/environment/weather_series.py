"""Hourly weather as the other engines read it."""

from dataclasses import dataclass

from wattport.arrays import FloatArray


@dataclass(frozen=True)
class Weather:
    """
    Years of hourly weather, one per draw, without leap days.

    Attributes
    ----------
    dry_bulb_c, wet_bulb_c : ndarray, shape (draw, time)
        Air temperature, and the thermodynamic wet bulb, never above it. [degC]
    wind_m_per_s : ndarray, shape (draw, time)
        Mean wind at 10 m. [m/s]
    ghi_w_per_m2 : ndarray, shape (draw, time)
        Global irradiance on the horizontal, mean of the hour that begins. [W/m2]
    pressure_pa : ndarray, shape (draw, time)
        Station pressure. [Pa]
    """

    dry_bulb_c: FloatArray
    wet_bulb_c: FloatArray
    wind_m_per_s: FloatArray
    ghi_w_per_m2: FloatArray
    pressure_pa: FloatArray
