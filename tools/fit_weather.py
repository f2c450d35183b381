"""
Fit the stochastic weather generator to measured years and write its catalogue files.

Run by hand when the method or the data change; the package ships only what
this writes.  It needs the folder of reference data, which the package does not
ship::

    WATTPORT_REFERENCE_DATA=... python tools/fit_weather.py src/wattport/catalog/weather

The method is described in docs/models/weather.md.
"""

import csv
import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import ndtr, ndtri

from wattport.environment.weather_climate import (
    COMPONENTS,
    CURVES,
    HEAT_SCORE,
    HUMIDITY_SCORE,
    MONTH_OF_DAY,
    NODE_SCORE,
    PROCESSES,
    humidity_by_hour,
    month_lines,
)
from wattport.equations.clear_sky import clear_sky_ghi_w_per_m2

FloatArray = NDArray[np.float64]

DAYLIGHT_W_PER_M2 = 30.0
LATITUDE_DEG, LONGITUDE_DEG = 51.442, 3.596
LAG_DAYS = (0, 1, 2, 3, 4, 5, 7, 10, 20, 30, 60)
LAG_WEIGHT = (1.0, 1.0, 1.0, 1.0, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7)
DAILY_MEAN_WEIGHT = 2.0


def read_measured(folder: Path) -> dict[str, FloatArray]:
    """Return dry bulb, humidity, pressure, sun and wind, each of shape (year, day, hour)."""
    data = np.load(folder / "weather" / "vlissingen_1996_2024_hourly.npz")["data"].astype(float)
    data = data.reshape(len(data), 365, 24, 5)
    return {
        "dry_bulb": data[..., 0] / 10.0,
        "humidity": data[..., 1] / 100.0,
        "pressure": data[..., 2] * 10.0 + 90_000.0,
        "ghi": data[..., 3],
        "wind": data[..., 4] / 10.0,
    }


def seasonal_mean(values: FloatArray) -> FloatArray:
    """Return mean and three annual harmonics of each hour of the day, shape (day, hour)."""
    angle = 2.0 * np.pi * (np.arange(365) + 0.5) / 365.0
    terms = [np.ones(365)]
    for k in (1, 2, 3):
        terms += [np.cos(k * angle), np.sin(k * angle)]
    basis = np.column_stack(terms)
    return np.asarray(basis @ np.linalg.lstsq(basis, values.mean(axis=0), rcond=None)[0])


def near(centre: int, width: int, period: int) -> list[int]:
    """Return the cyclic neighbours of a month or an hour, itself included."""
    return [(centre + k) % period for k in range(-width, width + 1)]


def normal_scores(values: FloatArray) -> FloatArray:
    """Return the standard normal scores of the finite values."""
    scores = np.full(values.shape, np.nan)
    is_there = np.isfinite(values)
    ranks = np.argsort(np.argsort(values[is_there]))
    scores[is_there] = ndtri((ranks + 0.5) / is_there.sum())
    return scores


def score_by_month_and_hour(values: FloatArray) -> FloatArray:
    """Return normal scores within each (month, hour) cell, shape (year, day, hour)."""
    scores = np.full(values.shape, np.nan)
    for month in range(12):
        days = MONTH_OF_DAY == month
        for hour in range(24):
            cell = values[:, days, hour]
            if np.isfinite(cell).sum() >= 200:
                scores[:, days, hour] = normal_scores(cell)
    return scores


def fit_marginal(values: FloatArray) -> FloatArray:
    """
    Return the value at each node of the normal score, shape (month, hour, node).

    Quantiles are of the deviation from the seasonal mean, pooled over three
    hours; the outermost nodes continue the straight line of the two before
    them, fitted over three months, since a month holds too few such hours.
    """
    mean = np.nanmean(values, axis=0)
    smooth = seasonal_mean(values) if np.isfinite(values).all() else np.zeros((365, 24))
    deviation = values - smooth
    probability = ndtr(NODE_SCORE)
    fine_score = np.linspace(-5.0, 5.0, 2001)
    weight = np.exp(-0.5 * fine_score**2)
    nodes = np.full((12, 24, NODE_SCORE.size), np.nan)
    for month in range(12):
        days = MONTH_OF_DAY == month
        for hour in range(24):
            cell = deviation[:, days][:, :, near(hour, 1, 24)]
            cell = cell - np.nanmean(cell, axis=(0, 1)) + np.nanmean(cell[..., 1])
            cell = cell[np.isfinite(cell)]
            if cell.size < 500:
                continue
            curve = np.quantile(cell, probability)
            curve[0] = 2.0 * curve[1] - curve[2]
            curve[-1] = 2.0 * curve[-2] - curve[-3]
            level = np.nanmean(mean[days, hour])
            drawn = interpolate_line(fine_score, curve)
            nodes[month, hour] = curve - (drawn * weight).sum() / weight.sum() + level
    return fill_night(nodes)


