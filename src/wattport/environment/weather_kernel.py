"""The compiled loop that turns a stream of random numbers into hourly weather."""

import math

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.compiled import kernel
from wattport.equations.psychrometrics_kernel import (
    saturation_pressure_of_hour_pa,
    wet_bulb_of_hour_c,
)
from wattport.equations.random_stream import next_normal, seed_stream

HOURS = 8760
LARGEST_CLEARNESS = 1.15
DRIEST_FRAC = 0.05


@kernel
def _add_component(
    state: NDArray[np.uint64],
    tau_h: float,
    step_h: int,
    amplitude: FloatArray,
    wave: FloatArray,
    total: FloatArray,
) -> None:
    """
    Add an exponentially correlated normal series to an hourly total.

    Slow components are drawn every `step_h` hours and joined by straight
    lines, scaled up between the nodes so that each hour has unit variance.
    `wave`, by the hour of the day, multiplies series with daily nodes.
    """
    rho = math.exp(-step_h / tau_h)
    innovation = math.sqrt(1.0 - rho * rho)
    left = next_normal(state)
    if step_h == 1:
        for day in range(amplitude.size):
            for t in range(24 * day, 24 * day + 24):
                total[t] += amplitude[day] * left
                left = rho * left + innovation * next_normal(state)
        return
    # The first node lies half a step before the year, so that daily nodes fall on noon.
    half = step_h // 2
    from_left = np.empty(step_h)
    from_right = np.empty(step_h)
    for k in range(step_h):
        w = k / step_h
        scale = 1.0 / math.sqrt((1.0 - w) ** 2 + w * w + 2.0 * w * (1.0 - w) * rho)
        scale *= wave[(k - half) % 24]
        from_left[k], from_right[k] = (1.0 - w) * scale, w * scale
    start = -half
    sized_left = amplitude[0] * left
    while start < total.size:
        left = rho * left + innovation * next_normal(state)
        end = min(start + step_h, total.size)
        sized_right = amplitude[min(end // 24, amplitude.size - 1)] * left
        first = max(0, start)
        hours = total[first:end]
        leaving, coming = from_left[first - start :], from_right[first - start :]
        for i in range(hours.size):
            hours[i] += leaving[i] * sized_left + coming[i] * sized_right
        sized_left = sized_right
        start = end


@kernel
def _read_curve(curve: FloatArray, score: float, first: float, per_node: float) -> float:
    """Return the value of a normal score on a piecewise linear curve, continued at its ends."""
    place = (score - first) * per_node
    node = min(max(int(place), 0), curve.size - 2)
    value: float = curve[node] + (place - node) * (curve[node + 1] - curve[node])
    return value


@kernel
def _blend(last: FloatArray, following: FloatArray, share: float, out: FloatArray) -> None:
    """Write the weighted mean of two months' curves."""
    a, b, c = last.reshape(-1), following.reshape(-1), out.reshape(-1)
    for i in range(c.size):
        c[i] = a[i] + share * (b[i] - a[i])


@kernel
def generate_years(
    seed: int,
    stage: int,
    draw_ids: IntArray,
    year: int,
    tau_h: FloatArray,
    step_h: IntArray,
    is_diurnal: BoolArray,
    amplitude: FloatArray,
    month_of_day: IntArray,
    loading: FloatArray,
    before: IntArray,
    share: FloatArray,
    curve: FloatArray,
    node_score: FloatArray,
    humidity_curve: FloatArray,
    heat_score: FloatArray,
    clear_sky_w_per_m2: FloatArray,
    largest_dew_point_c: float,
    out: FloatArray,
) -> None:
    """
    Fill `out` with a year of weather for each draw.

    Parameters
    ----------
    seed, stage, year : int
        With the draw, the name of the random stream.
    draw_ids : ndarray of int64, shape (draw,)
        Identity of each draw.
    tau_h, step_h : ndarray, shape (process, component)
        Correlation time and spacing of nodes; 0 marks an absent component. [h]
    is_diurnal : ndarray of bool, shape (process, component)
        Whether the component is a cosine and a sine of the day, of random size.
    amplitude : ndarray, shape (process, component, day)
        Square root of the component's share of variance.
    month_of_day : ndarray of int64, shape (day,)
        0..11.
    loading : ndarray, shape (month, hour, process, process)
        Lower triangle; rows of unit length.
    before, share : ndarray, shape (day,)
        Month whose middle has passed, and the weight of the next.
    curve : ndarray, shape (month, hour, variable, node)
        Mid-month values of pressure, dry bulb, wind, clearness at the nodes.
    node_score : ndarray, shape (node,)
        Equally spaced normal scores.
    humidity_curve : ndarray, shape (month, hour, heat, node)
        Relative humidity by the score of the dry bulb and its own.
    heat_score : ndarray, shape (heat,)
        Scores one apart, of the dry bulb and of humidity alike.
    clear_sky_w_per_m2 : ndarray, shape (time,)
        Irradiance of a clear sky.
    largest_dew_point_c : float
        Above it the sea air beside the site does not get; bounds humid heat.
    out : ndarray, shape (5, draw, time)
        Dry bulb, wet bulb, wind, GHI, pressure; written.
    """
    n_processes = tau_h.shape[0]
    first = node_score[0]
    per_node = 1.0 / (node_score[1] - node_score[0])
    most_vapour_pa = saturation_pressure_of_hour_pa(largest_dew_point_c)
    steady = np.ones(24)
    cosine = np.cos(2.0 * np.pi * np.arange(24) / 24.0)
    sine = np.sin(2.0 * np.pi * np.arange(24) / 24.0)
    curve_today = np.empty(curve.shape[1:])
    humidity_today = np.empty(humidity_curve.shape[1:])
    process = np.empty((n_processes, HOURS))
    for i in range(draw_ids.size):
        state = seed_stream(seed, stage, draw_ids[i], year)
        process[:] = 0.0
        for j in range(n_processes):
            for c in range(tau_h.shape[1]):
                tau, step, size = tau_h[j, c], step_h[j, c], amplitude[j, c]
                if is_diurnal[j, c]:
                    _add_component(state, tau, step, size, cosine, process[j])
                    _add_component(state, tau, step, size, sine, process[j])
                elif step > 0:
                    _add_component(state, tau, step, size, steady, process[j])
        for day in range(before.size):
            last, following = before[day], (before[day] + 1) % 12
            _blend(curve[last], curve[following], share[day], curve_today)
            _blend(humidity_curve[last], humidity_curve[following], share[day], humidity_today)
            rows = loading[month_of_day[day]]
            for hour in range(24):
                t = 24 * day + hour
                row = rows[hour]
                value = curve_today[hour]
                c, p, d, w = process[0, t], process[1, t], process[2, t], process[3, t]
                h, k = process[4, t], process[5, t]
                z_p = row[1, 0] * c + row[1, 1] * p
                z_d = row[2, 0] * c + row[2, 1] * p + row[2, 2] * d
                z_w = row[3, 0] * c + row[3, 1] * p + row[3, 2] * d + row[3, 3] * w
                z_h = row[4, 0] * c + row[4, 1] * p + row[4, 2] * d + row[4, 3] * w + row[4, 4] * h
                pressure = _read_curve(value[0], z_p, first, per_node)
                dry_bulb = _read_curve(value[1], z_d, first, per_node)
                wind = _read_curve(value[2], z_w, first, per_node)
                # Humidity beyond the last measured quantile would be invented, hot air's above all.
                z_h = min(max(z_h, heat_score[0]), heat_score[-1])
                heat = z_d - heat_score[0]
                band = min(max(int(heat), 0), heat_score.size - 2)
                cool = _read_curve(humidity_today[hour, band], z_h, heat_score[0], 1.0)
                hot = _read_curve(humidity_today[hour, band + 1], z_h, heat_score[0], 1.0)
                humidity = min(max(cool + (heat - band) * (hot - cool), DRIEST_FRAC), 1.0)
                ghi = 0.0
                if clear_sky_w_per_m2[t] > 0.0:
                    z_k = row[5, 0] * c + row[5, 1] * p + row[5, 2] * d + row[5, 3] * w
                    z_k += row[5, 4] * h + row[5, 5] * k
                    clearness = _read_curve(value[3], z_k, first, per_node)
                    ghi = clear_sky_w_per_m2[t] * min(max(clearness, 0.0), LARGEST_CLEARNESS)
                if dry_bulb > largest_dew_point_c:
                    humidity = min(
                        humidity, most_vapour_pa / saturation_pressure_of_hour_pa(dry_bulb)
                    )
                out[0, i, t] = dry_bulb
                out[1, i, t] = wet_bulb_of_hour_c(dry_bulb, humidity, pressure)
                out[2, i, t] = max(wind, 0.0)
                out[3, i, t] = ghi
                out[4, i, t] = pressure
