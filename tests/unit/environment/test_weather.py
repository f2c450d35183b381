"""Climates, the generator's kernel and its twin, and EPW files."""

import codecs
import itertools

import numpy as np
import pytest

from wattport.environment.weather import WEATHER_STAGE, generate, load_climate, read_epw
from wattport.environment.weather_climate import HEAT_SCORE, MONTH_OF_DAY, NODE_SCORE, month_lines
from wattport.equations.psychrometrics import saturation_pressure_pa, wet_bulb_c
from wattport.equations.psychrometrics_kernel import (
    saturation_pressure_of_hour_pa,
    wet_bulb_of_hour_c,
)
from wattport.equations.random_stream import next_normal, seed_stream
from wattport.errors import SpecError, WattportError


def component_twin(state, tau_h, step_h, amplitude, is_wave):
    """One correlated series of the kernel, written plainly."""
    rho = np.exp(-step_h / tau_h)
    half = step_h // 2 if step_h > 1 else 0
    n_nodes = 8760 // step_h + 3
    series, sized = np.zeros(8760), []
    node = next_normal(state)
    for k in range(n_nodes):
        day = 0 if k == 0 else min(min(k * step_h - half, 8760) // 24, 364)
        sized.append(amplitude[day] * node)
        if k * step_h - half >= 8760:
            break
        node = rho * node + np.sqrt(1.0 - rho * rho) * next_normal(state)
    if step_h == 1:
        return np.array(sized[:8760])
    for t in range(8760):
        k, w = (t + half) // step_h, ((t + half) % step_h) / step_h
        scale = 1.0 / np.sqrt((1 - w) ** 2 + w * w + 2 * w * (1 - w) * rho)
        series[t] = scale * ((1 - w) * sized[k] + w * sized[k + 1])
    if is_wave is not None:
        series *= is_wave(2.0 * np.pi * np.arange(8760) / 24.0)
    return series


def line(score, nodes, curve):
    k = int(np.clip((score - nodes[0]) // (nodes[1] - nodes[0]), 0, len(nodes) - 2))
    share = (score - nodes[k]) / (nodes[k + 1] - nodes[k])
    return curve[k] + share * (curve[k + 1] - curve[k])


def year_twin(climate, seed, draw, year):
    """Dry bulb, wet bulb, wind, sun and pressure of one year, written plainly."""
    state = seed_stream(seed, WEATHER_STAGE, draw, year)
    process = np.zeros((6, 8760))
    for j, c in itertools.product(range(6), range(climate.tau_h.shape[1])):
        args = (climate.tau_h[j, c], int(climate.step_h[j, c]), climate.amplitude[j, c])
        if args[1] > 0:
            for wave in (np.cos, np.sin) if climate.is_diurnal[j, c] else (None,):
                process[j] += component_twin(state, *args, wave)
    out = np.zeros((5, 8760))
    before, share = month_lines()
    for t in range(8760):
        day, hour = divmod(t, 24)
        a, b, w = before[day], (before[day] + 1) % 12, share[day]
        curve = (1 - w) * climate.curve[a, hour] + w * climate.curve[b, hour]
        moist = (1 - w) * climate.humidity_curve[a, hour] + w * climate.humidity_curve[b, hour]
        z = climate.loading[MONTH_OF_DAY[day], hour] @ process[:, t]
        pressure, dry, wind, clearness = (
            line(z[i], NODE_SCORE, curve[k]) for k, i in enumerate((1, 2, 3, 5))
        )
        z_h = np.clip(z[4], HEAT_SCORE[0], HEAT_SCORE[-1])
        bands = [line(z_h, HEAT_SCORE, band) for band in moist]
        humidity = np.clip(line(z[2], HEAT_SCORE, bands), 0.05, 1.0)
        if dry > climate.largest_dew_point_c:
            limit = saturation_pressure_pa(climate.largest_dew_point_c)
            humidity = min(humidity, limit / saturation_pressure_pa(dry))
        sun = climate.clear_sky_w_per_m2[t] * np.clip(clearness, 0.0, 1.15)
        out[:, t] = dry, wet_bulb_c(dry, humidity, pressure), max(wind, 0.0), sun, pressure
    return out


def test_kernel_is_its_plain_twin():
    climate = load_climate("dunkerque")
    weather = generate(climate, 5, np.array([3]), 2029)
    found = np.stack([values[0] for values in vars(weather).values()])
    np.testing.assert_allclose(found, year_twin(climate, 5, 3, 2029), rtol=1e-6, atol=2e-3)


def test_wet_bulb_of_the_kernel_is_the_handbooks(consistency):
    axes = np.arange(-20.0, 45.1, 0.65), np.linspace(0.05, 1.0, 40), [96e3, 101_325.0, 105e3]
    grid = np.array(list(itertools.product(*axes)))
    kernel = np.array([wet_bulb_of_hour_c(*state) for state in grid])
    consistency(
        engine="psychrometrics",
        quantity="wet bulb of the compiled loop, -20..45 degC, 5-100 % humidity, largest error",
        source="ASHRAE Fundamentals 2017, ch. 1, eq. 33 and 35, by the validated function",
        reached=float(np.abs(kernel - wet_bulb_c(*grid.T)).max()),
        allowed=0.01,
        unit="K",
        note="two implementations of our own; the other is validated",
    )
    t = np.linspace(-40.0, 50.0, 1001)
    table = np.array([saturation_pressure_of_hour_pa(x) for x in t])
    np.testing.assert_allclose(table, saturation_pressure_pa(t), rtol=1e-4)


@pytest.mark.parametrize("key", ["dunkerque", "vlissingen"])
def test_climate_is_normalised(key):
    climate = load_climate(key)
    np.testing.assert_allclose((climate.amplitude**2).sum(axis=1), 1.0, atol=2e-3)
    np.testing.assert_allclose((climate.loading**2).sum(axis=-1), 1.0, atol=2e-3)
    assert (np.diff(climate.curve, axis=-1) >= 0.0).all()
    assert climate.source
    assert climate.status in {"measured", "inferred"}


def test_unknown_climate_names_those_that_exist():
    with pytest.raises(SpecError, match="dunkerque, vlissingen"):
        load_climate("dunkirk")


def test_seed_draw_and_year_each_matter():
    climate = load_climate("dunkerque")
    years = [
        generate(climate, seed, np.array([draw]), year).dry_bulb_c.tobytes()
        for seed, draw, year in itertools.product((1, 2), (0, 1), (2030, 2031))
    ]
    assert len(set(years)) == len(years)


def test_processes_between_nodes_keep_their_variance():
    climate = load_climate("vlissingen")
    wind = generate(climate, 1, np.arange(40), 2030).pressure_pa.reshape(40, 365, 24)
    spread = wind.std(axis=(0, 1))
    assert spread.max() / spread.min() < 1.05


# --- EPW


def epw_lines(n_days=365, is_leap=False):
    head = [
        "LOCATION,Somewhere,-,FRA,user,070150,51.05,2.37,0.0,5.0",
        *[f"HEADER {k},0" for k in range(7)],
    ]
    lengths = [31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    dates = [(m + 1, d + 1) for m, n in enumerate(lengths) for d in range(n)][:n_days]
    rows = []
    for (month, day), hour in itertools.product(dates, range(1, 25)):
        fields = ["2023", str(month), str(day), str(hour), "0", "?9", f"{10 + month / 10:.1f}"]
        fields += ["5.0", "70", "101000", "0", "0", "300", "250", "0", "0", "0", "0", "0", "0"]
        fields += ["180", "4.5"] + ["0"] * 13
        rows.append(",".join(fields))
    return head + rows


def write_epw(folder, lines):
    path = folder / "site.epw"
    path.write_text("\n".join(lines), encoding="latin-1")
    return path


def with_field(row, field, text):
    fields = row.split(",")
    fields[field] = text
    return ",".join(fields)


def test_epw_is_read(tmp_path):
    weather = read_epw(write_epw(tmp_path, epw_lines()))
    assert weather.dry_bulb_c.shape == (1, 8760)
    assert weather.dry_bulb_c[0, [0, -1]].tolist() == [10.1, 11.2]
    assert weather.wind_m_per_s[0, 0] == 4.5
    assert weather.ghi_w_per_m2[0, 0] == 250.0
    assert weather.pressure_pa[0, 0] == 101_000.0
    assert weather.wet_bulb_c[0, 0] == pytest.approx(wet_bulb_c(10.1, 0.7, 101_000.0))


def test_epw_of_a_leap_year_loses_29_february(tmp_path):
    weather = read_epw(write_epw(tmp_path, epw_lines(366, is_leap=True)))
    assert weather.dry_bulb_c.shape == (1, 8760)


def test_epw_may_begin_with_a_byte_order_mark(tmp_path):
    path = write_epw(tmp_path, epw_lines())
    sound = read_epw(path)
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    np.testing.assert_array_equal(read_epw(path).dry_bulb_c, sound.dry_bulb_c)


@pytest.mark.parametrize("code", ["999", ""])
def test_epw_humidity_follows_from_dew_point_where_missing(tmp_path, code):
    lines = epw_lines()
    lines[8] = with_field(lines[8], 8, code)
    weather = read_epw(write_epw(tmp_path, lines))
    humidity = saturation_pressure_pa(5.0) / saturation_pressure_pa(10.1)
    assert weather.wet_bulb_c[0, 0] == pytest.approx(wet_bulb_c(10.1, humidity, 101_000.0))


def test_epw_short_gap_is_bridged(tmp_path):
    lines = epw_lines()
    lines[20] = with_field(lines[20], 6, "16.1")
    for k in (21, 22):
        lines[k] = with_field(lines[k], 6, "99.9")
    weather = read_epw(write_epw(tmp_path, lines))
    np.testing.assert_allclose(weather.dry_bulb_c[0, 12:16], [16.1, 14.1, 12.1, 10.1])


@pytest.mark.parametrize(
    ("change", "message", "line"),
    [
        (lambda x: x.__setitem__(99, with_field(x[99], 6, "warm")), "dry_bulb_c is 'warm'", 100),
        (lambda x: x.__setitem__(99, with_field(x[99], 21, "-3")), "wind_m_per_s is '-3'", 100),
        (lambda x: x.__setitem__(99, with_field(x[99], 9, "nan")), "pressure_pa is 'nan'", 100),
        (lambda x: x.__setitem__(99, "2023,1,4,20"), "4 fields", 100),
        (lambda x: x.pop(99), r"\(1, 4, 21\), where \(1, 4, 20\) are due", 100),
        (lambda x: x.__setitem__(slice(8, 56), x[32:56] + x[8:32]), r"\(1, 2, 1\), where", 9),
        (lambda x: x.__setitem__(99, with_field(x[99], 1, "may")), r"\('may', 4, 20\)", 100),
        (lambda x: x.__delitem__(slice(8744, None)), "8736 hourly lines", 8744),
        (lambda x: x.__setitem__(0, "hello"), "must begin with LOCATION", 1),
        (lambda x: x.clear(), "must begin with LOCATION", 1),
    ],
)
def test_epw_fault_names_file_and_line(tmp_path, change, message, line):
    lines = epw_lines()
    change(lines)
    path = write_epw(tmp_path, lines)
    with pytest.raises(WattportError, match=message) as caught:
        read_epw(path)
    assert f"{path}:{line}:" in str(caught.value)


def test_epw_long_gap_is_refused(tmp_path):
    lines = epw_lines()
    for k in range(50, 57):
        lines[k] = with_field(lines[k], 13, "9999")
    with pytest.raises(WattportError, match="more than 6 hours") as caught:
        read_epw(write_epw(tmp_path, lines))
    assert caught.value.findings[0].line == 57


def test_epw_wholly_missing_column_is_refused(tmp_path):
    lines = epw_lines()
    lines[8:] = [with_field(row, 9, "999999") for row in lines[8:]]
    with pytest.raises(WattportError, match="pressure_pa is missing"):
        read_epw(write_epw(tmp_path, lines))


def test_epw_folder_or_absent_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent.epw"):
        with pytest.raises(WattportError, match=r"cannot be read|is a folder"):
            read_epw(path)