def interpolate_line(score: FloatArray, curve: FloatArray) -> FloatArray:
    """Return the piecewise linear curve, continued at both ends, as the generator does."""
    place = (score - NODE_SCORE[0]) / (NODE_SCORE[1] - NODE_SCORE[0])
    left = np.clip(place.astype(int), 0, NODE_SCORE.size - 2)
    return curve[left] + (place - left) * (curve[left + 1] - curve[left])


def fill_night(nodes: FloatArray) -> FloatArray:
    """Give hours without daylight the curve of the nearest hour that has it."""
    for month in range(12):
        known = [h for h in range(24) if np.isfinite(nodes[month, h, 0])]
        for hour in range(24):
            nearest = min(known, key=lambda h: min((h - hour) % 24, (hour - h) % 24))
            nodes[month, hour] = nodes[month, nearest]
    return nodes


def fit_humidity(humidity: FloatArray, heat_score: FloatArray) -> FloatArray:
    """
    Return relative humidity given the heat score, shape (month, 8 of 3 hours, heat, node).

    Hot air is drier than any one correlation says, so each band of the dry
    bulb's score has its own quantiles, over three months and five hours moved
    to the mean of the hour in question.
    """
    curves = np.zeros((12, 8, HEAT_SCORE.size, HUMIDITY_SCORE.size))
    probability = ndtr(HUMIDITY_SCORE)
    for month in range(12):
        for block in range(8):
            pooled_humidity, pooled_heat = [], []
            hours = near(3 * block + 1, 2, 24)
            own = humidity[:, MONTH_OF_DAY == month][..., 3 * block : 3 * block + 3].mean()
            for other in near(month, 1, 12):
                days = MONTH_OF_DAY == other
                for hour in hours:
                    cell = humidity[:, days, hour]
                    pooled_humidity.append((cell - cell.mean() + own).ravel())
                    pooled_heat.append(heat_score[:, days, hour].ravel())
            values, heat = np.concatenate(pooled_humidity), np.concatenate(pooled_heat)
            for n, centre in enumerate(HEAT_SCORE):
                band = values[np.abs(heat - centre) < 0.5]
                curve = np.quantile(band, probability)
                if abs(centre) >= 3.0:
                    curve[0] = curve[1] - 0.8 * (curve[2] - curve[1])
                    curve[-1] = curve[-2] + 0.8 * (curve[-2] - curve[-3])
                curves[month, block, n] = curve
    return np.clip(curves, 0.05, 1.05)


def humidity_scores(humidity: FloatArray, heat_score: FloatArray, curves: FloatArray) -> FloatArray:
    """Return the score at which the curve of the hour's heat gives the hour's humidity."""
    sharp = humidity_by_hour(curves)
    before, after = month_lines()
    toward = after[:, None, None, None]
    table = (1.0 - toward) * sharp[before] + toward * sharp[(before + 1) % 12]
    table = table + 1e-9 * np.arange(table.shape[-1])
    place = np.clip(heat_score - HEAT_SCORE[0], 0.0, HEAT_SCORE.size - 1.001)
    left = place.astype(int)
    share = (place - left)[..., None]
    day, hour = np.arange(365)[:, None], np.arange(24)
    row = (1.0 - share) * table[day, hour, left] + share * table[day, hour, left + 1]
    cell = np.clip((row <= humidity[..., None]).sum(axis=-1) - 1, 0, row.shape[-1] - 2)[..., None]
    low, high = (np.take_along_axis(row, cell + k, axis=-1)[..., 0] for k in (0, 1))
    within = np.clip((humidity - low) / (high - low), 0.0, 1.0)
    return np.asarray(HUMIDITY_SCORE[0] + cell[..., 0] + within)


def interpolate_daily(daily: FloatArray) -> FloatArray:
    """Join noon values by straight lines of unit variance, as the generator does."""
    rho = float((daily[:, 1:] * daily[:, :-1]).mean())
    following = np.concatenate([daily[:, 1:], daily[:, -1:]], axis=1)
    hourly = np.empty((*daily.shape, 24))
    for k in range(24):
        w = k / 24.0
        scale = 1.0 / np.sqrt((1.0 - w) ** 2 + w * w + 2.0 * w * (1.0 - w) * rho)
        hourly[..., k] = scale * ((1.0 - w) * daily + w * following)
    from_noon = np.empty_like(hourly)
    from_noon[..., 12:] = hourly[..., :12]
    from_noon[:, 1:, :12] = hourly[:, :-1, 12:]
    from_noon[:, 0, :12] = daily[:, :1]
    return from_noon


def fit_coupling(scores: FloatArray) -> FloatArray:
    """
    Return the triangular loadings of the scores on the processes, (month, hour, 6, 6).

    The Cholesky factor of the correlation of the six scores in each hour of
    the day, pooled over three months and three hours.
    """
    loading = np.zeros((12, 24, 6, 6))
    for month in range(12):
        days = np.isin(MONTH_OF_DAY, near(month, 1, 12))
        for hour in range(24):
            block = scores[:, :, days][..., near(hour, 1, 24)].reshape(6, -1)
            is_day = np.isfinite(block).all(axis=0)
            n = 6 if is_day.sum() > 1000 else 5
            block = block[:, is_day] if n == 6 else block[:5, np.isfinite(block[:5]).all(axis=0)]
            loading[month, hour] = np.eye(6)
            loading[month, hour, :n, :n] = np.linalg.cholesky(np.corrcoef(block[:n]))
    return loading


def measured_covariance(series: FloatArray, months: list[int], lag_days: int) -> FloatArray:
    """Return the mean product of each hour of a day with each hour some days later, (24, 24)."""
    n = 365 - lag_days
    is_in = np.isin(MONTH_OF_DAY[:n], months)
    first = series[:, :n][:, is_in].reshape(-1, 24)
    later = series[:, lag_days:][:, is_in].reshape(-1, 24)
    both = np.isfinite(first).T.astype(float) @ np.isfinite(later).astype(float)
    product = np.nan_to_num(first).T @ np.nan_to_num(later)
    return np.where(both > 500, product / np.maximum(both, 1.0), np.nan)


def component_covariance(tau_h: float, step_h: int, is_diurnal: bool, lag_days: int) -> FloatArray:
    """Return what `measured_covariance` would find in one component of the generator."""
    n_nodes = 24 * (lag_days + 1 + step_h // 24) // step_h + 3
    node = np.arange(n_nodes)
    of_nodes = np.exp(-np.abs(node[:, None] - node) * step_h / tau_h)

    def weights(start_h: int) -> FloatArray:
        place = (start_h + np.arange(24) + step_h // 2) / step_h
        left = place.astype(int)
        row = np.zeros((24, n_nodes))
        row[np.arange(24), left] = 1.0 - (place - left)
        row[np.arange(24), left + 1] += place - left
        return np.asarray(row / np.sqrt(np.einsum("hi,ij,hj->h", row, of_nodes, row))[:, None])

    hours = np.arange(24)
    swing = np.cos(2.0 * np.pi * (hours[:, None] - hours) / 24.0) if is_diurnal else 1.0
    # Nodes some days apart meet each day at another place between them.
    phases = range(0, max(step_h, 24), 24)
    found = [weights(p) @ of_nodes @ weights(p + 24 * lag_days).T for p in phases]
    return np.asarray(swing * np.mean(found, axis=0))


def fit_shares(scores: FloatArray, loading: FloatArray) -> FloatArray:
    """
    Return the variance share of each component, shape (process, month, component).

    The processes are fitted in turn, so that each *score*, which also holds a
    part of the processes before it, has the measured covariance between all
    hours of a day and of later days; the means of whole days, on which heat
    waves depend, are given as much weight as all their hours.
    """
    n_components = max(len(c.tau_h) for c in COMPONENTS)
    shares = np.zeros((6, 12, n_components))
    apart = np.abs(np.arange(24)[:, None] - np.arange(24))
    # Within a day the steps from hour to hour count most, between days all pairs alike.
    closeness = (4.0 / (1.0 + apart), np.ones((24, 24)))
    for month in range(12):
        months = near(month, 1, 12)
        parts: list[list[FloatArray]] = []
        for i, component in enumerate(COMPONENTS):
            rows, target = [], []
            unit = [
                [component_covariance(tau, step, is_diurnal, k) for k in LAG_DAYS]
                for tau, step, is_diurnal in component.rows()
            ]
            b = loading[month, :, i]
            for n, k in enumerate(LAG_DAYS):
                wanted = measured_covariance(scores[i], months, k)
                for j in range(i):
                    wanted = wanted - np.outer(b[:, j], b[:, j]) * parts[j][n]
                own = np.stack([np.outer(b[:, i], b[:, i]) * u[n] for u in unit])
                ok = np.isfinite(wanted)
                weight = (LAG_WEIGHT[n] * closeness[k > 0] / np.sqrt(ok.sum()))[ok]
                rows.append(weight[:, None] * own[:, ok].T)
                target.append(weight * wanted[ok])
                rows.append(DAILY_MEAN_WEIGHT * LAG_WEIGHT[n] * own[:, ok].mean(axis=1)[None])
                target.append(DAILY_MEAN_WEIGHT * LAG_WEIGHT[n] * wanted[ok].mean()[None])
            rows.append(np.full((1, len(unit)), 100.0))
            target.append(np.array([100.0]))
            share = nnls(np.vstack(rows), np.concatenate(target))[0]
            share /= share.sum()
            shares[i, month, : len(share)] = share
            parts.append(
                [
                    sum(s * u[n] for s, u in zip(share, unit, strict=True))
                    for n in range(len(LAG_DAYS))
                ]
            )
    return shares


def fit(
    measured: dict[str, FloatArray],
) -> tuple[dict[str, FloatArray], FloatArray, FloatArray, FloatArray]:
    """Return marginal curves, humidity given heat, loadings and component shares."""
    # Ties of rounded readings are spread over their rounding interval.
    rng = np.random.default_rng(1)
    clear = clear_sky_ghi_w_per_m2(LATITUDE_DEG, LONGITUDE_DEG).reshape(365, 24)
    lit = clear > DAYLIGHT_W_PER_M2
    values = {
        "dry_bulb": measured["dry_bulb"] + rng.uniform(-0.05, 0.05, measured["dry_bulb"].shape),
        "humidity": measured["humidity"] + rng.uniform(-0.005, 0.005, measured["wind"].shape),
        "clearness": np.where(lit, measured["ghi"] / np.where(lit, clear, 1.0), np.nan),
        "wind": measured["wind"] + rng.uniform(-0.5, 0.5, measured["wind"].shape),
        "pressure": measured["pressure"],
    }
    scores = {}
    for name, value in values.items():
        if name == "humidity":
            continue
        shifted = value - seasonal_mean(value) if name == "dry_bulb" else value
        scores[name] = score_by_month_and_hour(shifted)
    humidity = fit_humidity(values["humidity"], scores["dry_bulb"])
    scores["humidity"] = humidity_scores(values["humidity"], scores["dry_bulb"], humidity)
    daily = np.nanmean(scores["clearness"], axis=2)
    for month in range(12):
        days = MONTH_OF_DAY == month
        daily[:, days] = normal_scores(daily[:, days])
    scores["cloud"] = interpolate_daily(daily)
    stack = np.stack([scores[name] for name in PROCESSES])
    loading = fit_coupling(stack)
    shares = fit_shares(stack, loading)
    curves = {name: fit_marginal(values[name]) for name in CURVES}
    return curves, humidity, loading, shares


def write_table(path: Path, header: list[str], keys: list[list[object]], rows: FloatArray) -> None:
    """Write numbers, with four significant digits after their leading keys."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        for key, row in zip(keys, rows, strict=True):
            writer.writerow([*key, *(f"{value:.6g}" for value in row)])


def write(
    folder: Path,
    curves: dict[str, FloatArray],
    humidity: FloatArray,
    loading: FloatArray,
    shares: FloatArray,
) -> None:
    """Write the catalogue files of the Vlissingen climate."""
    cells: list[list[object]] = [[m + 1, h] for m in range(12) for h in range(24)]
    for name, unit in CURVES.items():
        nodes = [f"score_{z:+.1f}_{unit}" for z in NODE_SCORE]
        table = curves[name].reshape(288, -1)
        digits = {"pa": 0, "c": 3, "m_per_s": 3, "frac": 4}[unit]
        write_table(
            folder / f"vlissingen_{name}.csv",
            ["month", "hour_utc", *nodes],
            cells,
            np.round(table, digits),
        )
    write_table(
        folder / "vlissingen_humidity.csv",
        ["month", "hour_utc", "dry_bulb_score", *(f"score_{z:+.1f}_frac" for z in HUMIDITY_SCORE)],
        [[m + 1, 3 * b + 1, f"{z:+.0f}"] for m in range(12) for b in range(8) for z in HEAT_SCORE],
        np.round(humidity.reshape(-1, HUMIDITY_SCORE.size), 4),
    )
    lower = list(zip(*np.tril_indices(6), strict=True))
    write_table(
        folder / "vlissingen_coupling.csv",
        ["month", "hour_utc", *(f"{PROCESSES[i]}_on_{PROCESSES[j]}_frac" for i, j in lower)],
        cells,
        np.round(
            np.array([[cell[i, j] for i, j in lower] for cell in loading.reshape(288, 6, 6)]), 4
        ),
    )
    write_table(
        folder / "vlissingen_persistence.csv",
        ["process", "month", *(f"component_{k + 1}_frac" for k in range(shares.shape[2]))],
        [[i, m + 1] for i in range(6) for m in range(12)],
        np.round(shares.reshape(72, -1), 4),
    )


if __name__ == "__main__":
    measured_years = read_measured(Path(os.environ["WATTPORT_REFERENCE_DATA"]))
    write(Path(sys.argv[1]), *fit(measured_years))
